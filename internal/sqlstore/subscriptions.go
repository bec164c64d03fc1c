package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// SubscriptionsDue lists at most limit subscriptions whose time has come, everywhere: those that want to hear at once only when
// something has changed at their authority that nobody has opened since.
func (s *Store) SubscriptionsDue(ctx context.Context, now time.Time, limit int) (list []civic.Subscription, err error) {
	err = s.asSystem(telling).read(ctx, "subscriptions due", func(ctx context.Context, t *tx) error {
		rows, err := t.SubscriptionsDue(ctx, db.SubscriptionsDueParams{Now: micros(now), Most: int32(clamp(limit))})
		list = each(rows, toSubscription)
		return err
	})
	return list, err
}

const telling = "subscriptions to views are told everywhere"

// SubscriptionTold moves a subscription on from was, with the job that mails; NotFound when somebody else did, or it has ended.
func (s *Store) SubscriptionTold(ctx context.Context, x civic.Subscription, was time.Time, job civic.ViewMail) error {
	return s.inTenant(x.Tenant).write(ctx, "subscription told", func(ctx context.Context, t *tx) error {
		if err := one(t.SubscriptionTold(ctx, db.SubscriptionToldParams{Since: micros(x.Since), Next: micros(x.Next), Tenant: x.Tenant, Staff: x.Staff,
			View: x.View, Was: micros(was)})); err != nil {
			return err
		}
		return s.enqueue(ctx, t, []civic.Job{job})
	})
}

// Subscriber returns what a mail about a view needs: the view (zero for one that everybody has), the settings, and who it goes to.
// NotFound when one of them is gone.
func (s *Store) Subscriber(ctx context.Context, tenant, staff, view string) (v civic.View, d civic.Desk, c civic.Colleague, err error) {
	err = s.inTenant(tenant).read(ctx, "subscriber", func(ctx context.Context, t *tx) error {
		who, err := t.Colleague(ctx, db.ColleagueParams{Tenant: tenant, ID: staff})
		if err != nil {
			return err
		}
		c = civic.Colleague{ID: who.ID, Name: who.Name, Email: who.Email, ByGroup: rolesIn(who.ByGroup)}
		r, err := t.Desk(ctx, db.DeskParams{Tenant: tenant, Staff: staff})
		if errors.Is(err, sql.ErrNoRows) && view == civic.ViewCalls {
			err = nil // called without having set anything
		}
		if err != nil {
			return err
		}
		d = civic.Desk{Tenant: tenant, Staff: staff, Default: r.DefaultView, Seen: fromMicros(r.Seen), Lang: r.Lang}
		subs, err := t.Subscriptions(ctx, db.SubscriptionsParams{Tenant: tenant, Staff: staff})
		d.Subscriptions = each(subs, toSubscription)
		if err != nil || usual(view) || view == civic.ViewCalls {
			return err
		}
		row, err := t.View(ctx, db.ViewParams{Tenant: tenant, ID: view})
		if err == nil && row.Owner != "" && row.Owner != staff {
			return errNotFound()
		}
		v = toView(row)
		return err
	})
	return v, d, c, err
}

func usual(view string) bool {
	for _, v := range civic.UsualViews() {
		if v.ID == view {
			return true
		}
	}
	return false
}
