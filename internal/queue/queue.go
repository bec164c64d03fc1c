// Package queue works off what must happen after a request: deliveries, notices, scans, clean-up. Jobs are rows in the same
// database, stored in the transaction of their cause, so that none is lost and none is done for something that never happened.
// They are River's; this package alone knows that. It must not know use cases: cmd/antragswerk hands their methods in as Handlers.
//
// A job runs at least once. It runs again when its handler fails, after a growing pause, and when the process died under it.
package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"antragswerk/internal/civic"
)

// Tx is the transaction of a job's cause.
type Tx = sql.Tx

// Deps is what a Queue needs. Zero values of the last four take the defaults.
type Deps struct {
	DB      *sql.DB // the store's writing pool
	Kind    string  // "sqlite" or "postgres"
	Log     *slog.Logger
	Now     civic.Clock                     // default time.Now
	Workers int                             // jobs at the same time; default 100: they mostly wait for others
	Backoff func(attempt int) time.Duration // pause after the failed attempt (1, 2, …); default: 15 s, doubled each time, at most 6 h
}

// Handlers are what jobs are done by. A handler's error runs the job again later; one with a method Permanent() bool that says
// true ends it, one with a method Again() time.Duration runs it once more after that, and is no failure. Attempt tells a handler whether it is the last time.
type Handlers struct {
	FanOut         func(context.Context, civic.FanOut) error
	Deliver        func(context.Context, civic.Deliver) error
	Notify         func(context.Context, civic.Notify) error
	ScanAttachment func(context.Context, civic.ScanAttachment) error
	Sweep          func(context.Context, civic.Sweep) error
	RunBulk        func(context.Context, civic.RunBulk) error
	MakeExport     func(context.Context, civic.MakeExport) error
	ViewMail       func(context.Context, civic.ViewMail) error
}

// engine is what differs between the databases.
type engine struct {
	driver func(*sql.DB) riverdriver.Driver[*sql.Tx]
	// adopt makes jobs that a dead process left running available again. On PostgreSQL other nodes may still run theirs: there
	// River's rescuer does it after rescueAfter.
	adopt string
}

func engineOf(kind string) (engine, error) {
	switch kind {
	case "sqlite":
		return engine{
			driver: func(db *sql.DB) riverdriver.Driver[*sql.Tx] { return riversqlite.New(db) },
			adopt:  "UPDATE river_job SET state = 'available' WHERE state = 'running'",
		}, nil
	case "postgres":
		return engine{
			driver: func(db *sql.DB) riverdriver.Driver[*sql.Tx] { return riverdatabasesql.New(db) },
			adopt:  "SELECT 1",
		}, nil
	}
	return engine{}, fmt.Errorf("queue: unknown kind of database %q", kind)
}

const (
	// fetchEvery is how long an idle queue takes to see a new job. Asking costs an idle core 4 % at 50 ms and 1 % at 200 ms; a busy
	// queue asks as soon as a worker is free, at most each fetchPause: each time costs a commit, and nobody waits for a job.
	fetchEvery = 200 * time.Millisecond
	fetchPause = 50 * time.Millisecond
	jobTimeout = 2 * time.Minute
	// exportTimeout is for a job that cannot be cut into smaller ones.
	exportTimeout = time.Hour
	rescueAfter   = 5 * time.Minute
	// chainEvery is how long an event is in no chain yet; each round costs a job.
	chainEvery = 10 * time.Second
)

// Queue stores and works off jobs.
type Queue struct {
	deps     Deps
	engine   engine
	client   *river.Client[*sql.Tx]
	handlers Handlers
	started  bool
}

