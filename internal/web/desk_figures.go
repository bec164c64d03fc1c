package web

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/web/page"
)

// report reads the figures that the address asks for.
func (s *Server) report(r *request) (*clerk.Report, error) {
	t, err := r.office()
	if err != nil {
		return nil, err
	}
	return s.Clerk.Figures(r.ctx, r.actor, t.ID, r.Query("service"), r.Query("group"))
}

func (s *Server) deskFigures(r *request) error {
	rep, err := s.report(r)
	if err != nil {
		return err
	}
	t := rep.Tenant
	base := "/desk/" + t.Slug + "/figures"
	p := page.Figures{Base: base, CSV: base + ".csv", Open: rep.Open.Open, Overdue: rep.Open.Overdue, Ages: rep.Open.Ages}
	if !rep.At.IsZero() {
		p.At = r.l.DateTime(rep.At)
	}
	services := []string{"", r.T("figures.all")}
	for _, name := range rep.Chosen {
		services = append(services, name, r.counted(rep, name))
	}
	p.Services = page.Options(r.Query("service"), services...)
	groups := []string{"", r.T("figures.all")}
	for _, g := range rep.Groups {
		groups = append(groups, g.ID, g.Name)
	}
	p.Groups = page.Options(r.Query("group"), groups...)
	for _, m := range rep.Months {
		at, err := time.ParseInLocation("2006-01", m.Month, berlin())
		if err != nil {
			return err
		}
		p.Months = append(p.Months, page.FigureMonth{Month: r.l.Month(at), Short: at.Format("01/06"), Received: m.Received, Decided: m.Decided, Kept: m.Kept,
			Median: m.Median, Ninety: m.Ninety})
	}
	for _, x := range rep.Services {
		p.Rows = append(p.Rows, page.FigureRow{Service: r.counted(rep, x.Service), Open: x.Open, Overdue: x.Overdue, Received: x.Received, Decided: x.Decided,
			Kept: x.Kept, Median: x.Median, Ninety: x.Ninety})
	}
	shell := s.deskShell(r, r.T("figures.title"), t)
	return r.render(fiber.StatusOK, page.FiguresPage(shell, p))
}

// counted names a service; one that is no longer offered goes by its slug.
func (r *request) counted(rep *clerk.Report, slug string) string {
	return or(civic.Text(rep.Names[slug]).In(r.l.Tag), slug)
}

// deskFiguresCSV is the same as a table for spreadsheets, by month.
func (s *Server) deskFiguresCSV(r *request) error {
	rep, err := s.report(r)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString("\ufeff") // Excel takes it for UTF-8 only with this mark
	w := csv.NewWriter(&b)
	w.Comma = ';'
	w.UseCRLF = true
	rows := [][]string{{r.T("figures.month"), r.T("figures.received"), r.T("figures.decided"), r.T("figures.kept"), r.T("figures.median"), r.T("figures.ninety")}}
	for _, m := range rep.Months {
		row := []string{m.Month}
		for _, n := range []int{m.Received, m.Decided, m.Kept, m.Median, m.Ninety} {
			row = append(row, strings.Replace(strconv.Itoa(n), "-1", "", 1))
		}
		rows = append(rows, row)
	}
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	r.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	r.Set(fiber.HeaderContentDisposition, `attachment; filename="zahlen-`+rep.Tenant.Slug+`.csv"`)
	return r.Send(b.Bytes())
}

func (s *Server) adminClocks(r *request) error {
	t, err := s.house(r)
	if err != nil {
		return err
	}
	d := t.Profile.Desk
	p := page.AdminClocks{Revision: t.Revision, Corpus: d.CorpusChristi, Escalate: strconv.Itoa(d.EscalateDays), Weekly: !d.NoWeekly}
	if d.EscalateDays < 0 {
		p.Escalate = ""
	}
	return s.drawAdminClocks(r, fiber.StatusOK, t, p)
}

func (s *Server) drawAdminClocks(r *request, status int, t civic.Tenant, p page.AdminClocks) error {
	p.Base = "/admin/" + t.Slug + "/desk/clocks"
	shell := s.adminShell(r, r.T("admin.clocks"), t)
	shell.Errors = p.EscalateErr != ""
	return r.render(status, page.AdminClocksPage(shell, p))
}

func (s *Server) adminClocksSave(r *request) error {
	t, err := s.house(r)
	if err != nil {
		return err
	}
	p := page.AdminClocks{Revision: r.revision(), Corpus: r.value("corpus"), Escalate: strings.TrimSpace(r.value("escalate")), Weekly: r.value("weekly") == "yes"}
	d := civic.DeskSettings{CorpusChristi: p.Corpus, NoWeekly: !p.Weekly, EscalateDays: -1}
	if p.Escalate != "" {
		if d.EscalateDays, err = strconv.Atoi(p.Escalate); err != nil {
			d.EscalateDays = -2
		}
	}
	err = civic.Errorf(civic.Invalid, "error.csrf").At("escalate")
	if !r.csrfBad {
		err = s.Admin.SaveDesk(r.ctx, r.actor, t.ID, p.Revision, d)
	}
	switch code := civic.CodeOf(err); code {
	case "":
		r.notice("success", "notice.admin.saved")
		return r.seeOther("/admin/" + t.Slug + "/desk/clocks")
	case civic.Invalid:
		p.EscalateErr = r.words(err)
		return s.drawAdminClocks(r, statuses[code], t, p)
	case civic.Conflict:
		p.Error, p.Revision = r.words(err), t.Revision
		return s.drawAdminClocks(r, statuses[code], t, p)
	}
	return err
}
