package sqlstore

import (
	"context"
	"database/sql"
	"strings"

	"antragswerk/internal/civic"
)

// What the external tests need to see of the inside.

// Exec runs a statement in a scope and returns how many rows it touched.
func (sc Scope) Exec(ctx context.Context, statement string, args ...any) (n int64, err error) {
	err = scope(sc).write(ctx, "test", func(ctx context.Context, t *tx) error {
		res, err := t.sql.ExecContext(ctx, statement, args...)
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return n, err
}

// Count runs a query of one number in a scope.
func (sc Scope) Count(ctx context.Context, query string, args ...any) (n int, err error) {
	err = scope(sc).read(ctx, "test", func(ctx context.Context, t *tx) error {
		return t.sql.QueryRowContext(ctx, query, args...).Scan(&n)
	})
	return n, err
}

// Explain returns the lines of a statement's plan in a tenant; on PostgreSQL the statement is run, and each line says how many rows
// there were. It is led where lists lead it. A line of SQLite's is indented below what it belongs to.
func (s *Store) Explain(ctx context.Context, tenant string, led bool, statement string, args ...any) (lines []string, err error) {
	explain := map[string]string{"sqlite": "EXPLAIN QUERY PLAN ", "postgres": "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) "}[s.dialect.kind]
	err = s.inTenant(tenant).read(ctx, "explain", func(ctx context.Context, t *tx) error {
		if s.dialect.led != "" && led {
			if _, err := t.sql.ExecContext(ctx, s.dialect.led); err != nil {
				return err
			}
		}
		rows, err := t.sql.QueryContext(ctx, explain+statement, args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		depth := map[int]int{}
		for rows.Next() {
			var line string
			var id, parent, unused int
			if s.dialect.kind == "postgres" {
				err = rows.Scan(&line)
			} else if err = rows.Scan(&id, &parent, &unused, &line); err == nil {
				depth[id] = depth[parent] + 1
				line = strings.Repeat("  ", depth[id]) + line
			}
			if err != nil {
				return err
			}
			lines = append(lines, line)
		}
		return rows.Err()
	})
	return lines, err
}

// Statement is one that a page of the inbox needs.
type Statement struct {
	Name, Text string
	Args       []any
}

// InboxStatements are the statements that a page of the inbox comes to.
func (s *Store) InboxStatements(ctx context.Context, tenant string, f civic.InboxFilter) (list []Statement, err error) {
	in := inbox{tenant: tenant, filter: f, now: s.micros(), limit: 50, walk: s.dialect.walk}
	if err := in.order(); err != nil {
		return nil, err
	}
	if in.terms, _, err = s.termsOf(ctx, tenant, f); err != nil {
		return nil, err
	}
	add := func(name string, q sqlText) { list = append(list, Statement{name, q.String(), q.args}) }
	err = s.inTenant(tenant).read(ctx, "statements", func(ctx context.Context, t *tx) error {
		list = nil
		q, end, err := in.choose(ctx, t)
		name := "exact"
		if strings.HasPrefix(q.String(), "WITH few") {
			name = "gathered"
		} else if end != nil {
			name = "walked"
		}
		add(name, q)
		if q := in.counting(in.ways()); name != "exact" && len(q.text) > 0 {
			add("counting", q)
		}
		for _, p := range in.ways() {
			if p.column == in.column && end != nil {
				add("boundary", in.boundary(p))
			}
		}
		return err
	})
	return list, err
}

// CountingStatement is how the filters are counted together.
func (s *Store) CountingStatement(ctx context.Context, tenant string, filters ...civic.InboxFilter) (x Statement, err error) {
	var asked []*tally
	for i, f := range filters {
		in := &inbox{tenant: tenant, filter: f, now: s.micros(), limit: 1, walk: s.dialect.walk, column: "received"}
		if in.terms, _, err = s.termsOf(ctx, tenant, f); err != nil {
			return x, err
		}
		asked = append(asked, newTally(i, in))
	}
	err = s.inTenant(tenant).read(ctx, "counting", func(ctx context.Context, t *tx) error {
		if err := chooseAll(ctx, t, s.dialect.led, asked); err != nil {
			return err
		}
		q := talliesStatement(tenant, asked)
		x = Statement{"counted", q.String(), q.args}
		return nil
	})
	return x, err
}

// Scope is a scope to run statements in.
type Scope scope

// InTenant, AsSubject and AsSystem open the scopes.
func (s *Store) InTenant(tenant string) Scope { return Scope(s.inTenant(tenant)) }
func (s *Store) AsSubject(who civic.Subject, dossier string) Scope {
	return Scope(s.asSubject(who, dossier))
}
func (s *Store) AsSystem(reason string) Scope { return Scope(s.asSystem(reason)) }
func (s *Store) Do(ctx context.Context, run func(context.Context, *sql.Tx) error) error {
	return s.commit.do(ctx, func(ctx context.Context, t *tx) error { return run(ctx, t.whole) })
}

// TermCount is how many terms the texts are found by.
func TermCount(texts []civic.IndexTerm) int {
	seen := map[term]bool{}
	for _, t := range texts {
		for _, found := range indexTerms(t) {
			seen[found] = true
		}
	}
	return len(seen)
}

// AsInvited is the scope of an invitation.
func (s *Store) AsInvited(who civic.Subject, dossier, purpose string) Scope {
	return Scope(s.asInvited(who, dossier, purpose))
}
