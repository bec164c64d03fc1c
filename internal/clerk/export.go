package clerk

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

const sealExport = "export"

// CaseColumns are the columns that every case has, in their order.
var CaseColumns = []string{"number", "service", "state", "received", "deadline", "changed", "assignee", "group", "labels", "about", "id"}

// UsualColumns are chosen until somebody chooses.
var UsualColumns = []string{"number", "service", "state", "received", "deadline", "assignee", "about"}

// AllAnswers stands for a column of every question of the service.
const AllAnswers = "answers"

const (
	// directRows is how many rows go out at once; more are made by a job, so that a line that breaks costs nobody anything.
	directRows = 1000
	maxColumns = 500
)

// Wish (Exportauftrag) is what somebody wants to take out: the cases that a filter finds or a bulk has chosen.
type Wish struct {
	Filter   civic.InboxFilter `json:"filter"`
	Chosen   string            `json:"chosen,omitempty"` // id of a bulk
	Service  string            `json:"service,omitempty"`
	Columns  []string          `json:"columns,omitempty"`
	Format   string            `json:"format"`
	Template string            `json:"template,omitempty"`
	Lang     string            `json:"lang"`
}

// files tells whether documents are asked for, instead of a table.
func (w Wish) files() bool { return w.Format == civic.FormatPDF || w.Format == civic.FormatZIP }

// ExportForm is what can be asked for.
type ExportForm struct {
	Tenant    civic.Tenant
	Services  []ServiceName
	Columns   []formdef.Column // of the service's answers
	Templates []civic.ExportTemplate
	Found     int  // cases, capped
	More      bool // there are more than Found
	Lead      bool
}

// ExportForm says what can be taken out for a wish: its columns follow its service.
func (s *Service) ExportForm(ctx context.Context, who civic.Actor, tenant string, w Wish) (*ExportForm, error) {
	sc, err := s.scopeOf(ctx, who, tenant)
	if err != nil {
		return nil, err
	}
	t := sc.Tenant
	f := &ExportForm{Tenant: t, Lead: sc.Lead}
	if f.Services, err = s.services(ctx, sc); err != nil {
		return nil, err
	}
	if f.Columns, err = s.answerColumns(ctx, w.Service, w.Lang); err != nil {
		return nil, err
	}
	if f.Templates, err = s.templates(ctx, who, t.ID); err != nil {
		return nil, err
	}
	x, err := s.extract(ctx, who, t, w)
	if err != nil {
		return nil, err
	}
	cases, more, err := x.first(ctx, directRows)
	f.Found, f.More = len(cases), more
	return f, err
}

// answerColumns are the questions of a service's newest form, none for no service.
func (s *Service) answerColumns(ctx context.Context, service, lang string) ([]formdef.Column, error) {
	if service == "" {
		return nil, nil
	}
	form, err := s.form(ctx, service)
	if err != nil || form == nil {
		return nil, err
	}
	return form.Columns(lang), nil
}

// Outgoing is a list that goes out at once. Write must be called once; when it fails, what was written is no whole file.
type Outgoing struct {
	Name, MediaType string
	Rows            int
	Write           func(ctx context.Context, w io.Writer) error
}

// Export (Export) takes out what was asked for: a short list at once, everything else by a job, whose export's id is returned. That
// something leaves the house, how much and by which template, is recorded before its first byte does.
func (s *Service) Export(ctx context.Context, who civic.Actor, tenant string, w Wish) (*Outgoing, string, error) {
	t, err := s.office(ctx, who, tenant)
	if err != nil {
		return nil, "", err
	}
	if err := s.checkWish(ctx, who, t, &w); err != nil {
		return nil, "", err
	}
	x, err := s.extract(ctx, who, t, w)
	if err != nil {
		return nil, "", err
	}
	cases, more, err := x.first(ctx, directRows)
	if err != nil {
		return nil, "", err
	}
	if len(cases) == 0 {
		return nil, "", civic.Errorf(civic.Invalid, "error.export.none")
	}
	if more || w.files() {
		id, err := s.commission(ctx, who, t, w)
		return nil, id, err
	}
	id := s.NewID()
	if err := s.Many.Templates.RecordExport(ctx, t.ID, s.exportEvent(t.ID, who, id, w, int64(len(cases)))); err != nil {
		return nil, "", fmt.Errorf("clerk: export: %w", err)
	}
	return &Outgoing{Name: s.exportName(t, w.Format, s.Now()), MediaType: mediaTypes[w.Format], Rows: len(cases),
		Write: func(ctx context.Context, out io.Writer) error { return x.table(ctx, out, x.those(cases), nil) }}, "", nil
}

