package clerk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// Letters keeps what an authority writes with: its texts and how it writes.
type Letters interface {
	Templates(ctx context.Context, tenant string) ([]civic.Template, error)
	SaveTemplate(ctx context.Context, t civic.Template, ev civic.Event) error
	DeleteTemplate(ctx context.Context, tenant, id string, ev civic.Event) error
	// Correspondence is the default where the authority has set nothing.
	Correspondence(ctx context.Context, tenant string) (civic.Correspondence, error)
	// SaveCorrespondence is Conflict when somebody else has saved meanwhile.
	SaveCorrespondence(ctx context.Context, tenant string, c civic.Correspondence, ev civic.Event) error
	// Logo is NotFound for an authority without one.
	Logo(ctx context.Context, tenant string) (mediaType string, body []byte, err error)
}

const (
	maxTitle     = 120 // letters
	maxTemplates = 500
	maxRemind    = 30 // days
)

// writers are who may set the texts of an authority.
var writers = []civic.Role{civic.RoleAdmin, civic.RoleLead}

// Templates (Textbausteine) lists the authority's texts; those who write with them read them too.
func (s *Service) Templates(ctx context.Context, who civic.Actor, tenant string) ([]civic.Template, error) {
	t, err := s.office(ctx, who, tenant, civic.RoleClerk, civic.RoleLead, civic.RoleAdmin)
	if err != nil {
		return nil, err
	}
	list, err := s.Letters.Templates(ctx, t.ID)
	if err != nil {
		return nil, fmt.Errorf("clerk: templates: %w", err)
	}
	return list, nil
}

// TemplateOf finds one of the authority's texts.
func (s *Service) TemplateOf(ctx context.Context, who civic.Actor, tenant, id string) (civic.Template, error) {
	list, err := s.Templates(ctx, who, tenant)
	if err != nil {
		return civic.Template{}, err
	}
	if i := slices.IndexFunc(list, func(t civic.Template) bool { return t.ID == id }); i >= 0 {
		return list[i], nil
	}
	return civic.Template{}, civic.Errorf(civic.NotFound, "error.not_found")
}

// TemplatesFor lists the texts that fit a step on a case, by title.
func (s *Service) TemplatesFor(ctx context.Context, who civic.Actor, f *File, kind civic.TemplateKind, outcome civic.Outcome) ([]civic.Template, error) {
	list, err := s.Templates(ctx, who, f.Tenant.ID)
	return slices.DeleteFunc(list, func(t civic.Template) bool { return !t.Fits(kind, f.Case.Service, outcome) }), err
}

