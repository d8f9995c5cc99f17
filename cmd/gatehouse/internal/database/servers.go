package database

import (
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
)

// Connections to a database server that is not told otherwise. A connection that
// is renewed finds its way when the server has moved.
const (
	maxConnections  = 20
	connectionLife  = 30 * time.Minute
	connectionsIdle = 5 * time.Minute
)

// openPostgreSQL reads "postgres://user:password@host:port/database" with the
// parameters of libpq behind it, and with those of Prisma.
func openPostgreSQL(u *url.URL) (*Database, error) {
	limit, err := readServer(u)
	if err != nil {
		return nil, err
	}
	query := u.Query()
	if schema := query.Get("schema"); schema != "" { // Prisma's name
		query.Del("schema")
		query.Set("search_path", schema)
		u.RawQuery = query.Encode()
	}
	config, err := pgx.ParseConfig(u.String())
	if err != nil {
		var cause interface{ Unwrap() error } // without the address
		if errors.As(err, &cause) && cause.Unwrap() != nil {
			return nil, fmt.Errorf("cannot be read: %w", cause.Unwrap())
		}
		return nil, errors.New("is not the address of a PostgreSQL database")
	}
	name := fmt.Sprintf("PostgreSQL database %s at %s", config.Database, net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port))))
	return pooled(stdlib.OpenDB(*config), sqldb.PostgreSQL, limit, name), nil
}

// openMySQL reads "mysql://user:password@host:port/database" with the parameters
// of the driver behind it.
func openMySQL(u *url.URL) (*Database, error) {
	limit, err := readServer(u)
	if err != nil {
		return nil, err
	}
	query := u.Query()
	socket := query.Get("socket")
	query.Del("socket")
	config, err := mysql.ParseDSN("/?" + query.Encode())
	if err != nil {
		return nil, fmt.Errorf("has parameters that cannot be read: %w", err)
	}
	config.User = u.User.Username()
	config.Passwd, _ = u.User.Password()
	config.DBName = strings.TrimPrefix(u.Path, "/")
	config.Logger = &mysql.NopLogger{} // it repeats what is returned
	switch {
	case config.DBName == "":
		return nil, errors.New("does not name a database")
	case socket != "":
		config.Net, config.Addr = "unix", socket
	default:
		port := u.Port()
		if port == "" {
			port = "3306"
		}
		config.Net, config.Addr = "tcp", net.JoinHostPort(u.Hostname(), port)
	}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, fmt.Errorf("cannot be used: %w", err)
	}
	return pooled(sql.OpenDB(connector), sqldb.MySQL, limit, fmt.Sprintf("MySQL database %s at %s", config.DBName, config.Addr)), nil
}

// readServer refuses an address in which a part of the password would be taken for
// something that messages repeat, and returns the size of the pool.
func readServer(u *url.URL) (limit int, err error) {
	if err := checkPassword(u); err != nil {
		return 0, err
	}
	return takeLimit(u)
}

// checkPassword refuses an address whose password ends too early, because of a /, ?
// or # in it.
func checkPassword(u *url.URL) error {
	firstParameter, _, _ := strings.Cut(u.RawQuery, "=")
	if u.User == nil && strings.Contains(u.Path+firstParameter+u.Fragment, "@") {
		return errors.New("has an @ behind the host: special characters in user and password must be percent-encoded")
	}
	return nil
}

// takeLimit removes connection_limit, Prisma's name for the size of the pool, from
// the parameters of an address.
func takeLimit(u *url.URL) (int, error) {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return 0, errors.New("has parameters that are not percent-encoded")
	}
	text := query.Get("connection_limit")
	if text == "" {
		return maxConnections, nil
	}
	limit, err := strconv.Atoi(text)
	if err != nil || limit < 1 {
		return 0, errors.New("has a connection_limit that is not a positive number")
	}
	query.Del("connection_limit")
	u.RawQuery = query.Encode()
	return limit, nil
}

// pooled keeps connections to a server.
func pooled(db *sql.DB, d sqldb.Dialect, limit int, name string) *Database {
	db.SetMaxOpenConns(limit)
	db.SetMaxIdleConns(limit)
	db.SetConnMaxLifetime(connectionLife)
	db.SetConnMaxIdleTime(connectionsIdle)
	return newDatabase(db, d, name)
}
