package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/civic"
)

// A team is one document with one revision, an authority's own; who was appointed by e-mail keeps their place when they log in.
func testTeam(t *testing.T, w *World) {
	ctx, jena := t.Context(), w.Jena.ID
	v, err := w.Team(ctx, jena, "2026-03-10")
	if check(t, err); v.Revision != 0 || len(v.Groups) != 0 {
		t.Errorf("%+v", v)
	}
	was := civic.Appointment{ID: "ap-1"}.Colleague().ID
	team := civic.Team{Groups: []civic.Group{{ID: "g1", Name: "Jugendamt", Members: []string{was, "staff-1"}, Leads: []string{was}}},
		Circles: map[string]civic.Circle{"uhvo": {People: []string{was}}}, Rules: []civic.Rule{{ID: "r1", Assignee: was}}}
	check(t, w.SaveTeam(ctx, jena, team, event(jena, "team.changed")))
	want(t, civic.Conflict, w.SaveTeam(ctx, jena, team, event(jena, "team.changed")))
	check(t, w.SaveAbsence(ctx, civic.Absence{ID: "a1", Tenant: jena, Staff: was, Name: "kim@example.de", Substitute: "staff-1", SubsName: "Kim", From: "2026-03-01", To: "2026-03-09"}, event(jena, "absence.saved")))
	check(t, w.SaveAbsence(ctx, civic.Absence{ID: "a2", Tenant: jena, Staff: was, Name: "kim@example.de", Substitute: "staff-1", SubsName: "Kim", From: "2026-03-08", To: "2026-03-20"}, event(jena, "absence.saved")))
	check(t, w.SaveColleague(ctx, jena, civic.Colleague{ID: "staff-9", Name: "Neu", Email: "neu@example.de"}, []string{was}))
	v, err = w.Team(ctx, jena, "2026-03-10")
	check(t, err)
	team.Revision, team.Groups[0].Members, team.Groups[0].Leads = 2, []string{"staff-1", "staff-9"}, []string{"staff-9"}
	team.Circles["uhvo"], team.Rules[0].Assignee = civic.Circle{People: []string{"staff-9"}}, "staff-9"
	if d := cmp.Diff(civic.TeamView{Team: team, Absences: []civic.Absence{{ID: "a2", Tenant: jena, Staff: "staff-9", Name: "Neu", Substitute: "staff-1",
		SubsName: "Kim", From: "2026-03-08", To: "2026-03-20"}}}, v); d != "" {
		t.Error(d)
	}
	v, err = w.Team(ctx, w.Gera.ID, "2026-03-10")
	if check(t, err); len(v.Groups)+len(v.Absences) != 0 {
		t.Errorf("another authority has %+v", v)
	}
	want(t, civic.NotFound, w.DeleteAbsence(ctx, w.Gera.ID, "a2", event(w.Gera.ID, "absence.deleted")))
	check(t, w.DeleteAbsence(ctx, jena, "a2", event(jena, "absence.deleted")))
	for n := range int64(3) {
		if got, err := w.NextTurn(ctx, jena, "r1"); err != nil || got != n+1 {
			t.Errorf("turn %d is %d (%v)", n+1, got, err)
		}
	}
	if got, err := w.NextTurn(ctx, w.Gera.ID, "r1"); err != nil || got != 1 {
		t.Errorf("another authority's first turn is %d (%v)", got, err)
	}
}

// Counters leave out services that are not to be seen, as lists do.
func testDeniedCounts(t *testing.T, w *World) {
	for _, service := range []string{"hundesteuer", "uhvo", "hundesteuer"} {
		w.Case(t, w.account(), w.Jena.ID, func(f *civic.Filing) { f.Case.Service = service })
	}
	for n, denied := range map[int][]string{3: nil, 2: {"uhvo"}, 0: {"uhvo", "hundesteuer"}} {
		counts, err := w.Counts(t.Context(), w.Jena.ID, denied...)
		if check(t, err); counts[civic.Received] != n {
			t.Errorf("without %v: %v", denied, counts)
		}
	}
}

