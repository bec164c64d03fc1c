package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"antragswerk/internal/civic"
)

// fill submits n cases, several of them received at the same moment, in all states, with and without deadlines.
func fill(t *testing.T, w *World, n int) []civic.Case {
	t.Helper()
	who := w.account()
	base := at(w.Store).Add(-time.Hour)
	list := make([]civic.Case, n)
	for i := range list {
		list[i] = w.Case(t, who, w.Jena.ID, func(f *civic.Filing) {
			c := &f.Case
			c.State = civic.CaseStates[i%len(civic.CaseStates)]
			c.Received = base.Add(time.Duration(i/3) * time.Second)
			c.Changed = base.Add(time.Duration((i*7)%n) * time.Second)
			c.Unread = i%4 == 0
			if i%2 == 0 {
				c.Deadline = base.Add(time.Duration(i%10) * time.Hour)
			}
			if i%3 == 0 {
				c.Assignee, c.AssigneeName = "staff-1", "Kim Berger"
			}
			if i%3 == 1 {
				c.Assignee = "staff-2"
			}
			if i%5 == 0 {
				c.Service = "parkausweis"
			}
			if i%4 == 1 {
				c.Group = "g1"
			}
			if i%11 == 0 {
				c.Escalated = c.Received
			}
			f.Terms = append(f.Terms, civic.IndexTerm{Mode: "word", Text: "gemeinsam"}, civic.IndexTerm{Mode: "word", Text: fmt.Sprintf("gruppe%d", i%2)})
		})
	}
	w.Case(t, who, w.Gera.ID, func(f *civic.Filing) { f.Terms = append(f.Terms, civic.IndexTerm{Mode: "word", Text: "gemeinsam"}) })
	return list
}

// order returns the ids of the cases that keep lets through, by key and then id, downwards unless up.
func order(list []civic.Case, up bool, keep func(civic.Case) bool, key func(civic.Case) string) []string {
	kept := slices.DeleteFunc(slices.Clone(list), func(c civic.Case) bool { return !keep(c) })
	slices.SortFunc(kept, func(a, b civic.Case) int {
		x, y := key(a)+" "+a.ID, key(b)+" "+b.ID
		if !up {
			x, y = y, x
		}
		if x < y {
			return -1
		}
		return 1
	})
	return ids(kept)
}

func byReceived(c civic.Case) string { return fmt.Sprint(c.Received.UnixMicro()) }

// orders are what lists are sorted by.
var orders = map[string]func(civic.Case) string{
	"": byReceived, "received": byReceived,
	"changed": func(c civic.Case) string { return fmt.Sprint(c.Changed.UnixMicro()) },
	"number":  func(c civic.Case) string { return c.FileNumber },
	"deadline": func(c civic.Case) string {
		if c.Deadline.IsZero() {
			return "9" // after all others
		}
		return fmt.Sprint(c.Deadline.UnixMicro())
	},
}

func testPages(t *testing.T, w *World) {
	list := fill(t, w, 47)
	all := func(civic.Case) bool { return true }
	for sort, key := range orders {
		for _, up := range []bool{false, true} {
			for _, limit := range []int{1, 7, 0} {
				got := w.inbox(t, w.Jena.ID, civic.InboxFilter{Sort: sort, Ascending: up, Limit: limit})
				if d := cmp.Diff(order(list, up, all, key), got); d != "" {
					t.Errorf("sort %q, ascending %v, pages of %d: %s", sort, up, limit, d)
				}
			}
		}
	}
	// From one case to the next and back, in every order, across pages.
	for sort, key := range orders {
		for _, up := range []bool{false, true} {
			rows := order(list, up, all, key)
			for i, id := range rows {
				next, err := w.Cases(t.Context(), w.Jena.ID, civic.InboxFilter{Sort: sort, Ascending: up, Beside: id, Limit: 1})
				check(t, err)
				previous, err := w.Cases(t.Context(), w.Jena.ID, civic.InboxFilter{Sort: sort, Ascending: !up, Beside: id, Limit: 1})
				check(t, err)
				if d := cmp.Diff(rows[i+1:min(i+2, len(rows))], ids(next.Cases), cmpopts.EquateEmpty()); d != "" {
					t.Errorf("sort %q, ascending %v, after %s: %s", sort, up, id, d)
				}
				if d := cmp.Diff(rows[max(i-1, 0):i], ids(previous.Cases), cmpopts.EquateEmpty()); d != "" {
					t.Errorf("sort %q, ascending %v, before %s: %s", sort, up, id, d)
				}
			}
		}
	}
	_, err := w.Cases(t.Context(), w.Gera.ID, civic.InboxFilter{Beside: list[0].ID})
	want(t, civic.NotFound, err)
	// Case numbers below a thousand: their text must sort by bytes, as the number does.
	page, err := w.Cases(t.Context(), w.Jena.ID, civic.InboxFilter{Limit: 5})
	check(t, err)
	if len(page.Cases) != 5 || page.Cases[0].Key == nil || string(page.Cases[0].Columns) != "columns" {
		t.Errorf("%+v", page.Cases[0])
	}
	for _, f := range []civic.InboxFilter{{After: "rubbish"}, {After: page.Next, Sort: "number"}, {Sort: "name; DROP TABLE cases"}} {
		_, err := w.Cases(t.Context(), w.Jena.ID, f)
		want(t, civic.Invalid, err)
	}
}

