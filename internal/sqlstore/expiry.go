package sqlstore

import (
	"context"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

const sweeping = "sweeping"

// DraftsExpiring lists unsent drafts that expire before t and were not warned yet, the soonest first, at most limit.
func (s *Store) DraftsExpiring(ctx context.Context, before time.Time, limit int) (list []civic.Draft, err error) {
	err = s.asSystem(sweeping).read(ctx, "drafts expiring", func(ctx context.Context, t *tx) error {
		rows, err := t.DraftsExpiring(ctx, db.DraftsExpiringParams{Before: micros(before), Most: int32(clamp(limit))})
		if err != nil {
			return err
		}
		list, err = eachErr(rows, func(r db.DraftsExpiringRow) (civic.Draft, error) { return toDraft(r.Draft, r.Dossier) })
		return err
	})
	return list, err
}

// MarkWarned remembers that the draft's owner was told that it is deleted at d.Expires; the next save forgets it. NotFound
// when the draft was saved, sent or deleted since d was read.
func (s *Store) MarkWarned(ctx context.Context, d civic.Draft) error {
	return s.inTenant(d.Tenant).write(ctx, "mark warned", func(ctx context.Context, t *tx) error {
		return one(t.MarkWarned(ctx, db.MarkWarnedParams{Expires: micros(d.Expires), Dossier: d.ID, Tenant: t.tenant, Revision: d.Revision}))
	})
}

// ExpiredDrafts lists unsent drafts that have expired at t and whose owners were warned, the oldest first, at most limit;
// those whose owners could not be warned when they expired before unwarned.
func (s *Store) ExpiredDrafts(ctx context.Context, at, unwarned time.Time, limit int) (list []civic.Draft, err error) {
	err = s.asSystem(sweeping).read(ctx, "expired drafts", func(ctx context.Context, t *tx) error {
		rows, err := t.ExpiredDrafts(ctx, db.ExpiredDraftsParams{At: micros(at), Unwarned: micros(unwarned), Most: int32(clamp(limit))})
		if err != nil {
			return err
		}
		list, err = eachErr(rows, func(r db.ExpiredDraftsRow) (civic.Draft, error) { return toDraft(r.Draft, r.Dossier) })
		return err
	})
	return list, err
}

// DeleteDossier deletes an unsent dossier with its rows and key and returns its blob keys.
func (s *Store) DeleteDossier(ctx context.Context, tenant, dossier string) (blobs []string, err error) {
	err = s.inTenant(tenant).write(ctx, "delete dossier", func(ctx context.Context, t *tx) (err error) {
		blobs, err = deleteUnsent(ctx, t, dossier)
		return err
	})
	return blobs, err
}

// UnknownBlobs returns those of the keys that no attachment row refers to.
func (s *Store) UnknownBlobs(ctx context.Context, keys []string) (unknown []string, err error) {
	err = s.asSystem(sweeping).read(ctx, "unknown blobs", func(ctx context.Context, t *tx) error {
		known := make(map[string]bool, len(keys))
		for rest := keys; len(rest) > 0; {
			some := rest[:min(len(rest), maxParams)]
			rest = rest[len(some):]
			var q sqlText
			q.add("SELECT blob_key FROM attachments WHERE blob_key IN ", q.in(some))
			found, err := texts(ctx, t, q)
			if err != nil {
				return err
			}
			for _, k := range found {
				known[k] = true
			}
		}
		unknown = nil
		for _, k := range keys {
			if !known[k] {
				unknown = append(unknown, k)
			}
		}
		return nil
	})
	return unknown, err
}

// DeleteSessionsBefore deletes the sessions that expired before t and returns how many.
func (s *Store) DeleteSessionsBefore(ctx context.Context, before time.Time) (n int, err error) {
	err = s.asSystem(sweeping).write(ctx, "delete old sessions", func(ctx context.Context, t *tx) error {
		rows, err := t.DeleteSessionsBefore(ctx, micros(before))
		n = int(rows)
		return err
	})
	return n, err
}

// AttachmentByID returns an attachment of the tenant with its dossier.
func (s *Store) AttachmentByID(ctx context.Context, tenant, id string) (a civic.Attachment, d civic.Dossier, err error) {
	err = s.inTenant(tenant).read(ctx, "attachment by id", func(ctx context.Context, t *tx) error {
		r, err := t.AttachmentWithDossier(ctx, db.AttachmentWithDossierParams{ID: id, Tenant: tenant})
		if err != nil {
			return err
		}
		a = toAttachment(r.Attachment)
		d, err = toDossier(r.Dossier)
		return err
	})
	return a, d, err
}

// SetVerdict stores what the scanner said of an attachment.
func (s *Store) SetVerdict(ctx context.Context, tenant, id string, v civic.Verdict, ev civic.Event) error {
	return s.inTenant(tenant).write(ctx, "set verdict", func(ctx context.Context, t *tx) error {
		if err := one(t.SetVerdict(ctx, db.SetVerdictParams{Verdict: string(v), ID: id, Tenant: tenant})); err != nil {
			return err
		}
		return s.record(ctx, t, about{tenant: tenant, caseID: ev.Case}, ev)
	})
}
