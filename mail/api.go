package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// API is a [Transport] that hands each mail to the HTTP API of a mail service.
// [Resend], [SendGrid], [Postmark], [Mailgun], [ForwardEmail] and [Loops] make
// one; the zero value sends nothing.
//
// A mail is one POST over https that takes 10 seconds at most. Redirects are not
// followed and nothing is tried again.
type API struct {
	// BaseURL replaces the https address of the service, without the path that
	// the API has below it: see [MailgunEU] and [SendGridEU].
	BaseURL string
	// HTTPClient makes the requests. Nil means http.DefaultClient. It is not
	// changed; its CheckRedirect and Jar are not used.
	HTTPClient *http.Client

	service service
	key     string
}

// service is what is special about the API of a service.
type service struct {
	name, baseURL string
	// check reports what is wrong with what the constructor was given beside
	// the key. Nil means nothing.
	check func() error
	// request makes the request for a message: its path, its body and how it
	// proves who asks.
	request func(key string, m Message) (apiRequest, error)
}

// apiRequest is a request without its host.
type apiRequest struct {
	path, contentType string
	body              []byte
	header            string // that authenticates
	value             string
}

// APIError reports that a mail service could not be reached or refused a mail.
type APIError struct {
	// Service is the name of the service, such as "resend".
	Service string
	// Status is the status of the answer, or 0 when there was none. Statuses
	// from 400 to 499 except 408 and 429 will not change by trying again.
	Status int
	// Code and Message are the service's own, as far as the answer has them. In
	// Message three dots stand for every word that could be a part of the key,
	// an address or a link.
	Code, Message string
	// Err is the cause when there is no answer: the end of the context, a
	// network error, a certificate that is not trusted.
	Err error
}

func (e *APIError) Error() string {
	if e.Status == 0 {
		return fmt.Sprintf("mail: %s: %v", e.Service, e.Err)
	}
	text := fmt.Sprintf("mail: %s: refused with status %d", e.Service, e.Status)
	if e.Code != "" {
		text += ", code " + e.Code
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// Unwrap returns Err.
func (e *APIError) Unwrap() error { return e.Err }

// String returns the name of the service without the key.
func (a API) String() string {
	if a.service.name == "" {
		return "mail API without a service"
	}
	return "mail API of " + a.service.name
}

// GoString does the same as String, so that no format prints the key.
func (a API) GoString() string { return a.String() }

// Check reports everything that is wrong with the fields and with what the
// constructor was given. Send checks them as well; a program calls Check to hear
// of it at its start. It does not ask the service whether the key is valid.
func (a API) Check() error {
	if a.service.request == nil {
		return errors.New("mail: the API was not made by a constructor such as Resend")
	}
	var errs []error
	fail := func(what string) { errs = append(errs, fmt.Errorf("mail: %s: %s", a.service.name, what)) }
	switch {
	case a.key == "":
		fail("the key is missing")
	case strings.ContainsFunc(a.key, func(r rune) bool { return r <= ' ' || r > '~' }):
		fail("the key holds a space, a control character or one beyond ASCII")
	}
	if a.BaseURL != "" && !isBaseURL(a.BaseURL) {
		fail("BaseURL is not an https URL of a host and at most a path")
	}
	if a.service.check != nil {
		if err := a.service.check(); err != nil {
			fail(err.Error())
		}
	}
	return errors.Join(errs...)
}

func isBaseURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil && !strings.ContainsAny(s, "?#")
}

// apiTimeout bounds one mail as a whole.
const apiTimeout = 10 * time.Second

// maxAnswer is how much of an answer is read. An error takes less than a
// hundredth.
const maxAnswer = 64 << 10

// Send hands a message to the service and returns when the service has taken it.
// Its errors are about the message or the fields of a, or an [*APIError].
//
// When the connection breaks before the answer, the mail may arrive although Send
// reports an error.
func (a API) Send(ctx context.Context, m Message) error {
	if err := a.Check(); err != nil {
		return err
	}
	r, err := a.service.request(a.key, m)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, apiTimeout)
	defer cancel()
	response, err := a.post(ctx, r)
	if err != nil {
		return &APIError{Service: a.service.name, Err: causeOf(ctx, err)}
	}
	defer response.Body.Close()
	if response.StatusCode >= 200 && response.StatusCode <= 299 {
		return nil
	}
	// What cannot be read is left out of the error.
	answer, _ := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	code, message := faultOf(answer)
	hidden := newHidden(a.key, r.value, m)
	return &APIError{
		Service: a.service.name, Status: response.StatusCode,
		Code: hidden.clean(code, 60), Message: hidden.clean(message, 200),
	}
}

