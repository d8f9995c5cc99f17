package providers

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

//go:generate go run ./internal/list

// All returns the definitions of all providers, sorted by ID.
func All() []Definition {
	all := definitions()
	slices.SortFunc(all, func(a, b Definition) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// Find returns the definition of a provider by its id or an alias.
func Find(id string) (Definition, bool) {
	for _, d := range definitions() {
		if slices.Contains(d.names(), id) {
			return d, true
		}
	}
	return Definition{}, false
}

// ByID builds a provider by its id or an alias. A provider that is asked for by
// an alias has the alias as its ID, because that is what its accounts are stored
// under and what its callback URL ends in. The error of missing options is a
// *[MissingOptionsError].
func ByID(id string, o Options) (auth.Provider, error) {
	d, ok := Find(id)
	if !ok {
		return nil, fmt.Errorf("providers: there is no provider %q", id)
	}
	if missing := d.missing(o); len(missing) > 0 {
		return nil, &MissingOptionsError{ID: id, Options: missing}
	}
	if err := o.check(id); err != nil {
		return nil, err
	}
	p, err := d.New(o)
	if err != nil {
		return nil, err
	}
	return named(p, id), nil
}

// named returns a provider under another id.
func named(p auth.Provider, id string) auth.Provider {
	switch p := p.(type) {
	case auth.OAuthProvider:
		p.ID = id
		return p
	case auth.EmailProvider:
		p.ID = id
		return p
	case auth.CredentialsProvider:
		p.ID = id
		return p
	}
	return p
}

// MissingOptionsError says which options a provider cannot be built without.
type MissingOptionsError struct {
	// ID is the name under which the provider was asked for.
	ID string
	// Options are what is missing.
	Options []Option
}

// Error names the options and their environment variables.
func (e *MissingOptionsError) Error() string {
	named := func(option string) string {
		if variable := Variable(e.ID, option); variable != "" {
			return option + " (" + variable + ")"
		}
		return option
	}
	missing := make([]string, len(e.Options))
	for i, option := range e.Options {
		missing[i] = named(option.Name)
		if len(option.Unless) > 0 {
			instead := make([]string, len(option.Unless))
			for j, name := range option.Unless {
				instead[j] = named(name)
			}
			missing[i] += ", or instead " + strings.Join(instead, " and ")
		}
	}
	return fmt.Sprintf("providers: %s lacks %s", e.ID, strings.Join(missing, "; "))
}

// FromEnv builds the providers that the environment configures, sorted by ID.
//
// The variables of a provider begin with AUTH_ and its id, in capitals and with
// "_" for "-": AUTH_GITHUB_ID, AUTH_GITHUB_SECRET, AUTH_KEYCLOAK_ISSUER,
// AUTH_AZURE_AD_TENANT_ID. [Variable] tells the name for every option. A
// provider is built when any of its variables is set to more than nothing; when
// a required one is missing, the error says which. Providers that need what only
// a Go program can set, such as [Email], are left out.
//
// A provider may be built under its id and under an alias, such as azure-ad and
// microsoft-entra-id, for two clients, issuers or tenants. One client under two
// names is an error that names both variables: it would have two buttons, and the
// accounts of somebody who takes the other one would not be found.
func FromEnv() ([]auth.Provider, error) {
	return FromLookup(os.LookupEnv)
}

// FromLookup is [FromEnv] with variables from elsewhere. The errors of all
// providers are joined.
func FromLookup(lookup func(variable string) (string, bool)) ([]auth.Provider, error) {
	var found []auth.Provider
	var problems []error
	names := map[client]string{}
	for _, id := range configurable() {
		o, configured := optionsFrom(lookup, id)
		if !configured {
			continue
		}
		p, err := ByID(id, o)
		if err == nil {
			err = sameClient(names, id, o)
		}
		if err != nil {
			problems = append(problems, err)
			continue
		}
		found = append(found, p)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return found, nil
}

// client is what a provider tells one client from another by.
type client struct{ definition, clientID, issuer, tenantID string }

// sameClient notes under which name a client was configured. It fails when there
// was another name already.
func sameClient(names map[client]string, id string, o Options) error {
	d, _ := Find(id)
	key := client{d.ID, o.ClientID, o.Issuer, o.TenantID}
	if other, ok := names[key]; ok {
		return fmt.Errorf("providers: %s and %s are the same client of %s under two names; keep the variables of the name that accounts are stored under",
			Variable(other, "clientId"), Variable(id, "clientId"), d.Name)
	}
	names[key] = id
	return nil
}

// configurable are the ids and aliases, sorted, of the providers that can be
// built from text alone.
func configurable() []string {
	var ids []string
	for _, d := range definitions() {
		onlyGo := func(o Option) bool { return o.Required && Variable(d.ID, o.Name) == "" }
		if !slices.ContainsFunc(d.Options, onlyGo) {
			ids = append(ids, d.names()...)
		}
	}
	slices.Sort(ids)
	return ids
}

// optionsFrom reads the options of a provider, and reports whether there were
// any.
func optionsFrom(lookup func(string) (string, bool), id string) (o Options, configured bool) {
	d, _ := Find(id)
	for _, option := range d.Options {
		value, _ := lookup(Variable(id, option.Name))
		value = strings.TrimSpace(value) // a mounted secret ends in a line break
		if value == "" || o.Set(option.Name, value) != nil {
			continue
		}
		configured = true
	}
	return o, configured
}

// MapProfile returns the user that a document of a provider becomes: its userinfo
// answer, or the claims of an ID token. Where the provider wraps profiles, the
// document may be the whole answer or the profile inside. Tokens may be nil. A
// provider without a function for profiles has the mapping of [auth.OAuthProvider].
func MapProfile(p auth.OAuthProvider, document auth.Profile, tokens auth.Tokens) (auth.User, error) {
	if inner, ok := valueAt(document, p.ProfilePath); ok {
		if object, ok := inner.(map[string]any); ok {
			document = object
		}
	}
	if p.Profile == nil {
		return openIDProfile(document, tokens)
	}
	return p.Profile(document, tokens)
}
