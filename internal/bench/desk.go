package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver of the reference query
	_ "modernc.org/sqlite"             // likewise
)

// deskListen is where the product listens while clerks work: the ids of the demo's clerks, to whom cases are given, depend on it.
const deskListen = "127.0.0.1:18080"

// clerks work at the same time, each a step every pause: far more than people do.
const (
	clerks = 16
	pause  = time.Second
)

// measureDesk fills desks with invented cases, one large and the others small, and lets clerks work at the large one and at a small
// one.
func measureDesk(ctx context.Context, o options, r *report) error {
	if o.kept != "" {
		return deskOn(ctx, o, r, keptEngine(o.keptDB), o.kept, []string{"DATABASE_URL=" + o.keptDB})
	}
	return onBoth(ctx, o, func(name string, env []string) error {
		dir, err := os.MkdirTemp("", "antragswerk-bench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		return deskOn(ctx, o, r, name, dir, env)
	})
}

func keptEngine(url string) string {
	if strings.HasPrefix(url, "postgres") {
		return "PostgreSQL"
	}
	return "SQLite"
}

func deskOn(ctx context.Context, o options, r *report, engine, dir string, env []string) error {
	env = append(env, "LISTEN="+deskListen, "DEMO_CASES=0")
	rate, err := fillDesks(ctx, o, dir, env)
	if err != nil {
		return err
	}
	r.add(fmt.Sprintf("demo fill up to %d cases, %s", o.cases, engine), rate, "–", "10,000/s")
	s, err := startProduct(ctx, o, dir, env...)
	if err != nil {
		return err
	}
	defer s.stop()
	busy, err := s.settle()
	if err != nil {
		return err
	}
	r.add("What a server that starts does for its desks before it rests, "+engine, busy, "–", "–")
	bare, err := bareList(ctx, dir, env, o.seconds/2)
	if err != nil {
		return err
	}
	for _, town := range []string{largeDesk, smallDesk} {
		if err := atDesk(o, r, s, engine, town, bare); err != nil {
			return fmt.Errorf("%s: %w", town, err)
		}
	}
	if err := exportDesk(o, r, s, engine); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	now, peak, err := s.memory()
	if err != nil {
		return err
	}
	r.add("Memory after the clerks' work and at its peak, "+engine, fmt.Sprintf("%d MiB, %d MiB", now, peak), "–", "150 MiB")
	return nil
}

// The first authority has most of the cases, the last of the alphabet's has the fewest.
const (
	largeDesk = "jena"
	smallDesk = "zimmernsupra"
)

// fillDesks runs the generator on both cores; what is there already is left alone.
func fillDesks(ctx context.Context, o options, dir string, env []string) (string, error) {
	cmd := exec.CommandContext(ctx, "taskset", "-c", "0,1", o.binary, "demo", "fill", fmt.Sprintf("--light=%t", o.light), "--cases", fmt.Sprint(o.cases), "--largest", fmt.Sprint(largest(o))) // #nosec -- our own binary
	cmd.Env = append(os.Environ(), append([]string{"DATA_DIR=" + dir}, env...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	last := lines[len(lines)-1]
	return last[:max(strings.Index(last, ";"), 0)], nil
}

// largest is how many of the cases are at the large desk.
func largest(o options) int { return max(min(o.cases*9/10, 1_000_000), 1) }

// settle waits until the server rests: what a start catches up with (late cases, figures) is not the clerks' work. It gives up after
// some minutes.
func (s *server) settle() (string, error) {
	began := time.Now()
	first, err := s.spent()
	last := first
	for err == nil && time.Since(began) < 5*time.Minute {
		time.Sleep(2 * time.Second)
		before := last
		if last, err = s.spent(); last-before < 100*time.Millisecond {
			return fmt.Sprintf("%.0f s, %.1f s of processor time", time.Since(began).Seconds(), (last - first).Seconds()), err
		}
	}
	return fmt.Sprintf("more than %.0f s", time.Since(began).Seconds()), err
}

// bareList is a page of fifty cases by keyset and nothing else, straight from the database: the reference for the inbox.
func bareList(ctx context.Context, dir string, env []string, length time.Duration) (string, error) {
	driver, dsn := "sqlite", "file:"+filepath.Join(dir, "antragswerk.db")+"?_pragma=query_only(1)"
	if url, ok := strings.CutPrefix(env[0], "DATABASE_URL="); ok {
		driver, dsn = "pgx", url
	}
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		driver, dsn = "sqlite", "file:"+path+"?_pragma=query_only(1)"
	}
	pool, err := sql.Open(driver, dsn)
	if err != nil {
		return "", err
	}
	defer pool.Close()
	var tenant string
	if err := pool.QueryRowContext(ctx, "SELECT id FROM tenants WHERE slug = $1", largeDesk).Scan(&tenant); err != nil {
		return "", err
	}
	list, err := pool.PrepareContext(ctx, `SELECT c.id, c.file_number, c.state, c.received, c.deadline, c.columns, d.key FROM cases c JOIN dossiers d ON d.id = c.dossier
		WHERE c.tenant = $1 AND (c.received, c.id) < ($2, $3) ORDER BY c.received DESC, c.id DESC LIMIT 50`)
	if err != nil {
		return "", err
	}
	got, took, err := together(1, length, func(int) error {
		rows, err := list.QueryContext(ctx, tenant, time.Now().UnixMicro(), "")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id, number, state string
			var received, deadline int64
			var columns, key []byte
			if err := rows.Scan(&id, &number, &state, &received, &deadline, &columns, &key); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	if err != nil {
		return "", err
	}
	return "bare keyset query: " + got.rate(took), nil
}
