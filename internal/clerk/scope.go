package clerk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// Scope is what of an authority's desk somebody sees and may do. It is asked for in scopeOf and nowhere else: whatever shows cases,
// counts them or takes them out goes through narrow, whatever opens one through sees.
type Scope struct {
	Tenant   civic.Tenant
	Team     civic.TeamView
	Denied   []string        // services whose cases are not there for the actor
	Groups   []string        // ids of the actor's groups
	StandsIn []civic.Absence // of colleagues whose cases are the actor's today
	Lead     bool            // the actor leads the whole desk
	staff    string
}

// scopeOf finds the tenant for somebody who works on its cases, and what they see there. Roles are as in office.
func (s *Service) scopeOf(ctx context.Context, who civic.Actor, tenant string, roles ...civic.Role) (Scope, error) {
	t, err := s.office(ctx, who, tenant, roles...)
	if err != nil {
		return Scope{}, err
	}
	sc, err := s.scope(ctx, t, who.Staff.ID)
	sc.Lead = who.Has(tenant, civic.RoleLead)
	return sc, err
}

// scope is what somebody sees who works at the authority's desk.
func (s *Service) scope(ctx context.Context, t civic.Tenant, staff string) (sc Scope, err error) {
	sc = Scope{Tenant: t, staff: staff}
	if sc.Team, err = s.Teams.Team(ctx, t.ID, s.today()); err != nil {
		return sc, fmt.Errorf("clerk: team: %w", err)
	}
	sc.Groups = sc.Team.Of(sc.staff)
	sc.StandsIn = civic.StandIns(sc.Team.Absences, sc.staff, s.today())
	sc.Denied, err = s.denied(ctx, sc, sc.staff)
	return sc, err
}

// today is the day as absences name it.
func (s *Service) today() string { return s.Now().In(s.Zone).Format(time.DateOnly) }

// denied lists the services of which somebody may not know. Those that are published are asked for what they say of themselves;
// one that was retired has a circle since its first case came (Place).
func (s *Service) denied(ctx context.Context, sc Scope, staff string) ([]string, error) {
	var out []string
	for service := range sc.Team.Circles {
		if !sc.Team.Sees(service, staff, true) {
			out = append(out, service)
		}
	}
	offers, err := s.Forms.OfferingsOf(ctx, sc.Tenant.ID)
	if err != nil {
		return nil, err
	}
	for _, o := range offers {
		if _, set := sc.Team.Circles[o.Service]; set {
			continue
		}
		f, err := s.form(ctx, o.Service)
		if err != nil {
			return nil, err
		}
		if f != nil && f.Package.Form.Restricted {
			out = append(out, o.Service)
		}
	}
	slices.Sort(out)
	return out, nil
}

// sees tells whether the actor may know of a case of the service; form is what it was sent with, nil where that is not at hand.
func (sc Scope) sees(service string, form *formdef.Form) bool {
	if slices.Contains(sc.Denied, service) {
		return false
	}
	return sc.Team.Sees(service, sc.staff, form != nil && form.Package.Form.Restricted)
}

// narrow makes a filter find nothing that the actor may not see; one's own cases are also those of whom one acts for today.
func (sc Scope) narrow(f civic.InboxFilter) civic.InboxFilter {
	f.Denied = append(slices.Clone(f.Denied), sc.Denied...)
	if len(sc.StandsIn) == 0 || f.Assignee != sc.staff && !slices.Contains(f.Assignees, sc.staff) {
		return f
	}
	f.Assignees = slices.Clone(f.Assignees)
	if f.Assignee != "" {
		f.Assignee, f.Assignees = "", append(f.Assignees, f.Assignee)
	}
	for _, a := range sc.StandsIn {
		if !slices.Contains(f.Assignees, a.Staff) {
			f.Assignees = append(f.Assignees, a.Staff)
		}
	}
	return f
}

// leads tells whether the actor may give out a case: the desk's leads all, a group's leads those of their group.
func (sc Scope) leads(c civic.Case) bool {
	return sc.Lead || c.Group != "" && sc.Team.LedBy(c.Group, sc.staff)
}

// leadsAny tells whether there is anything that the actor may give out.
func (sc Scope) leadsAny() bool {
	return sc.Lead || slices.ContainsFunc(sc.Groups, func(g string) bool { return sc.Team.LedBy(g, sc.staff) })
}

// mine tells whether a case is the actor's, or that of somebody for whom they act today.
func (sc Scope) mine(c civic.Case) bool {
	return c.Assignee != "" && (c.Assignee == sc.staff || slices.ContainsFunc(sc.StandsIn, func(a civic.Absence) bool { return a.Staff == c.Assignee }))
}

// Scope is what the actor sees at an authority's desk.
func (s *Service) Scope(ctx context.Context, who civic.Actor, tenant string) (Scope, error) {
	return s.scopeOf(ctx, who, tenant)
}
