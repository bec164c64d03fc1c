package sqlstore_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore"
	"antragswerk/internal/sqlstore/storetest"
)

// planFilters are what clerks combine, rare and frequent, alone and together.
func planFilters(now time.Time) map[string]civic.InboxFilter {
	open := []civic.CaseState{civic.Received, civic.InProgress, civic.WaitingApplicant}
	every := append([]civic.CaseState{civic.AwaitingPayment, civic.AwaitingCosign}, open...)
	tag := []civic.IndexTerm{{Field: "label", Mode: "tag", Text: "urgent"}}
	return map[string]civic.InboxFilter{
		"all": {}, "state": {States: open[:1]}, "states": {States: open}, "open": {States: every}, "mine": {Assignee: "staff-7", States: open},
		"ours": {Assignees: []string{"staff-7", "staff-8"}}, "mine or nobody's": {Assignees: []string{"staff-7", ""}, States: open}, "nobody's": {Assignee: "none"},
		"service": {Services: []string{"service1"}}, "service, state": {Services: []string{"service1", "service2"}, States: open}, "not all services": {Denied: []string{"service1"}},
		"unread": {Unread: true}, "group": {Groups: []string{"g1"}}, "group, open": {Groups: []string{"g1"}, States: every}, "no group": {Groups: []string{""}, States: every},
		"escalated": {Escalated: true}, "overdue": {Overdue: true}, "due": {DueFrom: now, DueTo: now.Add(time.Hour)}, "changed": {ChangedFrom: time.UnixMicro(100), ChangedTo: time.UnixMicro(20000)},
		"from": {From: time.UnixMicro(29000)}, "from to": {From: time.UnixMicro(1000), To: time.UnixMicro(28000), States: open[:1], Services: []string{"service1"}},
		"search": {Search: "hund"}, "search two": {Search: "hund haus"}, "search, open": {Search: "hund", States: open}, "rare word": {Search: "katze", States: open}, "no such word": {Search: "maus"},
		"label": {Tags: tag}, "one of labels": {AnyTag: append(tag, civic.IndexTerm{Field: "label", Mode: "tag", Text: "rare"})}, "no label": {Unlabelled: true}, "no label, open": {Unlabelled: true, States: every},
		"no label or one": {Unlabelled: true, AnyTag: tag}, "no label or one, mine": {Unlabelled: true, AnyTag: tag, Assignee: "staff-7"}, "no label, no group": {Unlabelled: true, Groups: []string{""}, Search: "hund"}, "label, mine": {Tags: tag, Assignee: "staff-7"}, "label, search": {Tags: tag, Search: "hund"},
		"nothing fits": {States: open[:1], Services: []string{"service4"}, Unread: true, Search: "hund"},
		"all at once":  {States: open, Services: []string{"service1"}, Denied: []string{"service3"}, Assignees: []string{"staff-1", ""}, Groups: []string{"g1"}, Tags: tag, Unread: true, Search: "hund haus", From: time.UnixMicro(5)},
	}
}

// No page of the inbox, whatever is filtered and sorted by, reads a table from end to end, sorts what it need not, or looks at more
// rows than its bound allows, though the tenant has more.
func TestInboxPlans(t *testing.T) {
	for _, e := range engines {
		for _, informed := range []bool{false, true} { // whether the engine has statistics; SQLite never has, in production
			if !informed && e.name == "postgres" {
				continue
			}
			t.Run(fmt.Sprintf("%s, statistics %v", e.name, informed), func(t *testing.T) {
				url := e.url(t)
				s := open(t, url)
				w := storetest.NewWorld(t, s)
				fillMany(t, s, w.Jena, 2000)
				fillMany(t, s, w.Gera, 45000)
				if informed {
					analyze(t, url)
				}
				lookAtPlans(t, s, w.Gera.ID)
			})
		}
	}
}

func lookAtPlans(t *testing.T, s *sqlstore.Store, tenant string) {
	t.Helper()
	kinds := map[string]int{}
	for name, f := range planFilters(s.Now()) {
		for _, sort := range []string{"received", "deadline", "changed", "number"} {
			for _, up := range []bool{false, true} {
				f.Sort, f.Ascending, f.After = sort, up, ""
				first, err := s.Cases(t.Context(), tenant, f)
				if err != nil {
					t.Fatal(err)
				}
				for page := range 2 {
					if f.After = ""; page == 1 {
						f.After = first.Next
					}
					list, err := s.InboxStatements(t.Context(), tenant, f)
					if err != nil {
						t.Fatal(err)
					}
					for _, x := range list {
						kinds[x.Name]++
						bounded(t, s, tenant, fmt.Sprintf("%s by %s, ascending %v, page %d, %s", name, sort, up, page+1, x.Name), x)
					}
				}
			}
		}
	}
	for _, kind := range []string{"exact", "gathered", "walked", "boundary", "counting"} {
		if kinds[kind] == 0 {
			t.Errorf("no page was %s", kind)
		}
	}
	counted(t, s, tenant)
	shortPages(t, s, tenant)
}

