package page_test

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"antragswerk/internal/civic"
	"antragswerk/internal/locale"
	"antragswerk/internal/web/page"
)

// The page of shortcuts lists what pages have, and nothing else. Rows of a list and the search field need no attribute; the ways to
// other rooms are the server's.
func TestShortcuts(t *testing.T) {
	listed := map[string]bool{}
	for _, g := range page.Shortcuts {
		for _, s := range g.Shortcuts {
			for _, k := range s.Keys {
				listed[k] = true
			}
		}
	}
	l := locale.For("de")
	s := shell(l, "Vorgang")
	s.Commands = page.Commands{URL: "/desk/keys"}
	var all bytes.Buffer
	for _, state := range civic.CaseStates {
		p := sampleCase()
		p.Case.State, p.Mine, p.Lead, p.Previous, p.Next = state, state == civic.InProgress, true, "/desk/jena/0", "/desk/jena/2"
		if err := page.DeskCasePage(s, p).Render(t.Context(), &all); err != nil {
			t.Fatal(err)
		}
	}
	if err := page.InboxPage(s, sampleInbox()).Render(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	drawn := map[string]bool{}
	for _, m := range regexp.MustCompile(`data-key="([^"]+)"`).FindAllStringSubmatch(all.String(), -1) {
		drawn[m[1]] = true
		if !listed[m[1]] {
			t.Errorf("the key %q is not listed", m[1])
		}
	}
	for _, k := range slices.Sorted(maps.Keys(listed)) {
		byScript := slices.Contains([]string{"Ctrl+K", "Enter", "Shift+X", "o", "x", "/"}, k) || strings.HasPrefix(k, "g ")
		if !byScript && !drawn[k] {
			t.Errorf("no page has the key %q", k)
		}
	}
	closing := all.String()[strings.Index(all.String(), `data-hold`)-200:]
	if !strings.Contains(closing[:600], "data-key=\"e\"") {
		t.Error("closing a case is done by a single key")
	}
}
