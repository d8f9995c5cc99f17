package shared_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/database"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/need"
	"github.com/gatehouse-auth/gatehouse/e2e/internal/node"
	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

const (
	secret = "k2Vn8QyT4cWm0Zr6XjHs1LpBfUe9GdAo3Ii7Nv5Kx=="
	origin = "http://app.test"
	// nodeZone is where the Node.js server runs.
	nodeZone = "Asia/Tokyo"
)

// fleet is the real NextAuth.js with a real adapter, and the library, on one
// database. Both believe to be at origin.
type fleet struct {
	node, own *server
	db        *sql.DB
	layout    layout
	adapter   *sqldb.SharedAdapter
}

// server is one of a fleet.
type server struct {
	name    string
	address string
	mails   func(t *testing.T) []mail
}

// mail is one with a sign-in link.
type mail struct {
	To  string `json:"to"`
	URL string `json:"url"`
}

// realAdapter is an adapter of Auth.js on its layout.
type realAdapter struct {
	name string
	// kind is the name in adapters.mjs.
	kind string
	// prisma is Prisma's client, if there is one.
	prisma prismaClient
	layout string
	system database.System
	// zone is the time zone of the database's sessions, and inZone what makes it
	// that.
	zone   string
	inZone func(t *testing.T, d *database.Database, zone string)
}

func realAdapters() []realAdapter {
	postgresql, mysql := database.PostgreSQL(), database.MariaDB()
	const tokyo = "Asia/Tokyo"
	v4, v5 := prismaClient{"v4", "postgresql"}, prismaClient{"v5", "postgresql"}
	return []realAdapter{
		{name: "@auth/pg-adapter", kind: "pg", layout: "auth-pg", system: postgresql},
		{name: "@auth/pg-adapter with keys", kind: "pg", layout: "auth-pg with keys", system: postgresql},
		{name: "@auth/pg-adapter with UUIDs", kind: "pg", layout: "auth-pg with UUIDs", system: postgresql},
		{name: "@auth/pg-adapter with 64-bit ids and +9", kind: "pg", layout: "auth-pg with 64-bit ids", system: postgresql, zone: tokyo, inZone: postgreSQLZone},
		{name: "@auth/drizzle-adapter", kind: "drizzleMySQL", layout: "Drizzle", system: mysql},
		{name: "@auth/drizzle-adapter with +9", kind: "drizzleMySQL", layout: "Drizzle", system: mysql, zone: "+09:00", inZone: mysqlZone},
		{name: "@auth/drizzle-adapter with +9", kind: "drizzlePostgreSQL", layout: "Drizzle", system: postgresql, zone: tokyo, inZone: postgreSQLZone},
		{name: "@auth/prisma-adapter with +9", kind: "prismaPostgreSQL", prisma: v4, layout: "Prisma v4", system: postgresql, zone: tokyo, inZone: postgreSQLZone},
		{name: "@auth/prisma-adapter, v5, with +9", kind: "prismaPostgreSQL", prisma: v5, layout: "Prisma v5", system: postgresql, zone: tokyo, inZone: postgreSQLZone},
		{name: "@auth/prisma-adapter", kind: "prismaMySQL", prisma: prismaClient{"v4", "mysql"}, layout: "Prisma v4", system: mysql},
	}
}