func testFilters(t *testing.T, w *World) {
	list := fill(t, w, 60)
	now := at(w.Store)
	received := func(c civic.Case) bool { return c.State == civic.Received }
	open := []civic.CaseState{civic.Received, civic.InProgress, civic.WaitingApplicant}
	middle, due := list[30].Received, list[4].Deadline
	for name, tt := range map[string]struct {
		filter civic.InboxFilter
		keep   func(civic.Case) bool
	}{
		"state":    {civic.InboxFilter{States: []civic.CaseState{civic.Received}}, received},
		"states":   {civic.InboxFilter{States: open}, func(c civic.Case) bool { return slices.Contains(open, c.State) }},
		"service":  {civic.InboxFilter{Services: []string{"parkausweis"}}, func(c civic.Case) bool { return c.Service == "parkausweis" }},
		"services": {civic.InboxFilter{Services: []string{"parkausweis", "hundesteuer"}}, func(civic.Case) bool { return true }},
		"assignee": {civic.InboxFilter{Assignee: "staff-1"}, func(c civic.Case) bool { return c.Assignee == "staff-1" }},
		"nobody":   {civic.InboxFilter{Assignee: "none"}, func(c civic.Case) bool { return c.Assignee == "" }},
		"unread":   {civic.InboxFilter{Unread: true}, func(c civic.Case) bool { return c.Unread }},
		"overdue":  {civic.InboxFilter{Overdue: true}, func(c civic.Case) bool { return !c.Deadline.IsZero() && c.Deadline.Before(now) && c.State.Open() }},
		"from to": {civic.InboxFilter{From: middle, To: middle.Add(2 * time.Second)}, func(c civic.Case) bool {
			return !c.Received.Before(middle) && c.Received.Before(middle.Add(2*time.Second))
		}},
		"denied":        {civic.InboxFilter{Denied: []string{"parkausweis"}}, func(c civic.Case) bool { return c.Service == "hundesteuer" }},
		"somebody":      {civic.InboxFilter{Assignees: []string{"staff-2"}}, func(c civic.Case) bool { return c.Assignee == "staff-2" }},
		"two or nobody": {civic.InboxFilter{Assignees: []string{"staff-2", ""}}, func(c civic.Case) bool { return c.Assignee != "staff-1" }},
		"group":         {civic.InboxFilter{Groups: []string{"g1"}}, func(c civic.Case) bool { return c.Group == "g1" }},
		"no group":      {civic.InboxFilter{Groups: []string{""}, States: open}, func(c civic.Case) bool { return c.Group == "" && slices.Contains(open, c.State) }},
		"escalated":     {civic.InboxFilter{Escalated: true}, func(c civic.Case) bool { return !c.Escalated.IsZero() }},
		"due": {civic.InboxFilter{DueFrom: due, DueTo: due.Add(3 * time.Hour)}, func(c civic.Case) bool {
			return !c.Deadline.Before(due) && c.Deadline.Before(due.Add(3*time.Hour))
		}},
		"due from": {civic.InboxFilter{DueFrom: due}, func(c civic.Case) bool { return !c.Deadline.Before(due) }},
		"due to":   {civic.InboxFilter{DueTo: due}, func(c civic.Case) bool { return !c.Deadline.IsZero() && c.Deadline.Before(due) }},
		"changed":  {civic.InboxFilter{ChangedFrom: middle}, func(c civic.Case) bool { return !c.Changed.Before(middle) }},
		"changed to": {civic.InboxFilter{ChangedFrom: middle, ChangedTo: middle.Add(9 * time.Second)}, func(c civic.Case) bool {
			return !c.Changed.Before(middle) && c.Changed.Before(middle.Add(9*time.Second))
		}},
		"everything": {civic.InboxFilter{States: open, Assignee: "none", Services: []string{"hundesteuer"}, Unread: true}, func(c civic.Case) bool {
			return slices.Contains(open, c.State) && c.Assignee == "" && c.Service == "hundesteuer" && c.Unread
		}},
		"search": {civic.InboxFilter{Search: "gemeinsam gruppe1", States: open}, func(c civic.Case) bool {
			return slices.Contains(open, c.State) && slices.IndexFunc(list, func(o civic.Case) bool { return o.ID == c.ID })%2 == 1
		}},
	} {
		for sort, key := range orders {
			for _, up := range []bool{false, true} {
				tt.filter.Ascending, tt.filter.Sort, tt.filter.Limit = up, sort, 5
				if d := cmp.Diff(order(list, up, tt.keep, key), w.inbox(t, w.Jena.ID, tt.filter)); d != "" {
					t.Errorf("%s, by %s, ascending %v: %s", name, sort, up, d)
				}
			}
		}
	}
}

