package auth

import (
	"log/slog"
	"net/http"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth/language"
)

// Misconfigured is a handler for a program that starts although [New] refused
// its configuration, so that the rest of it can run. It answers like NextAuth.js
// with a broken configuration: status 500 with the built-in error page or a JSON
// message, or a redirect to Pages.Error. The reasons are in the error that New
// returned; log it.
func Misconfigured(config Config) http.Handler {
	fallback := Config{
		URL:       config.URL,
		Secrets:   []string{randomHex(32)},
		Pages:     config.Pages,
		Theme:     config.Theme,
		Languages: config.Languages,
		Logger:    slog.New(slog.DiscardHandler),
		StrictV4:  true, // an empty URL and an empty list of providers are fine
	}
	if _, ok := parseSite(config.URL); !ok {
		fallback.URL = ""
	}
	a, err := New(fallback)
	if err != nil {
		fallback.Pages, fallback.Theme, fallback.Languages = Pages{}, Theme{}, language.Options{}
		if a, err = New(fallback); err != nil {
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				http.Error(w, "Internal Server Error", http.StatusInternalServerError)
			})
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x, answer := a.newExchange(w, r)
		switch {
		case answer != nil:
		case x.action == assetAction:
			answer = a.asset(r.Context(), x) // of the error page
		default:
			answer = a.misconfigured(x)
		}
		a.write(w, x, answer)
	})
}

// misconfigured is the answer of NextAuth.js to a configuration it cannot use.
func (a *Auth) misconfigured(x *exchange) *response {
	switch {
	case x.method != http.MethodGet, x.action != "signin" && x.action != "signout" && x.action != "error" && x.action != "verify-request":
		return &response{
			status:    http.StatusInternalServerError,
			json:      []byte(`{"message":"Sign-in is not set up correctly on this server. Its log says why."}`),
			noCookies: true,
		}
	case a.config.Pages.Error != "" && !strings.HasPrefix(x.parameter("callbackUrl"), a.config.Pages.Error):
		return &response{redirect: a.config.Pages.Error + "?error=" + string(ErrorConfiguration), noCookies: true}
	}
	answer := a.renderError(x, string(ErrorConfiguration), "")
	answer.noCookies = true
	return answer
}
