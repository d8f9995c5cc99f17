package mail_test

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/mail"
)

const link = "https://app.test/api/auth/callback/email?callbackUrl=https%3A%2F%2Fapp.test&token=5ecre7&email=joe%40example.com"

func message() mail.Message {
	return mail.Message{
		From: "Gäte <noreply@app.test>", To: "joe@example.com", Subject: "Grüße from app.test",
		Text: "Hello\n" + link + "\n.\n.dot\n" + strings.Repeat("x", 2000) + "\n",
		HTML: "<p>Hello</p>\n",
	}
}

// checkSecrets fails when an error shows what a log must not hold.
func checkSecrets(t *testing.T, err error) {
	t.Helper()
	for e := err; e != nil; e = errors.Unwrap(e) {
		for _, secret := range []string{"5ecre7", "pass", "cGFzcw", "joe@", "noreply@", "PARROT"} {
			if strings.Contains(strings.ReplaceAll(e.Error(), "password", ""), secret) {
				t.Errorf("the error %q holds %q", e, secret)
			}
		}
	}
}

// checkStep fails unless err reports a step and a code.
func checkStep(t *testing.T, err error, wantStep mail.Step, wantCode int) {
	t.Helper()
	checkSecrets(t, err)
	var failure *mail.SMTPError
	if !errors.As(err, &failure) {
		t.Fatalf("error %v, want an SMTPError", err)
	}
	if failure.Step != wantStep || failure.Code != wantCode {
		t.Errorf("step %q and code %d, want %q and %d: %v", failure.Step, failure.Code, wantStep, wantCode, err)
	}
}

func TestSend(t *testing.T) {
	s := &sink{}
	server := s.start(t)
	if err := server.Send(t.Context(), message()); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"EHLO client.test", "MAIL FROM:<noreply@app.test>", "RCPT TO:<joe@example.com>", "DATA", "QUIT",
	}
	if d := cmp.Diff(want, s.transcript()); d != "" {
		t.Errorf("commands (-want +got):\n%s", d)
	}
	got := s.only(t)
	if got.text != message().Text || got.html != message().HTML {
		t.Errorf("text %q, html %q", got.text, got.html)
	}
	if from, err := got.header.AddressList("From"); err != nil || len(from) != 1 || from[0].Name != "Gäte" {
		t.Errorf("From %v, error %v", from, err)
	}
	if got := got.header.Get("To"); got != "<joe@example.com>" {
		t.Errorf("To %q", got)
	}
	if got := got.header.Get("Subject"); got != "=?UTF-8?b?R3LDvMOfZSBmcm9tIGFwcC50ZXN0?=" {
		t.Errorf("Subject %q", got)
	}
	if date, err := got.header.Date(); err != nil || time.Since(date).Abs() > time.Minute {
		t.Errorf("Date %v, error %v", date, err)
	}
	if id := got.header.Get("Message-Id"); !strings.HasSuffix(id, "@app.test>") || len(id) < 20 {
		t.Errorf("Message-ID %q", id)
	}
	if got.header.Get("Auto-Submitted") != "auto-generated" || got.header.Get("Mime-Version") != "1.0" {
		t.Errorf("headers %v", got.header)
	}
	if got.header.Get("User-Agent") != "" || got.header.Get("X-Mailer") != "" {
		t.Errorf("the mail names its program: %v", got.header)
	}
}

func TestSendTextAlone(t *testing.T) {
	s := &sink{}
	m := message()
	m.HTML = ""
	if err := s.start(t).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if got := s.only(t); got.text != m.Text {
		t.Errorf("text %q", got.text)
	}
}

