package clerk_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
)

// Who comes second learns what changed from what to what, by whom; nothing of hers is stored until she says so again.
func TestWhoComesSecondSeesTheDifference(t *testing.T) {
	anna, bert := person("anna", civic.RoleClerk), person("bert", civic.RoleClerk)
	for name, step := range map[string]func(*clerk.Service) error{
		"note":    func(s *clerk.Service) error { return s.Note(t.Context(), anna, at(3), "Rückruf") },
		"message": func(s *clerk.Service) error { return s.Write(t.Context(), anna, at(3), "Guten Tag", nil) },
		"take":    func(s *clerk.Service) error { return s.Take(t.Context(), anna, at(3)) },
		"regroup": func(s *clerk.Service) error { return s.Regroup(t.Context(), anna, at(3), "") },
		"ask": func(s *clerk.Service) error {
			return s.Ask(t.Context(), anna, at(3), clerk.Question{Pointers: []string{"/hund"}, Text: "?", Due: now.AddDate(0, 0, 3)})
		},
		"decide": func(s *clerk.Service) error {
			return s.Decide(t.Context(), anna, at(3), clerk.Verdict{Outcome: civic.Granted, Letter: "Ja"})
		},
	} {
		s, o, _ := desk(t)
		want(t, s.Take(t.Context(), bert, at(3)), "")
		want(t, s.Note(t.Context(), bert, at(4), "Habe angerufen"), "")
		before := len(o.changes)
		o.files["c1"].Notes = []civic.Note{{ID: o.changes[before-1].Note.ID, Body: o.changes[before-1].Note.Body}}
		err := step(s)
		m := clerk.MovedOf(err)
		if want(t, err, civic.Conflict); m == nil || len(m.Since) != 2 || len(o.changes) != before {
			t.Fatalf("%s: %+v", name, m)
		}
		f, err := s.Peek(t.Context(), anna, "jena", "c1", "de")
		want(t, err, "")
		got := append(f.Differences(m.Since[0]), f.Differences(m.Since[1])...)
		if diff := cmp.Diff([]clerk.Difference{{What: "state", Before: "received", After: "in_progress"}, {What: "assignee", After: "bert"}, {What: "note", After: "Habe angerufen"}}, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	// What one did oneself in another window holds up no message, but does hold up a step.
	s, _, _ := desk(t)
	want(t, s.Note(t.Context(), anna, at(3), "eins"), "")
	want(t, s.Write(t.Context(), anna, at(3), "zwei", nil), "")
	want(t, s.Take(t.Context(), anna, at(3)), civic.Conflict)
}

func TestNotesCallColleagues(t *testing.T) {
	s, o, _ := desk(t)
	o.team = []civic.Colleague{{ID: "al", Name: "Anna Lang"}, {ID: "an", Name: "Anna"}, {ID: "bert", Name: "Bert"}, {ID: "cora", Name: "Cora"}}
	o.desk.Circles = map[string]civic.Circle{"hund": {People: []string{"me", "al", "an", "bert"}}}
	me := person("me", civic.RoleClerk)
	for note, called := range map[string][]string{
		"Bitte @anna lang ansehen": {"al"}, "@Anna und @Bert, bitte": {"an", "bert"}, "max@example.org": nil, "@Cora darf das nicht wissen": nil, "@me": nil,
	} {
		want(t, s.Note(t.Context(), me, at(0), note), "")
		var got []string
		for _, m := range o.changes[len(o.changes)-1].Mentions {
			got = append(got, m.Staff)
		}
		if len(called) == 2 && len(got) == 2 && got[0] > got[1] {
			got[0], got[1] = got[1], got[0]
		}
		if diff := cmp.Diff(called, got); diff != "" {
			t.Errorf("%q: %s", note, diff)
		}
	}
	o.called = []civic.Called{{Mention: civic.Mention{ID: "m", Case: "c1"}, Service: "hund"}}
	list, _, err := s.Calls(t.Context(), me, "jena", "")
	if want(t, err, ""); len(list) != 1 || list[0].Service["de"] != "Hundesteuer" {
		t.Errorf("%+v", list)
	}
	if list, _, err = s.Calls(t.Context(), person("cora", civic.RoleClerk), "jena", ""); err != nil || len(list) != 0 {
		t.Errorf("outside the circle: %+v %v", list, err)
	}
	_, err = s.Look(t.Context(), person("cora", civic.RoleClerk), "jena", "c1")
	want(t, err, civic.NotFound)
}