// testLabelFilters asks for all of some labels, for one of them, for none, and for none or one.
func testLabelFilters(t *testing.T, w *World) {
	tag := func(id string) civic.IndexTerm { return civic.IndexTerm{Field: "label", Mode: "tag", Text: id} }
	var ids []string
	for _, labels := range [][]string{nil, {"l1"}, {"l2"}, {"l1", "l2"}, {"l3"}} {
		c := w.Case(t, w.account(), w.Jena.ID, func(f *civic.Filing) {
			f.Case.Labels = labels
			for _, l := range labels {
				f.Terms = append(f.Terms, tag(l))
			}
		})
		ids = append(ids, c.ID)
	}
	for name, x := range map[string]struct {
		filter civic.InboxFilter
		found  []int
	}{
		"all":                {civic.InboxFilter{Tags: []civic.IndexTerm{tag("l1"), tag("l2")}}, []int{3}},
		"one of":             {civic.InboxFilter{AnyTag: []civic.IndexTerm{tag("l1"), tag("l2")}}, []int{1, 2, 3}},
		"none":               {civic.InboxFilter{Unlabelled: true}, []int{0}},
		"none or one":        {civic.InboxFilter{Unlabelled: true, AnyTag: []civic.IndexTerm{tag("l1")}}, []int{0, 1, 3}},
		"none or one, state": {civic.InboxFilter{Unlabelled: true, AnyTag: []civic.IndexTerm{tag("l3")}, States: []civic.CaseState{civic.Received}, Unread: true}, []int{0, 4}},
	} {
		for _, sort := range []string{"received", "deadline", "number"} {
			x.filter.Sort, x.filter.Ascending, x.filter.Limit = sort, true, 2
			got := w.inbox(t, w.Jena.ID, x.filter)
			slices.Sort(got)
			var want []string
			for _, i := range x.found {
				want = append(want, ids[i])
			}
			slices.Sort(want)
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s by %s: %s", name, sort, d)
			}
			hits, err := w.CountAll(t.Context(), w.Jena.ID, []civic.InboxFilter{x.filter})
			if check(t, err); hits[0].N != len(want) {
				t.Errorf("%s counts %+v", name, hits)
			}
		}
	}
}

