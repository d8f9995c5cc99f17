package providers_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

func TestAzureADTenants(t *testing.T) {
	const template = "https://login.microsoftonline.com/{tenantid}/v2.0"
	tests := []struct {
		name, tenant  string
		wantDiscovery string
		wantTemplate  string
	}{
		{"none", "", "common", template},
		{"common", "common", "common", template},
		{"organizations", "organizations", "organizations", template},
		{"consumers", "consumers", "consumers", ""},
		{"directory", "9122040d-6c67-4c5b-b112-36a304b66dad", "9122040d-6c67-4c5b-b112-36a304b66dad", ""},
		{"domain", "contoso.onmicrosoft.com", "contoso.onmicrosoft.com", ""},
		{"with a slash", "a/b?c", "a%2Fb%3Fc", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := providers.AzureAD(tt.tenant, "a&b", "secret")
			want := "https://login.microsoftonline.com/" + tt.wantDiscovery +
				"/v2.0/.well-known/openid-configuration?appid=a%26b"
			if p.Discovery != want {
				t.Errorf("Discovery = %q, want %q", p.Discovery, want)
			}
			if p.IssuerTemplate != tt.wantTemplate {
				t.Errorf("IssuerTemplate = %q, want %q", p.IssuerTemplate, tt.wantTemplate)
			}
		})
	}
}

func TestAzureADPhoto(t *testing.T) {
	tests := []struct {
		name        string
		status      int
		contentType string
		body        []byte
		want        any
	}{
		{"photo", 200, "image/jpeg", []byte("\xff\xd8\xff"), "data:image/jpeg;base64, /9j/"},
		{"largest", 200, "image/jpeg", make([]byte, 3<<10), "data:image/jpeg;base64, " + string(bytes.Repeat([]byte("A"), 4<<10))},
		{"too large", 200, "image/jpeg", make([]byte, 16<<10+1), nil},
		{"none", 404, "application/json", []byte(`{"error":{}}`), nil},
		{"refused", 403, "image/jpeg", []byte("x"), nil},
		{"empty", 200, "image/jpeg", nil, nil},
		{"page", 200, "text/html", []byte("<html>"), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client := &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				if got, want := r.URL.String(), "https://graph.microsoft.com/v1.0/me/photos/48x48/$value"; got != want {
					t.Errorf("URL = %q, want %q", got, want)
				}
				if got := r.Header.Get("Authorization"); got != "Bearer access-token" {
					t.Errorf("Authorization = %q", got)
				}
				w := httptest.NewRecorder()
				w.Header().Set("Content-Type", tt.contentType)
				w.WriteHeader(tt.status)
				w.Write(tt.body)
				return w.Result(), nil
			})}
			r := profileRequest(client)
			r.Claims = auth.Profile{"sub": "s", "photo": "https://forged.example/"}
			p := providers.AzureAD("common", "id", "secret")
			profile, err := p.FetchProfile(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(auth.Profile{"sub": "s", "photo": tt.want}, profile); diff != "" {
				t.Errorf("profile (-want +got):\n%s", diff)
			}
			if r.Claims["photo"] != "https://forged.example/" {
				t.Error("the verified claims were changed")
			}
		})
	}
}

func TestAzureADPhotoFailures(t *testing.T) {
	t.Run("unreachable", func(t *testing.T) {
		client := &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
			return nil, errors.New("no route to host")
		})}
		profile, err := providers.AzureADPhoto(96)(t.Context(), profileRequest(client))
		if err != nil || profile["photo"] != nil {
			t.Errorf("profile = %v, err = %v, want a null photo", profile, err)
		}
	})
	t.Run("slow", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			client := &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return nil, r.Context().Err()
			})}
			begin := time.Now()
			profile, err := providers.AzureADPhoto(96)(t.Context(), profileRequest(client))
			if err != nil || profile["photo"] != nil {
				t.Errorf("profile = %v, err = %v, want a null photo", profile, err)
			}
			if got := time.Since(begin); got != 3*time.Second {
				t.Errorf("gave up after %v, want 3s", got)
			}
		})
	})
}
