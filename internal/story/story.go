// Package story has every built-in page in every state that a visitor can see it
// in, for people and tests that look at all of them. No program of an
// application needs it.
package story

import (
	"fmt"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/language"
	"github.com/gatehouse-auth/gatehouse/auth/pages"
	"github.com/gatehouse-auth/gatehouse/providers"
)

// Page is a page in one state.
type Page struct {
	// Name is what tells it from the others, as it may stand in a path.
	Name string
	// Title says in English what it shows.
	Title string
	// Render renders it for a site.
	Render func(r *pages.Renderer, s pages.Site) ([]byte, error)
}

// Pages returns all pages, those of one kind together.
func Pages() []Page {
	all := []Page{
		signIn("signin", "Sign-in with every kind of provider", func(*pages.SignIn) {}),
		signIn("signin-oauth", "Sign-in with buttons alone", func(v *pages.SignIn) { v.Providers = v.Providers[:5] }),
		signIn("signin-password", "Sign-in with a password alone", func(v *pages.SignIn) { v.Providers = v.Providers[6:] }),
		signIn("signin-none", "Sign-in without a provider", func(v *pages.SignIn) { v.Providers = nil }),
	}
	for _, code := range signInErrors {
		all = append(all, signIn("signin-error-"+code, "Sign-in after "+code, func(v *pages.SignIn) {
			v.ErrorCode, v.Reference, v.Email = code, "k3x9w2ab", "visitor@example.com"
		}))
	}
	all = append(all,
		Page{"signout", "Sign-out", func(r *pages.Renderer, s pages.Site) ([]byte, error) {
			return r.SignOut(pages.SignOut{Site: s, CSRFToken: csrfToken})
		}},
		Page{"signout-expired", "Sign-out, with a form that was too old", func(r *pages.Renderer, s pages.Site) ([]byte, error) {
			return r.SignOut(pages.SignOut{Site: s, CSRFToken: csrfToken, Expired: true})
		}},
		Page{"signedout", "Signed out", func(r *pages.Renderer, s pages.Site) ([]byte, error) {
			return r.SignedOut(pages.SignedOut{Site: s})
		}},
		Page{"verify-request", "Check your mail", func(r *pages.Renderer, s pages.Site) ([]byte, error) {
			return r.VerifyRequest(pages.VerifyRequest{
				Site: s, Address: "v***@example.com", InboxURL: s.Origin + "/inbox",
				Resend: &pages.Resend{Action: s.BaseURL + "/signin/email", CSRFToken: csrfToken, CallbackURL: s.Origin, Email: "visitor@example.com"},
			})
		}},
		Page{"verify-request-elsewhere", "Check your mail, in another browser", func(r *pages.Renderer, s pages.Site) ([]byte, error) {
			return r.VerifyRequest(pages.VerifyRequest{Site: s})
		}},
		Page{"confirm-link", "A link that was opened in another browser", func(r *pages.Renderer, s pages.Site) ([]byte, error) {
			return r.ConfirmLink(pages.ConfirmLink{
				Site: s, CSRFToken: csrfToken, Action: s.BaseURL + "/callback/email", Address: "v***@example.com",
				Hidden: []pages.HiddenField{{Name: "token", Value: "token"}, {Name: "email", Value: "visitor@example.com"}},
			})
		}})
	for _, code := range pageErrors {
		all = append(all, Page{"error-" + code, "Error " + code, func(r *pages.Renderer, s pages.Site) ([]byte, error) {
			return r.Error(pages.Error{Site: s, Code: code, Reference: "k3x9w2ab"})
		}})
	}
	return all
}

const csrfToken = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// The codes of the sign-in page and of the error page.
var (
	signInErrors = []string{
		"Signin", "OAuthSignin", "OAuthCallback", "OAuthCreateAccount", "EmailCreateAccount", "Callback",
		"OAuthAccountNotLinked", "EmailSignin", "CredentialsSignin", "SessionRequired", "Default",
	}
	pageErrors = []string{"Configuration", "AccessDenied", "Verification", "Signout", "Default"}
)

// signIn makes a state of the sign-in page.
func signIn(name, title string, change func(*pages.SignIn)) Page {
	return Page{name, title, func(r *pages.Renderer, s pages.Site) ([]byte, error) {
		v := pages.SignIn{Site: s, CSRFToken: csrfToken, CallbackURL: s.Origin, LastProviderID: "google"}
		for _, p := range oauthProviders() {
			v.Providers = append(v.Providers, pages.Provider{ID: p.ID, Name: p.Name, SignInURL: s.BaseURL + "/signin/" + p.ID})
		}
		v.Providers = append(v.Providers,
			pages.Provider{ID: "email", Kind: pages.Email, SignInURL: s.BaseURL + "/signin/email"},
			pages.Provider{
				ID: "credentials", Kind: pages.Credentials, CallbackURL: s.BaseURL + "/callback/credentials",
				Fields: []pages.Field{{Name: "username"}, {Name: "password", Type: "password"}},
			})
		change(&v)
		return r.SignIn(v)
	}}
}

// oauthProviders are the ones with a button: with and without an icon, and in
// colours that need help in the dark and in the light.
func oauthProviders() []auth.OAuthProvider {
	own := providers.OIDC("company", "https://id.example.com", "id", "secret")
	own.Name = "Example ID"
	return []auth.OAuthProvider{
		providers.GitHub("id", "secret"), providers.Google("id", "secret"), providers.Apple("id", "secret"),
		providers.Kakao("id", "secret"), own,
	}
}

// Options are those of a renderer for the pages, with a theme. All languages are
// offered.
func Options(theme pages.Theme) (pages.Options, error) {
	languages, err := language.New(language.Options{})
	if err != nil {
		return pages.Options{}, fmt.Errorf("story: %w", err)
	}
	o := pages.Options{Theme: theme, Languages: languages}
	for _, p := range oauthProviders() {
		o.Buttons = append(o.Buttons, pages.Button{ProviderID: p.ID, Icon: p.Style.Icon, Color: p.Style.Color, Background: p.Style.Background, Text: p.Style.Text})
	}
	return o, nil
}
