package deliver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/locale"
)

const sealMessage = "message"

// Retained is what the erasure of cases needs (system scope where no tenant is named).
type Retained interface {
	// CasesUnplanned lists those whose work has ended and whose erasure nobody has planned, by id, after the one given.
	CasesUnplanned(ctx context.Context, after string, limit int) ([]civic.Retained, error)
	// PlanErasures stores Erase; what has changed since it was read is left alone.
	PlanErasures(ctx context.Context, tenant string, list []civic.Retained) error
	// CasesToTell lists those that are erased before t and whose applicants were not told. Nobody who is held is in a list.
	CasesToTell(ctx context.Context, before time.Time, limit int) ([]civic.Retained, error)
	// ErasureTold stores Erase and Told with the message that says so; NotFound when the case has changed.
	ErasureTold(ctx context.Context, r civic.Retained, said *civic.Message, ev civic.Event, jobs ...civic.Job) error
	CasesToErase(ctx context.Context, at time.Time, limit int) ([]civic.Retained, error)
	// EraseCase deletes the case, its dossier with the key, and all rows of either; it returns the blob keys. Conflict as above.
	EraseCase(ctx context.Context, r civic.Retained, at time.Time, ev civic.Event) ([]string, error)
}

// Periods says how long authorities keep cases and accounts live.
type Periods interface {
	Retentions(ctx context.Context, tenant string) ([]civic.Retention, error)
	// DeleteIdleAccounts deletes accounts last used before t that own nothing any more, and returns how many.
	DeleteIdleAccounts(ctx context.Context, before time.Time, limit int) (int, error)
}

// retention plans the erasure of cases whose work has ended, tells their applicants, and erases what is due.
func (s *Service) retention(ctx context.Context) error {
	return errors.Join(s.plan(ctx), s.announce(ctx), s.erase(ctx), s.idle(ctx))
}

// plan says of each case that has ended when it is to be erased.
func (s *Service) plan(ctx context.Context) error {
	rules := map[string]map[string]civic.Retention{} // by tenant, by service
	var failed []error
	after := ""
	for {
		list, err := s.Retained.CasesUnplanned(ctx, after, sweepPage)
		if err != nil {
			return fmt.Errorf("deliver: plan erasures: %w", err)
		}
		planned := map[string][]civic.Retained{}
		for _, r := range list {
			rule, err := s.rule(ctx, rules, r)
			if err != nil {
				failed = append(failed, fmt.Errorf("deliver: plan erasure of case %s: %w", r.Case, err))
				continue
			}
			if until, ok := rule.Until(r.State, r.Changed); ok {
				r.Erase = until
				planned[r.Tenant] = append(planned[r.Tenant], r)
			}
		}
		for tenant, some := range planned {
			if err := s.Retained.PlanErasures(ctx, tenant, some); err != nil {
				return errors.Join(append(failed, fmt.Errorf("deliver: plan erasures: %w", err))...)
			}
		}
		if len(list) < sweepPage {
			return errors.Join(failed...)
		}
		after = list[len(list)-1].Case
	}
}

// rule is the authority's for the service, else what the form says with which the case was sent.
func (s *Service) rule(ctx context.Context, known map[string]map[string]civic.Retention, r civic.Retained) (civic.Retention, error) {
	if known[r.Tenant] == nil {
		list, err := s.Periods.Retentions(ctx, r.Tenant)
		if err != nil {
			return civic.Retention{}, err
		}
		known[r.Tenant] = map[string]civic.Retention{}
		for _, x := range list {
			known[r.Tenant][x.Service] = x
		}
	}
	if rule, ok := known[r.Tenant][r.Service]; ok {
		return rule, nil
	}
	form, err := s.Forms.Pinned(ctx, r.Tenant, r.Service, civic.Pins{Version: r.Version})
	if err != nil {
		return civic.Retention{}, err
	}
	return civic.UsualRetention(form.Package.Form.Retention.Years), nil
}

