package clerk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

const sealAnnotation = "annotation"

// Margins keeps what an office notes on its cases, and the forms for it.
type Margins interface {
	Annotation(ctx context.Context, tenant, id string) (civic.Annotation, error)
	// SaveAnnotation is a Conflict when the stored revision is not the one before.
	SaveAnnotation(ctx context.Context, tenant string, a civic.Annotation, ev civic.Event) error
	// AnnotationForm is the authority's own for a service, nil when it has written none.
	AnnotationForm(ctx context.Context, tenant, service string) (*civic.AnnotationForm, error)
	AnnotationForms(ctx context.Context, tenant string) ([]string, error)
	SaveAnnotationForm(ctx context.Context, tenant string, f civic.AnnotationForm, ev civic.Event) error
}

// Annotations (Bearbeitungsangaben) are the office's own answers on a case, with their form; Form is nil where there is none.
type Annotations struct {
	Form       *formdef.Form
	State      formdef.State
	Revision   int64
	AuthorName string
	Changed    time.Time
}

// Annotations reads what the office has noted on a case that was opened before.
func (s *Service) Annotations(ctx context.Context, who civic.Actor, f *File) (a Annotations, err error) {
	if _, err := s.office(ctx, who, f.Tenant.ID); err != nil {
		return a, err
	}
	if a.Form, err = s.annotationForm(ctx, f); err != nil || a.Form == nil {
		return a, err
	}
	stored, err := s.Margins.Annotation(ctx, f.Tenant.ID, f.Case.ID)
	if err != nil {
		return a, fmt.Errorf("clerk: annotations: %w", err)
	}
	a.State = formdef.State{Answers: formdef.Answers{}, Now: s.Now(), Lang: f.state.Lang}
	a.Revision, a.AuthorName, a.Changed = stored.Revision, stored.AuthorName, stored.Changed
	raw, err := s.open(keys(f.Tenant, f.Dossier.ID, f.Dossier.Key), sealAnnotation, stored.Content)
	if err != nil || raw == "" {
		return a, err
	}
	dec := json.NewDecoder(bytes.NewReader([]byte(raw)))
	dec.UseNumber()
	if err := dec.Decode(&a.State.Answers); err != nil {
		return a, fmt.Errorf("clerk: annotations: %w", err)
	}
	return a, nil
}

// annotationForm is the authority's own form, else that of the service's author; nil without either. One that does not compile
// any more counts as none: it was checked when it was stored.
func (s *Service) annotationForm(ctx context.Context, f *File) (*formdef.Form, error) {
	own, err := s.Margins.AnnotationForm(ctx, f.Tenant.ID, f.Case.Service)
	if err != nil {
		return nil, fmt.Errorf("clerk: annotations: %w", err)
	}
	p := f.Form.Package
	schema, ui := []byte(p.Annotations), []byte(p.AnnotationsUI)
	if own != nil {
		schema, ui = own.Schema, own.UI
	}
	if len(schema) == 0 {
		return nil, nil
	}
	form, err := formdef.CompileAnnotations(schema, ui, p.Texts)
	if err != nil {
		return nil, nil //nolint:nilerr // see above
	}
	return form, nil
}

// Annotate (anmerken) stores the office's answers. Problems are what is wrong with them; then nothing is stored, and the state
// holds what was typed. Somebody who was faster is a Conflict.
func (s *Service) Annotate(ctx context.Context, who civic.Actor, at At, in formdef.Typed) (Annotations, []formdef.Problem, error) {
	f, err := s.file(ctx, who, at.Tenant, at.Case, at.Lang)
	if err != nil {
		return Annotations{}, nil, err
	}
	a, err := s.Annotations(ctx, who, f)
	if err != nil {
		return a, nil, err
	}
	if a.Form == nil {
		return a, nil, civic.Errorf(civic.NotFound, "error.not_found")
	}
	next, problems := a.Form.Decode(0, a.State, in)
	if a.State = next; len(problems) > 0 {
		return a, problems, nil
	}
	frozen, problems := a.Form.Freeze(a.State)
	if len(problems) > 0 {
		return a, problems, nil
	}
	sealed, err := s.seal(keys(f.Tenant, f.Dossier.ID, f.Dossier.Key), sealAnnotation, string(frozen))
	if err != nil {
		return a, nil, err
	}
	err = s.Margins.SaveAnnotation(ctx, f.Tenant.ID, civic.Annotation{Case: f.Case.ID, Tenant: f.Tenant.ID, Dossier: f.Dossier.ID, Content: sealed, Revision: at.Revision + 1,
		Author: who.Staff.ID, AuthorName: who.Staff.Name, Changed: s.Now()}, s.event(f.Case, who, "annotation.saved", nil))
	if civic.CodeOf(err) == civic.Conflict {
		return a, nil, civic.Errorf(civic.Conflict, "error.desk.annotations.moved")
	}
	if err != nil {
		return a, nil, fmt.Errorf("clerk: annotations: %w", err)
	}
	return a, nil, nil
}

