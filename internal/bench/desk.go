package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver of the reference query
	_ "modernc.org/sqlite"             // likewise
)

// deskListen is where the product listens while clerks work: the ids of the demo's clerks, to whom cases are given, depend on it.
const deskListen = "127.0.0.1:18080"

// clerks work at the same time, each a step every pause: far more than people do.
const (
	clerks = 16
	pause  = 400 * time.Millisecond
)

// measureDesk fills desks with invented cases, one large and the others small, and lets clerks work at the large one and at a small
// one.
func measureDesk(ctx context.Context, o options, r *report) error {
	if o.kept != "" {
		return deskOn(ctx, o, r, keptEngine(o.keptDB), o.kept, []string{"DATABASE_URL=" + o.keptDB})
	}
	return onBoth(ctx, o, func(name string, env []string) error {
		dir, err := os.MkdirTemp("", "antragswerk-bench-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		return deskOn(ctx, o, r, name, dir, env)
	})
}

func keptEngine(url string) string {
	if strings.HasPrefix(url, "postgres") {
		return "PostgreSQL"
	}
	return "SQLite"
}

func deskOn(ctx context.Context, o options, r *report, engine, dir string, env []string) error {
	env = append(env, "LISTEN="+deskListen, "DEMO_CASES=0")
	rate, err := fillDesks(ctx, o, dir, env)
	if err != nil {
		return err
	}
	r.add(fmt.Sprintf("demo fill up to %d cases, %s", o.cases, engine), rate, "–", "10,000/s")
	s, err := startProduct(ctx, o, dir, env...)
	if err != nil {
		return err
	}
	defer s.stop()
	busy, err := s.settle()
	if err != nil {
		return err
	}
	r.add("What a server that starts does for its desks before it rests, "+engine, busy, "–", "–")
	bare, err := bareList(ctx, dir, env, o.seconds/2)
	if err != nil {
		return err
	}
	for _, town := range []string{largeDesk, smallDesk} {
		if err := atDesk(o, r, s, engine, town, bare); err != nil {
			return fmt.Errorf("%s: %w", town, err)
		}
	}
	now, peak, err := s.memory()
	if err != nil {
		return err
	}
	r.add("Memory after the clerks' work and at its peak, "+engine, fmt.Sprintf("%d MiB, %d MiB", now, peak), "–", "150 MiB")
	return nil
}

// The first authority has most of the cases, the last of the alphabet's has the fewest.
const (
	largeDesk = "jena"
	smallDesk = "zimmernsupra"
)

// fillDesks runs the generator on both cores; what is there already is left alone.
func fillDesks(ctx context.Context, o options, dir string, env []string) (string, error) {
	largest := max(min(o.cases*9/10, 1_000_000), 1)
	cmd := exec.CommandContext(ctx, "taskset", "-c", "0,1", o.binary, "demo", "fill", "--cases", fmt.Sprint(o.cases), "--largest", fmt.Sprint(largest)) //nolint:gosec // our own binary
	cmd.Env = append(os.Environ(), append([]string{"DATA_DIR=" + dir}, env...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	last := lines[len(lines)-1]
	return last[:max(strings.Index(last, ";"), 0)], nil
}

// settle waits until the server rests: what a start catches up with (late cases, figures) is not the clerks' work. It gives up after
// some minutes.
func (s *server) settle() (string, error) {
	began := time.Now()
	first, err := s.spent()
	last := first
	for err == nil && time.Since(began) < 5*time.Minute {
		time.Sleep(2 * time.Second)
		before := last
		if last, err = s.spent(); last-before < 100*time.Millisecond {
			return fmt.Sprintf("%.0f s, %.1f s of processor time", time.Since(began).Seconds(), (last - first).Seconds()), err
		}
	}
	return fmt.Sprintf("more than %.0f s", time.Since(began).Seconds()), err
}

// bareList is a page of fifty cases by keyset and nothing else, straight from the database: the reference for the inbox.
func bareList(ctx context.Context, dir string, env []string, length time.Duration) (string, error) {
	driver, dsn := "sqlite", "file:"+filepath.Join(dir, "antragswerk.db")+"?_pragma=query_only(1)"
	if url, ok := strings.CutPrefix(env[0], "DATABASE_URL="); ok {
		driver, dsn = "pgx", url
	}
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		driver, dsn = "sqlite", "file:"+path+"?_pragma=query_only(1)"
	}
	pool, err := sql.Open(driver, dsn)
	if err != nil {
		return "", err
	}
	defer pool.Close()
	var tenant string
	if err := pool.QueryRowContext(ctx, "SELECT id FROM tenants WHERE slug = $1", largeDesk).Scan(&tenant); err != nil {
		return "", err
	}
	list, err := pool.PrepareContext(ctx, `SELECT c.id, c.file_number, c.state, c.received, c.deadline, c.columns, d.key FROM cases c JOIN dossiers d ON d.id = c.dossier
		WHERE c.tenant = $1 AND (c.received, c.id) < ($2, $3) ORDER BY c.received DESC, c.id DESC LIMIT 50`)
	if err != nil {
		return "", err
	}
	got, took, err := together(1, length, func(int) error {
		rows, err := list.QueryContext(ctx, tenant, time.Now().UnixMicro(), "")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id, number, state string
			var received, deadline int64
			var columns, key []byte
			if err := rows.Scan(&id, &number, &state, &received, &deadline, &columns, &key); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	if err != nil {
		return "", err
	}
	return "bare keyset query: " + got.rate(took), nil
}

// clerkAt logs a persona in.
func clerkAt(base, persona, path string) (*visitor, error) {
	v := newVisitor(base)
	body, err := v.follow(path)
	if err != nil {
		return nil, err
	}
	m := regexp.MustCompile(`(?s)<form[^>]*action="([^"]*)"(.*?)</form>`)
	for _, form := range m.FindAllStringSubmatch(body, -1) {
		if !strings.Contains(form[2], `name="persona"`) {
			continue
		}
		fields := url.Values{"persona": {persona}}
		for _, f := range regexp.MustCompile(`<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"`).FindAllStringSubmatch(form[2], -1) {
			if f[1] != "persona" {
				fields.Set(f[1], unescape(f[2]))
			}
		}
		at := v.at
		if to := unescape(form[1]); to != "" {
			at = to
		}
		if _, err := v.send(at, fields); err != nil {
			return nil, err
		}
		_, err := v.follow(v.at)
		return v, err
	}
	return nil, errors.New("no page of personas at " + v.at)
}

// steps are what is measured: each returns the address to get, for the nth time.
type deskStep struct {
	name string
	at   func(n int) string
}

var caseLink = regexp.MustCompile(`href="/desk/[a-z0-9-]+/([0-9a-f]{8}-[0-9a-f-]{27})`)

// atDesk lets the clerks work at one authority.
func atDesk(o options, r *report, s *server, engine, town, bare string) error {
	people := make([]*visitor, clerks)
	for i := range people {
		var err error
		if people[i], err = clerkAt(s.url, "clerk-"+town, "/desk/"+town); err != nil {
			return err
		}
	}
	desk := "/desk/" + town
	cases, number, err := someCases(people[0], desk)
	if err != nil {
		return err
	}
	name := func(what string) string { return fmt.Sprintf("Desk of %s, %s: %s", town, engine, what) }
	for i, step := range []deskStep{
		{"inbox", func(int) string { return desk }},
		{"inbox, two filters", func(n int) string {
			return desk + "?state=open&assignee=me&sort=" + [...]string{"deadline", "changed", "newest"}[n%3]
		}},
		{"inbox, open by deadline", func(int) string { return desk + "?state=open&sort=deadline" }},
		{"inbox, searched by a name", func(n int) string {
			return desk + "?q=" + url.QueryEscape([...]string{"Bergmüller", "Lindenmann", "Wald", "Anna"}[n%4])
		}},
		{"inbox, searched by a number", func(int) string { return desk + "?q=" + number }},
		{"inbox, search and filters", func(n int) string { return desk + "?state=closed&sort=number&q=" + [...]string{"Anna", "Bach"}[n%2] }},
		{"a case, opened", func(n int) string { return desk + "/" + cases[n%len(cases)] }},
	} {
		got, took, err := atWork(o.seconds, func(c, n int) error {
			_, err := people[c].get(step.at(c*7919 + n))
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		reference := "–"
		if i == 0 {
			reference = bare
		}
		r.add(name(step.name), got.rate(took), reference, "p99 under 20 ms")
	}
	return takeCases(o, r, people, desk, cases, name("a case, taken or given back"))
}

// takeCases posts the steps by which clerks take cases and give them back, each another one. A step that somebody else was quicker
// with, or that is not theirs to take back, is refused, which is work too; how many were is told.
func takeCases(o options, r *report, people []*visitor, desk string, cases []string, name string) error {
	for _, v := range people { // for the token
		if _, err := v.get(desk + "/" + cases[0]); err != nil {
			return err
		}
	}
	var conflicts, all atomic.Int64
	got, took, err := atWork(o.seconds, func(c, n int) error {
		status, err := people[c].send(desk+"/"+cases[(c+n/2*clerks)%len(cases)]+[...]string{"/take", "/release"}[n%2], url.Values{})
		if all.Add(1); status != http.StatusSeeOther {
			conflicts.Add(1)
		}
		return err
	})
	if err != nil {
		return err
	}
	r.add(name, fmt.Sprintf("%s; %d%% were refused", got.rate(took), 100*conflicts.Load()/max(all.Load(), 1)), "–", "p99 under 20 ms")
	return nil
}

// someCases reads links of cases from pages of the inbox, and a file number.
func someCases(v *visitor, desk string) (list []string, number string, err error) {
	for _, query := range []string{"?state=received", "?state=open", "?state=open&sort=oldest", "?state=closed", "?sort=deadline"} {
		body, err := v.get(desk + query)
		if err != nil {
			return nil, "", err
		}
		for _, m := range caseLink.FindAllStringSubmatch(body, -1) {
			list = append(list, m[1])
		}
		if m := regexp.MustCompile(`[A-Z]{3,5}-20\d\d-\d{6,}`).FindString(body); m != "" {
			number = m
		}
	}
	if len(list) == 0 || number == "" {
		return nil, "", errors.New("the inbox shows no case")
	}
	return list, number, nil
}

// atWork lets all clerks make steps for a time, each a pause after it began the one before.
func atWork(length time.Duration, step func(clerk, n int) error) (latencies, time.Duration, error) {
	var mu sync.Mutex
	var all latencies
	counts := make([]int, clerks)
	_, took, err := together(clerks, length, func(c int) error {
		began := time.Now()
		if err := step(c, counts[c]); err != nil {
			return err
		}
		took := time.Since(began)
		if counts[c]++; counts[c] > 1 { // the first opens a connection
			mu.Lock()
			all = append(all, took)
			mu.Unlock()
		}
		time.Sleep(pause - min(took, pause) + time.Duration(rand.IntN(int(pause/4)))) //nolint:gosec // so that clerks do not march
		return nil
	})
	return all, took, err
}
