package catalogue_test

// differences are the providers whose authorization request is neither that of v4
// nor of v5, with the reason.
var differences = map[string]string{}
