package queue_test

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"antragswerk/internal/civic"
	"antragswerk/internal/queue"
	"antragswerk/internal/testenv"
)

// engines are the databases that everything runs on.
var engines = []struct {
	kind string
	open func(testing.TB) *sql.DB
}{
	{"sqlite", func(t testing.TB) *sql.DB {
		db := opened(t, "sqlite", "file:"+filepath.Join(t.TempDir(), "jobs.db")+"?_pragma=journal_mode(WAL)&_pragma=busy_timeout(10000)&_txlock=immediate")
		db.SetMaxOpenConns(1)
		return db
	}},
	{"postgres", func(t testing.TB) *sql.DB { return opened(t, "pgx", testenv.Postgres(t)) }},
}

func opened(t testing.TB, driver, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// work is a queue whose handlers write down what they were given.
type work struct {
	*queue.Queue
	db   *sql.DB
	mu   sync.Mutex
	runs map[string][]int // job → attempts
	most int
	// outcome of a delivery's attempt
	outcome func(ctx context.Context, delivery string, attempt int) error
}

func (w *work) note(ctx context.Context, what string) int {
	n, most := queue.Attempt(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.runs[what] = append(w.runs[what], n)
	w.most = most
	return n
}

func (w *work) attempts(what string) []int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]int(nil), w.runs[what]...)
}

