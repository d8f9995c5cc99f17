package database

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
)

// sqliteSettings are those that sqldb needs. The file has to be there: [Database.Migrate]
// makes it, and nothing else does.
const sqliteSettings = "mode=rw&_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)"

// openSQLiteURL reads "sqlite:" or "file:" and a path.
func openSQLiteURL(u *url.URL) (*Database, error) {
	path := u.Path
	if path == "" {
		var err error
		if path, err = url.PathUnescape(u.Opaque); err != nil {
			return nil, errors.New("has a % in its path that is not followed by two digits")
		}
	}
	switch {
	case u.Host != "" || u.User != nil:
		return nil, fmt.Errorf("has two slashes before a path that is not absolute; write %s:%s", u.Scheme, u.Host+u.Path)
	case path == "" || path == ":memory:" || strings.HasSuffix(path, "/"):
		return nil, errors.New("does not name a file")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("has settings behind the path, which are fixed; a ? or # in a path is written %3F or %23")
	}
	return OpenSQLite(filepath.FromSlash(path))
}

// OpenSQLite returns the SQLite database in a file. It does not make the file,
// which [Database.Migrate] does.
func OpenSQLite(file string) (*Database, error) {
	path := filepath.ToSlash(file)
	if filepath.VolumeName(file) != "" {
		path = "/" + path // a drive letter
	}
	source := url.URL{Scheme: "file", RawQuery: sqliteSettings}
	if strings.HasPrefix(path, "/") {
		source.Path = path
	} else {
		source.Opaque = (&url.URL{Path: path}).EscapedPath()
	}
	db, err := sql.Open("sqlite", source.String())
	if err != nil {
		return nil, err
	}
	d := newDatabase(db, sqldb.SQLite, "SQLite file "+file)
	d.file = file
	return d, nil
}

// makeFile makes an empty file that only its owner can read, unless there is one.
func makeFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the operator names it
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the folder %s does not exist", filepath.Dir(path))
	}
	if err != nil {
		return err
	}
	return f.Close()
}
