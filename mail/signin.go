package mail

import (
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"net/url"
	"strings"
	"unicode"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/pages"
)

//go:embed signin.html
var signInHTML string

// The texts of the sign-in mail. The host of the site stands for {host}.
const (
	signInSubject  = "Your sign-in link for {host}"
	signInText     = "Open this link to sign in to {host}:"
	signInHeading  = "Sign in to {host}"
	signInLead     = "You asked for a link to sign in. It works once"
	signInUntil    = ", until 15:04 UTC on 2 January 2006."
	signInButton   = "Sign in"
	signInUnwanted = "If you did not ask for this mail, ignore it: without the link nobody gets in. Do not forward it."
)

// SignInMessage builds the mail that carries a sign-in link.
//
// The subject names the host. The text has the link alone on its second line.
// The HTML has the link once, as a button in the colours of the theme, and
// neither pictures nor anything else to load; a colour that is not of the form
// #rgb or #rrggbb is left out. The host is written so that mail programs do not
// make a second link of it.
//
// It is an error when the URL is not an absolute http or https URL, when the
// host is missing, or when the host, an address or the URL holds a line break or
// another control character. Whether the address is one that mail can be sent to
// is for the [Transport] to check.
func SignInMessage(r auth.VerificationRequest) (Message, error) {
	if err := checkRequest(r); err != nil {
		return Message{}, err
	}
	lead := signInLead + "."
	if !r.Expires.IsZero() {
		lead = signInLead + r.Expires.UTC().Format(signInUntil)
	}
	html, err := renderSignIn(r, lead)
	if err != nil {
		return Message{}, err
	}
	name := strings.NewReplacer("{host}", r.Host)
	return Message{
		From:    r.From,
		To:      r.Identifier,
		Subject: name.Replace(signInSubject),
		Text: name.Replace(signInText) + "\n" + r.URL + "\n\n" +
			lead + "\n" + signInUnwanted + "\n",
		HTML: html,
	}, nil
}

func checkRequest(r auth.VerificationRequest) error {
	for _, f := range []struct{ name, value string }{
		{"Identifier", r.Identifier}, {"From", r.From}, {"Host", r.Host}, {"URL", r.URL},
	} {
		if strings.ContainsFunc(f.value, unicode.IsControl) {
			return fmt.Errorf("mail: the %s of the request holds a control character", f.name)
		}
	}
	if r.Host == "" {
		return errors.New("mail: the Host of the request is missing")
	}
	u, err := url.Parse(r.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Contains(r.URL, " ") {
		return errors.New("mail: the URL of the request is not an absolute http or https URL")
	}
	return nil
}

func renderSignIn(r auth.VerificationRequest, lead string) (string, error) {
	t, err := template.New("signin").Parse(signInHTML)
	if err != nil {
		return "", fmt.Errorf("mail: template: %w", err)
	}
	button, text := "#1f55c0", "#ffffff"
	if pages.ValidColor(r.Theme.BrandColor) {
		button, text = r.Theme.BrandColor, pages.TextColor(r.Theme.BrandColor)
	}
	if pages.ValidColor(r.Theme.ButtonText) {
		text = r.Theme.ButtonText
	}
	host := strings.NewReplacer(".", ".\u200b", ":", ":\u200b").Replace(r.Host)
	var b strings.Builder
	err = t.Execute(&b, struct{ Heading, Lead, URL, Button, Unwanted, Color, TextColor string }{
		strings.ReplaceAll(signInHeading, "{host}", host), lead, r.URL, signInButton, signInUnwanted, button, text,
	})
	if err != nil {
		return "", fmt.Errorf("mail: template: %w", err)
	}
	return b.String(), nil
}
