package server_test

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/textproto"
	"regexp"
	"strings"
	"testing"
)

// mailServer takes mails from one client at a time and keeps nothing but their
// links.
type mailServer struct {
	url   string
	links chan string
}

func newMailServer(t *testing.T) *mailServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &mailServer{url: "smtp://" + l.Addr().String(), links: make(chan string, 100)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if err := m.serve(conn); err != nil && !errors.Is(err, io.EOF) {
				t.Errorf("mail server: %v", err)
			}
			conn.Close()
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-ended
	})
	return m
}

// serve speaks as much SMTP as it takes to get one mail.
func (m *mailServer) serve(conn net.Conn) error {
	c := textproto.NewConn(conn)
	if err := c.PrintfLine("220 ready"); err != nil {
		return err
	}
	for {
		line, err := c.ReadLine()
		if err != nil {
			return err
		}
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		switch verb {
		case "DATA":
			if err := c.PrintfLine("354 go on"); err != nil {
				return err
			}
			link, err := linkIn(c.DotReader())
			if err != nil {
				return err
			}
			m.links <- link
		case "QUIT":
			return c.PrintfLine("221 bye")
		}
		if err := c.PrintfLine("250 ok"); err != nil {
			return err
		}
	}
}

var linkPattern = regexp.MustCompile(`https?://\S+`)

// linkIn returns the link in the plain text of a mail.
func linkIn(r io.Reader) (string, error) {
	message, err := mail.ReadMessage(r)
	if err != nil {
		return "", err
	}
	_, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		return "", err
	}
	part, err := multipart.NewReader(message.Body, params["boundary"]).NextRawPart()
	if err != nil {
		return "", err
	}
	var body io.Reader = part
	if part.Header.Get("Content-Transfer-Encoding") == "quoted-printable" {
		body = quotedprintable.NewReader(part)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(io.Discard, message.Body)
	return linkPattern.FindString(string(text)), err
}
