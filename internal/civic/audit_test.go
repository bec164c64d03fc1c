package civic

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"slices"
	"testing"
	"time"
)

// chain is a chain of n events with a head at every fifth and at the end.
type chain struct {
	links   []Link
	records []*Record
	heads   map[int64]*Head
	key     ed25519.PrivateKey
}

func newChain(n int) *chain {
	c := &chain{heads: map[int64]*Head{}, key: ed25519.NewKeyFromSeed(make([]byte, 32))}
	var last Link
	for i := range n {
		r := &Record{ID: fmt.Sprint("e", i+1), Tenant: "jena", Kind: "case.taken", Data: `{}`, At: int64(i)}
		last = last.Next(r.ID, r.Digest())
		c.links, c.records = append(c.links, last), append(c.records, r)
		if last.Seq%5 == 0 || i == n-1 {
			c.heads[last.Seq] = c.sign(last, time.Unix(int64(i), 0))
		}
	}
	return c
}

func (c *chain) sign(l Link, at time.Time) *Head {
	h := &Head{Tenant: "jena", Seq: l.Seq, Hash: l.Hash, At: at}
	h.Signature = ed25519.Sign(c.key, h.Message())
	return h
}

// look reads the chain as the store would and words what was found.
func (c *chain) look(kept ...Head) []string {
	check := ChainCheck{Tenant: "jena", Kept: kept, Verify: func(m, s []byte) bool { return ed25519.Verify(c.key.Public().(ed25519.PublicKey), m, s) }}
	slices.SortFunc(c.links, func(a, b Link) int { return int(a.Seq - b.Seq) })
	there := map[int64]bool{}
	for _, l := range c.links {
		there[l.Seq] = true
		i := slices.IndexFunc(c.records, func(r *Record) bool { return r != nil && r.ID == l.Event })
		var r *Record
		if i >= 0 {
			r = c.records[i]
		}
		check.Add(l, r, c.heads[l.Seq])
	}
	for seq, h := range c.heads {
		if !there[seq] {
			check.Dangling(*h)
		}
	}
	var out []string
	for _, f := range check.Findings() {
		out = append(out, fmt.Sprint(f.Fault, " ", f.From, "-", f.To))
	}
	return out
}