// announce tells applicants in their mailbox, and by mail where they left an address, that their case is going to be erased.
func (s *Service) announce(ctx context.Context) error {
	list, err := s.Retained.CasesToTell(ctx, s.Now().Add(civic.EraseNotice), sweepPage)
	if err != nil {
		return fmt.Errorf("deliver: announce erasures: %w", err)
	}
	var failed []error
	for _, r := range list {
		if err := s.announceOne(ctx, r); err != nil && civic.CodeOf(err) != civic.NotFound { // not found: it has changed meanwhile
			failed = append(failed, fmt.Errorf("deliver: announce erasure of case %s: %w", r.Case, err))
		}
	}
	return errors.Join(failed...)
}

func (s *Service) announceOne(ctx context.Context, r civic.Retained) error {
	r.Told = s.Now()
	ev := civic.Event{ID: s.NewID(), Tenant: r.Tenant, Case: r.Case, Actor: "system", Kind: "case.erasure_told", At: s.Now()}
	if r.State == civic.Forwarded { // the whole case is at another authority: nobody loses anything
		return s.Retained.ErasureTold(ctx, r, nil, ev)
	}
	if least := s.Now().Add(civic.EraseNotice); r.Erase.Before(least) {
		r.Erase = least // nobody swept in time, or the period was made shorter: they still get the whole notice
	}
	f, err := s.Deliveries.CaseFile(ctx, r.Tenant, r.Case)
	if err != nil {
		return err
	}
	t, err := s.Forms.TenantByID(ctx, r.Tenant)
	if err != nil {
		return err
	}
	l := locale.For(f.Dossier.Lang)
	body, err := s.Seal.Seal(civic.Keys{Tenant: t.ID, Dossier: r.Dossier, TenantKey: t.Key, DossierKey: f.Dossier.Key}, sealMessage,
		[]byte(l.T("message.erasure", "date", l.Date(r.Erase), "number", f.Case.FileNumber)))
	if err != nil {
		return err
	}
	said := civic.Message{ID: s.NewID(), Case: r.Case, Tenant: r.Tenant, Dossier: r.Dossier, FromOffice: true, Author: "system", AuthorName: t.Name, Body: body, Created: s.Now()}
	return s.Retained.ErasureTold(ctx, r, &said, ev, civic.Notify{Tenant: r.Tenant, Case: r.Case, What: "erasure", Ref: r.Case})
}

// erase deletes what is due. Bytes that another case refers to, since this one was forwarded, stay with that one.
func (s *Service) erase(ctx context.Context) error {
	for {
		list, err := s.Retained.CasesToErase(ctx, s.Now(), sweepPage)
		if err != nil {
			return fmt.Errorf("deliver: erase: %w", err)
		}
		gone := 0
		for _, r := range list {
			blobs, err := s.Retained.EraseCase(ctx, r, s.Now(), civic.Event{ID: s.NewID(), Tenant: r.Tenant, Case: r.Case, Actor: "system", Kind: "case.erased",
				Data: map[string]string{"service": r.Service}, At: s.Now()})
			if civic.CodeOf(err) == civic.Conflict {
				continue
			}
			if err != nil {
				return fmt.Errorf("deliver: erase case %s: %w", r.Case, err)
			}
			gone++
			if err := s.deleteUnshared(ctx, blobs); err != nil {
				return err
			}
		}
		if len(list) < sweepPage || gone == 0 {
			return nil
		}
	}
}

// deleteUnshared deletes blobs that no row refers to any more, and previews of them.
func (s *Service) deleteUnshared(ctx context.Context, keys []string) error {
	alone, err := s.Expiry.UnknownBlobs(ctx, keys)
	if err != nil {
		return fmt.Errorf("deliver: erase: %w", err)
	}
	for _, k := range alone {
		for size := range civic.PreviewSizes {
			if p, err := civic.PreviewKey(k, size); err == nil {
				alone = append(alone, p)
			}
		}
	}
	return s.deleteBlobs(ctx, alone)
}

// idle deletes accounts that nobody has used for two years (§ 8 Abs. 7 OZG) and that own nothing any more: their drafts have expired,
// and cases belong to the authority until it erases them.
func (s *Service) idle(ctx context.Context) error {
	for {
		n, err := s.Periods.DeleteIdleAccounts(ctx, s.Now().Add(-civic.AccountLife), sweepPage)
		if err != nil {
			return fmt.Errorf("deliver: accounts: %w", err)
		}
		if n < sweepPage {
			return nil
		}
	}
}
