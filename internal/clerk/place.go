package clerk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"antragswerk/internal/civic"
)

// Place (zuteilen nach Regel) gives a case that has come to the desk to whom the authority's rules say. The job that every arrival
// enqueues calls it (ADR 24); called again, it leaves alone what has been given out, by it or by a person.
func (s *Service) Place(ctx context.Context, tenant, id string) error {
	t, err := s.Forms.TenantByID(ctx, tenant)
	if err != nil {
		return err
	}
	sc := Scope{Tenant: t}
	if sc.Team, err = s.Teams.Team(ctx, t.ID, s.today()); err != nil {
		return fmt.Errorf("clerk: team: %w", err)
	}
	raw, err := s.Store.CaseFile(ctx, t.ID, id)
	if err != nil {
		return err
	}
	f := &File{Tenant: t, Case: raw.Case, Dossier: raw.Dossier, Scope: sc}
	k := keys(t, raw.Dossier.ID, raw.Dossier.Key)
	if err := s.openFiles(f, k, raw.Attachments); err != nil {
		return err
	}
	if err := s.openAnswers(ctx, f, k, raw.Submissions, "de"); err != nil {
		return err
	}
	if err := s.enclose(ctx, f); err != nil {
		return err
	}
	c := f.Case
	if c.State != civic.AwaitingPayment && c.State != civic.Received || c.Group+c.Assignee != "" ||
		slices.ContainsFunc(raw.Events, func(e civic.Event) bool { return e.Kind == "case.routed" || e.Kind == "case.regrouped" }) {
		return nil
	}
	i := slices.IndexFunc(sc.Team.Rules, func(r civic.Rule) bool { return r.Holds(c.Service, f.answered) })
	if i < 0 {
		return nil
	}
	ch, err := s.routed(ctx, f, sc.Team.Rules[i])
	if err != nil {
		return err
	}
	if err := s.Store.Change(ctx, t.ID, ch); civic.CodeOf(err) != civic.Conflict { // else somebody has it already
		return err
	}
	return nil
}

// enclose gives a restricted service the empty circle that its form stands for, so that it stays restricted when the form is retired.
func (s *Service) enclose(ctx context.Context, f *File) error {
	if _, set := f.Scope.Team.Circles[f.Case.Service]; set || !f.Form.Package.Form.Restricted {
		return nil
	}
	team := f.Scope.Team.Team
	circles := map[string]civic.Circle{f.Case.Service: {}}
	for service, c := range team.Circles {
		circles[service] = c
	}
	team.Circles = circles
	ev := civic.Event{ID: s.NewID(), Tenant: f.Tenant.ID, Actor: "system", Kind: "team.circle", Data: map[string]string{"service": f.Case.Service}, At: s.Now()}
	if err := s.Teams.SaveTeam(ctx, f.Tenant.ID, team, ev); err != nil {
		return fmt.Errorf("clerk: circle: %w", err)
	}
	return nil
}

// routed is what a rule makes of a case.
func (s *Service) routed(ctx context.Context, f *File, r civic.Rule) (civic.CaseChange, error) {
	staff, err := s.turn(ctx, f, r)
	if err != nil {
		return civic.CaseChange{}, err
	}
	name := ""
	if staff != "" {
		if name, err = s.nameOf(ctx, f.Tenant.ID, staff); err != nil {
			return civic.CaseChange{}, err
		}
		if name == "" {
			staff = "" // gone meanwhile: the group, or the whole desk, sees to it
		}
	}
	next, ev, err := f.Case.Routed(s.Now(), r.ID, r.Group, staff, name)
	if err != nil {
		return civic.CaseChange{}, err
	}
	ev.ID = s.NewID()
	ch := civic.CaseChange{Case: next, Was: f.Case.Revision, Events: []civic.Event{ev}}
	if r.Group != "" {
		ch.Terms = []civic.IndexTerm{groupTag(r.Group)}
	}
	return ch, nil
}

func groupTag(id string) civic.IndexTerm {
	return civic.IndexTerm{Field: "group", Mode: "tag", Text: id}
}