func TestTLSAndAuth(t *testing.T) {
	serverTLS, clientTLS := certificate(t)
	plain := "AUTH PLAIN " + base64.StdEncoding.EncodeToString([]byte("\x00user\x00pass"))
	tests := []struct {
		name   string
		sink   *sink
		change func(*mail.SMTP)
		want   string // commands up to MAIL
	}{
		{"loopback without TLS", &sink{extensions: []string{"STARTTLS", "AUTH PLAIN LOGIN"}}, func(*mail.SMTP) {},
			"EHLO client.test, " + plain},
		{"STARTTLS", &sink{extensions: []string{"STARTTLS", "AUTH LOGIN PLAIN"}, tls: serverTLS},
			func(s *mail.SMTP) { s.TLS, s.TLSConfig = mail.TLSStart, clientTLS },
			"EHLO client.test, STARTTLS, tls EHLO client.test, tls " + plain},
		{"implicit TLS", &sink{extensions: []string{"AUTH PLAIN"}, tls: serverTLS, implicit: true},
			func(s *mail.SMTP) { s.TLS, s.TLSConfig = mail.TLSImplicit, clientTLS },
			"tls EHLO client.test, tls " + plain},
		{"login", &sink{extensions: []string{"AUTH LOGIN CRAM-MD5"}}, func(s *mail.SMTP) { s.TLS = mail.InsecureNoTLS },
			"EHLO client.test, AUTH LOGIN, dXNlcg==, cGFzcw=="},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := tt.sink.start(t)
			server.Username, server.Password = "user", "pass"
			tt.change(&server)
			if err := server.Send(t.Context(), message()); err != nil {
				t.Fatal(err)
			}
			tt.sink.only(t)
			lines := tt.sink.transcript()
			end := slices.IndexFunc(lines, func(s string) bool { return strings.Contains(s, "MAIL FROM") })
			if got := strings.Join(lines[:end], ", "); got != tt.want {
				t.Errorf("commands %s\nwant %s", got, tt.want)
			}
			if clientTLS.ServerName != "" {
				t.Error("the configuration was changed")
			}
		})
	}
}

