package mail_test

import (
	"mime"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"golang.org/x/text/unicode/bidi"

	"github.com/gatehouse-auth/gatehouse/auth/language"
	"github.com/gatehouse-auth/gatehouse/mail"
)

// languages returns every language that Gatehouse has.
func languages(t *testing.T) []*language.Catalogue {
	t.Helper()
	all, err := language.New(language.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return all.Offered()
}

// said returns a text of the mail as the catalogue has it.
func said(t *testing.T, c *language.Catalogue, key, host string) string {
	t.Helper()
	s, err := c.Text(key, "host", host, "time", "2026-08-02 15:04 UTC")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestLanguages sends the mail in every language and reads what the server got.
func TestLanguages(t *testing.T) {
	all := languages(t)
	if len(all) < 20 {
		t.Fatalf("only %d languages", len(all))
	}
	for _, c := range all {
		t.Run(c.Tag(), func(t *testing.T) {
			t.Parallel()
			s := &sink{}
			r := request()
			r.Language = c
			if err := mail.New(s.start(t)).SendVerificationRequest(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			got := s.only(t)
			checkHeaders(t, got, c)
			want := said(t, c, "mail.text", unlinkedHost) + "\n" + link + "\n\n" +
				said(t, c, "mail.lead.until", "") + "\n" + said(t, c, "mail.unwanted", "") + "\n"
			if got.text != want {
				t.Errorf("text %q\nwant %q", got.text, want)
			}
			checkHTML(t, got.html, link)
			checkDirection(t, got.html, c)
			visible := visibleText(t, got.html)
			heading, lead := said(t, c, "mail.heading", unlinkedHost), said(t, c, "mail.lead.until", "")
			if d := cmp.Diff([]string{heading, heading, lead, said(t, c, "mail.button", ""), said(t, c, "mail.unwanted", "")}, visible); d != "" {
				t.Errorf("texts of the document (-want +got):\n%s", d)
			}
			checkNoOtherLink(t, got)
			if c.Direction() == "rtl" {
				checkOrder(t, got.header.Get("Subject"), "app.test:3000")
				checkOrder(t, strings.Split(got.text, "\n")[0], unlinkedHost)
				checkOrder(t, said(t, c, "mail.lead.until", ""), "2026-08-02 15:04 UTC")
			}
		})
	}
}

// An application's own texts are in the mail.
func TestSignInMessageOwnTexts(t *testing.T) {
	tests := []struct {
		name  string
		texts map[string]string
		want  string // in the text
	}{
		{"changed", map[string]string{"mail.text": "Hello {host} <3"}, "Hello " + unlinkedHost + " <3\n" + link + "\n"},
		{"host left out", map[string]string{"mail.text": "Hello", "mail.heading": "Hello"}, "Hello\n" + link + "\n"},
		{"time left out", map[string]string{"mail.lead.until": "Quick!"}, "\n\nQuick!\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			all, err := language.New(language.Options{Texts: map[string]map[string]string{"en": tt.texts}})
			if err != nil {
				t.Fatal(err)
			}
			r := request()
			r.Language = all.Default()
			m, err := mail.SignInMessage(r)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(m.Text, tt.want) {
				t.Errorf("text %q, want %q in it", m.Text, tt.want)
			}
			checkHTML(t, m.HTML, link)
		})
	}
}

func checkHeaders(t *testing.T, got letter, c *language.Catalogue) {
	t.Helper()
	if i := strings.IndexFunc(got.raw, func(r rune) bool { return r > unicode.MaxASCII }); i >= 0 {
		t.Errorf("the mail is not in ASCII: %q", got.raw[i:])
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(got.header.Get("Subject"))
	if want := said(t, c, "mail.subject", "app.test:3000"); err != nil || subject != want {
		t.Errorf("Subject %q, want %q, error %v", subject, want, err)
	}
	for word := range strings.FieldsSeq(got.header.Get("Subject")) {
		if len(word) > 75 {
			t.Errorf("Subject has the word %q of %d bytes, longer than RFC 2047 allows", word, len(word))
		}
	}
	for name, want := range map[string]string{
		"Auto-Submitted": "auto-generated", "Content-Language": c.Tag(), "Mime-Version": "1.0",
		"List-Unsubscribe": "", "List-Unsubscribe-Post": "", "Precedence": "", "To": "<joe@example.com>",
	} {
		if got := got.header[name]; strings.Join(got, "|") != want {
			t.Errorf("%s %q, want %q", name, got, want)
		}
	}
	if from, err := got.header.AddressList("From"); err != nil || len(from) != 1 || from[0].Address != "noreply@app.test" {
		t.Errorf("From %v, error %v", from, err)
	}
	if date, err := got.header.Date(); err != nil || time.Since(date).Abs() > time.Minute {
		t.Errorf("Date %v, error %v", date, err)
	}
	if id := got.header["Message-Id"]; len(id) != 1 || !regexp.MustCompile(`^<[A-Z2-7]{26}@app\.test>$`).MatchString(id[0]) {
		t.Errorf("Message-ID %q", id)
	}
}

// checkDirection checks lang and dir where a mail program may have cut off what
// is around the rest: on the document, on its first element and on the card.
func checkDirection(t *testing.T, document string, c *language.Catalogue) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	var langs, dirs int
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			switch {
			case a.Key == "lang":
				langs++
				if a.Val != c.Tag() {
					t.Errorf("%s has lang %q", n.Data, a.Val)
				}
			case a.Key == "dir" && n.Data == "span": // the host
				if a.Val != "ltr" {
					t.Errorf("the host has dir %q", a.Val)
				}
			case a.Key == "dir":
				dirs++
				if a.Val != c.Direction() {
					t.Errorf("%s has dir %q", n.Data, a.Val)
				}
			case a.Key == "style" && (strings.Contains(a.Val, "left") || strings.Contains(a.Val, "right")):
				t.Errorf("%s has a side in its style %q", n.Data, a.Val)
			}
		}
	}
	if langs != 2 || dirs != 3 {
		t.Errorf("%d lang and %d dir, want 2 and 3", langs, dirs)
	}
}

