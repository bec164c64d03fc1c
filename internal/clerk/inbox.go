package clerk

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"antragswerk/internal/civic"
)

// Inbox is one page of an authority's cases.
type Inbox struct {
	Tenant   civic.Tenant
	View     civic.View // what is shown, with the filter that holds
	Changed  bool       // the filter is not the view's own
	Columns  []string
	Fields   []Field        // the indexed answers of the services that are filtered by
	Wrong    []*civic.Error // parts of the filter that were left out
	Rows     []Row
	Next     string // cursor of the next page, "" at the end
	Short    bool   // the page ends before it is full: Next looks further
	Views    []ViewCount
	Labels   []civic.Label
	Services []ServiceName
	People   []civic.Colleague // the actor first
	Lead     bool              // the actor leads
	Scope    Scope
}

// Row is a case as the inbox shows it.
type Row struct {
	Case    civic.Case
	Service map[string]string // name by language
	About   string            // the answers that the form shows in the inbox, " · " between them
	Cells   map[string]string // by column, of those that show an answer
	Due     Due
	Twin    bool // another case looks the same
}

// ServiceName is a service to filter by.
type ServiceName struct {
	Slug string
	Name map[string]string
}

// Due says how a deadline stands. Kind is "" (none, or the work is done), ok, soon, today or over; Days is how far
// away it is, never negative.
type Due struct {
	Kind string
	Days int
}

// soonDays is from when a deadline is near.
const soonDays = 5

// dueOf compares a deadline with today, by calendar days.
func (s *Service) dueOf(c civic.Case) Due {
	if c.Deadline.IsZero() || !c.State.Open() {
		return Due{}
	}
	days := int(math.Round(s.midnight(c.Deadline).Sub(s.midnight(s.Now())).Hours() / 24))
	switch {
	case days < 0:
		return Due{"over", -days}
	case days == 0:
		return Due{"today", 0}
	case days <= soonDays:
		return Due{"soon", days}
	}
	return Due{"ok", days}
}

func (s *Service) midnight(t time.Time) time.Time {
	y, m, d := t.In(s.Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, s.Zone)
}

// Inbox lists the cases of a view, with what is sealed in their rows opened. What is wrong in a filter is said, and the rest holds.
func (s *Service) Inbox(ctx context.Context, who civic.Actor, tenant string, ask Ask) (*Inbox, error) {
	r, err := s.room(ctx, who, tenant)
	if err != nil {
		return nil, err
	}
	t := r.sc.Tenant
	v, wrong := r.look(ask)
	f, more := s.filter(r.sc, v.Look)
	f.After, f.Limit = ask.After, InboxRows
	in := &Inbox{Tenant: t, View: v, Changed: ask.Filter != nil && v.ID != "", Columns: v.Columns, Labels: r.labels, People: r.people, Lead: r.sc.Lead, Scope: r.sc,
		Wrong: append(wrong, more...)}
	if len(in.Columns) == 0 {
		in.Columns = InboxColumns
	}
	page, err := s.Store.Cases(ctx, t.ID, f)
	if err != nil {
		return nil, err
	}
	in.Next, in.Short = page.Next, page.Short
	if in.Views, err = s.count(ctx, r); err != nil {
		return nil, err
	}
	if in.Services, err = s.services(ctx, r.sc); err != nil {
		return nil, err
	}
	if len(v.Filter.Services) > 0 {
		if in.Fields, err = s.fields(ctx, v.Filter.Services, ask.Lang); err != nil {
			return nil, err
		}
	}
	names := map[string]map[string]string{}
	for _, n := range in.Services {
		names[n.Slug] = n.Name
	}
	twins, err := s.haveTwins(ctx, t, page.Cases)
	if err != nil {
		return nil, err
	}
	for _, c := range page.Cases {
		about, cells, err := s.cells(ctx, t, c, in.Columns)
		if err != nil {
			return nil, err
		}
		in.Rows = append(in.Rows, Row{Case: c, Service: names[c.Service], About: about, Cells: cells, Due: s.dueOf(c), Twin: twins[c.ID]})
	}
	return in, s.visit(ctx, r.desk)
}

