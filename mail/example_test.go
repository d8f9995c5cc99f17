package mail_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/mail"
	"github.com/gatehouse-auth/gatehouse/providers"
)

func Example() {
	server, err := mail.ParseSMTP("smtp://user:p%40ss@mail.example.com:587")
	if err != nil {
		log.Fatal(err)
	}
	provider := auth.EmailProvider{
		From:   "Example <noreply@example.com>",
		Sender: mail.New(server),
	}
	fmt.Println(provider.From)
	// Output: Example <noreply@example.com>
}

func ExampleSMTP() {
	server := mail.SMTP{
		Host:     "mail.example.com",
		Username: "noreply",
		Password: os.Getenv("SMTP_PASSWORD"),
		Timeout:  5 * time.Second,
	}
	fmt.Println(server)
	// Output: smtp server mail.example.com:587
}

func ExampleMailgun() {
	service := mail.Mailgun("mg.example.com", os.Getenv("MAILGUN_KEY"))
	service.BaseURL = mail.MailgunEU
	provider := providers.Mailgun(mail.New(service))
	provider.From = "Example <noreply@mg.example.com>"
	fmt.Println(provider.ID, service)
	// Output: mailgun mail API of mailgun
}

func ExampleParseSMTP() {
	server, err := mail.ParseSMTP("smtps://user:secret@mail.example.com")
	fmt.Println(server, err)
	// Output: smtp server mail.example.com:465 <nil>
}

func ExampleSignInMessage() {
	m, err := mail.SignInMessage(auth.VerificationRequest{
		Identifier: "ada@example.com",
		From:       "noreply@example.com",
		Host:       "example.com",
		URL:        "https://example.com/api/auth/callback/email?token=t&email=ada%40example.com",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Subject)
	fmt.Print(strings.ReplaceAll(m.Text, "\u200b", "")) // without the invisible spaces of the host
	// Output:
	// Your sign-in link for example.com
	// Open this link to sign in to example.com:
	// https://example.com/api/auth/callback/email?token=t&email=ada%40example.com
	//
	// You asked for a link to sign in. It works once.
	// If you did not ask for this mail, ignore it: without the link nobody gets in. Do not forward it.
}

// console prints mails instead of sending them.
type console struct{}

func (console) Send(ctx context.Context, m mail.Message) error {
	fmt.Println("to", m.To)
	return ctx.Err()
}

func ExampleNew() {
	mailer := mail.New(console{})
	err := mailer.SendVerificationRequest(context.Background(), auth.VerificationRequest{
		Identifier: "ada@example.com",
		From:       "noreply@example.com",
		Host:       "example.com",
		URL:        "https://example.com/api/auth/callback/email?token=t",
	})
	fmt.Println(err)
	// Output:
	// to ada@example.com
	// <nil>
}
