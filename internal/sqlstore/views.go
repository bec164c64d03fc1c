package sqlstore

import (
	"context"
	"database/sql"
	"errors"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// Views returns what somebody sees at the authority's desk in one trip: the shared views, then their own, their settings, and the
// authority's labels.
func (s *Store) Views(ctx context.Context, tenant, staff string) (views []civic.View, desk civic.Desk, labels []civic.Label, err error) {
	err = s.inTenant(tenant).readAll(ctx, "views",
		func(ctx context.Context, t *tx) error {
			rows, err := t.ViewsOf(ctx, db.ViewsOfParams{Tenant: tenant, Staff: staff})
			views = each(rows, toView)
			return err
		},
		func(ctx context.Context, t *tx) error {
			r, err := t.Desk(ctx, db.DeskParams{Tenant: tenant, Staff: staff})
			if errors.Is(err, sql.ErrNoRows) {
				err = nil
			}
			desk.Tenant, desk.Staff, desk.Default, desk.Seen, desk.Lang = tenant, staff, r.DefaultView, fromMicros(r.Seen), r.Lang
			return err
		},
		func(ctx context.Context, t *tx) error {
			rows, err := t.Subscriptions(ctx, db.SubscriptionsParams{Tenant: tenant, Staff: staff})
			desk.Subscriptions = each(rows, toSubscription)
			return err
		},
		func(ctx context.Context, t *tx) error {
			rows, err := t.Labels(ctx, tenant)
			labels = each(rows, toLabel)
			return err
		})
	return views, desk, labels, err
}

// SaveViews stores new views (of revision 1) and changed ones (of one more than they were), all or none: Conflict when one has
// moved on.
func (s *Store) SaveViews(ctx context.Context, tenant string, views ...civic.View) error {
	return s.inTenant(tenant).write(ctx, "save views", func(ctx context.Context, t *tx) error {
		for _, v := range views {
			n, err := t.SaveView(ctx, db.SaveViewParams{ID: v.ID, Tenant: tenant, Owner: v.Owner, Grp: v.Group, Position: int64(v.Position),
				Revision: v.Revision, Updated: micros(v.Updated), Body: full(v.Body)})
			if err != nil {
				return err
			}
			if n == 0 {
				return civic.Errorf(civic.Conflict, "error.view.changed")
			}
		}
		return nil
	})
}

// DeleteView deletes a view of the owner's ("" a shared one) with everybody's subscriptions to it.
func (s *Store) DeleteView(ctx context.Context, tenant, owner, id string) error {
	return s.inTenant(tenant).write(ctx, "delete view", func(ctx context.Context, t *tx) error {
		if err := one(t.DeleteView(ctx, db.DeleteViewParams{Tenant: tenant, ID: id, Owner: owner})); err != nil {
			return err
		}
		return t.DeleteSubscriptionsOfView(ctx, db.DeleteSubscriptionsOfViewParams{Tenant: tenant, View: id})
	})
}

// SaveDesk stores what somebody has set for themselves; a subscription without a rhythm ends.
func (s *Store) SaveDesk(ctx context.Context, d civic.Desk) error {
	return s.inTenant(d.Tenant).write(ctx, "save desk", func(ctx context.Context, t *tx) error {
		for _, x := range d.Subscriptions {
			var err error
			if x.Rhythm == "" {
				err = t.DeleteSubscription(ctx, db.DeleteSubscriptionParams{Tenant: d.Tenant, Staff: d.Staff, View: x.View})
			} else {
				err = t.SaveSubscription(ctx, db.SaveSubscriptionParams{Tenant: d.Tenant, Staff: d.Staff, View: x.View, Rhythm: string(x.Rhythm),
					Since: micros(x.Since), Next: micros(x.Next)})
			}
			if err != nil {
				return err
			}
		}
		return t.SaveDesk(ctx, db.SaveDeskParams{Tenant: d.Tenant, Staff: d.Staff, DefaultView: d.Default, Seen: micros(d.Seen), Lang: d.Lang})
	})
}

func toView(r db.View) civic.View {
	return civic.View{ID: r.ID, Tenant: r.Tenant, Owner: r.Owner, Group: r.Grp, Position: int(r.Position), Revision: r.Revision,
		Updated: fromMicros(r.Updated), Body: none(r.Body)}
}

func toSubscription(r db.ViewSubscription) civic.Subscription {
	return civic.Subscription{Tenant: r.Tenant, Staff: r.Staff, View: r.View, Rhythm: civic.Rhythm(r.Rhythm), Since: fromMicros(r.Since), Next: fromMicros(r.Next)}
}
