package sqlstore

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// scope is on whose behalf a transaction runs. There is no other way to one.
type scope struct {
	store   *Store
	tenant  string        // inTenant: the authority
	who     civic.Subject // asSubject: the applicant
	dossier string        // asSubject: the dossier they ask for, "" for all of theirs
	system  string        // asSystem: why
}

// inTenant acts for an authority: it sees the authority's rows.
func (s *Store) inTenant(tenant string) scope { return scope{store: s, tenant: tenant} }

// asSubject acts for an applicant: it sees the rows of one of their dossiers, or of all with dossier "".
// A dossier that is not theirs is NotFound.
func (s *Store) asSubject(who civic.Subject, dossier string) scope {
	return scope{store: s, who: who, dossier: dossier}
}

// asSystem acts across tenants, for a reason. Each use stands in the reviewed list of audit_test.go.
func (s *Store) asSystem(reason string) scope { return scope{store: s, system: reason} }

// tx is a transaction in its scope.
type tx struct {
	*db.Queries
	sql    *sql.Tx
	tenant string // of the authority, or of the subject's one dossier
}

// work is what runs in a transaction. It may run again, so it must set its results anew each time; it does no other I/O.
type work func(ctx context.Context, t *tx) error

// read runs fn in a read-only transaction; op names it in errors.
func (sc scope) read(ctx context.Context, op string, fn work) error {
	if err := sc.valid(); err != nil {
		return err
	}
	sqltx, err := sc.store.readDB.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return wrap(op, err)
	}
	defer func() { _ = sqltx.Rollback() }() // nothing was written; after Commit it does nothing
	if err := sc.run(ctx, sqltx, fn); err != nil {
		return wrap(op, err)
	}
	return wrap(op, sqltx.Commit())
}

// write runs fn in a transaction and returns once it is durable, or nothing of it is; op names it in errors.
func (sc scope) write(ctx context.Context, op string, fn work) error {
	if err := sc.valid(); err != nil {
		return err
	}
	return wrap(op, sc.store.commit.do(ctx, func(ctx context.Context, sqltx *sql.Tx) error { return sc.run(ctx, sqltx, fn) }))
}

func (sc scope) valid() error {
	if sc.tenant == "" && sc.system == "" && sc.who.Empty() {
		return errNotFound()
	}
	return nil
}

func (sc scope) run(ctx context.Context, sqltx *sql.Tx, fn work) error {
	if err := sc.store.dialect.enter(ctx, sqltx, sc); err != nil {
		return err
	}
	t := &tx{Queries: db.New(sqltx), sql: sqltx, tenant: sc.tenant}
	if !sc.who.Empty() {
		if err := sc.own(ctx, t); err != nil {
			return err
		}
	}
	return fn(ctx, t)
}

// maxDossiers is how many dossiers of one subject are looked at, newest first.
const maxDossiers = 2000

// own proves that the dossier is the subject's; on PostgreSQL the same query, under the subject's own policy, opens its rows.
func (sc scope) own(ctx context.Context, t *tx) error {
	var q sqlText
	q.add(`SELECT d.id, d.tenant` + sc.store.dialect.grant + ` FROM (SELECT id, tenant FROM dossiers WHERE `)
	if sc.dossier != "" {
		q.add(`id = `, q.arg(sc.dossier), ` AND `)
	}
	q.subject(sc.who, "")
	q.add(fmt.Sprintf(` ORDER BY created DESC LIMIT %d) AS d`, maxDossiers))
	rows, err := t.sql.QueryContext(ctx, q.String(), q.args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	found := false
	var id, tenant, granted string
	for rows.Next() {
		if err := rows.Scan([]any{&id, &tenant, &granted}[:len(columns)]...); err != nil {
			return err
		}
		found = true
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if sc.dossier == "" {
		return nil
	}
	if !found {
		return errNotFound()
	}
	t.tenant = tenant
	return nil
}

// maxCodes is how many recovery codes of one browser are looked at.
const maxCodes = 50

func hexCodes(who civic.Subject) []string {
	codes := make([]string, 0, len(who.Codes))
	for _, c := range who.Codes[:min(len(who.Codes), maxCodes)] {
		if len(c) > 0 {
			codes = append(codes, hex.EncodeToString(c))
		}
	}
	return codes
}

// sqlText collects a statement and its arguments.
type sqlText struct {
	strings.Builder
	args []any
}

func (q *sqlText) add(parts ...string) {
	for _, p := range parts {
		q.WriteString(p)
	}
}

// arg adds an argument and returns its placeholder.
func (q *sqlText) arg(v any) string {
	q.args = append(q.args, v)
	return fmt.Sprintf("$%d", len(q.args))
}

// in returns a parenthesised list of placeholders for values that are known to be at least one.
func (q *sqlText) in(values []string) string {
	places := make([]string, len(values))
	for i, v := range values {
		places[i] = q.arg(v)
	}
	return "(" + strings.Join(places, ", ") + ")"
}

// subject adds the condition that a row of dossiers (under the alias, if any) is the subject's.
func (q *sqlText) subject(who civic.Subject, alias string) {
	var or []string
	if who.Account != "" {
		or = append(or, fmt.Sprintf("(%[1]saccount = %[2]s AND %[1]saccount <> '')", alias, q.arg(who.Account)))
	}
	if codes := hexCodes(who); len(codes) > 0 {
		or = append(or, fmt.Sprintf("(%[1]scode IN %[2]s AND %[1]scode <> '')", alias, q.in(codes)))
	}
	if len(or) == 0 {
		or = append(or, "1 = 0")
	}
	q.add("(", strings.Join(or, " OR "), ")")
}

func errNotFound() error { return civic.Errorf(civic.NotFound, "error.not_found") }

// one turns "no row was touched" into NotFound.
func one(rows int64, err error) error {
	if err == nil && rows == 0 {
		return errNotFound()
	}
	return err
}

// wrap names the operation, and turns a missing row into NotFound. Errors of civic pass as they are.
func wrap(op string, err error) error {
	var ours *civic.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &ours):
		return err
	case errors.Is(err, sql.ErrNoRows):
		return errNotFound()
	}
	return fmt.Errorf("sqlstore: %s: %w", op, err)
}
