package server_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/gatehouse-auth/gatehouse/e2e/internal/program"
)

// gatehouse is the program, built once.
var gatehouse string

func TestMain(m *testing.M) { program.Main(m, "../../cmd/gatehouse", &gatehouse) }

// command is the program with an environment that holds nothing else.
func command(t *testing.T, env map[string]string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(gatehouse, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// process is a running server.
type process struct {
	cmd    *exec.Cmd
	target *url.URL
	log    io.Writer
	read   chan struct{} // closed when its log has ended
	said   bytes.Buffer  // its log, to be read then
}

// start runs a server and waits until it serves.
func start(t *testing.T, env map[string]string) *process {
	t.Helper()
	p := &process{cmd: command(t, env, "serve", "--listen", "127.0.0.1:0"), log: t.Output(), read: make(chan struct{})}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	serving := make(chan string, 1)
	go p.follow(stderr, serving)
	address, ok := <-serving
	if !ok {
		t.Fatalf("the server did not start: %v", p.cmd.Wait())
	}
	p.target = &url.URL{Scheme: "http", Host: address}
	return p
}

// follow copies the log and sends the address in it.
func (p *process) follow(stderr io.Reader, serving chan<- string) {
	defer close(p.read)
	defer close(serving)
	lines := bufio.NewScanner(stderr)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		p.said.WriteString(lines.Text() + "\n")
		fmt.Fprintf(p.log, "%d: %s\n", p.cmd.Process.Pid, lines.Text())
		var line struct{ Msg, Address string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "serving" {
			serving <- line.Address
		}
	}
}

// kill ends the process without warning.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.read
	_ = p.cmd.Wait()
}

// stop asks the process to end, which it has to do well.
func (p *process) stop(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Errorf("SIGTERM: %v", err)
	}
	<-p.read
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the server did not end well: %v", err)
	}
}

// fleet is several servers on one database behind a proxy that gives every request
// to another one than the last.
type fleet struct {
	t     *testing.T
	front *httptest.Server
	env   map[string]string

	mu      sync.RWMutex // held for writing while servers are exchanged
	servers []*process
	turn    atomic.Uint64
}

// newFleet starts servers. The environment is completed with the address of the
// proxy.
func newFleet(t *testing.T, size int, env map[string]string) *fleet {
	t.Helper()
	f := &fleet{t: t, env: env}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(f.servers[f.turn.Add(1)%uint64(len(f.servers))].target)
			r.Out.Host = r.In.Host
		},
		// Connections do not outlive a server.
		Transport: &http.Transport{DisableKeepAlives: true},
	}
	f.front = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.RLock()
		defer f.mu.RUnlock()
		proxy.ServeHTTP(w, r)
	}))
	env["AUTH_URL"] = f.front.URL
	for range size {
		f.servers = append(f.servers, start(t, env))
	}
	t.Cleanup(func() {
		f.front.Close()
		for _, p := range f.servers {
			p.stop(t)
		}
	})
	return f
}

// restart kills every server and starts new ones.
func (f *fleet) restart() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, p := range f.servers {
		p.kill()
		f.servers[i] = start(f.t, f.env)
	}
}

// run runs a command of the program and returns what it printed and its exit code.
func run(t *testing.T, env map[string]string, args ...string) (output string, exit int) {
	t.Helper()
	out, err := command(t, env, args...).CombinedOutput()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	if failed != nil {
		exit = failed.ExitCode()
	}
	return string(out), exit
}
