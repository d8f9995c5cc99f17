package mail

import (
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/language"
	"github.com/gatehouse-auth/gatehouse/auth/pages"
)

//go:embed signin.html
var signInHTML string

var signInTemplate = template.Must(template.New("signin").Parse(signInHTML))

// SignInMessage builds the mail that carries a sign-in link, in the language and
// the theme of the request.
//
// The subject names the host. The text has the link alone on its second line.
// The HTML has the link once, as a button, and neither pictures nor anything else
// to load, so that the logo of the theme is left out. Of the theme it takes the
// colour scheme and the two colours of the button, as the pages have them; colours
// that are not valid count as empty. In text and HTML an invisible space stands
// behind each dot and colon of the host, so that mail programs do not make a
// second link of it.
//
// It is an error when the URL is not an absolute http or https URL, when the
// host is missing or longer than a host can be, or when the host, an address or
// the URL holds a line break or another control character. Whether the address is
// one that mail can be sent to is for the [Transport] to check.
func SignInMessage(r auth.VerificationRequest) (Message, error) {
	if err := checkRequest(r); err != nil {
		return Message{}, err
	}
	if r.Language == nil {
		r.Language = language.English()
	}
	w, err := word(r)
	if err != nil {
		return Message{}, err
	}
	html, err := renderSignIn(r, w)
	if err != nil {
		return Message{}, err
	}
	return Message{
		From:     r.From,
		To:       r.Identifier,
		Subject:  w.subject,
		Language: r.Language.Tag(),
		Text:     w.first + "\n" + r.URL + "\n\n" + w.lead + "\n" + w.unwanted + "\n",
		HTML:     html,
		Link:     r.URL,
	}, nil
}

// maxHost is the length of the longest domain name with a port (RFC 1035,
// section 2.3.4).
const maxHost = 253 + len(":65535")

func checkRequest(r auth.VerificationRequest) error {
	for _, f := range []struct{ name, value string }{
		{"Identifier", r.Identifier}, {"From", r.From}, {"Host", r.Host}, {"URL", r.URL},
	} {
		if strings.ContainsFunc(f.value, unicode.IsControl) {
			return fmt.Errorf("mail: the %s of the request holds a control character", f.name)
		}
	}
	switch {
	case r.Host == "":
		return errors.New("mail: the Host of the request is missing")
	case len(r.Host) > maxHost:
		return fmt.Errorf("mail: the Host of the request is longer than %d bytes", maxHost)
	case !printable(r.Host):
		return errors.New("mail: the Host of the request holds invalid UTF-8 or a character that cannot be seen")
	case !printable(r.URL):
		return errors.New("mail: the URL of the request holds invalid UTF-8 or a character that cannot be seen")
	}
	u, err := url.Parse(r.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Contains(r.URL, " ") {
		return errors.New("mail: the URL of the request is not an absolute http or https URL")
	}
	return nil
}

// printable reports whether all of s can be seen: nothing in it ends a line or
// changes the direction of the text around it.
func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

// wording is what the mail says.
type wording struct {
	subject, first, heading, lead, action, unwanted string
	host, time                                      string // as they stand in it
}

// word takes the texts of the mail from the catalogue.
func word(r auth.VerificationRequest) (wording, error) {
	var errs []error
	text := func(key string, values ...string) string {
		filled, err := r.Language.Text(key, values...)
		errs = append(errs, err)
		return filled
	}
	w := wording{host: unlinked(r.Host), time: r.Expires.UTC().Format("2006-01-02 15:04 UTC")}
	w.subject = text("mail.subject", "host", r.Host)
	w.first = text("mail.text", "host", w.host)
	w.heading = text("mail.heading", "host", w.host)
	w.lead = text("mail.lead.until", "time", w.time)
	if r.Expires.IsZero() {
		w.lead = text("mail.lead")
	}
	w.action = text("mail.button")
	w.unwanted = text("mail.unwanted")
	return w, errors.Join(errs...)
}

// unlinked writes a host so that mail programs do not make a link of it: it
// would lead past the sign-in, and in languages without spaces somewhere else.
func unlinked(host string) string {
	const space = "\u200b" // without width
	return strings.NewReplacer(".", "."+space, ":", ":"+space).Replace(host)
}

// palette has the colours of the mail. They are those of the pages, and around the
// button is a line that shows it when its colour is that of the card.
type palette struct {
	Page, Card, Edge, Text, Soft string
	Line                         template.CSS
}

var (
	lightPalette = palette{Page: "#f4f5f8", Card: "#ffffff", Edge: "#e3e6ec", Text: "#14181f", Soft: "#545c69", Line: "rgba(0,0,0,0.25)"}
	darkPalette  = palette{Page: "#0d1015", Card: "#181c24", Edge: "#2a303b", Text: "#eef1f5", Soft: "#a7b0be", Line: "rgba(255,255,255,0.25)"}
)

// Outlook for Windows knows no greatest width: this table around the card gives
// it one, and all other programs take it for a comment.
const (
	outlookBegin template.HTML = `<!--[if mso]><table role="presentation" width="464" align="center" border="0" cellpadding="0" cellspacing="0"><tr><td><![endif]-->`
	outlookEnd   template.HTML = `<!--[if mso]></td></tr></table><![endif]-->`
)

// sentence is a text around a value that stands on one line where it can.
type sentence struct{ Before, Value, After string }

func around(value, text string) sentence {
	before, after, found := strings.Cut(text, value)
	if !found {
		return sentence{Before: text}
	}
	return sentence{before, value, after}
}

// signInView is what the template needs.
type signInView struct {
	Lang, Dir                    string
	Title, URL, Action, Unwanted string
	Heading, Lead                sentence
	Button, ButtonText           string   // colours
	palette                               // of the elements
	Dark                         *palette // for dark screens; nil when the theme has one colour scheme
	Scheme                       template.CSS
	OutlookBegin, OutlookEnd     template.HTML
}

func renderSignIn(r auth.VerificationRequest, w wording) (string, error) {
	view := signInView{
		Lang: r.Language.Tag(), Dir: r.Language.Direction(),
		Title: w.heading, URL: r.URL, Action: w.action, Unwanted: w.unwanted,
		Heading: around(w.host, w.heading), Lead: around(w.time, w.lead),
		palette: lightPalette, Dark: &darkPalette, Scheme: "light dark",
		OutlookBegin: outlookBegin, OutlookEnd: outlookEnd,
	}
	switch r.Theme.ColorScheme {
	case auth.ColorSchemeLight:
		view.Dark, view.Scheme = nil, "light only"
	case auth.ColorSchemeDark:
		view.palette, view.Dark, view.Scheme = darkPalette, nil, "dark only"
	}
	view.Button, view.ButtonText = pages.Theme{BrandColor: r.Theme.BrandColor, ButtonText: r.Theme.ButtonText}.BrandColors()
	var b strings.Builder
	if err := signInTemplate.Execute(&b, view); err != nil {
		return "", fmt.Errorf("mail: template: %w", err)
	}
	return b.String(), nil
}
