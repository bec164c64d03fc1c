package testenv

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Roles of the test server. The owner may create roles but is no superuser, as in production: row-level security holds
// for it where it is FORCEd.
const (
	postgresAdmin = "postgres"
	postgresOwner = "antragswerk_owner"
)

// postgresServer is shared by all tests of the binary; its url is the administrator's.
var postgresServer = sync.OnceValue(func() server { return launched("PostgreSQL", launchPostgres) })

// Postgres returns the URL of a fresh, empty database whose owner the URL's user is. The owner may create roles (they
// belong to the whole server, which other tests of the same binary use too). The database is dropped after the test.
func Postgres(t testing.TB) string {
	t.Helper()
	s := postgresServer()
	s.check(t)
	name := fresh("aw_")
	if err := administer(s.url, "CREATE DATABASE "+name+" OWNER "+postgresOwner); err != nil {
		t.Fatalf("testenv: create database: %v", err)
	}
	t.Cleanup(func() {
		if err := administer(s.url, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("testenv: drop database: %v", err)
		}
	})
	owner, err := url.Parse(s.url)
	if err != nil {
		t.Fatalf("testenv: %v", err)
	}
	password, _ := owner.User.Password()
	owner.User, owner.Path = url.UserPassword(postgresOwner, password), "/"+name
	return owner.String()
}

// administer runs one statement as the server's administrator.
func administer(adminURL, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	conn, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

func launchPostgres() (server, error) {
	initdb, err := program("initdb", "apt-get install -y postgresql-15", "/usr/lib/postgresql/*/bin")
	if err != nil {
		return server{}, err
	}
	bin := filepath.Join(filepath.Dir(initdb), "postgres")
	version, err := output(bin, "--version") // "postgres (PostgreSQL) 15.4 (Debian …)"
	if err != nil {
		return server{}, fmt.Errorf("%s: %w", version, err)
	}
	account, err := postgresAccount()
	if err != nil {
		return server{}, err
	}
	dir, err := folder("postgres", account)
	if err != nil {
		return server{}, err
	}
	password := rand.Text()
	data := filepath.Join(dir, "data")
	if err := initialise(initdb, data, password, account); err != nil {
		return server{}, errors.Join(err, os.RemoveAll(dir))
	}
	port, err := freePort()
	if err != nil {
		return server{}, err
	}
	admin := url.URL{
		Scheme: "postgres", User: url.UserPassword(postgresAdmin, password), Host: "127.0.0.1:" + port,
		Path: "/postgres", RawQuery: "sslmode=disable",
	}
	err = process{
		dir: dir, signal: "QUIT", account: account,
		args: []string{
			bin, "-D", data, "-p", port, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
			"-c", "fsync=on", "-c", "max_connections=200", "-c", "timezone=UTC",
		},
		ready: func(ctx context.Context) error {
			conn, err := pgx.Connect(ctx, admin.String())
			if err != nil {
				return err
			}
			return conn.Close(ctx)
		},
	}.start()
	if err != nil {
		return server{}, err
	}
	err = administer(admin.String(), "CREATE ROLE "+postgresOwner+" LOGIN CREATEROLE PASSWORD '"+password+"'")
	number, _, _ := strings.Cut(strings.TrimPrefix(version, "postgres (PostgreSQL) "), " ")
	return server{url: admin.String(), version: "PostgreSQL " + number}, err
}

// initialise makes the cluster, with German collation as an administration's server has it: what relies on the order of
// bytes must say so in its SQL. Its files need not be synced: a crash of the machine ends the tests anyhow.
func initialise(initdb, data, password string, account *syscall.Credential) error {
	secret := data + ".password"
	err := os.WriteFile(secret, []byte(password+"\n"), 0o600)
	if err == nil && account != nil {
		err = os.Chown(secret, int(account.Uid), int(account.Gid))
	}
	if err != nil {
		return err
	}
	cmd := exec.Command(initdb, "-D", data, "-U", postgresAdmin, "-A", "password", "--pwfile", secret, "-E", "UTF8",
		"--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=de", "--no-sync", "--no-instructions")
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: account}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return os.Remove(secret)
}

// postgresAccount is whom the server runs as: it refuses to run as root. Nil means the present user.
func postgresAccount() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("running as root, and there is no user postgres to run the server as: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}