// InboxRows is how many cases a page shows.
const InboxRows = 50

// services names what the authority may have cases of, as far as the actor sees them.
func (s *Service) services(ctx context.Context, sc Scope) ([]ServiceName, error) {
	offers, err := s.Forms.OfferingsOf(ctx, sc.Tenant.ID)
	if err != nil {
		return nil, err
	}
	var out []ServiceName
	for _, o := range offers {
		if !sc.sees(o.Service, nil) {
			continue
		}
		f, err := s.form(ctx, o.Service)
		if err != nil {
			return nil, err
		}
		if f != nil {
			out = append(out, ServiceName{o.Service, f.Package.Service.Name})
		}
	}
	return out, nil
}

// people lists the actor, then by name who has been at the desk, then who was appointed by e-mail and has not come yet.
// Somebody who is there for the first time, or under a new name, is remembered, and gets what was given to them before.
func (s *Service) people(ctx context.Context, who civic.Actor, tenant string) ([]civic.Colleague, error) {
	me := civic.Colleague{ID: who.Staff.ID, Name: who.Staff.Name, Email: who.Staff.Email, ByGroup: who.Staff.ByGroup[tenant]}
	known, err := s.Team.Colleagues(ctx, tenant)
	if err != nil {
		return nil, fmt.Errorf("clerk: colleagues: %w", err)
	}
	appointed, err := s.Team.Appointments(ctx, tenant)
	if err != nil {
		return nil, fmt.Errorf("clerk: colleagues: %w", err)
	}
	var awaited []civic.Colleague
	var mine []string
	for _, a := range appointed {
		switch {
		case a.Email == "" || !slices.Contains(a.Roles, civic.RoleClerk) && !slices.Contains(a.Roles, civic.RoleLead):
		case a.Email == me.Email:
			mine = append(mine, a.Colleague().ID)
		case !slices.ContainsFunc(known, func(c civic.Colleague) bool { return c.Email == a.Email }):
			awaited = append(awaited, a.Colleague())
		}
	}
	if !slices.ContainsFunc(known, me.Same) {
		if err := s.Team.SaveColleague(ctx, tenant, me, mine); err != nil {
			return nil, fmt.Errorf("clerk: colleagues: %w", err)
		}
	}
	known = slices.DeleteFunc(known, func(c civic.Colleague) bool { return c.ID == me.ID })
	return slices.Concat([]civic.Colleague{me}, known, awaited), nil
}

// Neighbours are the cases before and after one in the order of the inbox that it was opened from; "" at its ends.
type Neighbours struct{ Previous, Next string }

// Neighbours looks beside a case, in the order of the filter and among what it lets through; the case itself may have left
// it meanwhile.
func (s *Service) Neighbours(ctx context.Context, who civic.Actor, tenant string, ask Ask, id string) (n Neighbours, err error) {
	r, err := s.room(ctx, who, tenant)
	if err != nil {
		return n, err
	}
	v, _ := r.look(ask)
	f, _ := s.filter(r.sc, v.Look)
	f.After, f.Beside, f.Limit = "", id, 1
	if n.Next, err = s.firstOf(ctx, r.sc.Tenant.ID, f); err != nil {
		return n, err
	}
	f.Ascending = !f.Ascending
	n.Previous, err = s.firstOf(ctx, r.sc.Tenant.ID, f)
	return n, err
}

// firstOf is the first case that a filter finds, "" without one.
func (s *Service) firstOf(ctx context.Context, tenant string, f civic.InboxFilter) (string, error) {
	page, err := s.Store.Cases(ctx, tenant, f)
	if err != nil || len(page.Cases) == 0 {
		return "", err
	}
	return page.Cases[0].ID, nil
}
