package clerk_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
)

// bell gives what somebody is called to.
type bell struct{ notes, decisions []civic.Called }

func (b bell) Called(context.Context, string, string, time.Time, time.Time, int) ([]civic.Called, error) {
	return slices.Clone(b.notes), nil
}

func (b bell) Proposed(context.Context, string, string, time.Time, time.Time, int) ([]civic.Called, error) {
	return slices.Clone(b.decisions), nil
}

// A decision calls those who may sign it: of a group's case the group, of another everybody who may know of it; a mail counts the same.
func TestWhoIsAskedToSign(t *testing.T) {
	groups := []civic.Group{{ID: "g1", Members: []string{"anna", "bert"}}, {ID: "g2", Members: []string{"anna"}}}
	for name, x := range map[string]struct {
		group   string
		circles map[string]civic.Circle
		called  []string
	}{
		"no group":         {"", nil, []string{"bert", "cora"}},
		"a group":          {"g1", nil, []string{"bert"}},
		"alone in a group": {"g2", nil, []string{"bert", "cora"}},
		"a circle":         {"", map[string]civic.Circle{"hund": {People: []string{"anna", "cora"}}}, []string{"cora"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, o, _ := desk(t)
			o.desk.Team, o.files["c1"].Case.Group, o.files["c1"].Case.State = civic.Team{Groups: groups, Circles: x.circles}, x.group, civic.InProgress
			for _, id := range []string{"anna", "bert", "cora"} {
				o.team = append(o.team, civic.Colleague{ID: id, Name: id, ByGroup: []civic.Role{civic.RoleClerk}})
			}
			o.own.Seen = now
			want(t, s.Propose(t.Context(), staff("jena", civic.RoleClerk), at(0), clerk.Verdict{Outcome: civic.Granted, Letter: "Bewilligt."}), "")
			if got := o.changes[0].Called; !slices.Equal(got, x.called) {
				t.Errorf("called %v", got)
			}
			s.Calling = bell{decisions: []civic.Called{{Mention: civic.Mention{By: "anna"}, Service: "hund", Group: x.group}}, notes: []civic.Called{{Service: "hund"}}}
			for _, id := range []string{"bert", "cora"} {
				notes, decisions, err := s.CountCalls(t.Context(), civic.Actor{System: true}, "jena", id, now, now)
				if want(t, err, ""); (decisions == 1) != slices.Contains(x.called, id) || (notes == 1) != (x.circles == nil || id == "cora") {
					t.Errorf("%s hears of %d notes and %d decisions", id, notes, decisions)
				}
			}
			_, _, err := s.CountCalls(t.Context(), civic.Actor{System: true}, "jena", "otto", now, now)
			want(t, err, civic.Forbidden)
			_, _, err = s.CountCalls(t.Context(), staff("jena", civic.RoleLead), "jena", "bert", now, now)
			want(t, err, civic.Forbidden)
		})
	}
}

func TestSettingsOfCallsAndLanguage(t *testing.T) {
	s, o, _ := desk(t)
	ctx, who := t.Context(), staff("jena", civic.RoleClerk)
	set := clerk.Settings{Calls: civic.Never, Lang: "en"}
	want(t, s.SaveSettings(ctx, who, "jena", set), "")
	if x := o.own.Subscriptions; len(x) != 1 || x[0].View != civic.ViewCalls || x[0].Next.Year() != 9999 || o.own.Lang != "en" {
		t.Errorf("%+v", o.own)
	}
	set.Calls = civic.Daily
	want(t, s.SaveSettings(ctx, who, "jena", set), "")
	if x := o.own.Subscriptions[0]; !x.Next.Equal(time.Date(2026, 3, 28, 7, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", x)
	}
	for field, wrong := range map[string]clerk.Settings{"lang": {Lang: "xx"}, "rhythm_calls": {Calls: civic.Weekly}} {
		err := s.SaveSettings(ctx, who, "jena", wrong)
		if want(t, err, civic.Invalid); fieldOf(err) != field {
			t.Errorf("%v", err)
		}
	}
}
