package gallery

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/mail"
)

// letter is a kind of mail.
type letter struct {
	name, title string
	build       func(auth.VerificationRequest) (mail.Message, error)
}

var letters = []letter{{"signin", "Mail with a sign-in link", mail.SignInMessage}}

// mail shows a mail: its HTML as it is, or its text below the lines that a mail
// program shows above it.
func (g *Gallery) mail(w http.ResponseWriter, r *http.Request) {
	i := slices.IndexFunc(letters, func(l letter) bool { return l.name == r.PathValue("name") })
	if i < 0 {
		g.notFound(w, r)
		return
	}
	s, err := g.read(r.URL.Query(), append(slices.Clone(themeSettings), "frame", "format")...)
	if err != nil {
		g.refuse(w, err)
		return
	}
	m, err := letters[i].build(g.request(s, "http://"+r.Host))
	if err != nil {
		g.fail(w, err)
		return
	}
	s.setPolicy(w.Header(), mailPolicy)
	if s["format"] == "text" {
		write(w, http.StatusOK, "text/plain; charset=utf-8", fmt.Appendf(nil, "From: %s\nTo: %s\nSubject: %s\n\n%s", m.From, m.To, m.Subject, m.Text))
		return
	}
	write(w, http.StatusOK, "text/html; charset=utf-8", []byte(m.HTML))
}

// request asks for a mail with the same content every time.
func (g *Gallery) request(s settings, origin string) auth.VerificationRequest {
	const token = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	theme := auth.Theme{ColorScheme: auth.ColorScheme(s["scheme"]), BrandColor: s["brand"]}
	if s["logo"] == "1" {
		theme.Logo = origin + "/logo.svg"
	}
	return auth.VerificationRequest{
		Identifier: "visitor@example.com",
		URL:        origin + apiPath + "/callback/email?email=visitor%40example.com&token=" + token,
		Host:       shownHost,
		Token:      token,
		Expires:    time.Date(2026, time.March, 2, 14, 30, 0, 0, time.UTC),
		From:       "Example <sign-in@example.com>",
		Theme:      theme,
		Language:   g.catalogue(s["lang"]),
		ProviderID: "email",
	}
}
