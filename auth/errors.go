package auth

import (
	"errors"
	"strings"
)

// ErrorCode is what a visitor's browser is told about a failure, as the
// parameter "error" of the error and sign-in pages. The codes are those of
// NextAuth.js v4.
type ErrorCode string

// The codes of the sign-in page.
const (
	// ErrorSignin: signing in failed for an unknown reason.
	ErrorSignin ErrorCode = "Signin"
	// ErrorOAuthSignin: the sign-in at a provider could not be started.
	ErrorOAuthSignin ErrorCode = "OAuthSignin"
	// ErrorOAuthCallback: the provider's answer was refused.
	ErrorOAuthCallback ErrorCode = "OAuthCallback"
	// ErrorOAuthCreateAccount: the user of a provider could not be stored.
	ErrorOAuthCreateAccount ErrorCode = "OAuthCreateAccount"
	// ErrorEmailCreateAccount: the user of a mail address could not be stored.
	ErrorEmailCreateAccount ErrorCode = "EmailCreateAccount"
	// ErrorCallback: completing the sign-in failed.
	ErrorCallback ErrorCode = "Callback"
	// ErrorOAuthAccountNotLinked: the address belongs to a user who signed in
	// another way, or the identity to another user.
	ErrorOAuthAccountNotLinked ErrorCode = "OAuthAccountNotLinked"
	// ErrorEmailSignin: the mail could not be sent.
	ErrorEmailSignin ErrorCode = "EmailSignin"
	// ErrorCredentialsSignin: the credentials are wrong.
	ErrorCredentialsSignin ErrorCode = "CredentialsSignin"
	// ErrorSessionRequired: the page needs somebody who is signed in.
	ErrorSessionRequired ErrorCode = "SessionRequired"
)

// The codes of the error page.
const (
	// ErrorConfiguration: the server is not set up correctly.
	ErrorConfiguration ErrorCode = "Configuration"
	// ErrorAccessDenied: the SignIn callback refused.
	ErrorAccessDenied ErrorCode = "AccessDenied"
	// ErrorVerification: the mailed link was used or has expired.
	ErrorVerification ErrorCode = "Verification"
	// ErrorSignout: the session ended in this browser, but not in the store.
	// NextAuth.js has no such code: it reports success.
	ErrorSignout ErrorCode = "Signout"
	// ErrorDefault: anything else.
	ErrorDefault ErrorCode = "Default"
)

// signInErrors are the codes that the error action hands on to the sign-in
// page.
var signInErrors = map[ErrorCode]bool{
	ErrorSignin: true, ErrorOAuthSignin: true, ErrorOAuthCallback: true,
	ErrorOAuthCreateAccount: true, ErrorEmailCreateAccount: true,
	ErrorCallback: true, ErrorOAuthAccountNotLinked: true,
	ErrorEmailSignin: true, ErrorCredentialsSignin: true,
	ErrorSessionRequired: true,
}

// ErrInvalidCredentials is what Authorize returns when the credentials are
// wrong. The visitor sees CredentialsSignin.
var ErrInvalidCredentials = errors.New("auth: invalid credentials")

// PublicError is an error whose code the browser may see: it reaches the error
// page as the parameter "code", beside the error code of the step that failed.
// Authorize and the callbacks return it to say more than "it failed", for
// example PublicError{Code: "account_locked"}.
type PublicError struct {
	// Code matches [A-Za-z0-9_]{1,64}; any other code is dropped.
	Code string
	// Err is the cause, for the log.
	Err error
}

func (e *PublicError) Error() string {
	if e.Err != nil {
		return "auth: " + e.Code + ": " + e.Err.Error()
	}
	return "auth: " + e.Code
}

// Unwrap returns the cause.
func (e *PublicError) Unwrap() error { return e.Err }

// publicCode returns the code of a [PublicError] in err, or "".
func publicCode(err error) string {
	var public *PublicError
	if !errors.As(err, &public) || public.Code == "" || len(public.Code) > 64 {
		return ""
	}
	for i := 0; i < len(public.Code); i++ {
		if c := public.Code[i]; c != '_' && !isAlphanumeric(c) {
			return ""
		}
	}
	return public.Code
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// ConfigError is one problem of a [Config]. [New] returns all of them, joined.
type ConfigError struct {
	// Field is the path of the field, for example "Providers[1].ClientID".
	Field string
	// Reason says what is wrong with it.
	Reason string
	// Fix says what to do.
	Fix string
}

func (e *ConfigError) Error() string {
	var b strings.Builder
	b.WriteString("auth: ")
	b.WriteString(e.Field)
	b.WriteString(": ")
	b.WriteString(e.Reason)
	b.WriteString("; ")
	b.WriteString(e.Fix)
	return b.String()
}
