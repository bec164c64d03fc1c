package civic

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// Fault is a kind of finding in a chain.
type Fault string

// What can be wrong with a chain.
const (
	FaultChanged   Fault = "changed"   // an event is not what it was when it was linked
	FaultGone      Fault = "gone"      // an event is missing, and no record says that it was erased
	FaultGap       Fault = "gap"       // links are missing
	FaultMoved     Fault = "moved"     // links have changed places
	FaultRelinked  Fault = "relinked"  // a link does not follow from the one before
	FaultForged    Fault = "forged"    // a head is not signed by this installation
	FaultRewritten Fault = "rewritten" // what was signed is not what stands there
	FaultTruncated Fault = "truncated" // a signed head lies beyond the end, or is nowhere on the chain
	FaultUnsigned  Fault = "unsigned"  // links behind the last head
	FaultUnlinked  Fault = "unlinked"  // an event that the chain has passed by
)

// Finding is one fault: at the numbers from From to To (0: not known), or of an event.
type Finding struct {
	Fault    Fault
	From, To int64
	Event    string
}

// ChainCheck looks through one tenant's chain, link by link in the order of their numbers, in constant memory but for what it finds.
type ChainCheck struct {
	Tenant string
	Verify func(message, signature []byte) bool
	// Kept are heads that were kept elsewhere: they must lie on the chain. Those of other tenants do not matter.
	Kept []Head

	Links, Erased int64 // looked at; of them erased on the record
	last          Link
	signed        int64 // the number of the last head that was seen
	beyond        int64 // the highest number of a head without its link
	kept          map[string]bool
	broken        []brokenLink
	missing       []int64
	erasures      [][2]int64
	findings      []Finding
}

// brokenLink is one that does not follow from the hash before it.
type brokenLink struct {
	Link
	before []byte
}

// mostFindings bounds what a chain in ruins costs.
const mostFindings = 1000

func (c *ChainCheck) found(f Fault, from, to int64, event string) {
	if n := len(c.findings); n > 0 {
		if l := &c.findings[n-1]; l.Fault == f && l.To+1 == from && from > 0 {
			l.To = to
			return
		}
		if n >= mostFindings {
			return
		}
	}
	c.findings = append(c.findings, Finding{f, from, to, event})
}

// Add looks at the next link, with its event (nil: there is none) and the head that was signed there (nil: none).
func (c *ChainCheck) Add(l Link, r *Record, h *Head) {
	c.begin()
	c.Links++
	switch {
	case l.Seq != c.last.Seq+1:
		c.found(FaultGap, c.last.Seq+1, l.Seq-1, "")
	case !bytes.Equal(l.Hash, l.after(c.last.Hash)):
		c.broken = append(c.broken, brokenLink{l, c.last.Hash})
	}
	switch {
	case r == nil:
		c.missing = append(c.missing, l.Seq)
	case !bytes.Equal(r.Digest(), l.Digest):
		c.found(FaultChanged, l.Seq, l.Seq, l.Event)
	case r.Kind == KindErased:
		var data struct{ Numbers string }
		if json.Unmarshal([]byte(r.Data), &data) == nil {
			c.erasures = append(c.erasures, ParseNumbers(data.Numbers)...)
		}
	}
	if h != nil {
		c.signed = h.Seq
		c.signature(*h, h.Seq)
		if !bytes.Equal(h.Hash, l.Hash) {
			c.found(FaultRewritten, h.Seq, h.Seq, "")
		}
	}
	delete(c.kept, string(l.Hash))
	c.last = l
}

// begin looks at the heads that were kept; one that nobody here has signed proves nothing.
func (c *ChainCheck) begin() {
	if c.kept != nil {
		return
	}
	c.kept = map[string]bool{}
	for _, k := range c.Kept {
		if k.Tenant != c.Tenant {
			continue
		}
		if c.signature(k, 0) {
			c.kept[string(k.Hash)] = true
		}
	}
}

