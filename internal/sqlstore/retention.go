package sqlstore

import (
	"context"
	"slices"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// Retentions lists how long the tenant keeps the cases of services for which it has said so itself.
func (s *Store) Retentions(ctx context.Context, tenant string) (list []civic.Retention, err error) {
	err = s.inTenant(tenant).read(ctx, "retentions", func(ctx context.Context, t *tx) error {
		rows, err := t.Queries.Retentions(ctx, tenant)
		list = each(rows, func(r db.Retention) civic.Retention {
			return civic.Retention{Tenant: r.Tenant, Service: r.Service, Decided: int(r.Decided), Withdrawn: int(r.Withdrawn), Relocation: int(r.Relocation)}
		})
		return err
	})
	return list, err
}

// SaveRetentions stores how long cases of the services are kept; those whose erasure was planned are planned anew.
func (s *Store) SaveRetentions(ctx context.Context, tenant string, list []civic.Retention, ev civic.Event) error {
	return s.inTenant(tenant).write(ctx, "save retentions", func(ctx context.Context, t *tx) error {
		for _, r := range list {
			if err := t.UpsertRetention(ctx, db.UpsertRetentionParams{Tenant: tenant, Service: r.Service, Decided: int64(r.Decided),
				Withdrawn: int64(r.Withdrawn), Relocation: int64(r.Relocation)}); err != nil {
				return err
			}
			if err := t.ReplanCases(ctx, db.ReplanCasesParams{Tenant: tenant, Service: r.Service}); err != nil {
				return err
			}
		}
		return s.record(ctx, t, about{tenant: tenant}, ev)
	})
}

func toRetained(r db.CasesToEraseRow) civic.Retained {
	return civic.Retained{Tenant: r.Tenant, Case: r.ID, Dossier: r.Dossier, Service: r.Service, Version: r.Version, State: civic.CaseState(r.State),
		Revision: r.Revision, Changed: fromMicros(r.Changed), Erase: fromMicros(r.Erase), Told: fromMicros(r.EraseTold)}
}

// CasesUnplanned lists cases of all authorities whose work has ended and of which nobody has said when to erase them, by id, after
// the one given, at most limit.
func (s *Store) CasesUnplanned(ctx context.Context, after string, limit int) (list []civic.Retained, err error) {
	err = s.asSystem(sweeping).read(ctx, "cases unplanned", func(ctx context.Context, t *tx) error {
		rows, err := t.Queries.CasesUnplanned(ctx, db.CasesUnplannedParams{After: after, Most: int32(clamp(limit))})
		list = each(rows, func(r db.CasesUnplannedRow) civic.Retained { return toRetained(db.CasesToEraseRow(r)) })
		return err
	})
	return list, err
}

// PlanErasures stores when the tenant's cases are to be erased; those that have changed since they were read are left alone.
func (s *Store) PlanErasures(ctx context.Context, tenant string, list []civic.Retained) error {
	return s.inTenant(tenant).write(ctx, "plan erasures", func(ctx context.Context, t *tx) error {
		for _, r := range list {
			if err := t.PlanErasure(ctx, db.PlanErasureParams{Erase: micros(r.Erase), ID: r.Case, Tenant: tenant, Revision: r.Revision}); err != nil {
				return err
			}
		}
		return nil
	})
}

// CasesToTell lists cases that are to be erased before t and whose applicants were not told, at most limit.
func (s *Store) CasesToTell(ctx context.Context, before time.Time, limit int) (list []civic.Retained, err error) {
	err = s.asSystem(sweeping).read(ctx, "cases to tell", func(ctx context.Context, t *tx) error {
		rows, err := t.Queries.CasesToTell(ctx, db.CasesToTellParams{Before: micros(before), Most: int32(clamp(limit))})
		list = each(rows, func(r db.CasesToTellRow) civic.Retained { return toRetained(db.CasesToEraseRow(r)) })
		return err
	})
	return list, err
}

// ErasureTold stores that a case's applicant was told that it is erased at r.Erase, with the message that says so, if any; NotFound
// when the case has changed, was held or is gone.
func (s *Store) ErasureTold(ctx context.Context, r civic.Retained, said *civic.Message, ev civic.Event, jobs ...civic.Job) error {
	return s.inTenant(r.Tenant).write(ctx, "erasure told", func(ctx context.Context, t *tx) error {
		err := one(t.Queries.ErasureTold(ctx, db.ErasureToldParams{Erase: micros(r.Erase), Told: micros(r.Told), ID: r.Case, Tenant: r.Tenant, Revision: r.Revision}))
		if err != nil {
			return err
		}
		if said != nil {
			if err := insertMessage(ctx, t, *said); err != nil {
				return err
			}
		}
		if err := s.record(ctx, t, about{r.Tenant, r.Case, r.Dossier}, ev); err != nil {
			return err
		}
		return s.enqueue(ctx, t, jobs)
	})
}

// CasesToErase lists cases whose time is over at t and whose applicants were told, at most limit.
func (s *Store) CasesToErase(ctx context.Context, at time.Time, limit int) (list []civic.Retained, err error) {
	err = s.asSystem(sweeping).read(ctx, "cases to erase", func(ctx context.Context, t *tx) error {
		rows, err := t.Queries.CasesToErase(ctx, db.CasesToEraseParams{At: micros(at), Most: int32(clamp(limit))})
		list = each(rows, toRetained)
		return err
	})
	return list, err
}

// erased are the statements that delete what hangs on a case, which is $1, in the tenant $2; those of the dossier follow its row.
var erased = []string{
	"DELETE FROM case_links WHERE case_id = $1 AND tenant = $2",
	"DELETE FROM case_links WHERE other = $1 AND tenant = $2",
	"DELETE FROM mentions WHERE case_id = $1 AND tenant = $2",
	"DELETE FROM tasks WHERE case_id = $1 AND tenant = $2",
	"DELETE FROM annotations WHERE case_id = $1 AND tenant = $2",
	"DELETE FROM letter_drafts WHERE case_id = $1 AND tenant = $2",
	"DELETE FROM proposals WHERE case_id = $1 AND tenant = $2",
	"DELETE FROM opinions WHERE case_id = $1 AND tenant = $2",
	"DELETE FROM resubmissions WHERE case_id = $1 AND tenant = $2",
	"DELETE FROM bulk_items WHERE case_id = $1 AND tenant = $2",
	"DELETE FROM deliveries WHERE case_id = $1 AND tenant = $2",
	"DELETE FROM payments WHERE case_id = $1 AND tenant = $2",
	"DELETE FROM decisions WHERE case_id = $1 AND tenant = $2",
	"DELETE FROM notes WHERE case_id = $1 AND tenant = $2",
	"DELETE FROM requests WHERE case_id = $1 AND tenant = $2",
	"DELETE FROM messages WHERE case_id = $1 AND tenant = $2",
	"DELETE FROM submissions WHERE case_id = $1 AND tenant = $2",
}

// EraseCase deletes a case that is due at t, with its dossier's key and everything that hangs on either, and returns its blob keys.
// What stays are events: who did what and when, without content. Conflict when it has changed or was held since it was read.
func (s *Store) EraseCase(ctx context.Context, r civic.Retained, at time.Time, ev civic.Event) (blobs []string, err error) {
	terms, err := s.blindOf(ctx, r)
	if err != nil {
		return nil, err
	}
	err = s.inTenant(r.Tenant).write(ctx, "erase case", func(ctx context.Context, t *tx) error {
		for _, text := range erased {
			if _, err := t.sql.ExecContext(ctx, text, r.Case, r.Tenant); err != nil {
				return err
			}
		}
		for some := range slices.Chunk(terms.blind, maxParams) {
			if err := removeTerms(ctx, t, civic.Case{ID: r.Case, Received: terms.received}, some); err != nil {
				return err
			}
		}
		n, err := t.DeleteCase(ctx, db.DeleteCaseParams{ID: r.Case, Tenant: r.Tenant, Revision: r.Revision, At: micros(at)})
		if err != nil {
			return err
		}
		if n == 0 {
			return civic.Errorf(civic.Conflict, "error.case.changed") // and nothing of the above happened
		}
		if blobs, err = t.DeleteAttachmentsOf(ctx, db.DeleteAttachmentsOfParams{Dossier: r.Dossier, Tenant: r.Tenant}); err != nil {
			return err
		}
		if err := t.DeleteDossier(ctx, db.DeleteDossierParams{Dossier: r.Dossier, Tenant: r.Tenant}); err != nil {
			return err
		}
		return s.record(ctx, t, about{tenant: r.Tenant, caseID: r.Case}, ev)
	})
	return blobs, err
}

type caseTerms struct {
	received time.Time
	blind    [][]byte
}

// blindOf finds the terms of a case. Their index leads from the term to the case: it is read through beforehand, where nobody waits.
// Nobody adds one unseen: a step that does changes the case's revision.
func (s *Store) blindOf(ctx context.Context, r civic.Retained) (found caseTerms, err error) {
	err = s.inTenant(r.Tenant).read(ctx, "terms of a case", func(ctx context.Context, t *tx) error {
		found = caseTerms{}
		rows, err := t.sql.QueryContext(ctx, "SELECT term, received FROM case_terms WHERE tenant = $1 AND case_id = $2", r.Tenant, r.Case)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var term []byte
			var received int64
			if err := rows.Scan(&term, &received); err != nil {
				return err
			}
			found.blind, found.received = append(found.blind, term), fromMicros(received)
		}
		return rows.Err()
	})
	return found, err
}

// DeleteIdleAccounts deletes accounts that were last used before t and own nothing any more, at most limit; it returns how many.
func (s *Store) DeleteIdleAccounts(ctx context.Context, before time.Time, limit int) (n int, err error) {
	err = s.asSystem(sweeping).write(ctx, "delete idle accounts", func(ctx context.Context, t *tx) error {
		rows, err := t.Queries.DeleteIdleAccounts(ctx, db.DeleteIdleAccountsParams{Before: micros(before), Most: int32(clamp(limit))})
		n = int(rows)
		return err
	})
	return n, err
}
