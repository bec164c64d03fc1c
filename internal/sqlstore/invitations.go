package sqlstore

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

const invitationColumns = `i.id, i.dossier, i.tenant, i.purpose, i.code, i.may_send, i.created, i.expires, i.opened, i.revoked, i.answered, i.outcome, i.reminded, i.name`

func toInvitation(r db.Invitation) (civic.Invitation, error) {
	code, err := hex.DecodeString(r.Code)
	return civic.Invitation{ID: r.ID, Dossier: r.Dossier, Tenant: r.Tenant, Purpose: civic.Purpose(r.Purpose), CodeHash: none(code), Name: none(r.Name), MaySend: r.MaySend,
		Created: fromMicros(r.Created), Expires: fromMicros(r.Expires), Opened: fromMicros(r.Opened), Revoked: fromMicros(r.Revoked),
		Answered: fromMicros(r.Answered), Consent: civic.Consent(r.Outcome), Reminded: r.Reminded}, err
}

func insertInvitation(ctx context.Context, t *tx, tenant, dossier string, i civic.Invitation) error {
	return t.InsertInvitation(ctx, db.InsertInvitationParams{ID: i.ID, Dossier: dossier, Tenant: tenant, Purpose: string(i.Purpose), Code: hex.EncodeToString(i.CodeHash),
		MaySend: i.MaySend, Created: micros(i.Created), Expires: micros(i.Expires), Name: full(i.Name)})
}

// invitation is the subject's invitation to the scope's dossier and purpose, nil without one. It may travel with others.
func (sc scope) invitation(ctx context.Context, t *tx) (*civic.Invitation, error) {
	var q sqlText
	q.add("SELECT ", invitationColumns, " FROM invitations i JOIN dossiers d ON d.id = i.dossier WHERE i.tenant = d.tenant AND i.dossier = ", q.arg(sc.dossier), " AND ")
	q.invited(sc, "i.")
	q.add(" ORDER BY i.expires DESC LIMIT 1")
	return scanInvitation(t.sql.QueryRowContext(ctx, q.String(), q.args...))
}

func scanInvitation(row *sql.Row) (*civic.Invitation, error) {
	var r db.Invitation
	err := row.Scan(&r.ID, &r.Dossier, &r.Tenant, &r.Purpose, &r.Code, &r.MaySend, &r.Created, &r.Expires, &r.Opened, &r.Revoked, &r.Answered, &r.Outcome,
		&r.Reminded, &r.Name)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	i, err := toInvitation(r)
	return &i, err
}

// Invite stores an invitation to the subject's own dossier; those of the same purpose before it end when it replaces them.
func (s *Store) Invite(ctx context.Context, who civic.Subject, i civic.Invitation, replaces bool, ev civic.Event, jobs ...civic.Job) error {
	return s.asSubject(who, named(i.Dossier)).write(ctx, "invite", func(ctx context.Context, t *tx) error {
		if replaces {
			err := t.RevokeInvitations(ctx, db.RevokeInvitationsParams{Now: s.micros(), Dossier: i.Dossier, Tenant: t.tenant, Purpose: string(i.Purpose)})
			if err != nil {
				return err
			}
		}
		if err := insertInvitation(ctx, t, t.tenant, i.Dossier, i); err != nil {
			return err
		}
		if err := s.record(ctx, t, about{t.tenant, ev.Case, i.Dossier}, ev); err != nil {
			return err
		}
		return s.enqueue(ctx, t, jobs)
	})
}

// InvitationsOf lists the invitations to the subject's own dossier, oldest first, whatever became of them.
func (s *Store) InvitationsOf(ctx context.Context, who civic.Subject, dossier string) (list []civic.Invitation, err error) {
	err = s.asSubject(who, named(dossier)).read(ctx, "invitations", func(ctx context.Context, t *tx) error {
		rows, err := t.InvitationsOf(ctx, db.InvitationsOfParams{Dossier: dossier, Tenant: t.tenant})
		if err == nil {
			list, err = eachErr(rows, toInvitation)
		}
		return err
	})
	return list, err
}

// Uninvite ends an invitation to the subject's own dossier at once; NotFound when there is none or it has ended.
func (s *Store) Uninvite(ctx context.Context, who civic.Subject, dossier, id string, ev civic.Event) error {
	return s.asSubject(who, named(dossier)).write(ctx, "uninvite", func(ctx context.Context, t *tx) error {
		if err := one(t.RevokeInvitation(ctx, db.RevokeInvitationParams{Now: s.micros(), ID: id, Dossier: dossier, Tenant: t.tenant})); err != nil {
			return err
		}
		return s.record(ctx, t, about{t.tenant, ev.Case, dossier}, ev)
	})
}

