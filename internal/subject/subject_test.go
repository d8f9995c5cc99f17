package subject_test

import (
	"testing"

	"github.com/gatehouse-auth/gatehouse/internal/subject"
)

func TestUsable(t *testing.T) {
	for id, want := range map[string]bool{
		"1": true, "ada": true, "00": true, " a": true, "": false, "0": false, " \t": false, "null": false, "undefined": false, "[object Object]": false,
	} {
		if got := subject.Usable(id); got != want {
			t.Errorf("Usable(%q) = %v", id, got)
		}
	}
}
