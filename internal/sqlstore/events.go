package sqlstore

import (
	"context"

	"github.com/google/uuid"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// about is what events of one transaction belong to: a case and its dossier, or the tenant as a whole.
type about struct{ tenant, caseID, dossier string }

// record appends events. Those without an id get one.
func (s *Store) record(ctx context.Context, t *tx, a about, events ...civic.Event) error {
	rows, err := s.eventRows(a, events)
	if err == nil {
		_, err = rows.exec(ctx, t.sql)
	}
	return err
}

func (s *Store) eventRows(a about, events []civic.Event) (insert, error) {
	data := make([]string, len(events))
	for i, e := range events {
		d, err := toJSON(e.Data)
		if err != nil {
			return insert{}, err
		}
		data[i] = d
	}
	return insert{
		into:   "INSERT INTO events (tenant, case_id, dossier, id, actor, kind, data, at) VALUES ",
		shared: []any{a.tenant, a.caseID, a.dossier},
		rows:   len(events),
		row: func(i int) []any {
			e := events[i]
			id, at := e.ID, micros(e.At)
			if id == "" {
				id = newID()
			}
			if at == 0 {
				at = s.micros()
			}
			return []any{id, e.Actor, e.Kind, data[i], at}
		},
	}, nil
}

// TenantEvents lists a tenant's events, newest first, at most limit, older than the event id before ("" from the newest).
func (s *Store) TenantEvents(ctx context.Context, tenant, before string, limit int) (events []civic.Event, err error) {
	if before == "" {
		before = "~" // sorts after all ids
	}
	err = s.inTenant(tenant).read(ctx, "events", func(ctx context.Context, t *tx) error {
		rows, err := t.TenantEvents(ctx, db.TenantEventsParams{Tenant: tenant, Before: before, Most: int32(clamp(limit))})
		if err != nil {
			return err
		}
		events, err = eachErr(rows, toEvent)
		return err
	})
	return events, err
}

// newID makes a UUIDv7: ids grow with time, so that new rows lie side by side.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// enqueue hands jobs to the queue in this transaction.
func (s *Store) enqueue(ctx context.Context, t *tx, jobs []civic.Job) error {
	if len(jobs) == 0 {
		return nil
	}
	return s.Enqueue(ctx, t.whole, jobs)
}
