package apply

import (
	"context"
	"fmt"
	"slices"
	"strings"

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
	// Steps are the rows added and removed and the files taken out so far, in order, in the words of the page's buttons:
	// add:/hunde, remove:/hunde/0, detach:/nachweise#urn:uuid:…, and when a file came: attach:urn:uuid:…. Nothing of a
	// correction is stored before it is sent, so the page carries them as StepsField.
	Steps []string
}

// StepsField is the name under which a correction page posts its Steps.
const StepsField = "_steps"

// maxSteps limits what one correction may add, remove and take out.
const maxSteps = 200

// Correct opens the request that waits for an answer, after the steps taken so far; NotFound when none waits.
func (s *Service) Correct(ctx context.Context, who civic.Actor, dossier, lang string, steps []string) (*Correction, error) {
	c, _, err := s.correct(ctx, who, dossier, lang, steps, nil)
	return c, err
}

// correct opens the request after the steps taken so far and, when in is not nil, with what the page posted; it returns what
// is wrong with that.
func (s *Service) correct(ctx context.Context, who civic.Actor, dossier, lang string, steps []string, in formdef.Typed) (*Correction, []formdef.Problem, error) {
	m, err := s.Case(ctx, who, dossier, lang, false)
	if err != nil {
		return nil, nil, err
	}
	r := m.corrected()
	if r == nil {
		return nil, nil, civic.Errorf(civic.NotFound, "error.request.none")
	}
	c := &Correction{Case: m, Request: *r, Form: m.Form.Restrict(r.Pointers), State: m.State}
	problems, err := c.replay(steps, in)
	if err != nil {
		return nil, nil, err
	}
	c.draw(nil)
	return c, problems, nil
}

// corrected is the request that the case waits for an answer to, nil without one.
func (m *MyCase) corrected() *Request {
	if m.File.Case.State != civic.WaitingApplicant {
		return nil
	}
	return m.OpenRequest()
}

// replay takes steps again: rows first, then what was typed, so that the files uploaded since find the rows and questions
// that they belong to, then what was taken out.
func (c *Correction) replay(steps []string, in formdef.Typed) (problems []formdef.Problem, err error) {
	if len(steps) > maxSteps {
		return nil, civic.Errorf(civic.TooLarge, "error.form.large")
	}
	var out []string
	for _, step := range steps {
		if strings.HasPrefix(step, "detach:") {
			out = append(out, step)
		} else if err := c.step(step); err != nil {
			return nil, err
		}
	}
	if in != nil {
		c.draw(nil)
		problems = c.decode(in)
	}
	for _, f := range c.Case.Files {
		taken := slices.ContainsFunc(out, func(step string) bool { return strings.HasSuffix(step, "#"+f.URN()) })
		f.Pointer = followed(f.Pointer, f.URN(), steps)
		if !taken && f.Pointer != "" && f.Message == "" && !f.FromOffice && f.Created.After(c.Request.Created) && c.Request.opens(f.Pointer) {
			c.attachAgain(f)
		}
	}
	for _, step := range out {
		if err := c.step(step); err != nil {
			return nil, err
		}
	}
	c.Steps = steps
	return problems, nil
}

// followed is where a file belongs that came in the midst of the steps: rows above it may have been removed since; "" when its
// own was.
func followed(pointer, urn string, steps []string) string {
	came := slices.Index(steps, "attach:"+urn)
	if came < 0 {
		return pointer // with another window of the page
	}
	for _, step := range steps[came+1:] {
		if row, ok := strings.CutPrefix(step, "remove:"); ok && pointer != "" {
			pointer = without(pointer, row)
		}
	}
	return pointer
}

// Step takes one more step, a button's "add:", "remove:" or "detach:".
func (c *Correction) Step(step string) error {
	if len(c.Steps) >= maxSteps {
		return civic.Errorf(civic.TooLarge, "error.form.large")
	}
	if err := c.step(step); err != nil {
		return err
	}
	c.Steps = append(slices.Clone(c.Steps), step)
	c.draw(nil)
	return nil
}

