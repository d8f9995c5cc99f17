package providers_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

func TestGitHubFetchProfile(t *testing.T) {
	const list = `[{"email":"old@example.com","primary":false,"verified":true},
		{"email":"ada@example.com","primary":true,"verified":true},
		{"email":"new@example.com","primary":false,"verified":false}]`
	tests := []struct {
		name, user   string
		emailsStatus int
		emails       string
		wantEmail    any
		wantVerified bool
	}{
		{"hidden address", `{"id":7,"email":null}`, 200, list, "ada@example.com", true},
		{"no member", `{"id":7}`, 200, list, "ada@example.com", true},
		{"public address", `{"id":7,"email":"Old@Example.com"}`, 200, list, "old@example.com", true},
		{"unverified public address", `{"id":7,"email":"new@example.com"}`, 200, list, "new@example.com", false},
		{"public address of somebody else", `{"id":7,"email":"x@example.com"}`, 200, list, "x@example.com", false},
		{"forged claim", `{"id":7,"email":"x@example.com","email_verified":true}`, 200, list, "x@example.com", false},
		{"no primary", `{"id":7}`, 200, `[{"email":"a@example.com"},{"email":"b@example.com"}]`, "a@example.com", false},
		{"unverified primary", `{"id":7}`, 200, `[{"email":"a@example.com","primary":true}]`, "a@example.com", false},
		{"empty list", `{"id":7,"email":null}`, 200, `[]`, nil, false},
		{"list refused", `{"id":7,"email":null}`, 404, `{"message":"Not Found"}`, nil, false},
		{"list refused, public address", `{"id":7,"email":"a@example.com"}`, 403, list, "a@example.com", false},
		{"list of another shape", `{"id":7,"email":null}`, 200, `{"a":1}`, nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			mux := http.NewServeMux()
			mux.HandleFunc("GET /api/v3/user", answerGitHub(t, 200, tt.user))
			mux.HandleFunc("GET /api/v3/user/emails", answerGitHub(t, tt.emailsStatus, tt.emails))
			server := httptest.NewServer(mux)
			defer server.Close()

			p := providers.GitHubEnterprise(server.URL, "id", "secret")
			profile, err := p.FetchProfile(t.Context(), profileRequest(server.Client()))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.wantEmail, profile["email"]); diff != "" {
				t.Errorf("email (-want +got):\n%s", diff)
			}
			if profile["email_verified"] != tt.wantVerified {
				t.Errorf("email_verified = %v, want %v", profile["email_verified"], tt.wantVerified)
			}
			if u, err := p.Profile(profile, nil); err != nil || u.ID != "7" {
				t.Errorf("ID = %q, err = %v, want 7", u.ID, err)
			}
		})
	}
}

func TestGitHubFetchProfileErrors(t *testing.T) {
	tests := []struct {
		name   string
		status int
		body   string
		want   string
	}{
		{"token refused", 401, `{"message":"Bad credentials"}`, "status 401"},
		{"no JSON", 200, `<html>`, "not the expected JSON"},
		{"no object", 200, `[1]`, "not the expected JSON"},
		{"a value of the answer", 200, `470115`, "not the expected JSON"},
		{"null", 200, `null`, "answered null"},
		{"empty", 200, ``, "not the expected JSON"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(answerGitHub(t, tt.status, tt.body))
			defer server.Close()
			p := providers.GitHubEnterprise(server.URL, "id", "secret")
			_, err := p.FetchProfile(t.Context(), profileRequest(server.Client()))
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "providers: ") {
				t.Fatalf("err = %v, want %q", err, tt.want)
			}
			if strings.Contains(err.Error(), "access-token") || strings.Contains(err.Error(), "Bad credentials") || strings.Contains(err.Error(), "number") {
				t.Errorf("the error tells too much: %v", err)
			}
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		server := httptest.NewServer(http.NotFoundHandler())
		server.Close()
		p := providers.GitHubEnterprise(server.URL, "id", "secret")
		if _, err := p.FetchProfile(t.Context(), profileRequest(http.DefaultClient)); err == nil {
			t.Error("no error")
		}
	})
	t.Run("base URL that is none", func(t *testing.T) {
		p := providers.GitHubEnterprise("http://[", "id", "secret")
		if _, err := p.FetchProfile(t.Context(), profileRequest(http.DefaultClient)); err == nil {
			t.Error("no error")
		}
	})
}

// TestGitHubHosts checks that GitHub asks github.com's API.
func TestGitHubHosts(t *testing.T) {
	var asked []string
	client := &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		asked = append(asked, r.URL.String())
		w := httptest.NewRecorder()
		io.WriteString(w, `{"id":7}`)
		return w.Result(), nil
	})}
	if _, err := providers.GitHub("id", "secret").FetchProfile(t.Context(), profileRequest(client)); err != nil {
		t.Fatal(err)
	}
	want := []string{"https://api.github.com/user", "https://api.github.com/user/emails"}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// answerGitHub answers requests that carry the access token.
func answerGitHub(t *testing.T, status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Authorization"); got != "Bearer access-token" {
			t.Errorf("Authorization = %q", got)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

func profileRequest(client *http.Client) *auth.ProfileRequest {
	return &auth.ProfileRequest{Tokens: auth.Tokens{"access_token": "access-token"}, Client: client}
}

// roundTripper stands in for hosts that a test cannot reach.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
