package standin

import (
	"context"
	"fmt"
	"io"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

// Email returns a provider that writes its links to w, where a real one mails
// them: providers.Email(mail.New(mail.SMTP{...})).
func Email(w io.Writer) auth.EmailProvider {
	provider := providers.Email(terminal{w})
	provider.From = "Gatehouse example <sign-in@example.com>"
	return provider
}

// terminal is an [auth.VerificationSender].
type terminal struct{ io.Writer }

func (t terminal) SendVerificationRequest(_ context.Context, r auth.VerificationRequest) error {
	_, err := fmt.Fprintf(t, "\nMail to %s, with the link:\n%s\n", r.Identifier, r.URL)
	return err
}
