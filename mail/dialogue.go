package mail

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"mime"
	"net"
	"net/mail"
	"slices"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
	"golang.org/x/net/idna"
)

// compose makes the letter with its headers. Its parts have been checked.
func compose(m Message, from *mail.Address) *gomail.Msg {
	letter := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	letter.FromMailAddress(from)
	letter.AddToMailAddress(&mail.Address{Address: m.To})
	letter.Subject(encodeSubject(m.Subject))
	letter.SetDateWithValue(time.Now().UTC())
	letter.SetMessageIDWithValue(rand.Text() + "@" + idDomain(from))
	// Keeps holiday notices from answering (RFC 3834, section 5).
	letter.SetGenHeader("Auto-Submitted", "auto-generated")
	if m.Language != "" {
		letter.SetGenHeader("Content-Language", m.Language)
	}
	letter.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		letter.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	return letter
}

// encodeSubject writes a subject beyond ASCII as encoded words (RFC 2047), in the
// shorter of the two encodings.
func encodeSubject(s string) string {
	q, b := mime.QEncoding.Encode("UTF-8", s), mime.BEncoding.Encode("UTF-8", s)
	if len(b) < len(q) {
		return b
	}
	return q
}

// idDomain returns the domain of the sender as it stands in a Message-ID: in
// ASCII.
func idDomain(from *mail.Address) string {
	_, domain, _ := strings.Cut(from.Address, "@")
	if isASCII(domain) {
		return domain
	}
	if domain, err := idna.Lookup.ToASCII(domain); err == nil {
		return domain
	}
	return "localhost"
}

// dialogue is one conversation with a server about one letter.
type dialogue struct {
	server   SMTP
	raw      *limitedConn
	conn     net.Conn // raw, or implicit TLS over it
	letter   *gomail.Msg
	from, to string
	client   *smtp.Client
}

// run goes through the steps of the conversation and returns the step that
// failed. An answer that the connection cut off counts as none, also when what
// there is of it looks like one.
func (d *dialogue) run(ctx context.Context) (Step, error) {
	steps := []struct {
		name Step
		run  func() error
	}{
		{StepTLS, func() error { return d.implicitTLS(ctx) }},
		{StepGreeting, d.greeting},
		{StepHello, func() error { return d.client.Hello(d.server.localName()) }},
		{StepTLS, d.startTLS},
		{StepAuth, d.authenticate},
		{StepSender, d.sender},
		{StepRecipient, func() error { return d.client.Rcpt("<" + d.to + ">") }},
		{StepData, d.data},
	}
	for _, step := range steps {
		if err := step.run(); err != nil {
			return step.name, err
		}
		if d.raw.err != nil {
			return step.name, d.raw.err
		}
	}
	d.quit()
	return "", nil
}

func (d *dialogue) implicitTLS(ctx context.Context) error {
	if d.server.mode() != TLSImplicit {
		return nil
	}
	conn := tls.Client(d.conn, d.server.tlsConfig())
	d.conn = conn
	return conn.HandshakeContext(ctx)
}

func (d *dialogue) greeting() (err error) {
	d.client, err = smtp.NewClient(d.conn, d.server.Host)
	return err
}

func (d *dialogue) startTLS() error {
	if d.server.mode() != TLSStart {
		return nil
	}
	if ok, _ := d.client.Extension("STARTTLS"); !ok {
		return ownError("the server does not offer STARTTLS")
	}
	return d.client.StartTLS(d.server.tlsConfig())
}

func (d *dialogue) authenticate() error {
	s := d.server
	if s.Username == "" {
		return nil
	}
	_, offered := d.client.Extension("AUTH")
	mechanisms := strings.Fields(strings.ToUpper(offered))
	// Without TLS the operator has asked for it, or the server is on this
	// machine.
	const plainTextAllowed = true
	switch {
	case slices.Contains(mechanisms, "PLAIN"):
		return d.client.Auth(smtp.PlainAuth("", s.Username, s.Password, s.Host, plainTextAllowed))
	case slices.Contains(mechanisms, "LOGIN"):
		return d.client.Auth(smtp.LoginAuth(s.Username, s.Password, s.Host, plainTextAllowed))
	case slices.Contains(mechanisms, "CRAM-MD5"):
		return d.client.Auth(smtp.CRAMMD5Auth(s.Username, s.Password))
	}
	return ownError("the server offers none of PLAIN, LOGIN and CRAM-MD5")
}

// sender opens the transaction. An address beyond ASCII needs a server that
// knows it (RFC 6531).
func (d *dialogue) sender() error {
	plain := isASCII(d.from) && isASCII(d.to)
	if ok, _ := d.client.Extension("SMTPUTF8"); !plain && !ok {
		return ownError("an address has characters beyond ASCII and the server does not offer SMTPUTF8")
	}
	d.client.SkipSMTPUTF8(plain)
	return d.client.Mail("<" + d.from + ">")
}

// data sends the letter. When writing fails, the final dot is not sent, so that
// the server does not take half a letter for a whole one.
func (d *dialogue) data() error {
	w, err := d.client.Data()
	if err != nil {
		return err
	}
	if _, err := d.letter.WriteTo(w); err != nil {
		return err
	}
	return w.Close()
}

// quit takes leave without insisting on an answer: the letter is delivered.
func (d *dialogue) quit() {
	if d.conn.SetDeadline(time.Now().Add(time.Second)) == nil {
		_ = d.client.Quit()
	}
}
