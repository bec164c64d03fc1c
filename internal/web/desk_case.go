package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/apply"
	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/formdef"
	"antragswerk/internal/web/page"
)

// maxFiles is how many files go with one message.
const maxFiles = 5

// typed is what a form of the case page held when it could not be sent.
type typed struct {
	form, text, textError, fileError string
	moved                            *clerk.Moved
}

// deskCase opens a case.
func (s *Server) deskCase(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	f, err := s.Clerk.Open(r.ctx, r.actor, t.ID, r.Params("case"), r.l.Tag)
	if err != nil {
		return err
	}
	return s.drawDeskCase(r, fiber.StatusOK, f, typed{})
}

// again draws the case page after a step that did not work, with what was typed.
func (s *Server) again(r *request, t civic.Tenant, status int, in typed) error {
	f, err := s.Clerk.Peek(r.ctx, r.actor, t.ID, r.Params("case"), r.l.Tag)
	if err != nil {
		return err
	}
	return s.drawDeskCase(r, status, f, in)
}

func (s *Server) drawDeskCase(r *request, status int, f *clerk.File, in typed) error {
	c := f.Case
	base := "/desk/" + f.Tenant.Slug + "/" + c.ID
	query := r.inboxQuery()
	shown := f.Latest()
	for _, sub := range f.Submissions {
		if sub.ID == r.Query("version") {
			shown = sub
		}
	}
	p := page.DeskCase{Base: base, Query: query, InboxURL: "/desk/" + f.Tenant.Slug + query, Case: c, Due: page.Due(f.Due), Mine: f.Mine, Lead: f.Lead,
		Service: f.Form.Package.Service.Name.In(r.l.Tag), Sections: shown.Sections, Payment: f.Payment, Deliveries: f.Deliveries,
		Open: in.form, Text: in.text, TextError: in.textError, FileError: in.fileError, FileRule: r.T("desk.message.files.hint", "n", maxFiles),
		FileURL: r.deskFileURL(f, base)}
	p.Facts = r.deskFacts(f)
	p.Presence, p.Group = s.enterCase(r, f), r.caseGroup(f)
	for i, sub := range f.Submissions {
		key := "desk.version.first"
		if i > 0 {
			key = "desk.version.amendment"
		}
		p.Versions = append(p.Versions, page.DeskVersion{Text: r.T(key, "date", r.l.DateShort(sub.Created)), Current: sub.ID == shown.ID,
			URL: base + withQuery(query, "version", sub.ID)})
	}
	for _, ch := range shown.Changes {
		p.Changes = append(p.Changes, page.DeskChange{Label: ch.Label, Before: page.LineText(r.l, ch.Before), After: page.LineText(r.l, ch.After)})
	}
	r.deskTalk(f, base, &p)
	if err := s.deskLetters(r, f, base, &p); err != nil {
		return err
	}
	r.deskViewer(f, base, &p)
	if in.form == "task" {
		p.Text, p.TextError, p.FileError = "", "", ""
		p.Work.TaskText, p.Work.TaskError, p.Work.TaskDue, p.Work.TaskDueError = in.text, in.textError, r.value("task_due"), in.fileError
	}
	if err := s.deskWork(r, f, base, &p); err != nil {
		return err
	}
	if in.moved != nil {
		p.Moved = s.deskMoved(r, f, in.moved)
	}
	if err := s.deskAround(r, f, query, &p); err != nil {
		return err
	}
	var err error
	if p.Clocks, err = s.clocksOf(r, f, base, query); err != nil {
		return err
	}
	shell := s.deskShell(r, c.FileNumber+" · "+p.Service, f.Tenant)
	shell.Errors = in.textError+in.fileError != ""
	shell.Crumbs = []page.Crumb{{Text: r.T("desk.inbox"), URL: p.InboxURL}}
	if status != fiber.StatusOK {
		shell.Path = base + query // the post has no page of its own
	}
	return r.render(status, page.DeskCasePage(shell, p))
}

func withQuery(query, name, value string) string {
	if query == "" {
		return "?" + name + "=" + value
	}
	return query + "&" + name + "=" + value
}

