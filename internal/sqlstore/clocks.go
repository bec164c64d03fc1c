package sqlstore

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

func changeResubmission(ctx context.Context, t *tx, r civic.Resubmission, caseID, dossier string) error {
	if !r.Done.IsZero() {
		n, err := t.DoneResubmission(ctx, db.DoneResubmissionParams{Done: micros(r.Done), ID: r.ID, CaseID: caseID, Tenant: t.tenant})
		return one(n, err)
	}
	return t.InsertResubmission(ctx, db.InsertResubmissionParams{ID: r.ID, CaseID: caseID, Tenant: t.tenant, Dossier: dossier, Staff: r.Staff,
		StaffName: r.StaffName, Due: micros(r.Due), Created: micros(r.Created), Body: full(r.Why)})
}

func toResubmission(r db.ResubmissionsOfRow) civic.Resubmission {
	return civic.Resubmission{ID: r.ID, Case: r.CaseID, Tenant: r.Tenant, Dossier: r.Dossier, Staff: r.Staff, StaffName: r.StaffName, Due: fromMicros(r.Due),
		Created: fromMicros(r.Created), Done: fromMicros(r.Done), Why: none(r.Body), FileNumber: r.FileNumber, Service: r.Service, Key: none(r.Key)}
}

// ResubmissionsOf lists a case's open ones, the next first.
func (s *Store) ResubmissionsOf(ctx context.Context, tenant, id string) (list []civic.Resubmission, err error) {
	err = s.inTenant(tenant).read(ctx, "resubmissions", func(ctx context.Context, t *tx) error {
		rows, err := t.ResubmissionsOf(ctx, db.ResubmissionsOfParams{CaseID: id, Tenant: tenant})
		list = each(rows, toResubmission)
		return err
	})
	return list, err
}

// Resubmissions lists a clerk's open ones that are due before t, the next first, at most limit.
func (s *Store) Resubmissions(ctx context.Context, tenant, staff string, before time.Time, limit int) (list []civic.Resubmission, err error) {
	err = s.inTenant(tenant).read(ctx, "resubmissions", func(ctx context.Context, t *tx) error {
		rows, err := t.ResubmissionsBy(ctx, db.ResubmissionsByParams{Tenant: tenant, Staff: staff, Before: micros(before), Most: int32(min(limit, 1000))})
		list = each(rows, func(r db.ResubmissionsByRow) civic.Resubmission { return toResubmission(db.ResubmissionsOfRow(r)) })
		return err
	})
	return list, err
}

// DueResubmissions counts, by clerk, those that are due and were not told of; at most limit clerks of all authorities.
func (s *Store) DueResubmissions(ctx context.Context, now time.Time, limit int) (list []civic.Waiting, err error) {
	err = s.asSystem(sweeping).read(ctx, "due resubmissions", func(ctx context.Context, t *tx) error {
		rows, err := t.DueResubmissions(ctx, db.DueResubmissionsParams{Now: micros(now), Most: int32(min(limit, 1000))})
		list = each(rows, func(r db.DueResubmissionsRow) civic.Waiting {
			return civic.Waiting{Tenant: r.Tenant, Staff: r.Staff, Count: int(r.N)}
		})
		return err
	})
	return list, err
}

// ToldResubmissions remembers that the clerk was told of those that are due now.
func (s *Store) ToldResubmissions(ctx context.Context, tenant, staff string, now time.Time) error {
	return s.inTenant(tenant).write(ctx, "told resubmissions", func(ctx context.Context, t *tx) error {
		return t.ToldResubmissions(ctx, db.ToldResubmissionsParams{Tenant: tenant, Staff: staff, Now: micros(now)})
	})
}

// SaveFeed gives a clerk's calendar the address of that hash, in place of the one before; without a hash it has none.
func (s *Store) SaveFeed(ctx context.Context, tenant, staff string, hash []byte, ev civic.Event) error {
	return s.inTenant(tenant).write(ctx, "save feed", func(ctx context.Context, t *tx) error {
		var err error
		if len(hash) == 0 {
			err = t.DeleteFeed(ctx, db.DeleteFeedParams{Tenant: tenant, Staff: staff})
		} else {
			err = t.UpsertFeed(ctx, db.UpsertFeedParams{Tenant: tenant, Staff: staff, Hash: hex.EncodeToString(hash), Created: micros(ev.At)})
		}
		if err != nil {
			return err
		}
		return s.record(ctx, t, about{tenant: tenant}, ev)
	})
}

// FeedOf tells since when a clerk's calendar has an address; zero: it has none.
func (s *Store) FeedOf(ctx context.Context, tenant, staff string) (since time.Time, err error) {
	err = s.inTenant(tenant).read(ctx, "feed", func(ctx context.Context, t *tx) error {
		created, err := t.FeedOf(ctx, db.FeedOfParams{Tenant: tenant, Staff: staff})
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		since = fromMicros(created)
		return err
	})
	return since, err
}

