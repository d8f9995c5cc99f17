// Command server signs people in, for tests that end it at any moment. It serves
// at the listener that it inherits, so that a visitor who comes between two
// processes waits for the next one. It says "ready" when it is about to serve.
package main

import (
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	_ "github.com/go-sql-driver/mysql" // the driver "mysql"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/redis/go-redis/v9"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/gatehouse-auth/gatehouse/adapters/redisdb"
	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/e2e/faults/internal/site"
)

// connections is the size of the pool.
const connections = 16

// inherited is the file of the listener.
const inherited = 3

// options are the flags.
type options struct {
	url, driver, source, prefix, provider, outbox string
	dieBefore                                     string
}

func main() {
	var o options
	flag.StringVar(&o.url, "url", "", "address of the site")
	flag.StringVar(&o.driver, "driver", "", "sqlite, pgx, mysql or redis")
	flag.StringVar(&o.source, "source", "", "data source name, or the address of Redis")
	flag.StringVar(&o.prefix, "prefix", "", "begins the keys in Redis")
	flag.StringVar(&o.provider, "provider", "", "address of the identity provider")
	flag.StringVar(&o.outbox, "outbox", "", "address that mails are posted to")
	flag.StringVar(&o.dieBefore, "die-before", "", "ends the process with SIGKILL in front of the first statement that begins so")
	flag.Parse()
	if err := run(o); err != nil {
		log.Fatal(err)
	}
}

func run(o options) error {
	adapter, err := o.adapter()
	if err != nil {
		return err
	}
	a, err := auth.New(site.Config(site.Options{
		URL: o.url, ProviderURL: o.provider, OutboxURL: o.outbox, Adapter: adapter,
		Logger: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}))
	if err != nil {
		return err
	}
	listener, err := net.FileListener(os.NewFile(inherited, "listener"))
	if err != nil {
		return err
	}
	if _, err := fmt.Println("ready"); err != nil {
		return err
	}
	return (&http.Server{Handler: a, ReadHeaderTimeout: 10 * time.Second}).Serve(listener)
}

func (o options) adapter() (auth.Adapter, error) {
	dialects := map[string]sqldb.Dialect{"sqlite": sqldb.SQLite, "pgx": sqldb.PostgreSQL, "mysql": sqldb.MySQL}
	dialect, ok := dialects[o.driver]
	switch {
	case o.driver == "redis":
		client := redis.NewClient(&redis.Options{Addr: o.source, ContextTimeoutEnabled: true, PoolSize: connections})
		return redisdb.New(client, redisdb.Options{Prefix: o.prefix})
	case !ok:
		return nil, errors.New("unknown driver")
	}
	db, err := sql.Open(o.driver, o.source)
	if err != nil {
		return nil, err
	}
	if o.dieBefore != "" {
		db = sql.OpenDB(&mortal{db.Driver(), o.source, o.dieBefore})
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return sqldb.New(db, dialect), nil
}
