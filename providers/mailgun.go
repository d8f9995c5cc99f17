package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Mailgun signs people in by a link that the sender mails to them through the
// API of Mailgun, with the ID "mailgun". The sender is
// mail.New(mail.Mailgun(domain, apiKey)), and the key comes from
// https://app.mailgun.com/settings/api_security. There is no callback URL to
// enter anywhere; the links lead to <base>/callback/mailgun. It needs an
// adapter. Set From to the address that the mails come from, MaxAge to change
// how long a link works (24 hours), and Name to "" for a sign-in page that
// does not name the service.
// Documentation: https://documentation.mailgun.com/docs/mailgun/user-manual/sending-messages/send-http
func Mailgun(sender auth.VerificationSender) auth.EmailProvider {
	return auth.EmailProvider{ID: "mailgun", Name: "Mailgun", Sender: sender}
}

func mailgunDefinition() Definition {
	return Definition{
		ID:               "mailgun",
		Name:             "Mailgun",
		Kind:             KindEmail,
		Options:          senderOptions("mail.New(mail.Mailgun(domain, apiKey))", "Package mail"),
		ConsoleURL:       "https://app.mailgun.com/settings/api_security",
		DocumentationURL: "https://documentation.mailgun.com/docs/mailgun/user-manual/sending-messages/send-http",
		Notes: []string{
			"The sender is mail.New(mail.Mailgun(domain, apiKey)) of package mail.",
			"A domain of the EU region needs mail.MailgunEU as the BaseURL of the sender.",
			"It needs an adapter.",
		},
		New: newMail(Mailgun),
	}
}
