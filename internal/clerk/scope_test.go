package clerk_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
)

// person is somebody of Jena with an id of their own.
func person(id string, roles ...civic.Role) civic.Actor {
	return civic.Actor{Staff: &civic.Staff{ID: id, Name: id, Roles: map[string][]civic.Role{"jena": roles}}}
}

// Whoever is outside a service's circle finds no trace of its cases, whatever their role and by whatever way; whoever is inside
// works as ever. One table says who is who, one what is tried.
func TestRestrictedServices(t *testing.T) {
	circle := func(c civic.Circle) map[string]civic.Circle { return map[string]civic.Circle{"hund": c} }
	groups := []civic.Group{{ID: "jugend", Name: "Jugendamt", Members: []string{"jana", "jochen"}, Leads: []string{"jana"}},
		{ID: "ordnung", Name: "Ordnungsamt", Members: []string{"olga", "otto"}, Leads: []string{"olga"}}}
	for name, c := range map[string]struct {
		who        civic.Actor
		restricted bool // by the form
		circles    map[string]civic.Circle
		sees       bool
	}{
		"no restriction":                      {person("otto", civic.RoleClerk), false, nil, true},
		"restricted by the form, nobody set":  {person("jana", civic.RoleClerk, civic.RoleLead), true, nil, false},
		"the group's clerk":                   {person("jochen", civic.RoleClerk), true, circle(civic.Circle{Groups: []string{"jugend"}}), true},
		"the group's lead":                    {person("jana", civic.RoleClerk), true, circle(civic.Circle{Groups: []string{"jugend"}}), true},
		"another group's clerk":               {person("otto", civic.RoleClerk), true, circle(civic.Circle{Groups: []string{"jugend"}}), false},
		"another group's lead":                {person("olga", civic.RoleClerk), true, circle(civic.Circle{Groups: []string{"jugend"}}), false},
		"the whole desk's lead":               {person("lena", civic.RoleLead), true, circle(civic.Circle{Groups: []string{"jugend"}}), false},
		"lead and admin outside":              {person("lena", civic.RoleLead, civic.RoleAdmin), true, circle(civic.Circle{Groups: []string{"jugend"}}), false},
		"a person who is named":               {person("otto", civic.RoleClerk), true, circle(civic.Circle{People: []string{"otto"}}), true},
		"restricted by the admin alone":       {person("otto", civic.RoleClerk), false, circle(civic.Circle{Groups: []string{"jugend"}}), false},
		"restricted by the form, opened wide": {person("otto", civic.RoleClerk), true, circle(civic.Circle{Open: true}), true},
	} {
		t.Run(name, func(t *testing.T) {
			s, o, _ := desk(t)
			form := newForm(t)
			form.Package.Form.Restricted = c.restricted
			s.Forms = town{form: form, off: "ulla"}
			s.Printer = &press{}
			o.desk.Team = civic.Team{Groups: groups, Circles: c.circles}
			o.files["c1"].Decision = &civic.Decision{ID: "e1", Letter: civic.Sealed("kd/letter:Bescheid")}
			for way, found := range tries(t, s, o, c.who) {
				if found != c.sees {
					t.Errorf("%s: found %v, want %v", way, found, c.sees)
				}
			}
			if !c.sees && len(o.changes)+len(o.forwards)+len(o.seen) != 0 {
				t.Errorf("traces: %v %v %v", o.changes, o.forwards, o.seen)
			}
		})
	}
}