func start(t *testing.T, kind string, db *sql.DB) *work {
	t.Helper()
	if err := queue.Migrate(t.Context(), db, kind); err != nil {
		t.Fatal(err)
	}
	w := &work{db: db, runs: map[string][]int{}, outcome: func(context.Context, string, int) error { return nil }}
	q, err := queue.New(queue.Deps{DB: db, Kind: kind, Log: slog.New(slog.DiscardHandler), Backoff: func(int) time.Duration { return 20 * time.Millisecond }})
	if err != nil {
		t.Fatal(err)
	}
	w.Queue = q
	if err := q.Start(t.Context()); err == nil {
		t.Fatal("started without handlers")
	}
	err = q.Register(queue.Handlers{
		FanOut: func(ctx context.Context, j civic.FanOut) error { w.note(ctx, "fan out "+j.Case); return nil },
		Deliver: func(ctx context.Context, j civic.Deliver) error {
			return w.outcome(ctx, j.Delivery, w.note(ctx, j.Delivery))
		},
		Notify:         func(ctx context.Context, j civic.Notify) error { w.note(ctx, "notify "+j.Case); return nil },
		ScanAttachment: func(ctx context.Context, j civic.ScanAttachment) error { w.note(ctx, "scan "+j.Attachment); return nil },
		Sweep:          func(ctx context.Context, j civic.Sweep) error { w.note(ctx, "sweep "+j.What); return nil },
		RunBulk:        func(ctx context.Context, j civic.RunBulk) error { w.note(ctx, "bulk "+j.Bulk); return nil },
		MakeExport:     func(ctx context.Context, j civic.MakeExport) error { w.note(ctx, "export "+j.Export); return nil },
		ViewMail:       func(ctx context.Context, j civic.ViewMail) error { w.note(ctx, "view "+j.View); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *work) enqueue(t *testing.T, jobs ...civic.Job) {
	t.Helper()
	tx, err := w.db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Enqueue(t.Context(), tx, jobs); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// eventually waits until ok says so.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 600 {
		if ok() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("waited in vain for: %s", what)
}

type permanent struct{}

func (permanent) Error() string   { return "they will never take it" }
func (permanent) Permanent() bool { return true }

func TestQueue(t *testing.T) {
	for _, e := range engines {
		t.Run(e.kind, func(t *testing.T) {
			w := start(t, e.kind, e.open(t))
			w.outcome = func(_ context.Context, delivery string, attempt int) error {
				switch {
				case delivery == "never":
					return permanent{}
				case delivery == "third time" && attempt < 3:
					return errors.New("busy")
				case delivery == "panics" && attempt == 1:
					panic("handler's fault")
				}
				return nil
			}
			if err := w.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.enqueue(t, civic.FanOut{Case: "c1"}, civic.Notify{Case: "c1"}, civic.ScanAttachment{Attachment: "a1"}, civic.Deliver{Delivery: "once"},
				civic.Deliver{Delivery: "never"}, civic.Deliver{Delivery: "third time"}, civic.Deliver{Delivery: "panics"})
			for what, attempts := range map[string]int{"fan out c1": 1, "notify c1": 1, "scan a1": 1, "once": 1, "never": 1, "third time": 3, "panics": 2, "sweep drafts": 1, "sweep sessions": 1, "sweep blobs": 1} {
				eventually(t, what, func() bool { return len(w.attempts(what)) >= attempts })
			}
			if err := w.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			for what, attempts := range map[string]int{"fan out c1": 1, "once": 1, "never": 1, "third time": 3, "panics": 2} {
				if got := w.attempts(what); len(got) != attempts {
					t.Errorf("%s ran %v times", what, got)
				}
			}
			if w.most < 1 {
				t.Error("handlers do not learn how many attempts there are")
			}
		})
	}
}

// A job whose cause was rolled back never existed.
func TestEnqueueBelongsToItsCause(t *testing.T) {
	for _, e := range engines {
		t.Run(e.kind, func(t *testing.T) {
			w := start(t, e.kind, e.open(t))
			tx, err := w.db.BeginTx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Enqueue(t.Context(), tx, []civic.Job{civic.FanOut{Case: "gone"}}); err != nil {
				t.Fatal(err)
			}
			if err := tx.Rollback(); err != nil {
				t.Fatal(err)
			}
			w.enqueue(t, civic.FanOut{Case: "kept"})
			if err := w.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			eventually(t, "the kept job", func() bool { return len(w.attempts("fan out kept")) == 1 })
			if err := w.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := w.attempts("fan out gone"); len(got) != 0 {
				t.Error("a job ran whose cause was rolled back")
			}
		})
	}
}

// Stop lets a job finish; one that takes too long is given back and runs again after the next start.
func TestStop(t *testing.T) {
	for _, e := range engines {
		t.Run(e.kind, func(t *testing.T) {
			db := e.open(t)
			w := start(t, e.kind, db)
			begun := make(chan struct{}, 2)
			w.outcome = func(ctx context.Context, delivery string, _ int) error {
				begun <- struct{}{}
				if delivery == "short" {
					time.Sleep(300 * time.Millisecond)
					return ctx.Err()
				}
				<-ctx.Done()
				return ctx.Err()
			}
			if err := w.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.enqueue(t, civic.Deliver{Delivery: "short"})
			<-begun
			if err := w.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			w = again(t, e.kind, db, w.outcome)
			w.enqueue(t, civic.Deliver{Delivery: "long"})
			<-begun
			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			if err := w.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Fatalf("stopping in time: %v", err)
			}
			w = again(t, e.kind, db, func(context.Context, string, int) error { return nil })
			eventually(t, "the job that was given back", func() bool { return len(w.attempts("long")) > 0 })
			if err := w.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := w.attempts("short"); len(got) != 0 {
				t.Errorf("a finished job ran again: %v", got)
			}
		})
	}
}

// again starts another queue on the same database, as the next process would.
func again(t *testing.T, kind string, db *sql.DB, outcome func(context.Context, string, int) error) *work {
	t.Helper()
	w := start(t, kind, db)
	w.outcome = outcome
	if err := w.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

// On SQLite there is one process: what a killed one left running is taken up at the next start.
func TestKilled(t *testing.T) {
	db := engines[0].open(t)
	w := start(t, "sqlite", db)
	w.enqueue(t, civic.FanOut{Case: "c1"})
	if _, err := db.ExecContext(t.Context(), "UPDATE river_job SET state = 'running', attempt = 1, attempted_at = '2026-01-01 00:00:00'"); err != nil {
		t.Fatal(err)
	}
	if err := w.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the orphaned job", func() bool { return len(w.attempts("fan out c1")) == 1 })
	if err := w.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestAttemptOutside(t *testing.T) {
	if n, most := queue.Attempt(t.Context()); n != 1 || most != 1 {
		t.Errorf("%d of %d", n, most)
	}
}
