package web

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/apply"
	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/web/page"
)

// myRoutes are a citizen's drafts and applications.
func (s *Server) myRoutes() []route {
	return []route{
		get("/me", anybody, s.myPage),
		post("/me/recover", anybody, s.recover),
		post("/me/forget", anybody, s.forget),
		get("/me/:dossier", anybody, s.myCase),
		post("/me/:dossier/discard", anybody, s.discard),
		{method: fiber.MethodPost, path: "/me/:dossier/message", class: writing, handle: s.writeMessage, files: true},
		get("/me/:dossier/correct", anybody, s.correctPage),
		{method: fiber.MethodPost, path: "/me/:dossier/correct", class: writing, handle: s.correctSend, files: true, keepTyped: true},
		post("/me/:dossier/withdraw", anybody, s.withdraw),
		get("/me/:dossier/receipt.pdf", anybody, s.receiptPDF),
		get("/me/:dossier/letter.pdf", anybody, s.letterPDF),
		post("/me/:dossier/rectify", anybody, s.rectify),
		get("/me/:dossier/copy.zip", anybody, s.myCopy),
		get("/me/:dossier/file/:file", anybody, s.applyFile),
	}
}

func (s *Server) myPage(r *request) error { return s.drawMine(r, fiber.StatusOK, "", "") }

func (s *Server) drawMine(r *request, status int, code, problem string) error {
	mine, err := s.Apply.Mine(r.ctx, r.actor)
	if err != nil {
		return err
	}
	p := page.My{LoggedIn: r.actor.Identity != nil, LoginURL: "/auth/citizen/login?" + url.Values{"return": {"/me"}}.Encode(),
		Codes: len(r.codes) > 0, Code: code, CodeErr: problem}
	for _, e := range mine {
		title := e.Service
		if e.Form != nil {
			title = e.Form.Package.Service.Name.In(r.l.Tag)
		}
		if d := e.Draft; d != nil {
			p.Drafts = append(p.Drafts, page.MyDraft{ID: e.Dossier, Title: title, Office: e.Tenant.Name, Saved: r.l.DateTime(d.Updated), Expires: r.l.Date(d.Expires),
				URL: "/" + e.Tenant.Slug + "/" + e.Service + "/apply/" + e.Dossier + "/1", DiscardURL: "/me/" + e.Dossier + "/discard"})
			continue
		}
		p.Cases = append(p.Cases, page.MyEntry{Title: title, Office: e.Tenant.Name, FileNumber: e.Case.FileNumber, Changed: r.l.DateTime(e.Case.Changed),
			URL: "/me/" + e.Dossier, Public: e.Case.State.Public()})
	}
	shell := r.shell(r.T("me.title"))
	shell.Errors = problem != ""
	return r.render(status, page.MyPage(shell, p))
}

// recover opens what a recovery code belongs to.
func (s *Server) recover(r *request) error {
	r.back = "/me"
	code, err := s.recovered(r, r.value("code"))
	if civic.CodeOf(err) == civic.Invalid {
		return s.drawMine(r, fiber.StatusUnprocessableEntity, r.value("code"), r.words(err))
	}
	if err != nil {
		return err
	}
	r.holdCode(code)
	r.notice("success", "notice.recovered")
	return r.seeOther("/me")
}

func (s *Server) forget(r *request) error {
	r.back = "/me"
	r.forgetCodes()
	r.notice("success", "notice.forgotten")
	return r.seeOther("/me")
}

func (s *Server) discard(r *request) error {
	r.back = "/me"
	if err := s.Apply.Discard(r.ctx, r.actor, r.Params("dossier")); err != nil {
		return err
	}
	r.notice("success", "notice.discarded")
	return r.seeOther("/me")
}

func (s *Server) myCase(r *request) error {
	m, err := s.sentCase(r, true)
	if err != nil {
		return err
	}
	return s.drawCase(r, fiber.StatusOK, m, "", "", "")
}

