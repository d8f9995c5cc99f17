package examples_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"
)

// startTime is how long a program may take until it writes what a test waits for.
const startTime = 30 * time.Second

// examples is the folder of the module with the examples.
const examples = "../../examples"

// program is a program that runs until the test ends.
type program struct {
	name  string
	ended chan struct{}

	mu     sync.Mutex
	output bytes.Buffer
	grown  chan struct{} // closed when there is more output
}

// start runs a command. What it wrote is shown when the test fails.
func start(t *testing.T, cmd *exec.Cmd) *program {
	t.Helper()
	p := &program{name: filepath.Base(cmd.Path), ended: make(chan struct{}), grown: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p, p
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting %s: %v", p.name, err)
	}
	go func() {
		defer close(p.ended)
		_ = cmd.Wait() // it is killed in the end
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		<-p.ended
		if t.Failed() {
			p.mu.Lock()
			defer p.mu.Unlock()
			t.Logf("%s wrote:\n%s", p.name, &p.output)
		}
	})
	return p
}

// Write receives the output of the program.
func (p *program) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.grown)
	p.grown = make(chan struct{})
	return p.output.Write(b)
}

// wrote waits until the program has written something and returns the pattern's
// group of the last match.
func (p *program) wrote(t *testing.T, pattern string) string {
	t.Helper()
	wanted, late := regexp.MustCompile(pattern), time.After(startTime)
	for {
		p.mu.Lock()
		found, grown := wanted.FindAllStringSubmatch(p.output.String(), -1), p.grown
		p.mu.Unlock()
		if len(found) > 0 {
			return found[len(found)-1][1]
		}
		select {
		case <-grown:
		case <-p.ended:
			t.Fatalf("%s ended before it wrote %q", p.name, pattern)
		case <-late:
			t.Fatalf("%s did not write %q in %v", p.name, pattern, startTime)
		}
	}
}

// link is the last link that was mailed to an address.
func (p *program) link(t *testing.T, address string) string {
	t.Helper()
	return p.wrote(t, regexp.QuoteMeta("Mail to "+address)+`, with the link:\n(http\S+)\n`)
}

// startGo builds and starts a Go program of the examples at a free port, with
// further environment variables.
func startGo(t *testing.T, pkg string, env ...string) *program {
	t.Helper()
	binary := filepath.Join(t.TempDir(), filepath.Base(pkg))
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, pkg)
	build.Dir = filepath.FromSlash(examples)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build %s: %v\n%s", pkg, err, out)
	}
	cmd := exec.CommandContext(t.Context(), binary, "-port", "0")
	cmd.Env = append(os.Environ(), env...)
	return start(t, cmd)
}
