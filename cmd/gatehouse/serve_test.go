package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// serveEnvironment is an environment in which the server starts.
func serveEnvironment(t *testing.T) []string {
	t.Helper()
	return append(os.Environ(),
		"AUTH_URL=https://example.com", "AUTH_SECRET=0Jq3xX7dV9cLr2mT5wYb8nKf4hGs6aPz1eQuRiOt=",
		"AUTH_GITHUB_ID=id", "AUTH_GITHUB_SECRET=hunter2",
		"AUTH_EMAIL_SERVER=smtp://user:hunter2@mail.example.com", "AUTH_EMAIL_FROM=sign-in@example.com",
		"AUTH_DATABASE_URL=sqlite:"+filepath.Join(t.TempDir(), "auth.db"))
}

// The log says in one line of JSON what is served where; the server answers there,
// and ends well when it is asked to.
func TestServe(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "gatehouse", "serve", "--listen", "127.0.0.1:0")
	cmd.Env = serveEnvironment(t)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	lines := bufio.NewScanner(io.TeeReader(stderr, &log))
	var line struct {
		Msg, Address, Sessions  string
		URLs, Providers, Stores []string
	}
	for line.Msg != "serving" && lines.Scan() {
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Errorf("%v: %s", err, lines.Text())
		}
	}
	if line.Sessions != "database" || len(line.Stores) != 1 || !strings.HasPrefix(line.Stores[0], "SQLite file /") ||
		strings.Join(line.URLs, " ") != "https://example.com/api/auth" || strings.Join(line.Providers, " ") != "github email" {
		t.Errorf("the log says %+v", line)
	}
	for path, want := range map[string]int{
		"/healthz": http.StatusOK, "/readyz": http.StatusOK, "/api/auth/signin": http.StatusOK, "/": http.StatusNotFound, "/api/auth": http.StatusNotFound,
	} {
		response, err := http.Get("http://" + line.Address + path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%s: status %d, want %d", path, response.StatusCode, want)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() { // until it closes its output
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
	if strings.Contains(log.String(), "hunter2") || !strings.Contains(log.String(), "the server has ended") {
		t.Errorf("the log:\n%s", &log)
	}
}

// A person reads what is served where and what to set up.
func TestServeForPeople(t *testing.T) {
	p := &program{t: t, folder: t.TempDir()}
	p.cmd = exec.CommandContext(t.Context(), "gatehouse", "serve", "--listen", "127.0.0.1:0", "--log", "text")
	p.cmd.Env = serveEnvironment(t)
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.out = bufio.NewScanner(out)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := p.readTo("Ctrl-C")
	for _, want := range []string{
		"  Sign in     https://example.com/api/auth/signin\n", "  Listening   http://127.0.0.1:", "  Database    SQLite file /",
		"    GitHub            callback URL to register there:\n                      https://example.com/api/auth/callback/github\n",
		"    Email             smtp server mail.example.com:587\n",
		"  Let your reverse proxy pass https://example.com/api/auth/ on to this server.\n",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("the server does not say %q:\n%s", want, said)
		}
	}
	if strings.Contains(said, "hunter2") {
		t.Errorf("the server says a password:\n%s", said)
	}
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	for p.out.Scan() { // until it closes its output
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v", err)
	}
}
