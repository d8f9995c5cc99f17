package oauth_test

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
	"github.com/gatehouse-auth/gatehouse/internal/oauth"
)

// A discovery document need not name a userinfo endpoint.
func TestNoUserinfoEndpoint(t *testing.T) {
	op := newOP(t, fakeop.Config{})
	op.Script(func(b *fakeop.Behavior) {
		b.Discovery.Omit = []string{"userinfo_endpoint"}
		b.IDToken.Omit = []string{"name", "email"}
	})
	result, err := exchange(t, op.openID())
	if err != nil {
		t.Fatal(err)
	}
	if result.Profile["sub"] != "sub-1001" || result.UserinfoError != nil {
		t.Errorf("profile = %v, UserinfoError = %v", result.Profile, result.UserinfoError)
	}
}

// The discovery document may be anywhere; the issuer is still compared.
func TestDiscoveryPath(t *testing.T) {
	op := newOP(t, fakeop.Config{})
	cfg := op.openID()
	cfg.Discovery = op.url + "/.well-known/openid-configuration?appid=1"
	for _, row := range []struct{ name, issuer, want string }{
		{"same issuer", op.url, ""},
		{"issuer of the document", "", ""},
		{"other issuer", "https://other.example", "the document is of issuer"},
	} {
		t.Run(row.name, func(t *testing.T) {
			cfg := cfg
			cfg.Issuer = row.issuer
			client := oauth.New(cfg)
			answer, err := tryStart(t.Context(), client, true, nil)
			if err == nil {
				_, err = client.Exchange(t.Context(), answer)
			}
			checkError(t, err, row.want)
		})
	}
	if got := op.RequestsTo("discovery")[0].Query.Get("appid"); got != "1" {
		t.Errorf("appid = %q", got)
	}
}

func TestProfileFromUserinfo(t *testing.T) {
	for _, row := range []struct {
		name   string
		answer fakeop.Answer
		want   string
	}{
		{"same subject", fakeop.Answer{Extra: map[string]any{"user_id": "u"}}, ""},
		{"other subject", fakeop.Answer{Extra: map[string]any{"sub": "evil"}}, "subject differs"},
		{"no subject", fakeop.Answer{Omit: []string{"sub"}}, "the userinfo answer has no subject"},
		{"refused", fakeop.Answer{Status: http.StatusForbidden}, "status 403"},
	} {
		t.Run(row.name, func(t *testing.T) {
			op := newOP(t, fakeop.Config{})
			op.Script(func(b *fakeop.Behavior) {
				b.Userinfo, b.IDToken.Claims = row.answer, map[string]any{"email": "only@id.token"}
			})
			for _, strict := range []bool{false, true} {
				cfg := op.openID()
				cfg.ProfileFromUserinfo, cfg.StrictV4 = true, strict
				result, err := exchange(t, cfg)
				checkError(t, err, row.want)
				if err == nil && (result.Profile["user_id"] != "u" || result.Profile["email"] != "ida@example.com" || result.Claims["sub"] != "sub-1001") {
					t.Errorf("profile = %v", result.Profile)
				}
			}
		})
	}
}

func TestSignedUserinfo(t *testing.T) {
	now := time.Now().Unix()
	const jwt = "application/jwt"
	for _, row := range []struct {
		name, mediaType string
		change          func(claims map[string]any)
		key             any
		algorithm       jose.SignatureAlgorithm
		want            string
	}{
		{"right", jwt, func(map[string]any) {}, sharedKey(), jose.RS256, ""},
		{"with an expiry", jwt, func(c map[string]any) { c["exp"] = now + 60 }, sharedKey(), jose.RS256, ""},
		{"expired", jwt, func(c map[string]any) { c["exp"] = now - 60 }, sharedKey(), jose.RS256, "userinfo request: expired"},
		{"other issuer", jwt, func(c map[string]any) { c["iss"] = "https://evil.example" }, sharedKey(), jose.RS256, "iss is not"},
		{"no issuer", jwt, func(c map[string]any) { delete(c, "iss") }, sharedKey(), jose.RS256, "iss is not"},
		{"other audience", jwt, func(c map[string]any) { c["aud"] = "other" }, sharedKey(), jose.RS256, "oauth: userinfo request: "},
		{"no audience", jwt, func(c map[string]any) { delete(c, "aud") }, sharedKey(), jose.RS256, "oauth: userinfo request: "},
		{"other subject", jwt, func(c map[string]any) { c["sub"] = "evil" }, sharedKey(), jose.RS256, "subject differs"},
		{"algorithm not accepted", jwt, func(map[string]any) {}, sharedKey(), jose.PS256, "not a token signed with [RS256]"},
		{"client secret as key", jwt, func(map[string]any) {}, []byte(fakeop.DefaultClient().Secret), jose.HS256, "not a token signed with [RS256]"},
		{"plain JSON", "application/json", func(map[string]any) {}, sharedKey(), jose.RS256, "want 200 and application/jwt"},
	} {
		t.Run(row.name, func(t *testing.T) {
			op := newOP(t, fakeop.Config{})
			claims := map[string]any{"iss": op.url, "aud": fakeop.DefaultClient().ID, "sub": "sub-1001", "name": "Ida"}
			row.change(claims)
			op.Script(func(b *fakeop.Behavior) {
				b.Userinfo.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if accept := r.Header.Get("Accept"); accept != jwt {
						t.Errorf("Accept = %q", accept)
					}
					w.Header().Set("Content-Type", row.mediaType)
					io.WriteString(w, sign(t, row.algorithm, row.key, claims))
				})
			})
			cfg := op.openID()
			cfg.SignedUserinfo, cfg.ProfileFromUserinfo = true, true
			result, err := exchange(t, cfg)
			checkError(t, err, row.want)
			if err == nil && result.Profile["name"] != "Ida" {
				t.Errorf("profile = %v", result.Profile)
			}
		})
	}
	for _, row := range []struct{ name, body, want string }{
		{"unsigned", "eyJhbGciOiJub25lIn0.e30.", "not a token signed"},
		{"not a token", "SECRET", "not a token signed"},
	} {
		t.Run(row.name, func(t *testing.T) {
			op := newOP(t, fakeop.Config{})
			op.Script(func(b *fakeop.Behavior) {
				b.Userinfo = fakeop.Answer{Body: []byte(row.body), ContentType: jwt}
			})
			cfg := op.openID()
			cfg.SignedUserinfo, cfg.ProfileFromUserinfo = true, true
			_, err := exchange(t, cfg)
			checkError(t, err, row.want)
		})
	}
}

// sign returns the claims as a JWT.
func sign(t *testing.T, algorithm jose.SignatureAlgorithm, key any, claims map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, nil)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}
