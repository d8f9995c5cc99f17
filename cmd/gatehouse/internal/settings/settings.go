// Package settings reads the environment of the sign-in server: what NextAuth.js
// and Auth.js call AUTH_URL, AUTH_SECRET, AUTH_GITHUB_ID and so on, and where the
// database is. Every mistake is found at once.
package settings

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/database"
	"github.com/gatehouse-auth/gatehouse/providers"
)

// Settings are what the environment says, checked and ready to use.
type Settings struct {
	// Config is what Auth was made of.
	Config auth.Config
	Auth   *auth.Auth
	// Database is where Auth stores users, and Redis where it stores sessions
	// when that is somewhere else. They are nil when there is none.
	Database *database.Database
	Redis    *database.Sessions
}

// Stores are Database and Redis, if there are any. Nobody has connected to them
// yet.
func (s *Settings) Stores() []Store {
	var all []Store
	if s.Database != nil {
		all = append(all, s.Database)
	}
	if s.Redis != nil {
		all = append(all, s.Redis)
	}
	return all
}

// Store is a server or file that stores something.
type Store interface {
	// String describes the store without user and password.
	String() string
	// Prepare makes sure that a server can work with it, and makes the tables of
	// SQLite. It logs what works but could do harm.
	Prepare(ctx context.Context, log *slog.Logger) error
	// Ping asks for a sign of life.
	Ping(ctx context.Context) error
	// Clean removes what has expired from time to time, until ctx ends or when
	// there is nothing to do for it.
	Clean(ctx context.Context, log *slog.Logger)
	Close() error
}

// Close closes the stores.
func (s *Settings) Close() error {
	var errs []error
	for _, store := range s.Stores() {
		errs = append(errs, store.Close())
	}
	return errors.Join(errs...)
}

// Options change what [Load] makes of an environment.
type Options struct {
	// Logger receives what the sign-in logs, and what is odd in the environment
	// without being wrong. Required.
	Logger *slog.Logger
	// Debug logs every step of a flow.
	Debug bool
}