// Migrate brings the queue's own tables up to date; kind is "sqlite" or "postgres". It goes into sqlstore.Migrate.
func Migrate(ctx context.Context, db *sql.DB, kind string) error {
	e, err := engineOf(kind)
	if err != nil {
		return err
	}
	m, err := rivermigrate.New(e.driver(db), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("queue: migrate: %w", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("queue: migrate: %w", err)
	}
	return nil
}

// New makes a queue that stores jobs at once, and works them off after Register and Start.
func New(d Deps) (*Queue, error) {
	e, err := engineOf(d.Kind)
	if err != nil {
		return nil, err
	}
	if d.Workers == 0 {
		d.Workers = 100
	}
	if d.Backoff == nil {
		d.Backoff = pause
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	q := &Queue{deps: d, engine: e}
	workers := river.NewWorkers()
	err = errors.Join(
		add(workers, func(ctx context.Context, j civic.FanOut) error { return q.handlers.FanOut(ctx, j) }),
		add(workers, func(ctx context.Context, j civic.Deliver) error { return q.handlers.Deliver(ctx, j) }),
		add(workers, func(ctx context.Context, j civic.Notify) error { return q.handlers.Notify(ctx, j) }),
		add(workers, func(ctx context.Context, j civic.ScanAttachment) error { return q.handlers.ScanAttachment(ctx, j) }),
		add(workers, func(ctx context.Context, j civic.Sweep) error { return q.handlers.Sweep(ctx, j) }),
		add(workers, func(ctx context.Context, j civic.RunBulk) error { return q.handlers.RunBulk(ctx, j) }),
		addLong(workers, exportTimeout, func(ctx context.Context, j civic.MakeExport) error { return q.handlers.MakeExport(ctx, j) }),
		add(workers, func(ctx context.Context, j civic.ViewMail) error { return q.handlers.ViewMail(ctx, j) }),
	)
	if err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	q.client, err = river.NewClient(e.driver(d.DB), &river.Config{
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: d.Workers}},
		Workers:              workers,
		Logger:               slog.New(quiet{d.Log.Handler()}),
		FetchCooldown:        fetchPause,
		FetchPollInterval:    fetchEvery,
		PollOnly:             true, // neither driver is woken by the database, and listening by polling costs a second poll
		JobTimeout:           jobTimeout,
		RescueStuckJobsAfter: rescueAfter,
		MaxAttempts:          maxAttempts,
		RetryPolicy:          retries{backoff: d.Backoff, now: d.Now},
		ErrorHandler:         failures{d.Log},
		PeriodicJobs:         sweeps(),
		// Done jobs say nothing that events do not say.
		CompletedJobRetentionPeriod: time.Hour,
	})
	if err != nil {
		return nil, fmt.Errorf("queue: %w", err)
	}
	return q, nil
}

// add registers the handler of one kind of job.
func add[J civic.Job](workers *river.Workers, handle func(context.Context, J) error) error {
	return addLong(workers, 0, handle)
}

// addLong is add for jobs that may take longer than jobTimeout.
func addLong[J civic.Job](workers *river.Workers, limit time.Duration, handle func(context.Context, J) error) error {
	return river.AddWorkerSafely(workers, &worker[J]{limit: limit, handle: handle})
}

type worker[J civic.Job] struct {
	river.WorkerDefaults[J]
	limit  time.Duration
	handle func(context.Context, J) error
}

// Timeout is how long one attempt may take; 0 stands for jobTimeout.
func (w *worker[J]) Timeout(*river.Job[J]) time.Duration { return w.limit }

// Work does the job.
func (w *worker[J]) Work(ctx context.Context, job *river.Job[J]) error {
	ctx = context.WithValue(ctx, attemptKey{}, attempt{job.Attempt, job.MaxAttempts})
	err := w.handle(ctx, job.Args)
	var p interface{ Permanent() bool }
	if errors.As(err, &p) && p.Permanent() {
		return river.JobCancel(err)
	}
	var a interface{ Again() time.Duration }
	if errors.As(err, &a) {
		return river.JobSnooze(a.Again())
	}
	return err
}

