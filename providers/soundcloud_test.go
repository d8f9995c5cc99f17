package providers_test

import (
	"net/http"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

func TestSoundCloudFetchProfile(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET api.soundcloud.com/me", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "OAuth t" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Write([]byte(`{"id":3207}`))
	})
	client := everywhere(mux)
	p := providers.SoundCloud("id", "secret")
	for token, want := range map[string]string{"t": "3207", "revoked": ""} {
		profile, err := p.FetchProfile(t.Context(), &auth.ProfileRequest{Tokens: auth.Tokens{"access_token": token}, Client: client})
		if (err == nil) != (want != "") {
			t.Errorf("%s: err = %v", token, err)
		}
		if u, err := p.Profile(profile, nil); err != nil || u.ID != want {
			t.Errorf("%s: ID = %q, err = %v, want %q", token, u.ID, err, want)
		}
	}
}
