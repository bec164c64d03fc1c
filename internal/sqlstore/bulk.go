package sqlstore

import (
	"context"
	"errors"
	"strings"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// batchLimit is how many cases a step of a long walk reads.
const batchLimit = 1000

// CaseBatch is Cases for those who walk over all of them: its pages are larger.
func (s *Store) CaseBatch(ctx context.Context, tenant string, f civic.InboxFilter) (civic.InboxPage, error) {
	return s.cases(ctx, tenant, f, batchLimit)
}

// CasesByID returns those of the cases that are the tenant's, in no order, at most batchLimit.
func (s *Store) CasesByID(ctx context.Context, tenant string, ids []string) (list []civic.Case, err error) {
	if ids = ids[:min(len(ids), batchLimit)]; len(ids) == 0 {
		return nil, nil
	}
	err = s.inTenant(tenant).read(ctx, "cases by id", func(ctx context.Context, t *tx) error {
		var q sqlText
		q.add("SELECT ", caseColumns, " FROM cases c JOIN dossiers d ON d.id = c.dossier AND d.tenant = c.tenant WHERE c.tenant = ", q.arg(tenant), " AND c.id IN ", q.in(ids))
		list, err = scanCases(ctx, t, q)
		return err
	})
	return list, err
}

// CreateBulk stores a bulk with its cases; one that undoes another takes over what that has done, and is a Conflict when it was
// undone already.
func (s *Store) CreateBulk(ctx context.Context, tenant string, b civic.Bulk, items []civic.BulkItem, events []civic.Event, jobs ...civic.Job) error {
	return s.inTenant(tenant).write(ctx, "create bulk", func(ctx context.Context, t *tx) error {
		if err := t.InsertBulk(ctx, db.InsertBulkParams{ID: b.ID, Tenant: tenant, Kind: string(b.Kind), Actor: b.Actor, Roles: joined(b.Roles), Undoes: b.Undoes,
			Created: micros(b.Created), Started: micros(b.Started), Params: full(b.Params)}); err != nil {
			return err
		}
		if b.Undoes != "" {
			n, err := t.UndoneBulk(ctx, db.UndoneBulkParams{Undone: b.ID, ID: b.Undoes, Tenant: tenant})
			if err != nil {
				return err
			}
			if n == 0 {
				return civic.Errorf(civic.Conflict, "error.bulk.undone")
			}
			if _, err := t.UndoItems(ctx, db.UndoItemsParams{Bulk: b.ID, Undoes: b.Undoes, Tenant: tenant}); err != nil {
				return err
			}
		}
		if _, err := itemRows(tenant, b.ID, items).exec(ctx, t.sql); err != nil {
			return err
		}
		if err := s.record(ctx, t, about{tenant: tenant}, events...); err != nil {
			return err
		}
		return s.enqueue(ctx, t, jobs)
	})
}

func itemRows(tenant, bulk string, items []civic.BulkItem) insert {
	return insert{
		into:   "INSERT INTO bulk_items (tenant, bulk, state, was, error, args, seq, case_id, revision) VALUES ",
		shared: []any{tenant, bulk, string(civic.ItemOpen), "", "", "{}"},
		rows:   len(items),
		row:    func(i int) []any { return []any{items[i].Seq, items[i].Case, items[i].Revision} },
	}
}

// Bulk returns a bulk with its counts.
func (s *Store) Bulk(ctx context.Context, tenant, id string) (b civic.Bulk, err error) {
	err = s.inTenant(tenant).read(ctx, "bulk", func(ctx context.Context, t *tx) error {
		r, err := t.BulkByID(ctx, db.BulkByIDParams{ID: id, Tenant: tenant})
		if err != nil {
			return err
		}
		counts, err := t.BulkCounts(ctx, db.BulkCountsParams{Bulk: id, Tenant: tenant})
		if err != nil {
			return err
		}
		b = toBulk(r)
		for _, c := range counts {
			switch civic.BulkState(c.State) {
			case civic.ItemOpen:
				b.Counts.Open = int(c.N)
			case civic.ItemDone:
				b.Counts.Done = int(c.N)
			case civic.ItemFailed:
				b.Counts.Failed = int(c.N)
			}
		}
		return nil
	})
	return b, err
}

// Bulks lists the tenant's bulks that were started, newest first, older than the id before ("" from the newest): those of the
// actor, or everybody's ("").
func (s *Store) Bulks(ctx context.Context, tenant, actor, before string, limit int) (list []civic.Bulk, err error) {
	err = s.inTenant(tenant).read(ctx, "bulks", func(ctx context.Context, t *tx) error {
		rows, err := t.BulksOf(ctx, db.BulksOfParams{Tenant: tenant, Actor: actor, Everybody: everybody(actor), Before: orLast(before), Most: int32(clamp(limit))})
		list = each(rows, toBulk)
		return err
	})
	return list, err
}

func everybody(actor string) int64 {
	if actor == "" {
		return 1
	}
	return 0
}

// orLast is what sorts after all ids when none is given.
func orLast(id string) string {
	if id == "" {
		return "~"
	}
	return id
}

// BulkItems lists items of a bulk in one state, in order, after the number given.
func (s *Store) BulkItems(ctx context.Context, tenant, bulk string, state civic.BulkState, after int64, limit int) (list []civic.BulkItem, err error) {
	err = s.inTenant(tenant).read(ctx, "bulk items", func(ctx context.Context, t *tx) error {
		rows, err := t.BulkItems(ctx, db.BulkItemsParams{Bulk: bulk, Tenant: tenant, State: string(state), After: after, Most: int32(clamp(limit))})
		if err != nil {
			return err
		}
		list, err = eachErr(rows, func(r db.BulkItemsRow) (civic.BulkItem, error) {
			i := civic.BulkItem{Bulk: bulk, Case: r.CaseID, Seq: r.Seq, Revision: r.Revision, State: civic.BulkState(r.State), Was: r.Was, Error: r.Error,
				FileNumber: r.FileNumber, Service: r.Service, CaseState: civic.CaseState(r.CaseState)}
			return i, fromJSON(r.Args, &i.Args)
		})
		return err
	})
	return list, err
}

// StartBulk says what is done with the chosen cases; Conflict when that was said already.
func (s *Store) StartBulk(ctx context.Context, tenant string, b civic.Bulk, ev civic.Event, jobs ...civic.Job) error {
	return s.inTenant(tenant).write(ctx, "start bulk", func(ctx context.Context, t *tx) error {
		n, err := t.StartBulk(ctx, db.StartBulkParams{Kind: string(b.Kind), Roles: joined(b.Roles), Params: full(b.Params), Started: micros(b.Started), ID: b.ID, Tenant: tenant})
		if err == nil && n == 0 {
			return civic.Errorf(civic.Conflict, "error.bulk.started")
		}
		if err != nil {
			return err
		}
		if err := s.record(ctx, t, about{tenant: tenant}, ev); err != nil {
			return err
		}
		return s.enqueue(ctx, t, jobs)
	})
}

// errNoTurn tells that a bulk is not where the turn begins.
var errNoTurn = errors.New("no turn")

// TurnBulk cancels a bulk, resumes it with all that failed, or finishes it; false when it is not where that begins.
func (s *Store) TurnBulk(ctx context.Context, tenant, id string, turn civic.BulkTurn, ev civic.Event, jobs ...civic.Job) (bool, error) {
	err := s.inTenant(tenant).write(ctx, "turn bulk", func(ctx context.Context, t *tx) error {
		var n int64
		var err error
		switch turn {
		case civic.BulkCancel:
			n, err = t.CancelBulk(ctx, db.CancelBulkParams{Now: s.micros(), ID: id, Tenant: tenant})
		case civic.BulkFinish:
			n, err = t.FinishBulk(ctx, db.FinishBulkParams{Now: s.micros(), ID: id, Tenant: tenant})
		case civic.BulkResume:
			if n, err = t.ResumeBulk(ctx, db.ResumeBulkParams{ID: id, Tenant: tenant}); err == nil && n == 1 {
				_, err = t.ReopenItems(ctx, db.ReopenItemsParams{Bulk: id, Tenant: tenant})
			}
		}
		if err != nil {
			return err
		}
		if n == 0 {
			return errNoTurn
		}
		if err := s.record(ctx, t, about{tenant: tenant}, ev); err != nil {
			return err
		}
		return s.enqueue(ctx, t, jobs)
	})
	if errors.Is(err, errNoTurn) {
		return false, nil
	}
	return err == nil, err
}

// doneItem marks the item of a step in the step's transaction: NotFound when it was done before, or the bulk was cancelled.
func doneItem(ctx context.Context, t *tx, i *civic.BulkItem) error {
	if i == nil {
		return nil
	}
	n, err := t.DoneItem(ctx, db.DoneItemParams{Was: i.Was, Bulk: i.Bulk, CaseID: i.Case, Tenant: t.tenant})
	if err == nil && n == 0 {
		return civic.Errorf(civic.NotFound, civic.BulkItemGone)
	}
	return err
}

// FinishItem marks an open item that needed no change (done), or in which the step failed; one that is not open stays as it is.
func (s *Store) FinishItem(ctx context.Context, tenant string, i civic.BulkItem) error {
	return s.inTenant(tenant).write(ctx, "finish item", func(ctx context.Context, t *tx) error {
		if i.State == civic.ItemDone {
			_, err := t.DoneItem(ctx, db.DoneItemParams{Bulk: i.Bulk, CaseID: i.Case, Tenant: tenant})
			return err
		}
		args, err := toJSON(i.Args)
		if err == nil {
			_, err = t.FailItem(ctx, db.FailItemParams{Error: i.Error, Args: args, Bulk: i.Bulk, CaseID: i.Case, Tenant: tenant})
		}
		return err
	})
}

// DeleteBulks deletes bulks made before a time, and those never started that were made before unstarted.
func (s *Store) DeleteBulks(ctx context.Context, before, unstarted time.Time) error {
	return s.asSystem(sweeping).write(ctx, "delete bulks", func(ctx context.Context, t *tx) error {
		_, err := t.DeleteBulks(ctx, db.DeleteBulksParams{Before: micros(before), Unstarted: micros(unstarted)})
		return err
	})
}

func toBulk(r db.Bulk) civic.Bulk {
	return civic.Bulk{ID: r.ID, Tenant: r.Tenant, Kind: civic.BulkKind(r.Kind), Actor: r.Actor, Roles: rolesIn(r.Roles), Params: none(r.Params), Undoes: r.Undoes,
		Undone: r.Undone, Created: fromMicros(r.Created), Started: fromMicros(r.Started), Finished: fromMicros(r.Finished), Cancelled: fromMicros(r.Cancelled)}
}

func joined(roles []civic.Role) string {
	return strings.Join(each(roles, func(r civic.Role) string { return string(r) }), ",")
}

func rolesIn(list string) []civic.Role {
	if list == "" {
		return nil
	}
	return each(split(list), func(s string) civic.Role { return civic.Role(s) })
}

// Answers returns the latest submission and the attachments of each of the tenant's cases, at most batchLimit.
func (s *Store) Answers(ctx context.Context, tenant string, cases []string) (files map[string]civic.CaseFile, err error) {
	if cases = cases[:min(len(cases), batchLimit)]; len(cases) == 0 {
		return nil, nil
	}
	err = s.inTenant(tenant).read(ctx, "answers", func(ctx context.Context, t *tx) error {
		files = make(map[string]civic.CaseFile, len(cases))
		var q sqlText
		q.add(`SELECT s.id, s.dossier, s.tenant, s.case_id, s.version, s.overlay, s.overlay_tenant, s.kind, s.created, s.answers FROM submissions s WHERE s.tenant = `,
			q.arg(tenant), ` AND s.case_id IN `, q.in(cases), ` ORDER BY s.case_id, s.created, s.id`)
		if err := scanEach(ctx, t, q, func(scan func(...any) error) error {
			var r db.Submission
			err := scan(&r.ID, &r.Dossier, &r.Tenant, &r.CaseID, &r.Version, &r.Overlay, &r.OverlayTenant, &r.Kind, &r.Created, &r.Answers)
			files[r.CaseID] = civic.CaseFile{Submissions: []civic.Submission{toSubmission(r)}} // the last one stays
			return err
		}); err != nil {
			return err
		}
		var a sqlText
		a.add(`SELECT c.id, a.id, a.message, a.name, a.blob_key, a.bytes, a.media_type, a.verdict, a.from_office FROM cases c JOIN attachments a ON a.dossier = c.dossier AND a.tenant = c.tenant
			WHERE c.tenant = `, a.arg(tenant), ` AND c.id IN `, a.in(cases), ` ORDER BY c.id, a.created, a.id`)
		return scanEach(ctx, t, a, func(scan func(...any) error) error {
			var id string
			var r db.Attachment
			err := scan(&id, &r.ID, &r.Message, &r.Name, &r.BlobKey, &r.Bytes, &r.MediaType, &r.Verdict, &r.FromOffice)
			f := files[id]
			f.Attachments = append(f.Attachments, toAttachment(r))
			files[id] = f
			return err
		})
	})
	return files, err
}

// scanEach hands each row of a query to take.
func scanEach(ctx context.Context, t *tx, q sqlText, take func(scan func(...any) error) error) error {
	rows, err := t.sql.QueryContext(ctx, q.String(), q.args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := take(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
