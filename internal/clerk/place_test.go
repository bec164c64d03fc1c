package clerk_test

import (
	"testing"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
)

// placed sends the test's case through the rules anew, and says whose it became.
func placed(t *testing.T, s *clerk.Service, o *office) (group, assignee string) {
	t.Helper()
	c := &o.files["c1"].Case
	c.Group, c.Assignee, c.State = "", "", civic.Received
	o.files["c1"].Events, o.changes = nil, nil
	want(t, s.Place(t.Context(), "jena", "c1"), "")
	return c.Group, c.Assignee
}

func TestRulesGiveOutWhatComes(t *testing.T) {
	s, o, _ := desk(t) // Schulz with the dog Bello
	o.team = []civic.Colleague{{ID: "anna", Name: "Anna"}, {ID: "bert", Name: "Bert"}, {ID: "cora", Name: "Cora"}}
	name := func(from, to string) []civic.Condition {
		return []civic.Condition{{Pointer: "/name", Test: civic.TestLetters, From: from, To: to}}
	}
	groups := []civic.Group{{ID: "g1", Members: []string{"anna", "bert", "cora", "appointed:x"}}, {ID: "g2", Members: []string{"bert"}}}
	for what, c := range map[string]struct {
		rules           []civic.Rule
		away            []civic.Absence
		group, assignee string
	}{
		"no rule":                     {nil, nil, "", ""},
		"another service":             {[]civic.Rule{{ID: "r", Service: "katze", Group: "g1"}}, nil, "", ""},
		"the first that holds":        {[]civic.Rule{{ID: "r1", Conditions: name("A", "K"), Group: "g1"}, {ID: "r2", Service: "hund", Conditions: name("L", "Z"), Group: "g2"}, {ID: "r3", Group: "g1"}}, nil, "g2", ""},
		"a colleague":                 {[]civic.Rule{{ID: "r", Group: "g1", Assignee: "cora"}}, nil, "g1", "cora"},
		"the absent one's substitute": {[]civic.Rule{{ID: "r", Assignee: "cora"}}, []civic.Absence{{Staff: "cora", Substitute: "bert", From: "2026-03-27", To: "2026-03-27"}}, "", "bert"},
		"the substitute's substitute": {[]civic.Rule{{ID: "r", Assignee: "cora"}}, []civic.Absence{{Staff: "cora", Substitute: "bert", From: "2026-03-20", To: "2026-04-27"}, {Staff: "bert", Substitute: "anna", From: "2026-03-27", To: "2026-03-28"}}, "", "anna"},
		"two who act for each other":  {[]civic.Rule{{ID: "r", Group: "g2", Assignee: "cora"}}, []civic.Absence{{Staff: "cora", Substitute: "bert", From: "2026-03-20", To: "2026-04-27"}, {Staff: "bert", Substitute: "cora", From: "2026-03-27", To: "2026-03-28"}}, "g2", ""},
		"back since yesterday":        {[]civic.Rule{{ID: "r", Assignee: "cora"}}, []civic.Absence{{Staff: "cora", Substitute: "bert", From: "2026-03-20", To: "2026-03-26"}}, "", "cora"},
		"somebody who has left":       {[]civic.Rule{{ID: "r", Group: "g2", Assignee: "gone"}}, nil, "g2", ""},
	} {
		t.Run(what, func(t *testing.T) {
			o.desk = civic.TeamView{Team: civic.Team{Groups: groups, Rules: c.rules}, Absences: c.away}
			if g, a := placed(t, s, o); g != c.group || a != c.assignee {
				t.Errorf("group %q, colleague %q, want %q, %q", g, a, c.group, c.assignee)
			}
		})
	}
	// In turn: who is there, one after the other; who has not logged in yet and who is away is passed over.
	o.desk = civic.TeamView{Team: civic.Team{Groups: groups, Rules: []civic.Rule{{ID: "turn", Group: "g1", InTurn: true}}},
		Absences: []civic.Absence{{Staff: "bert", Substitute: "cora", From: "2026-03-01", To: "2026-03-31"}}}
	var order []string
	for range 4 {
		_, a := placed(t, s, o)
		order = append(order, a)
	}
	if order[0] != "anna" || order[1] != "cora" || order[2] != "anna" || order[3] != "cora" {
		t.Errorf("in turn: %v", order)
	}
	if terms := o.changes[0].Terms; len(terms) != 1 || terms[0] != (civic.IndexTerm{Field: "group", Mode: "tag", Text: "g1"}) {
		t.Errorf("tagged %v", terms)
	}
}