// maxAnnotationForm limits what an authority writes as a form, in bytes.
const maxAnnotationForm = 64 << 10

// AnnotationForm reads an authority's own form for a service; the zero value when it has none. For its administration and leads.
func (s *Service) AnnotationForm(ctx context.Context, who civic.Actor, tenant, service string) (civic.AnnotationForm, error) {
	t, err := s.office(ctx, who, tenant, civic.RoleAdmin, civic.RoleLead)
	if err != nil {
		return civic.AnnotationForm{}, err
	}
	f, err := s.Margins.AnnotationForm(ctx, t.ID, service)
	if err != nil || f == nil {
		return civic.AnnotationForm{Tenant: t.ID, Service: service}, err
	}
	return *f, nil
}

// AnnotationServices lists the authority's services, and which of them have a form of the authority's own.
func (s *Service) AnnotationServices(ctx context.Context, who civic.Actor, tenant string) ([]ServiceName, map[string]bool, error) {
	sc, err := s.scopeOf(ctx, who, tenant, civic.RoleAdmin, civic.RoleLead)
	if err != nil {
		return nil, nil, err
	}
	list, err := s.services(ctx, sc)
	if err != nil {
		return nil, nil, err
	}
	own, err := s.Margins.AnnotationForms(ctx, sc.Tenant.ID)
	if err != nil {
		return nil, nil, fmt.Errorf("clerk: annotations: %w", err)
	}
	has := map[string]bool{}
	for _, service := range own {
		has[service] = true
	}
	return list, has, nil
}

// SetAnnotationForm stores an authority's own form; without a schema the author's holds again. One that cannot be used is Invalid,
// with what the compiler says as its cause.
func (s *Service) SetAnnotationForm(ctx context.Context, who civic.Actor, tenant, service, schema, ui string) error {
	sc, err := s.scopeOf(ctx, who, tenant, civic.RoleAdmin, civic.RoleLead)
	if err != nil {
		return err
	}
	t := sc.Tenant
	list, err := s.services(ctx, sc)
	if err != nil {
		return err
	}
	known := false
	for _, n := range list {
		known = known || n.Slug == service
	}
	if !known {
		return civic.Errorf(civic.NotFound, "error.not_found")
	}
	if len(schema)+len(ui) > maxAnnotationForm {
		return civic.Errorf(civic.Invalid, "error.desk.long", "limit", maxAnnotationForm).At("schema")
	}
	f := civic.AnnotationForm{Tenant: t.ID, Service: service, Schema: []byte(schema), UI: []byte(ui), Changed: s.Now()}
	if schema != "" {
		for _, part := range []struct{ field, text string }{{"schema", schema}, {"ui", ui}} {
			if part.text != "" && !json.Valid([]byte(part.text)) {
				return civic.Errorf(civic.Invalid, "error.desk.annotations.json").At(part.field)
			}
		}
		if _, err := formdef.CompileAnnotations(f.Schema, f.UI, nil); err != nil {
			return civic.Errorf(civic.Invalid, "error.desk.annotations.form", "why", err.Error()).At("schema").Because(err)
		}
	}
	ev := civic.Event{ID: s.NewID(), Tenant: t.ID, Actor: who.Name(), Kind: "annotation.form", Data: map[string]string{"service": service}, At: s.Now()}
	if err := s.Margins.SaveAnnotationForm(ctx, t.ID, f, ev); err != nil {
		return fmt.Errorf("clerk: annotations: %w", err)
	}
	return nil
}