func (c *Correction) step(step string) (err error) {
	verb, arg, _ := strings.Cut(step, ":")
	switch verb {
	case "add":
		c.State, err = c.Form.AddRow(c.State, arg)
	case "remove":
		c.State, err = c.Form.RemoveRow(c.State, arg)
	case "detach":
		pointer, urn, _ := strings.Cut(arg, "#")
		if c.Request.opens(pointer) {
			c.State, _ = c.Form.Detach(c.State, pointer, urn) // not there any more is as good
		}
	case "attach": // the file is stored; here it only says when it came
	default:
		err = fmt.Errorf("apply: there is no step %q", verb)
	}
	if err != nil {
		return civic.Errorf(civic.Invalid, "error.rows").Because(err)
	}
	return nil
}

// In shows the correction in another language.
func (c *Correction) In(lang string) {
	c.State.Lang = lang
	c.draw(nil)
}

// opens tells whether the request lets a pointer be changed.
func (r Request) opens(pointer string) bool {
	return slices.ContainsFunc(r.Pointers, func(p string) bool { return p == pointer || len(pointer) > len(p) && pointer[:len(p)+1] == p+"/" })
}

// attachAgain records a file that was uploaded for this answer but not sent yet; of a single-file field it replaces the
// old one. Where there is no room or no such field any more, the file is left out.
func (c *Correction) attachAgain(f Attachment) {
	if rule, ok := c.Form.FileRule(c.State, f.Pointer); ok && rule.MaxFiles <= 1 {
		for _, old := range c.Case.Files {
			if old.Pointer == f.Pointer && old.ID != f.ID {
				if st, ok := c.Form.Detach(c.State, f.Pointer, old.URN()); ok {
					c.State = st
				}
			}
		}
	}
	if st, err := c.Form.Attach(c.State, f.Pointer, f.URN()); err == nil {
		c.State = st
	}
}

// draw views the pages with something to correct.
func (c *Correction) draw(problems []formdef.Problem) {
	c.Pages, c.Problems = nil, problems
	for _, p := range c.Form.Journey(c.State) {
		v, ok := c.Form.View(p.Index, c.State, problems)
		if !ok {
			continue
		}
		if v.Elements = remarked(open(v.Elements), c.Request.Comments); len(v.Elements) > 0 {
			c.Pages = append(c.Pages, v)
		}
	}
}