// The job runs at least once: what it or a person has given out stays as it is, and so does what waits for a second signature.
func TestPlaceLeavesAloneWhatIsGivenOut(t *testing.T) {
	s, o, _ := desk(t)
	o.team = []civic.Colleague{{ID: "bert", Name: "Bert"}}
	o.desk.Team = civic.Team{Groups: []civic.Group{{ID: "g1"}, {ID: "g2", Members: []string{"bert"}}}, Rules: []civic.Rule{{ID: "r", Group: "g1", Assignee: "bert"}}}
	c := &o.files["c1"].Case
	for what, spoil := range map[string]func(){
		"taken":         func() { c.Assignee = "anna" },
		"of a group":    func() { c.Group = "g2" },
		"under way":     func() { c.State = civic.InProgress },
		"not signed":    func() { c.State = civic.AwaitingCosign },
		"routed before": func() { o.files["c1"].Events = []civic.Event{{Kind: "case.routed"}} },
		"moved by hand": func() { o.files["c1"].Events = []civic.Event{{Kind: "case.regrouped"}} },
		"somebody else was faster": func() {
			o.race = func(f *civic.CaseFile) { f.Case.Revision++ }
		},
	} {
		c.Group, c.Assignee, c.State = "", "", civic.Received
		o.files["c1"].Events, o.changes = nil, nil
		spoil()
		want(t, s.Place(t.Context(), "jena", "c1"), "")
		if len(o.changes) != 0 {
			t.Errorf("%s: %+v", what, o.changes)
		}
	}
	// A restricted service has its empty circle from the first case on.
	form := newForm(t)
	form.Package.Form.Restricted = true
	s.Forms = town{form: form}
	c.Group, c.Assignee, c.State = "", "", civic.Received
	want(t, s.Place(t.Context(), "jena", "c1"), "")
	if circle, set := o.desk.Circles["hund"]; !set || circle.Open || c.Assignee != "" {
		t.Errorf("circle %+v %v, given to %q who may not see it", circle, set, c.Assignee)
	}
}

func TestRegroup(t *testing.T) {
	s, o, _ := desk(t)
	o.desk.Team = civic.Team{Groups: []civic.Group{{ID: "g1", Members: []string{"anna"}}, {ID: "g2", Members: []string{"bert"}}},
		Circles: map[string]civic.Circle{"hund": {Groups: []string{"g1"}}}}
	anna := person("anna", civic.RoleClerk)
	want(t, s.Take(t.Context(), anna, at(0)), "")
	want(t, s.Regroup(t.Context(), anna, at(0), "nowhere"), civic.Invalid)
	want(t, s.Regroup(t.Context(), anna, at(0), "g2"), civic.Invalid) // nobody there may see it
	want(t, s.Regroup(t.Context(), anna, at(0), "g1"), "")
	c := o.files["c1"].Case
	if c.Group != "g1" || c.Assignee != "anna" {
		t.Errorf("%+v", c)
	}
	o.desk.Circles = nil
	want(t, s.Regroup(t.Context(), anna, at(c.Revision), "g2"), "")
	c = o.files["c1"].Case
	last := o.changes[len(o.changes)-1]
	if c.Group != "g2" || c.Assignee != "" || last.Untag[0].Text != "g1" || last.Terms[0].Text != "g2" || last.Events[0].Data["group_was"] != "g1" {
		t.Errorf("%+v %+v", c, last)
	}
}

