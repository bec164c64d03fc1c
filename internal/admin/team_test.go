package admin_test

import (
	"context"
	"errors"
	"testing"

	"antragswerk/internal/admin"
	"antragswerk/internal/civic"
)

func (h *hall) Team(context.Context, string, string) (civic.TeamView, error) {
	return civic.TeamView{Team: h.team}, nil
}

func (h *hall) SaveTeam(_ context.Context, _ string, t civic.Team, _ civic.Event) error {
	if t.Revision != h.team.Revision {
		return civic.Errorf(civic.Conflict, "error.team.changed")
	}
	t.Revision++
	h.team = t
	return nil
}

func (h *hall) Colleagues(context.Context, string) ([]civic.Colleague, error) {
	return []civic.Colleague{{ID: "anna", Name: "Anna"}, {ID: "bert", Name: "Bert"}}, nil
}

func field(err error) string {
	var e *civic.Error
	if errors.As(err, &e) {
		return e.Field
	}
	return ""
}

// Who sees what is said by the authority's admins alone, on the team as they saw it.
func TestTeamSettings(t *testing.T) {
	s, h := newHall(t)
	ctx, who := t.Context(), staff("J", civic.RoleAdmin)
	for _, other := range []civic.Actor{staff("J", civic.RoleLead, civic.RoleClerk), staff("L", civic.RoleAdmin), {}} {
		if err := s.SaveGroup(ctx, other, "J", 0, civic.Group{Name: "Meine"}); err == nil {
			t.Errorf("%+v divides the desk", other.Staff)
		}
		if err := s.SaveCircle(ctx, other, "J", 0, "hund", civic.Circle{Open: true}); err == nil {
			t.Errorf("%+v opens a service", other.Staff)
		}
	}
	want(t, s.SaveGroup(ctx, who, "J", 0, civic.Group{Name: " Jugendamt ", Members: []string{"anna", "nobody"}, Leads: []string{"bert"}}), "")
	g := h.team.Groups[0]
	if g.Name != "Jugendamt" || len(g.Members) != 2 || len(g.Leads) != 1 {
		t.Errorf("%+v", g)
	}
	want(t, s.SaveGroup(ctx, who, "J", 0, civic.Group{Name: "Ordnungsamt"}), civic.Conflict) // on the team as it was before
	want(t, s.SaveGroup(ctx, who, "J", 1, civic.Group{Name: "jugendamt"}), civic.Invalid)
	want(t, s.SaveGroup(ctx, who, "J", 1, civic.Group{Name: " "}), civic.Invalid)
	want(t, s.SaveGroup(ctx, who, "J", 1, civic.Group{ID: "other", Name: "x"}), civic.NotFound)
	want(t, s.SaveCircle(ctx, who, "J", 1, "hund", civic.Circle{Groups: []string{"nowhere"}}), civic.Invalid)
	want(t, s.SaveCircle(ctx, who, "J", 1, "hund", civic.Circle{Groups: []string{g.ID}}), "")
	want(t, s.DeleteGroup(ctx, who, "J", 2, g.ID), civic.Conflict)
	want(t, s.SaveCircle(ctx, who, "J", 2, "hund", civic.Circle{Open: true, People: []string{"anna"}}), "")
	if c := h.team.Circles["hund"]; !c.Open || len(c.People) != 0 {
		t.Errorf("%+v", c)
	}
	want(t, s.DeleteGroup(ctx, who, "J", 3, g.ID), "")
}

func TestRules(t *testing.T) {
	s, h := newHall(t)
	ctx, who := t.Context(), staff("J", civic.RoleAdmin)
	h.team = civic.Team{Groups: []civic.Group{{ID: "g1", Name: "Steuern", Members: []string{"anna"}}}, Circles: map[string]civic.Circle{"hund": {Groups: []string{"g1"}}}}
	crew, err := s.Crew(ctx, who, "J")
	want(t, err, "")
	svc, _ := crew.Service("hund")
	asked := svc.Form.Questions("de")[0].Pointer
	on := func(x civic.Condition) civic.Rule {
		return civic.Rule{Service: "hund", Group: "g1", Conditions: []civic.Condition{x}}
	}
	for name, c := range map[string]struct {
		rule  civic.Rule
		field string
	}{
		"without an effect":    {civic.Rule{Service: "hund"}, "group"},
		"unknown service":      {civic.Rule{Service: "nix", Group: "g1"}, "service"},
		"unknown group":        {civic.Rule{Group: "nix"}, "group"},
		"unknown person":       {civic.Rule{Assignee: "nobody"}, "assignee"},
		"outside the circle":   {civic.Rule{Service: "hund", Assignee: "bert"}, "assignee"},
		"in turn of nobody":    {civic.Rule{Assignee: "anna", InTurn: true}, "assignee"},
		"unknown question":     {on(civic.Condition{Pointer: "/nix", Test: civic.TestIs, Value: "x"}), "pointer0"},
		"no value":             {on(civic.Condition{Pointer: asked, Test: civic.TestIs, Value: " , "}), "value0"},
		"no letters":           {on(civic.Condition{Pointer: asked, Test: civic.TestLetters, From: "A", To: "9"}), "from0"},
		"no bounds":            {on(civic.Condition{Pointer: asked, Test: civic.TestBetween}), "from0"},
		"bounds of words":      {on(civic.Condition{Pointer: asked, Test: civic.TestBetween, From: "viel"}), "from0"},
		"unknown test":         {on(civic.Condition{Pointer: asked, Test: "magic"}), "test0"},
		"conditions on no one": {civic.Rule{Group: "g1", Conditions: []civic.Condition{{Pointer: asked, Test: civic.TestIs, Value: "x"}}}, "service"},
	} {
		err := s.SaveRule(ctx, who, "J", 0, c.rule)
		if want(t, err, civic.Invalid); field(err) != c.field {
			t.Errorf("%s: at %q: %v", name, field(err), err)
		}
	}
	for i, test := range []civic.Condition{{Pointer: asked, Test: civic.TestIs, Value: "x, y"}, {Pointer: asked, Test: civic.TestLetters, From: "A", To: "K"}, {Pointer: asked, Test: civic.TestBetween, To: "100"}} {
		want(t, s.SaveRule(ctx, who, "J", int64(i), on(test)), "")
	}
	order := func() (out string) {
		for _, r := range h.team.Rules {
			out += r.Conditions[0].Test + " "
		}
		return out
	}
	last := h.team.Rules[2].ID
	want(t, s.MoveRule(ctx, who, "J", 3, last, true), "")
	want(t, s.MoveRule(ctx, who, "J", 3, last, true), civic.Conflict) // pressed twice
	if order() != "is between letters " {
		t.Error(order())
	}
	want(t, s.MoveRule(ctx, who, "J", 4, h.team.Rules[0].ID, true), "")
	want(t, s.DeleteRule(ctx, who, "J", 5, last), "")
	want(t, s.DeleteRule(ctx, who, "J", 6, last), civic.NotFound)
	if order() != "is letters " {
		t.Error(order())
	}
}

var _ admin.Teams = (*hall)(nil)
