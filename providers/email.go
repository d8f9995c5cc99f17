package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Email signs people in by a link that the sender mails to them, with the ID
// "email". There is nothing to register and no callback URL to enter anywhere;
// the links lead to <base>/callback/email. It needs an adapter. Set From to the
// address that the mails come from, unless the sender has one of its own, and
// MaxAge to change how long a link works (24 hours). Package mail has senders
// for SMTP and for the APIs of mail services.
func Email(sender auth.VerificationSender) auth.EmailProvider {
	return auth.EmailProvider{ID: "email", Sender: sender}
}

func emailDefinition() Definition {
	return Definition{
		ID:      "email",
		Aliases: []string{"nodemailer"},
		Name:    "Email",
		Kind:    KindEmail,
		Options: senderOptions(`mail.New(mail.SMTP{Host: "mail.example.com", Username: "noreply", Password: os.Getenv("SMTP_PASSWORD")})`,
			"Package mail has senders for SMTP and for the APIs of mail services"),
		Notes: []string{"It needs an adapter."},
		New:   newMail(Email),
	}
}
