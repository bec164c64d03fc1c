package clerk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"antragswerk/internal/civic"
)

// Handing gives many cases from one colleague to another.
type Handing interface {
	// HandOver changes all in one transaction, each with its event, and counts them.
	HandOver(ctx context.Context, tenant string, h civic.HandOver) (int64, error)
}

// Desk is the team as its page shows it.
type Desk struct {
	Scope  Scope
	People []civic.Colleague // the actor first
	Leads  bool              // the actor may hand over cases, and enter others' absences
	Day    string            // today
}

// Desk shows who belongs to which group and who is away.
func (s *Service) Desk(ctx context.Context, who civic.Actor, tenant string) (*Desk, error) {
	sc, err := s.scopeOf(ctx, who, tenant)
	if err != nil {
		return nil, err
	}
	people, err := s.people(ctx, who, sc.Tenant.ID)
	if err != nil {
		return nil, err
	}
	return &Desk{sc, people, sc.leadsAny(), s.today()}, nil
}

// MayEnd tells whether the actor may enter or take back somebody's absence: their own, and as a lead those of their people.
func (d *Desk) MayEnd(staff string) bool {
	if staff == d.Scope.staff || d.Scope.Lead {
		return true
	}
	return slices.ContainsFunc(d.Scope.Team.Of(staff), func(g string) bool { return d.Scope.Team.LedBy(g, d.Scope.staff) })
}

func (d *Desk) colleague(id string) (civic.Colleague, bool) {
	i := slices.IndexFunc(d.People, func(c civic.Colleague) bool { return c.ID == id })
	if i < 0 {
		return civic.Colleague{}, false
	}
	return d.People[i], true
}

// maxAway is how long an absence is at most, in days.
const maxAway = 400

// Away (abwesend melden) enters when somebody is away and who acts for them; "" as staff is the actor.
func (s *Service) Away(ctx context.Context, who civic.Actor, tenant string, in civic.Absence) error {
	d, err := s.Desk(ctx, who, tenant)
	if err != nil {
		return err
	}
	if in.Staff == "" {
		in.Staff = who.Staff.ID
	}
	person, ok := d.colleague(in.Staff)
	if !ok {
		return civic.Errorf(civic.Invalid, "error.desk.colleague").At("staff")
	}
	if !d.MayEnd(in.Staff) {
		return civic.Errorf(civic.Forbidden, "error.desk.lead")
	}
	from, errFrom := time.Parse(time.DateOnly, in.From)
	to, errTo := time.Parse(time.DateOnly, in.To)
	switch {
	case errFrom != nil:
		return civic.Errorf(civic.Invalid, "error.team.day").At("from")
	case errTo != nil:
		return civic.Errorf(civic.Invalid, "error.team.day").At("to")
	case to.Before(from):
		return civic.Errorf(civic.Invalid, "error.team.order").At("to")
	case in.To < d.Day:
		return civic.Errorf(civic.Invalid, "error.team.past").At("to")
	case to.Sub(from) > maxAway*24*time.Hour:
		return civic.Errorf(civic.Invalid, "error.team.long", "n", maxAway).At("to")
	case in.Substitute == in.Staff:
		return civic.Errorf(civic.Invalid, "error.team.self").At("substitute")
	}
	in.ID, in.Tenant, in.Name, in.SubsName = s.NewID(), d.Scope.Tenant.ID, person.Name, ""
	if in.Substitute != "" {
		sub, ok := d.colleague(in.Substitute)
		if !ok {
			return civic.Errorf(civic.Invalid, "error.desk.colleague").At("substitute")
		}
		in.SubsName = sub.Name
	}
	if err := s.Teams.SaveAbsence(ctx, in, s.event(civic.Case{Tenant: in.Tenant}, who, "absence.entered", map[string]string{"absence": in.ID})); err != nil {
		return fmt.Errorf("clerk: absence: %w", err)
	}
	return nil
}

// Back (Abwesenheit löschen) takes an absence back.
func (s *Service) Back(ctx context.Context, who civic.Actor, tenant, id string) error {
	d, err := s.Desk(ctx, who, tenant)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(d.Scope.Team.Absences, func(a civic.Absence) bool { return a.ID == id })
	if i < 0 {
		return civic.Errorf(civic.NotFound, "error.not_found")
	}
	if !d.MayEnd(d.Scope.Team.Absences[i].Staff) {
		return civic.Errorf(civic.Forbidden, "error.desk.lead")
	}
	return s.Teams.DeleteAbsence(ctx, d.Scope.Tenant.ID, id, s.event(civic.Case{Tenant: d.Scope.Tenant.ID}, who, "absence.deleted", map[string]string{"absence": id}))
}

// HandOver (Vorgänge übergeben) gives the open cases of a colleague, all or the chosen ones, to another who may know of them; what
// the other may not see stays where it is. Leads only; a group's lead hands over the group's cases.
func (s *Service) HandOver(ctx context.Context, who civic.Actor, tenant, from, to string, cases []string) (int64, error) {
	d, err := s.Desk(ctx, who, tenant)
	if err != nil {
		return 0, err
	}
	if !d.Leads {
		return 0, civic.Errorf(civic.Forbidden, "error.desk.lead")
	}
	if from == "" {
		return 0, civic.Errorf(civic.Invalid, "error.desk.colleague").At("from")
	}
	person, ok := d.colleague(to)
	if !ok || from == to {
		return 0, civic.Errorf(civic.Invalid, "error.desk.colleague").At("to")
	}
	denied, err := s.denied(ctx, d.Scope, to)
	if err != nil {
		return 0, err
	}
	h := civic.HandOver{From: from, To: to, ToName: person.Name, Cases: cases, Denied: append(denied, d.Scope.Denied...), Actor: who.Name(), At: s.Now()}
	if !d.Scope.Lead {
		for _, g := range d.Scope.Groups {
			if d.Scope.Team.LedBy(g, d.Scope.staff) {
				h.Groups = append(h.Groups, g)
			}
		}
	}
	n, err := s.Handing.HandOver(ctx, d.Scope.Tenant.ID, h)
	if err != nil {
		return 0, fmt.Errorf("clerk: hand over: %w", err)
	}
	return n, nil
}
