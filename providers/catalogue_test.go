package providers_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

// entry is a provider of the catalogue, built from the options of a file of
// testdata: <id>.json or, for a variant of the provider, <id>.<variant>.json.
type entry struct {
	file     string
	provider auth.OAuthProvider
	expectation
}

// samples are the options that a file of testdata does not need to set.
var samples = map[string]string{
	"clientId":     "client-id",
	"clientSecret": "client-secret",
	"issuer":       "https://issuer.example/realms/main/",
	"tenantId":     "tenant",
	"userFlow":     "flow",
	"accountId":    "account",
	"domain":       "customer.example",
	"baseUrl":      "https://base.example/",
	"userinfoUrl":  "https://userinfo.example/me",
	"apiKey":       "api-key",
}

// catalogue builds every OAuth provider and every variant of one.
func catalogue(t testing.TB) []entry {
	t.Helper()
	var all []entry
	for _, d := range providers.All() {
		if d.Kind == providers.KindEmail || d.Kind == providers.KindCredentials {
			continue
		}
		variants, err := filepath.Glob(filepath.Join("testdata", d.ID+".*.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range append([]string{filepath.Join("testdata", d.ID+".json")}, variants...) {
			expected := readExpectation(t, name)
			all = append(all, entry{
				strings.TrimSuffix(filepath.Base(name), ".json"), build(t, d, expected.Options), expected,
			})
		}
	}
	return all
}

// build builds a provider from options. Sample values stand in for required ones
// that are missing, unless there is something instead.
func build(t testing.TB, d providers.Definition, options map[string]string) auth.OAuthProvider {
	t.Helper()
	values := maps.Clone(samples)
	maps.Copy(values, options)
	var o providers.Options
	for _, option := range d.Options {
		if _, given := options[option.Name]; !given && !(option.Required && len(option.Unless) == 0) {
			continue
		}
		if err := o.Set(option.Name, values[option.Name]); err != nil {
			t.Fatal(err)
		}
	}
	p, err := providers.ByID(d.ID, o)
	if err != nil {
		t.Fatalf("%v: samples has no value, or testdata/%s.json needs options", err, d.ID)
	}
	return p.(auth.OAuthProvider)
}

// facts are what an existing user of a provider relies on. Parameters are written
// like a query.
type facts struct {
	ID                     string       `json:"id"`
	Name                   string       `json:"name"`
	Style                  auth.Style   `json:"style"`
	OpenID                 bool         `json:"openid"`
	Issuer                 string       `json:"issuer"`
	IssuerTemplate         string       `json:"issuerTemplate"`
	Discovery              string       `json:"discovery"`
	Authorization          string       `json:"authorization"`
	AuthorizationParams    string       `json:"authorizationParams"`
	Fragment               string       `json:"fragment"`
	Token                  string       `json:"token"`
	TokenParams            string       `json:"tokenParams"`
	TokenMethod            string       `json:"tokenMethod"`
	TokenInQuery           bool         `json:"tokenInQuery"`
	Userinfo               string       `json:"userinfo"`
	UserinfoParams         string       `json:"userinfoParams"`
	UserinfoMethod         string       `json:"userinfoMethod"`
	UserinfoHeader         string       `json:"userinfoHeader"`
	UserinfoBody           string       `json:"userinfoBody"`
	UserinfoTokenParameter string       `json:"userinfoTokenParameter"`
	SignedUserinfo         bool         `json:"signedUserinfo"`
	ProfileFromUserinfo    bool         `json:"profileFromUserinfo"`
	ProfilePath            string       `json:"profilePath"`
	UserFromCallback       string       `json:"userFromCallback"`
	RequestToken           string       `json:"requestToken"`
	AccessToken            string       `json:"accessToken"`
	ProfileURL             string       `json:"profileURL"`
	ClientAuthentication   string       `json:"clientAuthentication"`
	ClientIDParameter      string       `json:"clientIdParameter"`
	ClientSecretParameter  string       `json:"clientSecretParameter"`
	ResponseMode           string       `json:"responseMode"`
	ResponseType           string       `json:"responseType"`
	Algorithms             string       `json:"algorithms"`
	Scope                  string       `json:"scope"`
	SignInParams           string       `json:"signInParams"`
	Checks                 []auth.Check `json:"checks"`
	PKCEUnsupported        bool         `json:"pkceUnsupported"`
	EmailTrust             string       `json:"emailTrust"`
	EmailVerified          string       `json:"emailVerified"`
}

func factsOf(p auth.OAuthProvider) facts {
	separator := p.ScopeSeparator
	if separator == "" {
		separator = " "
	}
	header := map[string][]string(p.Userinfo.Header)
	f := facts{
		ID: p.ID, Name: p.Name, Style: p.Style, OpenID: p.OpenID,
		Issuer: p.Issuer, IssuerTemplate: p.IssuerTemplate, Discovery: p.Discovery,
		Authorization: p.Authorization.URL, AuthorizationParams: readable(p.Authorization.Params), Fragment: p.AuthorizationFragment,
		Token: p.Token.URL, TokenParams: readable(p.Token.Params), TokenMethod: p.Token.Method, TokenInQuery: p.TokenInQuery,
		Userinfo: p.Userinfo.URL, UserinfoParams: readable(p.Userinfo.Params), UserinfoMethod: p.Userinfo.Method,
		UserinfoHeader: readable(header), UserinfoBody: string(p.Userinfo.Body),
		UserinfoTokenParameter: p.UserinfoTokenParameter, SignedUserinfo: p.SignedUserinfo,
		ProfileFromUserinfo: p.ProfileFromUserinfo, ProfilePath: strings.Join(p.ProfilePath, "."),
		UserFromCallback:     p.UserFromCallback,
		ClientAuthentication: string(p.ClientAuthentication),
		ClientIDParameter:    p.ClientIDParameter, ClientSecretParameter: p.ClientSecretParameter,
		ResponseMode: p.ResponseMode, ResponseType: p.ResponseType,
		Algorithms:   strings.Join(p.IDTokenAlgorithms, " "),
		Scope:        strings.Join(p.Scopes, separator),
		SignInParams: strings.Join(p.AuthorizationParams, " "),
		Checks:       p.Checks, PKCEUnsupported: p.PKCEUnsupported,
		EmailTrust: map[auth.EmailTrust]string{
			auth.EmailVerifiedByClaim:     "claim",
			auth.EmailVerifiedByTextClaim: "text claim",
			auth.EmailAlwaysVerified:      "always",
		}[p.EmailTrust],
		EmailVerified: strings.Join(p.EmailVerifiedPath, "."),
	}
	// TestStyles looks at the drawing.
	f.Style.Icon = ""
	if p.OAuth1 != nil {
		f.RequestToken, f.AccessToken, f.ProfileURL =
			p.OAuth1.RequestTokenURL, p.OAuth1.AccessTokenURL, p.OAuth1.ProfileURL
	}
	return f
}

// readable is a query without escapes, sorted by name.
func readable(params map[string][]string) string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(params)) {
		for _, value := range params[name] {
			pairs = append(pairs, name+"="+value)
		}
	}
	return strings.Join(pairs, "&")
}