// Feed finds whose calendar has the address of that hash; NotFound when nobody's.
func (s *Store) Feed(ctx context.Context, hash []byte) (tenant, staff string, err error) {
	err = s.asSystem("a calendar's address").read(ctx, "feed", func(ctx context.Context, t *tx) error {
		r, err := t.FeedByHash(ctx, hex.EncodeToString(hash))
		tenant, staff = r.Tenant, r.Staff
		return err
	})
	return tenant, staff, err
}

// CasesDeemed lists cases of all authorities whose silence means approval by now, as tenant and id; at most limit.
func (s *Store) CasesDeemed(ctx context.Context, now time.Time, limit int) (list [][2]string, err error) {
	err = s.asSystem(sweeping).read(ctx, "cases deemed", func(ctx context.Context, t *tx) error {
		rows, err := t.CasesDeemed(ctx, db.CasesDeemedParams{Now: micros(now), Most: int32(min(limit, 1000))})
		list = each(rows, func(r db.CasesDeemedRow) [2]string { return [2]string{r.Tenant, r.ID} })
		return err
	})
	return list, err
}

// CasesLate lists the tenant's cases whose deadline passed before t and of which nobody who leads was told; at most limit ids.
func (s *Store) CasesLate(ctx context.Context, tenant string, before time.Time, limit int) (list []string, err error) {
	err = s.inTenant(tenant).read(ctx, "cases late", func(ctx context.Context, t *tx) error {
		list, err = t.CasesLate(ctx, db.CasesLateParams{Tenant: tenant, Before: micros(before), Most: int32(min(limit, 1000))})
		return err
	})
	return list, err
}

// LastEvent is the id of the tenant's newest event, "" without any.
func (s *Store) LastEvent(ctx context.Context, tenant string) (id string, err error) {
	err = s.inTenant(tenant).read(ctx, "last event", func(ctx context.Context, t *tx) error {
		id, err = t.LastEvent(ctx, tenant)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return id, err
}

// EachCase hands over all cases of the tenant, one by one, as figures are counted from them.
func (s *Store) EachCase(ctx context.Context, tenant string, add func(civic.CaseFigure)) error {
	return s.inTenant(tenant).read(ctx, "each case", func(ctx context.Context, t *tx) error {
		var q sqlText
		q.add(`SELECT c.service, c.grp, c.state, c.received, c.deadline, c.paused,
			COALESCE((SELECT MAX(d.created) FROM decisions d WHERE d.case_id = c.id AND d.tenant = c.tenant), 0)
			FROM cases c WHERE c.tenant = `, q.arg(tenant))
		rows, err := t.sql.QueryContext(ctx, q.String(), q.args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var f civic.CaseFigure
			var received, deadline, paused, decided int64
			var state string
			if err := rows.Scan(&f.Service, &f.Group, &state, &received, &deadline, &paused, &decided); err != nil {
				return err
			}
			f.State, f.Received, f.Deadline, f.Decided = civic.CaseState(state), fromMicros(received), fromDeadline(deadline), fromMicros(decided)
			f.Paused = paused > 0
			add(f)
		}
		return rows.Err()
	})
}

// Figures returns what was counted last: at which event and when it was mailed; a zero At when nothing was.
func (s *Store) Figures(ctx context.Context, tenant string) (f civic.Figures, event string, mailed time.Time, err error) {
	err = s.inTenant(tenant).read(ctx, "figures", func(ctx context.Context, t *tx) error {
		r, err := t.FiguresOf(ctx, tenant)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		event, mailed = r.Event, fromMicros(r.Mailed)
		return fromJSON(r.Body, &f)
	})
	return f, event, mailed, err
}

// SaveFigures replaces what was counted before.
func (s *Store) SaveFigures(ctx context.Context, tenant, event string, f civic.Figures) error {
	body, err := json.Marshal(f)
	if err != nil {
		return wrap("save figures", err)
	}
	return s.inTenant(tenant).write(ctx, "save figures", func(ctx context.Context, t *tx) error {
		return t.UpsertFigures(ctx, db.UpsertFiguresParams{Tenant: tenant, At: micros(f.At), Event: event, Body: string(body)})
	})
}

// FiguresMailed remembers when the figures were mailed.
func (s *Store) FiguresMailed(ctx context.Context, tenant string, at time.Time) error {
	return s.inTenant(tenant).write(ctx, "figures mailed", func(ctx context.Context, t *tx) error {
		return t.FiguresMailed(ctx, db.FiguresMailedParams{Mailed: micros(at), Tenant: tenant})
	})
}