// Load reads everything that the server needs. It talks to nobody: whether the
// database answers is for the caller to find out. The error is an *[Error].
func Load(e Environment, o Options) (*Settings, error) {
	var found problems
	from := sources{known: map[string]bool{}}
	s := &Settings{Config: auth.Config{
		AllowedHosts:   e.list(varAllowedHosts),
		TrustedProxies: e.list(varTrustedProxies),
		StrictV4:       e.readBool(varStrictV4, &found),
		Logger:         o.Logger,
		Debug:          o.Debug,
	}}
	s.Config.URL, _ = e.read(varURL)
	s.Config.Secrets, from.secrets = e.secrets()
	strategy, _ := e.read(varSessionStrategy)
	s.Config.Session.Strategy = auth.SessionStrategy(strategy)
	trustHost, _ := e.read(varTrustHost) // "false" counts as well, as in NextAuth.js
	s.Config.DangerousTrustHost = trustHost != "" && s.Config.URL == "" && len(s.Config.AllowedHosts) == 0

	s.readDatabase(e, &found)
	from.known["Secrets"] = len(s.Config.Secrets) == 0 && s.Database != nil
	s.readProviders(e, &found, &from)
	var err error
	if s.Auth, err = auth.New(s.Config); err != nil {
		found.addConfig(err, from)
	}
	if err := found.err(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	for _, warning := range e.warnings(trustHost != "" && !s.Config.DangerousTrustHost) {
		o.Logger.Warn(warning.Reason, "code", "ENVIRONMENT", "variable", warning.Variable, "fix", warning.Fix)
	}
	return s, nil
}

// Database returns the database of the environment, to which nobody has connected
// yet. The error is an *[Error].
func Database(e Environment) (*database.Database, error) {
	var found problems
	db := e.database(&found)
	if db == nil && len(found) == 0 {
		found.add(varDatabase, "is not set", "set it to the address of the database, "+database.Addresses)
	}
	return db, found.err()
}

// Secrets returns the secrets of the environment, the one that seals first. The
// error is an *[Error].
func Secrets(e Environment) ([]string, error) {
	var found problems
	secrets, _ := e.secrets()
	if len(secrets) == 0 {
		found.add(varSecret, "is not set", "set it to the secret of the server")
	}
	return secrets, found.err()
}

// secrets returns the secrets and their variables. As in Auth.js, the one with the
// highest number is the newest, and that without a number the oldest.
func (e Environment) secrets() (secrets, variables []string) {
	for _, variable := range []string{varSecret3, varSecret2, varSecret1, varSecret} {
		if secret, name := e.read(variable); secret != "" {
			secrets, variables = append(secrets, secret), append(variables, name)
		}
	}
	return secrets, variables
}

// database opens the database, if one is named.
func (e Environment) database(found *problems) *database.Database {
	address, name := e.read(varDatabase)
	if address == "" {
		return nil
	}
	db, err := database.Open(address, e.tables(found))
	if err != nil {
		found.add(name, err.Error(), "write it like "+database.Addresses)
		return nil
	}
	return db
}

// tables returns the tables of NextAuth.js that are to be used, if any.
func (e Environment) tables(found *problems) *sqldb.Tables {
	name, _ := e.read(varTables)
	if name == "" {
		return nil
	}
	tables, ok := database.Tables(name)
	if !ok {
		found.add(varTables, fmt.Sprintf("%q is unknown", name), "use "+strings.Join(database.TableNames(), ", ")+", or remove it")
	}
	return &tables
}

// readBool reads a variable that is true or false.
func (e Environment) readBool(variable string, found *problems) bool {
	value, name := e.read(variable)
	if value == "" {
		return false
	}
	on, err := strconv.ParseBool(value)
	if err != nil {
		found.add(name, "is neither true nor false", "remove it, or set it to true")
	}
	return on
}

// readDatabase sets the database and the adapter.
func (s *Settings) readDatabase(e Environment, found *problems) {
	before := len(*found)
	s.Database = e.database(found)
	switch {
	case s.Database != nil:
		s.Config.Adapter = s.Database.Adapter()
		if len(s.Config.Secrets) == 0 {
			found.add(varSecret, "is not set, but what is stored has to be of use after the next start", `set it to the output of "openssl rand -base64 33", and keep it`)
		}
	case len(*found) > before:
		s.Config.Adapter = memory.New() // so that its absence is no second mistake
	default:
		if tables, _ := e.read(varTables); tables != "" {
			found.add(varTables, "is set, but no database is", "set "+varDatabase+" to the address of the database, or remove it")
		}
	}
	s.readRedis(e, found)
}

// readRedis puts sessions into Redis, if there is one.
func (s *Settings) readRedis(e Environment, found *problems) {
	address, name := e.read(varRedis)
	if address == "" {
		return
	}
	var err error
	if s.Redis, err = database.OpenSessions(address); err != nil {
		found.add(name, err.Error(), "write it like "+database.SessionAddresses)
		return
	}
	strategy := s.Config.Session.Strategy
	switch {
	case s.Config.Adapter == nil:
		found.add(name, "keeps sessions beside a database, but there is none", "set "+varDatabase+", or remove it")
	case strategy == auth.StrategyJWT:
		found.add(name, "has no effect, because sessions are encrypted cookies", "remove it or "+varSessionStrategy)
	case s.Database != nil:
		adapter, err := s.Redis.Beside(s.Database)
		if err != nil {
			found.add(name, err.Error(), "remove it or "+varTables)
			return
		}
		s.Config.Adapter = adapter
	}
}

// readProviders sets the providers: those that are an account elsewhere, sorted by
// id, then mail.
func (s *Settings) readProviders(e Environment, found *problems, from *sources) {
	before := len(*found)
	accounts, err := providers.FromLookup(e.lookup)
	if err != nil {
		found.addProviders(err)
	}
	s.Config.Providers = slices.Concat(accounts, readMail(e, found))
	from.known["Providers"] = len(*found) > before
	for _, p := range s.Config.Providers {
		id := providerID(p)
		from.providers = append(from.providers, id)
		// Package auth takes such an issuer for one whose endpoints are known.
		variable := providers.Variable(id, "issuer")
		if issuer, _ := e.read(variable); issuer != "" && !strings.Contains(issuer, "://") {
			found.add(variable, "is not an address", "write it in full, beginning with https://")
		}
	}
}

// addProviders adds what is wrong with the variables of providers.
func (p *problems) addProviders(err error) {
	for _, one := range each(err) {
		var missing *providers.MissingOptionsError
		if !errors.As(one, &missing) {
			p.addProvider(strings.TrimPrefix(one.Error(), "providers: "))
			continue
		}
		for _, option := range missing.Options {
			fix := option.What
			if option.Where != "" {
				fix += " Find it: " + option.Where + "."
			}
			if len(option.Unless) > 0 {
				instead := make([]string, len(option.Unless))
				for i, name := range option.Unless {
					instead[i] = providers.Variable(missing.ID, name)
				}
				fix += " Or set " + strings.Join(instead, ", ") + " instead."
			}
			p.add(providers.Variable(missing.ID, option.Name), "is not set, but other variables of "+missing.ID+" are", fix)
		}
	}
}

// addProvider adds a mistake in the form "id: what; what to do", in which the id may
// be missing.
func (p *problems) addProvider(text string) {
	variable, why, ok := strings.Cut(text, ": ")
	fix := `"gatehouse providers show ` + variable + `" explains its variables`
	variable = "provider " + variable
	if !ok {
		variable, why, fix = "providers", text, "remove the variables of one of them"
	}
	if what, known, ok := strings.Cut(why, "; "); ok {
		why, fix = what, known
	}
	p.add(variable, why, fix)
}

// providerID returns the id of a provider.
func providerID(p auth.Provider) string {
	switch p := p.(type) {
	case auth.OAuthProvider:
		return p.ID
	case auth.EmailProvider:
		return p.ID
	}
	return ""
}
