package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// Migrate brings the schema up to date, as the owner. Nodes that start at the same moment wait for each other.
// More migrations (the job queue's) run after it on the same database; kind is "sqlite" or "postgres".
func Migrate(ctx context.Context, url string, more ...func(ctx context.Context, pool *sql.DB, kind string) error) (err error) {
	d, err := dialectOf(url)
	if err != nil {
		return err
	}
	pool, err := d.migrator(url)
	if err != nil {
		return fmt.Errorf("sqlstore: migrate: %w", err)
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	unlock, err := d.exclusively(ctx, url)
	if err != nil {
		return fmt.Errorf("sqlstore: migrate: lock: %w", err)
	}
	defer unlock()
	p, err := goose.NewProvider(d.goose, pool, merged{d.migrations}, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("sqlstore: migrate: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("sqlstore: migrate: %w", err)
	}
	for _, m := range more {
		if err := m(ctx, pool, d.kind); err != nil {
			return fmt.Errorf("sqlstore: migrate: %w", err)
		}
	}
	return nil
}

// Inspect tells in plain words whether the database answers and which state its schema is in. It changes nothing.
func Inspect(ctx context.Context, url string) (state string, err error) {
	d, err := dialectOf(url)
	if err != nil {
		return "", err
	}
	if err := d.present(url); err != nil {
		return "there is no database yet: it is made at the first start", nil
	}
	pool, err := d.inspector(url)
	if err != nil {
		return "", fmt.Errorf("sqlstore: inspect: %w", err)
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	if err := pool.PingContext(ctx); err != nil {
		return "", fmt.Errorf("sqlstore: inspect: %w", err)
	}
	p, err := goose.NewProvider(d.goose, pool, merged{d.migrations}, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return "", fmt.Errorf("sqlstore: inspect: %w", err)
	}
	sources := p.ListSources()
	last := sources[len(sources)-1].Version
	var at int64
	if err := pool.QueryRowContext(ctx, "SELECT MAX(version_id) FROM goose_db_version").Scan(&at); err != nil {
		return fmt.Sprintf("empty: the next start brings it to schema %d", last), nil
	}
	if at < last {
		return fmt.Sprintf("schema %d: the next start brings it to %d", at, last), nil
	}
	if at > last {
		return "", fmt.Errorf("the database has schema %d, made by a newer version of this program, which knows %d", at, last)
	}
	return fmt.Sprintf("schema %d", at), nil
}

// exclusively takes the migration lock on a connection of its own and returns how to give it back.
func (d dialect) exclusively(ctx context.Context, url string) (func(), error) {
	pool, err := d.migrator(url)
	if err != nil {
		return nil, err
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	// Asking again and again, because a statement that waits holds a snapshot, for which a migration that builds an index
	// concurrently would wait in turn.
	for mine := false; !mine; {
		if err := conn.QueryRowContext(ctx, d.lock).Scan(&mine); err != nil {
			return nil, errors.Join(err, pool.Close())
		}
		if !mine {
			time.Sleep(100 * time.Millisecond)
		}
	}
	return func() {
		// Closing the connection gives the lock back too; the statement only does it sooner.
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), d.unlock)
		_ = conn.Close()
		_ = pool.Close()
	}, nil
}

// merged shows the migrations of both engines and those of one as a single folder.
type merged struct{ own string }

// Open opens a migration by name, wherever it lies.
func (m merged) Open(name string) (fs.File, error) {
	f, err := migrations.Open(path.Join("migrations", name))
	if err != nil {
		return migrations.Open(path.Join(m.own, name))
	}
	return f, nil
}

// ReadDir lists the files of both folders by name, which is the order in which they run.
func (m merged) ReadDir(name string) ([]fs.DirEntry, error) {
	shared, err := migrations.ReadDir(path.Join("migrations", name))
	if err != nil {
		return nil, err
	}
	own, err := migrations.ReadDir(path.Join(m.own, name))
	all := append(shared, own...)
	slices.SortFunc(all, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return all, err
}

// Glob finds migrations by pattern.
func (m merged) Glob(pattern string) ([]string, error) {
	entries, err := m.ReadDir(".")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if ok, err := path.Match(pattern, e.Name()); err != nil {
			return nil, err
		} else if ok && !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}