// counted looks at how all filters, and the states, are counted: each stops at what there is to say.
func counted(t *testing.T, s *sqlstore.Store, tenant string) {
	t.Helper()
	for name, f := range planFilters(s.Now()) {
		x, err := s.CountingStatement(t.Context(), tenant, f)
		if err != nil {
			t.Fatal(err)
		}
		bounded(t, s, tenant, "counting "+name, x)
	}
	hits, err := s.CountAll(t.Context(), tenant, []civic.InboxFilter{{}, {Unread: true}, {Services: []string{"service4"}, States: []civic.CaseState{civic.Closed}, Assignee: "staff-4"},
		{States: []civic.CaseState{civic.Closed}, Denied: []string{"service4"}}, {Search: "…"}, {Services: []string{"service4"}, Groups: []string{"g1"}, Sort: "deadline"}})
	if err != nil {
		t.Fatal(err)
	}
	want := []civic.Hits{{N: civic.CountCap, More: true}, {N: 450}, {N: 350}, {N: civic.CountCap, More: true}, {}, {N: 2000, More: true}}
	if d := cmp.Diff(want, hits); d != "" {
		t.Error(d)
	}
}

// shortPages looks for what is rare though each of its conditions is frequent. Pages end short, and together find all of it.
func shortPages(t *testing.T, s *sqlstore.Store, tenant string) {
	t.Helper()
	f := civic.InboxFilter{Services: []string{"service4"}, Tags: []civic.IndexTerm{{Field: "label", Mode: "tag", Text: "urgent"}}, States: []civic.CaseState{civic.Closed},
		Sort: "number", Ascending: true, Limit: 200}
	found, short, want := map[string]bool{}, 0, 0
	for i := 1; i <= 45000; i++ {
		if i%20 == 4 && i%7 == 0 && i%9 > 1 { // see fillMany
			want++
		}
	}
	for range 200 {
		page, err := s.Cases(t.Context(), tenant, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range page.Cases {
			found[c.ID] = true
		}
		if page.Short {
			short++
		}
		if f.After = page.Next; f.After == "" {
			break
		}
	}
	if len(found) != want || short == 0 || f.After != "" {
		t.Errorf("%d cases were found in pages of which %d were short, want %d", len(found), short, want)
	}
}

var (
	scanned = regexp.MustCompile(`^\s*(SCAN (c|t|o|d|cases|case_terms|dossiers)\b|.*Seq Scan on (cases|case_terms|dossiers))`)
	rowsOf  = regexp.MustCompile(`actual rows=(\d+)(?:\.\d+)? loops=(\d+)`)
	removed = regexp.MustCompile(`Rows Removed by [A-Z][A-Za-z ]*: (\d+)`)
)

// maxRows is what a node of a plan may see: as many as a page walks over.
const maxRows = 3_000

func bounded(t *testing.T, s *sqlstore.Store, tenant, name string, x sqlstore.Statement) {
	t.Helper()
	lines, err := s.Explain(t.Context(), tenant, true, x.Text, x.Args...)
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, x.Text)
	}
	wrong := ""
	inside := -1 // the depth of the part that walks one index
	for _, line := range lines {
		depth := len(line) - len(strings.TrimLeft(line, " "))
		if depth <= inside {
			inside = -1
		}
		if regexp.MustCompile(`^\s*(CO-ROUTINE|MATERIALIZE) [bew]\d+`).MatchString(line) {
			inside = depth
		}
		if scanned.MatchString(line) {
			wrong = "reads a whole table"
		}
		if inside >= 0 && x.Name != "counting" && x.Name != "counted" && strings.Contains(line, "TEMP B-TREE FOR ORDER BY") {
			wrong = "sorts in a walk"
		}
		seen := 0
		if m := rowsOf.FindStringSubmatch(line); m != nil {
			rows, _ := strconv.Atoi(m[1])
			loops, _ := strconv.Atoi(m[2])
			seen = rows * loops
		}
		if m := removed.FindStringSubmatch(line); m != nil {
			seen, _ = strconv.Atoi(m[1])
		}
		most := maxRows
		if x.Name == "counted" {
			most = 9 * (civic.CountCap + 1)
		}
		if seen > most {
			wrong = fmt.Sprintf("looks at %d rows", seen)
		}
	}
	if wrong != "" {
		t.Errorf("%s %s:\n%s\n%s", name, wrong, strings.Join(lines, "\n"), x.Text)
	}
}
