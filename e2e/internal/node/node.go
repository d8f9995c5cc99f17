// Package node starts Node.js programs for tests.
package node

import (
	"bytes"
	"os/exec"
	"regexp"
	"sync"
	"testing"
	"time"
)

// startTime is how long a program may take until it prints its address.
const startTime = 30 * time.Second

// addressPattern is a line with the address of a server.
var addressPattern = regexp.MustCompile(`(?m)^http://127\.0\.0\.1:\d+$`)

// Start runs a server in a folder and returns the address that it prints on a
// line of its own. The server ends with the test; should the test be killed, its
// standard input ends. What it wrote is shown when the test fails.
func Start(t testing.TB, binary, dir string, args ...string) (address string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, args...) //nolint:gosec // the test names the program
	cmd.Dir = dir
	cmd.WaitDelay = 5 * time.Second
	out := &output{address: make(chan string, 1)}
	cmd.Stdout, cmd.Stderr = out, out
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatalf("starting %s: %v", args[0], err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting %s: %v", args[0], err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		// The error is that it was killed, or what it wrote says why.
		_ = cmd.Wait()
	}()
	t.Cleanup(func() {
		<-ended // the test's context is over, which kills it
		if t.Failed() {
			t.Logf("%s wrote:\n%s", args[0], out)
		}
	})
	select {
	case address = <-out.address:
	case <-ended:
		t.Fatalf("%s ended before it served", args[0])
	case <-time.After(startTime):
		t.Fatalf("%s printed no address in %v", args[0], startTime)
	}
	return address
}

// output keeps what a program writes and hands on its address.
type output struct {
	mu      sync.Mutex
	b       bytes.Buffer
	address chan string
	found   bool
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.b.Write(p)
	if end := bytes.LastIndexByte(o.b.Bytes(), '\n'); !o.found && end >= 0 {
		if address := addressPattern.Find(o.b.Bytes()[:end]); address != nil {
			o.found = true
			o.address <- string(address)
		}
	}
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}
