package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Postmark signs people in by a link that the sender mails to them through the
// API of Postmark, with the ID "postmark". The sender is
// mail.New(mail.Postmark(serverToken)), and the key comes from
// https://account.postmarkapp.com/servers. There is no callback URL to enter
// anywhere; the links lead to <base>/callback/postmark. It needs an adapter.
// Set From to the address that the mails come from, MaxAge to change how long
// a link works (24 hours), and Name to "" for a sign-in page that does not
// name the service.
// Documentation: https://postmarkapp.com/developer/api/email-api
func Postmark(sender auth.VerificationSender) auth.EmailProvider {
	return auth.EmailProvider{ID: "postmark", Name: "Postmark", Sender: sender}
}

func postmarkDefinition() Definition {
	return Definition{
		ID:               "postmark",
		Name:             "Postmark",
		Kind:             KindEmail,
		Options:          senderOptions("mail.New(mail.Postmark(serverToken))", "Package mail"),
		ConsoleURL:       "https://account.postmarkapp.com/servers",
		DocumentationURL: "https://postmarkapp.com/developer/api/email-api",
		Notes: []string{
			"The sender is mail.New(mail.Postmark(serverToken)) of package mail.",
			"The token is that of a server, not that of the account.",
			"The address that the mails come from must be a confirmed sender signature or belong to a verified domain.",
			"It needs an adapter.",
		},
		New: newMail(Postmark),
	}
}
