package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Resend signs people in by a link that the sender mails to them through the
// API of Resend, with the ID "resend". The sender is
// mail.New(mail.Resend(apiKey)), and the key comes from
// https://resend.com/api-keys. There is no callback URL to enter anywhere; the
// links lead to <base>/callback/resend. It needs an adapter. Set From to the
// address that the mails come from, MaxAge to change how long a link works (24
// hours), and Name to "" for a sign-in page that does not name the service.
// Documentation: https://resend.com/docs/api-reference/emails/send-email
func Resend(sender auth.VerificationSender) auth.EmailProvider {
	return auth.EmailProvider{ID: "resend", Name: "Resend", Sender: sender}
}

func resendDefinition() Definition {
	return Definition{
		ID:               "resend",
		Name:             "Resend",
		Kind:             KindEmail,
		Options:          senderOptions("mail.New(mail.Resend(apiKey))", "Package mail"),
		ConsoleURL:       "https://resend.com/api-keys",
		DocumentationURL: "https://resend.com/docs/api-reference/emails/send-email",
		Notes: []string{
			"The sender is mail.New(mail.Resend(apiKey)) of package mail.",
			"The domain of the address that the mails come from must be verified at Resend.",
			"Click tracking must stay off in the settings of the domain, as it replaces the link.",
			"It needs an adapter.",
		},
		New: newMail(Resend),
	}
}
