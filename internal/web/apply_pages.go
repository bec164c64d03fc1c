package web

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/apply"
	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/web/page"
)

// applyRoutes are a citizen's way through a form.
func (s *Server) applyRoutes() []route {
	const at = "/:tenant/:service/apply/:dossier"
	return append(s.helperRoutes(at), []route{
		post("/:tenant/:service/start", anybody, s.applyStart),
		get(at+"/check", anybody, s.checkPage),
		{method: fiber.MethodPost, path: at + "/submit", class: writing, handle: s.submit, keepTyped: true},
		get(at+"/receipt", anybody, s.receiptPage),
		get(at+"/receipt.pdf", anybody, s.receiptPDF),
		get(at+"/file/:file", anybody, s.applyFile),
		get(at+"/:page", anybody, s.applyPage),
		{method: fiber.MethodPost, path: at + "/:page", class: writing, handle: s.applyPost, keepTyped: true, files: true},
	}...)
}

// applyStart begins a draft; its code is kept by this browser.
func (s *Server) applyStart(r *request) error {
	if _, err := r.namedTenant(); err != nil {
		return err
	}
	tenant, service := r.Params("tenant"), r.Params("service")
	r.back = "/" + tenant + "/" + service
	st, err := s.Apply.Start(r.ctx, r.actor, apply.Start{Tenant: tenant, Service: service, ARS: digits(r.value("ars")), Lang: r.l.Tag})
	if err != nil {
		return err
	}
	r.holdCode(st.Code)
	return r.seeOther(r.back + "/apply/" + st.Dossier + "/1")
}

// digits keeps a regional key, "" for anything else.
func digits(s string) string {
	if len(s) > 12 || strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return s
}

// base is the address of the draft that the request is about.
func (r *request) base() string {
	return "/" + r.Params("tenant") + "/" + r.Params("service") + "/apply/" + r.Params("dossier")
}

// mustMatch refuses a draft under another tenant's or service's address.
func (r *request) mustMatch(a *apply.Application) error {
	if a.Tenant.Slug != r.Params("tenant") || a.Draft.Service != r.Params("service") {
		return civic.Errorf(civic.NotFound, "error.not_found")
	}
	r.brand(a.Tenant)
	return nil
}

// pageIndex is the page of the address, from 0; -1 when it is no number.
func (r *request) pageIndex() int {
	n, err := strconv.Atoi(r.Params("page"))
	if err != nil || n < 1 || n > 1000 {
		return -1
	}
	return n - 1
}

func (s *Server) openDraft(r *request) (*apply.Application, error) {
	a, err := s.Apply.Open(r.ctx, r.actor, r.Params("dossier"), r.l.Tag)
	if err != nil {
		return nil, err
	}
	return a, r.mustMatch(a)
}

// applyPage shows a page of the form. One that these answers do not lead through leads to the first that they do.
func (s *Server) applyPage(r *request) error {
	a, err := s.openDraft(r)
	if err != nil {
		return err
	}
	if a.Draft.Submission != "" {
		return r.seeOther(r.base() + "/receipt")
	}
	index := r.pageIndex()
	if index < 0 {
		return civic.Errorf(civic.NotFound, "error.not_found")
	}
	var problems []formdef.Problem
	if r.Query("return") == "check" {
		problems = a.Form.Check(a.State)
	}
	v, ok := a.Form.View(index, a.State, onPage(problems, index))
	if !ok {
		return r.toFirst(a)
	}
	return s.drawPage(r, fiber.StatusOK, a, v)
}

func onPage(all []formdef.Problem, index int) []formdef.Problem {
	var out []formdef.Problem
	for _, p := range all {
		if p.Page == index {
			out = append(out, p)
		}
	}
	return out
}

func (r *request) toFirst(a *apply.Application) error {
	path := a.Form.Path(a.State)
	if len(path) == 0 {
		return r.seeOther(r.base() + "/check")
	}
	return r.seeOther(r.base() + "/" + strconv.Itoa(path[0]+1))
}

