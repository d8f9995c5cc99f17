package mail_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/mail"
)

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
	if !strings.Contains(lines[0], "app.test:3000") || lines[1] != link || lines[2] != "" {
		t.Errorf("text begins with %q", lines[:3])
	}
	for name, form := range map[string]string{"text": m.Text, "html": m.HTML} {
		if !strings.Contains(form, "until 15:04 UTC on 2 August 2026.") || !strings.Contains(form, "did not ask") {
			t.Errorf("%s lacks the end of the link or the hint: %s", name, form)
		}
	}
	if strings.Contains(m.HTML, "app.test:3000") {
		t.Error("mail programs would make a link of the host")
	}
	checkHTML(t, m.HTML, link)
}

// checkHTML checks that a document has one link and loads nothing.
func checkHTML(t *testing.T, document, url string) (style string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	links := 0
	for n := range root.Descendants() {
		switch n.Data {
		case "script", "style", "img", "link", "iframe", "svg", "form", "base":
			if n.Type == html.ElementNode {
				t.Errorf("the document has a %s", n.Data)
			}
		}
		for _, a := range n.Attr {
			switch {
			case a.Key == "href":
				links++
				if a.Val != url {
					t.Errorf("link to %q, want %q", a.Val, url)
				}
			case a.Key == "src", strings.HasPrefix(a.Key, "on"), strings.Contains(a.Val, "url("):
				t.Errorf("attribute %s=%q", a.Key, a.Val)
			case a.Key == "style" && n.Data == "a":
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
