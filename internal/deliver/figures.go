package deliver

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/locale"
)

// Figures is what counting needs.
type Figures interface {
	LastEvent(ctx context.Context, tenant string) (string, error)
	// EachCase hands over all cases of the tenant, one by one.
	EachCase(ctx context.Context, tenant string, add func(civic.CaseFigure)) error
	// Figures returns what was counted last: at which event and when it was mailed; a zero At when nothing was.
	Figures(ctx context.Context, tenant string) (f civic.Figures, event string, mailed time.Time, err error)
	SaveFigures(ctx context.Context, tenant, event string, f civic.Figures) error
	FiguresMailed(ctx context.Context, tenant string, at time.Time) error
}

// weeklyHour is when on Mondays the figures of the week before are mailed.
const weeklyHour = 7

// figures counts anew where something has happened since, or a day has begun, and mails the week's figures on Monday. Counting all of an
// authority's cases again is one pass of its table and is right after whatever changed late; it happens here, so that no page waits.
func (s *Service) figures(ctx context.Context) error {
	tenants, err := s.Team.AllTenants(ctx)
	if err != nil {
		return fmt.Errorf("deliver: figures: %w", err)
	}
	var failed []error
	for _, t := range tenants {
		if err := s.count(ctx, t); err != nil {
			failed = append(failed, fmt.Errorf("deliver: figures: tenant %s: %w", t.ID, err))
		}
	}
	return errors.Join(failed...)
}

func (s *Service) count(ctx context.Context, t civic.Tenant) error {
	last, err := s.Figures.LastEvent(ctx, t.ID)
	if err != nil || last == "" {
		return err
	}
	f, event, mailed, err := s.Figures.Figures(ctx, t.ID)
	if err != nil {
		return err
	}
	calendar, now := t.Calendar(s.Zone), s.Now()
	if event != last || calendar.Day(f.At) != calendar.Day(now) {
		tally := civic.NewTally(calendar, now)
		if err := s.Figures.EachCase(ctx, t.ID, tally.Add); err != nil {
			return err
		}
		f = tally.Figures()
		if err := s.Figures.SaveFigures(ctx, t.ID, last, f); err != nil {
			return err
		}
	}
	today := calendar.Day(now)
	monday := today.AddDate(0, 0, -int(today.Weekday()+6)%7)
	if t.Profile.Desk.NoWeekly || !t.Live || now.Before(monday.Add(weeklyHour*time.Hour)) || !mailed.Before(monday) {
		return nil
	}
	if !mailed.IsZero() { // the first week has nothing to compare
		if err := s.mailWeek(ctx, t, f, monday); err != nil {
			return err
		}
	}
	return s.Figures.FiguresMailed(ctx, t.ID, now)
}

// mailWeek words what is open now and what came and was decided in this month and the last.
func (s *Service) mailWeek(ctx context.Context, t civic.Tenant, f civic.Figures, monday time.Time) error {
	var open civic.OpenFigures
	for _, o := range f.Open {
		open.Open, open.Overdue = open.Open+o.Open, open.Overdue+o.Overdue
		for i, n := range o.Ages {
			open.Ages[i] += n
		}
	}
	months := map[string]*civic.MonthFigures{}
	for _, m := range f.Months {
		if months[m.Month] == nil {
			months[m.Month] = &civic.MonthFigures{Month: m.Month}
		}
		x := months[m.Month]
		x.Received, x.Decided, x.Kept = x.Received+m.Received, x.Decided+m.Decided, x.Kept+m.Kept
	}
	return s.tellLeads(ctx, t, "weekly", t.ID+monday.Format(time.DateOnly), func(l *locale.Catalogue) []any {
		lines := []string{l.T("mail.weekly.open", "n", open.Open, "overdue", open.Overdue, "old", open.Ages[len(open.Ages)-1])}
		first := monday.AddDate(0, 0, 1-monday.Day())
		for i := range 2 {
			at := first.AddDate(0, -i, 0)
			x := months[at.Format("2006-01")]
			if x == nil {
				x = &civic.MonthFigures{}
			}
			lines = append(lines, l.T("mail.weekly.month", "month", l.Month(at), "received", x.Received, "decided", x.Decided, "kept", x.Kept))
		}
		return []any{"lines", strings.Join(lines, "\n"), "url", s.PublicURL + "/desk/" + t.Slug + "/figures"}
	})
}
