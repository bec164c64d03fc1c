package web

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/apply"
	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/web/page"
)

// checkPage shows all answers before they are sent.
func (s *Server) checkPage(r *request) error {
	a, err := s.openDraft(r)
	if err != nil {
		return err
	}
	if a.Draft.Submission != "" {
		return r.seeOther(r.base() + "/receipt")
	}
	if exit := a.Form.Exit(a.State); exit != nil {
		return r.seeOther(fmt.Sprintf("%s/%d", r.base(), exit.Page+1))
	}
	return s.drawCheck(r, fiber.StatusOK, a, nil)
}

func (s *Server) drawCheck(r *request, status int, a *apply.Application, problems []formdef.Problem) error {
	service := a.Form.Package.Service.Name.In(r.l.Tag)
	p := page.CheckPage{Service: service, Sections: a.Form.Summary(a.State, false), Change: pageURL(r.base()), FileURL: r.fileURL(),
		Action: r.base() + "/submit", PayFirst: a.Form.Package.Form.PayFirst, Declaration: a.Form.Package.Form.Declaration.In(r.l.Tag),
		PrivacyURL: "/" + a.Tenant.Slug + "/" + a.Draft.Service + "/privacy", Authority: a.Tenant.Name, NoticeTo: a.NoticeShown(), Code: r.codeOf(a), SeenField: apply.SeenField, Seen: a.Seen(), Helping: r.helping(a), Cosign: r.cosignHint(a.Form, a.State), Dossier: a.Draft.ID}
	if due := a.Form.Fees(a.State); len(due) > 0 {
		p.Fees, p.Total = r.feesOf(due)
	}
	if path := a.Form.Path(a.State); len(path) > 0 {
		p.BackURL = fmt.Sprintf("%s/%d", r.base(), path[len(path)-1]+1)
	}
	for _, x := range problems {
		switch x.Keyword {
		case "declaration":
			p.NotDeclared = true
			continue
		case apply.ProblemMoved:
			r.warn("notice.moved")
			status = fiber.StatusConflict
			continue
		}
		p.Problems = append(p.Problems, page.CheckProblem{Text: page.ProblemText(r.l, x), URL: fmt.Sprintf("%s/%d?return=check", r.base(), x.Page+1)})
	}
	shell := r.shell(r.T("check.title"))
	shell.Foreign = a.Form.Foreign(r.l.Tag)
	if shell.Errors = len(problems) > 0; a.Helper == nil || a.Helper.MaySend {
		shell.FormID = "pruefen"
	}
	shell.Crumbs = []page.Crumb{{Text: displayName(a.Tenant), URL: "/" + a.Tenant.Slug}, {Text: service, URL: "/" + a.Tenant.Slug + "/" + a.Draft.Service}}
	return r.render(status, page.ReviewPage(shell, p))
}

// submit sends the application. It answers when everything is durable; a second submit leads to the same receipt.
func (s *Server) submit(r *request) error {
	r.back = r.base() + "/check"
	if r.csrfBad {
		a, err := s.openDraft(r)
		if err != nil {
			return civic.Errorf(civic.Forbidden, "error.csrf").Because(err)
		}
		r.warn("error.csrf")
		return s.drawCheck(r, fiber.StatusForbidden, a, nil)
	}
	if lang, ok := r.languageAction(); ok {
		return s.languageChosen(r, lang)
	}
	if r.value("_action") == "login" {
		return r.seeOther("/auth/citizen/login?" + url.Values{"return": {r.back}}.Encode())
	}
	a, sent, err := s.Apply.Submit(r.ctx, r.actor, r.Params("dossier"), r.l.Tag, apply.Declaration{Given: r.value("_declaration") != "", Seen: r.values[apply.SeenField]})
	if err != nil {
		return err
	}
	if err := r.mustMatch(a); err != nil {
		return err
	}
	if len(sent.Problems) > 0 {
		return s.drawCheck(r, fiber.StatusUnprocessableEntity, a, sent.Problems)
	}
	s.metrics.submissions.Inc()
	if a.Helper != nil {
		r.notice("success", "notice.sent.for")
		return r.seeOther("/invited")
	}
	return r.seeOther(r.base() + "/receipt")
}

// sentCase is the case of the address, which must be the actor's.
func (s *Server) sentCase(r *request, read bool) (*apply.MyCase, error) {
	m, err := s.Apply.Case(r.ctx, r.actor, r.Params("dossier"), r.l.Tag, read)
	if err != nil {
		return nil, err
	}
	r.brand(m.Tenant)
	return m, nil
}

// receiptPage confirms the first submission.
func (s *Server) receiptPage(r *request) error {
	m, err := s.sentCase(r, false)
	if err != nil {
		return err
	}
	first := m.File.Submissions[0]
	_, then, err := s.Apply.Answers(m, first)
	if err != nil {
		return err
	}
	service := m.Form.Package.Service.Name.In(r.l.Tag)
	p := page.Receipt{Service: service, Authority: m.Tenant.Name, FileNumber: m.File.Case.FileNumber, Received: r.l.DateTime(first.Created),
		Digest: hex.EncodeToString(first.Digest), PDF: r.base() + "/receipt.pdf", CaseURL: "/me/" + m.File.Dossier.ID,
		Email: or(m.Form.Email(then.Answers), m.Reach.Email), PayFirst: m.File.Case.State == civic.AwaitingPayment, Sections: m.Form.Summary(then, false)}
	if p.Awaited, err = s.awaited(r, m); err != nil {
		return err
	}
	if m.File.Dossier.Account == "" {
		p.Code = s.Apply.CodeFor(r.codes, m.File.Dossier.CodeHash)
	}
	if pay := m.File.Payment; pay != nil {
		for _, it := range pay.Items {
			p.Fees = append(p.Fees, page.Fee{Label: it.Label, Amount: r.l.Money(it.Cents)})
		}
		p.Total = r.l.Money(pay.Cents)
	}
	if signed := first.SignedReceipt(); signed.VerifyPath() != "" {
		p.VerifyPath = signed.VerifyPath()
		p.VerifyURL = s.PublicURL.String() + p.VerifyPath
		p.SignedNumber, p.SignedAt, p.Signature = signed.FileNumber, signed.Time(), base64.StdEncoding.EncodeToString(signed.Signature)
	}
	if !m.File.Case.Deadline.IsZero() {
		p.Deadline = r.l.Date(m.File.Case.Deadline)
	}
	shell := r.shell(r.T("receipt.title"))
	shell.Foreign = m.Form.Foreign(r.l.Tag)
	return r.render(fiber.StatusOK, page.ReceiptPage(shell, p))
}

// receiptPDF is the copy of the declaration to keep (§ 9a(4) OZG): beside the receipt what was first sent, beside the case
// what holds now.
func (s *Server) receiptPDF(r *request) error {
	m, err := s.sentCase(r, false)
	if err != nil {
		return err
	}
	sub, frozen := m.Latest(), m.Frozen
	if r.Params("tenant") != "" {
		sub = m.File.Submissions[0]
		if frozen, _, err = s.Apply.Answers(m, sub); err != nil {
			return err
		}
	}
	pdf, err := s.Documents.ReceiptPDF(r.ctx, m.File, sub, frozen, r.l.Tag)
	if err != nil {
		return err
	}
	return r.download(m.File.Case.FileNumber+".pdf", "application/pdf", pdf)
}
