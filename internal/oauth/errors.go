package oauth

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"unicode"
)

// ProviderError is a refusal by the provider: an error in the authorization
// answer (RFC 6749, section 4.1.2.1) or from the token endpoint (section 5.2).
type ProviderError struct {
	// Endpoint is "authorization" or "token": which of the two refused.
	Endpoint string
	// Code is the error code, for example "access_denied". Whoever can send a
	// browser to the callback URL can choose it.
	Code string
	// Description is the provider's text, or "", for logs: printable and at
	// most 200 bytes long. It is no part of Error, since whoever can choose the
	// code can choose it too.
	Description string
}

// NewProviderError returns the error for a refusal. Of the description it keeps
// what a log can hold.
func NewProviderError(endpoint, code, description string) *ProviderError {
	return &ProviderError{Endpoint: endpoint, Code: code, Description: loggable(description)}
}

// loggable returns at most 200 bytes of a text, with spaces instead of what is
// not printable.
func loggable(s string) string {
	const limit = 200
	s = strings.ToValidUTF8(s[:min(len(s), limit)], "")
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, s)
}

// Error names the endpoint and the code, in quotes and shortened to 64 bytes.
func (e *ProviderError) Error() string {
	code := e.Code
	if len(code) > 64 {
		code = code[:64]
	}
	return fmt.Sprintf("oauth: the %s endpoint answered error %q", e.Endpoint, code)
}

// stageError adds the stage of the flow to err.
func stageError(stage string, err error) error {
	return fmt.Errorf("oauth: %s: %w", stage, err)
}

// A refusal is a reason of ours not to use an answer, fit for an error text.
type refusal string

func (r refusal) Error() string { return string(r) }

const (
	errBodyTooLarge = refusal("answer is larger than 1 MiB")
	errRedirect     = refusal("redirect refused")
)

// requestError is a request that got no usable answer. Its text has the host
// and path, but neither the query nor anything that the server sent.
type requestError struct {
	target string
	reason string
	cause  error
}

func (e *requestError) Error() string { return e.target + ": " + e.reason }

// Unwrap returns context.Canceled or context.DeadlineExceeded, or nil.
func (e *requestError) Unwrap() error { return e.cause }

// requestFailure describes err, the outcome of a request to u.
func requestFailure(u *url.URL, err error) error {
	e := &requestError{target: u.Host + u.Path, reason: failureReason(err)}
	for _, cause := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, cause) {
			e.cause = cause
		}
	}
	return e
}

// failureReason returns a text for err that cannot hold bytes of an answer,
// as some errors of net/http do.
func failureReason(err error) string {
	var (
		refused refusal
		timeout net.Error
		dns     *net.DNSError
		op      *net.OpError
		tlsErr  *tls.CertificateVerificationError
	)
	switch {
	case errors.As(err, &refused):
		return refused.Error()
	case errors.Is(err, context.Canceled):
		return "cancelled"
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return "timed out"
	case errors.As(err, &tlsErr):
		return tlsErr.Error()
	case errors.As(err, &dns):
		return dns.Error()
	case errors.As(err, &op):
		return op.Error()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "connection closed before the end of the answer"
	}
	return "no valid HTTP answer"
}

// withoutURL replaces an error of net/http in err, whose text has the whole
// URL, by one that has the host and path.
func withoutURL(err error) error {
	var failed *url.Error
	if !errors.As(err, &failed) {
		return err
	}
	u, parseErr := url.Parse(failed.URL)
	if parseErr != nil {
		u = &url.URL{Host: "request"}
	}
	return requestFailure(u, failed.Err)
}

// statusFailure describes an answer whose status or content is of no use.
func statusFailure(u *url.URL, r *response, want string) error {
	mediaType := r.mediaType
	if mediaType == "" || len(mediaType) > 64 || strings.ContainsFunc(mediaType, notPrintable) {
		mediaType = "no media type"
	}
	return &requestError{
		target: u.Host + u.Path,
		reason: fmt.Sprintf("status %d (%s), want %s", r.status, mediaType, want),
	}
}

func notPrintable(r rune) bool { return r < ' ' || r > '~' }
