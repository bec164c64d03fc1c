package sqlstore

import (
	"context"
	"database/sql"

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

// Explain returns the lines of a statement's plan in a tenant.
func (s *Store) Explain(ctx context.Context, tenant, statement string, args ...any) (lines []string, err error) {
	explain := map[string]string{"sqlite": "EXPLAIN QUERY PLAN ", "postgres": "EXPLAIN "}[s.dialect.kind]
	err = s.inTenant(tenant).read(ctx, "explain", func(ctx context.Context, t *tx) error {
		rows, err := t.sql.QueryContext(ctx, explain+statement, args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		for rows.Next() {
			var line string
			into := make([]any, len(columns))
			for i := range into {
				into[i] = new(any)
			}
			into[len(into)-1] = &line
			if err := rows.Scan(into...); err != nil {
				return err
			}
			lines = append(lines, line)
		}
		return rows.Err()
	})
	return lines, err
}

// InboxStatement is the statement of an inbox page.
func (s *Store) InboxStatement(ctx context.Context, tenant string, f civic.InboxFilter) (string, []any, error) {
	in := inbox{tenant: tenant, filter: f, now: s.micros(), limit: 50}
	if err := in.order(); err != nil {
		return "", nil, err
	}
	var err error
	if f.Search != "" {
		in.terms, err = s.searchTerms(ctx, tenant, f.Search)
	}
	q := in.statement()
	return q.String(), q.args, err
}

// CountsStatement is the statement of the inbox's counters.
func CountsStatement(tenant string) (string, []any) {
	q := countsStatement(tenant, nil)
	return q.String(), q.args
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
