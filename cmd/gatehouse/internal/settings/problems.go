package settings

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

// Problem is a mistake in the environment.
type Problem struct {
	// Variable is the variable that is wrong or missing, or what several of
	// them set up: "AUTH_URL", "AUTH_MAILGUN_*" or "provider github".
	Variable string
	// Reason says what is wrong with it, and never what a secret one holds.
	Reason string
	// Fix says what to do.
	Fix string
}

// Error reports every mistake in the environment.
type Error struct {
	Problems []Problem
}

// Error has a line for each mistake and a line for what to do about it.
func (e *Error) Error() string {
	var b strings.Builder
	if len(e.Problems) == 1 {
		b.WriteString("one setting is wrong:")
	} else {
		fmt.Fprintf(&b, "%d settings are wrong:", len(e.Problems))
	}
	for _, p := range e.Problems {
		fmt.Fprintf(&b, "\n  %s: %s\n      %s", p.Variable, p.Reason, p.Fix)
	}
	return b.String()
}

// problems collects what is wrong.
type problems []Problem

func (p *problems) add(variable, reason, fix string) {
	*p = append(*p, Problem{variable, reason, fix})
}

// err is an *[Error], or nil when nothing is wrong.
func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return &Error{p}
}

// addConfig adds the problems that auth.New found, by the variables behind the
// fields of the configuration.
func (p *problems) addConfig(err error, s sources) {
	for _, one := range each(err) {
		var wrong *auth.ConfigError
		if !errors.As(one, &wrong) {
			p.add("the settings", one.Error(), "this is a fault of the program: please report it")
			continue
		}
		if s.known[wrong.Field] {
			continue // what is wrong with it has been said
		}
		why, fix := wrong.Reason, wrong.Fix
		for _, empty := range []string{"is empty", "is nil"} {
			if rest, ok := strings.CutPrefix(why, empty); ok {
				why = "is not set" + rest
			}
		}
		if known, ok := fixes[wrong.Field]; ok {
			fix = known
		}
		problem := Problem{s.variable(wrong.Field), s.translate(why), s.translate(fix)}
		if !slices.Contains(*p, problem) { // one variable may be behind several fields
			*p = append(*p, problem)
		}
	}
}

// fixes are what to do about fields where that is something else for an
// environment than for a Go program.
var fixes = map[string]string{
	"Adapter":            varDatabase + " says where to store them, for example sqlite:auth.db",
	"Providers":          `nobody can sign in: set the variables of at least one provider, which "gatehouse providers" lists, or those for mail`,
	"DangerousTrustHost": "set AUTH_URL, or list AUTH_ALLOWED_HOSTS and AUTH_TRUSTED_PROXIES, instead",
}

// sources say which variables a configuration comes from.
type sources struct {
	secrets   []string // the variable of each
	providers []string // the id of each
	// known are the fields that are empty because of mistakes that have been
	// found before.
	known map[string]bool
}

var (
	indexed = regexp.MustCompile(`^(Secrets|Providers)\[(\d+)\]`)
	// field matches the fields that the texts of package auth mention.
	field = regexp.MustCompile(`\b(?:URL|AllowedHosts|TrustedProxies|DangerousTrustHost|StrictV4|Adapter|Session\.Strategy|Secrets\[\d+\]|Providers\[\d+\])`)
)

// translate puts variables in place of the fields that a text mentions.
func (s sources) translate(text string) string {
	return field.ReplaceAllStringFunc(text, s.variable)
}

// variable is the variable behind a field of auth.Config.
func (s sources) variable(field string) string {
	if m := indexed.FindStringSubmatch(field); m != nil {
		i, err := strconv.Atoi(m[2])
		rest := strings.TrimPrefix(field, m[0])
		switch {
		case err != nil:
		case m[1] == "Secrets" && i < len(s.secrets):
			return s.secrets[i]
		case m[1] == "Providers" && i < len(s.providers):
			return providerVariable(s.providers[i], strings.TrimPrefix(rest, "."))
		}
	}
	name, index, isEntry := strings.Cut(field, "[")
	variable, ok := map[string]string{
		"URL": varURL, "AllowedHosts": varAllowedHosts, "TrustedProxies": varTrustedProxies, "DangerousTrustHost": varTrustHost,
		"Secrets": varSecret, "Session.Strategy": varSessionStrategy, "Adapter": varDatabase, "StrictV4": varStrictV4,
		"Providers": "AUTH_<ID>_ID",
	}[name]
	if !ok {
		return field
	}
	if i, err := strconv.Atoi(strings.TrimSuffix(index, "]")); isEntry && err == nil {
		variable += fmt.Sprintf(" (entry %d)", i+1)
	}
	return variable
}

// providerVariable is the variable behind a field of a provider.
func providerVariable(id, field string) string {
	switch field {
	case "ClientID":
		return providers.Variable(id, "clientId")
	case "ClientSecret":
		return providers.Variable(id, "clientSecret")
	case "Issuer":
		return providers.Variable(id, "issuer")
	case "From":
		return varEmailFrom // every mail provider takes it
	case "":
		return "provider " + id
	}
	return "provider " + id + " (" + field + ")"
}

// providerPrefix is how the variables of a provider begin.
func providerPrefix(id string) string {
	return strings.TrimSuffix(providers.Variable(id, "clientId"), "ID")
}

// each returns the errors that are joined in one.
func each(err error) []error {
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		return []error{err}
	}
	var all []error
	for _, one := range joined.Unwrap() {
		all = append(all, each(one)...)
	}
	return all
}