func (s *Server) drawCase(r *request, status int, m *apply.MyCase, text, textError, fileError string) error {
	c := m.File.Case
	base := "/me/" + m.File.Dossier.ID
	p := page.MyCase{Title: m.Form.Package.Service.Name.In(r.l.Tag), Office: m.Tenant.Name, FileNumber: c.FileNumber, Public: c.State.Public(), State: string(c.State),
		Base: base, CanWrite: c.State.Open() || c.State == civic.Decided, CanWithdraw: c.State.Open(), Text: text, TextError: textError, FileError: fileError,
		Sections: m.Form.Summary(m.State, false), FileURL: fileUnder(base), Steps: r.steps(m), Messages: r.letters(m),
		FileRule: r.T("case.write.files.hint", "max", r.l.Limit(apply.DocumentRule().MaxBytes))}
	p.Facts = []string{r.T("receipt.number.label"), c.FileNumber, r.T("receipt.office"), m.Tenant.Name, r.T("receipt.received"), r.l.DateTime(m.File.Submissions[0].Created)}
	if !c.Deadline.IsZero() && c.State.Open() {
		p.Facts = append(p.Facts, r.T("receipt.deadline"), r.l.Date(c.Deadline))
	}
	if c.AssigneeName != "" && !civic.Awaited(c.Assignee) && c.State.Open() {
		p.Facts = append(p.Facts, r.T("case.assignee"), c.AssigneeName)
	}
	if m.File.Dossier.Account == "" {
		p.Code = s.Apply.CodeFor(r.codes, m.File.Dossier.CodeHash)
	}
	var err error
	if p.Awaited, err = s.awaited(r, m); err != nil {
		return err
	}
	p.Before, p.After = forwarded(m.Before), forwarded(m.After)
	if q := m.OpenRequest(); q != nil && c.State == civic.WaitingApplicant {
		p.Request = &page.RequestBox{Text: q.Words, URL: base + "/correct"}
		if !q.Due.IsZero() {
			p.Request.Due = r.l.Date(q.Due)
		}
	}
	if d := m.File.Decision; d != nil {
		p.Decision = &page.DecisionBox{Outcome: r.T("outcome." + string(d.Outcome)), Date: r.l.Date(d.Created), Deemed: r.l.Date(d.Deemed), Letter: m.Letter, PDF: base + "/letter.pdf",
			Seal: r.sealFacts(*d)}
		if !d.Read.IsZero() {
			p.Decision.Read = r.l.DateTime(d.Read)
		}
	}
	if pay := m.File.Payment; pay != nil {
		p.Payment = r.T("payment."+pay.State(), "amount", r.l.Money(pay.Cents), "number", c.FileNumber)
	}
	shell := r.shell(p.Title)
	shell.Errors, shell.Foreign = textError+fileError != "", m.Form.Foreign(r.l.Tag)
	shell.Crumbs = []page.Crumb{{Text: r.T("me.title"), URL: "/me"}}
	return r.render(status, page.MyCasePage(shell, p))
}

func forwarded(f *apply.Forwarded) *page.ForwardedCase {
	if f == nil {
		return nil
	}
	return &page.ForwardedCase{Office: f.Tenant.Name, FileNumber: f.Case.FileNumber, URL: "/me/" + f.Case.Dossier}
}

func fileUnder(base string) func(string) string {
	return func(urn string) string { return base + "/file/" + strings.TrimPrefix(urn, "urn:uuid:") }
}

// publicEvents are the events that are the citizen's to see.
var publicEvents = map[string]bool{"case.submitted": true, "case.opened": true, "case.taken": true, "request.sent": true, "request.answered": true,
	"request.recalled": true, "request.reminded": true, "request.lapsed": true, "payment.booked": true, "payment.waived": true, "case.decided": true, "case.closed": true, "case.withdrawn": true,
	"case.forwarded": true, "case.cosign.confirmed": true, "case.cosign.declined": true, "case.cosign.missed": true, "case.arrived": true, "rectification.asked": true, "case.held": true, "case.freed": true, "delivery.delivered": true, "attachment.scanned": true}