// Written are the forms for which an authority writes: its services, by slug.
func (s *Service) Written(ctx context.Context, who civic.Actor, tenant string) (map[string]*formdef.Form, error) {
	t, err := s.office(ctx, who, tenant, writers...)
	if err != nil {
		return nil, err
	}
	offers, err := s.Forms.OfferingsOf(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	out := map[string]*formdef.Form{}
	for _, o := range offers {
		if out[o.Service], err = s.form(ctx, o.Service); err != nil {
			return nil, err
		}
		if out[o.Service] == nil {
			delete(out, o.Service)
		}
	}
	return out, nil
}

// CheckTemplate refuses a text that could not be sent: Invalid names the field, and of a placeholder name and line.
func (s *Service) CheckTemplate(ctx context.Context, t civic.Template) (civic.Template, error) {
	t.Title = strings.Join(strings.Fields(t.Title), " ")
	switch {
	case t.Title == "" || !utf8.ValidString(t.Title):
		return t, civic.Errorf(civic.Invalid, "error.desk.title").At("title")
	case utf8.RuneCountInString(t.Title) > maxTitle:
		return t, civic.Errorf(civic.Invalid, "error.desk.long.title", "max", maxTitle).At("title")
	case !slices.Contains(civic.TemplateKinds, t.Kind):
		return t, civic.Errorf(civic.Invalid, "error.desk.kind").At("kind")
	case t.Kind != civic.TemplateLetter || !slices.Contains(Outcomes, t.Outcome):
		t.Outcome = ""
	}
	limit := maxText
	if t.Kind == civic.TemplateLetter {
		limit = maxLetter
	}
	var err error
	if t.Body, err = text("body", t.Body, limit); err != nil {
		return t, err
	}
	var form *formdef.Form
	if t.Service != "" {
		if form, err = s.form(ctx, t.Service); err != nil {
			return t, err
		}
		if form == nil {
			return t, civic.Errorf(civic.Invalid, "error.desk.service").At("service")
		}
	}
	return t, checkPlaceholders(t.Body, "body", form)
}

// SaveTemplate stores a text, new without an id, and returns its id.
func (s *Service) SaveTemplate(ctx context.Context, who civic.Actor, tenant string, in civic.Template) (string, error) {
	t, err := s.office(ctx, who, tenant, writers...)
	if err != nil {
		return "", err
	}
	if in, err = s.CheckTemplate(ctx, in); err != nil {
		return "", err
	}
	list, err := s.Letters.Templates(ctx, t.ID)
	if err != nil {
		return "", fmt.Errorf("clerk: templates: %w", err)
	}
	i := slices.IndexFunc(list, func(x civic.Template) bool { return x.ID == in.ID })
	switch {
	case in.ID != "" && i < 0:
		return "", civic.Errorf(civic.NotFound, "error.not_found")
	case in.ID != "":
		in.Kind = list[i].Kind
	case len(list) >= maxTemplates:
		return "", civic.Errorf(civic.Invalid, "error.desk.templates", "max", maxTemplates).At("title")
	default:
		in.ID = s.NewID()
	}
	in.Tenant, in.ChangedBy, in.Changed = t.ID, who.Staff.ID, s.Now()
	return in.ID, s.Letters.SaveTemplate(ctx, in, s.houseEvent(who, t.ID, "template.saved", map[string]string{"template": in.ID, "kind": string(in.Kind)}))
}

// DeleteTemplate removes a text; what was written with it stays.
func (s *Service) DeleteTemplate(ctx context.Context, who civic.Actor, tenant, id string) error {
	t, err := s.office(ctx, who, tenant, writers...)
	if err != nil {
		return err
	}
	return s.Letters.DeleteTemplate(ctx, t.ID, id, s.houseEvent(who, t.ID, "template.deleted", map[string]string{"template": id}))
}

func (s *Service) houseEvent(who civic.Actor, tenant, kind string, data map[string]string) civic.Event {
	return civic.Event{ID: s.NewID(), Tenant: tenant, Actor: who.Name(), Kind: kind, Data: data, At: s.Now()}
}

// Correspondence (Schriftverkehr) is how the authority writes.
func (s *Service) Correspondence(ctx context.Context, who civic.Actor, tenant string) (civic.Correspondence, error) {
	t, err := s.office(ctx, who, tenant, civic.RoleClerk, civic.RoleLead, civic.RoleAdmin)
	if err != nil {
		return civic.Correspondence{}, err
	}
	return s.Letters.Correspondence(ctx, t.ID)
}

// SaveCorrespondence stores it. Invalid names the field.
func (s *Service) SaveCorrespondence(ctx context.Context, who civic.Actor, tenant string, in civic.Correspondence) error {
	t, err := s.office(ctx, who, tenant, writers...)
	if err != nil {
		return err
	}
	in.Head, in.Foot = strings.TrimSpace(strings.ReplaceAll(in.Head, "\r\n", "\n")), strings.TrimSpace(strings.ReplaceAll(in.Foot, "\r\n", "\n"))
	for field, v := range map[string]string{"head": in.Head, "foot": in.Foot} {
		if strings.Count(v, "\n") > 3 || utf8.RuneCountInString(v) > 400 {
			return civic.Errorf(civic.Invalid, "error.desk.head", "lines", 4, "max", 400).At(field)
		}
	}
	if in.Remind < 0 || in.Remind > maxRemind {
		return civic.Errorf(civic.Invalid, "error.desk.remind", "max", maxRemind).At("remind")
	}
	return s.Letters.SaveCorrespondence(ctx, t.ID, in, s.houseEvent(who, t.ID, "correspondence.saved", nil))
}

// remedy is the notice on legal remedies for a case: the authority's own for the service, its own for all, else the form author's.
func (s *Service) remedy(ctx context.Context, f *File) (string, error) {
	list, err := s.Letters.Templates(ctx, f.Tenant.ID)
	if err != nil {
		return "", fmt.Errorf("clerk: templates: %w", err)
	}
	for _, service := range []string{f.Case.Service, ""} {
		for _, t := range list {
			if t.Kind == civic.TemplateRemedy && t.Service == service {
				return t.Body, nil
			}
		}
	}
	return f.Form.Package.Service.Modules["de"].Remedy, nil
}

// Remedy is the notice on legal remedies of a case, filled in; "" without one.
func (s *Service) Remedy(ctx context.Context, who civic.Actor, f *File) (string, error) {
	text, err := s.remedy(ctx, f)
	if err != nil || text == "" {
		return "", err
	}
	return s.Fill(f, who, text, Filling{Kind: civic.TemplateRemedy, Leave: true})
}

// SampleFile is a case to show a template with: the form's first valid sample, or no answers at all.
func (s *Service) SampleFile(ctx context.Context, who civic.Actor, tenant, service string) (*File, error) {
	t, err := s.office(ctx, who, tenant, writers...)
	if err != nil {
		return nil, err
	}
	forms, err := s.Written(ctx, who, tenant)
	if err != nil {
		return nil, err
	}
	if forms[service] == nil {
		for _, slug := range sortedKeys(forms) {
			if service = slug; len(forms[slug].Package.Samples) > 0 {
				break
			}
		}
	}
	form := forms[service]
	if form == nil {
		return nil, civic.Errorf(civic.Invalid, "error.desk.service").At("service")
	}
	now := s.Now()
	f := &File{Tenant: t, Form: form, Lead: true, Case: civic.Case{Tenant: t.ID, Service: service, FileNumber: civic.FileNumber(form.Package.Form.FilePrefix, now.Year(), 123),
		State: civic.InProgress, Received: now.AddDate(0, 0, -9), Deadline: now.AddDate(0, 0, 21)}, Payment: &civic.Payment{Cents: 3000}}
	f.state = formdef.State{Answers: formdef.Answers{}, Now: now, Lang: "de"}
	for _, sample := range form.Package.Samples {
		if string(sample.Expect) == `"valid"` {
			if f.state.Answers, err = parseAnswers(sample.Answers); err != nil {
				return nil, err
			}
			break
		}
	}
	return f, nil
}

// sampleDue is how far away the last day lies in the preview of a request.
const sampleDue = 14 * 24 * time.Hour

// PreviewTemplate shows a text with sample data.
func (s *Service) PreviewTemplate(ctx context.Context, who civic.Actor, tenant string, t civic.Template) (string, error) {
	t, err := s.CheckTemplate(ctx, t)
	if err != nil {
		return "", err
	}
	f, err := s.SampleFile(ctx, who, tenant, t.Service)
	if err != nil {
		return "", err
	}
	remedy, err := s.Remedy(ctx, who, f)
	if err != nil {
		return "", err
	}
	outcome := t.Outcome
	if outcome == "" {
		outcome = civic.Granted
	}
	return s.Fill(f, who, t.Body, Filling{Kind: t.Kind, Outcome: outcome, Due: s.Now().Add(sampleDue), Remedy: remedy, Leave: true})
}