// InvitationByCode returns the live invitation that one of the code's hashes opens, with its dossier; NotFound without one.
func (s *Store) InvitationByCode(ctx context.Context, hashes [][]byte) (i civic.Invitation, d civic.Dossier, err error) {
	codes := hexed(hashes)
	if len(codes) == 0 {
		return i, d, errNotFound()
	}
	err = s.asSystem(accepting).read(ctx, "invitation by code", func(ctx context.Context, t *tx) error {
		var q sqlText
		q.add("SELECT ", invitationColumns, " FROM invitations i WHERE i.revoked = 0 AND i.expires > ", q.arg(s.micros()), " AND i.code IN ", q.in(codes), " LIMIT 1")
		found, err := scanInvitation(t.sql.QueryRowContext(ctx, q.String(), q.args...))
		if err != nil {
			return err
		}
		if found == nil {
			return errNotFound()
		}
		i = *found
		r, err := t.Dossier(ctx, db.DossierParams{Dossier: i.Dossier, Tenant: i.Tenant})
		if err != nil {
			return err
		}
		d, err = toDossier(r)
		return err
	})
	return i, d, err
}

const accepting = "an invitation's code is shown before its authority is known"

// InvitationOpened remembers that an invitation was used for the first time; later times change nothing.
func (s *Store) InvitationOpened(ctx context.Context, i civic.Invitation, ev civic.Event) error {
	return s.inTenant(i.Tenant).write(ctx, "invitation opened", func(ctx context.Context, t *tx) error {
		n, err := t.OpenInvitation(ctx, db.OpenInvitationParams{Now: s.micros(), ID: i.ID, Tenant: t.tenant})
		if err != nil || n == 0 {
			return err
		}
		return s.record(ctx, t, about{t.tenant, ev.Case, i.Dossier}, ev)
	})
}

// CosignFile returns the case that the subject is invited to confirm, without the office's notes and deliveries.
func (s *Store) CosignFile(ctx context.Context, who civic.Subject, dossier string) (f civic.CaseFile, i civic.Invitation, err error) {
	sc := s.asInvited(who, named(dossier), toCosign)
	err = sc.read(ctx, "cosign file", func(ctx context.Context, t *tx) error {
		found, err := sc.invitation(ctx, t)
		if err != nil {
			return err
		}
		if found == nil {
			return errNotFound()
		}
		i = *found
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
	return f, i, err
}

// Cosign stores the answer of the person who is invited to confirm, and the step of the case that it makes. Conflict when it
// was answered before, or the case has moved on.
func (s *Store) Cosign(ctx context.Context, who civic.Subject, id string, answer civic.Consent, ch civic.CaseChange) error {
	terms, err := s.blindTerms(ctx, ch.Case.Tenant, ch.Terms)
	if err != nil {
		return wrap("cosign", err)
	}
	return s.asInvited(who, named(ch.Case.Dossier), toCosign).write(ctx, "cosign", func(ctx context.Context, t *tx) error {
		return s.consented(ctx, t, id, answer, ch, terms)
	})
}

// CosignMissed stores that nobody confirmed in time, and the step of the case that it makes.
func (s *Store) CosignMissed(ctx context.Context, i civic.Invitation, ch civic.CaseChange) error {
	return s.inTenant(i.Tenant).write(ctx, "cosign missed", func(ctx context.Context, t *tx) error {
		return s.consented(ctx, t, i.ID, civic.ConsentMissed, ch, nil)
	})
}

func (s *Store) consented(ctx context.Context, t *tx, id string, answer civic.Consent, ch civic.CaseChange, terms [][]byte) error {
	n, err := t.AnswerInvitation(ctx, db.AnswerInvitationParams{Now: s.micros(), Outcome: string(answer), ID: id, Dossier: ch.Case.Dossier, Tenant: t.tenant})
	if err != nil {
		return err
	}
	if n == 0 {
		return civic.Errorf(civic.Conflict, "error.cosign.answered")
	}
	return s.change(ctx, t, ch, terms, nil)
}

// InvitationsDue lists awaited co-signatures, with their cases, that end before a time and of which nobody was reminded, and those that have ended.
func (s *Store) InvitationsDue(ctx context.Context, before time.Time, limit int) (list []civic.Invitation, err error) {
	err = s.asSystem(sweeping).read(ctx, "invitations due", func(ctx context.Context, t *tx) error {
		rows, err := t.InvitationsDue(ctx, db.InvitationsDueParams{Before: micros(before), Now: s.micros(), Most: int32(clamp(limit))})
		if err == nil {
			list, err = eachErr(rows, func(r db.InvitationsDueRow) (civic.Invitation, error) {
				i, err := toInvitation(r.Invitation)
				i.Case = r.CaseID
				return i, err
			})
		}
		return err
	})
	return list, err
}

// InvitationReminded remembers that the second person is reminded by the jobs, once; NotFound when that is not due any more.
func (s *Store) InvitationReminded(ctx context.Context, i civic.Invitation, jobs ...civic.Job) error {
	return s.inTenant(i.Tenant).write(ctx, "invitation reminded", func(ctx context.Context, t *tx) error {
		if err := one(t.RemindInvitation(ctx, db.RemindInvitationParams{ID: i.ID, Tenant: t.tenant})); err != nil {
			return err
		}
		return s.enqueue(ctx, t, jobs)
	})
}

// Invitation returns an invitation of the tenant.
func (s *Store) Invitation(ctx context.Context, tenant, id string) (i civic.Invitation, err error) {
	err = s.inTenant(tenant).read(ctx, "invitation", func(ctx context.Context, t *tx) error {
		r, err := t.Invitation(ctx, db.InvitationParams{ID: id, Tenant: tenant})
		if err == nil {
			i, err = toInvitation(r)
		}
		return err
	})
	return i, err
}
