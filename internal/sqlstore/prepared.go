package sqlstore

import (
	"container/list"
	"context"
	"database/sql/driver"
	"errors"
)

// SQLite parses a statement each time it runs unless somebody keeps it prepared, and parsing costs a fifth of a submission.
// preparing wraps the driver's connections so that each keeps the statements that it ran last, ours and the job queue's.
// (pgx does the same for PostgreSQL by itself.)
type preparing struct{ driver.Connector }

// Connect opens a connection that keeps its statements.
func (p preparing) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	whole, ok := c.(wholeConn)
	if !ok {
		return nil, errors.Join(errors.New("the driver's connection lacks an interface"), c.Close())
	}
	return &preparedConn{wholeConn: whole, kept: map[string]*list.Element{}, order: list.New()}, nil
}

// wholeConn is all that the driver's connections can do and database/sql asks for.
type wholeConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

const (
	maxKept    = 128       // statements of one connection
	maxKeptSQL = 16 * 1024 // bytes; longer ones (bulk inserts) run once
)

// preparedConn is used by one goroutine at a time, as database/sql promises.
type preparedConn struct {
	wholeConn
	kept  map[string]*list.Element
	order *list.List // of *keptStmt, last used first
}

type keptStmt struct {
	text string
	stmt driver.Stmt
	busy bool // its rows are being read
}

// Unwrap lets the driver find its own connection.
func (c *preparedConn) Unwrap() driver.Conn { return c.wholeConn }

// Close closes the statements with the connection.
func (c *preparedConn) Close() error {
	var errs []error
	for e := c.order.Front(); e != nil; e = e.Next() {
		errs = append(errs, e.Value.(*keptStmt).stmt.Close())
	}
	return errors.Join(append(errs, c.wholeConn.Close())...)
}

// BeginTx begins a transaction: one that may write takes the lock at once, so that it never waits for it half-way. The driver's own
// would prepare BEGIN and COMMIT each time.
func (c *preparedConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	begin := "BEGIN IMMEDIATE"
	if opts.ReadOnly {
		begin = "BEGIN"
	}
	t := keptTx{c, context.WithoutCancel(ctx)}
	if _, err := c.ExecContext(ctx, begin, nil); err != nil {
		_ = t.Rollback() // it may have begun all the same, when ctx ended in that moment
		return nil, err
	}
	return t, nil
}

// keptTx is a transaction of a connection. Its end does not wait for anybody, and must not be half heard: ctx is not cancelled.
type keptTx struct {
	of  *preparedConn
	ctx context.Context
}

// Commit commits, or leaves no transaction behind.
func (t keptTx) Commit() error {
	_, err := t.of.ExecContext(t.ctx, "COMMIT", nil)
	if err != nil {
		_ = t.Rollback() // fails when the engine has rolled back already
	}
	return err
}

// Rollback rolls back.
func (t keptTx) Rollback() error {
	_, err := t.of.ExecContext(t.ctx, "ROLLBACK", nil)
	return err
}

// ExecContext runs a statement, prepared before if it ran before.
func (c *preparedConn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	k, err := c.keep(ctx, text)
	if err != nil {
		return nil, err
	}
	if k == nil {
		return c.wholeConn.ExecContext(ctx, text, args)
	}
	return k.stmt.(driver.StmtExecContext).ExecContext(ctx, args)
}

// QueryContext runs a query, prepared before if it ran before.
func (c *preparedConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	k, err := c.keep(ctx, text)
	if err != nil {
		return nil, err
	}
	if k == nil {
		return c.wholeConn.QueryContext(ctx, text, args)
	}
	rows, err := k.stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	k.busy = true
	return keptRows{rows, k}, nil
}

// keep returns the prepared statement of a text, nil when it must run by itself: because it is too long, or because its rows are
// still being read.
func (c *preparedConn) keep(ctx context.Context, text string) (*keptStmt, error) {
	if len(text) > maxKeptSQL {
		return nil, nil
	}
	if e, ok := c.kept[text]; ok {
		k := e.Value.(*keptStmt)
		if k.busy {
			return nil, nil
		}
		c.order.MoveToFront(e)
		return k, nil
	}
	stmt, err := c.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	k := &keptStmt{text: text, stmt: stmt}
	c.kept[text] = c.order.PushFront(k)
	if oldest := c.order.Back(); c.order.Len() > maxKept && !oldest.Value.(*keptStmt).busy {
		old := c.order.Remove(oldest).(*keptStmt)
		delete(c.kept, old.text)
		if err := old.stmt.Close(); err != nil {
			return nil, err
		}
	}
	return k, nil
}

// keptRows gives the statement back when they are closed.
type keptRows struct {
	driver.Rows
	of *keptStmt
}

// Close ends the reading.
func (r keptRows) Close() error {
	r.of.busy = false
	return r.Rows.Close()
}
