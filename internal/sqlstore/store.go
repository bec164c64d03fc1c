// Package sqlstore keeps the truth: everything that must survive, on PostgreSQL or SQLite, with one SQL text for both.
//
// A Store satisfies the store interfaces of find, apply, clerk, admin, publish, deliver and web without importing them;
// cmd/antragswerk/wire.go is where they meet. Every statement runs in one of three scopes (inTenant, asSubject, asSystem; see
// scope.go), and a transaction never leaves the package. What differs between the engines is a field of dialect, never a branch.
// The package imports civic and the stemmer; it opens nothing that is sealed and logs no content.
package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"antragswerk/internal/civic"
)

// Deps is what a Store needs from its neighbours.
type Deps struct {
	Now civic.Clock
	// Blind turns a search term into a blind one under the tenant's key (k.Tenant, k.TenantKey); the same input gives the same bytes.
	Blind func(k civic.Keys, field, term string) ([]byte, error)
	// Enqueue stores jobs in the transaction of their cause.
	Enqueue func(ctx context.Context, tx *sql.Tx, jobs []civic.Job) error
	Log     *slog.Logger
}

// Store is the one adapter to the database; safe for concurrent use.
type Store struct {
	Deps
	dialect dialect
	writeDB *sql.DB // on SQLite a single connection, shared with the job queue
	readDB  *sql.DB
	commit  committer
	numbers numberBlocks
	large   largeCounts
	keys    sync.Map // tenant id → wrapped tenant key, which never changes
}

// Open connects to a database that Migrate has prepared. The URL is sqlite:/path/file.db or postgres://….
func Open(ctx context.Context, url string, deps Deps) (*Store, error) {
	d, err := dialectOf(url)
	if err != nil {
		return nil, err
	}
	if deps.Now == nil || deps.Blind == nil || deps.Enqueue == nil || deps.Log == nil {
		return nil, errors.New("sqlstore: Open needs Now, Blind, Enqueue and Log")
	}
	write, read, err := d.open(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: open: %w", err)
	}
	s := &Store{Deps: deps, dialect: d, writeDB: write, readDB: read, numbers: newNumberBlocks(), large: newLargeCounts()}
	s.commit = d.committer(ctx, write, d.passing)
	if err := s.Ping(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close commits what waits and closes the connections. The job queue must be stopped before.
func (s *Store) Close() error {
	s.commit.close()
	err := s.writeDB.Close()
	if s.readDB != s.writeDB {
		err = errors.Join(err, s.readDB.Close())
	}
	return err
}

// Ping tells whether the database answers and holds the schema.
func (s *Store) Ping(ctx context.Context) error {
	if _, err := s.DirectoryVersion(ctx); err != nil {
		return fmt.Errorf("sqlstore: ping (was the database migrated?): %w", err)
	}
	return nil
}

// Stats returns the counters of the writing and the reading pool; on PostgreSQL they are the same pool.
func (s *Store) Stats() (write, read sql.DBStats) { return s.writeDB.Stats(), s.readDB.Stats() }

// DB is the writing pool, for the job queue, which shares SQLite's single writing connection.
func (s *Store) DB() *sql.DB { return s.writeDB }

// Kind is "sqlite" or "postgres".
func (s *Store) Kind() string { return s.dialect.kind }

func (s *Store) micros() int64 { return micros(s.Now()) }

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
