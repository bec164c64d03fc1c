package clerk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"antragswerk/internal/civic"
)

const (
	maxExportTemplates = 200
	maxTemplateName    = 80
)

// templates lists those that the actor may use.
func (s *Service) templates(ctx context.Context, who civic.Actor, tenant string) ([]civic.ExportTemplate, error) {
	list, err := s.Many.Templates.ExportTemplates(ctx, tenant)
	if err != nil {
		return nil, fmt.Errorf("clerk: templates: %w", err)
	}
	return slices.DeleteFunc(list, func(e civic.ExportTemplate) bool {
		return e.Owner != who.Staff.ID && len(e.Roles) > 0 && !who.Has(tenant, e.Roles...)
	}), nil
}

// SaveExportTemplate keeps what a list holds under a name: a new one, or the one of its id.
func (s *Service) SaveExportTemplate(ctx context.Context, who civic.Actor, tenant string, e civic.ExportTemplate) (string, error) {
	t, err := s.office(ctx, who, tenant)
	if err != nil {
		return "", err
	}
	if e.Name, err = text("name", e.Name, maxTemplateName); err != nil {
		return "", err
	}
	e.Name = strings.Join(strings.Fields(e.Name), " ")
	w := Wish{Format: e.Format, Service: e.Service, Columns: e.Columns}
	if err := s.checkWish(ctx, who, t, &w); err != nil {
		return "", err
	}
	list, err := s.Many.Templates.ExportTemplates(ctx, t.ID)
	if err != nil {
		return "", fmt.Errorf("clerk: templates: %w", err)
	}
	e.Tenant, e.Columns, e.Owner, e.Updated = t.ID, w.Columns, who.Staff.ID, s.Now()
	if e.ID == "" {
		e.ID = s.NewID()
		if len(list) >= maxExportTemplates {
			return "", civic.Errorf(civic.Invalid, "error.export.full", "limit", maxExportTemplates).At("name")
		}
	} else if err := mayChange(who, t.ID, list, &e); err != nil {
		return "", err
	}
	if slices.ContainsFunc(list, func(o civic.ExportTemplate) bool { return o.Name == e.Name && o.ID != e.ID }) {
		return "", civic.Errorf(civic.Invalid, "error.export.name").At("name")
	}
	return e.ID, s.Many.Templates.SaveExportTemplate(ctx, e, s.tenantEvent(t.ID, who, "export.template.saved", map[string]string{"template": e.ID}))
}

// DeleteExportTemplate deletes a template: one's own, a lead any.
func (s *Service) DeleteExportTemplate(ctx context.Context, who civic.Actor, tenant, id string) error {
	t, err := s.office(ctx, who, tenant)
	if err != nil {
		return err
	}
	list, err := s.Many.Templates.ExportTemplates(ctx, t.ID)
	if err != nil {
		return fmt.Errorf("clerk: templates: %w", err)
	}
	if err := mayChange(who, t.ID, list, &civic.ExportTemplate{ID: id}); err != nil {
		return err
	}
	return s.Many.Templates.DeleteExportTemplate(ctx, t.ID, id, s.tenantEvent(t.ID, who, "export.template.deleted", map[string]string{"template": id}))
}

// mayChange tells whether the actor may change the template of that id, which stays its owner's.
func mayChange(who civic.Actor, tenant string, list []civic.ExportTemplate, e *civic.ExportTemplate) error {
	i := slices.IndexFunc(list, func(o civic.ExportTemplate) bool { return o.ID == e.ID })
	if i < 0 {
		return civic.Errorf(civic.NotFound, "error.not_found")
	}
	e.Owner = list[i].Owner
	if e.Owner != who.Staff.ID && !who.Has(tenant, civic.RoleLead) {
		return civic.Errorf(civic.Forbidden, "error.export.owner")
	}
	return nil
}
