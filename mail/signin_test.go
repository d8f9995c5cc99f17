package mail_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/mail"
)

var update = flag.Bool("update", false, "write the golden files anew")

// unlinkedHost is the host of request as it stands in the mail.
const unlinkedHost = "app.\u200btest:\u200b3000"

func request() auth.VerificationRequest {
	return auth.VerificationRequest{
		Identifier: "joe@example.com", URL: link, Host: "app.test:3000", Token: "5ecre7",
		Expires: time.Date(2026, 8, 2, 17, 4, 0, 0, time.FixedZone("", 2*60*60)),
		From:    "App <noreply@app.test>", ProviderID: "email",
	}
}

func TestSignInMessage(t *testing.T) {
	m, err := mail.SignInMessage(request())
	if err != nil {
		t.Fatal(err)
	}
	if m.From != "App <noreply@app.test>" || m.To != "joe@example.com" {
		t.Errorf("from %q to %q", m.From, m.To)
	}
	if !strings.Contains(m.Subject, "app.test:3000") {
		t.Errorf("subject %q", m.Subject)
	}
	lines := strings.Split(m.Text, "\n")
	if !strings.Contains(lines[0], unlinkedHost) || lines[1] != link || lines[2] != "" {
		t.Errorf("text begins with %q", lines[:3])
	}
	checkHTML(t, m.HTML, link)

	const golden = "testdata/signin.html"
	if *update {
		if err := os.WriteFile(golden, []byte(m.HTML), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), m.HTML); d != "" {
		t.Errorf("%s, which -update writes anew (-want +got):\n%s", golden, d)
	}
}

// Elements and attributes of the mail. None of them loads anything.
var (
	elements   = []string{"html", "head", "meta", "title", "style", "body", "div", "table", "tbody", "tr", "td", "h1", "p", "a", "span"}
	attributes = []string{
		"lang", "dir", "charset", "name", "content", "class", "style", "role", "href",
		"width", "border", "cellpadding", "cellspacing", "align", "bgcolor",
	}
)

// checkHTML checks that a document has one link and loads nothing. It returns the
// style of the link.
func checkHTML(t *testing.T, document, url string) (style string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(document, "url(") || strings.Contains(document, "@import") {
		t.Errorf("the document loads something:\n%s", document)
	}
	links := 0
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && !slices.Contains(elements, n.Data) {
			t.Errorf("the document has the element %s", n.Data)
		}
		if n.Type == html.CommentNode && !strings.HasPrefix(n.Data, "[if mso]>") {
			t.Errorf("the document has the comment %q", n.Data)
		}
		for _, a := range n.Attr {
			if !slices.Contains(attributes, a.Key) {
				t.Errorf("the document has the attribute %s=%q", a.Key, a.Val)
			}
			if a.Key == "href" {
				links++
				if a.Val != url {
					t.Errorf("link to %q, want %q", a.Val, url)
				}
			}
			if a.Key == "style" && n.Data == "a" {
				style = a.Val
			}
		}
	}
	if links != 1 {
		t.Errorf("%d links, want 1", links)
	}
	return style
}

func TestSignInMessageColors(t *testing.T) {
	tests := []struct {
		name  string
		theme auth.Theme
		want  string
	}{
		{"none", auth.Theme{}, "background-color:#1f55c0;color:#ffffff;"},
		{"dark brand", auth.Theme{BrandColor: "#123"}, "background-color:#123;color:#ffffff;"},
		{"light brand", auth.Theme{BrandColor: "#FFE066"}, "background-color:#FFE066;color:#000000;"},
		{"name", auth.Theme{BrandColor: "Gold"}, "background-color:Gold;color:#000000;"},
		{"text that cannot be read", auth.Theme{BrandColor: "#123456", ButtonText: "#234567"}, "background-color:#123456;color:#ffffff;"},
		{"brand and text", auth.Theme{BrandColor: "#123456", ButtonText: "#abc"}, "background-color:#123456;color:#abc;"},
		{"not colours", auth.Theme{BrandColor: "red;x:url(//e.test)", ButtonText: `"><img src=x>`}, "background-color:#1f55c0;color:#ffffff;"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := request()
			r.Theme = tt.theme
			m, err := mail.SignInMessage(r)
			if err != nil {
				t.Fatal(err)
			}
			if style := checkHTML(t, m.HTML, link); !strings.Contains(style, tt.want) {
				t.Errorf("style %q, want %q", style, tt.want)
			}
		})
	}
}

func TestSignInMessageColorSchemes(t *testing.T) {
	const light, dark = "background-color:#f4f5f8", "background-color:#0d1015"
	tests := []struct {
		scheme auth.ColorScheme
		want   string
		page   string
		both   bool
	}{
		{"", "light dark", light, true},
		{auth.ColorSchemeAuto, "light dark", light, true},
		{auth.ColorSchemeLight, "light only", light, false},
		{auth.ColorSchemeDark, "dark only", dark, false},
	}
	for _, tt := range tests {
		t.Run(string(tt.scheme), func(t *testing.T) {
			r := request()
			r.Theme.ColorScheme = tt.scheme
			m, err := mail.SignInMessage(r)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{
				`<meta name="color-scheme" content="` + tt.want + `">`, `<meta name="supported-color-schemes" content="` + tt.want + `">`,
				":root { color-scheme: " + tt.want + ";", tt.page,
			} {
				if !strings.Contains(m.HTML, want) {
					t.Errorf("the document lacks %q:\n%s", want, m.HTML)
				}
			}
			if both := strings.Contains(m.HTML, "prefers-color-scheme: dark"); both != tt.both {
				t.Errorf("other colours on dark screens: %t, want %t", both, tt.both)
			}
			checkHTML(t, m.HTML, link)
		})
	}
}

