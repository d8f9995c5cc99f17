package oauth_test

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
	"github.com/gatehouse-auth/gatehouse/internal/oauth"
)

func TestIDTokenRefused(t *testing.T) {
	now := time.Now().Unix()
	claim := func(name string, value any) fakeop.IDTokenBehavior {
		return fakeop.IDTokenBehavior{Claims: map[string]any{name: value}}
	}
	omit := func(name string) fakeop.IDTokenBehavior {
		return fakeop.IDTokenBehavior{Omit: []string{name}}
	}
	claims := func(c map[string]any) fakeop.IDTokenBehavior { return fakeop.IDTokenBehavior{Claims: c} }
	header := func(h map[string]any) fakeop.IDTokenBehavior { return fakeop.IDTokenBehavior{Header: h} }
	tests := []struct {
		name    string
		idToken fakeop.IDTokenBehavior
		want    string
	}{
		{"right", fakeop.IDTokenBehavior{}, ""},
		// IDT-02, MIX-14
		{"wrong iss", claim("iss", "https://evil.example"), "iss is not"},
		{"iss with a slash", claim("iss", "https://op.example/"), "iss is not"},
		{"no iss", omit("iss"), "iss is not"}, // IDT-03
		{"iss in capitals", fakeop.IDTokenBehavior{Omit: []string{"iss"}, Claims: map[string]any{"ISS": "x"}}, "iss is not"},
		{"no sub", omit("sub"), "sub is missing"},                                                                        // IDT-04
		{"empty sub", claim("sub", ""), "sub is missing"},                                                                // IDT-04
		{"null sub", claim("sub", nil), "sub is missing"},                                                                // IDT-04
		{"numeric sub", claim("sub", 1), "oauth: id token: "},                                                            // IDT-04
		{"wrong aud", claim("aud", "other"), "oauth: id token: "},                                                        // IDT-06
		{"no aud", omit("aud"), "oauth: id token: "},                                                                     // IDT-07
		{"empty aud", claim("aud", []string{}), "oauth: id token: "},                                                     // IDT-07
		{"aud in a list", claim("aud", []string{"client"}), ""},                                                          // IDT-08
		{"two aud", claim("aud", []string{"client", "other"}), "there is no azp"},                                        // IDT-09
		{"two aud, other azp", claims(map[string]any{"aud": []string{"client", "other"}, "azp": "other"}), "azp is not"}, // IDT-09
		{"two aud, azp", claims(map[string]any{"aud": []string{"client", "other"}, "azp": "client"}), ""},                // IDT-09
		{"azp", claim("azp", "client"), ""},
		{"other azp", claim("azp", "other"), "azp is not"}, // IDT-10
		{"no iat", omit("iat"), "iat is missing"},          // IDT-11
		{"iat as text", claim("iat", "1700000000"), "iat is missing"},
		{"no exp", omit("exp"), "exp is missing"}, // IDT-12
		{"exp as text", claim("exp", "9999999999"), "exp is missing"},
		{"expired", claim("exp", now-60), "expired"},
		{"expired within the tolerance", claim("exp", now-5), ""},            // NET-16
		{"iat soon", claim("iat", now+7), ""},                                // IDT-13, NET-16
		{"iat in the future", claim("iat", now+600), "iat is in the future"}, // IDT-13
		{"nbf soon", claim("nbf", now+7), ""},
		{"nbf in the future", claim("nbf", now+600), "nbf is in the future"}, // IDT-13
		{"nbf as text", claim("nbf", "x"), "oauth: id token: "},
		{"none", fakeop.IDTokenBehavior{Algorithm: "none"}, "not a token signed with"},                                                 // IDT-14
		{"None", header(map[string]any{"alg": "None"}), "not a token signed with"},                                                     // IDT-14
		{"nOnE", header(map[string]any{"alg": "nOnE"}), "not a token signed with"},                                                     // IDT-14
		{"unsigned", fakeop.IDTokenBehavior{Algorithm: "none", Header: map[string]any{"alg": "RS256"}}, "no key of the provider fits"}, // IDT-14
		{"bad signature", fakeop.IDTokenBehavior{BadSignature: true}, "no key of the provider fits"},                                   // IDT-15
		{"unknown key", fakeop.IDTokenBehavior{UnknownKeyID: true}, "no key of the provider fits"},                                     // JWKS-05
		{"HS256 with the secret", fakeop.IDTokenBehavior{Algorithm: "HS256"}, "not a token signed with"},                               // IDT-17
		{"other algorithm", fakeop.IDTokenBehavior{Algorithm: "ES256"}, "not a token signed with"},                                     // IDT-18
		{"key in the header", fakeop.IDTokenBehavior{BadSignature: true, Header: map[string]any{"jku": "http://127.0.0.1:1/", "x5u": "http://127.0.0.1:1/"}}, "no key of the provider fits"}, // IDT-19
		{"path as kid", header(map[string]any{"kid": "../../dev/null"}), "no key of the provider fits"},                                                                                      // IDT-19
		{"huge kid", header(map[string]any{"kid": strings.Repeat("k", 64<<10)}), "no key of the provider fits"},                                                                              // IDT-19
		{"critical header", header(map[string]any{"crit": []string{"x"}, "x": 1}), "oauth: id token: "},
		{"wrong nonce", claim("nonce", "another"), "nonce does not match"},    // IDT-21, IDT-23
		{"no nonce", omit("nonce"), "nonce does not match"},                   // IDT-21
		{"list as nonce", claim("nonce", []string{"x"}), "oauth: id token: "}, // IDT-21
		{"at_hash", fakeop.IDTokenBehavior{AccessTokenHash: true}, ""},
		{"wrong at_hash", claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"), "at_hash does not match"}, // IDT-27
		{"empty at_hash", claim("at_hash", ""), "at_hash does not match"},
		{"not a JWT", fakeop.IDTokenBehavior{Raw: "not-a-jwt"}, "not a token signed with"},
		{"JSON form", fakeop.IDTokenBehavior{Raw: `{"payload":"e30","signatures":[]}`}, "not a token signed with"},
		{"only dots", fakeop.IDTokenBehavior{Raw: ".."}, "not a token signed with"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			op := newOP(t, fakeop.Config{})
			op.Script(func(b *fakeop.Behavior) { b.IDToken = tt.idToken })
			_, err := exchange(t, op.openID())
			checkError(t, err, tt.want)
			if tt.want != "" && !strings.HasPrefix(err.Error(), "oauth: id token: ") {
				t.Errorf("err = %v, want the stage id token", err)
			}
			strict := op.openID()
			strict.StrictV4 = true
			_, err = exchange(t, strict)
			checkError(t, err, tt.want)
		})
	}
}

