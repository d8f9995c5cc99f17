// Package mail builds sign-in mails and sends them by SMTP or the API of a mail
// service.
//
// [Mailer] is what an e-mail provider needs; it builds a message with
// [SignInMessage] and hands it to a [Transport]. [SMTP] is the transport for
// mail servers and [API] that for the HTTP APIs of mail services; anything else
// that sends mail becomes one by implementing its one method.
//
// No error of this package holds a link, a password, a key, an address or what a
// mail server wrote, and of what an API wrote only the code and the message
// without such words, so that errors can be logged as they are.
package mail

import (
	"context"
	"errors"
	"fmt"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Message is one mail to one recipient, in two forms with the same content.
type Message struct {
	// From is the sender, "Name <address>" or the address alone.
	From string
	// To is the recipient: one plain addr-spec (RFC 5322, section 3.4.1)
	// without a name, quotes or comments.
	To      string
	Subject string
	// Language is the tag (BCP 47) of the language that Text and HTML are
	// written in. Empty means that the mail does not say.
	Language string
	// Text is the plain text. Required. Lines end in "\n".
	Text string
	// HTML is the same as an HTML document. Without it the mail has text
	// alone.
	HTML string
	// Link is the sign-in link that stands in Text and HTML, for transports that
	// have a text of their own, such as [Loops]. The others do not send it.
	Link string
}

// Transport delivers messages. Send returns nil once the mail is accepted for
// delivery; it does not wait until it is in the mailbox. It stops when the
// context ends. Its errors hold nothing that must not be logged. It may be
// called at the same time from many goroutines.
type Transport interface {
	Send(ctx context.Context, m Message) error
}

// Mailer sends sign-in links. It implements [auth.VerificationSender].
type Mailer struct {
	// Transport delivers the mails. Required.
	Transport Transport
}

var _ auth.VerificationSender = (*Mailer)(nil)

// New returns a Mailer that sends through t.
func New(t Transport) *Mailer { return &Mailer{Transport: t} }

// SendVerificationRequest builds the mail with [SignInMessage] and sends it.
func (m *Mailer) SendVerificationRequest(ctx context.Context, r auth.VerificationRequest) error {
	if m.Transport == nil {
		return errors.New("mail: the Mailer has no Transport")
	}
	message, err := SignInMessage(r)
	if err != nil {
		return err
	}
	if err := m.Transport.Send(ctx, message); err != nil {
		return fmt.Errorf("mail: sending a sign-in link: %w", err)
	}
	return nil
}
