package sqlstore

import (
	"context"
	"strings"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// Submit stores all of f in one transaction. A draft that was sent before returns its first submission and stores nothing:
// whoever sets the draft's submission first, wins, and the row's lock decides who that is. Conflict when the draft was saved
// since it was read: what was accepted in between must be in what is sent.
func (s *Store) Submit(ctx context.Context, who civic.Subject, f civic.Filing) (first civic.Submission, err error) {
	dossier := f.Draft.ID
	terms, err := s.blindTerms(ctx, f.Draft.Tenant, f.Terms)
	if err != nil {
		return first, wrap("submit", err)
	}
	twin, err := s.twinOf(ctx, f.Draft.Tenant, f.Terms)
	if err != nil {
		return first, wrap("submit", err)
	}
	err = s.asInvited(who, named(dossier), toSend).write(ctx, "submit", func(ctx context.Context, t *tx) error {
		if t.tenant != f.Draft.Tenant {
			return errNotFound()
		}
		n, err := t.MarkSent(ctx, db.MarkSentParams{Submission: f.Submission.ID, Dossier: dossier, Tenant: t.tenant, Revision: f.Draft.Revision})
		if err != nil {
			return err
		}
		if n == 0 {
			first, err = firstSubmission(ctx, t, dossier)
			return err
		}
		first = f.Submission
		events, err := s.eventRows(about{t.tenant, f.Case.ID, dossier}, f.Events)
		if err != nil {
			return err
		}
		steps := []work{
			func(ctx context.Context, u *tx) error {
				return insertCase(ctx, u, f.Case, dossier, f.Submission.Version, twin)
			},
			func(ctx context.Context, u *tx) error {
				return insertSubmission(ctx, u, f.Submission, f.Case.ID, dossier)
			},
		}
		if f.Payment != nil {
			steps = append(steps, func(ctx context.Context, u *tx) error { return putPayment(ctx, u, *f.Payment, f.Case.ID, dossier) })
		}
		if f.Invitation != nil {
			steps = append(steps, func(ctx context.Context, u *tx) error {
				return insertInvitation(ctx, u, t.tenant, dossier, *f.Invitation)
			})
		}
		index := termRows(t.tenant, f.Case, terms)
		index.end = "" // the case is new: looking for terms that it has already would cost a third
		steps = append(append(steps, events.steps()...), index.steps()...)
		if err := t.together(ctx, steps...); err != nil {
			return err
		}
		return s.enqueue(ctx, t, f.Jobs)
	})
	return first, err
}

func firstSubmission(ctx context.Context, t *tx, dossier string) (civic.Submission, error) {
	id, err := t.DraftSubmission(ctx, db.DraftSubmissionParams{Dossier: dossier, Tenant: t.tenant})
	if err != nil {
		return civic.Submission{}, err
	}
	if id == "" {
		return civic.Submission{}, civic.Errorf(civic.Conflict, "error.draft.changed")
	}
	r, err := t.Submission(ctx, db.SubmissionParams{ID: id, Tenant: t.tenant, Dossier: dossier})
	return toSubmission(r), err
}

func insertCase(ctx context.Context, t *tx, c civic.Case, dossier, version, twin string) error {
	return t.InsertCase(ctx, db.InsertCaseParams{ID: c.ID, Tenant: t.tenant, Dossier: dossier, Service: c.Service, Version: version, FileNumber: c.FileNumber,
		State: string(c.State), Revision: c.Revision, Assignee: c.Assignee, AssigneeName: c.AssigneeName, Received: micros(c.Received),
		Deadline: deadlineMicros(c.Deadline), Changed: micros(c.Changed), Unread: c.Unread, ForwardedTo: c.ForwardedTo, Columns: full(c.Columns),
		Grp: c.Group, Labels: strings.Join(c.Labels, ","), Paused: micros(c.Paused), Fiction: micros(c.Fiction), Escalated: micros(c.Escalated), Twin: twin})
}

func insertSubmission(ctx context.Context, t *tx, s civic.Submission, caseID, dossier string) error {
	return t.InsertSubmission(ctx, db.InsertSubmissionParams{ID: s.ID, Dossier: dossier, Tenant: t.tenant, CaseID: caseID, Version: s.Version,
		Overlay: s.Overlay, OverlayTenant: s.OverlayTenant, Kind: string(s.Kind), Request: s.Request, Digest: full(s.Digest), Receipt: full(s.Receipt), FileNumber: s.FileNumber,
		Level: string(s.Level), Created: micros(s.Created), Answers: full(s.Answers), Reach: full(s.Reach)})
}

// putPayment stores a new payment, or what became of one.
func putPayment(ctx context.Context, t *tx, p civic.Payment, caseID, dossier string) error {
	items, err := toJSON(p.Items)
	if err != nil {
		return err
	}
	return t.UpsertPayment(ctx, db.UpsertPaymentParams{ID: p.ID, CaseID: caseID, Tenant: t.tenant, Dossier: dossier, Cents: p.Cents, Items: items,
		Method: p.Method, Created: micros(p.Created), Paid: micros(p.Paid), Waived: micros(p.Waived), Failed: micros(p.Failed), BookedBy: p.BookedBy})
}

// insertTerms stores the blind terms of a case; those that it has already stay once.
func insertTerms(ctx context.Context, t *tx, c civic.Case, terms [][]byte) error {
	_, err := termRows(t.tenant, c, terms).exec(ctx, t.sql)
	return err
}

// removeTerms takes terms from a case.
func removeTerms(ctx context.Context, t *tx, c civic.Case, terms [][]byte) error {
	if len(terms) == 0 {
		return nil
	}
	var q sqlText
	q.add("DELETE FROM case_terms WHERE tenant = ", q.arg(t.tenant), " AND received = ", q.arg(micros(c.Received)), " AND case_id = ", q.arg(c.ID), " AND term IN ", q.blobs(terms))
	_, err := t.sql.ExecContext(ctx, q.String(), q.args...)
	return err
}

func termRows(tenant string, c civic.Case, terms [][]byte) insert {
	return insert{
		into:   "INSERT INTO case_terms (tenant, received, case_id, term) VALUES ",
		end:    "ON CONFLICT DO NOTHING",
		shared: []any{tenant, micros(c.Received), c.ID},
		rows:   len(terms),
		row:    func(i int) []any { return []any{terms[i]} },
	}
}
