package clerk

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"antragswerk/internal/civic"
)

// Inbox is one page of an authority's cases.
type Inbox struct {
	Tenant   civic.Tenant
	Rows     []Row
	Next     string // cursor of the next page, "" at the end
	Counts   civic.Counts
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

// Inbox lists cases by the filter, with what is sealed in their rows opened.
func (s *Service) Inbox(ctx context.Context, who civic.Actor, tenant string, f civic.InboxFilter) (*Inbox, error) {
	t, err := s.office(ctx, who, tenant)
	if err != nil {
		return nil, err
	}
	people, err := s.people(ctx, who, t.ID) // first: who is here for the first time may thereby become a member of groups
	if err != nil {
		return nil, err
	}
	sc, err := s.scopeOf(ctx, who, tenant)
	if err != nil {
		return nil, err
	}
	page, err := s.Store.Cases(ctx, t.ID, sc.narrow(f))
	if err != nil {
		return nil, err
	}
	in := &Inbox{Tenant: t, Next: page.Next, Lead: sc.Lead, Scope: sc, People: people}
	if in.Counts, err = s.Store.Counts(ctx, t.ID, sc.Denied...); err != nil {
		return nil, err
	}
	if in.Services, err = s.services(ctx, sc); err != nil {
		return nil, err
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
		about, err := s.about(ctx, t, c)
		if err != nil {
			return nil, err
		}
		in.Rows = append(in.Rows, Row{Case: c, Service: names[c.Service], About: about, Due: s.dueOf(c), Twin: twins[c.ID]})
	}
	return in, nil
}

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
	me := civic.Colleague{ID: who.Staff.ID, Name: who.Staff.Name, Email: who.Staff.Email}
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
	if !slices.Contains(known, me) {
		if err := s.Team.SaveColleague(ctx, tenant, me, mine); err != nil {
			return nil, fmt.Errorf("clerk: colleagues: %w", err)
		}
	}
	known = slices.DeleteFunc(known, func(c civic.Colleague) bool { return c.ID == me.ID })
	return slices.Concat([]civic.Colleague{me}, known, awaited), nil
}

// about opens the columns of a row, in the order of the form.
func (s *Service) about(ctx context.Context, t civic.Tenant, c civic.Case) (string, error) {
	raw, err := s.open(keys(t, c.Dossier, c.Key), sealColumns, c.Columns)
	if err != nil || raw == "" {
		return "", err
	}
	var columns map[string]string
	if err := json.Unmarshal([]byte(raw), &columns); err != nil {
		return "", fmt.Errorf("clerk: columns: %w", err)
	}
	var order []string
	if f, err := s.form(ctx, c.Service); err == nil && f != nil {
		for _, ix := range f.Package.Form.Index {
			order = append(order, ix.Pointer)
		}
	}
	pointers := make([]string, 0, len(columns))
	for p := range columns {
		pointers = append(pointers, p)
	}
	slices.SortFunc(pointers, func(a, b string) int {
		if d := position(order, a) - position(order, b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	var parts []string
	for _, p := range pointers {
		if columns[p] != "" {
			parts = append(parts, columns[p])
		}
	}
	return strings.Join(parts, " · "), nil
}

// position is where a pointer stands among index fields, whose items are "*"; what is not among them comes last.
func position(order []string, pointer string) int {
	for i, o := range order {
		if o == pointer || matches(o, pointer) {
			return i
		}
	}
	return len(order)
}

func matches(pattern, pointer string) bool {
	a, b := strings.Split(pattern, "/"), strings.Split(pointer, "/")
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] && a[i] != "*" {
			return false
		}
	}
	return true
}

// Neighbours are the cases before and after one in the order of the inbox that it was opened from; "" at its ends.
type Neighbours struct{ Previous, Next string }

// Neighbours looks beside a case, in the order of the filter and among what it lets through; the case itself may have left
// it meanwhile.
func (s *Service) Neighbours(ctx context.Context, who civic.Actor, tenant string, f civic.InboxFilter, id string) (n Neighbours, err error) {
	sc, err := s.scopeOf(ctx, who, tenant)
	if err != nil {
		return n, err
	}
	f = sc.narrow(f)
	f.After, f.Beside, f.Limit = "", id, 1
	if n.Next, err = s.firstOf(ctx, sc.Tenant.ID, f); err != nil {
		return n, err
	}
	f.Ascending = !f.Ascending
	n.Previous, err = s.firstOf(ctx, sc.Tenant.ID, f)
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