// remarked puts before each question what the office said of it.
func remarked(list []formdef.Element, comments map[string]string) []formdef.Element {
	if len(comments) == 0 {
		return list
	}
	out := make([]formdef.Element, 0, len(list))
	for _, e := range list {
		pointer := e.Pointer
		if e.Field != nil {
			pointer = e.Field.Pointer
		}
		if comment := comments[pointer]; comment != "" {
			out = append(out, formdef.Element{Kind: formdef.KindRemark, Pointer: pointer, Text: comment})
		}
		e.Children = remarked(e.Children, comments)
		for i := range e.Rows {
			e.Rows[i].Elements = remarked(e.Rows[i].Elements, comments)
		}
		out = append(out, e)
	}
	return out
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

// CorrectFile stores a file for the answer to the open request; it is sent with Answer. in is what the page posted before it:
// an answer of this very page may have shown the question. It returns the step that the page goes on with.
func (s *Service) CorrectFile(ctx context.Context, who civic.Actor, lang string, up Upload, in formdef.Typed) (step string, err error) {
	c, _, err := s.correct(ctx, who, up.Dossier, lang, in[StepsField], in)
	if err != nil {
		return "", err
	}
	rule, err := c.room(s.NewID(), up.Pointer)
	if err != nil {
		return "", err
	}
	att, err := s.store(ctx, c.Case.Tenant, c.Case.File.Dossier, up, rule)
	if err != nil {
		return "", err
	}
	if err := s.Attachments.AddAttachment(ctx, who.Subject, att, s.scanJobs(att)...); err != nil {
		return "", fmt.Errorf("apply: correct: %w", err)
	}
	return "attach:" + att.URN(), nil
}

// room is what the field takes of a new file, or why there is no room for it.
func (c *Correction) room(id, pointer string) (formdef.FileRule, error) {
	rule, ok := c.Form.FileRule(c.State, pointer)
	if !ok || !c.Request.opens(pointer) {
		return rule, civic.Errorf(civic.NotFound, "error.not_found")
	}
	if _, err := c.Form.Attach(c.State, pointer, civic.Attachment{BlobKey: "/" + id}.URN()); err != nil {
		return rule, civic.Errorf(civic.Invalid, "error.file.count").At(pointer).Because(err)
	}
	return rule, roomInAll(c.Case.Files, pointer)
}

// CorrectTyped is the correction page with what was typed so far; nothing is stored.
func (s *Service) CorrectTyped(ctx context.Context, who civic.Actor, dossier, lang string, in formdef.Typed) (*Correction, error) {
	c, _, err := s.correct(ctx, who, dossier, lang, in[StepsField], in)
	return c, err
}

// decode takes what the page posted and returns what is wrong with it.
func (c *Correction) decode(in formdef.Typed) []formdef.Problem {
	var problems []formdef.Problem
	for _, p := range c.Pages {
		var found []formdef.Problem
		c.State, found = c.Form.Decode(p.Index, c.State, in)
		problems = append(problems, found...)
	}
	return problems
}

// Answer sends the corrected answers as an amendment; the first submission stays untouched. When something is wrong the
// correction comes back with its problems and what was typed, and nothing is stored.
func (s *Service) Answer(ctx context.Context, who civic.Actor, dossier, lang string, in formdef.Typed) (*Correction, error) {
	c, problems, err := s.correct(ctx, who, dossier, lang, in[StepsField], in)
	if err != nil {
		return nil, err
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
	if r := m.OpenRequest(); r == nil || r.ID != c.Request.ID {
		return civic.Errorf(civic.Conflict, "error.request.none") // answered or taken back in between
	}
	latest := m.Latest()
	a := &Application{Tenant: m.Tenant, Form: c.Form, State: c.State, Files: m.Files, Reach: who.Identity.Reach(),
		Draft: civic.Draft{Dossier: m.File.Dossier, Pins: latest.Pins}}
	sub, err := s.submission(who, a, frozen, s.Now())
	if err != nil {
		return err
	}
	if sub.Reach == nil {
		sub.Reach = latest.Reach // answered by code: they are reached as before
	}
	sub.Case, sub.Kind, sub.Request, sub.FileNumber = m.File.Case.ID, civic.SubmissionAmendment, c.Request.ID, m.File.Case.FileNumber
	sub.Receipt = s.Seal.Sign(sub.SignedReceipt().Message())
	next, ev, err := m.File.Case.Answered(who, s.Now(), sub.ID)
	if err != nil {
		return err
	}
	next = s.timing(m.Tenant, c.Form).Complete(next, s.Now())
	terms := c.Form.IndexTerms(c.State.Answers)
	if next.Columns, err = s.columns(a, terms); err != nil {
		return err
	}
	ev.ID = s.NewID()
	req := c.Request.Request
	req.Answered, req.Submission = s.Now(), sub.ID
	ch.Case, ch.Events, ch.Submission, ch.Request, ch.Terms = next, []civic.Event{ev}, &sub, &req, indexed(terms)
	job := civic.FanOut{Tenant: next.Tenant, Case: next.ID, Submission: sub.ID, Service: next.Service}
	if c.Form.Email(c.State.Answers) != "" || sub.Reach != nil {
		job.Notice = "answered"
	}
	ch.Jobs = []civic.Job{job}
	return nil
}
