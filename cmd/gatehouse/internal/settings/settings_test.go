package settings_test

import (
	"bytes"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/cmd/gatehouse/internal/settings"
)

var quiet = slog.New(slog.DiscardHandler)

const (
	secret = "0Jq3xX7dV9cLr2mT5wYb8nKf4hGs6aPz1eQuRiOt="
	newer  = "mB4vZ1pLk8Qw7Ns2Xr5Tc9Yd3Hf6Ga0JeUiKoPzA="
)

// minimal is an environment without mistakes.
func minimal(more settings.Environment) settings.Environment {
	e := settings.Environment{"AUTH_URL": "https://example.com", "AUTH_SECRET": secret, "AUTH_GITHUB_ID": "id", "AUTH_GITHUB_SECRET": "s"}
	maps.Copy(e, more)
	return e
}

func load(t *testing.T, e settings.Environment) *settings.Settings {
	t.Helper()
	s, err := settings.Load(e, settings.Options{Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// read is what a test looks at.
type read struct {
	BaseURLs []string
	Secrets  []string
	Hosts    []string
	Proxies  []string
	Trust    bool
	Strict   bool
	Sessions auth.SessionStrategy
	Stores   []string
	Ways     []settings.Way
}

func TestLoad(t *testing.T) {
	github := settings.Way{ID: "github", Name: "GitHub", Callback: true}
	for _, row := range []struct {
		name string
		env  settings.Environment
		want read
	}{
		{"minimal", nil, read{BaseURLs: []string{"https://example.com/api/auth"}, Secrets: []string{secret}, Sessions: "jwt", Ways: []settings.Way{github}}},
		{"base path", settings.Environment{"AUTH_URL": "https://example.com/sign/in/"},
			read{BaseURLs: []string{"https://example.com/sign/in"}, Secrets: []string{secret}, Sessions: "jwt", Ways: []settings.Way{github}}},
		{"names of NextAuth.js v4", settings.Environment{"AUTH_URL": "", "NEXTAUTH_URL": "example.com", "AUTH_SECRET": " ", "NEXTAUTH_SECRET": newer + "\n"},
			read{BaseURLs: []string{"https://example.com/api/auth"}, Secrets: []string{newer}, Sessions: "jwt", Ways: []settings.Way{github}}},
		{"names of Auth.js first", settings.Environment{"NEXTAUTH_URL": "https://other.example", "NEXTAUTH_SECRET": newer},
			read{BaseURLs: []string{"https://example.com/api/auth"}, Secrets: []string{secret}, Sessions: "jwt", Ways: []settings.Way{github}}},
		{"rotation", settings.Environment{"AUTH_SECRET_1": newer + "1", "AUTH_SECRET_3": newer + "3"},
			read{BaseURLs: []string{"https://example.com/api/auth"}, Secrets: []string{newer + "3", newer + "1", secret}, Sessions: "jwt", Ways: []settings.Way{github}}},
		{"several hosts", settings.Environment{"AUTH_URL": "", "AUTH_ALLOWED_HOSTS": "example.com, localhost:3000,", "AUTH_TRUSTED_PROXIES": "10.0.0.0/8"},
			read{BaseURLs: []string{"https://example.com/api/auth", "http://localhost:3000/api/auth"}, Secrets: []string{secret},
				Hosts: []string{"example.com", "localhost:3000"}, Proxies: []string{"10.0.0.0/8"}, Sessions: "jwt", Ways: []settings.Way{github}}},
		{"strict", settings.Environment{"AUTH_STRICT_V4": "1"},
			read{BaseURLs: []string{"https://example.com/api/auth"}, Secrets: []string{secret}, Strict: true, Sessions: "jwt", Ways: []settings.Way{github}}},
		{"any host", settings.Environment{"AUTH_URL": "", "AUTH_STRICT_V4": "true", "AUTH_TRUST_HOST": "false"},
			read{Secrets: []string{secret}, Strict: true, Trust: true, Sessions: "jwt", Ways: []settings.Way{github}}},
		{"any host beside an address", settings.Environment{"AUTH_TRUST_HOST": "true"},
			read{BaseURLs: []string{"https://example.com/api/auth"}, Secrets: []string{secret}, Sessions: "jwt", Ways: []settings.Way{github}}},
		{"database", settings.Environment{"DATABASE_URL": "sqlite:auth.db"},
			read{BaseURLs: []string{"https://example.com/api/auth"}, Secrets: []string{secret}, Sessions: "database", Stores: []string{"SQLite file auth.db"}, Ways: []settings.Way{github}}},
		{"database of its own, cookies", settings.Environment{"AUTH_DATABASE_URL": "sqlite:auth.db", "DATABASE_URL": "mongodb://x", "AUTH_SESSION_STRATEGY": "jwt"},
			read{BaseURLs: []string{"https://example.com/api/auth"}, Secrets: []string{secret}, Sessions: "jwt", Stores: []string{"SQLite file auth.db"}, Ways: []settings.Way{github}}},
		{"sessions in Redis", settings.Environment{"AUTH_DATABASE_URL": "sqlite:auth.db", "AUTH_REDIS_URL": "rediss://user:pw@cache.example.com/1"},
			read{BaseURLs: []string{"https://example.com/api/auth"}, Secrets: []string{secret}, Sessions: "database",
				Stores: []string{"SQLite file auth.db", "Redis at cache.example.com"}, Ways: []settings.Way{github}}},
		{"no secret on this machine", settings.Environment{"AUTH_URL": "http://localhost:3000", "AUTH_SECRET": ""},
			read{BaseURLs: []string{"http://localhost:3000/api/auth"}, Sessions: "jwt", Ways: []settings.Way{github}}},
		{"mail", settings.Environment{
			"AUTH_GITHUB_ID": "", "AUTH_GITHUB_SECRET": "", "AUTH_DATABASE_URL": "sqlite:auth.db",
			"EMAIL_SERVER": "smtp://user:pw@mail.example.com", "EMAIL_FROM": "a@example.com",
			"AUTH_RESEND_KEY": "k", "AUTH_RESEND_FROM": "b@example.com", "AUTH_MAILGUN_KEY": "k", "AUTH_SENDGRID_KEY": "k", "AUTH_POSTMARK_KEY": "k",
			"AUTH_FORWARDEMAIL_KEY": "k", "AUTH_LOOPS_KEY": "k", "AUTH_LOOPS_TRANSACTIONAL_ID": "t",
		}, read{BaseURLs: []string{"https://example.com/api/auth"}, Secrets: []string{secret}, Sessions: "database", Stores: []string{"SQLite file auth.db"}, Ways: []settings.Way{
			{ID: "email", Name: "Email", By: "smtp server mail.example.com:587"},
			{ID: "forwardemail", Name: "Forward Email", By: "mail API of forwardemail"},
			{ID: "loops", Name: "Loops", By: "mail API of loops"},
			{ID: "mailgun", Name: "Mailgun", By: "mail API of mailgun"},
			{ID: "postmark", Name: "Postmark", By: "mail API of postmark"},
			{ID: "resend", Name: "Resend", By: "mail API of resend"},
			{ID: "sendgrid", Name: "SendGrid", By: "mail API of sendgrid"},
		}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := load(t, minimal(row.env))
			got := read{
				BaseURLs: s.BaseURLs(), Secrets: s.Config.Secrets, Hosts: s.Config.AllowedHosts, Proxies: s.Config.TrustedProxies,
				Trust: s.Config.DangerousTrustHost, Strict: s.Config.StrictV4, Sessions: s.Sessions(), Ways: s.Ways(),
			}
			for _, store := range s.Stores() {
				got.Stores = append(got.Stores, store.String())
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The addresses that mails come from.
func TestMailFrom(t *testing.T) {
	s := load(t, minimal(settings.Environment{
		"AUTH_DATABASE_URL": "sqlite:auth.db", "AUTH_EMAIL_FROM": "Example <a@example.com>",
		"AUTH_RESEND_KEY": "k", "AUTH_RESEND_FROM": "b@example.com", "AUTH_LOOPS_KEY": "k", "AUTH_LOOPS_TRANSACTIONAL_ID": "t",
	}))
	got := map[string]string{}
	for _, p := range s.Config.Providers {
		if p, ok := p.(auth.EmailProvider); ok {
			got[p.ID] = p.From
		}
	}
	if diff := cmp.Diff(map[string]string{"resend": "b@example.com", "loops": "Example <a@example.com>"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// problem is a mistake without what to do about it.
type problem struct{ variable, reason string }

func TestMistakes(t *testing.T) {
	for _, row := range []struct {
		name string
		env  settings.Environment
		want []problem
	}{
		{"nothing at all", settings.Environment{"AUTH_URL": "", "AUTH_SECRET": "", "AUTH_GITHUB_ID": "", "AUTH_GITHUB_SECRET": ""},
			[]problem{{"AUTH_URL", "is not set"}, {"AUTH_SECRET", "is not set"}, {"AUTH_<ID>_ID", "is not set"}}},
		{"address", settings.Environment{"AUTH_URL": "", "NEXTAUTH_URL": "ftp://example.com"}, []problem{{"AUTH_URL", "is not an http or https address"}}},
		{"secrets", settings.Environment{"AUTH_SECRET": "short", "AUTH_SECRET_2": "changemechangemechangemechangeme"},
			[]problem{{"AUTH_SECRET_2", "can be guessed"}, {"AUTH_SECRET", "has 5 bytes; at least 32 are needed"}}},
		{"secret of NextAuth.js", settings.Environment{"AUTH_SECRET": "", "NEXTAUTH_SECRET": "short"},
			[]problem{{"NEXTAUTH_SECRET", "has 5 bytes; at least 32 are needed"}}},
		{"no secret, but a database", settings.Environment{"AUTH_URL": "http://localhost:3000", "AUTH_SECRET": "", "AUTH_DATABASE_URL": "sqlite:auth.db"},
			[]problem{{"AUTH_SECRET", "is not set, but what is stored has to be of use after the next start"}}},
		{"hosts", settings.Environment{"AUTH_URL": "", "AUTH_ALLOWED_HOSTS": "example.com,a b", "AUTH_TRUSTED_PROXIES": "proxy"},
			[]problem{{"AUTH_ALLOWED_HOSTS (entry 2)", `"a b" is not a host`}, {"AUTH_TRUSTED_PROXIES (entry 1)", `"proxy" is not an address or network`}}},
		{"hosts beside an address", settings.Environment{"AUTH_ALLOWED_HOSTS": "example.com", "AUTH_TRUSTED_PROXIES": "10.0.0.1"},
			[]problem{{"AUTH_ALLOWED_HOSTS", "has no effect beside AUTH_URL"}}},
		{"one client under two names", settings.Environment{
			"AUTH_AZURE_AD_ID": "x", "AUTH_AZURE_AD_SECRET": "x", "AUTH_MICROSOFT_ENTRA_ID_ID": "x", "AUTH_MICROSOFT_ENTRA_ID_SECRET": "x",
		}, []problem{{"providers", "AUTH_AZURE_AD_ID and AUTH_MICROSOFT_ENTRA_ID_ID are the same client of Azure Active Directory under two names"}}},
		{"any host", settings.Environment{"AUTH_URL": "", "AUTH_TRUST_HOST": "true"}, []problem{{"AUTH_TRUST_HOST", "believes every forwarded host"}}},
		{"neither true nor false", settings.Environment{"AUTH_STRICT_V4": "please"}, []problem{{"AUTH_STRICT_V4", "is neither true nor false"}}},
		{"tables without a database", settings.Environment{"AUTH_DATABASE_TABLES": "prisma"},
			[]problem{{"AUTH_DATABASE_TABLES", "is set, but no database is"}}},
		{"strategy", settings.Environment{"AUTH_SESSION_STRATEGY": "redis"}, []problem{{"AUTH_SESSION_STRATEGY", `"redis" is unknown`}}},
		{"strategy without a database", settings.Environment{"AUTH_SESSION_STRATEGY": "database"},
			[]problem{{"AUTH_SESSION_STRATEGY", `"database" needs a place to store sessions`}}},
		{"database", settings.Environment{"DATABASE_URL": "mongodb://root:hunter2@host"}, []problem{{"DATABASE_URL", `begins with "mongodb:", which is no database that can be used`}}},
		{"database that mails need", settings.Environment{"DATABASE_URL": "mongodb://", "AUTH_EMAIL_SERVER": "smtp://localhost", "AUTH_EMAIL_FROM": "a@example.com"},
			[]problem{{"DATABASE_URL", `begins with "mongodb:", which is no database that can be used`}}},
		{"Redis", settings.Environment{"AUTH_DATABASE_URL": "sqlite:auth.db", "AUTH_REDIS_URL": "cache.example.com:6379"}, []problem{{"AUTH_REDIS_URL", "is not the address of a Redis"}}},
		{"Redis without a database", settings.Environment{"AUTH_REDIS_URL": "redis://localhost"}, []problem{{"AUTH_REDIS_URL", "keeps sessions beside a database, but there is none"}}},
		{"Redis beside a mistake", settings.Environment{"AUTH_DATABASE_URL": "mongodb://", "AUTH_REDIS_URL": "redis://localhost"},
			[]problem{{"AUTH_DATABASE_URL", `begins with "mongodb:", which is no database that can be used`}}},
		{"Redis and cookies", settings.Environment{"AUTH_DATABASE_URL": "sqlite:auth.db", "AUTH_SESSION_STRATEGY": "jwt", "AUTH_REDIS_URL": "redis://localhost"},
			[]problem{{"AUTH_REDIS_URL", "has no effect, because sessions are encrypted cookies"}}},
		{"Redis and tables of NextAuth.js", settings.Environment{"AUTH_DATABASE_URL": "sqlite:auth.db", "AUTH_DATABASE_TABLES": "prisma", "AUTH_REDIS_URL": "redis://localhost"},
			[]problem{{"AUTH_REDIS_URL", "cannot be used beside tables of NextAuth.js, where the other servers look for sessions"}}},
		{"tables", settings.Environment{"AUTH_DATABASE_URL": "sqlite:auth.db", "AUTH_DATABASE_TABLES": "typeorm"}, []problem{{"AUTH_DATABASE_TABLES", `"typeorm" is unknown`}}},
		{"half a provider", settings.Environment{"AUTH_GITHUB_SECRET": "", "AUTH_KEYCLOAK_ID": "x"}, []problem{
			{"AUTH_GITHUB_SECRET", "is not set, but other variables of github are"},
			{"AUTH_KEYCLOAK_ISSUER", "is not set, but other variables of keycloak are"},
			{"AUTH_KEYCLOAK_SECRET", "is not set, but other variables of keycloak are"}}},
		{"issuer", settings.Environment{"AUTH_KEYCLOAK_ID": "x", "AUTH_KEYCLOAK_SECRET": "x", "AUTH_KEYCLOAK_ISSUER": "sso.example.com"},
			[]problem{{"AUTH_KEYCLOAK_ISSUER", "is not an address"}}},
		{"issuer that anybody can read", settings.Environment{"AUTH_KEYCLOAK_ID": "x", "AUTH_KEYCLOAK_SECRET": "x", "AUTH_KEYCLOAK_ISSUER": "http://sso.example.com"},
			[]problem{{"AUTH_KEYCLOAK_ISSUER", "is plain http, which anybody on the way can read"}}},
		{"option", settings.Environment{"AUTH_NETSUITE_USERINFO_URL": "https://example.com", "AUTH_NETSUITE_ID": "x", "AUTH_NETSUITE_SECRET": "x", "AUTH_NETSUITE_ACCOUNT_ID": "evil.example/"},
			[]problem{{"provider netsuite", `accountId is "evil.example/"`}}},
		{"mail without a database", settings.Environment{"AUTH_EMAIL_SERVER": "smtp://localhost", "AUTH_EMAIL_FROM": "a@example.com"},
			[]problem{{"AUTH_DATABASE_URL", "is not set, but provider email mails links, which have to be stored"}}},
		{"mail without a sender", settings.Environment{"AUTH_DATABASE_URL": "sqlite:auth.db", "AUTH_EMAIL_SERVER": "smtp://localhost", "AUTH_RESEND_KEY": "x"},
			[]problem{{"AUTH_EMAIL_FROM", "is not set"}}},
		{"sender alone", settings.Environment{"EMAIL_FROM": "a@example.com"}, []problem{{"EMAIL_FROM", "is set, but nothing sends mail"}}},
		{"mail server", settings.Environment{"EMAIL_SERVER": "smtp://user:hunter2@"}, []problem{{"EMAIL_SERVER", "the host is neither a host name nor an IP address"}}},
		{"mail services", settings.Environment{"AUTH_DATABASE_URL": "sqlite:auth.db", "AUTH_LOOPS_KEY": "hunter2", "AUTH_MAILGUN_KEY": "hunter2 ", "AUTH_POSTMARK_FROM": "a@example.com", "AUTH_SENDGRID_KEY": "hunt er2"},
			[]problem{
				{"AUTH_LOOPS_TRANSACTIONAL_ID", "is not set, but other variables of loops are"},
				{"AUTH_MAILGUN_*", "the sending domain is not a domain name in ASCII"},
				{"AUTH_POSTMARK_KEY", "is not set, but other variables of postmark are"},
				{"AUTH_SENDGRID_*", "the key holds a space, a control character or one beyond ASCII"}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := settings.Load(minimal(row.env), settings.Options{Logger: quiet})
			var wrong *settings.Error
			if !errors.As(err, &wrong) {
				t.Fatalf("Load: %v", err)
			}
			var got []problem
			for _, p := range wrong.Problems {
				got = append(got, problem{p.Variable, p.Reason})
				if p.Fix == "" {
					t.Errorf("nothing says what to do about %s", p.Variable)
				}
				if !strings.Contains(err.Error(), p.Variable+": "+p.Reason+"\n      "+p.Fix) {
					t.Errorf("the error does not say all of %+v:\n%v", p, err)
				}
			}
			if diff := cmp.Diff(row.want, got, cmp.AllowUnexported(problem{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// No value of a variable that may be secret is ever repeated (OPS-11).
func TestNothingSecretIsSaid(t *testing.T) {
	const canary = "hunter2"
	for _, shape := range []string{canary, canary + " ", canary + " " + canary, "smtp://user:" + canary + "@", "redis://user:" + canary + "@h/x", "redis://user:" + canary + "@h?addr=%", "redis://user:" + canary + "@h?master_name=x&y=z", "postgres://u:" + canary + "@h:x/", "mysql://u:" + canary + "@tcp(h)/db%", strings.Repeat(canary, 8)} {
		e := settings.Environment{}
		for _, name := range []string{
			"AUTH_SECRET", "AUTH_SECRET_1", "AUTH_GITHUB_SECRET", "AUTH_KEYCLOAK_SECRET", "AUTH_APPLE_PRIVATE_KEY", "AUTH_EMAIL_SERVER", "AUTH_DATABASE_URL", "AUTH_REDIS_URL",
		} {
			e[name] = shape
		}
		for _, v := range settings.MailVariables() {
			if strings.HasSuffix(v.Names[0], "_KEY") {
				e[v.Names[0]] = shape
			}
		}
		var log bytes.Buffer
		s, err := settings.Load(e, settings.Options{Logger: slog.New(slog.NewTextHandler(&log, nil)), Debug: true})
		if err == nil {
			s.Close()
			t.Fatalf("%q: no mistake was found", shape)
		}
		if strings.Contains(err.Error()+log.String(), canary) {
			t.Errorf("%q is repeated:\n%v\n%s", shape, err, &log)
		}
	}
}

// What looks like a variable of ours but is not read is logged once.
func TestUnread(t *testing.T) {
	var log bytes.Buffer
	_, err := settings.Load(minimal(settings.Environment{
		"AUTH_GITHB_ID": "x", "NEXTAUTH_DEBUG": "1", "AUTH_TRUST_HOST": "true", "AUTH_EMPTY": "",
		"AUTH_SERVICE_HOST": "10.0.0.1", "AUTH_PORT_80_TCP": "tcp://10.0.0.1:80", "HOME": "/", "AUTH_SECRET_1": newer,
	}), settings.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(log.String()) {
		_, variable, _ := strings.Cut(line, "variable=")
		name, _, _ := strings.Cut(variable, " ")
		got = append(got, name)
	}
	if diff := cmp.Diff([]string{"AUTH_TRUST_HOST", "AUTH_GITHB_ID", "NEXTAUTH_DEBUG"}, got); diff != "" {
		t.Errorf("logged (-want +got):\n%s\n%s", diff, &log)
	}
}

// The settings are those of a sign-in that works.
func TestAuth(t *testing.T) {
	s := load(t, minimal(settings.Environment{"AUTH_GOOGLE_ID": "id", "AUTH_GOOGLE_SECRET": "s"}))
	w := httptest.NewRecorder()
	s.Auth.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/auth/providers", nil))
	body := w.Body.String()
	for _, want := range []string{`"callbackUrl":"https://example.com/api/auth/callback/github"`, `"callbackUrl":"https://example.com/api/auth/callback/google"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the list of providers lacks %s:\n%s", want, body)
		}
	}
}

func TestNewEnvironment(t *testing.T) {
	got := settings.NewEnvironment([]string{"A=1", "B=x=y", "=C:=C:\\", "D"})
	if diff := cmp.Diff(settings.Environment{"A": "1", "B": "x=y", "": "C:=C:\\"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The commands that need no more than the database and the secrets.
func TestParts(t *testing.T) {
	if _, err := settings.Database(settings.Environment{}); err == nil || !strings.Contains(err.Error(), "AUTH_DATABASE_URL: is not set") {
		t.Errorf("Database: %v", err)
	}
	db, err := settings.Database(settings.Environment{"DATABASE_URL": "sqlite:auth.db"})
	if err != nil || db.String() != "SQLite file auth.db" {
		t.Fatalf("Database: %v, %v", db, err)
	}
	db.Close()
	if _, err := settings.Secrets(settings.Environment{}); err == nil || !strings.Contains(err.Error(), "AUTH_SECRET: is not set") {
		t.Errorf("Secrets: %v", err)
	}
	secrets, err := settings.Secrets(settings.Environment{"AUTH_SECRET": secret, "AUTH_SECRET_1": newer})
	if err != nil || !slices.Equal(secrets, []string{newer, secret}) {
		t.Errorf("Secrets: %v, %v", secrets, err)
	}
}
