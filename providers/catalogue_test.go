package providers_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

// entry is a provider of the catalogue. What is expected of it is in
// testdata/<file>.json.
type entry struct {
	function string
	file     string
	provider auth.OAuthProvider
}

func catalogue() []entry {
	const (
		id     = "client-id"
		secret = "client-secret"
		issuer = "https://issuer.example/realms/main/"
	)
	acme := providers.OAuth2Endpoints{
		Authorization: "https://acme.example/authorize",
		Token:         "https://acme.example/token",
		Userinfo:      "https://acme.example/me",
	}
	return []entry{
		{"Apple", "apple", providers.Apple(id, secret)},
		{"Auth0", "auth0", providers.Auth0(issuer, id, secret)},
		{"AzureAD", "azure-ad", providers.AzureAD("", id, secret)},
		{"GitHub", "github", providers.GitHub(id, secret)},
		{"GitHubEnterprise", "github-enterprise", providers.GitHubEnterprise("https://ghe.example/", id, secret)},
		{"Google", "google", providers.Google(id, secret)},
		{"Kakao", "kakao", providers.Kakao(id, secret)},
		{"Keycloak", "keycloak", providers.Keycloak(issuer, id, secret)},
		{"LINE", "line", providers.LINE(id, secret)},
		{"Naver", "naver", providers.Naver(id, secret)},
		{"OAuth2", "oauth2", providers.OAuth2("acme", acme, id, secret)},
		{"OIDC", "oidc", providers.OIDC("acme", issuer, id, secret)},
		{"Twitter", "twitter", providers.Twitter(id, secret)},
		{"TwitterOAuth2", "twitter-oauth2", providers.TwitterOAuth2(id, secret)},
	}
}

// facts are what an existing user of a provider relies on.
type facts struct {
	ID                   string       `json:"id"`
	Name                 string       `json:"name"`
	Style                auth.Style   `json:"style"`
	OpenID               bool         `json:"openid"`
	Issuer               string       `json:"issuer"`
	IssuerTemplate       string       `json:"issuerTemplate"`
	Discovery            string       `json:"discovery"`
	Authorization        string       `json:"authorization"`
	Token                string       `json:"token"`
	Userinfo             string       `json:"userinfo"`
	RequestToken         string       `json:"requestToken"`
	AccessToken          string       `json:"accessToken"`
	ProfileURL           string       `json:"profileURL"`
	ClientAuthentication string       `json:"clientAuthentication"`
	ResponseMode         string       `json:"responseMode"`
	Algorithms           string       `json:"algorithms"`
	Scope                string       `json:"scope"`
	Checks               []auth.Check `json:"checks"`
	EmailTrust           string       `json:"emailTrust"`
}

func factsOf(p auth.OAuthProvider) facts {
	f := facts{
		ID: p.ID, Name: p.Name, Style: p.Style, OpenID: p.OpenID,
		Issuer: p.Issuer, IssuerTemplate: p.IssuerTemplate, Discovery: p.Discovery,
		Authorization: p.Authorization.URL, Token: p.Token.URL, Userinfo: p.Userinfo.URL,
		ClientAuthentication: string(p.ClientAuthentication),
		ResponseMode:         p.ResponseMode,
		Algorithms:           strings.Join(p.IDTokenAlgorithms, " "),
		Scope:                strings.Join(p.Scopes, " "),
		Checks:               p.Checks,
		EmailTrust: map[auth.EmailTrust]string{
			auth.EmailVerifiedByClaim:     "claim",
			auth.EmailVerifiedByTextClaim: "text claim",
			auth.EmailAlwaysVerified:      "always",
		}[p.EmailTrust],
	}
	// TestStyles looks at the drawing.
	f.Style.Icon = ""
	if p.OAuth1 != nil {
		f.RequestToken, f.AccessToken, f.ProfileURL =
			p.OAuth1.RequestTokenURL, p.OAuth1.AccessTokenURL, p.OAuth1.ProfileURL
	}
	return f
}

// expectation is a file of testdata.
type expectation struct {
	Facts    facts `json:"facts"`
	Profiles []struct {
		Name    string         `json:"name"`
		Profile auth.Profile   `json:"profile"`
		User    map[string]any `json:"user"`
	} `json:"profiles"`
}

func readExpectation(t testing.TB, file string) expectation {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", file+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var e expectation
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&e); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return e
}

// userJSON is a user as the database and the callbacks of NextAuth.js know it.
func userJSON(t testing.TB, u auth.User) map[string]any {
	t.Helper()
	data, err := json.Marshal(u)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	if err := json.Unmarshal(data, &members); err != nil {
		t.Fatal(err)
	}
	return members
}

func TestFacts(t *testing.T) {
	for _, tt := range catalogue() {
		t.Run(tt.file, func(t *testing.T) {
			if diff := cmp.Diff(readExpectation(t, tt.file).Facts, factsOf(tt.provider)); diff != "" {
				t.Errorf("facts (-want +got):\n%s", diff)
			}
			if tt.provider.ClientID != "client-id" || tt.provider.ClientSecret != "client-secret" {
				t.Error("the client id and secret are not where they belong")
			}
			if tt.provider.AllowDangerousEmailAccountLinking {
				t.Error("links by mail address unasked")
			}
		})
	}
}