// The colours of the mail are those of the pages, whose tests check that they can
// be read.
func TestSignInMessageHasTheColorsOfThePages(t *testing.T) {
	sheet, err := os.ReadFile("../auth/pages/style.css")
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.SignInMessage(request())
	if err != nil {
		t.Fatal(err)
	}
	colors := regexp.MustCompile(`#[0-9a-f]{6}`).FindAllString(m.HTML, -1)
	slices.Sort(colors)
	colors = slices.Compact(colors)
	if len(colors) != 11 { // page, card, edge, text and soft twice, the button and white, which is also a card
		t.Errorf("the colours are %q", colors)
	}
	for _, color := range colors {
		if !strings.Contains(string(sheet), ": "+color+";") {
			t.Errorf("the pages do not have %s", color)
		}
	}
}

func TestSignInMessageRefuses(t *testing.T) {
	tests := []struct {
		name   string
		change func(*auth.VerificationRequest)
		want   string
	}{
		{"line break in the address", func(r *auth.VerificationRequest) { r.Identifier = "a@x.test\r\nBcc: v@y.test" }, "Identifier"},
		{"line break in the sender", func(r *auth.VerificationRequest) { r.From = "a@x.test\nBcc: v@y.test" }, "From"},
		{"line break in the host", func(r *auth.VerificationRequest) { r.Host = "x.test\r\nBcc: v@y.test" }, "Host"},
		{"no host", func(r *auth.VerificationRequest) { r.Host = "" }, "Host"},
		{"long host", func(r *auth.VerificationRequest) { r.Host = strings.Repeat("x", 260) }, "Host"},
		{"direction in the host", func(r *auth.VerificationRequest) { r.Host = "x\u2069\u202e.test" }, "Host"},
		{"line separator in the host", func(r *auth.VerificationRequest) { r.Host = "x.test\u2028https://y.test" }, "Host"},
		{"invalid UTF-8 in the host", func(r *auth.VerificationRequest) { r.Host = "x\xff.test" }, "Host"},
		{"direction in the link", func(r *auth.VerificationRequest) { r.URL += "\u202e" }, "URL"},
		{"line break in the link", func(r *auth.VerificationRequest) { r.URL += "\nx" }, "URL"},
		{"script as link", func(r *auth.VerificationRequest) { r.URL = "javascript:alert('5ecre7')" }, "URL"},
		{"relative link", func(r *auth.VerificationRequest) { r.URL = "/callback?token=5ecre7" }, "URL"},
		{"no URL", func(r *auth.VerificationRequest) { r.URL = "https://[5ecre7" }, "URL"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := request()
			tt.change(&r)
			_, err := mail.SignInMessage(r)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one about %s", err, tt.want)
			}
			checkSecrets(t, err)
		})
	}
}

func TestSignInMessageEscapes(t *testing.T) {
	r := request()
	r.Host = `<img src=x onerror=alert(1)>`
	r.URL = `https://app.test/?a="><script>alert</script>`
	r.Expires = time.Time{}
	m, err := mail.SignInMessage(r)
	if err != nil {
		// A link with a space is refused; this one has none.
		t.Fatal(err)
	}
	checkHTML(t, m.HTML, "https://app.test/?a=%22%3e%3cscript%3ealert%3c/script%3e")
	if !strings.Contains(m.Text, "It works once.\n") {
		t.Errorf("text %q", m.Text)
	}
}

func TestMailer(t *testing.T) {
	s := &sink{}
	var sender auth.VerificationSender = mail.New(s.start(t))
	if err := sender.SendVerificationRequest(t.Context(), request()); err != nil {
		t.Fatal(err)
	}
	got := s.only(t)
	if !strings.Contains(got.text, "\n"+link+"\n") {
		t.Errorf("text %q", got.text)
	}
	checkHTML(t, got.html, link)
}

// broken is a transport whose mails are all lost.
type broken struct{ err error }

func (b broken) Send(context.Context, mail.Message) error { return b.err }

func TestMailerErrors(t *testing.T) {
	lost := errors.New("lost")
	err := mail.New(broken{lost}).SendVerificationRequest(t.Context(), request())
	if !errors.Is(err, lost) || !strings.HasPrefix(err.Error(), "mail: ") {
		t.Errorf("error %v", err)
	}
	if err := new(mail.Mailer).SendVerificationRequest(t.Context(), request()); err == nil {
		t.Error("a Mailer without a Transport sends")
	}
	r := request()
	r.Host = ""
	if err := mail.New(broken{}).SendVerificationRequest(t.Context(), r); err == nil {
		t.Error("a request without a host is sent")
	}
	s := &sink{replies: map[string]string{"RCPT": "550 PARROT joe@example.com"}}
	checkStep(t, mail.New(s.start(t)).SendVerificationRequest(t.Context(), request()), mail.StepRecipient, 550)
}
