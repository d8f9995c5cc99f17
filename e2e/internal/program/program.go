// Package program starts programs that tests look at from the outside.
package program

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// patience bounds the life of a program.
const patience = 10 * time.Minute

// Main is the TestMain of a package whose tests run a program many times: it builds
// the program in a folder once, sets path to where it is, runs the tests and ends
// the process.
func Main(m *testing.M, folder string, path *string) {
	code, err := runWith(m, folder, path)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func runWith(m *testing.M, folder string, path *string) (code int, err error) {
	temporary, err := os.MkdirTemp("", "gatehouse-test-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(temporary)) }()
	*path = filepath.Join(temporary, "program")
	if err := build(context.Background(), folder, *path); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// build builds the program in a folder.
func build(ctx context.Context, folder, path string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-o", path, ".")
	cmd.Dir = filepath.FromSlash(folder)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// Gatehouse builds the program gatehouse, runs it with the arguments and returns
// the address that it says to open. At the end of the test it is interrupted and
// has to end well.
func Gatehouse(t *testing.T, args ...string) (address string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "gatehouse")
	if err := build(t.Context(), "../../cmd/gatehouse", path); err != nil {
		t.Fatal(err)
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