func TestChainCheck(t *testing.T) {
	whole := newChain(23)
	kept := []Head{*whole.heads[5], *whole.heads[20], {Tenant: "gera", Hash: []byte("elsewhere")}}
	for i, h := range kept[:2] { // as they are read back from where they were published
		p := h.Public("jena")
		back, err := p.Head()
		if err != nil {
			t.Fatal(err)
		}
		kept[i] = back
	}
	// cut removes the last links and events.
	cut := func(c *chain, n int) {
		c.links, c.records = c.links[:n], c.records[:n]
	}
	for name, x := range map[string]struct {
		tamper func(*chain)
		want   []string
	}{
		"nothing":               {func(*chain) {}, nil},
		"an event changed":      {func(c *chain) { c.records[6].Actor = "somebody else" }, []string{"changed 7-7"}},
		"its time alone":        {func(c *chain) { c.records[6].At++ }, []string{"changed 7-7"}},
		"data moved over":       {func(c *chain) { c.records[6].Kind, c.records[6].Data = "case.takenx", `{` }, []string{"changed 7-7"}},
		"an event gone":         {func(c *chain) { c.records[6] = nil }, []string{"gone 7-7"}},
		"a link and its event":  {func(c *chain) { c.records[6] = nil; c.links = slices.Delete(c.links, 6, 7) }, []string{"gap 7-7"}},
		"a link moved up":       {func(c *chain) { c.links[6].Seq, c.links[7].Seq = 8, 7 }, []string{"moved 7-8"}},
		"links far apart":       {func(c *chain) { c.links[1].Seq, c.links[16].Seq = 17, 2 }, []string{"moved 2-2", "moved 17-17"}},
		"two events exchanged":  {func(c *chain) { c.links[6].Event, c.links[7].Event = c.links[7].Event, c.links[6].Event }, []string{"changed 7-8"}},
		"event and digest":      {func(c *chain) { c.records[6].Actor = "x"; c.links[6].Digest = c.records[6].Digest() }, []string{"relinked 7-7"}},
		"the end cut off":       {func(c *chain) { cut(c, 18) }, []string{"truncated 19-23", "truncated 0-0", "unsigned 16-18"}},
		"with the heads":        {func(c *chain) { cut(c, 15); delete(c.heads, 20); delete(c.heads, 23) }, []string{"truncated 0-0"}},
		"all of it":             {func(c *chain) { cut(c, 0); c.heads = nil }, []string{"truncated 0-0", "truncated 0-0"}},
		"a head changed":        {func(c *chain) { c.heads[10].Signature[0] ^= 1 }, []string{"forged 10-10"}},
		"a head dated back":     {func(c *chain) { c.heads[10].At = c.heads[10].At.Add(-time.Hour) }, []string{"forged 10-10"}},
		"a head gone":           {func(c *chain) { delete(c.heads, 23) }, []string{"unsigned 21-23"}},
		"an event added behind": {func(c *chain) { c.links = append(c.links, c.links[22].Next("x", bytes.Repeat([]byte{1}, 32))) }, []string{"unsigned 24-24", "gone 24-24"}},
		"written anew from the middle": {func(c *chain) {
			c.records[11].Actor = "x"
			last := c.links[10]
			for i := 11; i < 23; i++ {
				last = last.Next(c.records[i].ID, c.records[i].Digest())
				c.links[i] = last
			}
		}, []string{"truncated 0-0", "rewritten 15-15", "rewritten 20-20", "rewritten 23-23"}},
	} {
		c := newChain(23)
		x.tamper(c)
		got := c.look(kept...)
		slices.Sort(got)
		slices.Sort(x.want)
		if !slices.Equal(got, x.want) {
			t.Errorf("%s: found %q, want %q", name, got, x.want)
		}
	}
}

// What was erased on the record leaves the chain whole; what the record does not name does not.
func TestChainWithErasedEvents(t *testing.T) {
	c := newChain(9)
	erased := &Record{ID: "e10", Tenant: "jena", Kind: KindErased, Data: `{"numbers":"` + Numbers([]int64{2, 3, 4, 7}) + `"}`}
	l := c.links[8].Next(erased.ID, erased.Digest())
	c.links, c.records = append(c.links, l), append(c.records, erased)
	delete(c.heads, 9)
	c.heads[10] = c.sign(l, time.Unix(9, 0))
	for _, i := range []int{1, 2, 3, 6} {
		c.records[i] = nil
	}
	if got := c.look(); got != nil {
		t.Errorf("found %q", got)
	}
	c.records[4] = nil
	if got := c.look(); !slices.Equal(got, []string{"gone 5-5"}) {
		t.Errorf("found %q", got)
	}
	erased.Data = `{"numbers":"2-7"}`
	if got := c.look(); !slices.Contains(got, "changed 10-10") || !slices.Contains(got, "gone 2-5") {
		t.Errorf("a record that was changed excuses nothing: %q", got)
	}
}

func TestNumbers(t *testing.T) {
	if s := Numbers([]int64{1, 2, 3, 5, 8, 9}); s != "1-3,5,8-9" {
		t.Error(s)
	}
	if got := ParseNumbers("1-3,5,x,9-2,-4,0"); !slices.Equal(got, [][2]int64{{1, 3}, {5, 5}}) {
		t.Error(got)
	}
}

func TestIDBefore(t *testing.T) {
	id := "019a0000-1000-7abc-8000-000000000000"
	before := IDBefore(id, time.Minute)
	if !(before < id && IDBefore(id, 2*time.Minute) < before && before > "0199ff") || IDBefore("~", 0) != "" || IDBefore("", 0) != "" {
		t.Errorf("%q", before)
	}
}
