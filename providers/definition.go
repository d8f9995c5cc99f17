package providers

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Kind is what a provider speaks.
type Kind string

// The kinds of providers.
const (
	KindOAuth1      Kind = "oauth1"
	KindOAuth2      Kind = "oauth2"
	KindOIDC        Kind = "oidc"
	KindEmail       Kind = "email"
	KindCredentials Kind = "credentials"
)

// Definition describes a provider of the catalogue, for programs that choose
// providers by name.
type Definition struct {
	// ID is the provider's id, and Aliases are further names of it. See [ByID]
	// for what a provider that is built under an alias is called.
	ID      string
	Aliases []string
	// Name is what the sign-in page shows.
	Name string
	Kind Kind
	// Options are what the provider is built from, the most important first.
	Options []Option
	// ConsoleURL is where an application is registered. It is empty for
	// providers that everybody hosts at an address of their own.
	ConsoleURL string
	// DocumentationURL is the provider's own documentation.
	DocumentationURL string
	// Notes are what somebody who sets the provider up should know, one
	// sentence each.
	Notes []string
	// New builds the provider. [ByID] calls it when all required options are
	// there.
	New func(o Options) (auth.Provider, error)
}

// Option is something that a provider is built from.
type Option struct {
	// Name is that of a field of [Options], in the form "clientId".
	Name string
	// Required says that the provider cannot be built without it, unless all
	// options that Unless names are there.
	Required bool
	Unless   []string
	// What says what it is, and Where the place to find it.
	What  string
	Where string
	// Go is an example of a value, as Go code, for an option that only a Go
	// program can set.
	Go string
}

// Variable returns the name of the environment variable for an option under one
// of the names of a provider: Variable("google", "clientId") is AUTH_GOOGLE_ID.
// It is "" for an option that only a Go program can set.
func Variable(id, option string) string {
	for _, known := range textOptions() {
		if known.name == option {
			return "AUTH_" + strings.ToUpper(strings.ReplaceAll(id, "-", "_")) + "_" + known.variable
		}
	}
	return ""
}

// names are the id and the aliases.
func (d Definition) names() []string {
	return append([]string{d.ID}, d.Aliases...)
}

// missing are the required options that are not there.
func (d Definition) missing(o Options) []Option {
	var missing []Option
	for _, option := range d.Options {
		if option.Required && !o.has(option.Name) && !(len(option.Unless) > 0 && o.hasAll(option.Unless)) {
			missing = append(missing, option)
		}
	}
	return missing
}

// clientOptions are the options of a provider that gives out a client id and a
// client secret.
func clientOptions(where string) []Option {
	return []Option{
		{Name: "clientId", Required: true, What: "The client id of the registered application.", Where: where},
		{Name: "clientSecret", Required: true, What: "The client secret of the registered application.", Where: where},
	}
}

// issuerOptions are the options of a provider that everybody hosts at an address
// of their own.
func issuerOptions(issuer, where string) []Option {
	return append([]Option{{Name: "issuer", Required: true, What: issuer, Where: where}}, clientOptions(where)...)
}

// senderOptions are the options of a provider that mails links, with an example of
// a sender.
func senderOptions(sender, where string) []Option {
	return []Option{
		{Name: "sender", Required: true, What: "What delivers the mails.", Where: where, Go: sender},
		{Name: "from", What: "The address that the mails come from.", Where: "The application"},
	}
}

// newClient is a value for Definition.New.
func newClient(build func(clientID, clientSecret string) auth.OAuthProvider) func(Options) (auth.Provider, error) {
	return func(o Options) (auth.Provider, error) { return build(o.ClientID, o.ClientSecret), nil }
}

// newIssuer is a value for Definition.New.
func newIssuer(build func(issuer, clientID, clientSecret string) auth.OAuthProvider) func(Options) (auth.Provider, error) {
	return func(o Options) (auth.Provider, error) { return build(o.Issuer, o.ClientID, o.ClientSecret), nil }
}

// newMail is a value for Definition.New.
func newMail(build func(auth.VerificationSender) auth.EmailProvider) func(Options) (auth.Provider, error) {
	return func(o Options) (auth.Provider, error) {
		p := build(o.Sender)
		p.From = o.From
		return p, nil
	}
}
