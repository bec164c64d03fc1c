package sqlstore

import (
	"context"
	"encoding/hex"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// maxTemplates is how many texts an authority's list holds.
const maxTemplates = 1000

func toTemplate(r db.Template) civic.Template {
	return civic.Template{ID: r.ID, Tenant: r.Tenant, Service: r.Service, Kind: civic.TemplateKind(r.Kind), Outcome: civic.Outcome(r.Outcome), Title: r.Title,
		Body: r.Body, ChangedBy: r.ChangedBy, Changed: fromMicros(r.Changed)}
}

func toLetterDraft(r db.LetterDraft) civic.LetterDraft {
	return civic.LetterDraft{Tenant: r.Tenant, Case: r.CaseID, Dossier: r.Dossier, Staff: r.Staff, Kind: r.Kind, Body: none(r.Body), Changed: fromMicros(r.Changed)}
}

func toProposal(r db.Proposal) civic.Proposal {
	return civic.Proposal{ID: r.ID, Case: r.CaseID, Tenant: r.Tenant, Dossier: r.Dossier, Outcome: civic.Outcome(r.Outcome), Author: r.Author, AuthorName: r.AuthorName,
		Created: fromMicros(r.Created), Checked: fromMicros(r.Checked), Checker: r.Checker, CheckerName: r.CheckerName, Verdict: r.Verdict,
		Letter: none(r.Letter), Note: none(r.Note)}
}

func toOpinion(r db.Opinion) (civic.Opinion, error) {
	code, err := hex.DecodeString(r.Code)
	if err != nil {
		return civic.Opinion{}, err
	}
	o := civic.Opinion{ID: r.ID, Case: r.CaseID, Tenant: r.Tenant, Dossier: r.Dossier, Submission: r.Submission, CodeHash: none(code), Author: r.Author,
		AuthorName: r.AuthorName, Created: fromMicros(r.Created), Expires: fromMicros(r.Expires), Opened: fromMicros(r.Opened), Revoked: fromMicros(r.Revoked),
		Answered: fromMicros(r.Answered), Email: none(r.Email), Question: none(r.Question), Name: none(r.Name), Answer: none(r.Answer)}
	return o, fromJSON(r.Pointers, &o.Pointers)
}

// Templates lists an authority's texts by kind and title.
func (s *Store) Templates(ctx context.Context, tenant string) (list []civic.Template, err error) {
	err = s.inTenant(tenant).read(ctx, "templates", func(ctx context.Context, t *tx) error {
		rows, err := t.Templates(ctx, db.TemplatesParams{Tenant: tenant, Most: maxTemplates})
		list = each(rows, toTemplate)
		return err
	})
	return list, err
}

// SaveTemplate stores a text, new or changed; NotFound when the id is another authority's.
func (s *Store) SaveTemplate(ctx context.Context, x civic.Template, ev civic.Event) error {
	return s.inTenant(x.Tenant).write(ctx, "save template", func(ctx context.Context, t *tx) error {
		err := one(t.UpsertTemplate(ctx, db.UpsertTemplateParams{ID: x.ID, Tenant: t.tenant, Service: x.Service, Kind: string(x.Kind), Outcome: string(x.Outcome),
			Title: x.Title, Body: x.Body, ChangedBy: x.ChangedBy, Changed: micros(x.Changed)}))
		if err != nil {
			return err
		}
		return s.record(ctx, t, about{tenant: t.tenant}, ev)
	})
}

// DeleteTemplate removes a text; NotFound when there is none.
func (s *Store) DeleteTemplate(ctx context.Context, tenant, id string, ev civic.Event) error {
	return s.inTenant(tenant).write(ctx, "delete template", func(ctx context.Context, t *tx) error {
		if err := one(t.DeleteTemplate(ctx, db.DeleteTemplateParams{ID: id, Tenant: tenant})); err != nil {
			return err
		}
		return s.record(ctx, t, about{tenant: tenant}, ev)
	})
}

// Correspondence is how an authority writes; the default where it has set nothing.
func (s *Store) Correspondence(ctx context.Context, tenant string) (c civic.Correspondence, err error) {
	err = s.inTenant(tenant).read(ctx, "correspondence", func(ctx context.Context, t *tx) error {
		row, err := t.Correspondence(ctx, tenant)
		set, err := orNil(row, err, func(r db.Correspondence) (civic.Correspondence, error) {
			c := civic.Correspondence{Revision: r.Revision}
			return c, fromJSON(r.Settings, &c)
		})
		if c = civic.DefaultCorrespondence(); set != nil {
			c = *set
		}
		return err
	})
	return c, err
}

// SaveCorrespondence stores it; Conflict when somebody else has saved meanwhile.
func (s *Store) SaveCorrespondence(ctx context.Context, tenant string, c civic.Correspondence, ev civic.Event) error {
	settings, err := toJSON(c)
	if err != nil {
		return err
	}
	return s.inTenant(tenant).write(ctx, "save correspondence", func(ctx context.Context, t *tx) error {
		n, err := t.SaveCorrespondence(ctx, db.SaveCorrespondenceParams{Tenant: tenant, Settings: settings, Was: c.Revision})
		if err != nil {
			return err
		}
		if n == 0 {
			return civic.Errorf(civic.Conflict, "error.admin.moved")
		}
		return s.record(ctx, t, about{tenant: tenant}, ev)
	})
}

// LetterDrafts lists what a clerk has begun to write on a case.
func (s *Store) LetterDrafts(ctx context.Context, tenant, caseID, staff string) (list []civic.LetterDraft, err error) {
	err = s.inTenant(tenant).read(ctx, "letter drafts", func(ctx context.Context, t *tx) error {
		rows, err := t.LetterDraftsOf(ctx, db.LetterDraftsOfParams{CaseID: caseID, Staff: staff, Tenant: tenant})
		list = each(rows, toLetterDraft)
		return err
	})
	return list, err
}

// SaveLetterDraft keeps what a clerk has written so far; NotFound when the case is not the authority's.
func (s *Store) SaveLetterDraft(ctx context.Context, d civic.LetterDraft) error {
	return s.inTenant(d.Tenant).write(ctx, "save letter draft", func(ctx context.Context, t *tx) error {
		if err := one(t.CaseExists(ctx, db.CaseExistsParams{ID: d.Case, Tenant: t.tenant, Dossier: d.Dossier})); err != nil {
			return err
		}
		return t.SaveLetterDraft(ctx, db.SaveLetterDraftParams{CaseID: d.Case, Tenant: t.tenant, Dossier: d.Dossier, Staff: d.Staff, Kind: d.Kind, Changed: micros(d.Changed), Body: full(d.Body)})
	})
}

// DeleteLetterDraft forgets it; one that is gone is no error.
func (s *Store) DeleteLetterDraft(ctx context.Context, d civic.LetterDraft) error {
	return s.inTenant(d.Tenant).write(ctx, "delete letter draft", func(ctx context.Context, t *tx) error {
		return t.DeleteLetterDraft(ctx, db.DeleteLetterDraftParams{CaseID: d.Case, Tenant: t.tenant, Staff: d.Staff, Kind: d.Kind})
	})
}

// changeOpinion stores what a step says of a proposal or of somebody who is asked.
func changeOpinion(ctx context.Context, t *tx, ch civic.CaseChange) error {
	id, dossier := ch.Case.ID, ch.Case.Dossier
	if p := ch.Proposal; p != nil {
		if err := t.UpsertProposal(ctx, db.UpsertProposalParams{ID: p.ID, CaseID: id, Tenant: t.tenant, Dossier: dossier, Outcome: string(p.Outcome), Author: p.Author,
			AuthorName: p.AuthorName, Created: micros(p.Created), Checked: micros(p.Checked), Checker: p.Checker, CheckerName: p.CheckerName, Verdict: p.Verdict,
			Letter: full(p.Letter), Note: full(p.Note)}); err != nil {
			return err
		}
	}
	o := ch.Opinion
	if o == nil {
		return nil
	}
	pointers, err := toJSON(o.Pointers)
	if err != nil {
		return err
	}
	return t.UpsertOpinion(ctx, db.UpsertOpinionParams{ID: o.ID, CaseID: id, Tenant: t.tenant, Dossier: dossier, Submission: o.Submission, Pointers: pointers,
		Code: hex.EncodeToString(o.CodeHash), Author: o.Author, AuthorName: o.AuthorName, Created: micros(o.Created), Expires: micros(o.Expires),
		Opened: micros(o.Opened), Revoked: micros(o.Revoked), Answered: micros(o.Answered), Email: full(o.Email), Question: full(o.Question), Name: full(o.Name),
		Answer: full(o.Answer)})
}

// OpinionByCode tells whose the opinion is that one of a code's hashes opens; NotFound without a live one. With an id, only that one.
func (s *Store) OpinionByCode(ctx context.Context, hashes [][]byte, id string) (o civic.Opinion, err error) {
	codes := hexed(hashes)
	if len(codes) == 0 {
		return o, errNotFound()
	}
	err = s.asSystem(accepting).read(ctx, "opinion by code", func(ctx context.Context, t *tx) error {
		var q sqlText
		q.add("SELECT id, tenant, case_id FROM opinions WHERE revoked = 0 AND expires > ", q.arg(s.micros()), " AND code IN ", q.in(codes))
		if id != "" {
			q.add(" AND id = ", q.arg(id))
		}
		q.add(" LIMIT 1")
		o = civic.Opinion{}
		return t.sql.QueryRowContext(ctx, q.String(), q.args...).Scan(&o.ID, &o.Tenant, &o.Case)
	})
	return o, err
}

// OpinionOpened remembers that somebody who is asked looked at it for the first time; later times change nothing.
func (s *Store) OpinionOpened(ctx context.Context, o civic.Opinion, ev civic.Event) error {
	return s.inTenant(o.Tenant).write(ctx, "opinion opened", func(ctx context.Context, t *tx) error {
		n, err := t.OpenOpinion(ctx, db.OpenOpinionParams{Now: s.micros(), ID: o.ID, Tenant: t.tenant})
		if err != nil || n == 0 {
			return err
		}
		return s.record(ctx, t, about{t.tenant, o.Case, o.Dossier}, ev)
	})
}

// OpinionSeen records what somebody who is asked looked at.
func (s *Store) OpinionSeen(ctx context.Context, o civic.Opinion, ev civic.Event) error {
	return s.inTenant(o.Tenant).write(ctx, "opinion seen", func(ctx context.Context, t *tx) error {
		return s.record(ctx, t, about{t.tenant, o.Case, o.Dossier}, ev)
	})
}

// RequestsDue lists requests that wait for an answer and of which to remind, and those whose last day lies before past and whose
// office was not told so; at most limit.
func (s *Store) RequestsDue(ctx context.Context, past time.Time, limit int) (list []civic.Request, err error) {
	err = s.asSystem(sweeping).read(ctx, "requests due", func(ctx context.Context, t *tx) error {
		rows, err := t.RequestsDue(ctx, db.RequestsDueParams{Now: s.micros(), Past: micros(past), Most: int32(clamp(limit))})
		if err != nil {
			return err
		}
		list, err = eachErr(rows, func(r db.RequestsDueRow) (civic.Request, error) { return toRequest(r.Request) })
		return err
	})
	return list, err
}

// MarkRequest remembers that the applicant was reminded, or that the last day has passed: then the case is new to its office. NotFound
// when it was answered or marked meanwhile.
func (s *Store) MarkRequest(ctx context.Context, r civic.Request, was time.Time, ev civic.Event, jobs ...civic.Job) error {
	return s.inTenant(r.Tenant).write(ctx, "mark request", func(ctx context.Context, t *tx) error {
		err := one(t.MarkRequest(ctx, db.MarkRequestParams{ID: r.ID, Tenant: t.tenant, Reminded: micros(r.Reminded), Lapsed: micros(r.Lapsed), WasReminded: micros(was)}))
		if err != nil {
			return err
		}
		if !r.Lapsed.IsZero() {
			if err := t.CaseUnread(ctx, db.CaseUnreadParams{ID: r.Case, Tenant: t.tenant}); err != nil {
				return err
			}
		}
		if err := s.record(ctx, t, about{t.tenant, r.Case, r.Dossier}, ev); err != nil {
			return err
		}
		return s.enqueue(ctx, t, jobs)
	})
}
