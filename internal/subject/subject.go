// Package subject decides which texts can be the id of a person at a provider.
package subject

import (
	"slices"
	"strings"
)

// nobody are texts that a profile function makes of a missing value. As a subject
// they would be the same for everybody.
var nobody = []string{"null", "undefined", "<nil>", "nil", "NaN", "[object Object]", "0"}

// Usable reports whether a text tells one person from the others: it is neither
// empty nor what a missing value looks like.
func Usable(id string) bool {
	return strings.TrimSpace(id) != "" && !slices.Contains(nobody, id)
}