func (c *ChainCheck) signature(h Head, at int64) bool {
	good := c.Verify(h.Message(), h.Signature)
	if !good {
		c.found(FaultForged, at, at, "")
	}
	return good
}

// Dangling tells of a head whose link is not there.
func (c *ChainCheck) Dangling(h Head) {
	c.beyond = max(c.beyond, h.Seq)
}

// Unlinked tells of an event that has no link although later ones do.
func (c *ChainCheck) Unlinked(event string) { c.found(FaultUnlinked, 0, 0, event) }

// Findings ends the look: it returns all faults in the order of their numbers, or none.
func (c *ChainCheck) Findings() []Finding {
	c.begin()
	for hash := range c.kept {
		c.found(FaultTruncated, 0, 0, hex.EncodeToString([]byte(hash)))
	}
	if c.beyond > c.last.Seq {
		c.found(FaultTruncated, c.last.Seq+1, c.beyond, "")
	}
	if c.last.Seq > c.signed {
		c.found(FaultUnsigned, c.signed+1, c.last.Seq, "")
	}
	c.judgeBroken()
	c.judgeMissing()
	slices.SortStableFunc(c.findings, func(a, b Finding) int { return cmp.Compare(a.From, b.From) })
	return c.findings
}

// judgeMissing tells events that are gone from those that were erased on the record.
func (c *ChainCheck) judgeMissing() {
	slices.SortFunc(c.erasures, func(a, b [2]int64) int { return cmp.Compare(a[0], b[0]) })
	for _, n := range c.missing {
		if slices.ContainsFunc(c.erasures, func(e [2]int64) bool { return e[0] <= n && n <= e[1] }) {
			c.Erased++
		} else {
			c.found(FaultGone, n, n, "")
		}
	}
}

// mostMoved bounds how many broken links are tried at other places: each is tried at each.
const mostMoved = 500

// judgeBroken tells links that have only changed places from those that were written anew: the former follow from each other in their
// old order.
func (c *ChainCheck) judgeBroken() {
	pool := c.broken[:min(len(c.broken), mostMoved)]
	right := make(map[int64]Link, len(pool))
	for _, b := range pool {
		before := b.before
		if l, ok := right[b.Seq-1]; ok {
			before = l.Hash
		}
		for _, x := range pool {
			l := Link{Seq: b.Seq, Event: x.Event, Digest: x.Digest}
			if l.Hash = l.after(before); bytes.Equal(l.Hash, x.Hash) {
				right[b.Seq] = l
				break
			}
		}
	}
	for _, b := range c.broken {
		switch l, ok := right[b.Seq]; {
		case !ok:
			c.found(FaultRelinked, b.Seq, b.Seq, b.Event)
		case l.Event != b.Event:
			c.found(FaultMoved, b.Seq, b.Seq, b.Event)
		}
	}
}

// Numbers writes numbers, sorted, as "3-7,9".
func Numbers(list []int64) string {
	var out []string
	for i := 0; i < len(list); {
		j := i
		for j+1 < len(list) && list[j+1] == list[j]+1 {
			j++
		}
		s := strconv.FormatInt(list[i], 10)
		if j > i {
			s += "-" + strconv.FormatInt(list[j], 10)
		}
		out = append(out, s)
		i = j + 1
	}
	return strings.Join(out, ",")
}

// ParseNumbers reads what Numbers wrote, as ranges; what is none is left out.
func ParseNumbers(s string) (list [][2]int64) {
	for _, part := range strings.Split(s, ",") {
		first, last, ranged := strings.Cut(part, "-")
		if !ranged {
			last = first
		}
		a, err := strconv.ParseInt(first, 10, 64)
		b, err2 := strconv.ParseInt(last, 10, 64)
		if err == nil && err2 == nil && 0 < a && a <= b {
			list = append(list, [2]int64{a, b})
		}
	}
	return list
}