// steps is the proof of delivery: what happened to the application, once each kind of repeated reading.
func (r *request) steps(m *apply.MyCase) []page.CaseStep {
	var out []page.CaseStep
	seen := map[string]bool{}
	for _, e := range m.File.Events {
		if !publicEvents[e.Kind] || seen[e.Kind] && (e.Kind == "case.opened" || e.Kind == "attachment.scanned" || e.Kind == "case.taken") {
			continue
		}
		seen[e.Kind] = true
		out = append(out, page.CaseStep{Text: r.T("event."+e.Kind, "office", m.Tenant.Name), At: r.l.DateTime(e.At)})
	}
	return out
}

func (r *request) letters(m *apply.MyCase) []page.Letter {
	var out []page.Letter
	for _, x := range m.Messages {
		l := page.Letter{FromOffice: x.FromOffice, Author: or(x.AuthorName, m.Tenant.Name), At: r.l.DateTime(x.Created), Text: x.Text}
		if !x.FromOffice && x.Read.IsZero() {
			l.Read = r.T("case.message.unread")
		} else if !x.FromOffice {
			l.Read = r.T("case.message.read", "date", r.l.DateShort(x.Read))
		}
		if x.Message.Author == apply.Cosigner {
			l.Other = r.T("cosign.author")
		}
		for _, f := range x.Files {
			l.Files = append(l.Files, formdef.File{URN: f.URN(), Name: f.FileName})
		}
		out = append(out, l)
	}
	return out
}

// writeMessage sends a message with documents; what was typed is shown again when a file is refused.
func (s *Server) writeMessage(r *request) error {
	var docs []civic.Attachment
	dossier := r.Params("dossier")
	r.back = "/me/" + dossier
	problem := s.readFiles(r, func(up upload) error {
		att, err := s.Apply.AddDocument(r.ctx, r.actor, apply.Upload{Dossier: dossier, Pointer: "documents", Name: up.Name, Body: up.Body}, docs)
		if err == nil {
			docs = append(docs, att)
		}
		return err
	})
	if r.csrfBad {
		return civic.Errorf(civic.Forbidden, "error.csrf")
	}
	err := problem
	if err == nil {
		err = s.Apply.Write(r.ctx, r.actor, dossier, r.value("text"), docs)
	}
	switch code := civic.CodeOf(err); code {
	case "":
		r.notice("success", "notice.written")
		return r.seeOther("/me/" + dossier)
	case civic.Invalid, civic.TooLarge:
		m, openErr := s.sentCase(r, false)
		if openErr != nil {
			return openErr
		}
		if fieldOf(err) == "text" {
			return s.drawCase(r, statuses[code], m, r.value("text"), r.words(err), "")
		}
		return s.drawCase(r, statuses[code], m, r.value("text"), "", r.words(err))
	}
	return err
}

// readFiles reads a post that may carry files; each is taken only after the token was checked.
func (s *Server) readFiles(r *request, take func(upload) error) error {
	var problem error
	if isMultipart(r.Ctx) {
		r.values, problem = readParts(r.Ctx, r.route.most(), func(up upload) error {
			if r.values = up.Fields; !s.meant(r) {
				return civic.Errorf(civic.Forbidden, "error.csrf")
			}
			return take(up)
		})
	}
	r.csrfBad = !s.meant(r)
	return problem
}

func (s *Server) withdraw(r *request) error {
	r.back = "/me/" + r.Params("dossier")
	if err := s.Apply.Withdraw(r.ctx, r.actor, r.Params("dossier")); err != nil {
		return err
	}
	r.notice("success", "notice.withdrawn")
	return r.seeOther("/me/" + r.Params("dossier"))
}

// letterPDF is the decision as a document.
func (s *Server) letterPDF(r *request) error {
	m, err := s.sentCase(r, true)
	if err != nil {
		return err
	}
	if m.File.Decision == nil {
		return civic.Errorf(civic.NotFound, "error.not_found")
	}
	pdf, err := s.Documents.LetterPDF(r.ctx, m.File, m.Letter, m.File.Dossier.Lang)
	if err != nil {
		return err
	}
	return r.download(m.File.Case.FileNumber+"-Bescheid.pdf", "application/pdf", pdf)
}
