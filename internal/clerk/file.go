package clerk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// File is a case, opened: everything that its page shows.
type File struct {
	Tenant      civic.Tenant
	Case        civic.Case
	Dossier     civic.Dossier
	Form        *formdef.Form // of the latest submission
	Due         Due
	Submissions []Submission // oldest first; the last one holds today's answers
	Attachments []Attachment
	Messages    []Message
	Requests    []Request
	Notes       []Note
	Proposals   []Proposal
	Opinions    []Opinion
	Decision    *Decision
	Payment     *civic.Payment
	Events      []civic.Event
	Deliveries  []civic.Delivery
	Mine        bool // the actor is the assignee, or acts for them today
	Lead        bool // the actor may give it out
	Scope       Scope
	state       formdef.State
	reach       civic.Reach // of the latest submission
}

// Submission is an application or an amendment as the citizen saw it, and what it changed.
type Submission struct {
	civic.Submission
	Sections []formdef.Section
	Changes  []Change
}

// Change is an answer that an amendment changed.
type Change struct {
	Label         string
	Before, After formdef.Line
}

// Attachment is a file with its name opened.
type Attachment struct {
	civic.Attachment
	FileName string
}

// Message, Request, Note and Decision are what was written, opened.
type (
	Message struct {
		civic.Message
		Text  string
		Files []Attachment
	}
	Request struct {
		civic.Request
		Words    string
		Labels   []string          // of the fields to correct
		Comments map[string]string // by pointer: what is wrong there
		Remarks  []Remark          // the fields with their comments, in the order of the form
	}
	Remark   struct{ Label, Comment string }
	Proposal struct {
		civic.Proposal
		Markdown, Why string
	}
	Note struct {
		civic.Note
		Text string
	}
	Decision struct {
		civic.Decision
		Markdown string
	}
)

// Latest is today's answers.
func (f *File) Latest() Submission { return f.Submissions[len(f.Submissions)-1] }

// OpenRequest is the request that waits for an answer, or nil.
func (f *File) OpenRequest() *Request {
	for i := range f.Requests {
		if f.Requests[i].Open() {
			return &f.Requests[i]
		}
	}
	return nil
}

// Fields lists what a request can name: every visible field of the form, page by page, answered or not.
func (f *File) Fields() []formdef.Section { return f.Form.Summary(f.state, true) }

// Open opens a case for reading, in the reader's language. That it was opened is recorded, and it is no longer unread.
func (s *Service) Open(ctx context.Context, who civic.Actor, tenant, id, lang string) (*File, error) {
	f, err := s.file(ctx, who, tenant, id, lang)
	if err != nil {
		return nil, err
	}
	ev := s.event(f.Case, who, "case.opened", nil)
	if err := s.Store.Seen(ctx, tenant, id, ev); err != nil {
		return nil, fmt.Errorf("clerk: seen: %w", err)
	}
	if len(f.Notes) > 0 {
		if err := s.Teams.MentionsSeen(ctx, tenant, id, who.Staff.ID); err != nil {
			return nil, fmt.Errorf("clerk: mentions: %w", err)
		}
	}
	return f, nil
}

func (s *Service) event(c civic.Case, who civic.Actor, kind string, data map[string]string) civic.Event {
	return civic.Event{ID: s.NewID(), Tenant: c.Tenant, Case: c.ID, Actor: who.Name(), Kind: kind, Data: data, At: s.Now()}
}

// file reads and opens a case.
func (s *Service) file(ctx context.Context, who civic.Actor, tenant, id, lang string) (*File, error) {
	sc, err := s.scopeOf(ctx, who, tenant)
	if err != nil {
		return nil, err
	}
	t := sc.Tenant
	raw, err := s.seen(ctx, sc, id)
	if err != nil {
		return nil, err
	}
	f, err := s.fileOf(ctx, t, raw, lang)
	if err != nil {
		return nil, err
	}
	if !sc.sees(f.Case.Service, f.Form) {
		return nil, civic.Errorf(civic.NotFound, "error.not_found")
	}
	f.Scope, f.Mine, f.Lead = sc, sc.mine(raw.Case), sc.leads(raw.Case)
	return f, nil
}

// fileOf opens a case that was read for somebody who may.
func (s *Service) fileOf(ctx context.Context, t civic.Tenant, raw civic.CaseFile, lang string) (*File, error) {
	f := &File{Tenant: t, Case: raw.Case, Dossier: raw.Dossier, Payment: raw.Payment, Events: raw.Events, Deliveries: raw.Deliveries, Due: s.dueOf(raw.Case)}
	k := keys(t, raw.Dossier.ID, raw.Dossier.Key)
	if err := s.openFiles(f, k, raw.Attachments); err != nil {
		return nil, err
	}
	if err := s.openAnswers(ctx, f, k, raw.Submissions, lang); err != nil {
		return nil, err
	}
	return f, s.openTalk(f, k, raw)
}

// seen reads a case that is there for the actor; for anybody else it is not.
func (s *Service) seen(ctx context.Context, sc Scope, id string) (civic.CaseFile, error) {
	raw, err := s.Store.CaseFile(ctx, sc.Tenant.ID, id)
	if err == nil && !sc.sees(raw.Case.Service, nil) {
		return civic.CaseFile{}, civic.Errorf(civic.NotFound, "error.not_found")
	}
	return raw, err
}

func (s *Service) openFiles(f *File, k civic.Keys, list []civic.Attachment) error {
	for _, a := range list {
		name, err := s.open(k, sealName, a.Name)
		if err != nil {
			return err
		}
		f.Attachments = append(f.Attachments, Attachment{a, name})
	}
	return nil
}

