package sqlstore

import (
	"cmp"
	"context"
	"slices"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// CaseFile returns a case of the tenant with all that belongs to it.
func (s *Store) CaseFile(ctx context.Context, tenant, id string) (f civic.CaseFile, err error) {
	steps := []work{
		func(ctx context.Context, t *tx) error {
			r, err := t.CaseByID(ctx, db.CaseByIDParams{ID: id, Tenant: tenant})
			if err != nil {
				return err
			}
			f.Case = toCase(r.Case, r.Dossier.Key)
			f.Dossier, err = toDossier(r.Dossier)
			return err
		},
		func(ctx context.Context, t *tx) error {
			notes, err := t.NotesOf(ctx, db.NotesOfParams{CaseID: id, Tenant: tenant})
			f.Notes = each(notes, toNote)
			return err
		},
		func(ctx context.Context, t *tx) error {
			deliveries, err := t.DeliveriesOf(ctx, db.DeliveriesOfParams{CaseID: id, Tenant: tenant})
			f.Deliveries = each(deliveries, toDelivery)
			return err
		},
		func(ctx context.Context, t *tx) error {
			rows, err := t.ProposalsOf(ctx, db.ProposalsOfParams{CaseID: id, Tenant: tenant})
			f.Proposals = each(rows, toProposal)
			return err
		},
		func(ctx context.Context, t *tx) error {
			rows, err := t.OpinionsOf(ctx, db.OpinionsOfParams{CaseID: id, Tenant: tenant})
			if err == nil {
				f.Opinions, err = eachErr(rows, toOpinion)
			}
			return err
		},
	}
	if err := s.inTenant(tenant).readAll(ctx, "case file", append(steps, shared(&f, tenant, id)...)...); err != nil {
		return civic.CaseFile{}, err
	}
	return f, nil
}

// MyCase returns the case of the subject's dossier, without the office's notes and deliveries; NotFound before it was sent.
func (s *Store) MyCase(ctx context.Context, who civic.Subject, dossier string) (f civic.CaseFile, err error) {
	err = s.asSubject(who, named(dossier)).read(ctx, "my case", func(ctx context.Context, t *tx) error {
		r, err := t.CaseByDossier(ctx, db.CaseByDossierParams{Dossier: dossier, Tenant: t.tenant})
		if err != nil {
			return err
		}
		f = civic.CaseFile{Case: toCase(r.Case, r.Dossier.Key)}
		if f.Dossier, err = toDossier(r.Dossier); err != nil {
			return err
		}
		return t.together(ctx, shared(&f, t.tenant, r.Case.ID)...)
	})
	return f, err
}

// shared are the steps that load what the authority and the applicant both see, oldest first.
func shared(f *civic.CaseFile, tenant, id string) []work {
	return []work{
		func(ctx context.Context, t *tx) error {
			rows, err := t.SubmissionsOf(ctx, db.SubmissionsOfParams{CaseID: id, Tenant: tenant})
			f.Submissions = each(rows, toSubmission)
			return err
		},
		func(ctx context.Context, t *tx) error {
			rows, err := t.AttachmentsOfCase(ctx, db.AttachmentsOfCaseParams{CaseID: id, Tenant: tenant})
			f.Attachments = each(rows, toAttachment)
			return err
		},
		func(ctx context.Context, t *tx) error {
			rows, err := t.MessagesOf(ctx, db.MessagesOfParams{CaseID: id, Tenant: tenant})
			f.Messages = each(rows, toMessage)
			return err
		},
		func(ctx context.Context, t *tx) error {
			rows, err := t.RequestsOf(ctx, db.RequestsOfParams{CaseID: id, Tenant: tenant})
			if err == nil {
				f.Requests, err = eachErr(rows, toRequest)
			}
			return err
		},
		func(ctx context.Context, t *tx) error {
			row, err := t.DecisionOf(ctx, db.DecisionOfParams{CaseID: id, Tenant: tenant})
			f.Decision, err = orNil(row, err, func(r db.Decision) (civic.Decision, error) { return toDecision(r), nil })
			return err
		},
		func(ctx context.Context, t *tx) error {
			row, err := t.PaymentOf(ctx, db.PaymentOfParams{CaseID: id, Tenant: tenant})
			f.Payment, err = orNil(row, err, toPayment)
			return err
		},
		func(ctx context.Context, t *tx) error {
			rows, err := t.EventsOf(ctx, db.EventsOfParams{CaseID: id, Tenant: tenant})
			if err == nil {
				f.Events, err = eachErr(rows, toEvent)
			}
			return err
		},
	}
}

// Seen records that the case was opened and clears Unread; citizens' messages are marked read. It does not change the revision.
func (s *Store) Seen(ctx context.Context, tenant, id string, ev civic.Event) error {
	return s.inTenant(tenant).write(ctx, "seen", func(ctx context.Context, t *tx) error {
		dossier, err := t.OpenedByOffice(ctx, db.OpenedByOfficeParams{ID: id, Tenant: tenant})
		if err != nil {
			return err
		}
		if err := t.MessagesSeen(ctx, db.MessagesSeenParams{Seen: s.micros(), CaseID: id, Tenant: tenant, FromOffice: false}); err != nil {
			return err
		}
		return s.record(ctx, t, about{tenant, id, dossier}, ev)
	})
}

// ReadMine marks the office's messages and the decision of the dossier as read now, once.
func (s *Store) ReadMine(ctx context.Context, who civic.Subject, dossier string) error {
	return s.asSubject(who, named(dossier)).write(ctx, "read mine", func(ctx context.Context, t *tx) error {
		r, err := t.CaseByDossier(ctx, db.CaseByDossierParams{Dossier: dossier, Tenant: t.tenant})
		if err != nil {
			return err
		}
		now := s.micros()
		if err := t.MessagesSeen(ctx, db.MessagesSeenParams{Seen: now, CaseID: r.Case.ID, Tenant: t.tenant, FromOffice: true}); err != nil {
			return err
		}
		return t.DecisionSeen(ctx, db.DecisionSeenParams{Seen: now, CaseID: r.Case.ID, Tenant: t.tenant})
	})
}

// Claim makes the account the owner of an anonymous dossier that the subject holds by its code. Claiming one's own again is no
// error; one that belongs to another account is a Conflict.
func (s *Store) Claim(ctx context.Context, who civic.Subject, dossier string) error {
	if who.Account == "" {
		return civic.Errorf(civic.LoginFirst, "error.login")
	}
	return s.asSubject(who, named(dossier)).write(ctx, "claim", func(ctx context.Context, t *tx) error {
		n, err := t.ClaimDossier(ctx, db.ClaimDossierParams{Account: who.Account, Dossier: dossier, Tenant: t.tenant})
		if err == nil && n == 0 {
			return civic.Errorf(civic.Conflict, "error.dossier.claimed")
		}
		return err
	})
}

// mineLimit is how many drafts and cases a list of one's own holds together.
const mineLimit = 200

// Mine lists the subject's dossiers, newest change first, at most 200: drafts without content, cases without files. A code
// lists no dossier that belongs to an account: its owner's log-in does.
func (s *Store) Mine(ctx context.Context, who civic.Subject) (drafts []civic.Draft, cases []civic.Case, err error) {
	if who.Empty() {
		return nil, nil, nil
	}
	err = s.asSubject(who, "").read(ctx, "mine", func(ctx context.Context, t *tx) (err error) {
		if drafts, err = myDrafts(ctx, t, who); err != nil {
			return err
		}
		cases, err = myCases(ctx, t, who)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	// Both lists are newest first; cut the older ends.
	for len(drafts)+len(cases) > mineLimit {
		if len(cases) == 0 || len(drafts) > 0 && cmp.Compare(micros(drafts[len(drafts)-1].Updated), micros(cases[len(cases)-1].Changed)) <= 0 {
			drafts = slices.Delete(drafts, len(drafts)-1, len(drafts))
		} else {
			cases = slices.Delete(cases, len(cases)-1, len(cases))
		}
	}
	return drafts, cases, nil
}

func myDrafts(ctx context.Context, t *tx, who civic.Subject) (list []civic.Draft, err error) {
	var q sqlText
	q.add(`SELECT r.version, r.overlay, r.revision, r.updated, r.expires, d.id, d.tenant, d.service, d.account, d.code, d.ars, d.lang, d.created, d.key
		FROM dossiers d JOIN drafts r ON r.dossier = d.id AND r.tenant = d.tenant WHERE r.submission = '' AND `)
	q.shown(who)
	q.add(" ORDER BY r.updated DESC, d.id DESC LIMIT ", q.arg(mineLimit))
	rows, err := t.sql.QueryContext(ctx, q.String(), q.args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var r db.Draft
		var d db.Dossier
		if err := rows.Scan(&r.Version, &r.Overlay, &r.Revision, &r.Updated, &r.Expires, &d.ID, &d.Tenant, &d.Service, &d.Account, &d.Code, &d.Ars,
			&d.Lang, &d.Created, &d.Key); err != nil {
			return nil, err
		}
		draft, err := toDraft(r, d)
		if err != nil {
			return nil, err
		}
		list = append(list, draft)
	}
	return list, rows.Err()
}

func myCases(ctx context.Context, t *tx, who civic.Subject) ([]civic.Case, error) {
	var q sqlText
	q.add("SELECT ", caseColumns, " FROM dossiers d JOIN cases c ON c.dossier = d.id AND c.tenant = d.tenant WHERE ")
	q.shown(who)
	q.add(" ORDER BY c.changed DESC, c.id DESC LIMIT ", q.arg(mineLimit))
	return scanCases(ctx, t, q)
}

// shown adds the condition that a row of dossiers d may be listed for the subject: it is theirs, and no other account's.
func (q *sqlText) shown(who civic.Subject) {
	q.subject(who, "d.")
	q.add(" AND (d.account = '' OR d.account = ", q.arg(who.Account), ")")
}

// Claimed tells whether one of the subject's codes opened a dossier that belongs to another account by now.
func (s *Store) Claimed(ctx context.Context, who civic.Subject) (yes bool, err error) {
	err = s.asSubject(who, "").read(ctx, "claimed", func(ctx context.Context, t *tx) error {
		var q sqlText
		q.add("SELECT COUNT(*) FROM dossiers d WHERE ")
		q.subject(who, "d.")
		q.add(" AND d.account <> '' AND d.account <> ", q.arg(who.Account))
		var n int64
		err := t.sql.QueryRowContext(ctx, q.String(), q.args...).Scan(&n)
		yes = n > 0
		return err
	})
	return yes, err
}

// Forwards returns the subject's cases that a case was forwarded to (or has the id of to) and that were forwarded to it.
func (s *Store) Forwards(ctx context.Context, who civic.Subject, id, to string) (cases []civic.Case, err error) {
	err = s.asSubject(who, "").read(ctx, "forwards", func(ctx context.Context, t *tx) (err error) {
		var q sqlText
		q.add("SELECT ", caseColumns, " FROM dossiers d JOIN cases c ON c.dossier = d.id AND c.tenant = d.tenant WHERE ")
		q.shown(who)
		q.add(" AND (c.forwarded_to = ", q.arg(id), " AND c.forwarded_to <> '' OR c.id = ", q.arg(to), ")")
		cases, err = scanCases(ctx, t, q)
		return err
	})
	return cases, err
}

// caseColumns are what lists of cases read, from cases c and dossiers d.
const caseColumns = `c.id, c.tenant, c.dossier, c.service, c.file_number, c.state, c.revision, c.assignee, c.assignee_name, c.received, c.deadline,
	c.changed, c.unread, c.forwarded_to, c.columns, c.grp, c.labels, c.paused, c.fiction, c.escalated, d.key`

func scanCases(ctx context.Context, t *tx, q sqlText) (list []civic.Case, err error) {
	rows, err := t.sql.QueryContext(ctx, q.String(), q.args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var r db.Case
		var key []byte
		if err := rows.Scan(&r.ID, &r.Tenant, &r.Dossier, &r.Service, &r.FileNumber, &r.State, &r.Revision, &r.Assignee, &r.AssigneeName, &r.Received,
			&r.Deadline, &r.Changed, &r.Unread, &r.ForwardedTo, &r.Columns, &r.Grp, &r.Labels, &r.Paused, &r.Fiction, &r.Escalated, &key); err != nil {
			return nil, err
		}
		list = append(list, toCase(r, key))
	}
	return list, rows.Err()
}
