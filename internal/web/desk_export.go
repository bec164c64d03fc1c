package web

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/web/page"
)

// exportRoutes are the pages on which lists and files are taken out.
func (s *Server) exportRoutes() []route {
	const at, made = "/desk/:tenant/export", "/desk/:tenant/exports"
	return []route{
		get(at, staffOnly, s.exportForm).lately(), post(at, staffOnly, s.exportSend).lately(),
		post(at+"/template/:template/delete", staffOnly, s.exportForget),
		get(made, staffOnly, s.exportList), get(made+"/:export", staffOnly, s.exportShow),
		get(made+"/:export/file", staffOnly, s.exportFile).lately(),
		post(made+"/:export/cancel", staffOnly, s.exportTurn("notice.export.cancelled", s.Clerk.CancelExport)),
		post(made+"/:export/restart", staffOnly, s.exportTurn("notice.export.started", s.Clerk.RestartExport)).lately(),
	}
}

// wish reads what the address asks for: the inbox's filter, or the cases that a bulk has chosen.
func (s *Server) wish(r *request, tenant string) (w clerk.Wish, err error) {
	w = clerk.Wish{Lang: r.l.Tag, Chosen: r.Query("selection"), Service: r.Query("service"), Format: civic.FormatExcel}
	if w.Chosen == "" {
		w.Filter, err = s.Clerk.FilterOf(r.ctx, r.actor, tenant, r.inboxAsk())
	}
	return w, err
}

// exportQuery is the part of the address that says which cases are meant.
func (r *request) exportQuery() string {
	if id := r.Query("selection"); id != "" {
		return "?selection=" + url.QueryEscape(id)
	}
	return r.inboxQuery()
}

func (s *Server) exportForm(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	w, err := s.wish(r, t.ID)
	if err != nil {
		return err
	}
	w.Columns = clerk.UsualColumns
	f, err := s.Clerk.ExportForm(r.ctx, r.actor, t.ID, w)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(f.Templates, func(e civic.ExportTemplate) bool { return e.ID == r.Query("template") }); i >= 0 {
		e := f.Templates[i]
		w.Template, w.Format, w.Service, w.Columns = e.ID, e.Format, e.Service, e.Columns
		if f, err = s.Clerk.ExportForm(r.ctx, r.actor, t.ID, w); err != nil {
			return err
		}
	}
	return s.drawExport(r, fiber.StatusOK, f, w, nil)
}

// drawExport draws the form with what is chosen, and what is wrong with it.
func (s *Server) drawExport(r *request, status int, f *clerk.ExportForm, w clerk.Wish, wrong *civic.Error) error {
	base := "/desk/" + f.Tenant.Slug
	query := r.exportQuery()
	p := page.Export{Action: base + "/export" + query, InboxURL: base, Direct: !f.More && w.Format != civic.FormatPDF && w.Format != civic.FormatZIP, Template: w.Template,
		Service: w.Service, Name: r.value("name"), Leads: r.value("leads") != "", Errors: map[string]string{}}
	found := r.l.Plural("export.found", f.Found)
	if f.More {
		found = r.T("export.found.more", "n", r.l.Number(strconv.Itoa(f.Found)))
	}
	p.Found = r.T("export.found.text", "n", found)
	if w.Chosen != "" {
		p.Found, p.InboxURL = r.T("export.found.chosen", "n", found), base+"/bulk/"+w.Chosen
	}
	services := []string{"", r.T("export.service.none")}
	for _, n := range f.Services {
		services = append(services, n.Slug, civic.Text(n.Name).In(r.l.Tag))
	}
	p.Services = page.Options(w.Service, services...)
	for _, key := range clerk.CaseColumns {
		p.Columns = append(p.Columns, page.Option{Value: key, Label: r.T("export.col." + key), Selected: slices.Contains(w.Columns, key)})
	}
	if len(f.Columns) > 0 {
		p.Answers = append(p.Answers, page.Option{Value: clerk.AllAnswers, Label: r.T("export.answers.all"), Selected: slices.Contains(w.Columns, clerk.AllAnswers)})
	}
	for _, c := range f.Columns {
		p.Answers = append(p.Answers, page.Option{Value: c.Pointer, Label: c.Label, Selected: slices.Contains(w.Columns, c.Pointer)})
	}
	for _, format := range civic.ExportFormats {
		p.Formats = append(p.Formats, page.Option{Value: format, Label: r.T("export.format." + format), Selected: format == w.Format,
			Hint: r.T("export.format."+format+".hint", "n", r.l.Number(strconv.Itoa(civic.BulkLimit)))})
	}
	for _, e := range f.Templates {
		t := page.ExportTemplate{ID: e.ID, Name: e.Name, URL: base + "/export" + withQuery(query, "template", e.ID), Current: e.ID == w.Template}
		if f.Lead || e.Owner == r.actor.Staff.ID {
			t.DeleteURL = base + "/export/template/" + e.ID + "/delete" + query
		}
		p.Templates = append(p.Templates, t)
	}
	shell := s.bulkShell(r, r.T("export.title"), f.Tenant)
	shell.Crumbs[1] = page.Crumb{Text: r.T("export.list"), URL: base + "/exports"}
	if wrong != nil {
		shell.Errors = true
		p.Errors[or(wrong.Field, "columns")] = r.words(wrong)
	}
	return r.render(status, page.ExportPage(shell, p))
}

