package clerk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"antragswerk/internal/civic"
)

// Counted keeps figures (internal/sqlstore).
type Counted interface {
	Figures(ctx context.Context, tenant string) (f civic.Figures, event string, mailed time.Time, err error)
}

// Report is an authority's figures as a page shows them.
type Report struct {
	Tenant   civic.Tenant
	At       time.Time // of the count; zero: nothing was counted yet
	Months   []MonthReport
	Services []ServiceReport
	Open     civic.OpenFigures
	Names    map[string]map[string]string
	Chosen   []string // services that have any, for the choice
	Groups   []civic.Group
}

// MonthReport sums up a month.
type MonthReport struct {
	Month                   string
	Received, Decided, Kept int
	Median, Ninety          int // days until the decision; -1 none
}

// ServiceReport sums up a service: its open cases, and what was decided in the months shown.
type ServiceReport struct {
	Service                 string
	Open, Overdue           int
	Received, Decided, Kept int
	Median, Ninety          int
	days                    map[int]int
}

// ReportMonths is how many months a report shows.
const ReportMonths = 13

// Figures (Zahlen) reports to who leads or administers, by service and group; "" is all of them. There are none by clerk: counting
// colleagues needs their council's word.
func (s *Service) Figures(ctx context.Context, who civic.Actor, tenant, service, group string) (*Report, error) {
	sc, err := s.scopeOf(ctx, who, tenant, civic.RoleLead, civic.RoleAdmin)
	if err != nil {
		return nil, err
	}
	t := sc.Tenant
	f, _, _, err := s.Counted.Figures(ctx, t.ID)
	if err != nil {
		return nil, fmt.Errorf("clerk: figures: %w", err)
	}
	r := &Report{Tenant: t, At: f.At, Groups: sc.Team.Groups}
	if r.Names, err = s.serviceNames(ctx, sc); err != nil {
		return nil, err
	}
	shown := func(sv, g string) bool { return (service == "" || sv == service) && (group == "" || g == group) }
	services := map[string]*ServiceReport{}
	of := func(name string) *ServiceReport {
		if services[name] == nil {
			services[name] = &ServiceReport{Service: name, days: map[int]int{}}
		}
		return services[name]
	}
	f.Open = slices.DeleteFunc(f.Open, func(o civic.OpenFigures) bool { return slices.Contains(sc.Denied, o.Service) })
	f.Months = slices.DeleteFunc(f.Months, func(m civic.MonthFigures) bool { return slices.Contains(sc.Denied, m.Service) })
	for _, o := range f.Open {
		r.note(o.Service)
		if !shown(o.Service, o.Group) {
			continue
		}
		r.Open.Open, r.Open.Overdue = r.Open.Open+o.Open, r.Open.Overdue+o.Overdue
		for i, n := range o.Ages {
			r.Open.Ages[i] += n
		}
		sr := of(o.Service)
		sr.Open, sr.Overdue = sr.Open+o.Open, sr.Overdue+o.Overdue
	}
	first := s.midnight(s.Now())
	first = first.AddDate(0, 0, 1-first.Day())
	byMonth := map[string]map[int]int{}
	for i := range ReportMonths {
		month := first.AddDate(0, -i, 0).Format("2006-01")
		r.Months = append(r.Months, MonthReport{Month: month})
		byMonth[month] = map[int]int{}
	}
	for _, m := range f.Months {
		r.note(m.Service)
		i := slices.IndexFunc(r.Months, func(x MonthReport) bool { return x.Month == m.Month })
		if i < 0 || !shown(m.Service, m.Group) {
			continue
		}
		x, sr := &r.Months[i], of(m.Service)
		x.Received, x.Decided, x.Kept = x.Received+m.Received, x.Decided+m.Decided, x.Kept+m.Kept
		sr.Received, sr.Decided, sr.Kept = sr.Received+m.Received, sr.Decided+m.Decided, sr.Kept+m.Kept
		for d, n := range m.Days {
			byMonth[m.Month][d] += n
			sr.days[d] += n
		}
	}
	for i := range r.Months {
		days := byMonth[r.Months[i].Month]
		r.Months[i].Median, r.Months[i].Ninety = civic.Within(days, 0.5), civic.Within(days, 0.9)
	}
	for _, sr := range services {
		sr.Median, sr.Ninety = civic.Within(sr.days, 0.5), civic.Within(sr.days, 0.9)
		r.Services = append(r.Services, *sr)
	}
	slices.SortFunc(r.Services, func(a, b ServiceReport) int {
		return cmp.Or(cmp.Compare(b.Open, a.Open), cmp.Compare(b.Received, a.Received), cmp.Compare(a.Service, b.Service))
	})
	slices.Sort(r.Chosen)
	return r, nil
}

// note remembers what there is to choose from.
func (r *Report) note(service string) {
	if !slices.Contains(r.Chosen, service) {
		r.Chosen = append(r.Chosen, service)
	}
}
