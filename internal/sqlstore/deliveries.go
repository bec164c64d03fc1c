package sqlstore

import (
	"context"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// Routes lists the authority's ways out.
func (s *Store) Routes(ctx context.Context, tenant string) (list []civic.Route, err error) {
	err = s.inTenant(tenant).read(ctx, "routes", func(ctx context.Context, t *tx) error {
		rows, err := t.Routes(ctx, tenant)
		list = each(rows, toRoute)
		return err
	})
	return list, err
}

// SaveRoute stores a new route or changes one of the same tenant.
func (s *Store) SaveRoute(ctx context.Context, r civic.Route, ev civic.Event) error {
	return s.inTenant(r.Tenant).write(ctx, "save route", func(ctx context.Context, t *tx) error {
		err := one(t.UpsertRoute(ctx, db.UpsertRouteParams{ID: r.ID, Tenant: r.Tenant, Service: r.Service, Connector: r.Connector, Target: r.Target,
			Secret: full(r.Secret), Active: r.Active, Created: micros(r.Created)}))
		if err != nil {
			return err
		}
		return s.record(ctx, t, about{tenant: r.Tenant}, ev)
	})
}

// DeleteRoute removes a route; its deliveries stay.
func (s *Store) DeleteRoute(ctx context.Context, tenant, id string, ev civic.Event) error {
	return s.inTenant(tenant).write(ctx, "delete route", func(ctx context.Context, t *tx) error {
		if err := one(t.DeleteRoute(ctx, db.DeleteRouteParams{ID: id, Tenant: tenant})); err != nil {
			return err
		}
		return s.record(ctx, t, about{tenant: tenant}, ev)
	})
}

// Deliveries lists those not delivered yet first, then the others, newest first each, at most limit.
func (s *Store) Deliveries(ctx context.Context, tenant string, limit int) (list []civic.Delivery, err error) {
	limit = clamp(limit)
	err = s.inTenant(tenant).read(ctx, "deliveries", func(ctx context.Context, t *tx) error {
		rows, err := t.DeliveriesUndone(ctx, db.DeliveriesUndoneParams{Tenant: tenant, Most: int32(limit)})
		if err != nil {
			return err
		}
		if rest := limit - len(rows); rest > 0 {
			done, err := t.DeliveriesDone(ctx, db.DeliveriesDoneParams{Tenant: tenant, Most: int32(rest)})
			if err != nil {
				return err
			}
			rows = append(rows, done...)
		}
		list = each(rows, toDelivery)
		return nil
	})
	return list, err
}

// Delivery returns one delivery.
func (s *Store) Delivery(ctx context.Context, tenant, id string) (d civic.Delivery, err error) {
	err = s.inTenant(tenant).read(ctx, "delivery", func(ctx context.Context, t *tx) error {
		r, err := t.Delivery(ctx, db.DeliveryParams{ID: id, Tenant: tenant})
		d = toDelivery(r)
		return err
	})
	return d, err
}

// CreateDeliveries stores deliveries and enqueues the jobs. Ids that exist are left alone, and so are their delivery jobs:
// the fan-out may run more than once.
func (s *Store) CreateDeliveries(ctx context.Context, tenant string, ds []civic.Delivery, jobs []civic.Job) error {
	return s.inTenant(tenant).write(ctx, "create deliveries", func(ctx context.Context, t *tx) error {
		known, err := knownDeliveries(ctx, t, tenant, ds)
		if err != nil {
			return err
		}
		_, err = insert{
			into: `INSERT INTO deliveries (tenant, id, case_id, submission, route, connector, target, attempts, last_error, created, tried, delivered, dead)
				VALUES `,
			end:    "ON CONFLICT DO NOTHING",
			shared: []any{tenant},
			rows:   len(ds),
			row: func(i int) []any {
				d := ds[i]
				return []any{d.ID, d.Case, d.Submission, d.Route, d.Connector, d.Target, d.Attempts, d.LastError, micros(d.Created), micros(d.Tried),
					micros(d.Delivered), micros(d.Dead)}
			},
		}.exec(ctx, t.sql)
		if err != nil {
			return err
		}
		fresh := make([]civic.Job, 0, len(jobs))
		for _, j := range jobs {
			if d, ok := j.(civic.Deliver); !ok || !known[d.Delivery] {
				fresh = append(fresh, j)
			}
		}
		return s.enqueue(ctx, t, fresh)
	})
}

func knownDeliveries(ctx context.Context, t *tx, tenant string, ds []civic.Delivery) (map[string]bool, error) {
	known := map[string]bool{}
	if len(ds) == 0 {
		return known, nil
	}
	var q sqlText
	q.add("SELECT id FROM deliveries WHERE tenant = ", q.arg(tenant), " AND id IN ")
	q.add(q.in(each(ds, func(d civic.Delivery) string { return d.ID })))
	ids, err := texts(ctx, t, q)
	for _, id := range ids {
		known[id] = true
	}
	return known, err
}

// texts runs a query of one text column.
func texts(ctx context.Context, t *tx, q sqlText) (list []string, err error) {
	rows, err := t.sql.QueryContext(ctx, q.String(), q.args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var v string
		if err := rows.Scan(&v); err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// SaveDelivery stores the outcome of an attempt, with an event if there is one.
func (s *Store) SaveDelivery(ctx context.Context, d civic.Delivery, ev *civic.Event) error {
	return s.inTenant(d.Tenant).write(ctx, "save delivery", func(ctx context.Context, t *tx) error {
		err := one(t.UpdateDelivery(ctx, db.UpdateDeliveryParams{Connector: d.Connector, Target: d.Target, Attempts: int64(d.Attempts), LastError: d.LastError,
			Tried: micros(d.Tried), Delivered: micros(d.Delivered), Dead: micros(d.Dead), ID: d.ID, Tenant: d.Tenant}))
		if err != nil || ev == nil {
			return err
		}
		return s.record(ctx, t, about{tenant: d.Tenant, caseID: ev.Case}, *ev)
	})
}

// Resend stores the changed target, clears Dead and enqueues the job; Conflict when it was delivered meanwhile.
func (s *Store) Resend(ctx context.Context, d civic.Delivery, ev civic.Event, job civic.Job) error {
	return s.inTenant(d.Tenant).write(ctx, "resend", func(ctx context.Context, t *tx) error {
		n, err := t.ResendDelivery(ctx, db.ResendDeliveryParams{Connector: d.Connector, Target: d.Target, ID: d.ID, Tenant: d.Tenant})
		if err != nil {
			return err
		}
		if n == 0 {
			if _, err := t.Delivery(ctx, db.DeliveryParams{ID: d.ID, Tenant: d.Tenant}); err != nil {
				return err
			}
			return civic.Errorf(civic.Conflict, "error.delivery.delivered")
		}
		if err := s.record(ctx, t, about{tenant: d.Tenant, caseID: ev.Case}, ev); err != nil {
			return err
		}
		return s.enqueue(ctx, t, []civic.Job{job})
	})
}