// exportEvent says that something left the house: how much, by which template; never what.
func (s *Service) exportEvent(tenant string, who civic.Actor, id string, w Wish, rows int64) civic.Event {
	return s.tenantEvent(tenant, who, "export.made", map[string]string{"export": id, "rows": fmt.Sprint(rows), "format": w.Format, "template": w.Template})
}

var mediaTypes = map[string]string{civic.FormatCSV: "text/csv; charset=utf-8", civic.FormatExcel: "text/csv; charset=utf-8",
	civic.FormatXLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", civic.FormatJSON: "application/json", civic.FormatNDJSON: "application/x-ndjson",
	civic.FormatPDF: "application/zip", civic.FormatZIP: "application/zip"}

// exportName is a file name that says whose and of which day it is.
func (s *Service) exportName(t civic.Tenant, format string, at time.Time) string {
	end := map[string]string{civic.FormatExcel: "csv", civic.FormatPDF: "zip", civic.FormatZIP: "zip"}[format]
	if end == "" {
		end = format
	}
	return "vorgaenge-" + t.Slug + "-" + at.In(s.Zone).Format("2006-01-02-1504") + "." + end
}

// checkWish refuses what cannot be made, and names the field.
func (s *Service) checkWish(ctx context.Context, who civic.Actor, t civic.Tenant, w *Wish) error {
	if !slices.Contains(civic.ExportFormats, w.Format) {
		return civic.Errorf(civic.Invalid, "error.export.format").At("format")
	}
	if w.Template != "" {
		list, err := s.templates(ctx, who, t.ID)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(list, func(e civic.ExportTemplate) bool { return e.ID == w.Template }) {
			return civic.Errorf(civic.Invalid, "error.export.template").At("template")
		}
	}
	if w.files() {
		w.Columns = nil
		return nil
	}
	var err error
	w.Columns, err = s.checkColumns(ctx, who, t, w.Service, w.Columns)
	return err
}

// checkColumns keeps what is a column of a case or may be an answer of the service: the pointer of an older form is one, too.
func (s *Service) checkColumns(ctx context.Context, who civic.Actor, t civic.Tenant, service string, columns []string) ([]string, error) {
	if service != "" {
		sc, err := s.scopeOf(ctx, who, t.ID)
		if err != nil {
			return nil, err
		}
		known, err := s.services(ctx, sc)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(known, func(n ServiceName) bool { return n.Slug == service }) {
			return nil, civic.Errorf(civic.Invalid, "error.export.service").At("service")
		}
	}
	var out []string
	for _, c := range columns {
		if c = strings.TrimSpace(c); c == "" || slices.Contains(out, c) {
			continue
		}
		answer := c == AllAnswers || strings.HasPrefix(c, "/") && len(c) < 300
		if !slices.Contains(CaseColumns, c) && !answer {
			return nil, civic.Errorf(civic.Invalid, "error.export.column", "name", c).At("columns")
		}
		if answer && service == "" {
			return nil, civic.Errorf(civic.Invalid, "error.export.answers").At("service")
		}
		out = append(out, c)
	}
	switch {
	case len(out) == 0:
		return nil, civic.Errorf(civic.Invalid, "error.export.columns").At("columns")
	case len(out) > maxColumns:
		return nil, civic.Errorf(civic.Invalid, "error.export.wide", "limit", maxColumns).At("columns")
	}
	return out, nil
}

// commission stores an export for its job.
func (s *Service) commission(ctx context.Context, who civic.Actor, t civic.Tenant, w Wish) (string, error) {
	if err := s.present(ctx, who, t.ID); err != nil {
		return "", err
	}
	raw, err := json.Marshal(w)
	if err != nil {
		return "", err
	}
	e := civic.Export{ID: s.NewID(), Tenant: t.ID, Actor: who.Staff.ID, Roles: who.Staff.Roles[t.ID], Template: w.Template, Format: w.Format, Run: s.NewID(), Created: s.Now(),
		Expires: s.Now().Add(civic.ExportLife)}
	if e.Spec, err = s.seal(keys(t, "", nil), sealExport, string(raw)); err != nil {
		return "", err
	}
	if err := s.Many.Exports.CreateExport(ctx, t.ID, e, civic.MakeExport{Tenant: t.ID, Export: e.ID, Run: e.Run}); err != nil {
		return "", fmt.Errorf("clerk: export: %w", err)
	}
	return e.ID, nil
}
