package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

const sequencing = "the chain of events: one sequencer for all authorities"

// Unlinked lists events of all tenants that are in no chain yet, by id after the one given, at most limit.
func (s *Store) Unlinked(ctx context.Context, after string, limit int) (list []civic.Record, err error) {
	err = s.asSystem(sequencing).read(ctx, "unlinked events", func(ctx context.Context, t *tx) error {
		rows, err := t.UnlinkedEvents(ctx, db.UnlinkedEventsParams{After: after, Most: int32(min(limit, 10_000))})
		list = each(rows, toRecord)
		return err
	})
	return list, err
}

func toRecord(r db.Event) civic.Record {
	return civic.Record{ID: r.ID, Tenant: r.Tenant, Case: r.CaseID, Dossier: r.Dossier, Actor: r.Actor, Kind: r.Kind, Data: r.Data, At: r.At}
}

// NewestLinked is the highest id of an event in any chain, "" before the first.
func (s *Store) NewestLinked(ctx context.Context) (id string, err error) {
	err = s.asSystem(sequencing).read(ctx, "newest linked", func(ctx context.Context, t *tx) error {
		id, err = t.NewestLinked(ctx)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return id, err
}

// LastLink is the end of the tenant's chain, the zero Link before the first.
func (s *Store) LastLink(ctx context.Context, tenant string) (l civic.Link, err error) {
	err = s.inTenant(tenant).read(ctx, "last link", func(ctx context.Context, t *tx) error {
		r, err := t.LastLink(ctx, tenant)
		if errors.Is(err, sql.ErrNoRows) {
			l = civic.Link{}
			return nil
		}
		l = civic.Link{Seq: r.Seq, Event: r.Event, Digest: r.Digest, Hash: r.Hash}
		return err
	})
	return l, err
}

// AppendLinks adds links with their head. Conflict when another sequencer was quicker.
func (s *Store) AppendLinks(ctx context.Context, links []civic.Link, h civic.Head) error {
	err := s.inTenant(h.Tenant).write(ctx, "append links", func(ctx context.Context, t *tx) error {
		_, err := insert{
			into: "INSERT INTO audit_links (tenant, seq, event, digest, hash) VALUES ", shared: []any{h.Tenant}, rows: len(links),
			row: func(i int) []any { return []any{links[i].Seq, links[i].Event, links[i].Digest, links[i].Hash} },
		}.exec(ctx, t.sql)
		if err != nil {
			return err
		}
		return t.InsertHead(ctx, db.InsertHeadParams{Tenant: h.Tenant, Seq: h.Seq, Hash: h.Hash, Signed: micros(h.At), Signature: h.Signature})
	})
	if taken(err) {
		return civic.Errorf(civic.Conflict, "error.case.changed")
	}
	return err
}

// Heads lists the last head of each tenant that was signed before a time; those whose last is older than since are left out.
func (s *Store) Heads(ctx context.Context, since, before time.Time) (list []civic.Head, err error) {
	err = s.asSystem("directory").read(ctx, "heads", func(ctx context.Context, t *tx) error {
		rows, err := t.HeadsBefore(ctx, db.HeadsBeforeParams{Before: micros(before), Since: micros(since)})
		list = each(rows, toHead)
		return err
	})
	return list, err
}

func toHead(r db.AuditHead) civic.Head {
	return civic.Head{Tenant: r.Tenant, Seq: r.Seq, Hash: r.Hash, At: fromMicros(r.Signed), Signature: r.Signature}
}

// AuditedTenants lists the ids of all tenants, and of those that have a chain only.
func (s *Store) AuditedTenants(ctx context.Context) (ids []string, err error) {
	err = s.asSystem(sequencing).read(ctx, "audited tenants", func(ctx context.Context, t *tx) error {
		ids, err = t.AuditedTenants(ctx)
		return err
	})
	return ids, err
}

// auditPage is how many links are read at once.
const auditPage = 1000

// Audit hands the tenant's whole chain to a check, page by page, so that no transaction lasts: what happens meanwhile comes behind.
func (s *Store) Audit(ctx context.Context, check *civic.ChainCheck) error {
	for after, more := int64(0), true; more; {
		err := s.inTenant(check.Tenant).read(ctx, "audit", func(ctx context.Context, t *tx) error {
			page, err := linksAfter(ctx, t, after)
			for _, l := range page {
				check.Add(l.link, l.record, l.head)
				after = l.link.Seq
			}
			more = len(page) == auditPage
			return err
		})
		if err != nil {
			return err
		}
	}
	newest, err := s.NewestLinked(ctx)
	if err != nil {
		return err
	}
	return s.inTenant(check.Tenant).read(ctx, "audit", func(ctx context.Context, t *tx) error {
		heads, err := t.DanglingHeads(ctx, db.DanglingHeadsParams{Tenant: t.tenant, Most: auditPage})
		if err != nil {
			return err
		}
		for _, h := range heads {
			check.Dangling(toHead(h))
		}
		passed, err := t.PassedBy(ctx, db.PassedByParams{Tenant: t.tenant, After: "", Before: civic.IDBefore(newest, civic.AuditLag), Most: auditPage})
		for _, id := range passed {
			check.Unlinked(id)
		}
		return err
	})
}

// audited is a link with its event and the head that was signed there, if there are any.
type audited struct {
	link   civic.Link
	record *civic.Record
	head   *civic.Head
}

func linksAfter(ctx context.Context, t *tx, after int64) (page []audited, err error) {
	var q sqlText
	q.add(`SELECT l.seq, l.event, l.digest, l.hash, COALESCE(e.id, ''), COALESCE(e.case_id, ''), COALESCE(e.dossier, ''), COALESCE(e.actor, ''),
		COALESCE(e.kind, ''), COALESCE(e.data, ''), COALESCE(e.at, 0), COALESCE(h.seq, 0), h.hash, COALESCE(h.signed, 0), h.signature
		FROM audit_links l LEFT JOIN events e ON e.id = l.event AND e.tenant = l.tenant LEFT JOIN audit_heads h ON h.tenant = l.tenant AND h.seq = l.seq
		WHERE l.tenant = `, q.arg(t.tenant), ` AND l.seq > `, q.arg(after), ` ORDER BY l.seq LIMIT `, q.arg(auditPage))
	rows, err := t.sql.QueryContext(ctx, q.String(), q.args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		a := audited{record: &civic.Record{Tenant: t.tenant}, head: &civic.Head{Tenant: t.tenant}}
		r, h, signed := a.record, a.head, int64(0)
		if err := rows.Scan(&a.link.Seq, &a.link.Event, &a.link.Digest, &a.link.Hash, &r.ID, &r.Case, &r.Dossier, &r.Actor, &r.Kind, &r.Data, &r.At,
			&h.Seq, &h.Hash, &signed, &h.Signature); err != nil {
			return nil, err
		}
		h.At = fromMicros(signed)
		if r.ID == "" {
			a.record = nil
		}
		if h.Seq == 0 {
			a.head = nil
		}
		page = append(page, a)
	}
	return page, rows.Err()
}

// EraseEvents deletes the events of a case and puts on record which numbers they had: their digests stay in the chain, which stays
// whole. Conflict while one of them is in no chain yet: the sequencer will take it within seconds.
func (s *Store) EraseEvents(ctx context.Context, tenant, caseID string, ev civic.Event) error {
	return s.inTenant(tenant).write(ctx, "erase events", func(ctx context.Context, t *tx) error {
		waiting, err := t.UnlinkedOfCase(ctx, db.UnlinkedOfCaseParams{Tenant: tenant, CaseID: caseID})
		if err != nil {
			return err
		}
		if waiting > 0 {
			return civic.Errorf(civic.Conflict, "error.case.changed")
		}
		var numbers []int64
		for after := int64(0); ; {
			page, err := t.LinkedEvents(ctx, db.LinkedEventsParams{Tenant: tenant, CaseID: caseID, After: after, Most: auditPage})
			if err != nil {
				return err
			}
			if _, err := (insert{
				into: "INSERT INTO events_erased (tenant, at, event, seq) VALUES ", shared: []any{tenant, s.micros()}, rows: len(page),
				row: func(i int) []any { return []any{page[i].Event, page[i].Seq} },
			}).exec(ctx, t.sql); err != nil {
				return err
			}
			for _, r := range page {
				numbers = append(numbers, r.Seq)
				after = r.Seq
			}
			if len(page) < auditPage {
				break
			}
		}
		if len(numbers) == 0 {
			return errNotFound()
		}
		if _, err := t.DeleteErased(ctx, db.DeleteErasedParams{Tenant: tenant, CaseID: caseID}); err != nil {
			return err
		}
		ev.Kind, ev.Case, ev.Data = civic.KindErased, "", map[string]string{"numbers": civic.Numbers(numbers)}
		return s.record(ctx, t, about{tenant: tenant}, ev)
	})
}
