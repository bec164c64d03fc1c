package apply

import (
	"context"
	"fmt"
	"slices"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// Correction is the page on which a citizen answers a request: only what the office asked for can be changed.
type Correction struct {
	Case     *MyCase
	Request  Request
	Form     *formdef.Form // restricted to the request's pointers
	State    formdef.State
	Pages    []formdef.View // of the pages with something to correct, pruned to it
	Problems []formdef.Problem
}

// Correct opens the request that waits for an answer; NotFound when none does.
func (s *Service) Correct(ctx context.Context, who civic.Actor, dossier, lang string) (*Correction, error) {
	m, err := s.Case(ctx, who, dossier, lang, false)
	if err != nil {
		return nil, err
	}
	r := m.OpenRequest()
	if r == nil {
		return nil, civic.Errorf(civic.NotFound, "error.request.none")
	}
	c := &Correction{Case: m, Request: *r, Form: m.Form.Restrict(r.Pointers), State: m.State}
	for _, f := range m.Files {
		if f.Message == "" && !f.FromOffice && f.Created.After(r.Created) && r.opens(f.Pointer) {
			if c.State, err = attachAgain(c, f); err != nil {
				return nil, err
			}
		}
	}
	c.draw(nil)
	return c, nil
}

// opens tells whether the request lets a pointer be changed.
func (r Request) opens(pointer string) bool {
	return slices.ContainsFunc(r.Pointers, func(p string) bool { return p == pointer || len(pointer) > len(p) && pointer[:len(p)+1] == p+"/" })
}

// attachAgain records a file that was uploaded for this answer but not sent yet; of a single-file field it replaces the old one.
func attachAgain(c *Correction, f Attachment) (formdef.State, error) {
	if rule, ok := c.Form.FileRule(c.State, f.Pointer); ok && rule.MaxFiles <= 1 {
		for _, old := range c.Case.Files {
			if old.Pointer == f.Pointer && old.ID != f.ID {
				if st, ok := c.Form.Detach(c.State, f.Pointer, old.URN()); ok {
					c.State = st
				}
			}
		}
	}
	st, err := c.Form.Attach(c.State, f.Pointer, f.URN())
	if err != nil {
		return c.State, civic.Errorf(civic.Invalid, "error.file.count").At(f.Pointer).Because(err)
	}
	return st, nil
}

// draw views the pages with something to correct.
func (c *Correction) draw(problems []formdef.Problem) {
	c.Pages, c.Problems = nil, problems
	for _, p := range c.Form.Journey(c.State) {
		v, ok := c.Form.View(p.Index, c.State, problems)
		if !ok {
			continue
		}
		if v.Elements = open(v.Elements); len(v.Elements) > 0 {
			c.Pages = append(c.Pages, v)
		}
	}
}

// open keeps the elements in which something can be changed.
func open(list []formdef.Element) []formdef.Element {
	var out []formdef.Element
	for _, e := range list {
		switch {
		case e.Field != nil:
			if e.Field.ReadOnly || e.Field.Disabled || e.Field.Widget == formdef.WidgetOutput {
				continue
			}
		case e.Kind == formdef.KindList:
			var rows []formdef.Row
			for _, r := range e.Rows {
				if r.Elements = open(r.Elements); len(r.Elements) > 0 {
					rows = append(rows, r)
				}
			}
			if e.Rows = rows; len(rows) == 0 && !e.CanAdd {
				continue
			}
		case e.Kind == formdef.KindLabel, e.Kind == formdef.KindHelp, e.Kind == formdef.KindExit:
			continue
		default:
			if e.Children = open(e.Children); len(e.Children) == 0 {
				continue
			}
		}
		out = append(out, e)
	}
	return out
}

// CorrectFile stores a file for the answer to the open request; it is sent with Answer.
func (s *Service) CorrectFile(ctx context.Context, who civic.Actor, lang string, up Upload) error {
	c, err := s.Correct(ctx, who, up.Dossier, lang)
	if err != nil {
		return err
	}
	rule, ok := c.Form.FileRule(c.State, up.Pointer)
	if !ok || !c.Request.opens(up.Pointer) {
		return civic.Errorf(civic.NotFound, "error.not_found")
	}
	att, err := s.store(ctx, c.Case.Tenant, c.Case.File.Dossier, up, rule)
	if err != nil {
		return err
	}
	if err := s.Attachments.AddAttachment(ctx, who.Subject, att, s.scanJobs(att)...); err != nil {
		return fmt.Errorf("apply: correct: %w", err)
	}
	return nil
}

// CorrectTyped is the correction page with what was typed so far; nothing is stored.
func (s *Service) CorrectTyped(ctx context.Context, who civic.Actor, dossier, lang string, in formdef.Typed) (*Correction, error) {
	c, err := s.Correct(ctx, who, dossier, lang)
	if err != nil {
		return nil, err
	}
	for _, p := range c.Pages {
		c.State, _ = c.Form.Decode(p.Index, c.State, in)
	}
	c.draw(nil)
	return c, nil
}

// Answer sends the corrected answers as an amendment; the first submission stays untouched. When something is wrong the
// correction comes back with its problems and what was typed, and nothing is stored.
func (s *Service) Answer(ctx context.Context, who civic.Actor, dossier, lang string, in formdef.Typed) (*Correction, error) {
	c, err := s.Correct(ctx, who, dossier, lang)
	if err != nil {
		return nil, err
	}
	var problems []formdef.Problem
	for _, p := range c.Pages {
		var found []formdef.Problem
		c.State, found = c.Form.Decode(p.Index, c.State, in)
		problems = append(problems, found...)
	}
	if len(problems) == 0 {
		problems = c.Form.Check(c.State)
	}
	var frozen []byte
	if len(problems) == 0 {
		frozen, problems = c.Form.Freeze(c.State)
	}
	if c.draw(problems); len(problems) > 0 {
		return c, nil
	}
	return c, s.change(ctx, who, dossier, func(m *MyCase, ch *civic.CaseChange) error { return s.amend(who, m, c, frozen, ch) })
}

// amend fills the change that an answered request makes.
func (s *Service) amend(who civic.Actor, m *MyCase, c *Correction, frozen []byte, ch *civic.CaseChange) error {
	latest := m.Latest()
	a := &Application{Tenant: m.Tenant, Form: c.Form, State: c.State, Files: m.Files,
		Draft: civic.Draft{Dossier: m.File.Dossier, Pins: latest.Pins}}
	sub, err := s.submission(who, a, frozen, s.Now())
	if err != nil {
		return err
	}
	sub.Case, sub.Kind, sub.Request, sub.FileNumber = m.File.Case.ID, civic.SubmissionAmendment, c.Request.ID, m.File.Case.FileNumber
	sub.Receipt = s.Seal.Sign(ReceiptMessage(sub.FileNumber, sub.Digest, sub.Created))
	next, ev, err := m.File.Case.Answered(who, s.Now(), sub.ID)
	if err != nil {
		return err
	}
	terms := c.Form.IndexTerms(c.State.Answers)
	if next.Columns, err = s.columns(a, terms); err != nil {
		return err
	}
	ev.ID = s.NewID()
	req := c.Request.Request
	req.Answered, req.Submission = s.Now(), sub.ID
	ch.Case, ch.Events, ch.Submission, ch.Request, ch.Terms = next, []civic.Event{ev}, &sub, &req, indexed(terms)
	ch.Jobs = []civic.Job{civic.FanOut{Tenant: next.Tenant, Case: next.ID, Submission: sub.ID}}
	return nil
}
