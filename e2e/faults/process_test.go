package faults_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/gatehouse-auth/gatehouse/e2e/internal/program"
)

// serverProgram is the server in the folder below this one, built once.
var serverProgram string

func TestMain(m *testing.M) { program.Main(m, "./server", &serverProgram) }

// server is a process that serves a site. Its listener belongs to the test, so that
// a visitor who comes between two processes waits for the next one.
type server struct {
	t        *testing.T
	url      string
	listener *os.File
	args     []string
	log      *tail
	cmd      *exec.Cmd
	stdout   io.Closer
}

// newServer prepares a server for a store, which start starts. Settings come after
// the usual flags.
func newServer(t *testing.T, w *world, s store, settings ...string) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	file, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	url := "http://" + l.Addr().String()
	args := []string{"-url", url, "-provider", w.providerURL, "-outbox", w.outboxURL}
	v := &server{t: t, url: url, listener: file, args: append(append(args, s.flags()...), settings...), log: &tail{}}
	t.Cleanup(func() {
		v.kill()
		if t.Failed() {
			t.Logf("end of the server's log:\n%s", v.log)
		}
	})
	return v
}

// start starts a process and waits until it serves.
func (s *server) start() error {
	s.cmd = exec.Command(serverProgram, s.args...)
	s.cmd.ExtraFiles = []*os.File{s.listener}
	s.cmd.Stderr = s.log
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	s.stdout = stdout
	if err := s.cmd.Start(); err != nil {
		s.cmd = nil
		return err
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil || line != "ready\n" {
		s.kill()
		return fmt.Errorf("the server did not start: %q, %w\n%s", line, err, s.log)
	}
	return nil
}

// kill ends the process without warning.
func (s *server) kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill() // it may have ended
	s.wait()
}

// wait waits until the process has ended.
func (s *server) wait() {
	_ = s.cmd.Wait() // says that it was killed
	s.cmd = nil
}

// tail keeps the end of a log.
type tail struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *tail) Write(p []byte) (int, error) {
	const kept = 8 << 10
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.b.Len() > kept {
		l.b.Next(l.b.Len() - kept/2)
	}
	return l.b.Write(p)
}

func (l *tail) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
