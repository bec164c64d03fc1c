package deliver_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/deliver"
)

// chains is a database of events and their chains, and a store beside it, in memory.
type chains struct {
	events  []civic.Record
	links   map[string][]civic.Link
	heads   map[string][]civic.Head
	linked  map[string]bool
	kept    map[string]string
	quicker bool
	reads   int
	key     ed25519.PrivateKey
	now     time.Time
}

func newChains() *chains {
	return &chains{links: map[string][]civic.Link{}, heads: map[string][]civic.Head{}, linked: map[string]bool{}, kept: map[string]string{},
		key: ed25519.NewKeyFromSeed(make([]byte, 32)), now: time.Date(2026, 11, 24, 9, 15, 0, 0, time.UTC)}
}

func (c *chains) service() *deliver.Service {
	return deliver.New(deliver.Deps{Chain: c, Signer: c, Anchors: c, Now: func() time.Time { return c.now }})
}

// happen adds an event whose id is as old as the minutes say.
func (c *chains) happen(tenant string, minutes int) civic.Record {
	ms := c.now.UnixMilli() + int64(minutes)*60_000
	hex := fmt.Sprintf("%012x", ms)
	r := civic.Record{ID: fmt.Sprintf("%s-%s-7000-8000-%012x", hex[:8], hex[8:], len(c.events)), Tenant: tenant, Kind: "case.taken"}
	c.events = append(c.events, r)
	return r
}

func (c *chains) Sign(msg []byte) []byte { return ed25519.Sign(c.key, msg) }

func (c *chains) Unlinked(_ context.Context, after string, limit int) (list []civic.Record, _ error) {
	c.reads++
	slices.SortFunc(c.events, func(a, b civic.Record) int { return strings.Compare(a.ID, b.ID) })
	for _, r := range c.events {
		if r.ID > after && !c.linked[r.ID] && len(list) < limit {
			list = append(list, r)
		}
	}
	return list, nil
}

func (c *chains) NewestLinked(context.Context) (newest string, _ error) {
	for id := range c.linked {
		newest = max(newest, id)
	}
	return newest, nil
}

func (c *chains) LastLink(_ context.Context, tenant string) (civic.Link, error) {
	if l := c.links[tenant]; len(l) > 0 {
		return l[len(l)-1], nil
	}
	return civic.Link{}, nil
}

func (c *chains) AppendLinks(_ context.Context, links []civic.Link, h civic.Head) error {
	if c.quicker {
		return civic.Errorf(civic.Conflict, "error.case.changed")
	}
	for _, l := range links {
		c.linked[l.Event] = true
	}
	c.links[h.Tenant], c.heads[h.Tenant] = append(c.links[h.Tenant], links...), append(c.heads[h.Tenant], h)
	return nil
}

func (c *chains) Heads(_ context.Context, since, before time.Time) (list []civic.Head, _ error) {
	for _, tenant := range []string{"gera", "jena"} {
		if h := c.heads[tenant]; len(h) > 0 && !h[len(h)-1].At.Before(since) && h[len(h)-1].At.Before(before) {
			list = append(list, h[len(h)-1])
		}
	}
	return list, nil
}

func (c *chains) Put(_ context.Context, key string, r io.Reader, size int64) error {
	body, err := io.ReadAll(r)
	if c.kept[key] != "" || int64(len(body)) != size {
		return fmt.Errorf("%s is written twice, or in part", key)
	}
	c.kept[key] = string(body)
	return err
}