func inLanguage(texts map[string][]string, lang string) []string {
	if list := texts[lang]; len(list) > 0 {
		return list
	}
	return texts["de"]
}

// deskAround finds the neighbours in the inbox and whom the case can be given to.
func (s *Server) deskAround(r *request, f *clerk.File, query string, p *page.DeskCase) error {
	n, err := s.Clerk.Neighbours(r.ctx, r.actor, f.Tenant.ID, r.inboxAsk(), f.Case.ID)
	if err != nil {
		return err
	}
	if p.Labels, err = s.labelsOf(r, f, p.Base, query); err != nil {
		return err
	}
	if n.Previous != "" {
		p.Previous = "/desk/" + f.Tenant.Slug + "/" + n.Previous + query
	}
	if n.Next != "" {
		p.Next = "/desk/" + f.Tenant.Slug + "/" + n.Next + query
	}
	for _, m := range clerk.Methods {
		p.Methods = append(p.Methods, page.Option{Value: m, Label: r.T("desk.method." + m), Selected: m == r.value("method")})
	}
	people, err := s.Clerk.Assignees(r.ctx, r.actor, f)
	if err != nil {
		return err
	}
	p.Call = page.Input{Kind: formdef.WidgetSelect, Name: "call", Label: r.T("desk.note.call"), Hint: r.T("desk.note.call.hint"), NoMark: true, Options: []page.Option{{Label: r.T("desk.note.call.nobody")}}}
	for _, c := range people {
		if c.ID != r.actor.Staff.ID {
			p.Call.Options = append(p.Call.Options, page.Option{Value: c.Name, Label: r.colleague(c), Selected: c.Name == r.value("call")})
		}
	}
	if !f.Lead {
		return nil
	}
	for _, c := range people {
		p.People = append(p.People, page.Option{Value: c.ID, Label: r.colleague(c), Selected: c.ID == or(r.value("assignee"), f.Case.Assignee)})
	}
	return nil
}

// colleague names somebody to give a case to.
func (r *request) colleague(c civic.Colleague) string {
	if civic.Awaited(c.ID) {
		return r.T("desk.awaited", "name", c.Name)
	}
	return c.Name
}

// deskFacts are the lines below the heading.
func (r *request) deskFacts(f *clerk.File) []string {
	first := f.Submissions[0]
	assignee := f.Case.AssigneeName
	if f.Mine {
		assignee += " (" + r.T("desk.me") + ")"
	} else if assignee == "" {
		assignee = r.T("desk.nobody")
	}
	facts := []string{r.T("desk.fact.received"), r.l.DateTime(f.Case.Received), r.T("desk.fact.assignee"), assignee,
		r.T("desk.fact.level"), r.T("level." + string(first.Level))}
	if first.FileNumber != f.Case.FileNumber {
		facts = append(facts, r.T("desk.fact.former"), first.FileNumber)
	}
	for _, e := range f.Events {
		if answer, ok := strings.CutPrefix(e.Kind, "case.cosign."); ok && r.l.Has("desk.cosign."+answer) {
			facts = append(facts, r.T("desk.fact.cosign"), r.T("desk.cosign."+answer, "date", r.l.Date(e.At)))
		}
	}
	return facts
}