func TestProfiles(t *testing.T) {
	for _, tt := range catalogue() {
		t.Run(tt.file, func(t *testing.T) {
			people := map[string]string{}
			for _, doc := range readExpectation(t, tt.file).Profiles {
				u, err := tt.provider.Profile(doc.Profile, nil)
				if err != nil {
					t.Fatalf("%s: %v", doc.Name, err)
				}
				if diff := cmp.Diff(doc.User, userJSON(t, u)); diff != "" {
					t.Errorf("%s: user (-want +got):\n%s", doc.Name, diff)
				}
				if other, taken := people[u.ID]; taken && u.ID != "" {
					t.Errorf("%s: the id %q is that of %q too", doc.Name, u.ID, other)
				}
				people[u.ID] = doc.Name
			}
			if _, ok := people[""]; !ok || len(people) < 3 {
				t.Errorf("testdata/%s.json needs two people and a document without an id", tt.file)
			}
		})
	}
}

// TestCatalogueIsComplete finds functions that somebody added without a line in
// catalogue.
func TestCatalogueIsComplete(t *testing.T) {
	var want []string
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range file.Decls {
			f, ok := declaration.(*ast.FuncDecl)
			if !ok || !f.Name.IsExported() || !returnsOAuthProvider(f) {
				continue
			}
			want = append(want, f.Name.Name)
			if doc := f.Doc.Text(); !strings.Contains(doc, "<base>/callback/") || !strings.Contains(doc, "https://") {
				t.Errorf("%s: the doc comment names no callback URL or no documentation", f.Name.Name)
			}
		}
	}
	var got []string
	for _, e := range catalogue() {
		got = append(got, e.function)
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("catalogue (-want +got):\n%s", diff)
	}
}

func returnsOAuthProvider(f *ast.FuncDecl) bool {
	if f.Recv != nil || f.Type.Results == nil {
		return false
	}
	result, ok := f.Type.Results.List[0].Type.(*ast.SelectorExpr)
	return ok && result.Sel.Name == "OAuthProvider"
}

func FuzzProfiles(f *testing.F) {
	all := catalogue()
	for _, e := range all {
		for _, doc := range readExpectation(f, e.file).Profiles {
			data, err := json.Marshal(doc.Profile)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	f.Add([]byte(`{"id":1e400,"sub":-1e3,"id_str":0.5}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var p auth.Profile
		decoder := json.NewDecoder(bytes.NewReader(data))
		decoder.UseNumber()
		if decoder.Decode(&p) != nil {
			return
		}
		for _, e := range all {
			u, err := e.provider.Profile(p, nil)
			if err != nil {
				t.Fatalf("%s: %v", e.file, err)
			}
			userJSON(t, u)
		}
	})
}

func TestIDs(t *testing.T) {
	profile := providers.OIDC("acme", "https://acme.example", "id", "secret").Profile
	tests := []struct {
		name string
		sub  any
		want string
	}{
		{"text", "007", "007"},
		{"number", json.Number("42"), "42"},
		{"beyond float64", json.Number("9007199254740993"), "9007199254740993"},
		{"neighbour beyond float64", json.Number("9007199254740992"), "9007199254740992"},
		{"exponent", json.Number("1e3"), "1000"},
		{"zero after the point", json.Number("5.0"), "5"},
		{"negative", json.Number("-5"), "-5"},
		{"float64", float64(583231), "583231"},
		{"zero", json.Number("0"), ""},
		{"zero with an exponent", json.Number("0e9"), ""},
		{"fraction", json.Number("1.5"), ""},
		{"inexact exponent", json.Number("1e16"), ""},
		{"too large", json.Number("1e999"), ""},
		{"inexact float64", float64(1 << 53), ""},
		{"no number", json.Number(""), ""},
		{"boolean", true, ""},
		{"null", nil, ""},
		{"list", []any{"1"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u, err := profile(auth.Profile{"sub": tt.sub}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if u.ID != tt.want {
				t.Errorf("ID = %q, want %q", u.ID, tt.want)
			}
		})
	}
	t.Run("no profile", func(t *testing.T) {
		if u, err := profile(nil, nil); err != nil || u.ID != "" {
			t.Errorf("ID = %q, err = %v, want none", u.ID, err)
		}
	})
}

// TestParameters checks what providers want beyond their endpoints.
func TestParameters(t *testing.T) {
	if v, ok := providers.Kakao("id", "").Authorization.Params["scope"]; !ok || !slices.Equal(v, []string{""}) {
		t.Errorf("Kakao: scope = %q, want one empty value", v)
	}
	x := providers.TwitterOAuth2("id", "")
	if got := x.Token.Params.Get("client_id"); got != "id" {
		t.Errorf("TwitterOAuth2: client_id = %q, want id", got)
	}
	if got := x.Userinfo.Params.Get("user.fields"); got != "profile_image_url" {
		t.Errorf("TwitterOAuth2: user.fields = %q", got)
	}
	if got := providers.Apple("id", "").UserFromCallback; got != "user" {
		t.Errorf("Apple: UserFromCallback = %q, want user", got)
	}
	if providers.Twitter("id", "").Checks == nil {
		t.Error("Twitter: Checks is nil, which means state")
	}
}