func testSearch(t *testing.T, w *World) {
	who := w.account()
	c := w.Case(t, who, w.Jena.ID, func(f *civic.Filing) {
		f.Case.FileNumber = "HUST-2026-000123"
		f.Terms = []civic.IndexTerm{
			{Field: "/name", Mode: "name", Text: "Änne Müller-Lüdenscheidt"}, {Field: "/city", Mode: "name", Text: "Großröda"},
			{Field: "/what", Mode: "word", Text: "Anmeldung zweier Hunde, Häuser und Straßen; François grüßt"},
			{Field: "number", Mode: "number", Text: "HUST-2026-000123"}, {Field: "/plate", Mode: "number", Text: "J-AB 4711"},
			{Field: "/mail", Mode: "exact", Text: "Aenne.Mueller@Example.org"}, {Field: "/born", Mode: "exact", Text: "1984-02-29"},
		}
	})
	w.Case(t, who, w.Jena.ID, nil)
	for _, q := range []string{"Müller", "mueller", "muller", "MÜLLER", "mül", "muel", "Lüdenscheidt", "Müller-Lüdenscheidt", "änne", "anne", "aenne", "Hund", "hunden", "Haus",
		"Straße", "strasse", "francois", "Anmeldungen", "HUST-2026-000123", "hust-2026-000123", "000123", "123", "J-AB4711", "jab4711", "4711", "aenne.mueller@example.org",
		"1984-02-29", "Müller Hund 123", "großröda", "grossroda", "gros"} {
		if got := w.inbox(t, w.Jena.ID, civic.InboxFilter{Search: q}); len(got) != 1 || got[0] != c.ID {
			t.Errorf("%q finds %v", q, got)
		}
		if got := w.inbox(t, w.Gera.ID, civic.InboxFilter{Search: q}); len(got) != 0 {
			t.Errorf("%q finds %v at another authority", q, got)
		}
	}
	for _, q := range []string{"Meier", "Müller Katze", "m", "HUST-2026-000124", "  ", "…", "1984-02-28"} {
		if got := w.inbox(t, w.Jena.ID, civic.InboxFilter{Search: q}); q != "  " && len(got) != 0 {
			t.Errorf("%q finds %v", q, got)
		}
	}
}

func testCounts(t *testing.T, w *World) {
	counts, err := w.Counts(t.Context(), w.Jena.ID)
	if check(t, err); len(counts) != len(civic.CaseStates) || counts[civic.Received] != 0 {
		t.Errorf("%v", counts)
	}
	list := fill(t, w, 20)
	wanted := civic.Counts{}
	for _, c := range list {
		wanted[c.State]++
	}
	counts, err = w.Counts(t.Context(), w.Jena.ID)
	check(t, err)
	if d := cmp.Diff(wanted, counts); d != "" {
		t.Error(d)
	}
}

// A tag is found by its field and text alone and can be taken off again; the whole value of an indexed field is found in whichever
// row of a list it stands.
func testTags(t *testing.T, w *World) {
	who := w.account()
	c := w.Case(t, who, w.Jena.ID, func(f *civic.Filing) {
		f.Terms = []civic.IndexTerm{{Field: "/kinder/1/name", Mode: "name", Text: "Änne Müller"}}
	})
	w.Case(t, who, w.Jena.ID, nil)
	urgent := civic.IndexTerm{Field: "label", Mode: "tag", Text: "urgent"}
	value := civic.IndexTerm{Field: "/kinder/*/name", Mode: "field", Text: "änne müller"}
	finds := func(n int, tags ...civic.IndexTerm) {
		t.Helper()
		if got := w.inbox(t, w.Jena.ID, civic.InboxFilter{Tags: tags}); len(got) != n || n == 1 && got[0] != c.ID {
			t.Errorf("%v finds %v", tags, got)
		}
		if got := w.inbox(t, w.Gera.ID, civic.InboxFilter{Tags: tags}); len(got) != 0 {
			t.Errorf("%v finds %v at another authority", tags, got)
		}
	}
	finds(1, value)
	finds(0, civic.IndexTerm{Field: "/kinder/*/name", Mode: "field", Text: "Änne"})
	finds(0, civic.IndexTerm{Field: "/name", Mode: "field", Text: "Änne Müller"})
	finds(0, urgent)
	c.Labels, c.Group = []string{"urgent", "later"}, "g1"
	check(t, w.Change(t.Context(), w.Jena.ID, civic.CaseChange{Case: c, Was: 1, Terms: []civic.IndexTerm{urgent}}))
	finds(1, urgent)
	finds(1, urgent, value)
	finds(0, civic.IndexTerm{Field: "group", Mode: "tag", Text: "urgent"})
	page, err := w.Cases(t.Context(), w.Jena.ID, civic.InboxFilter{Tags: []civic.IndexTerm{urgent}})
	if check(t, err); len(page.Cases[0].Labels) != 2 || page.Cases[0].Group != "g1" {
		t.Errorf("%+v", page.Cases[0])
	}
	check(t, w.Change(t.Context(), w.Jena.ID, civic.CaseChange{Case: c, Was: 2, Untag: []civic.IndexTerm{urgent}}))
	finds(0, urgent)
	finds(1, value)
}