// postgreSQLZone is the time zone of a database.
func postgreSQLZone(t *testing.T, d *database.Database, zone string) {
	t.Helper()
	db, err := sql.Open(d.Driver, d.Source)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = ''`+zone+`''', current_database()); END $$`); err != nil {
		t.Fatal(err)
	}
}

// mysqlZone is the time zone of each connection, with a driver that returns times in
// yet another one.
func mysqlZone(_ *testing.T, d *database.Database, zone string) {
	d.Source += "?parseTime=true&loc=America%2FNew_York&time_zone=" + url.QueryEscape("'"+zone+"'")
}

// findLayout is the layout with a name.
func findLayout(t *testing.T, r realAdapter) layout {
	t.Helper()
	for _, l := range layouts() {
		if l.name == r.layout && l.system.Name == r.system.Name {
			return l
		}
	}
	t.Fatalf("no layout %s on %s", r.layout, r.system.Name)
	return layout{}
}

// start starts a fleet on a database of its own.
func (r realAdapter) start(t *testing.T) *fleet {
	t.Helper()
	need.NPM(t, ".")
	binary := need.NPM(t, "../nextauth")
	if r.prisma.schema != "" {
		r.prisma.generate(t, binary)
	}
	l := findLayout(t, r)
	made := l.make(t)
	if r.inZone != nil {
		r.inZone(t, &made, r.zone)
	}
	f := &fleet{layout: l, db: made.Open(t)}
	f.adapter = sqldb.NewShared(f.db, l.system.Dialect, l.tables)
	provider := newProvider(t)
	f.node = startNode(t, binary, provider, map[string]string{
		"kind": r.kind, "url": made.URL, "timeZone": r.zone, "client": r.prisma.schema + "-" + r.prisma.provider,
	})
	f.own = startOwn(t, provider, f.adapter)
	return f
}

// newProvider is an identity provider at which anybody may sign in.
func newProvider(t *testing.T) (address string) {
	t.Helper()
	var users []fakeop.User
	for _, name := range []string{"ada", "alan", "barbara", "donald", "edsger", "frances", "grace", "kay", "ken"} {
		users = append(users, fakeop.User{
			Subject: "subject-of-" + name, Claims: map[string]any{"name": "Ms " + name, "email": name + "@example.com", "email_verified": true, "picture": "https://img.example/" + name},
		})
	}
	op := fakeop.New(fakeop.Config{Users: users})
	server := httptest.NewServer(op)
	t.Cleanup(server.Close)
	op.SetIssuer(server.URL)
	return server.URL
}

func startNode(t *testing.T, binary, provider string, stored map[string]string) *server {
	t.Helper()
	argument, err := json.Marshal(map[string]any{
		"url": origin, "secret": secret, "provider": provider, "adapter": true, "strategy": auth.StrategyDatabase,
		"adapterModule": "../shared/adapters.mjs", "database": stored, "timeZone": nodeZone,
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &server{name: "NextAuth.js", address: node.Start(t, binary, "../nextauth", "server.mjs", string(argument))}
	s.mails = func(t *testing.T) (sent []mail) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.address+"/control/outbox", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if err := json.NewDecoder(response.Body).Decode(&sent); err != nil {
			t.Fatal(err)
		}
		return sent
	}
	return s
}

// outbox keeps the mails that the library sends.
type outbox struct {
	mu   sync.Mutex
	sent []mail
}

func (o *outbox) SendVerificationRequest(_ context.Context, r auth.VerificationRequest) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sent = append(o.sent, mail{r.Identifier, r.URL})
	return nil
}

func (o *outbox) mails(*testing.T) []mail {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]mail(nil), o.sent...)
}

func startOwn(t *testing.T, provider string, adapter auth.Adapter) *server {
	t.Helper()
	mails, client := &outbox{}, fakeop.DefaultClient()
	a, err := auth.New(auth.Config{
		URL: origin, Secrets: []string{secret}, StrictV4: true, Adapter: adapter,
		Session: auth.SessionConfig{Strategy: auth.StrategyDatabase},
		Logger:  slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})),
		Providers: []auth.Provider{
			auth.OAuthProvider{
				ID: "openid", Name: "Provider openid", ClientID: client.ID, ClientSecret: client.Secret,
				Discovery: provider + "/.well-known/openid-configuration", OpenID: true,
				Scopes: []string{"openid", "email", "profile"},
				Checks: []auth.Check{auth.CheckPKCE, auth.CheckState, auth.CheckNonce},
			},
			auth.EmailProvider{From: "Sign-in <sign-in@example.com>", Sender: mails},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(a)
	t.Cleanup(s.Close)
	return &server{name: "Gatehouse", address: s.URL, mails: mails.mails}
}