// openAnswers shows each submission by the form that it was made with, and compares it with the one before.
func (s *Service) openAnswers(ctx context.Context, f *File, k civic.Keys, list []civic.Submission, lang string) error {
	if len(list) == 0 {
		return fmt.Errorf("clerk: case %s has no submission", f.Case.ID)
	}
	files := map[string]formdef.File{}
	for _, a := range f.Attachments {
		files[a.URN()] = formdef.File{URN: a.URN(), Name: a.FileName, MediaType: a.MediaType, Bytes: a.Bytes, Verdict: string(a.Verdict)}
	}
	sent := map[string]bool{}
	for _, sub := range list {
		form, err := s.Forms.Pinned(ctx, f.Tenant.ID, f.Case.Service, sub.Pins)
		if err != nil {
			return err
		}
		raw, err := s.Seal.Open(k, sealAnswers, sub.Answers)
		if err != nil {
			return fmt.Errorf("clerk: open answers: %w", err)
		}
		answers, err := parseAnswers(raw)
		if err != nil {
			return err
		}
		for _, urn := range form.URNs(answers) {
			sent[urn] = true
		}
		if f.reach, err = s.openReach(k, sub); err != nil {
			return err
		}
		f.Form, f.state = form, formdef.State{Answers: answers, Files: files, Now: s.Now(), Lang: lang}
		view := Submission{Submission: sub, Sections: form.Summary(f.state, false)}
		if n := len(f.Submissions); n > 0 {
			view.Changes = changes(f.Submissions[n-1].Sections, view.Sections)
		}
		f.Submissions = append(f.Submissions, view)
	}
	// What was uploaded but not sent (to a question that was hidden again, or just before a crash) is not the office's to see.
	f.Attachments = slices.DeleteFunc(f.Attachments, func(a Attachment) bool { return a.Message == "" && !a.FromOffice && !sent[a.URN()] })
	return nil
}

func parseAnswers(raw []byte) (formdef.Answers, error) {
	answers := formdef.Answers{}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&answers); err != nil {
		return nil, fmt.Errorf("clerk: answers: %w", err)
	}
	return answers, nil
}

// openReach opens how the sender said they can be reached.
func (s *Service) openReach(k civic.Keys, sub civic.Submission) (r civic.Reach, err error) {
	raw, err := s.open(k, sealReach, sub.Reach)
	if err != nil || raw == "" {
		return r, err
	}
	if err := json.Unmarshal([]byte(raw), &r); err != nil {
		return r, fmt.Errorf("clerk: reach: %w", err)
	}
	return r, nil
}

// changes compares two summaries by pointer, in the order of the newer one; what is gone comes last.
func changes(before, after []formdef.Section) []Change {
	old := map[string]formdef.Line{}
	var gone []string
	for _, l := range lines(before) {
		if _, twice := old[l.Pointer]; !twice {
			gone = append(gone, l.Pointer)
		}
		old[l.Pointer] = l
	}
	var out []Change
	for _, l := range lines(after) {
		was := old[l.Pointer]
		gone = slices.DeleteFunc(gone, func(p string) bool { return p == l.Pointer })
		if !same(was, l) {
			out = append(out, Change{l.Label, was, l})
		}
	}
	for _, p := range gone {
		out = append(out, Change{old[p].Label, old[p], formdef.Line{}})
	}
	return out
}

func lines(sections []formdef.Section) []formdef.Line {
	var out []formdef.Line
	for _, sec := range sections {
		for _, l := range sec.Rows {
			if !l.Heading {
				out = append(out, l)
			}
		}
	}
	return out
}

func same(a, b formdef.Line) bool {
	return a.Value == b.Value && a.Key == b.Key &&
		slices.EqualFunc(a.Files, b.Files, func(x, y formdef.File) bool { return x.URN == y.URN })
}

// openTalk opens messages, requests, notes and the decision.
func (s *Service) openTalk(f *File, k civic.Keys, raw civic.CaseFile) error {
	for _, m := range raw.Messages {
		body, err := s.open(k, sealMessage, m.Body)
		if err != nil {
			return err
		}
		msg := Message{Message: m, Text: body}
		for _, a := range f.Attachments {
			if a.Message == m.ID {
				msg.Files = append(msg.Files, a)
			}
		}
		f.Messages = append(f.Messages, msg)
	}
	labels := map[string]string{}
	for _, l := range lines(f.Fields()) {
		labels[l.Pointer] = l.Label
	}
	for _, r := range raw.Requests {
		body, err := s.open(k, sealRequest, r.Text)
		if err != nil {
			return err
		}
		req := Request{Request: r, Words: body}
		if req.Comments, err = s.openComments(k, r.Comments); err != nil {
			return err
		}
		for _, p := range r.Pointers {
			if labels[p] != "" {
				req.Labels = append(req.Labels, labels[p])
				req.Remarks = append(req.Remarks, Remark{labels[p], req.Comments[p]})
			}
		}
		f.Requests = append(f.Requests, req)
	}
	for _, n := range raw.Notes {
		body, err := s.open(k, sealNote, n.Body)
		if err != nil {
			return err
		}
		f.Notes = append(f.Notes, Note{n, body})
	}
	if raw.Decision != nil {
		body, err := s.open(k, sealLetter, raw.Decision.Letter)
		if err != nil {
			return err
		}
		f.Decision = &Decision{*raw.Decision, body}
	}
	if err := s.openProposals(f, k, raw.Proposals); err != nil {
		return err
	}
	return s.openOpinions(f, k, raw.Opinions)
}
