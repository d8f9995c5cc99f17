package need_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/e2e/internal/need"
)

// The lines that "make test" shows.
const (
	noNode     = "Node.js is missing: install Node.js 20 or newer"
	noPackages = `npm packages are missing: run "make npm"`
	noChromium = "Chromium is missing: install your system's chromium package"
)

// TestMissing runs itself in a process that has Node.js but no npm packages, or
// nothing at all.
func TestMissing(t *testing.T) {
	if os.Getenv("NEED_EVERYTHING") != "" {
		t.Run("Node", func(t *testing.T) { need.Node(t) })
		t.Run("NPM", func(t *testing.T) { need.NPM(t, t.TempDir()) })
		t.Run("Chromium", func(t *testing.T) { need.Chromium(t) })
		return
	}
	for _, row := range []struct {
		name       string
		path       string
		requireAll string
		want       []string // the subtests' lines
		wantResult string
	}{
		{"nothing", t.TempDir(), "", []string{noNode, noNode, noChromium}, "SKIP"},
		{"nothing, and all is required", t.TempDir(), "1", []string{noNode, noNode, noChromium}, "FAIL"},
		{"Node.js", programs(t, "node"), "", []string{noPackages, noChromium}, "SKIP"},
		{"Node.js, and all is required", programs(t, "node"), "1", []string{noPackages, noChromium}, "FAIL"},
	} {
		t.Run(row.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "missing")
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMissing$", "-test.v") //nolint:gosec // this test itself
			cmd.Env = []string{"NEED_EVERYTHING=1", "PATH=" + row.path, "REQUIRE_ALL=" + row.requireAll, "GATEHOUSE_MISSING=" + file}
			out, err := cmd.CombinedOutput()
			if failed := err != nil; failed != (row.wantResult == "FAIL") {
				t.Errorf("the test ended with %v, want %s", err, row.wantResult)
			}
			if got := strings.Count(string(out), "    --- "+row.wantResult+": "); got != len(row.want) {
				t.Errorf("%d times %s, want %d:\n%s", got, row.wantResult, len(row.want), out)
			}
			noted, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, strings.Split(strings.TrimSuffix(string(noted), "\n"), "\n")); diff != "" {
				t.Errorf("noted (-want +got):\n%s", diff)
			}
			for _, line := range row.want {
				if !strings.Contains(string(out), line) {
					t.Errorf("the output lacks %q:\n%s", line, out)
				}
			}
		})
	}
}

// What is there is neither noted nor does it end the test.
func TestPresent(t *testing.T) {
	path := programs(t, "node", "google-chrome")
	packages := t.TempDir()
	if err := os.MkdirAll(filepath.Join(packages, "node_modules", ".package-lock.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "missing")
	t.Setenv("PATH", path)
	t.Setenv("REQUIRE_ALL", "1")
	t.Setenv("GATEHOUSE_MISSING", file)
	node := filepath.Join(path, "node")
	if got := need.Node(t); got != node {
		t.Errorf("Node = %q, want %q", got, node)
	}
	if got := need.NPM(t, packages); got != node {
		t.Errorf("NPM = %q, want %q", got, node)
	}
	if got, want := need.Chromium(t), filepath.Join(path, "google-chrome"); got != want {
		t.Errorf("Chromium = %q, want %q", got, want)
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something was noted: %v", err)
	}
}

// programs returns a folder with programs of these names.
func programs(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"), 0o700); err != nil { //nolint:gosec // a program
			t.Fatal(err)
		}
	}
	return dir
}
