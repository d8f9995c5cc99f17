// Package need says what a test needs beyond Go. Without it the test is skipped
// with one line that says what is missing and how to get it; with REQUIRE_ALL=1
// in the environment it fails instead, so that nothing is skipped unnoticed.
//
// As "go test" hides why a test was skipped, the line is also added to the file
// that GATEHOUSE_MISSING names, which "make test" shows at its end.
package need

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// missing skips or fails the test with a line.
func missing(t testing.TB, line string) {
	t.Helper()
	if err := note(os.Getenv("GATEHOUSE_MISSING"), line); err != nil {
		t.Fatalf("%s (and GATEHOUSE_MISSING: %v)", line, err)
	}
	if os.Getenv("REQUIRE_ALL") != "" {
		t.Fatal(line)
	}
	t.Skip(line)
}

// note adds a line to a file, if there is one. Several tests may do so at once.
func note(file, line string) error {
	if file == "" {
		return nil
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("opening: %w", err)
	}
	if _, err := f.WriteString(line + "\n"); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}

// Node returns the path of Node.js.
func Node(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("node")
	if err != nil {
		missing(t, "Node.js is missing: install Node.js 20 or newer")
	}
	return path
}

// NPM makes sure that the npm packages of a folder are installed, and returns
// the path of Node.js.
func NPM(t testing.TB, dir string) string {
	t.Helper()
	node := Node(t)
	if _, err := os.Stat(filepath.Join(dir, "node_modules", ".package-lock.json")); err != nil {
		missing(t, "npm packages are missing: run \"make npm\"")
	}
	return node
}

// Chromium returns the path of a Chromium or Chrome browser.
func Chromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing(t, "Chromium is missing: install your system's chromium package")
	return ""
}

// Server says that a server of databases does not answer.
func Server(t testing.TB, name, variable string, err error) {
	t.Helper()
	t.Log(err)
	missing(t, name+" does not answer: start it, or set "+variable)
}

// Fonts makes sure that there are the fonts that the pictures were taken with.
func Fonts(t testing.TB) {
	t.Helper()
	for _, family := range []string{"Noto Sans", "Noto Sans CJK KR", "Noto Sans Arabic"} {
		out, err := exec.CommandContext(t.Context(), "fc-list", family, "family").Output()
		if err != nil || len(out) == 0 {
			missing(t, "Fonts are missing: install Noto Sans and Noto Sans CJK (Debian: fonts-noto-core and fonts-noto-cjk)")
		}
	}
}
