package providers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Options are what [ByID] builds a provider from. Which of them a provider needs
// is in its [Definition]; the others are ignored.
type Options struct {
	// ClientID and ClientSecret are what the provider's console gave out.
	ClientID, ClientSecret string
	// Issuer is the address of the provider's own server or tenant.
	Issuer string

	// TenantID is the directory or tenant whose people sign in.
	TenantID string
	// UserFlow is the name of a sign-in flow of the tenant.
	UserFlow string
	// AccountID is the customer's account, which is part of addresses.
	AccountID string
	// Domain is a host name that belongs to the customer.
	Domain string
	// BaseURL is the address of a server that somebody hosts themselves, for
	// providers that exist as a public service too.
	BaseURL string
	// AuthorizationURL, TokenURL and UserinfoURL are endpoints, for providers
	// whose own cannot be known.
	AuthorizationURL, TokenURL, UserinfoURL string
	// Platform and Version choose between variants of a provider.
	Platform, Version string
	// Connection is the identity provider behind the provider.
	Connection string
	// AgentID is the application's id within the customer's account.
	AgentID string
	// APIVersion is the version of the provider's interface.
	APIVersion string

	// TeamID, KeyID and PrivateKey, the PEM text of a key, make client secrets.
	TeamID, KeyID, PrivateKey string

	// APIKey is a key for the provider's interface.
	APIKey string
	// From is the address that sign-in mails come from.
	From string

	// Sender delivers sign-in mails. Only a Go program can set it.
	Sender auth.VerificationSender
	// Authorize and Fields are those of [Credentials]. Only a Go program can
	// set them.
	Authorize func(ctx context.Context, credentials auth.Credentials, r *http.Request) (*auth.User, error)
	Fields    []auth.Field
}

// textOption is an option that can be written down: by its name in a
// configuration, and by the end of its environment variable's name.
type textOption struct {
	name, variable string
	value          func(o *Options) *string
}

func textOptions() []textOption {
	return []textOption{
		{"clientId", "ID", func(o *Options) *string { return &o.ClientID }},
		{"clientSecret", "SECRET", func(o *Options) *string { return &o.ClientSecret }},
		{"issuer", "ISSUER", func(o *Options) *string { return &o.Issuer }},
		{"tenantId", "TENANT_ID", func(o *Options) *string { return &o.TenantID }},
		{"userFlow", "USER_FLOW", func(o *Options) *string { return &o.UserFlow }},
		{"accountId", "ACCOUNT_ID", func(o *Options) *string { return &o.AccountID }},
		{"domain", "DOMAIN", func(o *Options) *string { return &o.Domain }},
		{"baseUrl", "BASE_URL", func(o *Options) *string { return &o.BaseURL }},
		{"authorizationUrl", "AUTHORIZATION_URL", func(o *Options) *string { return &o.AuthorizationURL }},
		{"tokenUrl", "TOKEN_URL", func(o *Options) *string { return &o.TokenURL }},
		{"userinfoUrl", "USERINFO_URL", func(o *Options) *string { return &o.UserinfoURL }},
		{"platform", "PLATFORM", func(o *Options) *string { return &o.Platform }},
		{"version", "VERSION", func(o *Options) *string { return &o.Version }},
		{"connection", "CONNECTION", func(o *Options) *string { return &o.Connection }},
		{"agentId", "AGENT_ID", func(o *Options) *string { return &o.AgentID }},
		{"apiVersion", "API_VERSION", func(o *Options) *string { return &o.APIVersion }},
		{"teamId", "TEAM_ID", func(o *Options) *string { return &o.TeamID }},
		{"keyId", "KEY_ID", func(o *Options) *string { return &o.KeyID }},
		{"privateKey", "PRIVATE_KEY", func(o *Options) *string { return &o.PrivateKey }},
		{"apiKey", "KEY", func(o *Options) *string { return &o.APIKey }},
		{"from", "FROM", func(o *Options) *string { return &o.From }},
	}
}

// Set sets the option of a name, such as "clientId". It fails when there is no
// such option, or when only a Go program can set it.
func (o *Options) Set(name, value string) error {
	for _, option := range textOptions() {
		if option.name == name {
			*option.value(o) = value
			return nil
		}
	}
	return fmt.Errorf("providers: there is no option %q", name)
}

// has reports whether an option is there.
func (o *Options) has(name string) bool {
	switch name {
	case "sender":
		return o.Sender != nil
	case "authorize":
		return o.Authorize != nil
	case "fields":
		return o.Fields != nil
	}
	for _, option := range textOptions() {
		if option.name == name {
			return *option.value(o) != ""
		}
	}
	return false
}

func (o *Options) hasAll(names []string) bool {
	for _, name := range names {
		if !o.has(name) {
			return false
		}
	}
	return true
}

// label is what may stand between two slashes or dots of an address.
var label = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// check refuses values that would change the host of an address which they become
// a part of, so that the client secret cannot go to somebody else.
func (o Options) check(id string) error {
	var errs []error
	refuse := func(option, value, what string) {
		errs = append(errs, fmt.Errorf("providers: %s: %s is %q; write %s", id, option, value, what))
	}
	for _, one := range []struct{ option, value string }{{"accountId", o.AccountID}, {"userFlow", o.UserFlow}} {
		if one.value != "" && !label.MatchString(one.value) {
			refuse(one.option, one.value, "the name alone, of letters, digits, hyphens and underscores")
		}
	}
	for _, one := range []struct{ option, value string }{{"domain", o.Domain}, {"tenantId", o.TenantID}} {
		if one.value == "" {
			continue
		}
		for part := range strings.SplitSeq(one.value, ".") {
			if !label.MatchString(part) {
				refuse(one.option, one.value, `the name alone, such as "customer.example", without https:// and slashes`)
				break
			}
		}
	}
	return errors.Join(errs...)
}
