package databases_test

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// proxy stands between a client and a server and treats what the server sends as a
// function says.
type proxy struct {
	Addr string

	listener net.Listener
	server   string
	mu       sync.Mutex
	conns    map[net.Conn]bool
	treat    func(chunk []byte) treatment
	group    sync.WaitGroup
}

// treatment is what happens to something that the server sent.
type treatment struct {
	delay time.Duration
	// before is sent to the client first.
	before []byte
	// cut drops it and closes the connection.
	cut bool
}

// newProxy starts a proxy that changes nothing yet and ends with the test.
func newProxy(t testing.TB, server string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{Addr: l.Addr().String(), listener: l, server: server, conns: map[net.Conn]bool{}}
	p.group.Go(p.serve)
	t.Cleanup(p.close)
	return p
}

// set has everything that the server sends from now on treated by a function, or
// passed on when it is nil.
func (p *proxy) set(treat func(chunk []byte) treatment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.treat = treat
}

func (p *proxy) close() {
	p.listener.Close()
	p.mu.Lock()
	for c := range p.conns {
		c.Close()
	}
	p.mu.Unlock()
	p.group.Wait()
}

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.server)
		if err != nil {
			client.Close()
			continue
		}
		p.mu.Lock()
		p.conns[client], p.conns[server] = true, true
		p.mu.Unlock()
		p.group.Go(func() { _, _ = io.Copy(server, client); p.end(client, server) })
		p.group.Go(func() { p.pass(client, server); p.end(client, server) })
	}
}

func (p *proxy) end(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		c.Close()
		delete(p.conns, c)
	}
}

// pass carries what the server sends.
func (p *proxy) pass(client io.Writer, server io.Reader) {
	buffer := make([]byte, 64<<10)
	for {
		n, err := server.Read(buffer)
		if err != nil {
			return
		}
		p.mu.Lock()
		treat := p.treat
		p.mu.Unlock()
		var what treatment
		if treat != nil {
			what = treat(buffer[:n])
		}
		if what.cut {
			return
		}
		if what.delay > 0 {
			time.Sleep(what.delay) // the network's, not a wait of the test
		}
		if _, err := client.Write(append(what.before, buffer[:n]...)); err != nil {
			return
		}
	}
}
