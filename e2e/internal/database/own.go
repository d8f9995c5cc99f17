package database

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/e2e/internal/need"
)

// patience is how long a server may take to start.
const patience = 30 * time.Second

// Own is a server of its own with an empty database, which a test may kill.
type Own struct {
	Database

	user   *syscall.Credential // nil: the test's own
	folder string
	path   string
	args   []string
	log    string
	cmd    *exec.Cmd
}

// OwnPostgreSQL starts a PostgreSQL, which ends with the test. As root it runs as
// the user postgres, because PostgreSQL refuses root.
func OwnPostgreSQL(t testing.TB) *Own {
	t.Helper()
	server := need.Program(t, "postgres", "postgresql", "/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin")
	o := newOwn(t, "postgres")
	data, port := filepath.Join(o.folder, "data"), freePort(t)
	o.run(t, filepath.Join(filepath.Dir(server), "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C")
	o.path, o.args = server, []string{"-D", data, "-p", port, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=" + o.folder}
	source := "postgres://postgres@127.0.0.1:" + port + "/postgres?sslmode=disable"
	o.Database = Database{PostgreSQL(), "pgx", source, source}
	o.Start(t)
	return o
}

// OwnMariaDB starts a MariaDB, which ends with the test. As root it runs as the
// user mysql.
func OwnMariaDB(t testing.TB) *Own {
	t.Helper()
	server := need.Program(t, "mariadbd", "mariadb-server", "/usr/sbin", "/usr/local/sbin")
	install := need.Program(t, "mariadb-install-db", "mariadb-server")
	o := newOwn(t, "mysql")
	data, port := filepath.Join(o.folder, "data"), freePort(t)
	o.run(t, install, "--no-defaults", "--datadir="+data, "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve")
	o.path, o.args = server, []string{
		"--no-defaults", "--datadir=" + data, "--bind-address=127.0.0.1", "--port=" + port,
		"--socket=" + filepath.Join(o.folder, "socket"), "--pid-file=" + filepath.Join(o.folder, "pid"),
	}
	address := "127.0.0.1:" + port
	o.Database = Database{MariaDB(), "mysql", "root@tcp(" + address + ")/", "mysql://root@" + address + "/gatehouse"}
	o.Start(t)
	admin := o.Open(t)
	execute(t, admin, "CREATE DATABASE gatehouse")
	o.Source += "gatehouse"
	return o
}

// newOwn makes the folder of a server.
func newOwn(t testing.TB, name string) *Own {
	t.Helper()
	o := &Own{}
	var err error
	if o.folder, err = os.MkdirTemp("", "gatehouse-own-"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(o.folder); err != nil {
			t.Error(err)
		}
	})
	o.log = filepath.Join(o.folder, "log")
	if os.Geteuid() != 0 {
		return o
	}
	account, err := user.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	uid, uidErr := strconv.ParseUint(account.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(account.Gid, 10, 32)
	if uidErr != nil || gidErr != nil {
		t.Fatal(uidErr, gidErr)
	}
	o.user = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	if err := os.Chown(o.folder, int(uid), int(gid)); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *Own) command(path string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(context.Background(), path, args...)
	cmd.Dir = o.folder
	cmd.Env = append(os.Environ(), "HOME="+o.folder, "TMPDIR="+o.folder)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: o.user}
	return cmd
}

func (o *Own) run(t testing.TB, path string, args ...string) {
	t.Helper()
	if out, err := o.command(path, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", path, err, out)
	}
}

// Start starts the server, on its port and with its files, and waits until it
// answers.
func (o *Own) Start(t testing.TB) {
	t.Helper()
	db, err := sql.Open(o.Driver, o.Source)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	db.SetMaxIdleConns(0)
	deadline := time.Now().Add(patience)
	for ended := (chan struct{})(nil); ; time.Sleep(20 * time.Millisecond) {
		if ended == nil {
			ended = o.launch(t)
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		err := db.PingContext(ctx)
		cancel()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			log, _ := os.ReadFile(o.log)
			t.Fatalf("%s does not answer: %v\n%s", o.Name, err, log)
		}
		select {
		case <-ended: // what was killed may still hold on to something
			o.cmd, ended = nil, nil
		default:
		}
	}
}

// launch starts a process and returns what is closed when it has ended.
func (o *Own) launch(t testing.TB) chan struct{} {
	t.Helper()
	log, err := os.OpenFile(o.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	cmd := o.command(o.path, o.args...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // says that it was killed
	}()
	o.cmd = cmd
	t.Cleanup(func() {
		killAll(cmd.Process.Pid)
		<-ended
	})
	return ended
}

// Kill ends the server with everything that it started, as a power failure would
// but for what the operating system has not written yet.
func (o *Own) Kill(t testing.TB) {
	t.Helper()
	if o.cmd == nil {
		t.Fatal("the server does not run")
	}
	killAll(o.cmd.Process.Pid)
	o.cmd = nil
}

// killAll ends a process and its children. It is stopped before, so that it makes
// no new ones.
func killAll(pid int) {
	if syscall.Kill(pid, syscall.SIGSTOP) != nil {
		return // it has ended
	}
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	for field := range strings.FieldsSeq(string(children)) {
		if child, err := strconv.Atoi(field); err == nil {
			_ = syscall.Kill(child, syscall.SIGKILL)
		}
	}
	_ = syscall.Kill(pid, syscall.SIGKILL)
}

// freePort returns a port that nothing listened on a moment ago.
func freePort(t testing.TB) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}
