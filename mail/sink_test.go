package mail_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http/httptest"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/mail"
)

// sink is an SMTP server on a loopback address that keeps what it is told.
type sink struct {
	// extensions are offered by EHLO.
	extensions []string
	// replies replace the answer to a verb ("EHLO", "MAIL", ".", and "" for
	// the greeting). An empty answer means that none is ever given, and
	// one that ends in NUL that its line never ends.
	replies map[string]string
	// drip sends every answer one byte at a time, with this pause.
	drip time.Duration
	// tls is for STARTTLS, or from the start with implicit.
	tls      *tls.Config
	implicit bool

	listener net.Listener
	done     sync.WaitGroup
	mu       sync.Mutex
	lines    []string // commands, with what came after STARTTLS marked "tls "
	letters  []string
}

func (s *sink) start(t *testing.T) mail.SMTP {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.listener = listener
	s.done.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.done.Go(func() {
				defer conn.Close()
				if s.implicit {
					s.serve(tls.Server(conn, s.tls), "tls ", true)
				} else {
					s.serve(conn, "", true)
				}
			})
		}
	})
	t.Cleanup(func() {
		listener.Close()
		s.done.Wait()
	})
	address := listener.Addr().(*net.TCPAddr)
	return mail.SMTP{Host: "127.0.0.1", Port: address.Port, Timeout: 5 * time.Second, LocalName: "client.test"}
}

// serve answers one connection until the other side has gone.
func (s *sink) serve(conn net.Conn, mark string, greet bool) {
	in := bufio.NewReader(conn)
	if greet && !s.answer(conn, in, "", "220 sink ready") {
		return
	}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		s.note(mark + line)
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		reply := s.reply(verb, line)
		if !s.answer(conn, in, verb, reply) || verb == "QUIT" {
			return
		}
		if verb == "STARTTLS" && s.replies["STARTTLS"] == "" {
			s.serve(tls.Server(conn, s.tls), "tls ", false)
			return
		}
		if verb == "DATA" && s.replies["DATA"] == "" {
			letter, err := readLetter(in)
			if err != nil {
				return
			}
			s.mu.Lock()
			s.letters = append(s.letters, letter)
			s.mu.Unlock()
			if !s.answer(conn, in, ".", "250 queued") {
				return
			}
		}
	}
}

// reply is the usual answer to a command.
func (s *sink) reply(verb, line string) string {
	switch verb {
	case "EHLO":
		if len(s.extensions) > 0 {
			return "250-sink\r\n250-" + strings.Join(s.extensions, "\r\n250-") + "\r\n250 HELP"
		}
	case "AUTH":
		if strings.EqualFold(line, "AUTH LOGIN") {
			return "334 VXNlcm5hbWU6"
		}
		return "235 welcome"
	case "DXNLCG==": // the name "user" of AUTH LOGIN, in upper case
		return "334 UGFzc3dvcmQ6"
	case "CGFZCW==": // the password "pass"
		return "235 welcome"
	case "STARTTLS":
		return "220 go on"
	case "DATA":
		return "354 go on"
	case "QUIT":
		return "221 bye"
	}
	return "250 ok"
}

// readLetter reads up to the final dot.
func readLetter(in *bufio.Reader) (string, error) {
	var b strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return "", err
		}
		if line == ".\r\n" {
			return b.String(), nil
		}
		b.WriteString(strings.TrimPrefix(line, "."))
	}
}

// answer reports whether to go on.
func (s *sink) answer(conn net.Conn, in *bufio.Reader, verb, reply string) bool {
	if other, ok := s.replies[verb]; ok {
		reply = other
	}
	if reply == "" {
		io.Copy(io.Discard, in)
		return false
	}
	if cut, ok := strings.CutSuffix(reply, "\x00"); ok {
		io.WriteString(conn, cut)
		io.Copy(io.Discard, in)
		return false
	}
	reply += "\r\n"
	if s.drip == 0 {
		_, err := io.WriteString(conn, reply)
		return err == nil
	}
	tick := time.NewTicker(s.drip)
	defer tick.Stop()
	for i := range len(reply) {
		if _, err := io.WriteString(conn, reply[i:i+1]); err != nil {
			return false
		}
		<-tick.C
	}
	return true
}

func (s *sink) note(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, line)
}

// transcript returns the commands that have come in.
func (s *sink) transcript() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.lines...)
}

// letter is a decoded mail.
type letter struct {
	raw        string
	header     netmail.Header
	text, html string
}

// only returns the one letter that was delivered.
func (s *sink) only(t *testing.T) letter {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.letters) != 1 {
		t.Fatalf("%d letters were delivered, want 1", len(s.letters))
	}
	m, err := netmail.ReadMessage(strings.NewReader(s.letters[0]))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(s.letters[0]) {
		if len(line) > 80 || !strings.HasSuffix(line, "\r\n") {
			t.Errorf("line of %d bytes: %q", len(line), line)
		}
	}
	got := letter{raw: s.letters[0], header: m.Header}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if kind == "text/plain" {
		got.text = decode(t, m.Body)
		return got
	}
	if kind != "multipart/alternative" {
		t.Fatalf("content type %q", kind)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return got
		}
		if err != nil {
			t.Fatal(err)
		}
		body := decode(t, part)
		switch part.Header.Get("Content-Type") {
		case "text/plain; charset=UTF-8":
			if got.html != "" {
				t.Error("the text comes after the HTML: programs show the last part that they can")
			}
			got.text = body
		case "text/html; charset=UTF-8":
			got.html = body
		default:
			t.Errorf("part of type %q", part.Header.Get("Content-Type"))
		}
	}
}

func decode(t *testing.T, r io.Reader) string {
	t.Helper()
	data, err := io.ReadAll(quotedprintable.NewReader(r))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(data), "\r\n", "\n")
}

// certificate returns a configuration for a server on 127.0.0.1 and one for a
// client that trusts it.
func certificate(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return &tls.Config{Certificates: s.TLS.Certificates}, &tls.Config{RootCAs: pool}
}
