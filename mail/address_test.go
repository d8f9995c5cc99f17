package mail_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/mail"
)

// MAIL-04 and SMTP-09: values that carry another header, recipient or command.
func TestInjection(t *testing.T) {
	tests := []struct {
		name   string
		change func(*mail.Message)
	}{
		{"header in To", func(m *mail.Message) { m.To = "a@x.test\r\nBcc: v@y.test" }},
		{"command in To", func(m *mail.Message) { m.To = "a@x.test\nRCPT TO:<v@y.test>" }},
		{"end of command in To", func(m *mail.Message) { m.To = "a@x.test> NOTIFY=<v@y.test" }},
		{"encoded line break in To", func(m *mail.Message) { m.To = "a@x.test%0d%0aRCPT TO:<v@y.test>" }},
		{"quoted To", func(m *mail.Message) { m.To = `"a@x.test> ORCPT=v@y.test"@x.test` }},
		{"list in To", func(m *mail.Message) { m.To = "a@x.test,v@y.test" }},
		{"name in To", func(m *mail.Message) { m.To = "A <a@x.test>" }},
		{"space in To", func(m *mail.Message) { m.To = "a b@x.test" }},
		{"comment in To", func(m *mail.Message) { m.To = "a(b)@x.test" }},
		{"two at signs in To", func(m *mail.Message) { m.To = "a@x.test@y.test" }},
		{"dots in To", func(m *mail.Message) { m.To = "a..b@x.test" }},
		{"empty domain in To", func(m *mail.Message) { m.To = "a@" }},
		{"route in To", func(m *mail.Message) { m.To = "@y.test:a@x.test" }},
		{"long To", func(m *mail.Message) { m.To = strings.Repeat("a", 65) + "@x.test" }},
		{"invalid UTF-8 in To", func(m *mail.Message) { m.To = "a\xff@x.test" }},
		{"line separator in To", func(m *mail.Message) { m.To = "a\u2028@x.test" }},
		{"no To", func(m *mail.Message) { m.To = "" }},
		{"header in From", func(m *mail.Message) { m.From = "A <a@x.test>\r\nBcc: v@y.test" }},
		{"line break in the name of From", func(m *mail.Message) { m.From = "\"A\r\nBcc: v@y.test\" <a@x.test>" }},
		{"quoted From", func(m *mail.Message) { m.From = `"a> SIZE=1"@x.test` }},
		{"two From", func(m *mail.Message) { m.From = "a@x.test, b@x.test" }},
		{"header in Subject", func(m *mail.Message) { m.Subject = "x\r\nBcc: v@y.test" }},
		{"carriage return in Subject", func(m *mail.Message) { m.Subject = "x\rBcc: v@y.test" }},
		{"encoded word in Subject", func(m *mail.Message) { m.Subject = "=?utf-8?b?eC50ZXN0?=" }},
		{"long Subject", func(m *mail.Message) { m.Subject = strings.Repeat("x", 999) }},
		{"long From", func(m *mail.Message) { m.From = strings.Repeat("x", 999) + " <a@x.test>" }},
		{"header in Language", func(m *mail.Message) { m.Language = "en\r\nBcc: v@y.test" }},
		{"text in Language", func(m *mail.Message) { m.Language = "English (x.test)" }},
		{"no Text", func(m *mail.Message) { m.Text = "" }},
	}
	s := &sink{}
	server := s.start(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := message()
			tt.change(&m)
			err := server.Send(t.Context(), m)
			if err == nil || !strings.HasPrefix(err.Error(), "mail: ") {
				t.Errorf("error %v", err)
			}
			if err != nil && (strings.Contains(err.Error(), "x.test") || strings.Contains(err.Error(), "y.test")) {
				t.Errorf("the error repeats the value: %v", err)
			}
		})
	}
	if lines := s.transcript(); len(lines) != 0 {
		t.Errorf("the client said %q", lines)
	}
}

// MAIL-04: bodies and subjects that look like commands stay what they are.
func TestCommandsInText(t *testing.T) {
	s := &sink{}
	m := message()
	m.Text = "x\r\n.\r\nMAIL FROM:<v@y.test>\n.\nRCPT TO:<v@y.test>\n"
	m.Subject = "RCPT TO:<v@y.test> %0d%0aBcc: v@y.test " + strings.Repeat("ü", 300)
	if err := s.start(t).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	recipients := 0
	for _, line := range s.transcript() {
		if strings.HasPrefix(line, "RCPT") {
			recipients++
		}
	}
	if got := s.only(t); recipients != 1 || got.header.Get("Bcc") != "" {
		t.Errorf("%d recipients, headers %v", recipients, got.header)
	}
}

// SMTP-13: an address beyond ASCII and a server without SMTPUTF8.
func TestSMTPUTF8(t *testing.T) {
	m := message()
	m.To = "jörg@exämple.test"
	without := &sink{extensions: []string{"8BITMIME"}}
	checkStep(t, without.start(t).Send(t.Context(), m), mail.StepSender, 0)
	if lines := without.transcript(); slices.ContainsFunc(lines, func(s string) bool { return strings.HasPrefix(s, "MAIL") }) {
		t.Errorf("the client said %q", lines)
	}
	with := &sink{extensions: []string{"8BITMIME", "SMTPUTF8"}}
	server := with.start(t)
	if err := server.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if err := server.Send(t.Context(), message()); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"MAIL FROM:<noreply@app.test> BODY=8BITMIME SMTPUTF8", "RCPT TO:<jörg@exämple.test>",
		"MAIL FROM:<noreply@app.test> BODY=8BITMIME", "RCPT TO:<joe@example.com>",
	}
	var got []string
	for _, line := range with.transcript() {
		if strings.HasPrefix(line, "MAIL") || strings.HasPrefix(line, "RCPT") {
			got = append(got, line)
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("commands (-want +got):\n%s", d)
	}
}

// The Message-ID of a sender whose domain is beyond ASCII has it in punycode.
func TestMessageIDInASCII(t *testing.T) {
	tests := []struct{ name, from, want string }{
		{"letters", "noreply@exämple.test", "@xn--exmple-cua.test>"},
		{"not a domain name", "noreply@\u0308x.test", "@localhost>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &sink{extensions: []string{"SMTPUTF8"}}
			m := message()
			m.From = tt.from
			if err := s.start(t).Send(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			if id := s.only(t).header.Get("Message-Id"); !strings.HasSuffix(id, tt.want) {
				t.Errorf("Message-ID %q, want it to end in %q", id, tt.want)
			}
		})
	}
}

// FuzzTo checks that whatever is accepted as an address is said to the server in
// one piece.
func FuzzTo(f *testing.F) {
	for _, to := range []string{"joe@example.com", "a@b", "a b@c", "\"a\"@b", "a@b\r\nc", "jörg@exämple.test", "a>@b", "@"} {
		f.Add(to)
	}
	f.Fuzz(func(t *testing.T, to string) {
		s := &sink{extensions: []string{"SMTPUTF8"}, replies: map[string]string{"RCPT": "550 no"}}
		m := message()
		m.To = to
		err := s.start(t).Send(t.Context(), m)
		if err == nil {
			t.Error("the refused recipient is accepted")
		}
		lines := s.transcript()
		if len(lines) == 0 {
			return
		}
		want := []string{"EHLO client.test", "MAIL FROM:<noreply@app.test>", "RCPT TO:<" + to + ">"}
		lines[1] = strings.TrimSuffix(lines[1], " SMTPUTF8")
		if d := cmp.Diff(want, lines); d != "" {
			t.Errorf("commands (-want +got):\n%s", d)
		}
	})
}
