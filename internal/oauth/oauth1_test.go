package oauth_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
	"github.com/gatehouse-auth/gatehouse/internal/oauth"
)

// The signatures of RFC 5849, section 1.2.
func TestSignature1(t *testing.T) {
	tests := []struct {
		name, method, url   string
		secret, tokenSecret string
		params              url.Values
		want                string
	}{
		{"token request", "POST", "https://photos.example.net/token", "kd94hf93k423kf44", "hdhd0244k9j7ao03", url.Values{
			"oauth_consumer_key": {"dpf43f3p2l4k3l03"}, "oauth_token": {"hh5s93j4hdidpola"},
			"oauth_signature_method": {"HMAC-SHA1"}, "oauth_timestamp": {"137131201"},
			"oauth_nonce": {"walatlh"}, "oauth_verifier": {"hfdp7dh39dks9884"},
		}, "gKgrFCywp7rO0OXSjdot/IHF7IU="},
		{"resource", "GET", "http://photos.example.net/photos?file=vacation.jpg&size=original", "kd94hf93k423kf44", "pfkkdhi9sl3r4s00", url.Values{
			"oauth_consumer_key": {"dpf43f3p2l4k3l03"}, "oauth_token": {"nnch734d00sl2jdk"},
			"oauth_signature_method": {"HMAC-SHA1"}, "oauth_timestamp": {"137131202"}, "oauth_nonce": {"chapoH"},
		}, "MdpQcU8iPSUjWoN/UDMsK2sui9I="},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := oauth.Signature1(tt.method, tt.url, tt.secret, tt.tokenSecret, tt.params); got != tt.want {
				t.Errorf("signature = %s, want %s", got, tt.want)
			}
		})
	}
}

// The base string of RFC 5849, section 3.4.1.1.
func TestSignatureBase1(t *testing.T) {
	got := oauth.SignatureBase1("post", "http://EXAMPLE.com:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b", url.Values{
		"oauth_consumer_key": {"9djdj82h48djs9d2"}, "oauth_token": {"kkk9d7dh3k39sjv7"},
		"oauth_signature_method": {"HMAC-SHA1"}, "oauth_timestamp": {"137131201"}, "oauth_nonce": {"7d8f3e4a"},
	}, url.Values{"c2": {""}, "a3": {"2 q"}})
	want := "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q" +
		"%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_" +
		"key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_m" +
		"ethod%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk" +
		"9d7dh3k39sjv7"
	if got != want {
		t.Errorf("base string =\n%s, want\n%s", got, want)
	}
}

// oauth1 is the configuration of a client at op.
func (op *testOP) oauth1() oauth.OAuth1Config {
	client := fakeop.DefaultClient()
	return oauth.OAuth1Config{
		ClientID: client.ID, ClientSecret: client.Secret,
		RequestTokenURL: op.url + "/oauth1/request_token",
		AccessTokenURL:  op.url + "/oauth1/access_token",
		ProfileURL:      op.url + "/oauth1/profile?include_email=true&note=%C3%BC%20~!",
		Authorization:   oauth.Endpoint{URL: op.url + "/oauth1/authorize?a=b", Params: url.Values{"lang": {"en gb"}}},
	}
}

// FLOW-21
func TestOAuth1(t *testing.T) {
	op := newOP(t, fakeop.Config{})
	client := oauth.NewOAuth1(op.oauth1())
	token, secret, err := client.RequestToken(t.Context(), redirectURI+"?x=ü y", url.Values{"x_auth_access_type": {"read !*'()"}})
	if err != nil {
		t.Fatal(err)
	}
	target := client.AuthorizationURL(token)
	if strings.Contains(target, secret) || strings.Contains(target, "oauth_token_secret") || !strings.Contains(target, "lang=en%20gb") {
		t.Errorf("authorization URL = %s", target)
	}
	answer, err := visit(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	if answer.Get("oauth_token") != token || answer.Get("x") != "ü y" {
		t.Fatalf("answer = %v", answer)
	}
	result, err := client.Exchange(t.Context(), token, secret, answer.Get("oauth_verifier"))
	if err != nil {
		t.Fatal(err)
	}
	if result.Profile["id_str"] != "sub-1001" || result.Tokens["oauth_token"] == "" || len(result.Tokens) != 2 {
		t.Errorf("result = %v", result)
	}
	_, err = client.Exchange(t.Context(), token, secret, answer.Get("oauth_verifier"))
	checkError(t, err, "oauth: access token: ")
}

func TestOAuth1Refused(t *testing.T) {
	tests := []struct {
		name   string
		script func(*fakeop.Behavior)
		change func(*oauth.OAuth1Config)
		edit   func(token, secret, verifier *string)
		want   string
	}{
		{"request refused", func(b *fakeop.Behavior) { b.OAuth1RequestToken.Status = 403 }, nil, nil, "oauth: request token: "},
		{"not confirmed", func(b *fakeop.Behavior) { b.OAuth1RequestToken.Omit = []string{"oauth_callback_confirmed"} }, nil, nil, "did not confirm"},
		{"no secret", func(b *fakeop.Behavior) { b.OAuth1RequestToken.Omit = []string{"oauth_token_secret"} }, nil, nil, "want 200 and credentials"},
		{"wrong client secret", nil, func(c *oauth.OAuth1Config) { c.ClientSecret = "SECRET" }, nil, "status 401"},
		{"plain http", nil, func(c *oauth.OAuth1Config) { c.RequestTokenURL = "http://op.example/request_token" }, nil, "must use https"},
		{"redirect", func(b *fakeop.Behavior) {
			b.OAuth1AccessToken = fakeop.Answer{Status: 307, Body: []byte{}, ContentType: "text/plain"}
		}, nil, nil, "oauth: access token: "},
		{"access refused", func(b *fakeop.Behavior) { b.OAuth1AccessToken.Status = 401 }, nil, nil, "oauth: access token: "},
		{"other verifier", nil, nil, func(_, _, verifier *string) { *verifier = "x" }, "status 401"},
		{"no verifier", nil, nil, func(_, _, verifier *string) { *verifier = "" }, "no verifier"},
		{"other token", nil, nil, func(token, _, _ *string) { *token = "x" }, "status 401"},
		{"other secret", nil, nil, func(_, secret, _ *string) { *secret = "x" }, "status 401"},
		{"profile refused", func(b *fakeop.Behavior) { b.OAuth1Profile.Status = 500 }, nil, nil, "oauth: profile: "},
		{"profile not JSON", func(b *fakeop.Behavior) { b.OAuth1Profile.Body = []byte("SECRET") }, nil, nil, "oauth: profile: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			op := newOP(t, fakeop.Config{})
			cfg := op.oauth1()
			if tt.script != nil {
				op.Script(tt.script)
			}
			if tt.change != nil {
				tt.change(&cfg)
			}
			client := oauth.NewOAuth1(cfg)
			token, secret, err := client.RequestToken(t.Context(), redirectURI, nil)
			if err == nil {
				answer, visitErr := visit(t.Context(), client.AuthorizationURL(token))
				if visitErr != nil {
					t.Fatal(visitErr)
				}
				verifier := answer.Get("oauth_verifier")
				if tt.edit != nil {
					tt.edit(&token, &secret, &verifier)
				}
				_, err = client.Exchange(t.Context(), token, secret, verifier)
			}
			checkError(t, err, tt.want)
		})
	}
}
