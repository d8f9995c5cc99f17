package settings

import (
	"errors"
	"fmt"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/mail"
	"github.com/gatehouse-auth/gatehouse/providers"
)

// mailOptions are what a mail service is set up with.
type mailOptions struct {
	providers.Options
	transactionalID string
}

// mailOption is an option of a mail service: its name in package providers, the
// end of its variable where that package does not have it, and what it is.
type mailOption struct {
	name, ending, what string
	required           bool
}

// mailService is the HTTP API of a mail service.
type mailService struct {
	id      string
	options []mailOption
	api     func(o mailOptions) mail.API
}

// mailServices are all mail services, in the order of the sign-in page. Package
// providers cannot build them from the environment, because it does not link
// package mail.
func mailServices() []mailService {
	key := func(what string) mailOption { return mailOption{name: "apiKey", what: what, required: true} }
	from := mailOption{name: "from", what: "The address that its mails come from. The default is AUTH_EMAIL_FROM."}
	base := func(what string) mailOption { return mailOption{name: "baseUrl", what: what} }
	return []mailService{
		{"forwardemail", []mailOption{key("Sign-in by mail through Forward Email: its API key."), from},
			func(o mailOptions) mail.API { return mail.ForwardEmail(o.APIKey) }},
		{"loops", []mailOption{
			key("Sign-in by mail through Loops: its API key."),
			{name: "transactionalId", ending: "TRANSACTIONAL_ID", what: "The id of the transactional mail at Loops.", required: true}},
			func(o mailOptions) mail.API { return mail.Loops(o.APIKey, o.transactionalID) }},
		{"mailgun", []mailOption{
			key("Sign-in by mail through Mailgun: its API key."), from,
			{name: "domain", what: "The sending domain at Mailgun. The default is the domain of the address that mails come from."},
			base("The address of its API, " + mail.MailgunEU + " for domains of the EU region.")},
			func(o mailOptions) mail.API { return mail.Mailgun(o.Domain, o.APIKey) }},
		{"postmark", []mailOption{key("Sign-in by mail through Postmark: its server token."), from},
			func(o mailOptions) mail.API { return mail.Postmark(o.APIKey) }},
		{"resend", []mailOption{key("Sign-in by mail through Resend: its API key."), from},
			func(o mailOptions) mail.API { return mail.Resend(o.APIKey) }},
		{"sendgrid", []mailOption{
			key("Sign-in by mail through SendGrid: its API key."), from,
			base("The address of its API, " + mail.SendGridEU + " for subusers in the EU.")},
			func(o mailOptions) mail.API { return mail.SendGrid(o.APIKey) }},
	}
}

// variable is the name of the variable for an option.
func (s mailService) variable(o mailOption) string {
	if o.ending != "" {
		return providerPrefix(s.id) + o.ending
	}
	return providers.Variable(s.id, o.name)
}

// has reports whether a service has an option.
func (s mailService) has(name string) bool {
	for _, o := range s.options {
		if o.name == name {
			return true
		}
	}
	return false
}

// read builds the provider of a service. It is nil when none of its variables is
// set or something is wrong with them.
func (s mailService) read(e Environment, found *problems) auth.Provider {
	var o mailOptions
	var missing []mailOption
	configured := false
	for _, option := range s.options {
		value, _ := e.read(s.variable(option))
		switch {
		case value == "" && option.required:
			missing = append(missing, option)
		case option.ending != "":
			o.transactionalID = value
		case value != "":
			if err := o.Set(option.name, value); err != nil {
				found.add(s.variable(option), err.Error(), "leave it out")
			}
		}
		configured = configured || value != ""
	}
	if !configured {
		return nil
	}
	for _, option := range missing {
		found.add(s.variable(option), "is not set, but other variables of "+s.id+" are", "set it, or remove all variables that begin with "+providerPrefix(s.id))
	}
	if o.From == "" {
		o.From, _ = e.read(varEmailFrom)
	}
	if o.Domain == "" && s.has("domain") {
		_, domain, _ := strings.Cut(o.From, "@")
		o.Domain = strings.TrimSuffix(domain, ">")
	}
	if len(missing) > 0 {
		return nil
	}
	api := s.api(o)
	api.BaseURL = o.BaseURL
	o.Sender = mail.New(api)
	p, err := providers.ByID(s.id, o.Options)
	if err = errors.Join(api.Check(), err); err != nil {
		for _, one := range each(err) {
			why := strings.TrimPrefix(strings.TrimPrefix(one.Error(), "mail: "), "providers: ")
			found.add(providerPrefix(s.id)+"*", strings.TrimPrefix(why, s.id+": "), "docs/serve.md says what each of them is")
		}
		return nil
	}
	return p
}

// readMailServer builds the provider that mails through a mail server. It is nil
// when there is none or its address is wrong.
func readMailServer(e Environment, found *problems) auth.Provider {
	address, name := e.read(varEmailServer)
	if address == "" {
		return nil
	}
	server, err := mail.ParseSMTP(address)
	if err != nil {
		parts := strings.NewReplacer("mail: ", "", "SMTP.Host", "the host", "SMTP.Port", "the port", "SMTP.Username", "the user", "SMTP.Password", "the password")
		for _, one := range each(err) {
			found.add(name, parts.Replace(one.Error()), "write it like smtp://user:password@mail.example.com:587")
		}
		return nil
	}
	p := providers.Email(mail.New(server))
	p.From, _ = e.read(varEmailFrom)
	return p
}

// readMail builds every provider that mails links.
func readMail(e Environment, found *problems) []auth.Provider {
	var all []auth.Provider
	before := len(*found)
	if p := readMailServer(e, found); p != nil {
		all = append(all, p)
	}
	for _, s := range mailServices() {
		if p := s.read(e, found); p != nil {
			all = append(all, p)
		}
	}
	if from, name := e.read(varEmailFrom); from != "" && len(all) == 0 && len(*found) == before {
		found.add(name, "is set, but nothing sends mail", "set "+varEmailServer+" or the key of a mail service, such as AUTH_RESEND_KEY, or remove it")
	}
	return all
}

// sentBy describes what delivers mails, without passwords and keys.
func sentBy(s auth.VerificationSender) string {
	if m, ok := s.(*mail.Mailer); ok {
		return fmt.Sprint(m.Transport)
	}
	return ""
}

// MailVariables returns the variables of the mail services. The one that turns a
// service on comes before the others.
func MailVariables() []Variable {
	var all []Variable
	for _, s := range mailServices() {
		for _, o := range s.options {
			all = append(all, Variable{[]string{s.variable(o)}, o.what})
		}
	}
	return all
}