// exportSend takes out what was chosen, keeps the choice under a name, or shows the columns of another service.
func (s *Server) exportSend(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	base := "/desk/" + t.Slug
	w, err := s.wish(r, t.ID)
	if err != nil {
		return err
	}
	w.Service, w.Format, w.Template = r.value("service"), r.value("format"), r.value("template")
	w.Columns = slices.Concat(r.values["columns"], r.values["answers"])
	r.back = base + "/export" + r.exportQuery()
	switch r.value("_action") {
	case "make":
		err = s.exportMake(r, t, w)
	case "save":
		e := civic.ExportTemplate{Name: r.value("name"), Format: w.Format, Service: w.Service, Columns: w.Columns}
		if r.value("leads") != "" {
			e.Roles = []civic.Role{civic.RoleLead}
		}
		var id string
		if id, err = s.Clerk.SaveExportTemplate(r.ctx, r.actor, t.ID, e); err == nil {
			r.notice("success", "notice.export.saved")
			return r.seeOther(base + "/export" + withQuery(r.exportQuery(), "template", id))
		}
	}
	var wrong *civic.Error
	if err != nil && (!asError(err, &wrong) || wrong.Code != civic.Invalid) || r.value("_action") == "make" && err == nil {
		return err
	}
	status := fiber.StatusOK
	if wrong != nil {
		status = fiber.StatusUnprocessableEntity
	}
	f, err := s.Clerk.ExportForm(r.ctx, r.actor, t.ID, w)
	if err != nil {
		return err
	}
	return s.drawExport(r, status, f, w, wrong)
}

// exportMake answers with the list, or with the page of the job that makes it.
func (s *Server) exportMake(r *request, t civic.Tenant, w clerk.Wish) error {
	out, id, err := s.Clerk.Export(r.ctx, r.actor, t.ID, w)
	if err != nil {
		return err
	}
	if out == nil {
		r.notice("success", "notice.export.started")
		return r.seeOther("/desk/" + t.Slug + "/exports/" + id)
	}
	return r.pour(out.Name, out.MediaType, func(w io.Writer) error { return out.Write(r.ctx, w) })
}

