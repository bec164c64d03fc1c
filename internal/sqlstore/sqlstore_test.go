package sqlstore_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/queue"
	"antragswerk/internal/sqlstore"
	"antragswerk/internal/sqlstore/storetest"
	"antragswerk/internal/testenv"
)

// engines are the databases that everything runs on.
var engines = []struct {
	name string
	url  func(testing.TB) string
	// empty returns the URL of an empty database: the one given, emptied, where that is quicker than a new one.
	empty func(t testing.TB, url string) string
}{
	{"sqlite", func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "test.db") }, func(t testing.TB, _ string) string {
		return "sqlite:" + filepath.Join(t.TempDir(), "test.db")
	}},
	{"postgres", testenv.Postgres, emptied},
}

func TestStore(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			url := e.url(t)
			storetest.Run(t, func(t *testing.T) *sqlstore.Store { return open(t, e.empty(t, url)) })
		})
	}
}

// open migrates the database and opens a store on it whose jobs are real.
func open(t testing.TB, url string) *sqlstore.Store {
	t.Helper()
	if err := sqlstore.Migrate(t.Context(), url, queue.Migrate); err != nil {
		t.Fatal(err)
	}
	var q *queue.Queue
	s, err := sqlstore.Open(t.Context(), url, sqlstore.Deps{
		Now:     func() time.Time { return time.Now().UTC().Truncate(time.Microsecond) },
		Blind:   blind,
		Enqueue: func(ctx context.Context, tx *sql.Tx, jobs []civic.Job) error { return q.Enqueue(ctx, tx, jobs) },
		Log:     slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if q, err = queue.New(queue.Deps{DB: s.DB(), Kind: s.Kind(), Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	return s
}

func blind(k civic.Keys, field, term string) ([]byte, error) {
	h := hmac.New(sha256.New, k.TenantKey)
	h.Write([]byte(k.Tenant + "\x00" + field + "\x00" + term))
	return h.Sum(nil), nil
}

// analyze gives the planner the numbers that it has in production, as the owner.
func analyze(t *testing.T, url string) {
	t.Helper()
	if err := sqlstore.Migrate(t.Context(), url, func(ctx context.Context, pool *sql.DB, _ string) error {
		_, err := pool.ExecContext(ctx, "ANALYZE")
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// emptied deletes all rows of a migrated database, as the owner.
func emptied(t testing.TB, url string) string {
	t.Helper()
	if err := sqlstore.Migrate(t.Context(), url, queue.Migrate, func(ctx context.Context, pool *sql.DB, _ string) error {
		var tables string
		err := pool.QueryRowContext(ctx, `SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables WHERE schemaname = 'public'
			AND tablename NOT IN ('goose_db_version', 'river_migration', 'directory_version')`).Scan(&tables)
		if err != nil {
			return err
		}
		_, err = pool.ExecContext(ctx, "TRUNCATE "+tables)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return url
}
