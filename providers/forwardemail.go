package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// ForwardEmail signs people in by a link that the sender mails to them through
// the API of Forward Email, with the ID "forwardemail". The sender is
// mail.New(mail.ForwardEmail(apiKey)), and the key comes from
// https://forwardemail.net/my-account/domains. There is no callback URL to
// enter anywhere; the links lead to <base>/callback/forwardemail. It needs an
// adapter. Set From to the address that the mails come from, MaxAge to change
// how long a link works (24 hours), and Name to "" for a sign-in page that
// does not name the service.
// Documentation: https://forwardemail.net/en/email-api
func ForwardEmail(sender auth.VerificationSender) auth.EmailProvider {
	return auth.EmailProvider{ID: "forwardemail", Name: "Forward Email", Sender: sender}
}

func forwardEmailDefinition() Definition {
	return Definition{
		ID:               "forwardemail",
		Name:             "Forward Email",
		Kind:             KindEmail,
		Options:          senderOptions("mail.New(mail.ForwardEmail(apiKey))", "Package mail"),
		ConsoleURL:       "https://forwardemail.net/my-account/domains",
		DocumentationURL: "https://forwardemail.net/en/email-api",
		Notes: []string{
			"The sender is mail.New(mail.ForwardEmail(apiKey)) of package mail.",
			"The domain of the address that the mails come from must be set up for outbound mail at Forward Email.",
			"It needs an adapter.",
		},
		New: newMail(ForwardEmail),
	}
}
