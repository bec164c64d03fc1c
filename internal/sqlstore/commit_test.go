package sqlstore_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/queue"
	"antragswerk/internal/sqlstore"
	"antragswerk/internal/sqlstore/storetest"
	"antragswerk/internal/testenv"
)

func insertSession(key string) func(context.Context, *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO sessions (hash, audience, account, identity, created, seen, expires, issuer_sid, subject)
			VALUES ($1, '', '', '', 0, 0, 9, '', '')`, []byte(key))
		return err
	}
}

func stored(t *testing.T, s *sqlstore.Store) (n int) {
	t.Helper()
	n, err := s.AsSystem("a test").Count(t.Context(), "SELECT COUNT(*) FROM sessions")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// hold keeps the writer busy until it is let go, so that all that follows waits and is committed together.
func hold(s *sqlstore.Store) (letGo func()) {
	busy, free := make(chan struct{}), make(chan struct{})
	go func() {
		_ = s.Do(context.Background(), func(context.Context, *sql.Tx) error { close(busy); <-free; return nil })
	}()
	<-busy
	return func() { close(free) }
}

// Units of one batch are told apart: a failing, a panicking and a cancelled one take nobody along.
func TestGroupCommit(t *testing.T) {
	s := open(t, engines[0].url(t))
	letGo := hold(s)
	gone, cancel := context.WithCancel(t.Context())
	outcomes := make([]error, 40)
	var wg sync.WaitGroup
	for i := range outcomes {
		wg.Go(func() {
			switch {
			case i%10 == 3:
				outcomes[i] = s.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
					return errors.Join(insertSession(fmt.Sprint(i))(ctx, tx), errors.New("refused"))
				})
			case i%10 == 5:
				outcomes[i] = s.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error { panic("unit's fault") })
			case i%10 == 7:
				outcomes[i] = s.Do(gone, insertSession(fmt.Sprint(i)))
			default:
				outcomes[i] = s.Do(t.Context(), insertSession(fmt.Sprint(i)))
			}
		})
	}
	time.Sleep(50 * time.Millisecond) // all of them wait
	cancel()
	time.Sleep(50 * time.Millisecond)
	letGo()
	wg.Wait()
	for i, err := range outcomes {
		switch i % 10 {
		case 3, 5:
			if err == nil || errors.Is(err, context.Canceled) {
				t.Errorf("unit %d: %v", i, err)
			}
		case 7:
			if !errors.Is(err, context.Canceled) {
				t.Errorf("unit %d: %v", i, err)
			}
		default:
			if err != nil {
				t.Errorf("unit %d: %v", i, err)
			}
		}
	}
	if n := stored(t, s); n != 28 {
		t.Errorf("%d rows, want 28", n)
	}
}

// When a batch as a whole is refused, its units run singly, and only the one at fault fails.
func TestBrokenBatch(t *testing.T) {
	s := open(t, engines[0].url(t))
	letGo := hold(s)
	outcomes := make([]error, 20)
	var wg sync.WaitGroup
	for i := range outcomes {
		wg.Go(func() {
			if i == 11 {
				outcomes[i] = s.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
					_, err := tx.ExecContext(ctx, "ROLLBACK") // as SQLite does by itself when the disk is full
					return errors.Join(err, errors.New("disk full"))
				})
				return
			}
			outcomes[i] = s.Do(t.Context(), insertSession(fmt.Sprint(i)))
		})
	}
	time.Sleep(50 * time.Millisecond)
	letGo()
	wg.Wait()
	for i, err := range outcomes {
		if (err != nil) != (i == 11) {
			t.Errorf("unit %d: %v", i, err)
		}
	}
	if n := stored(t, s); n != 19 {
		t.Errorf("%d rows, want 19", n)
	}
}

// Close commits what waits and refuses what comes later.
func TestCloseDrains(t *testing.T) {
	url := engines[0].url(t)
	s := open(t, url)
	letGo := hold(s)
	outcomes := make([]error, 10)
	var wg sync.WaitGroup
	for i := range outcomes {
		wg.Go(func() { outcomes[i] = s.Do(t.Context(), insertSession(fmt.Sprint(i))) })
	}
	time.Sleep(50 * time.Millisecond)
	wg.Go(func() { _ = s.Close() })
	time.Sleep(50 * time.Millisecond)
	letGo()
	wg.Wait()
	if err := errors.Join(outcomes...); err != nil {
		t.Error(err)
	}
	if err := s.Do(t.Context(), insertSession("late")); err == nil {
		t.Error("a closed store took a unit")
	}
	if n := stored(t, open(t, url)); n != 10 {
		t.Errorf("%d rows, want 10", n)
	}
}

// Several nodes that start at the same moment migrate one database once; so do several databases of one server, which share roles.
func TestMigrateTogether(t *testing.T) {
	urls := []string{testenv.Postgres(t), testenv.Postgres(t)}
	errs := make(chan error, 6)
	for i := range cap(errs) {
		go func() { errs <- sqlstore.Migrate(t.Context(), urls[i%2], queue.Migrate) }()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// newest is the number of the last migration that an engine runs.
func newest(t *testing.T, engine string) (last int) {
	t.Helper()
	for _, pattern := range []string{"migrations/*.sql", "migrations/" + engine + "/*.sql"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v %v", pattern, files, err)
		}
		for _, f := range files {
			number, _, _ := strings.Cut(filepath.Base(f), "_")
			n, err := strconv.Atoi(number)
			if err != nil {
				t.Fatal(err)
			}
			last = max(last, n)
		}
	}
	return last
}

func TestInspect(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			url := e.url(t)
			before, err := sqlstore.Inspect(t.Context(), url)
			if err != nil || strings.HasPrefix(before, "schema") {
				t.Errorf("before: %q (%v)", before, err)
			}
			if err := sqlstore.Migrate(t.Context(), url); err != nil {
				t.Fatal(err)
			}
			if after, err := sqlstore.Inspect(t.Context(), url); err != nil || after != fmt.Sprintf("schema %d", newest(t, e.name)) {
				t.Errorf("after: %q (%v)", after, err)
			}
		})
	}
	for _, url := range []string{"mysql://x", "", "sqlite:"} {
		if err := sqlstore.Migrate(t.Context(), url); err == nil {
			t.Errorf("%q was migrated", url)
		}
	}
}

// The database file holds sessions and wrapped keys: it is its owner's alone.
func TestFileMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "private.db")
	open(t, "sqlite:"+path)
	for _, f := range []string{path, path + "-wal"} {
		info, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o", f, info.Mode().Perm())
		}
	}
}

// The first start with all of Thüringen must be quick.
func TestSeedOfAState(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			s := open(t, e.url(t))
			data := state(s.Now())
			began := time.Now()
			if err := s.Seed(t.Context(), data); err != nil {
				t.Fatal(err)
			}
			first := time.Since(began)
			began = time.Now()
			if err := s.Seed(t.Context(), data); err != nil {
				t.Fatal(err)
			}
			t.Logf("first start %v, second %v", first, time.Since(began))
			offers, err := s.Offerings(t.Context())
			if err != nil || len(offers) != len(data.Offerings) {
				t.Errorf("%d offerings (%v)", len(offers), err)
			}
			if first > 20*time.Second { // ten times what it may take, for busy machines
				t.Errorf("seeding took %v", first)
			}
		})
	}
}

// state is as many authorities and offerings as a state has.
func state(now time.Time) (data sqlstore.SeedData) {
	for i := range 665 {
		id := fmt.Sprintf("tenant-%d", i)
		data.Tenants = append(data.Tenants, civic.Tenant{ID: id, Slug: id, Kind: civic.KindGemeinde, Name: id, Key: make([]byte, 60), Created: now})
		data.Regions = append(data.Regions, civic.Region{ARS: fmt.Sprintf("16%010d", i), Name: id, Level: civic.RegionGemeinde, ValidFrom: now})
		for j := range 6 {
			data.Offerings = append(data.Offerings, civic.Offering{Tenant: id, Service: fmt.Sprintf("service-%d", j), Enabled: true})
		}
	}
	return data
}

// Two stores on one PostgreSQL are two nodes: their file numbers and submissions do not meet.
func TestTwoNodes(t *testing.T) {
	url := testenv.Postgres(t)
	one, two := open(t, url), open(t, url)
	w := storetest.NewWorld(t, one)
	seen := map[string]bool{}
	for range 40 {
		for _, s := range []*sqlstore.Store{one, two} {
			n, err := s.NextFileNumber(t.Context(), w.Jena.ID, "HUST", 2026)
			if err != nil || seen[n] {
				t.Fatalf("%q again (%v)", n, err)
			}
			seen[n] = true
		}
	}
	who := civic.Subject{Account: "applicant"}
	for range 20 {
		d := w.Draft(t, who, w.Jena.ID)
		filings := []civic.Filing{w.Filing(d), w.Filing(d)}
		got := make([]civic.Submission, 2)
		errs := make([]error, 2)
		var wg sync.WaitGroup
		for i, s := range []*sqlstore.Store{one, two} {
			wg.Go(func() { got[i], errs[i] = s.Submit(t.Context(), who, filings[i]) })
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil || got[0].ID != got[1].ID {
			t.Fatalf("%s and %s (%v)", got[0].ID, got[1].ID, err)
		}
	}
}
