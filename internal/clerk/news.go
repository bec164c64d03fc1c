package clerk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"antragswerk/internal/civic"
)

// CountNews counts for a mail to somebody, as the system, the cases of their view that changed after from, until to, and that nobody
// has opened since. Who may not work at the desk any more is Forbidden.
func (s *Service) CountNews(ctx context.Context, who civic.Actor, tenant, staff string, view civic.ViewFilter, from, to time.Time) (civic.Hits, error) {
	if !who.System {
		return civic.Hits{}, civic.Errorf(civic.Forbidden, "error.desk.role")
	}
	t, err := s.Forms.TenantByID(ctx, tenant)
	if err != nil {
		return civic.Hits{}, err
	}
	seen, err := s.visited(ctx, t.ID, staff)
	if err != nil {
		return civic.Hits{}, err
	}
	if _, err := s.authority(ctx, t.ID, staff, seen); err != nil {
		return civic.Hits{}, err
	}
	sc, err := s.scope(ctx, t, staff)
	if err != nil {
		return civic.Hits{}, err
	}
	f, _ := s.filter(sc, civic.Look{Filter: view})
	if after := from.Add(time.Microsecond); f.ChangedFrom.Before(after) {
		f.ChangedFrom = after
	}
	if before := to.Add(time.Microsecond); f.ChangedTo.IsZero() || f.ChangedTo.After(before) {
		f.ChangedTo = before
	}
	f.Unread = true
	counts, err := s.Views.CountAll(ctx, t.ID, []civic.InboxFilter{f})
	if err != nil {
		return civic.Hits{}, fmt.Errorf("clerk: news: %w", err)
	}
	return counts[0], nil
}

// Calling counts what colleagues are called to.
type Calling interface {
	// Called are the unseen notes that call somebody, Proposed the waiting decisions of others; at most limit, after from, until to.
	Called(ctx context.Context, tenant, staff string, from, to time.Time, limit int) ([]civic.Called, error)
	Proposed(ctx context.Context, tenant, author string, from, to time.Time, limit int) ([]civic.Called, error)
}

// maxCalls is how many calls a mail counts.
const maxCalls = 100

// CountCalls counts for a mail to somebody, as the system, the notes that call them and that they have not read, and the decisions that
// they are asked to look at. Who may not work at the desk any more is Forbidden.
func (s *Service) CountCalls(ctx context.Context, who civic.Actor, tenant, staff string, from, to time.Time) (notes, decisions int, err error) {
	if !who.System {
		return 0, 0, civic.Errorf(civic.Forbidden, "error.desk.role")
	}
	t, err := s.Forms.TenantByID(ctx, tenant)
	if err != nil {
		return 0, 0, err
	}
	seen, err := s.visited(ctx, t.ID, staff)
	if err != nil {
		return 0, 0, err
	}
	if _, err := s.authority(ctx, t.ID, staff, seen); err != nil {
		return 0, 0, err
	}
	sc, err := s.scope(ctx, t, staff)
	if err != nil {
		return 0, 0, err
	}
	called, err := s.Calling.Called(ctx, t.ID, staff, from, to, maxCalls)
	if err != nil {
		return 0, 0, fmt.Errorf("clerk: called: %w", err)
	}
	proposed, err := s.Calling.Proposed(ctx, t.ID, staff, from, to, maxCalls)
	if err != nil {
		return 0, 0, fmt.Errorf("clerk: proposed: %w", err)
	}
	hidden := func(c civic.Called) bool { return !sc.sees(c.Service, nil) }
	proposed = slices.DeleteFunc(proposed, func(c civic.Called) bool { return hidden(c) || !awaits(sc.Team, c.Group, c.By, staff) })
	return len(slices.DeleteFunc(called, hidden)), len(proposed), nil
}

// awaits tells whether somebody is asked to look at a colleague's decision: of a group's case the others of the group are, of another
// everybody who may know of it.
func awaits(team civic.TeamView, group, author, staff string) bool {
	g, _ := team.Group(group)
	others := slices.DeleteFunc(slices.Clone(g.Members), func(m string) bool { return m == author })
	return staff != author && (len(others) == 0 || slices.Contains(others, staff))
}

// signers are those who are asked to look at a decision of the actor's.
func (s *Service) signers(ctx context.Context, who civic.Actor, f *File) (out []string, err error) {
	known, err := s.Team.Colleagues(ctx, f.Tenant.ID)
	if err != nil {
		return nil, fmt.Errorf("clerk: colleagues: %w", err)
	}
	for _, c := range known {
		if f.mayKnow(c.ID) && awaits(f.Scope.Team, f.Case.Group, who.Staff.ID, c.ID) {
			out = append(out, c.ID)
		}
	}
	return out, nil
}
