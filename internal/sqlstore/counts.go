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
// What is asked twice is counted once, and a large count may be some seconds old.
func (s *Store) CountAll(ctx context.Context, tenant string, filters []civic.InboxFilter) ([]civic.Hits, error) {
	tallies := make([]civic.Hits, len(filters))
	var asked []*tally
	now := s.Now()
	minute := micros(now.Truncate(time.Minute)) // what is overdue is so by the minute, so that clerks ask for the same
	same := map[string]int{}                    // tallies that another one counts too
	copies := map[int]int{}
	for i, f := range filters {
		in := &inbox{tenant: tenant, filter: f, now: minute, limit: 1, walk: s.dialect.walk, led: s.dialect.led, column: "received"}
		var some bool
		var err error
		if in.terms, some, err = s.termsOf(ctx, tenant, f); err != nil {
			return nil, wrap("count all", err)
		}
		if !some || len(in.states()) == 0 {
			continue
		}
		t := newTally(i, in)
		if known, ok := s.large.recall(t.key, now); ok {
			tallies[i] = known
			continue
		}
		if first, twice := same[t.key]; twice {
			copies[i] = first
			continue
		}
		same[t.key] = i
		asked = append(asked, t)
	}
	if len(asked) == 0 {
		return tallies, nil
	}
	err := s.inTenant(tenant).read(ctx, "count all", func(ctx context.Context, t *tx) error {
		if err := chooseAll(ctx, t, s.dialect.led, asked); err != nil {
			return err
		}
		rows, err := t.led(ctx, "", talliesStatement(tenant, asked))
		if err != nil {
			return err
		}
		for i, r := range rows {
			n, looked, most := r[1], r[2], asked[i].most
			tallies[r[0]] = civic.Hits{N: min(n, civic.CountCap), More: n > civic.CountCap || most || looked >= maxLooked}
			s.large.remember(asked[i].key, tallies[r[0]], now)
		}
		return nil
	})
	for i, first := range copies {
		tallies[i] = tallies[first]
	}
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
		if rest := in.rest(w); (t.way.table == "" || len(w.heads) < len(t.way.heads)) && w.column != "" && w.column != "file_number" && !slices.ContainsFunc(rest, func(c condition) bool { return !inIndex(w, c) }) {
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

// inIndex tells that a way's index says whether a case is of a service that is left out: all of the cases' do, but the one by number.
func inIndex(w way, c condition) bool {
	return w.table == "cases c" && w.column != "file_number" && c.name == "denied"
}

// maxLooked is how many entries of an index are looked at for those of some services: the others may be most of them.
const maxLooked = 2 * civic.CountCap

// chooseAll finds the rarest way for those filters that no index covers.
func chooseAll(ctx context.Context, t *tx, led string, asked []*tally) error {
	var q sqlText
	for i, a := range asked {
		if a.way.table == "" {
			a.in.countingInto(&q, a.ways, i*maxWays)
		}
	}
	rows, err := t.led(ctx, led, q)
	if err != nil {
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

// talliesStatement counts: of each tally its place, how many cases there are, and, of those whose service is looked at, how many
// entries were looked at.
func talliesStatement(tenant string, asked []*tally) (q sqlText) {
	place := q.arg(tenant)
	for i, a := range asked {
		if i > 0 {
			q.add(" UNION ALL ")
		}
		what, limit := a.way.id+" AS id", civic.CountCap+1
		covered := len(a.rest) > 0 && !slices.ContainsFunc(a.rest, func(c condition) bool { return !inIndex(a.way, c) })
		switch {
		case covered:
			what, limit = "c.service AS service", maxLooked
			q.add(fmt.Sprintf("SELECT %d, COUNT(CASE WHEN ", a.nth))
			for j, c := range a.rest {
				if j > 0 {
					q.add(" AND ")
				}
				c.add(&q)
			}
			q.add(" THEN 1 END), COUNT(*) FROM (")
		case a.most:
			limit = a.in.steps(a.way)
			fallthrough
		default:
			q.add(fmt.Sprintf("SELECT %d, COUNT(*), 0 FROM (", a.nth))
		}
		for j, h := range a.in.parts(a.way) {
			if j > 0 && a.way.twice {
				q.add(" UNION ")
			} else if j > 0 {
				q.add(" UNION ALL ")
			}
			a.in.part(&q, a.way, h, what, place, fmt.Sprint("h", j), limit)
		}
		switch {
		case covered:
			q.add(") AS c")
		case len(a.rest) > 0:
			q.add(fmt.Sprintf(") AS w%d CROSS JOIN cases c WHERE c.id = w%d.id AND c.tenant = ", i, i), place)
			for _, c := range a.rest {
				q.add(" AND ")
				c.inPassing(&q)
			}
		default:
			q.add(fmt.Sprintf(" LIMIT %d) AS w%d", limit, i))
		}
	}
	return q
}

// largeCounts remembers large counts: they look the same some seconds later, and what there is more of than is counted does a minute
// later.
type largeCounts struct {
	mu    *sync.Mutex
	known map[string]largeCount
}

type largeCount struct {
	hits  civic.Hits
	until time.Time
}

const (
	largeFor = 10 * time.Second
	fullFor  = time.Minute
	maxLarge = 4096
)

func newLargeCounts() largeCounts {
	return largeCounts{mu: &sync.Mutex{}, known: map[string]largeCount{}}
}

func (l largeCounts) recall(key string, now time.Time) (civic.Hits, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.known[key]
	return c.hits, now.Before(c.until)
}

func (l largeCounts) remember(key string, hits civic.Hits, now time.Time) {
	keep := fullFor
	if hits.N < civic.CountCap {
		keep = largeFor
	}
	if hits.N <= few {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.known) >= maxLarge {
		clear(l.known)
	}
	l.known[key] = largeCount{hits, now.Add(keep)}
}
