package clerk

import (
	"context"
	"fmt"
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
