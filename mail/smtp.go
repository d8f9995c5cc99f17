package mail

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/gatehouse-auth/gatehouse/internal/loopback"
)

// TLSMode says how a connection to a mail server is protected.
type TLSMode int

// The modes.
const (
	// TLSAuto is TLSImplicit on port 465 and TLSStart on any other port,
	// except to a server on a loopback address, where nothing leaves the
	// machine and no TLS is used.
	TLSAuto TLSMode = iota
	// TLSStart begins in plain text and requires STARTTLS (RFC 3207): a server
	// that does not offer it gets neither the password nor the mail.
	TLSStart
	// TLSImplicit begins with TLS (RFC 8314).
	TLSImplicit
	// InsecureNoTLS sends the password and the sign-in link in plain text.
	InsecureNoTLS
)

// SMTP is a [Transport] that sends each mail over a connection of its own
// (RFC 5321).
type SMTP struct {
	// Host is the name or address of the mail server. Required.
	Host string
	// Port is 587 when zero, or 465 with TLSImplicit.
	Port int
	// Username and Password are for servers that want them. The mechanisms
	// are PLAIN, LOGIN and CRAM-MD5, in this order of preference.
	Username string
	Password string
	// TLS is how the connection is protected.
	TLS TLSMode
	// TLSConfig adds what the server needs, such as a private certificate
	// authority. It is not changed. Its ServerName is Host when empty.
	TLSConfig *tls.Config
	// Timeout bounds one mail as a whole, from looking up the name to the
	// server's last answer. Zero means 10 seconds.
	Timeout time.Duration
	// LocalName is how the client introduces itself. Empty means the host
	// name of the machine when that is a domain name with a dot, and
	// otherwise "[127.0.0.1]".
	LocalName string
}

// String returns the server's address without name and password.
func (s SMTP) String() string {
	return "smtp server " + net.JoinHostPort(s.Host, strconv.Itoa(s.port()))
}

// GoString does the same as String, so that no format prints the password.
func (s SMTP) GoString() string { return s.String() }

// Check reports everything that is wrong with the fields. Send checks them as
// well; a program calls Check to hear of it at its start.
func (s SMTP) Check() error {
	var errs []error
	if !isHost(s.Host) {
		errs = append(errs, errors.New("mail: SMTP.Host is neither a host name nor an IP address"))
	}
	if s.Port < 0 || s.Port > 65535 {
		errs = append(errs, errors.New("mail: SMTP.Port is not between 1 and 65535"))
	}
	if s.LocalName != "" && !isLocalName(s.LocalName) {
		errs = append(errs, errors.New("mail: SMTP.LocalName is neither a domain name nor an address in brackets"))
	}
	if s.Username == "" && s.Password != "" {
		errs = append(errs, errors.New("mail: SMTP.Username is missing, but there is a password"))
	}
	if strings.ContainsFunc(s.Username+s.Password, unicode.IsControl) {
		errs = append(errs, errors.New("mail: SMTP.Username or SMTP.Password holds a control character"))
	}
	if s.TLS < TLSAuto || s.TLS > InsecureNoTLS {
		errs = append(errs, errors.New("mail: SMTP.TLS is not one of the modes"))
	}
	if s.Timeout < 0 {
		errs = append(errs, errors.New("mail: SMTP.Timeout is negative"))
	}
	return errors.Join(errs...)
}

// Send delivers a message to the server and returns when the server has taken
// it. Its errors are about the message or the fields of s, or an [*SMTPError].
//
// Once the server has accepted the mail, the result is nil whatever happens to
// the connection afterwards. When the connection breaks just before that answer,
// the mail may arrive although Send reports an error.
func (s SMTP) Send(ctx context.Context, m Message) error {
	if err := s.Check(); err != nil {
		return err
	}
	from, err := m.parse()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(s.Timeout, 10*time.Second))
	defer cancel()
	conn, err := s.dial(ctx)
	if err != nil {
		return newSMTPError(ctx, StepConnect, err)
	}
	defer conn.Close()
	// Every read and write ends with the context.
	defer context.AfterFunc(ctx, func() { conn.Close() })()

	d := dialogue{server: s, raw: conn, conn: conn, letter: compose(m, from), from: from.Address, to: m.To}
	if step, err := d.run(ctx); err != nil {
		return newSMTPError(ctx, step, err)
	}
	return nil
}

// mode resolves TLSAuto.
func (s SMTP) mode() TLSMode {
	switch {
	case s.TLS != TLSAuto:
		return s.TLS
	case s.Port == 465:
		return TLSImplicit
	case loopback.Is(s.Host):
		return InsecureNoTLS
	}
	return TLSStart
}

func (s SMTP) port() int {
	switch {
	case s.Port != 0:
		return s.Port
	case s.TLS == TLSImplicit:
		return 465
	}
	return 587
}

func (s SMTP) tlsConfig() *tls.Config {
	c := s.TLSConfig.Clone()
	if c == nil {
		c = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if c.ServerName == "" {
		c.ServerName = s.Host
	}
	return c
}

func (s SMTP) localName() string {
	if s.LocalName != "" {
		return s.LocalName
	}
	if name, err := os.Hostname(); err == nil && strings.Contains(name, ".") && isLocalName(name) {
		return name
	}
	return "[127.0.0.1]"
}

func (s SMTP) dial(ctx context.Context) (*limitedConn, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.port())))
	if err != nil {
		return nil, err
	}
	return &limitedConn{Conn: conn, left: maxAnswers}, nil
}

// maxAnswers is how many bytes a server may send in one connection, TLS
// included. A usual dialogue takes less than a tenth.
const maxAnswers = 64 << 10

// limitedConn ends a connection whose other side talks too much.
type limitedConn struct {
	net.Conn
	left int
	err  error // of the first read that failed
}

func (c *limitedConn) Read(b []byte) (n int, err error) {
	if c.left > 0 {
		n, err = c.Conn.Read(b[:min(len(b), c.left)])
		c.left -= n
	} else {
		err = fmt.Errorf("the server sent more than %d bytes", maxAnswers)
	}
	c.err = cmp.Or(c.err, err)
	return n, err
}

func isHost(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	return dotted(strings.TrimSuffix(s, "."), func(r rune) bool {
		return r <= unicode.MaxASCII && (isLabelText(r) || r == '_')
	})
}

func isLocalName(s string) bool {
	if inner, ok := strings.CutPrefix(s, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		_, err := netip.ParseAddr(strings.TrimPrefix(inner, "IPv6:"))
		return ok && err == nil
	}
	_, err := netip.ParseAddr(s)
	return err != nil && isHost(s)
}
