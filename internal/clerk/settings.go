package clerk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"antragswerk/internal/civic"
)

// Settings (Einstellungen) are what a clerk wants of the desk: the view that the inbox opens with, and mails by view.
type Settings struct {
	Default string
	Rhythms map[string]civic.Rhythm // by view; "" or none: no mails
	Calls   civic.Rhythm            // of mails that say that they are called, "" at once
	Lang    string                  // of all mails, "" the office's
}

// SaveSettings stores them. A view that the clerk does not see is Invalid; a subscription that goes on keeps what it has told.
func (s *Service) SaveSettings(ctx context.Context, who civic.Actor, tenant string, set Settings) error {
	r, err := s.room(ctx, who, tenant)
	if err != nil {
		return err
	}
	if _, ok := r.view(set.Default); set.Default != "" && !ok {
		return civic.Errorf(civic.Invalid, "error.view.gone").At("default")
	}
	now := s.Now()
	d := civic.Desk{Tenant: r.sc.Tenant.ID, Staff: who.Staff.ID, Default: set.Default, Seen: s.midnight(now), Lang: set.Lang}
	if set.Lang != "" && !slices.Contains(civic.MailLangs, set.Lang) {
		return civic.Errorf(civic.Invalid, "error.view.lang").At("lang")
	}
	if set.Calls == "" {
		set.Calls = civic.AtOnce
	}
	if !slices.Contains(civic.CallRhythms, set.Calls) {
		return civic.Errorf(civic.Invalid, "error.view.rhythm").At("rhythm_" + civic.ViewCalls)
	}
	for _, v := range r.views {
		rhythm := set.Rhythms[v.ID]
		if rhythm != "" && !slices.Contains(civic.Rhythms, rhythm) {
			return civic.Errorf(civic.Invalid, "error.view.rhythm").At("rhythm_" + v.ID)
		}
		x, changed := subscription(r, d, v.ID, rhythm, now, s.Zone)
		if changed {
			d.Subscriptions = append(d.Subscriptions, x)
		}
	}
	if x, changed := subscription(r, d, civic.ViewCalls, set.Calls, now, s.Zone); changed {
		d.Subscriptions = append(d.Subscriptions, x)
	}
	if err := s.Views.SaveDesk(ctx, d); err != nil {
		return fmt.Errorf("clerk: settings: %w", err)
	}
	return nil
}

// subscription is somebody's wish for mails as it is from now on; changed tells whether it was another. One that goes on keeps what it
// has told.
func subscription(r *room, d civic.Desk, view string, rhythm civic.Rhythm, now time.Time, zone *time.Location) (x civic.Subscription, changed bool) {
	i := slices.IndexFunc(r.desk.Subscriptions, func(x civic.Subscription) bool { return x.View == view })
	if i < 0 && (rhythm == "" || view == civic.ViewCalls && rhythm == civic.AtOnce) || i >= 0 && rhythm == r.desk.Subscriptions[i].Rhythm {
		return x, false
	}
	x = civic.Subscription{Tenant: d.Tenant, Staff: d.Staff, View: view, Rhythm: rhythm, Since: now}
	if i >= 0 {
		x.Since = r.desk.Subscriptions[i].Since
	}
	if rhythm != "" {
		x.Next = x.After(now, zone)
	}
	return x, true
}

// visit remembers, once a day, that somebody was at the desk whose mails or whose calendar's address end when they come no more. Of
// others nothing is remembered.
func (s *Service) visit(ctx context.Context, d civic.Desk) error {
	today := s.midnight(s.Now())
	if d.Seen.IsZero() || today.Sub(d.Seen) < 24*time.Hour {
		return nil
	}
	return s.seenAt(ctx, d, today)
}

func (s *Service) seenAt(ctx context.Context, d civic.Desk, day time.Time) error {
	d.Seen, d.Subscriptions = day, nil
	if err := s.Views.SaveDesk(ctx, d); err != nil {
		return fmt.Errorf("clerk: visit: %w", err)
	}
	return nil
}