// expectation is a file of testdata.
type expectation struct {
	Options  map[string]string `json:"options"`
	Facts    facts             `json:"facts"`
	Profiles []person          `json:"profiles"`
	// Requests are answers by URL for everybody; see authtest.Account.Answers.
	Requests map[string]any `json:"requests"`
}

// person is a document of a provider and the user that it becomes. The last two
// members are for complete flows alone.
type person struct {
	Name    string         `json:"name"`
	Profile auth.Profile   `json:"profile"`
	Tokens  auth.Tokens    `json:"tokens"`
	User    map[string]any `json:"user"`
	// Requests are answers by URL. They win over those for everybody.
	Requests map[string]any `json:"requests"`
	// Subject is the text or number in the documents that the id is made of,
	// when it is not the id itself.
	Subject string `json:"subject"`
}

func readExpectation(t testing.TB, name string) expectation {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("every provider needs a file of test data: %v", err)
	}
	var e expectation
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&e); err != nil {
		t.Fatalf("%s: %v", name, err)
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
	for _, tt := range catalogue(t) {
		t.Run(tt.file, func(t *testing.T) {
			if diff := cmp.Diff(tt.Facts, factsOf(tt.provider)); diff != "" {
				t.Errorf("facts (-want +got):\n%s", diff)
			}
			secretless := tt.provider.ClientSecretFunc != nil || tt.provider.ClientAuthentication == auth.ClientAuthNone
			if tt.provider.ClientID != "client-id" || tt.provider.ClientSecret != "client-secret" && !secretless {
				t.Error("the client id and secret are not where they belong")
			}
			if tt.provider.AllowDangerousEmailAccountLinking {
				t.Error("links by mail address unasked")
			}
		})
	}
}

func TestProfiles(t *testing.T) {
	for _, tt := range catalogue(t) {
		t.Run(tt.file, func(t *testing.T) {
			people := map[string]string{}
			for _, doc := range tt.Profiles {
				u, err := providers.MapProfile(tt.provider, doc.Profile, doc.Tokens)
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

func FuzzProfiles(f *testing.F) {
	all := catalogue(f)
	for _, e := range all {
		for _, doc := range e.Profiles {
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
			u, err := providers.MapProfile(e.provider, p, nil)
			if err != nil {
				t.Fatalf("%s: %v", e.file, err)
			}
			userJSON(t, u)
		}
	})
}
