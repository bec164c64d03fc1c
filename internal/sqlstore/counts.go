package sqlstore

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"antragswerk/internal/civic"
)

// Counts counts the tenant's cases by state, those of some services left out; a count over civic.CountCap says CountCap+1.
func (s *Store) Counts(ctx context.Context, tenant string, denied ...string) (civic.Counts, error) {
	filters := each(civic.CaseStates, func(state civic.CaseState) civic.InboxFilter {
		return civic.InboxFilter{States: []civic.CaseState{state}, Denied: denied}
	})
	tallies, err := s.CountAll(ctx, tenant, filters)
	if err != nil {
		return nil, err
	}
	counts := civic.Counts{}
	for i, state := range civic.CaseStates {
		if counts[state] = tallies[i].N; tallies[i].More {
			counts[state]++
		}
	}
	return counts, nil
}

// CountAll counts what each filter lets through, all in one statement, up to civic.CountCap, in time that does not grow with the
// tenant: what an index covers is counted there; of what none covers, the rarest condition's cases are looked at, as many as a page may.
func (s *Store) CountAll(ctx context.Context, tenant string, filters []civic.InboxFilter) ([]civic.Hits, error) {
	tallies := make([]civic.Hits, len(filters))
	var asked []*tally
	for i, f := range filters {
		in := &inbox{tenant: tenant, filter: f, now: s.micros(), limit: 1, walk: s.dialect.walk, led: s.dialect.led, column: "received"}
		var some bool
		var err error
		if in.terms, some, err = s.termsOf(ctx, tenant, f); err != nil {
			return nil, wrap("count all", err)
		}
		if !some || len(in.states()) == 0 {
			continue
		}
		t := newTally(i, in)
		if tallies[i].More = s.full.remembers(t.key, s.Now()); tallies[i].More {
			tallies[i].N = civic.CountCap
			continue
		}
		asked = append(asked, t)
	}
	if len(asked) == 0 {
		return tallies, nil
	}
	err := s.inTenant(tenant).read(ctx, "count all", func(ctx context.Context, t *tx) error {
		if err := chooseAll(ctx, t, s.dialect.led, asked); err != nil {
			return err
		}
		var rows [][2]int
		if err := t.led(ctx, "", talliesStatement(tenant, asked), &rows); err != nil {
			return err
		}
		for i, r := range rows {
			n, most := r[1], asked[i].most
			tallies[r[0]] = civic.Hits{N: min(n, civic.CountCap), More: n > civic.CountCap || most}
			if n > civic.CountCap {
				s.full.remember(asked[i].key, s.Now())
			}
		}
		return nil
	})
	return tallies, err
}

// tally is a filter whose cases are counted along a way.
type tally struct {
	nth  int
	in   *inbox
	ways []way
	way  way
	rest []condition
	most bool   // only the most recent of the way's cases are looked at
	key  string // what is counted
}

func newTally(nth int, in *inbox) *tally {
	t := &tally{nth: nth, in: in, ways: in.ways()}
	for _, w := range t.ways {
		if rest := in.rest(w); (t.way.table == "" || len(w.heads) < len(t.way.heads)) && w.column != "" && !slices.ContainsFunc(rest, func(c condition) bool { return !inIndex(w, c) }) {
			t.way, t.rest = w, rest
		}
	}
	var q sqlText
	for _, c := range in.conditions() {
		c.add(&q)
	}
	t.key = fmt.Sprint(in.tenant, q.String(), q.args)
	return t
}

// inIndex tells that the index by state says a case's service too.
func inIndex(w way, c condition) bool {
	return w.column == "received" && w.table == "cases c" && c.column == "c.service" && slices.Equal(w.covers, []string{"state", "", "received"})
}

// chooseAll finds the rarest way for those filters that no index covers.
func chooseAll(ctx context.Context, t *tx, led string, asked []*tally) error {
	var q sqlText
	for i, a := range asked {
		if a.way.table == "" {
			a.in.countingInto(&q, a.ways, i*maxWays)
		}
	}
	var rows [][2]int
	if err := t.led(ctx, led, q, &rows); err != nil {
		return err
	}
	least := make([]int, len(asked))
	for _, r := range rows {
		a, n := asked[r[0]/maxWays], r[1]
		if a.way.table == "" || n < least[r[0]/maxWays] {
			a.way, least[r[0]/maxWays] = a.ways[r[0]%maxWays], n
			a.rest, a.most = a.in.rest(a.way), n > few
		}
	}
	for _, a := range asked {
		if a.way.table == "" { // only services are left out
			a.way = a.ways[len(a.ways)-1]
			a.rest, a.most = a.in.rest(a.way), true
		}
	}
	return nil
}

// maxWays is more than a filter has.
const maxWays = 64

func talliesStatement(tenant string, asked []*tally) (q sqlText) {
	place := q.arg(tenant)
	for i, a := range asked {
		if i > 0 {
			q.add(" UNION ALL ")
		}
		limit := civic.CountCap + 1
		if a.most {
			limit = a.in.steps(a.way)
		}
		q.add(fmt.Sprintf("SELECT %d, COUNT(*) FROM (", a.nth))
		var covered []condition
		rest := slices.DeleteFunc(slices.Clone(a.rest), func(c condition) bool {
			if inIndex(a.way, c) {
				covered = append(covered, c)
			}
			return inIndex(a.way, c)
		})
		for j, h := range a.in.parts(a.way) {
			if j > 0 && a.way.twice {
				q.add(" UNION ")
			} else if j > 0 {
				q.add(" UNION ALL ")
			}
			a.in.part(&q, a.way, h, a.way.id+" AS id", place, fmt.Sprint("h", j), limit, covered...)
		}
		if len(rest) > 0 {
			q.add(fmt.Sprintf(") AS w%d CROSS JOIN cases c WHERE c.id = w%d.id AND c.tenant = ", i, i), place)
			for _, c := range rest {
				q.add(" AND ")
				c.inPassing(&q)
			}
		} else {
			q.add(fmt.Sprintf(" LIMIT %d) AS w%d", limit, i))
		}
	}
	return q
}

// fullCounts remembers for a while what there is more of than is counted: that does not change from one minute to the next.
type fullCounts struct {
	mu    *sync.Mutex
	until map[string]time.Time
}

const (
	fullFor = time.Minute
	maxFull = 4096
)

func newFullCounts() fullCounts {
	return fullCounts{mu: &sync.Mutex{}, until: map[string]time.Time{}}
}

func (f fullCounts) remembers(key string, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return now.Before(f.until[key])
}

func (f fullCounts) remember(key string, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.until) >= maxFull {
		clear(f.until)
	}
	f.until[key] = now.Add(fullFor)
}