// TestNothingInPlainText checks that neither password nor mail leave before TLS
// stands.
func TestNothingInPlainText(t *testing.T) {
	serverTLS, _ := certificate(t)
	tests := []struct {
		name string
		sink *sink
		mode mail.TLSMode
	}{
		{"STARTTLS is not offered", &sink{extensions: []string{"AUTH PLAIN"}}, mail.TLSStart},
		{"STARTTLS is refused", &sink{extensions: []string{"STARTTLS", "AUTH PLAIN"}, replies: map[string]string{"STARTTLS": "454 PARROT"}}, mail.TLSStart},
		{"certificate is not trusted", &sink{extensions: []string{"STARTTLS", "AUTH PLAIN"}, tls: serverTLS}, mail.TLSStart},
		{"certificate is not trusted, implicit", &sink{tls: serverTLS, implicit: true}, mail.TLSImplicit},
		{"no TLS where it is expected", &sink{}, mail.TLSImplicit},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := tt.sink.start(t)
			server.Username, server.Password, server.TLS = "user", "pass", tt.mode
			err := server.Send(t.Context(), message())
			code := 0
			if strings.HasSuffix(tt.name, "refused") {
				code = 454
			}
			checkStep(t, err, mail.StepTLS, code)
			if strings.Contains(tt.name, "trusted") {
				var unknown x509.UnknownAuthorityError
				if !errors.As(err, &unknown) {
					t.Errorf("error %v, want one about the authority", err)
				}
			}
			for _, line := range tt.sink.transcript() {
				if strings.Contains(line, "AUTH") || strings.Contains(line, "MAIL") {
					t.Errorf("the client said %q", line)
				}
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	// Servers repeat what they refuse.
	const parrot = " PARROT " + link + " joe@example.com user pass"
	tests := []struct {
		name     string
		verb     string
		reply    string
		wantStep mail.Step
		wantCode int
	}{
		{"greeting", "", "554" + parrot, mail.StepGreeting, 554},
		{"hello", "EHLO", "421" + parrot, mail.StepHello, 421},
		{"auth", "AUTH", "535" + parrot, mail.StepAuth, 535},
		{"auth asks on", "AUTH", "334 UEFSUk9U", mail.StepAuth, 0},
		{"auth is not base64", "AUTH", "334 PARROT!", mail.StepAuth, 0},
		{"sender", "MAIL", "550" + parrot, mail.StepSender, 550},
		{"recipient", "RCPT", "550-first\r\n550" + parrot, mail.StepRecipient, 550},
		{"recipient for now", "RCPT", "451" + parrot, mail.StepRecipient, 451},
		{"data", "DATA", "452" + parrot, mail.StepData, 452},
		{"letter", ".", "554" + parrot, mail.StepData, 554},
		{"no SMTP", "MAIL", "PARROT joe@example.com", mail.StepSender, 0},
		{"another protocol", "", "HTTP/1.1 400 PARROT", mail.StepGreeting, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &sink{extensions: []string{"AUTH PLAIN"}, replies: map[string]string{tt.verb: tt.reply}}
			if tt.verb == "EHLO" {
				s.replies["HELO"] = tt.reply
			}
			server := s.start(t)
			server.Username, server.Password = "user", "pass"
			checkStep(t, server.Send(t.Context(), message()), tt.wantStep, tt.wantCode)
		})
	}
}

func TestAuthNotOffered(t *testing.T) {
	for _, extensions := range [][]string{nil, {"AUTH"}, {"AUTH XOAUTH2 PLAINER"}} {
		s := &sink{extensions: extensions}
		server := s.start(t)
		server.Username = "user"
		checkStep(t, server.Send(t.Context(), message()), mail.StepAuth, 0)
	}
}

// TestDelivered checks that a mail counts as sent once the server has taken it,
// however rudely it takes leave.
func TestDelivered(t *testing.T) {
	s := &sink{replies: map[string]string{"QUIT": "500 no"}}
	if err := s.start(t).Send(t.Context(), message()); err != nil {
		t.Errorf("error %v after the mail was accepted", err)
	}
	s.only(t)
}

// SMTP-01: the server refuses the connection.
func TestConnectionRefused(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	start := time.Now()
	err = mail.SMTP{Host: "127.0.0.1", Port: port}.Send(t.Context(), message())
	checkStep(t, err, mail.StepConnect, 0)
	if !errors.Is(err, syscall.ECONNREFUSED) || time.Since(start) > time.Second {
		t.Errorf("error %v after %v", err, time.Since(start))
	}
}

// SMTP-03: drip and giant lines. A server that never answers is the same to us.
func TestSlowServers(t *testing.T) {
	silent := func(verb string) *sink { return &sink{replies: map[string]string{verb: ""}} }
	tests := []struct {
		name     string
		sink     *sink
		wantStep mail.Step
	}{
		{"drip", &sink{drip: 10 * time.Millisecond, replies: map[string]string{"": "220 " + strings.Repeat("x", 500)}}, mail.StepGreeting},
		{"cut off answer", &sink{replies: map[string]string{".": "250 queued\x00"}}, mail.StepData},
		{"silent greeting", silent(""), mail.StepGreeting},
		{"silent hello", silent("EHLO"), mail.StepHello},
		{"silent recipient", silent("RCPT"), mail.StepRecipient},
		{"silent data", silent("DATA"), mail.StepData},
		{"silent end", silent("."), mail.StepData},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := tt.sink.start(t)
			server.Timeout = 150 * time.Millisecond
			start := time.Now()
			err := server.Send(t.Context(), message())
			checkStep(t, err, tt.wantStep, 0)
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 2*time.Second {
				t.Errorf("error %v after %v", err, time.Since(start))
			}
		})
	}
}