func (c *chains) List(_ context.Context, prefix, after string, limit int) (keys []string, _ error) {
	for k := range c.kept {
		if strings.HasPrefix(k, prefix) && k > after {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys[:min(len(keys), limit)], nil
}

func (c *chains) Open(_ context.Context, key string) (io.ReadSeekCloser, error) {
	return struct {
		io.ReadSeeker
		io.Closer
	}{strings.NewReader(c.kept[key]), io.NopCloser(nil)}, nil
}

// whole fails unless the tenant's chain holds n events and nothing is wrong with it.
func (c *chains) whole(t *testing.T, tenant string, n int, kept ...civic.Head) {
	t.Helper()
	check := civic.ChainCheck{Tenant: tenant, Kept: kept, Verify: func(m, s []byte) bool { return ed25519.Verify(c.key.Public().(ed25519.PublicKey), m, s) }}
	for _, l := range c.links[tenant] {
		i := slices.IndexFunc(c.events, func(r civic.Record) bool { return r.ID == l.Event })
		var head *civic.Head
		for _, h := range c.heads[tenant] {
			if h.Seq == l.Seq {
				head = &h
			}
		}
		check.Add(l, &c.events[i], head)
	}
	if f := check.Findings(); len(f) > 0 || check.Links != int64(n) {
		t.Errorf("%s: %d links, want %d; %v", tenant, check.Links, n, f)
	}
}

func runSweep(t *testing.T, s *deliver.Service, what string) {
	t.Helper()
	if err := s.Sweep(t.Context(), civic.Sweep{What: what}); err != nil {
		t.Fatal(err)
	}
}

// Every event gets its place once, in the chain of its tenant, however the runs fall.
func TestSequencer(t *testing.T) {
	c := newChains()
	s := c.service()
	for i := range 700 {
		c.happen([]string{"jena", "gera"}[i%2], i/100-7)
	}
	runSweep(t, s, "chain")
	runSweep(t, s, "chain")
	c.whole(t, "jena", 350)
	c.whole(t, "gera", 350)
	if n := len(c.heads["jena"]); n != 2 {
		t.Errorf("%d heads were signed for two pages", n)
	}
	c.happen("jena", -3) // its transaction ended later than those of younger ids
	c.happen("jena", -60*24)
	runSweep(t, s, "chain")
	c.whole(t, "jena", 351)
	runSweep(t, s, "chain_all") // what is old without being linked is found by the round over all
	c.whole(t, "jena", 352)
	c.happen("jena", 1)
	c.quicker = true
	runSweep(t, s, "chain") // another node has won: no error, nothing lost
	c.whole(t, "jena", 352)
	c.quicker = false
	runSweep(t, s, "chain")
	c.whole(t, "jena", 353)
}

// A backlog is worked off in turns, so that it keeps nobody from working.
func TestSequencerTakesTurns(t *testing.T) {
	c := newChains()
	s := c.service()
	for range 6000 {
		c.happen("jena", 0)
	}
	runSweep(t, s, "chain")
	if n := len(c.links["jena"]); n != 5000 || c.reads != 10 {
		t.Errorf("%d events in one run, %d reads", n, c.reads)
	}
	runSweep(t, s, "chain")
	c.whole(t, "jena", 6000)
}

// Once an hour the new heads are kept apart from the database, and never written again.
func TestAnchors(t *testing.T) {
	c := newChains()
	s := c.service()
	runSweep(t, s, "anchors")
	if len(c.kept) != 0 {
		t.Errorf("kept %v of nothing", c.kept)
	}
	c.happen("jena", 0)
	c.happen("gera", 0)
	runSweep(t, s, "chain")
	c.now = c.now.Add(time.Minute)
	runSweep(t, s, "anchors")
	runSweep(t, s, "anchors")
	for range 2 {
		c.now = c.now.Add(2 * time.Hour)
		c.happen("jena", 0)
		runSweep(t, s, "chain")
		c.now = c.now.Add(time.Minute)
		runSweep(t, s, "anchors")
	}
	keys, _ := c.List(t.Context(), "audit/", "", 10)
	if !slices.Equal(keys, []string{"audit/2026-11-24T09.json", "audit/2026-11-24T11.json", "audit/2026-11-24T13.json"}) || strings.Contains(c.kept[keys[2]], "gera") {
		t.Errorf("kept %v", c.kept)
	}
	heads, err := deliver.ReadAnchors(t.Context(), c)
	if err != nil || len(heads) < 4 {
		t.Fatalf("%d heads are read back (%v)", len(heads), err)
	}
	c.whole(t, "jena", 3, heads...)
	c.whole(t, "gera", 1, heads...)
}
