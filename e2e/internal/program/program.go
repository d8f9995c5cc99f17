// Package program starts programs that tests look at from the outside.
package program

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// patience bounds the life of a program.
const patience = 10 * time.Minute

// Gatehouse builds the program gatehouse, runs it with the arguments and returns
// the address that it says to open. At the end of the test it is interrupted and
// has to end well.
func Gatehouse(t *testing.T, args ...string) (address string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "gatehouse")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", path, ".")
	build.Dir = filepath.FromSlash("../../cmd/gatehouse")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stderr = t.Output()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	t.Cleanup(func() {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Errorf("interrupt: %v", err)
		}
		for lines.Scan() { // until it closes its output
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("gatehouse %v did not end well: %v", args, err)
		}
	})
	open := regexp.MustCompile(`^\s*Open\s+(http://\S+)$`)
	for lines.Scan() {
		if match := open.FindStringSubmatch(lines.Text()); match != nil {
			return match[1]
		}
	}
	t.Fatalf("gatehouse %v did not say what to open", args)
	return ""
}
