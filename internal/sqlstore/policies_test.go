package sqlstore_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/queue"
	"antragswerk/internal/sqlstore"
	"antragswerk/internal/sqlstore/storetest"
	"antragswerk/internal/testenv"
)

// openThrough opens a store on a database that is migrated, by another address of it.
func openThrough(t *testing.T, address string) *sqlstore.Store {
	t.Helper()
	var q *queue.Queue
	s, err := sqlstore.Open(t.Context(), address, sqlstore.Deps{
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

// The whole suite passes while every statement has forgotten its tenant: row-level security alone keeps authorities apart.
func TestStoreWithoutConditions(t *testing.T) {
	database := testenv.Postgres(t)
	if err := sqlstore.Migrate(t.Context(), database, queue.Migrate); err != nil {
		t.Fatal(err)
	}
	line := newForgetful(t, database)
	storetest.Run(t, func(t *testing.T) *sqlstore.Store {
		emptied(t, database)
		return openThrough(t, line.url)
	})
	if n := line.removed.Load(); n < 300 {
		t.Errorf("only %d conditions were removed", n)
	}
}

// forTests is the owner of the database with the right to see all rows.
func forTests(t *testing.T, database string, do func(context.Context, *sql.Conn) error) {
	t.Helper()
	err := sqlstore.Migrate(t.Context(), database, func(ctx context.Context, pool *sql.DB, _ string) error {
		conn, err := pool.Conn(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close() }()
		if _, err := conn.ExecContext(ctx, "SELECT set_config('app.system', 'a test', false)"); err != nil {
			return err
		}
		return do(ctx, conn)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// tablesOfTenants are the tables that have a column tenant, and those of them that everybody may read.
func tablesOfTenants(ctx context.Context, conn *sql.Conn) (tables []string, err error) {
	rows, err := conn.QueryContext(ctx, `SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'tenant'
		AND table_name NOT IN ('offerings', 'overlays', 'logos') ORDER BY 1`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		tables = append(tables, name)
	}
	return tables, rows.Err()
}

// dropForeignKeys lets rows be planted that refer to nothing.
func dropForeignKeys(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, `DO $$ DECLARE c RECORD; BEGIN
		FOR c IN SELECT conname, conrelid FROM pg_constraint WHERE contype = 'f' LOOP
			EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', CAST(c.conrelid AS regclass), c.conname);
		END LOOP; END $$`)
	return err
}

// plant gives a tenant a row in a table where it has none.
func plant(ctx context.Context, conn *sql.Conn, table, tenant string) error {
	var n int
	if err := conn.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+table+" WHERE tenant = $1", tenant).Scan(&n); err != nil || n > 0 {
		return err
	}
	rows, err := conn.QueryContext(ctx, `SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1`, table)
	if err != nil {
		return err
	}
	var columns, values []string
	for rows.Next() {
		var column, kind string
		if err := rows.Scan(&column, &kind); err != nil {
			return err
		}
		value := map[string]string{"text": "'planted'", "bytea": `'\x00'`, "bigint": "0", "integer": "0", "boolean": "false"}[kind]
		if column == "tenant" {
			value = "'" + tenant + "'"
		}
		columns, values = append(columns, column), append(values, value)
	}
	if err := rows.Close(); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, "INSERT INTO "+table+" ("+strings.Join(columns, ", ")+") VALUES ("+strings.Join(values, ", ")+")")
	if err != nil {
		return fmt.Errorf("a row in %s: %w", table, err)
	}
	return nil
}

// leaks are the tables and use cases by which Gera comes to see what is Jena's.
func leaks(t *testing.T, s *sqlstore.Store, w *storetest.World, c civic.Case, tables []string) (list []string) {
	t.Helper()
	for _, table := range tables {
		n, err := s.InTenant(w.Gera.ID).Count(t.Context(), "SELECT COUNT(*) FROM "+table+" WHERE tenant = $1", w.Gera.ID)
		if err != nil {
			t.Fatalf("%s: %v", table, err)
		}
		if n > 0 {
			list = append(list, table)
		}
	}
	ctx := t.Context()
	ask := func(name string, found bool, err error) {
		if found && err == nil {
			list = append(list, name)
		} else if err != nil && civic.CodeOf(err) != civic.NotFound {
			t.Fatalf("%s: %v", name, err)
		}
	}
	file, err := s.CaseFile(ctx, w.Gera.ID, c.ID)
	ask("CaseFile", file.Case.ID != "", err)
	page, err := s.Cases(ctx, w.Gera.ID, civic.InboxFilter{})
	ask("Cases", len(page.Cases) > 0, err)
	_, _, err = s.AttachmentByID(ctx, w.Gera.ID, "a")
	ask("AttachmentByID", true, err)
	events, err := s.TenantEvents(ctx, w.Gera.ID, "", 10)
	ask("TenantEvents", len(events) > 0, err)
	routes, err := s.Routes(ctx, w.Gera.ID)
	ask("Routes", len(routes) > 0, err)
	_, err = s.Delivery(ctx, w.Gera.ID, "de")
	ask("Delivery", true, err)
	return list
}

// Every table of a tenant is closed to the others though the statements forget the tenant; and where a policy is opened, the same look finds it.
func TestForgottenConditions(t *testing.T) {
	database := testenv.Postgres(t)
	direct := open(t, database)
	w, _, c := whole(t, direct)
	var tables []string
	forTests(t, database, func(ctx context.Context, conn *sql.Conn) (err error) {
		if tables, err = tablesOfTenants(ctx, conn); err != nil {
			return err
		}
		if err := dropForeignKeys(ctx, conn); err != nil {
			return err
		}
		for _, table := range tables {
			if err := plant(ctx, conn, table, w.Jena.ID); err != nil {
				return err
			}
		}
		return nil
	})
	for _, table := range tenantTables {
		if !slices.Contains(append([]string{"offerings", "overlays", "logos"}, tables...), table) {
			t.Errorf("%s has no column tenant", table)
		}
	}
	if len(tables) < 44 {
		t.Errorf("only %d tables were looked at", len(tables))
	}
	s := openThrough(t, newForgetful(t, database).url)
	if found := leaks(t, s, w, c, tables); len(found) > 0 {
		t.Errorf("without conditions Gera sees what is Jena's by %q", found)
	}
	forTests(t, database, func(ctx context.Context, conn *sql.Conn) error {
		for _, table := range tables {
			if _, err := conn.ExecContext(ctx, "CREATE POLICY hole ON "+table+" FOR SELECT USING (true)"); err != nil {
				return err
			}
		}
		return nil
	})
	if found := leaks(t, s, w, c, tables); len(found) != len(tables)+6 {
		t.Errorf("with open policies the look finds %d of %d: %q", len(found), len(tables)+6, found)
	}
	if found := leaks(t, direct, w, c, tables); len(found) > 0 {
		t.Errorf("with open policies the conditions alone do not hold: %q", found)
	}
}
