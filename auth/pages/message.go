package pages

import (
	"fmt"
	"net/http"
	"strings"
)

// SignOut renders the page that asks whether to sign out. Its form is posted to
// BaseURL/signout.
func (r *Renderer) SignOut(v SignOut) ([]byte, error) {
	p := page{template: "signout.html", site: v.Site, title: []string{"signout.title"}, view: &v}
	if v.Site.Host != "" {
		p.heading = []string{"signout.heading", "host", v.Site.Host}
	}
	return r.render(p)
}

// SignedOut renders the page that says that the visitor is signed out.
func (r *Renderer) SignedOut(v SignedOut) ([]byte, error) {
	if v.BackURL == "" {
		v.BackURL = v.Site.Origin
	}
	if v.BackHost == "" {
		v.BackHost = v.Site.Host
	}
	return r.render(page{template: "signedout.html", site: v.Site, title: []string{"signedout.title"}, view: &v})
}

// VerifyRequest renders the page that tells to look for a mail.
func (r *Renderer) VerifyRequest(v VerifyRequest) ([]byte, error) {
	return r.render(page{template: "verifyrequest.html", site: v.Site, title: []string{"verify.title"}, view: &v})
}

// ConfirmLink renders the page that asks before a mailed link is used.
func (r *Renderer) ConfirmLink(v ConfirmLink) ([]byte, error) {
	p := page{template: "confirmlink.html", site: v.Site, title: []string{"confirm.title"}, view: &v, script: true}
	if v.Address != "" {
		p.heading = []string{"confirm.heading", "address", v.Address}
	}
	return r.render(p)
}

// errorView is what error.html shows.
type errorView struct {
	Text      string
	Reference string
	NoAlert   bool
	SignIn    bool // whether to lead back to the sign-in page, not to the site
}

// Error renders the error page. [Status] returns the HTTP status that belongs to
// it.
func (r *Renderer) Error(v Error) ([]byte, error) {
	kind := errorKind(v.Code)
	text, err := r.texts(v.Site).Text(kind.text)
	if err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	return r.render(page{
		template: "error.html", site: v.Site, title: []string{kind.title},
		view: &errorView{Text: text, Reference: v.Reference, NoAlert: v.NoAlert, SignIn: kind.signIn},
	})
}

// Status returns the HTTP status of the error page for an error code: 500 for
// Configuration, 403 for AccessDenied and Verification, in any case, and 200
// for anything else, as in NextAuth.js.
func Status(code string) int { return errorKind(code).status }

// failure is one kind of error page.
type failure struct {
	status      int
	title, text string // catalogue keys
	signIn      bool
}

func errorKind(code string) failure {
	switch strings.ToLower(code) {
	case "configuration":
		return failure{http.StatusInternalServerError, "error.configuration.title", "error.configuration.text", false}
	case "accessdenied":
		return failure{http.StatusForbidden, "error.accessdenied.title", "error.accessdenied.text", true}
	case "verification":
		return failure{http.StatusForbidden, "error.verification.title", "error.verification.text", true}
	case "signout":
		return failure{http.StatusOK, "error.signout.title", "error.signout.text", false}
	}
	return failure{http.StatusOK, "error.default.title", "error.default.text", false}
}