func (a API) post(ctx context.Context, r apiRequest) (*http.Response, error) {
	base := a.service.baseURL
	if a.BaseURL != "" {
		base = strings.TrimRight(a.BaseURL, "/")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, base+r.path, bytes.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", r.contentType)
	request.Header.Set("User-Agent", "gatehouse")
	request.Header.Set(r.header, r.value)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if a.HTTPClient != nil {
		client.Transport, client.Timeout = a.HTTPClient.Transport, a.HTTPClient.Timeout
	}
	return client.Do(request)
}

// causeOf is the cause of a missing answer without anything that the other side
// wrote.
func causeOf(ctx context.Context, err error) error {
	var certificate *tls.CertificateVerificationError
	var operation *net.OpError
	var timeout net.Error
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &certificate):
		return certificate
	case errors.As(err, &operation):
		return operation
	case errors.As(err, &timeout) && timeout.Timeout():
		return context.DeadlineExceeded
	}
	return ownError("the service broke off or did not answer as HTTP demands")
}

// jsonRequest is a request with a JSON body and a bearer token.
func jsonRequest(path, key string, body any) (apiRequest, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return apiRequest{}, fmt.Errorf("mail: %w", err)
	}
	return apiRequest{
		path: path, contentType: "application/json", body: data,
		header: "Authorization", value: "Bearer " + key,
	}, nil
}

// mailbox writes a sender as "Name <address>" in UTF-8, with the name in quotes
// where it needs them (RFC 5322, section 3.4).
func mailbox(from *netmail.Address) string {
	name := from.Name
	if name == "" {
		return from.Address
	}
	if strings.ContainsAny(name, `()<>[]:;@\,."`) {
		name = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
	}
	return name + " <" + from.Address + ">"
}

// apiHeaders are the headers of the mail that the mails over SMTP have too.
func apiHeaders(m Message) map[string]string {
	// Keeps holiday notices from answering (RFC 3834, section 5).
	headers := map[string]string{"Auto-Submitted": "auto-generated"}
	if m.Language != "" {
		headers["Content-Language"] = m.Language
	}
	return headers
}

// faultOf reads the code and the message of an error, in the forms that the
// services have for it. Both are "" when the answer is not JSON.
func faultOf(answer []byte) (code, message string) {
	type fault struct {
		Name      string // Resend
		ErrorCode int64  // Postmark
		Message   string // all but SendGrid
		Error     json.RawMessage
		Errors    []struct{ Field, Message string } // SendGrid
	}
	var f fault
	// A member of another type is left out; the others count.
	_ = json.Unmarshal(answer, &f)
	code, message = f.Name, f.Message
	if f.ErrorCode != 0 {
		code = strconv.FormatInt(f.ErrorCode, 10)
	}
	if len(f.Errors) > 0 {
		code, message = f.Errors[0].Field, f.Errors[0].Message
	}
	if message == "" && len(f.Error) > 0 { // Loops: a text, or an object with a message
		var inner struct{ Message string }
		_ = json.Unmarshal(f.Error, &message)
		_ = json.Unmarshal(f.Error, &inner)
		message += inner.Message
	}
	return code, message
}

// hidden is what must not stand in an error.
type hidden struct {
	secrets []string // of which no part may be seen
	to      string
}

func newHidden(key, credentials string, m Message) hidden {
	h := hidden{secrets: []string{key, credentials}, to: strings.ToLower(m.To)}
	if link, err := url.Parse(m.Link); err == nil {
		for name, values := range link.Query() {
			for _, value := range values {
				// An address or a URL shares its domain with what the
				// operator should read; holds knows both by their form.
				if name == "token" || !strings.ContainsAny(value, "@/") {
					h.secrets = append(h.secrets, value)
				}
			}
		}
	}
	return h
}

// clean makes a text of a service one line of at most about length bytes, without
// the words that could be a part of something hidden.
func (h hidden) clean(s string, length int) string {
	s = strings.ToValidUTF8(s, " ")
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
	var b strings.Builder
	for word := range strings.FieldsSeq(s) {
		if h.holds(word) {
			word = "..."
		}
		if b.Len()+len(word) > length {
			b.WriteString(" ...")
			break
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
	return strings.TrimSpace(b.String())
}

// maxWord is the length of the longest word that a service's message is expected
// to have. A sign-in token is longer.
const maxWord = 40

// maxShared is how much of a secret may stand in a word by chance.
const maxShared = 6

func (h hidden) holds(word string) bool {
	lower := strings.ToLower(word)
	if len(word) > maxWord || strings.Contains(lower, "@") || strings.Contains(lower, "%40") ||
		strings.Contains(lower, "://") || h.to != "" && strings.Contains(lower, h.to) {
		return true
	}
	for _, secret := range h.secrets {
		secret = strings.ToLower(secret)
		if len(secret) >= 4 && strings.Contains(lower, secret) {
			return true
		}
		for i := 0; i+maxShared < len(lower); i++ {
			if strings.Contains(secret, lower[i:i+maxShared+1]) {
				return true
			}
		}
	}
	return false
}
