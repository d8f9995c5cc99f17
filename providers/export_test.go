package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Field is what a profile says about one thing.
type Field = field

// What the files of providers read profiles with.
var (
	Null      = null
	Text      = text
	TextAt    = textAt
	NumberAt  = numberAt
	TrueAt    = trueAt
	FirstWith = firstWith
	Join      = join
	Fill      = fill
	URLJoin   = urlJoin
)

// OrFilled is f if it is a text that is not empty, and other if it is not.
func OrFilled(f, other Field) Field { return f.orFilled(other) }

// UserWithName is a user with nothing but a name.
func UserWithName(name Field) auth.User { return newUser("", name, field{}, field{}) }
