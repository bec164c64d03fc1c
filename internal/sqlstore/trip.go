package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"antragswerk/internal/sqlstore/db"
)

// A trip to PostgreSQL and back costs more than most of our statements. Steps that need nothing of each other therefore travel
// together: each is run twice, first with a courier that notes its statement, then, when all answers are back, with one that
// gives it the answer. SQLite lies in our own process; there the steps simply run one after the other.

// together runs steps that need nothing of each other. Each asks one statement at most, and sets its results anew when it is run again.
func (t *tx) together(ctx context.Context, steps ...work) error {
	if t.conn != nil {
		return trip(ctx, t, steps)
	}
	for _, step := range steps {
		if err := step(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// trip carries the statements of all steps over t's connection and returns the first error. Without a transaction around it, it is
// one by itself: everything up to the end of the trip is.
func trip(ctx context.Context, t *tx, steps []work) error {
	couriers := make([]courier, len(steps))
	batch := &pgx.Batch{}
	for i, step := range steps {
		c := &couriers[i]
		if err := step(ctx, t.by(c)); !c.noted && err != nil {
			return err
		}
		if c.noted {
			batch.Queue(c.text, c.args...)
		}
	}
	if batch.Len() == 0 {
		return nil
	}
	err := t.conn.Raw(func(raw any) error {
		results := raw.(*stdlib.Conn).Conn().SendBatch(ctx, batch)
		for i := range couriers {
			if err := couriers[i].collect(results); err != nil {
				return errors.Join(err, results.Close())
			}
		}
		return results.Close()
	})
	if err != nil {
		return err
	}
	for i, step := range steps {
		if c := &couriers[i]; c.noted {
			if err := step(ctx, t.by(c)); err != nil {
				return err
			}
		}
	}
	return nil
}

// by is the transaction with a courier in the place of its connection.
func (t *tx) by(c *courier) *tx {
	u := *t
	u.sql, u.Queries = c, db.New(c)
	return &u
}

// courier notes a step's statement, and gives its answer when asked again.
type courier struct {
	text     string
	args     []any
	wantRows bool
	noted    bool
	back     bool // the answer is there
	given    bool
	answer
}

// answer is what a statement returned.
type answer struct {
	columns  []string
	rows     [][]driver.Value
	affected int64
}

var (
	errNoted = errors.New("the statement is on its way")
	errTwice = errors.New("a step that travels with others asks one statement only")
)

// ask is true when the answer can be given.
func (c *courier) ask(text string, args []any, rows bool) error {
	switch {
	case !c.back && !c.noted:
		c.text, c.args, c.wantRows, c.noted = text, args, rows, true
		return errNoted
	case !c.back || c.given:
		return errTwice
	}
	c.given = true
	return nil
}

// collect takes the courier's answer out of what came back.
func (c *courier) collect(results pgx.BatchResults) error {
	if !c.noted {
		return nil
	}
	c.back = true
	if !c.wantRows {
		tag, err := results.Exec()
		c.affected = tag.RowsAffected()
		return err
	}
	rows, err := results.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	for _, f := range rows.FieldDescriptions() {
		c.columns = append(c.columns, f.Name)
	}
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return err
		}
		row := make([]driver.Value, len(values))
		for i, v := range values {
			row[i] = plainValue(v)
		}
		c.rows = append(c.rows, row)
	}
	return rows.Err()
}

// plainValue is a value as database/sql expects it of a driver.
func plainValue(v any) driver.Value {
	switch n := v.(type) {
	case int16:
		return int64(n)
	case int32:
		return int64(n)
	case float32:
		return float64(n)
	}
	return v
}

// ExecContext notes the statement or tells how many rows it touched.
func (c *courier) ExecContext(_ context.Context, text string, args ...any) (sql.Result, error) {
	if err := c.ask(text, args, false); err != nil {
		return nil, err
	}
	return driver.RowsAffected(c.affected), nil
}

// QueryContext notes the query or gives its rows.
func (c *courier) QueryContext(_ context.Context, text string, args ...any) (*sql.Rows, error) {
	if err := c.ask(text, args, true); err != nil {
		return nil, err
	}
	return giving.QueryContext(context.WithValue(context.Background(), answerKey{}, &c.answer), text)
}

// QueryRowContext notes the query or gives its row.
func (c *courier) QueryRowContext(_ context.Context, text string, args ...any) *sql.Row {
	ctx := context.WithValue(context.Background(), answerKey{}, &c.answer)
	if err := c.ask(text, args, true); err != nil {
		ctx = context.WithValue(context.Background(), answerKey{}, err)
	}
	return giving.QueryRowContext(ctx, text)
}

// PrepareContext is not needed: pgx keeps statements prepared by itself.
func (c *courier) PrepareContext(context.Context, string) (*sql.Stmt, error) {
	return nil, fmt.Errorf("prepare: %w", errors.ErrUnsupported)
}

// giving is a database/sql database whose queries return the answer, or the error, that their context holds: *sql.Rows can be
// made in no other way.
var giving = sql.OpenDB(givingDriver{})

type answerKey struct{}

type givingDriver struct{}

// Connect opens a connection to nowhere.
func (d givingDriver) Connect(context.Context) (driver.Conn, error) { return givingConn{}, nil }

// Driver is the driver itself.
func (d givingDriver) Driver() driver.Driver { return d }

// Open opens a connection to nowhere.
func (d givingDriver) Open(string) (driver.Conn, error) { return givingConn{}, nil }

type givingConn struct{}

// QueryContext returns what the context holds.
func (givingConn) QueryContext(ctx context.Context, _ string, _ []driver.NamedValue) (driver.Rows, error) {
	switch held := ctx.Value(answerKey{}).(type) {
	case *answer:
		return &givenRows{answer: held}, nil
	case error:
		return nil, held
	}
	return nil, errors.ErrUnsupported
}

// Prepare is not needed.
func (givingConn) Prepare(string) (driver.Stmt, error) { return nil, errors.ErrUnsupported }

// Begin is not needed.
func (givingConn) Begin() (driver.Tx, error) { return nil, errors.ErrUnsupported }

// Close has nothing to close.
func (givingConn) Close() error { return nil }

type givenRows struct {
	*answer
	next int
}

// Columns are the names of the columns.
func (r *givenRows) Columns() []string { return r.columns }

// Close has nothing to close.
func (r *givenRows) Close() error { return nil }

// Next gives the next row.
func (r *givenRows) Next(dest []driver.Value) error {
	if r.next == len(r.rows) {
		return io.EOF
	}
	copy(dest, r.rows[r.next])
	r.next++
	return nil
}
