package faults_test

import (
	"bytes"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/go-sql-driver/mysql"

	"github.com/gatehouse-auth/gatehouse/e2e/internal/database"
)

// loss is what a proxy does with a COMMIT.
type loss int32

const (
	lossNone  loss = iota
	lossReply      // it is executed, but its reply is not passed on
	lossAll        // it never arrives
)

// proxy stands between a client and a database server.
type proxy struct {
	target string
	// loses is the loss that the next COMMIT suffers; both ends of its
	// connection are closed then.
	loses atomic.Int32
	lost  atomic.Int32 // how many there were
}

// throughProxy is a database whose connections go through a proxy.
func throughProxy(t *testing.T, d database.Database) (database.Database, *proxy) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{}
	switch d.Driver {
	case "pgx":
		u, err := url.Parse(d.Source)
		if err != nil {
			t.Fatal(err)
		}
		p.target, u.Host = u.Host, l.Addr().String()
		if u.Port() == "" {
			t.Fatal("no port")
		}
		d.Source = u.String()
	case "mysql":
		config, err := mysql.ParseDSN(d.Source)
		if err != nil {
			t.Fatal(err)
		}
		p.target, config.Addr = config.Addr, l.Addr().String()
		d.Source = config.FormatDSN()
	}
	var open sync.WaitGroup
	open.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			open.Go(func() { p.serve(client) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		open.Wait()
	})
	return d, p
}

// serve passes on what both ends say until one of them is closed.
func (p *proxy) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	defer server.Close()
	var swallow atomic.Bool
	var both sync.WaitGroup
	both.Go(func() {
		defer client.Close()
		buffer := make([]byte, 64<<10)
		for {
			n, err := server.Read(buffer)
			if err != nil || swallow.Load() {
				return
			}
			if _, err := client.Write(buffer[:n]); err != nil {
				return
			}
		}
	})
	defer both.Wait()
	defer server.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		if isCommit(buffer[:n]) {
			switch loss(p.loses.Swap(int32(lossNone))) {
			case lossAll:
				p.lost.Add(1)
				return
			case lossReply:
				p.lost.Add(1)
				swallow.Store(true)
				_, _ = server.Write(buffer[:n])
				both.Wait() // until the server has answered
				return
			}
		}
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// isCommit recognises the message that commits: a simple query of PostgreSQL or
// COM_QUERY of MySQL. Either driver sends it alone.
func isCommit(message []byte) bool {
	message = bytes.ToLower(message)
	return bytes.Equal(message, []byte("q\x00\x00\x00\x0bcommit\x00")) || bytes.Equal(message, []byte("\x07\x00\x00\x00\x03commit"))
}