func TestAwayAndBack(t *testing.T) {
	s, o, _ := desk(t)
	o.team = []civic.Colleague{{ID: "anna", Name: "Anna"}, {ID: "bert", Name: "Bert"}, {ID: "cora", Name: "Cora"}}
	o.desk.Groups = []civic.Group{{ID: "g1", Members: []string{"anna", "bert"}, Leads: []string{"anna"}}}
	anna, bert := person("anna", civic.RoleClerk), person("bert", civic.RoleClerk)
	good := civic.Absence{From: "2026-03-27", To: "2026-04-10", Substitute: "bert"}
	for field, spoil := range map[string]func(*civic.Absence){
		"from": func(a *civic.Absence) { a.From = "morgen" }, "to": func(a *civic.Absence) { a.To = "2026-03-26" },
		"substitute": func(a *civic.Absence) { a.Substitute = "anna" }, "staff": func(a *civic.Absence) { a.Staff = "nobody" },
	} {
		a := good
		spoil(&a)
		err := s.Away(t.Context(), anna, "jena", a)
		if want(t, err, civic.Invalid); fieldOf(err) != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	want(t, s.Away(t.Context(), bert, "jena", civic.Absence{Staff: "anna", From: "2026-03-27", To: "2026-04-10"}), civic.Forbidden)
	want(t, s.Away(t.Context(), anna, "jena", civic.Absence{Staff: "cora", From: "2026-03-27", To: "2026-04-10"}), civic.Forbidden) // not her group's
	want(t, s.Away(t.Context(), anna, "jena", good), "")
	// Bert now has Anna's cases among his own, and may release them.
	o.files["c1"].Case.Assignee, o.files["c1"].Case.AssigneeName, o.files["c1"].Case.State = "anna", "Anna", civic.InProgress
	in, err := s.Inbox(t.Context(), bert, "jena", clerk.Ask{View: civic.ViewMine})
	want(t, err, "")
	if len(in.Scope.StandsIn) != 1 || len(o.asked.Assignees) != 2 || o.asked.Assignee != "" {
		t.Errorf("%+v %+v", in.Scope.StandsIn, o.asked)
	}
	want(t, s.Release(t.Context(), bert, at(0)), "")
	id := o.desk.Absences[0].ID
	want(t, s.Back(t.Context(), bert, "jena", id), civic.Forbidden)
	want(t, s.Back(t.Context(), anna, "jena", id), "")
	want(t, s.Back(t.Context(), anna, "jena", id), civic.NotFound)
}

// hands keeps what was handed over.
type hands struct{ last civic.HandOver }

func TestHandOver(t *testing.T) {
	s, o, _ := desk(t)
	h := &hands{}
	s.Handing = h
	o.team = []civic.Colleague{{ID: "anna", Name: "Anna"}, {ID: "bert", Name: "Bert"}}
	o.desk.Team = civic.Team{Groups: []civic.Group{{ID: "g1", Members: []string{"anna", "bert"}, Leads: []string{"anna"}}, {ID: "g2"}},
		Circles: map[string]civic.Circle{"hund": {People: []string{"anna", "lena"}}, "katze": {People: []string{"bert"}}}}
	hand := func(who civic.Actor, to string) error {
		_, err := s.HandOver(t.Context(), who, "jena", "x", to, nil)
		return err
	}
	want(t, hand(person("bert", civic.RoleClerk), "anna"), civic.Forbidden)
	want(t, hand(person("lena", civic.RoleLead), "nobody"), civic.Invalid)
	want(t, hand(person("lena", civic.RoleLead), "bert"), "")
	if d := h.last.Denied; len(d) != 2 || h.last.Groups != nil {
		t.Errorf("neither what Bert nor what Lena may not see: %+v", h.last)
	}
	want(t, hand(person("anna", civic.RoleClerk), "bert"), "")
	if g := h.last.Groups; len(g) != 1 || g[0] != "g1" {
		t.Errorf("a group's lead: %+v", h.last)
	}
}