// drawClashes shows a page with what was typed here and, beside the questions that were answered differently elsewhere since it
// was drawn, what stands there now. The next save decides.
func (s *Server) drawClashes(r *request, status, index int, a *apply.Application) error {
	r.warnText(r.T("clash.title"))
	var problems []formdef.Problem
	for _, c := range a.Clashes {
		if !c.Gone {
			problems = append(problems, formdef.Problem{Pointer: c.Pointer, Keyword: "clash", Page: index, Label: c.Label,
				Text: r.T("clash.field", "label", c.Label, "theirs", page.LineText(r.l, c.Theirs))})
		}
	}
	if a.Moved {
		problems = append(problems, formdef.Problem{Keyword: "clash", Page: index, Text: r.T("clash.row")})
	}
	st := a.State
	if len(a.Clashes) > 0 {
		st = a.Shown
	}
	v, ok := a.Form.View(index, st, problems)
	if !ok {
		return r.toFirst(a)
	}
	return s.drawPage(r, status, a, v)
}

// clashed tells whether a post met what others saved, so that the person must look at the page again.
func clashed(a *apply.Application) bool { return len(a.Clashes) > 0 || a.Moved }

// drawPage renders a page of the form.
func (s *Server) drawPage(r *request, status int, a *apply.Application, v formdef.View) error {
	service := a.Form.Package.Service.Name.In(r.l.Tag)
	shell := r.shell(v.Title)
	shell.FormID, shell.Errors, shell.Foreign = "antrag", len(v.Problems) > 0, a.Form.Foreign(r.l.Tag)
	shell.Crumbs = []page.Crumb{{Text: displayName(a.Tenant), URL: "/" + a.Tenant.Slug}, {Text: service, URL: "/" + a.Tenant.Slug + "/" + a.Draft.Service}}
	p := page.FormPage{Service: service, View: v, Action: r.base() + "/" + strconv.Itoa(v.Index+1), Code: r.codeOf(a), First: v.Number == 1,
		Return: r.Query("return") == "check", FileURL: r.fileURL(), SeenField: apply.SeenField, Seen: a.Seen(), Uploads: r.base() + "/upload"}
	for _, c := range a.Clashes {
		p.Clashes = append(p.Clashes, page.Clash{Label: c.Label, Mine: page.LineText(r.l, c.Mine), Theirs: page.LineText(r.l, c.Theirs), Gone: c.Gone})
	}
	if p.Return {
		p.Action += "?return=check"
	}
	if a.Draft.Revision > 0 {
		p.Saved = r.l.Time(a.Draft.Updated)
	}
	p.Helping = r.helping(a)
	p.Prove = a.Helper == nil && r.actor.Identity == nil && p.First && a.Form.Package.Form.Account != "none"
	return r.render(status, page.ApplyPage(shell, p))
}

// codeOf is the recovery code of a draft when this browser holds it and there is no account to find it by.
func (r *request) codeOf(a *apply.Application) string {
	if a.Draft.Account != "" {
		return ""
	}
	return r.srv.Apply.CodeFor(r.codes, a.Draft.CodeHash)
}

func (r *request) fileURL() func(string) string {
	base := r.base()
	return func(urn string) string { return base + "/file/" + strings.TrimPrefix(urn, "urn:uuid:") }
}

// applyFile gives a citizen their own attachment back.
func (s *Server) applyFile(r *request) error {
	att, body, err := s.Apply.OpenFile(r.ctx, r.actor, r.Params("dossier"), r.Params("file"))
	if err != nil {
		return err
	}
	return r.stream(att.FileName, att.MediaType, body, att.Bytes, false)
}

func fieldOf(err error) string {
	var e *civic.Error
	if asError(err, &e) {
		return e.Field
	}
	return ""
}

func sum(fees []formdef.FeeDue) int64 {
	var n int64
	for _, f := range fees {
		n += f.Cents
	}
	return n
}

func (r *request) feesOf(due []formdef.FeeDue) ([]page.Fee, string) {
	var out []page.Fee
	for _, f := range due {
		out = append(out, page.Fee{Label: f.Label, Amount: r.l.Money(f.Cents)})
	}
	return out, r.l.Money(sum(due))
}

func pageURL(base string) func(formdef.Section) string {
	return func(sec formdef.Section) string { return fmt.Sprintf("%s/%d?return=check", base, sec.Page+1) }
}
