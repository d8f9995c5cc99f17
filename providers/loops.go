package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Loops signs people in by a link that the sender mails to them through the
// API of Loops, with the ID "loops". The sender is mail.New(mail.Loops(apiKey,
// transactionalID)), and the key comes from
// https://app.loops.so/settings?page=api. There is no callback URL to enter
// anywhere; the links lead to <base>/callback/loops. It needs an adapter. The
// address that the mails come from is set at Loops. Set MaxAge to change how
// long a link works (24 hours), and Name to "" for a sign-in page that does
// not name the service.
// Documentation: https://loops.so/docs/api-reference/send-transactional-email
func Loops(sender auth.VerificationSender) auth.EmailProvider {
	return auth.EmailProvider{ID: "loops", Name: "Loops", Sender: sender}
}

func loopsDefinition() Definition {
	return Definition{
		ID:               "loops",
		Name:             "Loops",
		Kind:             KindEmail,
		Options:          senderOptions("mail.New(mail.Loops(apiKey, transactionalID))", "Package mail")[:1],
		ConsoleURL:       "https://app.loops.so/settings?page=api",
		DocumentationURL: "https://loops.so/docs/api-reference/send-transactional-email",
		Notes: []string{
			"The sender is mail.New(mail.Loops(apiKey, transactionalID)) of package mail.",
			"The text of the mail and the address that it comes from are those of a transactional mail that is written and published at Loops.",
			"That mail has the data variable \"url\", the link, and no other one that is required.",
			"It needs an adapter.",
		},
		New: newMail(Loops),
	}
}
