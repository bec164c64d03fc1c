package sqlstore

import (
	"context"
	"strings"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// Change applies a step that the authority took. Conflict when the case has moved on since it was read.
func (s *Store) Change(ctx context.Context, tenant string, ch civic.CaseChange) error {
	terms, err := s.blindTerms(ctx, tenant, ch.Terms)
	if err != nil {
		return wrap("change", err)
	}
	untag, err := s.blindTerms(ctx, tenant, ch.Untag)
	if err != nil {
		return wrap("change", err)
	}
	return s.inTenant(tenant).write(ctx, "change", func(ctx context.Context, t *tx) error { return s.change(ctx, t, ch, terms, untag) })
}

// ChangeMine applies a step that the citizen took.
func (s *Store) ChangeMine(ctx context.Context, who civic.Subject, ch civic.CaseChange) error {
	terms, err := s.blindTerms(ctx, ch.Case.Tenant, ch.Terms)
	if err != nil {
		return wrap("change mine", err)
	}
	return s.asSubject(who, named(ch.Case.Dossier)).write(ctx, "change mine", func(ctx context.Context, t *tx) error {
		return s.change(ctx, t, ch, terms, nil)
	})
}

// change stores a step in the scope's tenant. What came with the step belongs to its case, whatever it says of itself.
func (s *Store) change(ctx context.Context, t *tx, ch civic.CaseChange, terms, untag [][]byte) error {
	c := ch.Case
	n, err := t.UpdateCase(ctx, db.UpdateCaseParams{State: string(c.State), Revision: max(c.Revision, ch.Was+1), Assignee: c.Assignee,
		AssigneeName: c.AssigneeName, Deadline: deadlineMicros(c.Deadline), Changed: micros(c.Changed), Unread: c.Unread, ForwardedTo: c.ForwardedTo,
		Columns: full(c.Columns), Grp: c.Group, Labels: strings.Join(c.Labels, ","), Paused: micros(c.Paused), Fiction: micros(c.Fiction),
		Escalated: micros(c.Escalated), Hold: string(c.Hold), Held: micros(c.Held), ID: c.ID, Tenant: t.tenant, Dossier: c.Dossier, Was: ch.Was})
	if err != nil {
		return err
	}
	if n == 0 {
		known, err := t.CaseExists(ctx, db.CaseExistsParams{ID: c.ID, Tenant: t.tenant, Dossier: c.Dossier})
		if err != nil || known == 0 {
			return one(known, err)
		}
		return civic.Errorf(civic.Conflict, "error.case.changed")
	}
	if err := doneItem(ctx, t, ch.Item); err != nil {
		return err
	}
	if err := changeTalk(ctx, t, ch); err != nil {
		return err
	}
	if err := putAttachments(ctx, t, c.Dossier, ch.Attachments); err != nil {
		return err
	}
	if ch.Submission != nil {
		if err := insertSubmission(ctx, t, *ch.Submission, c.ID, c.Dossier); err != nil {
			return err
		}
	}
	if ch.Payment != nil {
		if err := putPayment(ctx, t, *ch.Payment, c.ID, c.Dossier); err != nil {
			return err
		}
	}
	if err := s.record(ctx, t, about{t.tenant, c.ID, c.Dossier}, ch.Events...); err != nil {
		return err
	}
	if ch.Link != nil {
		if err := s.link(ctx, t, *ch.Link, ch.Beside); err != nil {
			return err
		}
	}
	if err := removeTerms(ctx, t, c, untag); err != nil {
		return err
	}
	if err := insertTerms(ctx, t, c, terms); err != nil {
		return err
	}
	return s.enqueue(ctx, t, ch.Jobs)
}

// changeTalk stores what was said with a step.
func changeTalk(ctx context.Context, t *tx, ch civic.CaseChange) error {
	id, dossier := ch.Case.ID, ch.Case.Dossier
	if m := ch.Message; m != nil {
		said := *m
		said.Case, said.Dossier = id, dossier
		if err := insertMessage(ctx, t, said); err != nil {
			return err
		}
	}
	if r := ch.Request; r != nil {
		pointers, err := toJSON(r.Pointers)
		if err != nil {
			return err
		}
		if err := t.UpsertRequest(ctx, db.UpsertRequestParams{ID: r.ID, CaseID: id, Tenant: t.tenant, Dossier: dossier, Pointers: pointers,
			Due: micros(r.Due), Created: micros(r.Created), Answered: micros(r.Answered), Recalled: micros(r.Recalled), Submission: r.Submission,
			Body: full(r.Text), Comments: full(r.Comments), Remind: micros(r.Remind)}); err != nil {
			return err
		}
	}
	if n := ch.Note; n != nil {
		if err := t.InsertNote(ctx, db.InsertNoteParams{ID: n.ID, CaseID: id, Tenant: t.tenant, Dossier: dossier, Author: n.Author,
			AuthorName: n.AuthorName, Created: micros(n.Created), Body: full(n.Body)}); err != nil {
			return err
		}
	}
	if err := changeOpinion(ctx, t, ch); err != nil {
		return err
	}
	if r := ch.Resubmission; r != nil {
		if err := changeResubmission(ctx, t, *r, id, dossier); err != nil {
			return err
		}
	}
	if err := callColleagues(ctx, t, ch); err != nil {
		return err
	}
	if err := insertMentions(ctx, t, id, ch.Mentions); err != nil {
		return err
	}
	if d := ch.Decision; d != nil {
		return t.InsertDecision(ctx, db.InsertDecisionParams{ID: d.ID, CaseID: id, Tenant: t.tenant, Dossier: dossier, Outcome: string(d.Outcome),
			Author: d.Author, AuthorName: d.AuthorName, Created: micros(d.Created), Deemed: micros(d.Deemed), Letter: full(d.Letter),
			Approver: d.Approver, ApproverName: d.ApproverName, Digest: full(d.Digest), SealKind: d.Seal.Kind, Seal: full(d.Seal.Bytes)})
	}
	return nil
}

// Forward closes the case here and opens one at the responsible authority, in one transaction over both tenants.
func (s *Store) Forward(ctx context.Context, tenant string, f civic.Forwarding) error {
	closing, err := s.blindTerms(ctx, tenant, f.Closed.Terms)
	if err != nil {
		return wrap("forward", err)
	}
	opening, err := s.blindTerms(ctx, f.Case.Tenant, f.Terms)
	if err != nil {
		return wrap("forward", err)
	}
	twin, err := s.twinOf(ctx, f.Case.Tenant, f.Terms)
	if err != nil {
		return wrap("forward", err)
	}
	if tenant == "" || f.Case.Tenant == "" {
		return errNotFound()
	}
	return s.inTenant(tenant).write(ctx, "forward", func(ctx context.Context, t *tx) error {
		if err := s.change(ctx, t, f.Closed, closing, nil); err != nil {
			return err
		}
		there := *t
		return s.inTenant(f.Case.Tenant).run(ctx, &there, func(ctx context.Context, t *tx) error { return s.reopen(ctx, t, f, opening, twin) })
	})
}

func insertMessage(ctx context.Context, t *tx, m civic.Message) error {
	return t.InsertMessage(ctx, db.InsertMessageParams{ID: m.ID, CaseID: m.Case, Tenant: t.tenant, Dossier: m.Dossier, FromOffice: m.FromOffice,
		Author: m.Author, AuthorName: m.AuthorName, Created: micros(m.Created), Body: full(m.Body)})
}

// reopen stores the forwarded case at the responsible authority.
func (s *Store) reopen(ctx context.Context, t *tx, f civic.Forwarding, terms [][]byte, twin string) error {
	dossier := f.Dossier
	dossier.Tenant = t.tenant
	if err := insertDossier(ctx, t, dossier); err != nil {
		return err
	}
	version := ""
	if len(f.Submissions) > 0 {
		version = f.Submissions[0].Version
	}
	if err := insertCase(ctx, t, f.Case, dossier.ID, version, twin); err != nil {
		return err
	}
	if err := insertSubmissions(ctx, t, f.Submissions, f.Case.ID, dossier.ID); err != nil {
		return err
	}
	if err := putAttachments(ctx, t, dossier.ID, f.Attachments); err != nil {
		return err
	}
	for _, m := range f.Messages {
		m.Case, m.Dossier = f.Case.ID, dossier.ID
		if err := insertMessage(ctx, t, m); err != nil {
			return err
		}
	}
	if err := s.record(ctx, t, about{t.tenant, f.Case.ID, dossier.ID}, f.Events...); err != nil {
		return err
	}
	if err := insertTerms(ctx, t, f.Case, terms); err != nil {
		return err
	}
	return s.enqueue(ctx, t, f.Jobs)
}

func insertSubmissions(ctx context.Context, t *tx, list []civic.Submission, caseID, dossier string) error {
	_, err := insert{
		into: `INSERT INTO submissions (tenant, case_id, dossier, id, version, overlay, overlay_tenant, kind, request, digest, receipt, file_number, level, created,
			answers, reach) VALUES `,
		shared: []any{t.tenant, caseID, dossier},
		rows:   len(list),
		row: func(i int) []any {
			s := list[i]
			return []any{s.ID, s.Version, s.Overlay, s.OverlayTenant, string(s.Kind), s.Request, full(s.Digest), full(s.Receipt), s.FileNumber, string(s.Level),
				micros(s.Created), full(s.Answers), full(s.Reach)}
		},
	}.exec(ctx, t.sql)
	return err
}
