package mail

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/textproto"
)

// Step is a part of the conversation with a mail server.
type Step string

// The steps, in order.
const (
	StepConnect   Step = "connect"
	StepTLS       Step = "tls"
	StepGreeting  Step = "greeting"
	StepHello     Step = "hello"
	StepAuth      Step = "auth"
	StepSender    Step = "sender"
	StepRecipient Step = "recipient"
	StepData      Step = "data"
)

// SMTPError reports that a mail server could not be reached or refused a mail.
// It holds nothing that the server wrote beside the reply code, as servers like
// to repeat what they refuse: the link, an address, even the password.
type SMTPError struct {
	// Step is where the conversation ended.
	Step Step
	// Code is the server's reply code (RFC 5321, section 4.2), or 0 when it
	// did not answer. Codes from 500 on will not change by trying again.
	Code int
	// Err is the cause when it is not a reply: the end of the context, a
	// network error, a certificate that is not trusted.
	Err error
}

func (e *SMTPError) Error() string {
	if e.Code != 0 {
		return fmt.Sprintf("mail: smtp: %s: refused with code %d", e.Step, e.Code)
	}
	return fmt.Sprintf("mail: smtp: %s: %v", e.Step, e.Err)
}

// Unwrap returns Err.
func (e *SMTPError) Unwrap() error { return e.Err }

// ownError is a cause that was found on this side.
type ownError string

func (e ownError) Error() string { return string(e) }

func newSMTPError(ctx context.Context, step Step, err error) *SMTPError {
	var reply *textproto.Error
	var own ownError
	var protocol textproto.ProtocolError
	var encoding base64.CorruptInputError
	switch {
	case ctx.Err() != nil:
		return &SMTPError{Step: step, Err: ctx.Err()}
	case errors.As(err, &reply):
		return &SMTPError{Step: step, Code: reply.Code}
	case errors.As(err, &own):
		return &SMTPError{Step: step, Err: own}
	case errors.As(err, &protocol), errors.As(err, &encoding), step == StepAuth:
		return &SMTPError{Step: step, Err: ownError("the server broke off or did not answer as SMTP demands")}
	}
	return &SMTPError{Step: step, Err: err}
}
