package need

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// Program returns the path of a program that a package of the system has. It is
// looked for in PATH and in the folders that some patterns match.
func Program(t testing.TB, name, systemPackage string, patterns ...string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, pattern := range patterns {
		found, err := filepath.Glob(filepath.Join(pattern, name))
		if err != nil {
			t.Fatal(err)
		}
		if len(found) > 0 {
			return found[len(found)-1] // the newest version
		}
	}
	missing(t, name+" is missing: install your system's "+systemPackage+" package")
	return ""
}
