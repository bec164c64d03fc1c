package testenv

import (
	"context"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestPostgresGivesEachTestItsDatabase(t *testing.T) {
	first, second := Postgres(t), Postgres(t)
	if first == second {
		t.Fatal("two calls returned the same database")
	}
	conn, err := pgx.Connect(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	var super bool
	var fsync, tables string
	err = conn.QueryRow(t.Context(), `SELECT rolsuper, current_setting('fsync'),
		(SELECT count(*) FROM pg_tables WHERE schemaname = 'public')::text FROM pg_roles WHERE rolname = current_user`).
		Scan(&super, &fsync, &tables)
	if err != nil || super || fsync != "on" || tables != "0" {
		t.Errorf("super %v, fsync %s, %s tables, %v", super, fsync, tables, err)
	}
	if _, err := conn.Exec(t.Context(), "CREATE TABLE x (id int); CREATE ROLE some_server_role"); err != nil {
		t.Errorf("the owner may not create tables and roles: %v", err)
	}
}

func TestServersAnswer(t *testing.T) {
	for name, raw := range map[string]string{"redis": Redis(t), "s3": strings.TrimPrefix(S3(t), "s3:")} {
		u, err := url.Parse(raw)
		if err != nil || u.Port() == "" {
			t.Errorf("%s: %s: %v", name, raw, err)
		}
	}
	if err := ask(t.Context(), strings.TrimPrefix(Clamd(t), "tcp:"), "zVERSION\x00", "ClamAV"); err != nil {
		t.Error(err)
	}
}

func TestMissingServerSaysHowToInstallIt(t *testing.T) {
	_, err := program("no-such-server", "apt-get install -y no-such-server")
	if err == nil || !strings.Contains(err.Error(), "apt-get install -y no-such-server") || !strings.Contains(err.Error(), installHint) {
		t.Errorf("got %v", err)
	}
}

func TestServerThatEndsIsReportedWithItsLog(t *testing.T) {
	p := process{
		dir: t.TempDir(), signal: "KILL", args: []string{"sh", "-c", "echo wrong option >&2; exit 3"},
		ready: func(context.Context) error { return errors.New("not yet") },
	}
	if err := p.start(); err == nil || !strings.Contains(err.Error(), "wrong option") {
		t.Errorf("got %v", err)
	}
}

// The supervisor must end the server and remove its folder when its standard input closes, which is all it learns of the
// end of a test binary.
func TestSupervisorTidiesUp(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "server")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", supervise, "sh", dir, "TERM", "sleep", "60")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-ended:
		t.Fatal("ended before its standard input closed")
	case <-time.After(100 * time.Millisecond):
	}
	if err := stdin.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Fatal("the server outlives its test binary")
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its folder is still there: %v", err)
	}
}
