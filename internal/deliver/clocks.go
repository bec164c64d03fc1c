package deliver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/locale"
)

// Clocks is what the sweep of clocks needs: what is late, whose silence means approval, what is to be seen again.
type Clocks interface {
	// CasesDeemed lists cases of all authorities whose silence means approval by now, as tenant and id.
	CasesDeemed(ctx context.Context, now time.Time, limit int) ([][2]string, error)
	// CasesLate lists the tenant's cases whose deadline passed before t and of which nobody who leads was told.
	CasesLate(ctx context.Context, tenant string, before time.Time, limit int) ([]string, error)
	// DueResubmissions counts by clerk those that are due and were not told of.
	DueResubmissions(ctx context.Context, now time.Time, limit int) ([]civic.Waiting, error)
	ToldResubmissions(ctx context.Context, tenant, staff string, now time.Time) error
	Change(ctx context.Context, tenant string, ch civic.CaseChange) error
}

// Team knows who works and who leads at an authority.
type Team interface {
	Colleagues(ctx context.Context, tenant string) ([]civic.Colleague, error)
	Appointments(ctx context.Context, tenant string) ([]civic.Appointment, error)
	AllTenants(ctx context.Context) ([]civic.Tenant, error)
}

const sealLetter = "letter"

// clocks looks at all clocks. What fails at one place keeps nobody else from their turn.
func (s *Service) clocks(ctx context.Context) error {
	return errors.Join(s.deem(ctx), s.escalate(ctx), s.resubmit(ctx))
}

// deem ends cases whose silence means approval, each with a letter that says so: who asks for it has a right to it in writing
// (§ 42a Abs. 3 VwVfG), so everybody gets it.
func (s *Service) deem(ctx context.Context) error {
	list, err := s.Clocks.CasesDeemed(ctx, s.Now(), sweepPage)
	if err != nil {
		return fmt.Errorf("deliver: deem: %w", err)
	}
	var failed []error
	for _, c := range list {
		if err := s.deemOne(ctx, c[0], c[1]); err != nil && civic.CodeOf(err) != civic.Conflict { // conflict: somebody decided meanwhile
			failed = append(failed, fmt.Errorf("deliver: deem: case %s: %w", c[1], err))
		}
	}
	return errors.Join(failed...)
}

func (s *Service) deemOne(ctx context.Context, tenant, id string) error {
	o, err := s.open(ctx, tenant, id, "")
	if err != nil {
		return err
	}
	was := o.file.Case
	next, ev, err := was.Deem(s.Now())
	if err != nil {
		return err
	}
	ev.ID = s.NewID()
	l, basis := locale.For("de"), ""
	if d := o.form.Package.Form.Deadline.Deemed; d != nil {
		basis = d.LegalBasis
	}
	letter := l.T("letter.deemed", "service", serviceName(o.form, was.Service, "de"), "number", was.FileNumber, "date", l.Date(was.Fiction), "basis", basis)
	sealed, err := s.Seal.Seal(o.keys, sealLetter, []byte(letter))
	if err != nil {
		return fmt.Errorf("deliver: deem: %w", err)
	}
	d := civic.Decision{ID: s.NewID(), Case: id, Tenant: tenant, Dossier: was.Dossier, Outcome: civic.DeemedGranted, Letter: sealed, Author: "system",
		Created: s.Now(), Deemed: was.Fiction}
	return s.Clocks.Change(ctx, tenant, civic.CaseChange{Case: next, Was: was.Revision, Events: []civic.Event{ev}, Decision: &d,
		Jobs: []civic.Job{civic.Notify{Tenant: tenant, Case: id, What: "decision", Ref: d.ID}}})
}

// escalate tells whoever leads at an authority of the cases that are late there, once each, in one mail without content.
func (s *Service) escalate(ctx context.Context) error {
	tenants, err := s.Team.AllTenants(ctx)
	if err != nil {
		return fmt.Errorf("deliver: escalate: %w", err)
	}
	var failed []error
	for _, t := range tenants {
		days := t.Profile.Desk.EscalateDays
		if !t.Live || days < 0 {
			continue
		}
		if err := s.escalateAt(ctx, t, s.Now().AddDate(0, 0, -days)); err != nil {
			failed = append(failed, fmt.Errorf("deliver: escalate: tenant %s: %w", t.ID, err))
		}
	}
	return errors.Join(failed...)
}

