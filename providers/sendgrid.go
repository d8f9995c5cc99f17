package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// SendGrid signs people in by a link that the sender mails to them through the
// API of SendGrid, with the ID "sendgrid". The sender is
// mail.New(mail.SendGrid(apiKey)), and the key comes from
// https://app.sendgrid.com/settings/api_keys. There is no callback URL to
// enter anywhere; the links lead to <base>/callback/sendgrid. It needs an
// adapter. Set From to the address that the mails come from, MaxAge to change
// how long a link works (24 hours), and Name to "" for a sign-in page that
// does not name the service.
// Documentation: https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send
func SendGrid(sender auth.VerificationSender) auth.EmailProvider {
	return auth.EmailProvider{ID: "sendgrid", Name: "SendGrid", Sender: sender}
}

func sendGridDefinition() Definition {
	return Definition{
		ID:               "sendgrid",
		Name:             "SendGrid",
		Kind:             KindEmail,
		Options:          senderOptions("mail.New(mail.SendGrid(apiKey))", "Package mail"),
		ConsoleURL:       "https://app.sendgrid.com/settings/api_keys",
		DocumentationURL: "https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send",
		Notes: []string{
			"The sender is mail.New(mail.SendGrid(apiKey)) of package mail.",
			"The key needs the permission \"Mail Send\".",
			"The address that the mails come from must be a verified sender or belong to an authenticated domain.",
			"It needs an adapter.",
		},
		New: newMail(SendGrid),
	}
}
