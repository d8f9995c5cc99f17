package token

// Names that the tests of package token_test need.
var (
	DecodeObject = decodeObject
	ErrNoSecret  = errNoSecret
)

const MaxTokenSize = maxTokenSize