func (s *Service) escalateAt(ctx context.Context, t civic.Tenant, before time.Time) error {
	late, err := s.Clocks.CasesLate(ctx, t.ID, before, sweepPage)
	if err != nil || len(late) == 0 {
		return err
	}
	n := 0
	var failed []error
	for _, id := range late {
		f, err := s.Deliveries.CaseFile(ctx, t.ID, id)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		next, ev, err := f.Case.Escalate(s.Now())
		if err == nil {
			ev.ID = s.NewID()
			err = s.Clocks.Change(ctx, t.ID, civic.CaseChange{Case: next, Was: f.Case.Revision, Events: []civic.Event{ev}})
		}
		switch {
		case err == nil:
			n++
		case civic.CodeOf(err) != civic.Conflict: // a conflict comes again with the next sweep, if it is still late
			failed = append(failed, err)
		}
	}
	if n > 0 {
		failed = append(failed, s.tellLeads(ctx, t, "escalated", late[0], func(*locale.Catalogue) []any {
			return []any{"n", n, "url", s.PublicURL + "/desk/" + t.Slug + "?only=escalated"}
		}))
	}
	return errors.Join(failed...)
}

// tellLeads mails those who lead, else the authority's own address. ref makes the mail one of a kind.
func (s *Service) tellLeads(ctx context.Context, t civic.Tenant, what, ref string, says func(*locale.Catalogue) []any) error {
	to, err := s.leads(ctx, t)
	if err != nil {
		return err
	}
	langs, err := s.Tongues.StaffLangs(ctx, t.ID)
	if err != nil {
		return fmt.Errorf("deliver: languages: %w", err)
	}
	var failed []error
	for _, address := range to {
		l := staffLang(langs[address])
		args := append(says(l), "office", t.Name)
		err := s.mail(ctx, civic.Mail{ID: deliveryID(ref, what+address), To: address, FromName: t.Name, Subject: l.T("mail."+what+".subject", args...),
			Text: l.T("mail.greeting") + "\n\n" + l.T("mail."+what+".text", args...) + "\n"})
		if err != nil && !isPermanent(err) {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// leads are the addresses of those appointed to lead.
func (s *Service) leads(ctx context.Context, t civic.Tenant) ([]string, error) {
	list, err := s.Team.Appointments(ctx, t.ID)
	if err != nil {
		return nil, fmt.Errorf("deliver: leads: %w", err)
	}
	var to []string
	for _, a := range list {
		if a.Email != "" && slices.Contains(a.Roles, civic.RoleLead) && !slices.Contains(to, a.Email) {
			to = append(to, a.Email)
		}
	}
	if len(to) == 0 && t.Profile.Email != "" {
		to = []string{t.Profile.Email}
	}
	return to, nil
}

// resubmit tells clerks in the morning of what they wanted to see again.
func (s *Service) resubmit(ctx context.Context) error {
	list, err := s.Clocks.DueResubmissions(ctx, s.Now(), sweepPage)
	if err != nil {
		return fmt.Errorf("deliver: resubmit: %w", err)
	}
	var failed []error
	for _, w := range list {
		if err := s.resubmitTo(ctx, w); err != nil {
			failed = append(failed, fmt.Errorf("deliver: resubmit: tenant %s: %w", w.Tenant, err))
		}
	}
	return errors.Join(failed...)
}

func (s *Service) resubmitTo(ctx context.Context, w civic.Waiting) error {
	t, err := s.Forms.TenantByID(ctx, w.Tenant)
	if err != nil {
		return err
	}
	people, err := s.Team.Colleagues(ctx, w.Tenant)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(people, func(c civic.Colleague) bool { return c.ID == w.Staff })
	if i >= 0 && people[i].Email != "" {
		langs, err := s.Tongues.StaffLangs(ctx, t.ID)
		if err != nil {
			return fmt.Errorf("deliver: languages: %w", err)
		}
		l := staffLang(langs[people[i].Email])
		args := []any{"office", t.Name, "n", w.Count, "url", s.PublicURL + "/desk/" + t.Slug + "/calendar"}
		day := s.Now().Format(time.DateOnly)
		err = s.mail(ctx, civic.Mail{ID: deliveryID(w.Tenant+w.Staff, "resubmission"+day), To: people[i].Email, FromName: t.Name,
			Subject: l.T("mail.resubmission.subject", args...), Text: l.T("mail.greeting") + "\n\n" + l.Plural("mail.resubmission.text", w.Count, args...) + "\n"})
		if err != nil && !isPermanent(err) {
			return err
		}
	}
	return s.Clocks.ToldResubmissions(ctx, w.Tenant, w.Staff, s.Now())
}
