package settings

import (
	"slices"
	"strings"

	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/database"
)

// The variables, by the first of their names.
const (
	varURL             = "AUTH_URL"
	varAllowedHosts    = "AUTH_ALLOWED_HOSTS"
	varTrustedProxies  = "AUTH_TRUSTED_PROXIES"
	varTrustHost       = "AUTH_TRUST_HOST"
	varSecret          = "AUTH_SECRET"
	varSecret1         = "AUTH_SECRET_1"
	varSecret2         = "AUTH_SECRET_2"
	varSecret3         = "AUTH_SECRET_3"
	varDatabase        = "AUTH_DATABASE_URL"
	varTables          = "AUTH_DATABASE_TABLES"
	varRedis           = "AUTH_REDIS_URL"
	varSessionStrategy = "AUTH_SESSION_STRATEGY"
	varEmailServer     = "AUTH_EMAIL_SERVER"
	varEmailFrom       = "AUTH_EMAIL_FROM"
	varStrictV4        = "AUTH_STRICT_V4"
)

// Variable is an environment variable that the program reads.
type Variable struct {
	// Names are the variable's name and those that are read when it is not
	// set, the names of NextAuth.js for example.
	Names []string
	// What says what it is for, in one line.
	What string
}

// Variables returns every variable that the program reads, except those of
// providers: see [MailVariables] and [providers.FromEnv].
func Variables() []Variable {
	return []Variable{
		{[]string{varURL, "NEXTAUTH_URL"}, "The address of the site, as browsers see it. A path in it is the base path of the API; without one that is /api/auth."},
		{[]string{varAllowedHosts}, "Instead of AUTH_URL, the hosts of a server with several addresses, separated by commas."},
		{[]string{varTrustedProxies}, "The addresses or networks of the reverse proxies, separated by commas: their X-Forwarded-For says whose browser a session belongs to, and their X-Forwarded-Host chooses among AUTH_ALLOWED_HOSTS."},
		{[]string{varTrustHost}, "Believes every forwarded host, as NextAuth.js does; only with AUTH_STRICT_V4, and without effect beside AUTH_URL."},
		{[]string{varSecret, "NEXTAUTH_SECRET"}, "Protects cookies and tokens, 32 bytes or more: openssl rand -base64 33"},
		{[]string{varSecret1}, "A newer secret, which seals from now on, while AUTH_SECRET still opens what is older."},
		{[]string{varSecret2}, "A secret that is newer than AUTH_SECRET_1."},
		{[]string{varSecret3}, "A secret that is newer than AUTH_SECRET_2."},
		{[]string{varDatabase, "DATABASE_URL"}, "Where users are stored: " + database.Addresses + ". Without it nothing is stored, and sessions are encrypted cookies."},
		{[]string{varTables}, "The tables of an existing NextAuth.js database: " + strings.Join(database.TableNames(), ", ") + ". Without it they are those that gatehouse migrate makes."},
		{[]string{varRedis}, "Keeps sessions in Redis, beside the database: " + database.SessionAddresses + "."},
		{[]string{varSessionStrategy}, "Where sessions live: database (the default with a database) or jwt (encrypted cookies)."},
		{[]string{varEmailServer, "EMAIL_SERVER"}, "Sign-in by mail through a mail server: smtp://USER:PASSWORD@HOST:587 or smtps://USER:PASSWORD@HOST:465"},
		{[]string{varEmailFrom, "EMAIL_FROM"}, "The address that mails come from: Example <sign-in@example.com>"},
		{[]string{varStrictV4}, "true restores what NextAuth.js v4 does where Gatehouse is safer: see docs/compatibility.md."},
	}
}

// Environment are environment variables by their names.
type Environment map[string]string

// NewEnvironment reads variables that are written NAME=value, as os.Environ
// returns them.
func NewEnvironment(assignments []string) Environment {
	e := make(Environment, len(assignments))
	for _, assignment := range assignments {
		if name, value, ok := strings.Cut(assignment, "="); ok {
			e[name] = value
		}
	}
	return e
}

// lookup returns a variable for package providers.
func (e Environment) lookup(name string) (string, bool) {
	value, ok := e[name]
	return value, ok
}

// read returns the value of a variable, without space around it, and the name
// under which it was found. A value that is empty counts as not set.
func (e Environment) read(variable string) (value, name string) {
	names := []string{variable}
	for _, v := range Variables() {
		if v.Names[0] == variable {
			names = v.Names
		}
	}
	for _, name := range names {
		if value := strings.TrimSpace(e[name]); value != "" {
			return value, name
		}
	}
	return "", variable
}

// list returns the parts of a variable that are separated by commas.
func (e Environment) list(variable string) []string {
	value, _ := e.read(variable)
	var parts []string
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// names are the names of the variables that are set, sorted.
func (e Environment) names() []string {
	var names []string
	for name, value := range e {
		if strings.TrimSpace(value) != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
