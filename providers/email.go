package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Email signs people in by a link that the sender mails to them, with the ID
// "email". There is nothing to register and no callback URL to enter anywhere;
// the links lead to <base>/callback/email. It needs an adapter. Set From to the
// address that the mails come from, unless the sender has one of its own, and
// MaxAge to change how long a link works (24 hours). Package mail has a sender
// for SMTP.
func Email(sender auth.VerificationSender) auth.EmailProvider {
	return auth.EmailProvider{ID: "email", Sender: sender}
}

func emailDefinition() Definition {
	return Definition{
		ID:      "email",
		Aliases: []string{"nodemailer"},
		Name:    "Email",
		Kind:    KindEmail,
		Options: []Option{
			{Name: "sender", Required: true, What: "What delivers the mails.", Where: "Package mail has a sender for SMTP"},
			{Name: "from", What: "The address that the mails come from.", Where: "The application"},
		},
		Notes: []string{"It needs an adapter."},
		New: func(o Options) (auth.Provider, error) {
			p := Email(o.Sender)
			p.From = o.From
			return p, nil
		},
	}
}
