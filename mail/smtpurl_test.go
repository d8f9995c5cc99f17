package mail_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/mail"
)

func TestParseSMTP(t *testing.T) {
	tests := []struct {
		name    string
		address string
		want    mail.SMTP
	}{
		{"complete", "smtp://user:pass@mail.example.com:587",
			mail.SMTP{Host: "mail.example.com", Port: 587, Username: "user", Password: "pass"}},
		{"implicit", "smtps://mail.example.com:465", mail.SMTP{Host: "mail.example.com", Port: 465, TLS: mail.TLSImplicit}},
		{"no port", "smtps://mail.example.com/", mail.SMTP{Host: "mail.example.com", TLS: mail.TLSImplicit}},
		{"encoded", "SMTP://joe%40example.com:p%3A%2F%3F%23%40ss@localhost",
			mail.SMTP{Host: "localhost", Username: "joe@example.com", Password: "p:/?#@ss"}},
		{"IPv6", "smtp://[::1]:1025", mail.SMTP{Host: "::1", Port: 1025}},
		{"name alone", "smtp://user@localhost", mail.SMTP{Host: "localhost", Username: "user"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := mail.ParseSMTP(tt.address)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestParseSMTPRefuses(t *testing.T) {
	for _, address := range []string{
		"", "user:pass@a.test", "http://user:pass@a.test", "smtp:user:pass@a.test", "smtp://", "smtp://user:pass@",
		"smtp://user:pa/ss@a.test", "smtp://user:pa#ss@a.test", "smtp://user:pa?ss@a.test", "smtp://user:pa%ss@a.test",
		"smtp://user:pass@a.test:x", "smtp://user:pass@a.test:70000", "smtp://user:pass@a.test:0",
		"smtp://user:pass@a.test/path", "smtp://user:pass@a.test?pool=true", "smtp://user:pass@a.test?",
		"smtp://user:pass@a.test#x", "smtp://:pass@a.test", "smtp://user:pass@a b.test", "smtp://user:pa%0ass@a.test",
		"smtp://user:pass@a.test\r\nMAIL",
	} {
		got, err := mail.ParseSMTP(address)
		if err == nil {
			t.Errorf("%q is accepted: %v", address, got)
			continue
		}
		if msg := strings.ReplaceAll(err.Error(), "user:password@host", ""); strings.Contains(msg, "pa%") ||
			strings.Contains(msg, "pass@") || strings.Contains(msg, "a.test") {
			t.Errorf("the error for %q repeats it: %v", address, err)
		}
	}
}

func FuzzParseSMTP(f *testing.F) {
	for _, s := range []string{
		"smtp://user:pass@mail.example.com:587", "smtps://[::1]", "smtp://a%0a:b@c", "smtp://:p@h", "smtp:x", "smtp://h/?#",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, address string) {
		s, err := mail.ParseSMTP(address)
		if err != nil {
			return
		}
		if err := s.Check(); err != nil {
			t.Errorf("%q is accepted: %v", address, err)
		}
		if strings.ContainsAny(s.Host+s.Username+s.Password, "\r\n\x00") {
			t.Errorf("%q gives a line break", address)
		}
	})
}
