package sqlstore

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
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
	invited string        // asInvited: what for
	system  string        // asSystem: why
}

// inTenant acts for an authority: it sees the authority's rows.
func (s *Store) inTenant(tenant string) scope { return scope{store: s, tenant: tenant} }

// asSubject acts for an applicant: it sees the rows of one of their dossiers, or of all with dossier "".
// A dossier that is not theirs is NotFound.
func (s *Store) asSubject(who civic.Subject, dossier string) scope {
	return scope{store: s, who: who, dossier: dossier}
}

// What a dossier is opened for to those who hold an invitation.
const (
	toHelp   = string(civic.PurposeHelp)
	toSend   = "send" // a help that may send, too
	toCosign = string(civic.PurposeCosign)
)

// asInvited acts for the applicant, or for somebody whom they have invited for the purpose; to co-sign, for the latter alone.
func (s *Store) asInvited(who civic.Subject, dossier, purpose string) scope {
	return scope{store: s, who: who, dossier: dossier, invited: purpose}
}

// asSystem acts across tenants, for a reason. Each use stands in the reviewed list of audit_test.go.
func (s *Store) asSystem(reason string) scope { return scope{store: s, system: reason} }

// tx is a transaction in its scope.
type tx struct {
	*db.Queries
	sql    db.DBTX   // where statements go
	whole  *sql.Tx   // the transaction, for the job queue; nil in readAll and writeAll
	conn   *sql.Conn // its connection, where statements can travel together; nil elsewhere
	tenant string    // of the authority, or of the subject's one dossier; unknown ("") in readAll and writeAll
}

// work is what runs in a transaction. It may run again, so it must set its results anew each time; it does no other I/O.
type work func(ctx context.Context, t *tx) error

// read runs fn in a read-only transaction; op names it in errors.
func (sc scope) read(ctx context.Context, op string, fn work) error {
	if err := sc.valid(); err != nil {
		return err
	}
	err := inTx(ctx, sc.store.readDB, sc.store.dialect.travels, &sql.TxOptions{ReadOnly: true}, func(ctx context.Context, t *tx) error { return sc.run(ctx, t, fn) })
	return wrap(op, err)
}

// write runs fn in a transaction and returns once it is durable, or nothing of it is; op names it in errors.
func (sc scope) write(ctx context.Context, op string, fn work) error {
	if err := sc.valid(); err != nil {
		return err
	}
	return wrap(op, sc.store.commit.do(ctx, func(ctx context.Context, t *tx) error { return sc.run(ctx, t, fn) }))
}

// readAll runs steps that need nothing of each other (see together), nor the tenant that the scope would find out: on PostgreSQL
// they, and what opens the scope, are one trip.
func (sc scope) readAll(ctx context.Context, op string, steps ...work) error {
	if !sc.store.dialect.travels {
		return sc.read(ctx, op, inTurn(steps))
	}
	if err := sc.valid(); err != nil {
		return err
	}
	return wrap(op, sc.travel(ctx, sc.store.readDB, steps))
}

// writeAll is readAll for steps that write. It returns once they are durable, or nothing of them is.
func (sc scope) writeAll(ctx context.Context, op string, steps ...work) error {
	if !sc.store.dialect.travels {
		return sc.write(ctx, op, inTurn(steps))
	}
	if err := sc.valid(); err != nil {
		return err
	}
	return wrap(op, again(ctx, sc.store.dialect.passing, func() error { return sc.travel(ctx, sc.store.writeDB, steps) }))
}

func inTurn(steps []work) work {
	return func(ctx context.Context, t *tx) error {
		u := *t
		u.tenant = ""
		return u.together(ctx, steps...)
	}
}

func (sc scope) travel(ctx context.Context, pool *sql.DB, steps []work) error {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // gives it back to the pool
	return trip(ctx, &tx{conn: conn}, append(sc.opening(new(string)), steps...))
}

func (sc scope) valid() error {
	if sc.tenant == "" && sc.system == "" && sc.who.Empty() {
		return errNotFound()
	}
	return nil
}

func (sc scope) run(ctx context.Context, t *tx, fn work) error {
	t.tenant = sc.tenant
	if err := t.together(ctx, sc.opening(&t.tenant)...); err != nil {
		return err
	}
	return fn(ctx, t)
}