func TestSilentTLS(t *testing.T) {
	serverTLS, clientTLS := certificate(t)
	s := &sink{tls: serverTLS, extensions: []string{"STARTTLS"}, replies: map[string]string{"RCPT": ""}}
	server := s.start(t)
	server.TLS, server.TLSConfig, server.Timeout = mail.TLSStart, clientTLS, 300*time.Millisecond
	err := server.Send(t.Context(), message())
	checkStep(t, err, mail.StepRecipient, 0)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

// SMTP-03: giant answers.
func TestGiantAnswers(t *testing.T) {
	tests := []struct {
		name  string
		reply string
	}{
		{"one line of a megabyte", "250 " + strings.Repeat("x", 1<<20)},
		{"ten thousand lines", strings.Repeat("250-x\r\n", 10_000) + "250 end"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &sink{replies: map[string]string{"EHLO": tt.reply}}
			err := s.start(t).Send(t.Context(), message())
			checkStep(t, err, mail.StepHello, 0)
			if !strings.Contains(err.Error(), "more than 65536 bytes") {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestContextEnds(t *testing.T) {
	s := &sink{replies: map[string]string{"DATA": ""}}
	ctx, cancel := context.WithCancel(t.Context())
	defer context.AfterFunc(t.Context(), cancel)()
	server := s.start(t)
	failed := make(chan error)
	go func() { failed <- server.Send(ctx, message()) }()
	for !slices.Contains(s.transcript(), "DATA") {
		select {
		case err := <-failed:
			t.Fatal(err)
		case <-time.After(time.Millisecond):
		}
	}
	cancel()
	err := <-failed
	checkStep(t, err, mail.StepData, 0)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// SMTP-09: configured values that carry a command.
func TestCheck(t *testing.T) {
	tests := []struct {
		name string
		smtp mail.SMTP
		want string
	}{
		{"good", mail.SMTP{Host: "mail.example.com"}, ""},
		{"address", mail.SMTP{Host: "::1", LocalName: "[IPv6:::1]", Timeout: time.Second}, ""},
		{"no host", mail.SMTP{}, "SMTP.Host"},
		{"line break in host", mail.SMTP{Host: "a\r\nb"}, "SMTP.Host"},
		{"port in host", mail.SMTP{Host: "a:25"}, "SMTP.Host"},
		{"port", mail.SMTP{Host: "a", Port: 70000}, "SMTP.Port"},
		{"line break in local name", mail.SMTP{Host: "a", LocalName: "a\r\nMAIL FROM:<v@y.test>"}, "SMTP.LocalName"},
		{"space in local name", mail.SMTP{Host: "a", LocalName: "a b"}, "SMTP.LocalName"},
		{"open bracket", mail.SMTP{Host: "a", LocalName: "[127.0.0.1"}, "SMTP.LocalName"},
		{"bare address as local name", mail.SMTP{Host: "a", LocalName: "127.0.0.1"}, "SMTP.LocalName"},
		{"password alone", mail.SMTP{Host: "a", Password: "pass"}, "SMTP.Username"},
		{"NUL in password", mail.SMTP{Host: "a", Username: "user", Password: "pa\x00ss"}, "SMTP.Password"},
		{"mode", mail.SMTP{Host: "a", TLS: 9}, "SMTP.TLS"},
		{"timeout", mail.SMTP{Host: "a", Timeout: -1}, "SMTP.Timeout"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.smtp.Check()
			if tt.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one about %s", err, tt.want)
			}
			if sent := tt.smtp.Send(t.Context(), message()); sent == nil || sent.Error() != err.Error() {
				t.Errorf("Send returns %v", sent)
			}
			checkSecrets(t, err)
		})
	}
}

func TestLocalNameDefault(t *testing.T) {
	s := &sink{}
	server := s.start(t)
	server.LocalName = ""
	if err := server.Send(t.Context(), message()); err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(s.transcript()[0], "EHLO ")
	if !strings.Contains(name, ".") || strings.ContainsAny(name, " \t") {
		t.Errorf("the client calls itself %q", name)
	}
}

func TestFormatsHidePassword(t *testing.T) {
	s := mail.SMTP{Host: "a.test", Username: "user", Password: "pass"}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(format, s); got != "smtp server a.test:587" {
			t.Errorf("%s prints %q", format, got)
		}
	}
}