// tries looks for the case by every way there is, and says which found it.
func tries(t *testing.T, s *clerk.Service, o *office, who civic.Actor) map[string]bool {
	t.Helper()
	ctx, found := t.Context(), map[string]bool{}
	in, err := s.Inbox(ctx, who, "jena", clerk.Ask{})
	want(t, err, "")
	found["list"] = len(in.Rows) == 1
	found["counters"] = in.Views[0].N == 1
	found["services to filter by"] = len(in.Services) == 1
	in, err = s.Inbox(ctx, who, "jena", clerk.Ask{Filter: &civic.ViewFilter{Search: "Schulz"}})
	want(t, err, "")
	found["search"] = len(in.Rows) == 1 && !slices.Contains(o.denied, "hund")
	n, err := s.Neighbours(ctx, who, "jena", clerk.Ask{}, "c1")
	want(t, err, "")
	_ = n // c1 is alone
	for way, do := range map[string]func() error{
		"peek":       func() error { _, err := s.Peek(ctx, who, "jena", "c1", "de"); return err },
		"open":       func() error { _, err := s.Open(ctx, who, "jena", "c1", "de"); return err },
		"attachment": func() error { _, err := s.OpenAttachment(ctx, who, "jena", "c1", "a1"); return err },
		"letter": func() error {
			_, _, err := s.LetterPDF(ctx, who, "jena", "c1")
			return err
		},
		"note":    func() error { return s.Note(ctx, who, at(0), "Vermerk") },
		"message": func() error { return s.Write(ctx, who, at(0), "Guten Tag", nil) },
		"take":    func() error { return s.Take(ctx, who, at(0)) },
		"forward": func() error { return s.Forward(ctx, who, at(0), "gera") },
	} {
		err := do()
		if civic.CodeOf(err) != "" && civic.CodeOf(err) != civic.NotFound {
			t.Errorf("%s: %v", way, err)
		}
		found[way] = err == nil
	}
	return found
}

// A case is given only to somebody who may know of it; a group's lead gives out the group's cases and no others.
func TestAssigningInsideTheCircle(t *testing.T) {
	s, o, _ := desk(t)
	o.team = []civic.Colleague{{ID: "jochen", Name: "Jochen"}, {ID: "otto", Name: "Otto"}}
	o.desk.Team = civic.Team{Groups: []civic.Group{{ID: "jugend", Members: []string{"jana", "jochen"}, Leads: []string{"jana"}}},
		Circles: map[string]civic.Circle{"hund": {Groups: []string{"jugend"}}}}
	jana := person("jana", civic.RoleClerk)
	want(t, s.Assign(t.Context(), jana, at(0), "jochen"), civic.Forbidden)
	o.files["c1"].Case.Group = "jugend"
	want(t, s.Assign(t.Context(), jana, at(0), "otto"), civic.Invalid)
	want(t, s.Assign(t.Context(), person("jochen", civic.RoleClerk), at(0), "jochen"), civic.Forbidden)
	want(t, s.Assign(t.Context(), jana, at(0), "jochen"), "")
	if o.files["c1"].Case.Assignee != "jochen" {
		t.Errorf("%+v", o.files["c1"].Case)
	}
	f, err := s.Peek(t.Context(), jana, "jena", "c1", "de")
	want(t, err, "")
	list, err := s.Assignees(t.Context(), jana, f)
	want(t, err, "")
	if len(list) != 2 || list[0].ID != "jana" || list[1].ID != "jochen" {
		t.Errorf("offered: %v", list)
	}
}

// There is one way to a case and one to a list, and both go through the scope: whoever adds a third has to say here why.
func TestTheScopeIsTheOnlyWay(t *testing.T) {
	// Of the three that open a case, one is Place, which acts for nobody, and one is AskedOf, for who holds an opinion's code and sees
	// what is marked. Those who walk over many (bulks, exports) narrow the filter, or ask the scope of each case.
	reviewed := map[string]int{"Store.CaseFile(": 3, "Store.Cases(": 4, "Views.CountAll(": 2, "Walks.CaseBatch(": 2, "Walks.CasesByID(": 2}
	files, err := filepath.Glob("*.go")
	want(t, err, "")
	found := map[string]int{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		want(t, err, "")
		for call := range reviewed {
			found[call] += strings.Count(string(text), call)
		}
	}
	if diff := cmp.Diff(reviewed, found); diff != "" {
		t.Error(diff)
	}
}