// NET-16: the edges of the tolerance, with a clock that stands still.
func TestIDTokenTolerance(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	tests := []struct {
		name, claim string
		offset      float64
		want        string
	}{
		{"exp 9 s ago", "exp", -9, ""},
		{"exp 9.5 s ago", "exp", -9.5, ""},
		{"exp 10 s ago", "exp", -10, "expired"},
		{"iat in 10 s", "iat", 10, ""},
		{"iat in 11 s", "iat", 11, "iat is in the future"},
		{"nbf in 10 s", "nbf", 10, ""},
		{"nbf in 11 s", "nbf", 11, "nbf is in the future"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			op := newOP(t, fakeop.Config{Now: func() time.Time { return now }})
			op.Script(func(b *fakeop.Behavior) {
				b.IDToken.Claims = map[string]any{tt.claim: float64(now.Unix()) + tt.offset}
			})
			cfg := op.openID()
			cfg.Now = func() time.Time { return now }
			_, err := exchange(t, cfg)
			checkError(t, err, tt.want)
		})
	}
}

// IDT-16, IDT-17, IDT-18
func TestIDTokenAlgorithms(t *testing.T) {
	public := x509.MarshalPKCS1PublicKey(&sharedKey().PublicKey)
	pkix, err := x509.MarshalPKIXPublicKey(&sharedKey().PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name     string
		accepted []string
		idToken  fakeop.IDTokenBehavior
		secret   string
		want     string
	}{
		{"ES256", []string{"ES256"}, fakeop.IDTokenBehavior{Algorithm: "ES256", AccessTokenHash: true}, "", ""},
		{"ES256, bad signature", []string{"ES256"}, fakeop.IDTokenBehavior{Algorithm: "ES256", BadSignature: true}, "", "no key of the provider fits"},
		{"several", []string{"RS256", "ES256"}, fakeop.IDTokenBehavior{Algorithm: "ES256"}, "", ""},
		{"RS256 not accepted", []string{"ES256"}, fakeop.IDTokenBehavior{}, "", "not a token signed with [ES256]"},
		{"HS256", []string{"HS256"}, fakeop.IDTokenBehavior{Algorithm: "HS256", AccessTokenHash: true}, "", ""},
		{"HS256, another secret", []string{"HS256"}, fakeop.IDTokenBehavior{Algorithm: "HS256", HMACKey: []byte("SECRET")}, "", "the client secret does not fit"},
		{"HS256, no signature", []string{"HS256"}, fakeop.IDTokenBehavior{Algorithm: "none", Header: map[string]any{"alg": "HS256"}}, "", "the client secret does not fit"},
		{"HS256, short secret", []string{"HS256"}, fakeop.IDTokenBehavior{Algorithm: "HS256"}, "short", "too short for HS256"},
		{"HS256 with the public key", []string{"RS256", "HS256"}, fakeop.IDTokenBehavior{Algorithm: "HS256", HMACKey: public}, "", "the client secret does not fit"},
		{"HS256 with the PEM of the key", []string{"RS256", "HS256"}, fakeop.IDTokenBehavior{
			Algorithm: "HS256", HMACKey: pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: pkix}),
		}, "", "the client secret does not fit"},
		{"none configured", []string{"none"}, fakeop.IDTokenBehavior{Algorithm: "none"}, "", `algorithm "none" is not supported`},
		{"ES256 in DER", []string{"ES256"}, fakeop.IDTokenBehavior{Algorithm: "RS256", Header: map[string]any{"alg": "ES256"}, OmitKeyID: true}, "", "no key of the provider fits"},
		{"ES256 of zeros", []string{"ES256"}, fakeop.IDTokenBehavior{Raw: zeroES256(t)}, "", "no key of the provider fits"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			registered := fakeop.DefaultClient()
			if tt.secret != "" {
				registered.Secret = tt.secret
			}
			op := newOP(t, fakeop.Config{Clients: []fakeop.Client{registered}})
			op.Script(func(b *fakeop.Behavior) { b.IDToken = tt.idToken })
			cfg := op.openID()
			cfg.ClientSecret, cfg.IDTokenAlgorithms = registered.Secret, tt.accepted
			_, err := exchange(t, cfg)
			checkError(t, err, tt.want)
			if tt.secret != "" {
				cfg.StrictV4 = true
				_, err = exchange(t, cfg)
				checkError(t, err, "")
			}
		})
	}
}

