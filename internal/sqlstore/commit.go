package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"antragswerk/internal/sqlstore/db"
)

// unit is the body of one write: it succeeds or fails as a whole.
type unit func(ctx context.Context, t *tx) error

// committer makes units durable.
type committer interface {
	// do returns when the unit is committed, or has failed and left nothing behind.
	do(ctx context.Context, run unit) error
	close()
}

// singleCommitter gives each unit its own transaction on the caller's context.
type singleCommitter struct {
	pool    *sql.DB
	passing func(error) bool
}

func newSingleCommitter(_ context.Context, pool *sql.DB, passing func(error) bool) committer {
	return singleCommitter{pool: pool, passing: passing}
}

func (c singleCommitter) do(ctx context.Context, run unit) error {
	return again(ctx, c.passing, func() error { return inTx(ctx, c.pool, true, nil, run) })
}

func (c singleCommitter) close() {}

// maxTries is how often a transaction runs when the engine asks to run it again.
const maxTries = 4

// again runs a transaction until it succeeds or fails with an error that does not pass.
func again(ctx context.Context, passing func(error) bool, run func() error) error {
	for try := 1; ; try++ {
		err := run()
		if err == nil || try == maxTries || !passing(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(try) * 5 * time.Millisecond):
		}
	}
}

// inTx runs a unit in a transaction; travels tells whether its statements may travel together.
func inTx(ctx context.Context, pool *sql.DB, travels bool, opts *sql.TxOptions, run unit) error {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // gives it back to the pool
	whole, err := conn.BeginTx(ctx, opts)
	if err != nil {
		return err
	}
	t := &tx{sql: whole, Queries: db.New(whole), whole: whole}
	if travels {
		t.conn = conn
	}
	if err := guarded(ctx, t, run); err != nil {
		_ = whole.Rollback() // err says more; a connection that cannot roll back is dropped by the pool
		return err
	}
	return whole.Commit()
}

// guarded turns a panic of one unit into its error, so that it takes no other unit along.
func guarded(ctx context.Context, t *tx, run unit) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a transaction: %v", p)
		}
	}()
	u := *t // each unit has its own scope
	return run(ctx, &u)
}

// maxBatch is how many units share a commit. More would only make the first of them wait.
const maxBatch = 64

// groupCommitter is SQLite's single writer: one goroutine commits together whatever waits, with a savepoint for each unit,
// because a commit (an fsync) costs as much as twenty units. It works on its own context: a caller that goes away must not
// roll back its neighbours.
type groupCommitter struct {
	pool   *sql.DB
	queue  chan *pending
	ctx    context.Context // the writer's own, never cancelled: close drains it
	mu     sync.RWMutex    // guards closed against queue being closed under a sender
	closed bool
	done   chan struct{}
}

// pending is a unit that waits, with the place for its outcome.
type pending struct {
	ctx     context.Context // the caller's; looked at before the start only
	run     unit
	taken   atomic.Bool // by the writer, which then runs it, or by its caller, who then gives up
	outcome chan error
	err     error
}

func newGroupCommitter(ctx context.Context, pool *sql.DB, _ func(error) bool) committer {
	g := &groupCommitter{pool: pool, queue: make(chan *pending, maxBatch), ctx: context.WithoutCancel(ctx), done: make(chan struct{})}
	go g.loop()
	return g
}

var errClosed = errors.New("the store is closed")

func (g *groupCommitter) do(ctx context.Context, run unit) error {
	p := &pending{ctx: ctx, run: run, outcome: make(chan error, 1)}
	if err := g.send(ctx, p); err != nil {
		return err
	}
	select {
	case err := <-p.outcome:
		return err
	case <-ctx.Done():
		if p.taken.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		return <-p.outcome // it has started: only its outcome is the truth
	}
}

func (g *groupCommitter) send(ctx context.Context, p *pending) error {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if g.closed {
		return errClosed
	}
	select {
	case g.queue <- p:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close refuses new units, commits those that wait and returns.
func (g *groupCommitter) close() {
	g.mu.Lock()
	if !g.closed {
		g.closed = true
		close(g.queue)
	}
	g.mu.Unlock()
	<-g.done
}

// linger is how long a batch waits for as many units as the last one had. A commit costs the processor more than the units of most
// requests, and who writes at the same moment as others does not notice so little.
const linger = time.Millisecond

func (g *groupCommitter) loop() {
	defer close(g.done)
	batch := make([]*pending, 0, maxBatch)
	for p := range g.queue {
		crowd := len(batch) // of the last time
		batch = g.gather(append(batch[:0], p), crowd)
		g.commit(slices.Clone(batch))
	}
}

// gather adds what waits already, and what comes in a moment when the last batch was a crowd.
func (g *groupCommitter) gather(batch []*pending, crowd int) []*pending {
	var moment <-chan time.Time
	for len(batch) < maxBatch {
		select {
		case next, open := <-g.queue:
			if !open {
				return batch
			}
			batch = append(batch, next)
			continue
		default:
		}
		if len(batch) >= crowd {
			return batch
		}
		if moment == nil {
			moment = time.After(linger)
		}
		select {
		case next, open := <-g.queue:
			if !open {
				return batch
			}
			batch = append(batch, next)
		case <-moment:
			return batch
		}
	}
	return batch
}

// commit runs the units that still have a waiting caller and tells each its outcome.
func (g *groupCommitter) commit(batch []*pending) {
	live := batch[:0]
	for _, p := range batch {
		if !p.taken.CompareAndSwap(false, true) {
			continue
		}
		if err := p.ctx.Err(); err != nil {
			p.outcome <- err
			continue
		}
		live = append(live, p)
	}
	if len(live) > 1 {
		if err := inTx(g.ctx, g.pool, false, nil, func(ctx context.Context, t *tx) error { return runBatch(ctx, t, live) }); err == nil {
			for _, p := range live {
				p.outcome <- p.err
			}
			return
		}
	}
	// Alone, or the batch as a whole was refused (disk full, a broken savepoint): nothing of it is stored, each runs by itself.
	for _, p := range live {
		p.outcome <- inTx(g.ctx, g.pool, false, nil, p.run)
	}
}

// runBatch runs each unit in its savepoint; a unit's failure is its own, an error of the savepoints is everybody's.
func runBatch(ctx context.Context, t *tx, batch []*pending) error {
	for _, p := range batch {
		if _, err := t.sql.ExecContext(ctx, "SAVEPOINT unit"); err != nil {
			return err
		}
		end := "RELEASE unit"
		if p.err = guarded(ctx, t, p.run); p.err != nil {
			end = "ROLLBACK TO unit; RELEASE unit"
		}
		if _, err := t.sql.ExecContext(ctx, end); err != nil {
			return err
		}
	}
	return nil
}
