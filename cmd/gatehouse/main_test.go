package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the tests run the program under its name, as a process of its
// own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"gatehouse": main})
}

// TestScripts runs the pages in testdata/script. TAKEN is a port that another
// program listens on.
func TestScripts(t *testing.T) {
	taken := listen(t, "127.0.0.1:0")
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("TAKEN", strconv.Itoa(taken))
			return nil
		},
	})
}

func listen(t *testing.T, address string) (port int) {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.Addr().(*net.TCPAddr).Port
}

// program is a command as a process of its own.
type program struct {
	t      *testing.T
	cmd    *exec.Cmd
	out    *bufio.Scanner
	folder string // of temporary files
}

func start(t *testing.T, args ...string) *program {
	t.Helper()
	p := &program{t: t, folder: t.TempDir()}
	p.cmd = exec.CommandContext(t.Context(), "gatehouse", args...)
	p.cmd.Env = append(os.Environ(), "TMPDIR="+p.folder)
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.out = bufio.NewScanner(out)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return p
}

// readTo returns what the program says up to a text.
func (p *program) readTo(text string) string {
	p.t.Helper()
	var said strings.Builder
	for p.out.Scan() {
		said.WriteString(p.out.Text() + "\n")
		if strings.Contains(p.out.Text(), text) {
			return said.String()
		}
	}
	p.t.Fatalf("the program ended without saying %q:\n%s", text, said.String())
	return ""
}

// interrupt presses Ctrl-C and makes sure that the program ends well, with a last
// line.
func (p *program) interrupt(last string) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		p.t.Fatal(err)
	}
	p.readTo(last)
	if err := p.cmd.Wait(); err != nil {
		p.t.Errorf("the program ended with %v", err)
	}
	if left, err := os.ReadDir(p.folder); err != nil || len(left) != 0 {
		p.t.Errorf("it left %v, %v", left, err)
	}
}

func TestDemo(t *testing.T) {
	p := start(t, "demo", "--port", "0")
	said := p.readTo("Ctrl-C")
	for _, want := range []string{"Open    http://localhost:", "/inbox", "Demo ID", "analytical-engine", "Katherine Johnson"} {
		if !strings.Contains(said, want) {
			t.Errorf("the demo does not say %q:\n%s", want, said)
		}
	}
	if left, err := os.ReadDir(p.folder); err != nil || len(left) != 1 {
		t.Errorf("the folder for temporary files holds %v, %v, want the demo's", left, err)
	}
	p.interrupt("The demo has ended and its files are removed.")
}

// The default port gives way to another one.
func TestDemoDefaultPortTaken(t *testing.T) {
	// When this fails, somebody else has the port, which is as good.
	if l, err := net.Listen("tcp", "127.0.0.1:3000"); err == nil {
		defer l.Close()
	}
	p := start(t, "demo")
	said := p.readTo("Ctrl-C")
	if !strings.Contains(said, "The port 3000 is taken by another program, so the demo takes a free one.\n") || strings.Contains(said, "localhost:3000") {
		t.Errorf("the demo says:\n%s", said)
	}
	p.interrupt("The demo has ended and its files are removed.")
}

func TestPages(t *testing.T) {
	p := start(t, "pages", "--port", "0")
	said := p.readTo("Ctrl-C")
	address := regexp.MustCompile(`http://localhost:\d+/page/\S+`).FindString(said)
	response, err := http.Get(address)
	if err != nil {
		t.Fatalf("%v:\n%s", err, said)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || !strings.Contains(string(body), `lang="ko"`) {
		t.Errorf("%s: status %d, %v:\n%s", address, response.StatusCode, err, body)
	}
	http.DefaultClient.CloseIdleConnections()
	p.interrupt("The pages are no longer served.")
}

// The default port gives way to another one.
func TestPagesDefaultPortTaken(t *testing.T) {
	// When this fails, somebody else has the port, which is as good.
	if l, err := net.Listen("tcp", "127.0.0.1:3001"); err == nil {
		defer l.Close()
	}
	p := start(t, "pages")
	said := p.readTo("Ctrl-C")
	if !strings.Contains(said, "The port 3001 is taken by another program, so the pages take a free one.\n") || strings.Contains(said, "localhost:3001") {
		t.Errorf("the command says:\n%s", said)
	}
	p.interrupt("The pages are no longer served.")
}