// deskTalk words attachments, messages, requests, notes and the decision.
func (r *request) deskTalk(f *clerk.File, base string, p *page.DeskCase) {
	labels := map[string]string{}
	for _, sec := range f.Fields() {
		for _, l := range sec.Rows {
			labels[l.Pointer] = l.Label
		}
	}
	for _, a := range f.Attachments {
		if a.Message == "" {
			p.Attachments = append(p.Attachments, r.deskFileOf(base, a, labels[a.Pointer]))
		}
	}
	for _, m := range f.Messages {
		x := page.DeskMessage{Author: m.AuthorName, At: r.l.DateTime(m.Created), Text: m.Text, FromOffice: m.FromOffice}
		if !m.FromOffice {
			x.Author = r.T("desk.citizen")
			if m.Message.Author == apply.Cosigner {
				x.Author = r.T("cosign.author")
			}
		} else if !m.Read.IsZero() {
			x.Read = r.T("desk.message.read", "date", r.l.DateShort(m.Read))
		} else {
			x.Read = r.T("desk.message.unread")
		}
		for _, a := range m.Files {
			x.Files = append(x.Files, r.deskFileOf(base, a, ""))
		}
		p.Messages = append(p.Messages, x)
	}
	for _, q := range f.Requests {
		state, note := "open", ""
		switch {
		case !q.Answered.IsZero():
			state = "answered"
		case !q.Recalled.IsZero():
			state = "recalled"
		case !q.Lapsed.IsZero():
			state = "lapsed"
		}
		if !q.Reminded.IsZero() {
			note = r.T("desk.request.reminded", "date", r.l.DateShort(q.Reminded))
		} else if !q.Remind.IsZero() && q.Open() {
			note = r.T("desk.request.remind", "date", r.l.DateShort(q.Remind))
		}
		x := page.DeskRequest{Text: q.Words, At: r.l.Date(q.Created), Due: r.l.Date(q.Due), State: r.T("desk.request." + state), Note: note,
			Open: q.Open(), Late: state == "lapsed"}
		for _, m := range q.Remarks {
			x.Fields = append(x.Fields, page.DeskRemark(m))
		}
		p.Requests = append(p.Requests, x)
	}
	for _, n := range f.Notes {
		p.Notes = append(p.Notes, page.DeskNote{Author: n.AuthorName, At: r.l.DateTime(n.Created), Text: n.Text})
	}
	if d := f.Decision; d != nil {
		p.Decision = &page.DeskDecision{Outcome: d.Outcome, Author: d.AuthorName, Date: r.l.DateTime(d.Created), Deemed: r.l.Date(d.Deemed),
			Read: r.l.DateTime(d.Read), Letter: d.Markdown, PDF: base + "/letter.pdf"}
	}
}

// deskEvents words a case's history. Staff are named where the case knows them.
func (r *request) deskEvents(f *clerk.File, list []civic.Event) []page.DeskEvent {
	names := map[string]string{f.Case.Assignee: f.Case.AssigneeName, "citizen": r.T("desk.citizen"), "system": r.T("desk.system"), "expert": r.T("desk.expert"),
		r.actor.Staff.ID: r.actor.Staff.Name}
	for _, m := range f.Messages {
		names[m.Author] = or(names[m.Author], m.AuthorName)
	}
	for _, n := range f.Notes {
		names[n.Author] = n.AuthorName
	}
	if f.Decision != nil {
		names[f.Decision.Author] = f.Decision.AuthorName
		names[f.Decision.Approver] = f.Decision.ApproverName
	}
	var out []page.DeskEvent
	for _, e := range list {
		text := e.Kind
		if r.l.Has("desk.event." + e.Kind) {
			text = r.T("desk.event." + e.Kind)
		}
		out = append(out, page.DeskEvent{Text: text, Who: or(names[e.Actor], r.T("desk.colleague")), At: r.l.DateTime(e.At)})
	}
	return out
}

// deskFile sends an attachment as a download; nothing of it runs in our origin.
func (s *Server) deskFile(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	d, err := s.Clerk.OpenAttachment(r.ctx, r.actor, t.ID, r.Params("case"), r.Params("file"))
	if err != nil {
		return err
	}
	return r.stream(d.Name, d.MediaType, d.Body, d.Bytes, false)
}

// chosen turns the posted pointers into a set.
func chosen(pointers []string) map[string]bool {
	out := map[string]bool{}
	for _, p := range pointers {
		out[p] = true
	}
	return out
}

// askable are the sections of a form with fields that can be asked for: calculated and proven ones cannot.
func askable(sections []formdef.Section) []formdef.Section {
	var out []formdef.Section
	for _, sec := range sections {
		var rows []formdef.Line
		for _, l := range sec.Rows {
			if !l.Locked {
				rows = append(rows, l)
			}
		}
		if sec.Rows = rows; len(rows) > 0 {
			out = append(out, sec)
		}
	}
	return out
}