// opening are the steps that open the scope: the engine is told, and the dossier proved to be the subject's, whose tenant is set.
func (sc scope) opening(tenant *string) (steps []work) {
	if enter := sc.store.dialect.enter; enter != nil {
		steps = append(steps, func(ctx context.Context, t *tx) error { return enter(ctx, t.sql, sc) })
	}
	if !sc.who.Empty() {
		steps = append(steps, func(ctx context.Context, t *tx) (err error) {
			found, err := sc.own(ctx, t)
			if err == nil && found != "" {
				*tenant = found
			}
			return err
		})
	}
	return steps
}

// maxDossiers is how many dossiers of one subject are looked at, newest first.
const maxDossiers = 2000

// own proves that the dossier is the subject's; on PostgreSQL the same query, under the subject's own policy, opens its rows.
// It returns the tenant of the one dossier, "" for all of theirs.
func (sc scope) own(ctx context.Context, t *tx) (string, error) {
	if sc.invited == toCosign && len(hexed(sc.who.Invited)) == 0 {
		return "", errNotFound()
	}
	q := sc.ownership()
	rows, err := t.sql.QueryContext(ctx, q.String(), q.args...)
	if err != nil {
		return "", err
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		return "", err
	}
	found := false
	var id, tenant, granted string
	for rows.Next() {
		if err := rows.Scan([]any{&id, &tenant, &granted}[:len(columns)]...); err != nil {
			return "", err
		}
		found = true
	}
	switch err := rows.Err(); {
	case err != nil:
		return "", err
	case sc.dossier == "":
		return "", nil
	case !found:
		return "", errNotFound()
	}
	return tenant, nil
}

// ownership asks for the dossiers that are the subject's or, in the scope of an invitation, that it opens.
func (sc scope) ownership() (q sqlText) {
	q.add(`SELECT d.id, d.tenant` + sc.store.dialect.grant + ` FROM (`)
	invited := sc.invited != "" && len(hexed(sc.who.Invited)) > 0
	if sc.invited != toCosign {
		q.add(`SELECT id, tenant FROM dossiers WHERE `)
		if sc.dossier != "" {
			q.add(`id = `, q.arg(sc.dossier), ` AND `)
		}
		q.subject(sc.who, "")
		if !invited {
			q.add(fmt.Sprintf(` ORDER BY created DESC LIMIT %d`, maxDossiers))
		}
	}
	if invited {
		if sc.invited != toCosign {
			q.add(` UNION `)
		}
		q.add(`SELECT dossier AS id, tenant FROM invitations WHERE dossier = `, q.arg(sc.dossier), ` AND `)
		q.invited(sc, "")
	}
	q.add(`) AS d`)
	return q
}

// invited adds the condition that a row of invitations (under the alias, if any) opens its dossier for the scope's purpose now.
func (q *sqlText) invited(sc scope, alias string) {
	purpose := sc.invited
	if purpose == toSend {
		purpose = toHelp
		q.add(alias, `may_send = TRUE AND `)
	}
	q.add(alias, `purpose = `, q.arg(purpose), ` AND `, alias, `revoked = 0 AND `, alias, `expires > `, q.arg(sc.store.micros()), ` AND `, alias, `code IN `,
		q.in(hexed(sc.who.Invited)))
}

// maxCodes is how many recovery codes of one browser are looked at.
const maxCodes = 50

func hexCodes(who civic.Subject) []string { return hexed(who.Codes) }

func hexed(hashes [][]byte) []string {
	codes := make([]string, 0, len(hashes))
	for _, c := range hashes[:min(len(hashes), maxCodes)] {
		if len(c) > 0 {
			codes = append(codes, hex.EncodeToString(c))
		}
	}
	return codes
}

// sqlText collects a statement and its arguments.
type sqlText struct {
	text []byte
	args []any
}

func (q *sqlText) add(parts ...string) {
	for _, p := range parts {
		q.text = append(q.text, p...)
	}
}

func (q *sqlText) String() string { return string(q.text) }

// arg adds an argument and returns its placeholder.
func (q *sqlText) arg(v any) string {
	q.args = append(q.args, v)
	return "$" + strconv.Itoa(len(q.args))
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
