package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"antragswerk/internal/sqlstore/db"
)

// dialect holds all that differs between the engines.
type dialect struct {
	kind       string
	migrations string // folder of the migrations that only this engine has
	goose      goose.Dialect
	// open returns the writing and the reading pool of the server; migrator one connection that owns the schema.
	open     func(ctx context.Context, url string) (write, read *sql.DB, err error)
	migrator func(url string) (*sql.DB, error)
	// inspector opens the database without changing it; present fails when there is none.
	inspector func(url string) (*sql.DB, error)
	present   func(url string) error
	// lock tries to take, and unlock gives back, the right to migrate, against other nodes that start at the same moment.
	lock, unlock string
	// committer makes writes durable on the pool; it runs again what failed with an error that passes.
	committer func(ctx context.Context, pool *sql.DB, passing func(error) bool) committer
	// travels tells that the engine lies behind a network, so that statements travel together (trip.go).
	travels bool
	// enter tells the engine the scope of the transaction; nil on SQLite, which has no row-level security to tell.
	enter func(ctx context.Context, to db.DBTX, sc scope) error
	// grant is a further column of the query that proves which dossiers are the subject's; it makes their rows visible.
	grant string
	// walk is how many entries of an index a page of a list may look at: as many as take some milliseconds.
	walk int
	// led makes the engine follow the ways that lists have chosen (inboxway.go), planned by their values. "" where it does so anyway.
	led string
	// passing tells whether an error will go away when the transaction is run again.
	passing func(error) bool
}

// dialects by URL scheme.
func dialectOf(rawURL string) (dialect, error) {
	scheme, _, _ := strings.Cut(rawURL, ":")
	switch scheme {
	case "sqlite":
		return sqliteDialect(), nil
	case "postgres", "postgresql":
		return postgresDialect(), nil
	}
	return dialect{}, errors.New("sqlstore: the database URL must begin with sqlite or postgres")
}

// readers is the number of reading connections to SQLite; more only wait for the same cores, and each has a cache of its own.
const readers = 4

func sqliteDialect() dialect {
	return dialect{
		kind:       "sqlite",
		migrations: "migrations/sqlite",
		goose:      goose.DialectSQLite3,
		open: func(_ context.Context, u string) (*sql.DB, *sql.DB, error) {
			write, err := openSQLite(u, 1, writing)
			if err != nil {
				return nil, nil, err
			}
			read, err := openSQLite(u, readers, "&_pragma=query_only(1)")
			if err != nil {
				return nil, nil, errors.Join(err, write.Close())
			}
			return write, read, nil
		},
		migrator: func(u string) (*sql.DB, error) {
			if err := createPrivate(sqlitePath(u)); err != nil {
				return nil, err
			}
			return openSQLite(u, 1, writing)
		},
		inspector: func(u string) (*sql.DB, error) { return openSQLite(u, 1, "&_pragma=query_only(1)") },
		present: func(u string) error {
			_, err := os.Stat(filepath.Clean(sqlitePath(u)))
			return err
		},
		lock:      "SELECT 1",
		unlock:    "SELECT 1",
		committer: newGroupCommitter,
		walk:      2_000,
		passing:   func(error) bool { return false },
	}
}

func sqlitePath(rawURL string) string {
	return strings.TrimPrefix(strings.TrimPrefix(rawURL, "sqlite:"), "//")
}

// createPrivate makes the file, if it is missing, for its owner alone; SQLite's files beside it follow its mode.
func createPrivate(path string) error {
	f, err := os.OpenFile(filepath.Clean(path), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// writing is for the one connection that writes: it has 16 MiB of pages in memory.
const writing = "&_pragma=cache_size(-16384)"

// openSQLite opens sqlite:/path/file.db with at most conns connections, which stay open: opening one costs more than a query.
func openSQLite(rawURL string, conns int, more string) (*sql.DB, error) {
	path := sqlitePath(rawURL)
	if path == "" || strings.Contains(path, "?") {
		return nil, errors.New("the database URL must be sqlite: and the path of a file, without options")
	}
	dsn := "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() +
		"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" +
		"&_pragma=temp_store(MEMORY)" + more
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(preparing{connector})
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

func postgresDialect() dialect {
	return dialect{
		kind:       "postgres",
		migrations: "migrations/postgres",
		goose:      goose.DialectPostgres,
		open: func(_ context.Context, u string) (*sql.DB, *sql.DB, error) {
			db, err := openPostgres(u, serverRole)
			return db, db, err
		},
		migrator:  func(u string) (*sql.DB, error) { return openPostgres(u, "") },
		inspector: func(u string) (*sql.DB, error) { return openPostgres(u, "") },
		present:   func(string) error { return nil },
		// Any constant does; advisory locks belong to one database.
		lock:      "SELECT pg_try_advisory_lock(4711042026)",
		unlock:    "SELECT pg_advisory_unlock(4711042026)",
		committer: newSingleCommitter,
		travels:   true,
		walk:      2_000,
		led: `SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_seqscan', 'off', true),
			set_config('enable_bitmapscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`,
		enter: func(ctx context.Context, to db.DBTX, sc scope) error {
			_, err := to.ExecContext(ctx, `SELECT set_config('app.tenant', $1, true), set_config('app.account', $2, true),
				set_config('app.codes', $3, true), set_config('app.system', $4, true), set_config('app.invited', $5, true), set_config('role', $6, true)`,
				sc.tenant, sc.who.Account, strings.Join(hexCodes(sc.who), ","), sc.system, strings.Join(hexed(sc.who.Invited), ","), sc.role())
			return err
		},
		grant: `, set_config('app.dossiers', string_agg(d.id, ',') OVER (), true)`,
		passing: func(err error) bool {
			var pg *pgconn.PgError
			return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01") // serialisation, deadlock
		},
	}
}

// serverRole is whom the serving connections act as: bound by row-level security, not the owner of anything. For an authority they
// act as officeRole, which sees nothing but its tenant (migration 26).
const (
	serverRole = "antragswerk_app"
	officeRole = "antragswerk_office"
)

func (sc scope) role() string {
	if sc.tenant != "" {
		return officeRole
	}
	return serverRole
}

// openPostgres opens a pool, acting as the role if one is given. The URL may carry pool_max_conns (default 20).
func openPostgres(rawURL, role string) (*sql.DB, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return nil, errors.New("the database URL is not a URL") // without the cause, which holds the password
	}
	conns := 20
	query := u.Query()
	if n := query.Get("pool_max_conns"); n != "" {
		if conns, err = strconv.Atoi(n); err != nil || conns < 1 {
			return nil, errors.New("pool_max_conns in the database URL must be a number from 1")
		}
		query.Del("pool_max_conns")
		u.RawQuery = query.Encode()
	}
	cfg, err := pgx.ParseConfig(u.String())
	if err != nil {
		return nil, err
	}
	cfg.RuntimeParams["application_name"] = "antragswerk"
	cfg.RuntimeParams["jit"] = "off" // it compiles for longer than our statements run
	db := stdlib.OpenDB(*cfg, stdlib.OptionAfterConnect(func(ctx context.Context, c *pgx.Conn) error {
		if role == "" {
			return nil
		}
		if _, err := c.Exec(ctx, "SET ROLE "+pgx.Identifier{role}.Sanitize()); err != nil {
			return fmt.Errorf("acting as %s (was the database migrated?): %w", role, err)
		}
		return nil
	}))
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

// taken tells whether err says that a unique value exists already, on either engine.
func taken(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23505"
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) && (lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}