// zeroES256 is a token whose signature has r = s = 0.
func zeroES256(t *testing.T) string {
	payload, err := json.Marshal(map[string]any{"sub": "x"})
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"ES256"}`)) + "." + encode(payload) + "." + encode(make([]byte, 64))
}

// The cases oauth-nonce-not-requested and oidc-idtoken-missing of the rig.
func TestIDTokenNonceNotRequested(t *testing.T) {
	op := newOP(t, fakeop.Config{})
	client := oauth.New(op.openID())
	if _, err := client.Exchange(t.Context(), start(t, client, false, nil)); err != nil {
		t.Fatal(err)
	}
	op.Script(func(b *fakeop.Behavior) { b.IDToken.Claims = map[string]any{"nonce": "surprise"} })
	_, err := client.Exchange(t.Context(), start(t, client, false, nil))
	checkError(t, err, "nonce does not match")
	op.Script(func(b *fakeop.Behavior) { b.Token.Omit = []string{"id_token"} })
	_, err = client.Exchange(t.Context(), start(t, client, true, nil))
	checkError(t, err, "oauth: id token: missing")
}

// A token endpoint that gives out an ID token alone is enough for v4.
func TestIDTokenWithoutAccessToken(t *testing.T) {
	op := newOP(t, fakeop.Config{})
	op.Script(func(b *fakeop.Behavior) { b.Token.Omit = []string{"access_token"} })
	cfg := op.openID()
	_, err := exchange(t, cfg)
	checkError(t, err, "access_token is missing")
	cfg.StrictV4 = true
	_, err = exchange(t, cfg)
	checkError(t, err, "")
}

// IDT-28
func TestHybrid(t *testing.T) {
	hash := func(s string) string {
		sum := sha256.Sum256([]byte(s))
		return base64.RawURLEncoding.EncodeToString(sum[:16])
	}
	tests := []struct {
		name  string
		claim func(code string) map[string]any
		want  string
	}{
		{"right", func(code string) map[string]any { return map[string]any{"c_hash": hash(code)} }, ""},
		{"wrong c_hash", func(string) map[string]any { return map[string]any{"c_hash": hash("x")} }, "c_hash does not match"},
		{"no c_hash", func(string) map[string]any { return nil }, "c_hash does not match"},
		{"no id token", nil, "id_token is missing"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			op := newOP(t, fakeop.Config{})
			cfg := op.openID()
			plain := oauth.New(cfg)
			cfg.Authorization.Params = url.Values{"response_type": {"code id_token"}}
			client := oauth.New(cfg)
			// The fake provider speaks the code flow alone, so that the ID
			// token of another flow with the same nonce stands in.
			other := start(t, plain, true, nil)
			answer := start(t, plain, true, url.Values{})
			op.Script(func(b *fakeop.Behavior) {
				b.IDToken.Claims = map[string]any{"nonce": answer.Nonce}
				if tt.claim != nil {
					b.IDToken.Claims["c_hash"] = tt.claim(answer.Params.Get("code"))["c_hash"]
				}
			})
			other.Nonce = answer.Nonce
			front, err := plain.Exchange(t.Context(), other)
			if err != nil {
				t.Fatal(err)
			}
			if tt.claim != nil {
				answer.Params.Set("id_token", front.Tokens["id_token"].(string))
			}
			_, err = client.Exchange(t.Context(), answer)
			checkError(t, err, tt.want)
		})
	}
}