// Register sets what jobs are done by; all handlers are needed.
func (q *Queue) Register(h Handlers) error {
	if h.FanOut == nil || h.Deliver == nil || h.Notify == nil || h.ScanAttachment == nil || h.Sweep == nil || h.ViewMail == nil || h.RunBulk == nil || h.MakeExport == nil {
		return errors.New("queue: a kind of job has no handler")
	}
	q.handlers = h
	return nil
}

// Enqueue stores jobs in the transaction of their cause.
func (q *Queue) Enqueue(ctx context.Context, tx *Tx, jobs []civic.Job) error {
	if len(jobs) == 0 {
		return nil
	}
	params := make([]river.InsertManyParams, len(jobs))
	for i, j := range jobs {
		params[i] = river.InsertManyParams{Args: j, InsertOpts: &river.InsertOpts{MaxAttempts: attemptsOf(j)}}
	}
	if _, err := q.client.InsertManyFastTx(ctx, tx, params); err != nil {
		return fmt.Errorf("queue: enqueue: %w", err)
	}
	return nil
}

// Start begins to work off jobs; it goes on until Stop, whatever becomes of ctx.
func (q *Queue) Start(ctx context.Context) error {
	if q.handlers.FanOut == nil {
		return errors.New("queue: Register before Start")
	}
	if _, err := q.deps.DB.ExecContext(ctx, q.engine.adopt); err != nil {
		return fmt.Errorf("queue: start: %w", err)
	}
	if err := q.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("queue: start: %w", err)
	}
	q.started = true
	return nil
}

// Stop takes no new jobs and waits for those under way. When ctx ends before, their contexts are cancelled, and they are given
// back to be run again; then the error is ctx's.
func (q *Queue) Stop(ctx context.Context) error {
	if !q.started {
		return nil
	}
	if err := q.client.Stop(ctx); err != nil {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		return errors.Join(fmt.Errorf("queue: stop: %w", err), q.client.StopAndCancel(end))
	}
	return nil
}

// sweeps are the periodic jobs. One node of all enqueues them.
func sweeps() []*river.PeriodicJob {
	job := func(what string, every time.Duration) *river.PeriodicJob {
		return river.NewPeriodicJob(river.PeriodicInterval(every), func() (river.JobArgs, *river.InsertOpts) {
			return civic.Sweep{What: what}, &river.InsertOpts{MaxAttempts: 1}
		}, &river.PeriodicJobOpts{ID: "sweep_" + what, RunOnStart: true})
	}
	return []*river.PeriodicJob{
		job("drafts", time.Hour), job("sessions", time.Hour), job("blobs", 6*time.Hour), job("invitations", time.Hour),
		job("requests", time.Hour),
		job("retention", time.Hour),
		job("exports", time.Hour),
		job("clocks", time.Hour),
		job("figures", time.Hour),
		job("views", time.Minute),
		job("chain", chainEvery), job("chain_all", 24*time.Hour), job("anchors", 10*time.Minute),
	}
}

// failures logs what went wrong, without arguments or content.
type failures struct{ log *slog.Logger }

// HandleError logs a failed attempt; the job's fate stays as it is.
func (f failures) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	level := slog.LevelWarn
	if job.Attempt >= job.MaxAttempts {
		level = slog.LevelError
	}
	f.log.Log(ctx, level, "job failed", "kind", job.Kind, "job", job.ID, "attempt", job.Attempt, "of", job.MaxAttempts, "cause", err)
	return nil
}

// HandlePanic logs a panic of a handler with its trace.
func (f failures) HandlePanic(ctx context.Context, job *rivertype.JobRow, panicked any, trace string) *river.ErrorHandlerResult {
	f.log.ErrorContext(ctx, "job panicked", "kind", job.Kind, "job", job.ID, "attempt", job.Attempt, "of", job.MaxAttempts, "panic", panicked, "trace", trace)
	return nil
}

// quiet passes on what River says from warnings upwards: failures of jobs are told by us.
type quiet struct{ slog.Handler }

// Enabled leaves out what is below a warning.
func (q quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && q.Handler.Enabled(ctx, l)
}