// A note calls colleagues; each finds it in a list of their own until the case was opened, and the case's end takes it along.
func testMentions(t *testing.T, w *World) {
	ctx, jena := t.Context(), w.Jena.ID
	c := w.Case(t, w.account(), jena, nil)
	note := &civic.Note{ID: "n1", Author: "staff-1", AuthorName: "Kim", Body: civic.Sealed("x"), Created: at(w.Store)}
	m := civic.Mention{ID: "m1", Note: "n1", Staff: "anna", By: "staff-1", ByName: "Kim", Created: at(w.Store)}
	other := m
	other.ID, other.Staff = "m2", "bert"
	check(t, w.Change(ctx, jena, civic.CaseChange{Case: c, Was: 1, Note: note, Mentions: []civic.Mention{m, other}}))
	list, err := w.Mentions(ctx, jena, "anna", "", 10)
	if check(t, err); len(list) != 1 || list[0].Case != c.ID || list[0].FileNumber != c.FileNumber || list[0].ByName != "Kim" || !list[0].Seen.IsZero() {
		t.Errorf("%+v", list)
	}
	if list, err = w.Mentions(ctx, w.Gera.ID, "anna", "", 10); err != nil || len(list) != 0 {
		t.Errorf("another authority: %v %v", list, err)
	}
	if list, err = w.Mentions(ctx, jena, "anna", "m1", 10); err != nil || len(list) != 0 {
		t.Errorf("the page after: %v %v", list, err)
	}
	check(t, w.MentionsSeen(ctx, jena, c.ID, "anna"))
	list, _ = w.Mentions(ctx, jena, "anna", "", 10)
	theirs, _ := w.Mentions(ctx, jena, "bert", "", 10)
	if list[0].Seen.IsZero() || !theirs[0].Seen.IsZero() {
		t.Errorf("%+v %+v", list, theirs)
	}
}

// Open cases of one colleague become another's, each with an event, and no others: not decided ones, not another's, not those of
// services that stay, not another authority's.
func testHandOver(t *testing.T, w *World) {
	put := func(tenant, service, assignee, group string, state civic.CaseState) string {
		return w.Case(t, w.account(), tenant, func(f *civic.Filing) {
			f.Case.Service, f.Case.Assignee, f.Case.AssigneeName, f.Case.Group, f.Case.State = service, assignee, "Anna", group, state
		}).ID
	}
	jena := w.Jena.ID
	open, grouped := put(jena, "hundesteuer", "anna", "", civic.Received), put(jena, "hundesteuer", "anna", "g1", civic.InProgress)
	stays := []string{put(jena, "hundesteuer", "anna", "", civic.Decided), put(jena, "uhvo", "anna", "", civic.InProgress), put(jena, "hundesteuer", "cora", "", civic.InProgress)}
	put(w.Gera.ID, "hundesteuer", "anna", "", civic.InProgress)
	h := civic.HandOver{From: "anna", To: "bert", ToName: "Bert", Denied: []string{"uhvo"}, Actor: "lena", At: at(w.Store)}
	hand := func(n int64, edit func(*civic.HandOver)) {
		t.Helper()
		x := h
		edit(&x)
		if got, err := w.HandOver(t.Context(), jena, x); err != nil || got != n {
			t.Errorf("%d handed over (%v), want %d", got, err, n)
		}
	}
	hand(0, func(h *civic.HandOver) { h.Cases = []string{} })
	hand(0, func(h *civic.HandOver) { h.Cases = stays })
	hand(1, func(h *civic.HandOver) { h.Groups = []string{"g1"} })
	hand(1, func(*civic.HandOver) {})
	hand(0, func(*civic.HandOver) {})
	for _, id := range []string{open, grouped} {
		f, err := w.CaseFile(t.Context(), jena, id)
		check(t, err)
		last := f.Events[len(f.Events)-1]
		if f.Case.Assignee != "bert" || f.Case.AssigneeName != "Bert" || f.Case.Revision != 2 || last.Kind != "case.assigned" || last.Actor != "lena" || last.Data["assignee_was"] != "anna" {
			t.Errorf("%+v %+v", f.Case, last)
		}
	}
	for _, id := range stays {
		if f, err := w.CaseFile(t.Context(), jena, id); err != nil || f.Case.Assignee == "bert" || f.Case.Revision != 1 {
			t.Errorf("%+v %v", f.Case, err)
		}
	}
	for range 205 { // more than one chunk
		put(jena, "hundesteuer", "dora", "", civic.InProgress)
	}
	hand(205, func(h *civic.HandOver) { h.From = "dora" })
}