// visibleText returns the texts of the title, the heading, the paragraphs and the
// button.
func visibleText(t *testing.T, document string) []string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for n := range root.Descendants() {
		switch n.Data {
		case "title", "h1", "p", "a":
			var text strings.Builder
			for inner := range n.Descendants() {
				if inner.Type == html.TextNode {
					text.WriteString(inner.Data)
				}
			}
			texts = append(texts, text.String())
		}
	}
	return texts
}

// What mail programs make a link of, said broadly: a scheme, or a dot or colon
// between characters that can stand in a name.
var (
	scheme   = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*:/|mailto:|www`)
	linkable = regexp.MustCompile(`[\pL\pN]\.[\pL\pN]|[\pL\pN]:\pN{3}|@`)
)

// checkNoOtherLink checks that the link is the only thing that is one, or becomes
// one.
func checkNoOtherLink(t *testing.T, l letter) {
	t.Helper()
	for form, body := range map[string]string{"text": l.text, "html": html.UnescapeString(l.html)} {
		rest := strings.Replace(body, link, "", 1)
		if rest == body || scheme.MatchString(rest) {
			t.Errorf("%s does not have the link alone: %s", form, body)
		}
	}
	for _, text := range append(visibleText(t, l.html), strings.Replace(l.text, link, "", 1)) {
		if found := linkable.FindString(text); found != "" {
			t.Errorf("%q becomes a link in %q", found, text)
		}
	}
}

// checkOrder checks that a value stands in a line of a language written from
// right to left in one piece, itself from left to right, however the program
// that shows it finds the direction of the line.
func checkOrder(t *testing.T, line, value string) {
	t.Helper()
	line, err := new(mime.WordDecoder).DecodeHeader(line)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(line, "\u2068"+value+"\u2069") {
		t.Errorf("%q is not isolated in %q", value, line)
	}
	var p bidi.Paragraph
	if _, err := p.SetString(line); err != nil {
		t.Fatal(err)
	}
	order, err := p.Order()
	if err != nil {
		t.Fatal(err)
	}
	if order.Direction() == bidi.LeftToRight {
		t.Errorf("%q is written from left to right", line)
	}
	var runs []string
	for i := range order.NumRuns() {
		run := order.Run(i)
		if run.Direction() == bidi.LeftToRight {
			runs = append(runs, run.String())
		}
	}
	if len(runs) != 1 || runs[0] != value {
		t.Errorf("from left to right are %q, want %q alone", runs, value)
	}
}