// pour answers with a file that is made while it is sent. When write fails the connection is cut, so that nobody takes what has
// arrived for the whole.
func (r *request) pour(name, mediaType string, write func(io.Writer) error) error {
	body, in := io.Pipe()
	go func() {
		err := write(in)
		hungUp := errors.Is(err, io.ErrClosedPipe) || r.ctx.Err() != nil // nobody reads any more, which is no fault of ours
		if err != nil && !hungUp {
			r.srv.logFailure(r.id, civic.CodeOf(err), err)
		}
		_ = in.CloseWithError(err) // never fails
	}()
	return r.stream(name, mediaType, body, -1, false)
}

func (s *Server) exportForget(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	if err := s.Clerk.DeleteExportTemplate(r.ctx, r.actor, t.ID, r.Params("template")); err != nil {
		return err
	}
	r.notice("success", "notice.export.deleted")
	return r.seeOther("/desk/" + t.Slug + "/export" + r.exportQuery())
}

func (s *Server) exportList(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	l, err := s.Clerk.ExportsMade(r.ctx, r.actor, t.ID, r.Query("before"))
	if err != nil {
		return err
	}
	base := "/desk/" + t.Slug
	p := page.Exports{InboxURL: base, BulksURL: base + "/bulk"}
	for _, e := range l.Exports {
		p.Rows = append(p.Rows, page.ExportRow{URL: base + "/exports/" + e.ID, When: r.l.DateTime(e.Created), Who: r.byWhom(l.People, e.Actor), Format: r.T("export.format." + e.Format),
			Rows: r.l.Number(strconv.Itoa(int(e.Rows))), State: e.State(s.Now())})
	}
	if l.Next != "" {
		p.NextURL = base + "/exports?before=" + l.Next
	}
	return r.render(fiber.StatusOK, page.ExportsPage(s.bulkShell(r, r.T("export.list"), t), p))
}

func (s *Server) exportShow(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	_, e, err := s.Clerk.ExportMade(r.ctx, r.actor, t.ID, r.Params("export"))
	if err != nil {
		return err
	}
	base := "/desk/" + t.Slug + "/exports"
	p := page.ExportMade{URL: base + "/" + e.ID, ListURL: base, State: e.State(s.Now()), Own: e.Actor == r.actor.Staff.ID, Rows: r.l.Plural("export.rows", int(e.Rows)),
		Facts: []string{r.T("export.fact.format"), r.T("export.format." + e.Format), r.T("export.fact.made"), r.l.DateTime(e.Created)}}
	shell := s.bulkShell(r, r.T("export.title"), t)
	shell.Crumbs[1] = page.Crumb{Text: r.T("export.list"), URL: base}
	switch p.State {
	case "running":
		shell.Refresh = 3
	case "failed":
		if p.Why = r.T("export.failed.text"); e.Reason != "" && r.l.Has(e.Reason) {
			p.Why = r.T(e.Reason)
		}
	case "finished":
		p.Facts = append(p.Facts, r.T("export.fact.rows"), r.l.Number(strconv.Itoa(int(e.Rows))), r.T("export.fact.bytes"), r.l.Bytes(e.Bytes), r.T("export.fact.sha"), strings.ToLower(hex.EncodeToString(e.SHA256)),
			r.T("export.fact.until"), r.l.DateTime(e.Expires))
	}
	return r.render(fiber.StatusOK, page.ExportMadePage(shell, p))
}

// exportFile sends a file that was made.
func (s *Server) exportFile(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	d, err := s.Clerk.FetchExport(r.ctx, r.actor, t.ID, r.Params("export"))
	if err != nil {
		return err
	}
	return r.stream(d.Name, d.MediaType, d.Body, d.Bytes, false)
}

func (s *Server) exportTurn(done string, turn func(ctx context.Context, who civic.Actor, tenant, id string) error) handler {
	return func(r *request) error {
		t, err := r.office()
		if err != nil {
			return err
		}
		r.back = "/desk/" + t.Slug + "/exports/" + r.Params("export")
		if err := turn(r.ctx, r.actor, t.ID, r.Params("export")); err != nil {
			return err
		}
		r.notice("success", done)
		return r.seeOther(r.back)
	}
}
