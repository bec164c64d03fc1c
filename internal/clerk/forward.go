package clerk

import (
	"context"
	"fmt"
	"strings"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// maxTargets is how many authorities a search offers.
const maxTargets = 20

// Targets (mögliche Empfänger) finds authorities that offer the case's service and whose name holds the words.
func (s *Service) Targets(ctx context.Context, who civic.Actor, f *File, words string) ([]civic.Tenant, error) {
	if _, err := s.office(ctx, who, f.Tenant.ID); err != nil {
		return nil, err
	}
	all, err := s.Forms.AllTenants(ctx)
	if err != nil {
		return nil, err
	}
	var out []civic.Tenant
	for _, t := range all {
		if t.ID == f.Tenant.ID || !t.Live || !named(t, words) {
			continue
		}
		_, _, _, err := s.Forms.Current(ctx, t.ID, f.Case.Service)
		if civic.CodeOf(err) == civic.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if out = append(out, t); len(out) == maxTargets {
			break
		}
	}
	return out, nil
}

// named tells whether the tenant's name holds all words.
func named(t civic.Tenant, words string) bool {
	name := strings.ToLower(t.Name + " " + t.Slug)
	for _, w := range strings.Fields(strings.ToLower(words)) {
		if !strings.Contains(name, w) {
			return false
		}
	}
	return true
}

// Forward (abgeben) opens the case anew at the authority that is responsible and closes it here. The dossier's key is
// wrapped anew for that authority; frozen answers and receipts stay as they are. Notes, requests and opinions stay here.
func (s *Service) Forward(ctx context.Context, who civic.Actor, at At, target string) error {
	f, err := s.file(ctx, who, at.Tenant, at.Case, at.Lang)
	if err != nil {
		return err
	}
	if at.Revision != 0 && f.Case.Revision != at.Revision {
		return moved(f, at.Revision)
	}
	if err := locked(f.Case, at); err != nil {
		return err
	}
	to, err := s.Forms.TenantByID(ctx, target)
	if err != nil || to.ID == f.Tenant.ID {
		return civic.Errorf(civic.Invalid, "error.desk.target").At("target").Because(err)
	}
	_, form, _, err := s.Forms.Current(ctx, to.ID, f.Case.Service)
	if civic.CodeOf(err) == civic.NotFound {
		return civic.Errorf(civic.Invalid, "error.desk.target").At("target")
	}
	if err != nil {
		return err
	}
	if err := f.free(); err != nil {
		return err
	}
	fw, err := s.forwarding(ctx, who, f, to, form)
	if err != nil {
		return err
	}
	if err := s.Store.Forward(ctx, f.Tenant.ID, fw); err != nil {
		return fmt.Errorf("clerk: forward: %w", err)
	}
	return nil
}

// forwarding is everything that the step writes.
func (s *Service) forwarding(ctx context.Context, who civic.Actor, f *File, to civic.Tenant, form *formdef.Form) (civic.Forwarding, error) {
	now := s.Now()
	d := f.Dossier
	d.ID, d.Tenant, d.Created = s.NewID(), to.ID, now
	key, err := s.Seal.RewrapDossierKey(keys(f.Tenant, f.Dossier.ID, f.Dossier.Key), civic.Keys{Tenant: to.ID, TenantKey: to.Key, Dossier: d.ID})
	if err != nil {
		return civic.Forwarding{}, fmt.Errorf("clerk: forward: %w", err)
	}
	d.Key = key
	meta := form.Package.Form
	number, err := s.Store.NextFileNumber(ctx, to.ID, meta.FilePrefix, now.In(s.Zone).Year())
	if err != nil {
		return civic.Forwarding{}, fmt.Errorf("clerk: file number: %w", err)
	}
	c := civic.Case{ID: s.NewID(), Tenant: to.ID, Dossier: d.ID, Service: f.Case.Service, FileNumber: number, State: civic.Received,
		Revision: 1, Received: now, Changed: now, Columns: f.Case.Columns, Key: key, Unread: true}
	c = s.timing(to, form).Start(c, now)
	closed, ev, err := f.Case.Forward(who, now, c.ID)
	if err != nil {
		return civic.Forwarding{}, err
	}
	ev.ID = s.NewID()
	arrived := s.event(c, civic.Actor{System: true}, "case.arrived", map[string]string{"from": f.Case.ID, "state": string(c.State)})
	fw := civic.Forwarding{Dossier: d, Case: c, Events: []civic.Event{arrived},
		Closed: civic.CaseChange{Case: closed, Was: f.Case.Revision, Events: []civic.Event{ev}, Request: s.recalled(f)},
		Terms:  s.terms(f, number),
		Jobs:   []civic.Job{civic.Notify{Tenant: to.ID, Case: c.ID, What: "forwarded", Ref: c.ID}}}
	s.carry(&fw, f)
	last := fw.Submissions[len(fw.Submissions)-1]
	fw.Jobs = append(fw.Jobs, civic.FanOut{Tenant: to.ID, Case: c.ID, Submission: last.ID, Service: c.Service}) // the notice of the forwarding says it all
	return fw, nil
}

// carry copies submissions, messages and attachments under new ids; all of it opens with the new key.
func (s *Service) carry(fw *civic.Forwarding, f *File) {
	for _, sub := range f.Submissions {
		x := sub.Submission
		x.ID, x.Dossier, x.Tenant, x.Case, x.Request = s.NewID(), fw.Dossier.ID, fw.Dossier.Tenant, fw.Case.ID, ""
		if x.Overlay > 0 && x.OverlayTenant == "" {
			x.OverlayTenant = f.Tenant.ID // forwarded once more, it stays the first authority's
		}
		fw.Submissions = append(fw.Submissions, x)
	}
	messages := map[string]string{}
	for _, m := range f.Messages {
		x := m.Message
		x.ID, x.Dossier, x.Tenant, x.Case = s.NewID(), fw.Dossier.ID, fw.Dossier.Tenant, fw.Case.ID
		messages[m.ID] = x.ID
		fw.Messages = append(fw.Messages, x)
	}
	for _, a := range f.Attachments {
		if a.Expert() {
			continue // the opinion stays here
		}
		x := a.Attachment
		x.ID, x.Dossier, x.Tenant, x.Message = s.NewID(), fw.Dossier.ID, fw.Dossier.Tenant, messages[a.Message]
		fw.Attachments = append(fw.Attachments, x)
	}
}

// terms are what the case is found by at its new place.
func (s *Service) terms(f *File, number string) []civic.IndexTerm {
	out := []civic.IndexTerm{{Field: "number", Mode: "number", Text: number}, {Field: "number", Mode: "number", Text: f.Case.FileNumber}}
	out = append(out, f.person()...)
	out = append(out, civic.TwinTag(f.Case.Service, f.person(), f.indexed())...)
	out = append(out, f.indexed()...)
	for _, m := range f.Messages {
		out = append(out, civic.IndexTerm{Field: "message", Mode: "word", Text: m.Text})
	}
	return out
}

// timing is by when the office has to be done with what the form asks for.
func (s *Service) timing(t civic.Tenant, f *formdef.Form) civic.Timing {
	d := f.Package.Form.Deadline
	return civic.Timing{Calendar: t.Calendar(s.Zone), Decide: civic.Span(d.Span), Deemed: civic.Span(d.Silence())}
}