// turn is to whom a rule gives a case today, "" nobody in particular: the one it names or who acts for them, or the next of the
// group who is there. Nobody gets what they may not see.
func (s *Service) turn(ctx context.Context, f *File, r civic.Rule) (string, error) {
	away := f.Scope.Team.Absences
	if !r.InTurn {
		if r.Assignee == "" {
			return "", nil
		}
		if staff := civic.Acting(away, r.Assignee, s.today()); staff != "" && f.mayKnow(staff) {
			return staff, nil
		}
		return "", nil
	}
	g, _ := f.Scope.Team.Group(r.Group)
	there := slices.DeleteFunc(slices.Clone(g.Members), func(m string) bool {
		return civic.Awaited(m) || civic.Acting(away, m, s.today()) != m || !f.mayKnow(m)
	})
	if len(there) == 0 {
		return "", nil
	}
	n, err := s.Teams.NextTurn(ctx, f.Tenant.ID, r.ID)
	if err != nil {
		return "", fmt.Errorf("clerk: turn: %w", err)
	}
	return there[int((n-1)%int64(len(there)))], nil
}

// nameOf names somebody of the desk, "" when they are not there.
func (s *Service) nameOf(ctx context.Context, tenant, staff string) (string, error) {
	known, err := s.Team.Colleagues(ctx, tenant)
	if err != nil {
		return "", fmt.Errorf("clerk: colleagues: %w", err)
	}
	if civic.Awaited(staff) {
		list, err := s.Team.Appointments(ctx, tenant)
		if err != nil {
			return "", fmt.Errorf("clerk: colleagues: %w", err)
		}
		for _, a := range list {
			known = append(known, a.Colleague())
		}
	}
	for _, c := range known {
		if c.ID == staff {
			return c.Name, nil
		}
	}
	return "", nil
}

// answered gives the texts that were answered to a pointer, of every row where it names rows by "*".
func (f *File) answered(pointer string) []string {
	return texts(map[string]any(f.state.Answers), strings.Split(strings.TrimPrefix(pointer, "/"), "/"))
}

func texts(v any, path []string) []string {
	if len(path) > 0 {
		switch x := v.(type) {
		case map[string]any:
			return texts(x[path[0]], path[1:])
		case []any:
			var out []string
			if path[0] == "*" {
				for _, row := range x {
					out = append(out, texts(row, path[1:])...)
				}
			}
			return out
		}
		return nil
	}
	switch x := v.(type) {
	case string:
		return []string{x}
	case json.Number:
		return []string{x.String()}
	case bool:
		return []string{fmt.Sprint(x)}
	case []any: // several choices
		var out []string
		for _, one := range x {
			out = append(out, texts(one, nil)...)
		}
		return out
	}
	return nil
}

// Regroup (an ein anderes Sachgebiet geben) moves a case to another group, "" to the whole office.
func (s *Service) Regroup(ctx context.Context, who civic.Actor, at At, group string) error {
	return s.regroup(ctx, who, at, group, "")
}

// regroup moves a case to another group; back is whose it is again, where the move before has taken it from somebody.
func (s *Service) regroup(ctx context.Context, who civic.Actor, at At, group, back string) error {
	name := ""
	if back != "" {
		var err error
		if name, err = s.nameOf(ctx, at.Tenant, back); err != nil {
			return err
		}
	}
	return s.change(ctx, who, at, func(f *File, ch *civic.CaseChange) error {
		g, known := f.Scope.Team.Group(group)
		if group != "" && !known {
			return civic.Errorf(civic.Invalid, "error.desk.group").At("group")
		}
		if group != "" && len(g.Members) > 0 && !slices.ContainsFunc(g.Members, f.mayKnow) {
			return civic.Errorf(civic.Invalid, "error.desk.circle.group").At("group")
		}
		next, ev, err := f.Case.Regroup(who, s.Now(), group, group == "" || slices.Contains(g.Members, f.Case.Assignee))
		if err != nil {
			return err
		}
		if name != "" && f.Case.Assignee == "" && f.mayKnow(back) {
			next.Assignee, next.AssigneeName = back, name
			ev.Data["assignee"], ev.Data["assignee_was"] = back, ""
		}
		ch.Case, ch.Events = next, []civic.Event{ev}
		if f.Case.Group != "" {
			ch.Untag = []civic.IndexTerm{groupTag(f.Case.Group)}
		}
		if group != "" {
			ch.Terms = []civic.IndexTerm{groupTag(group)}
		}
		return nil
	})
}
