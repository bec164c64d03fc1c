package admin

import (
	"context"
	"fmt"
	"slices"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// Periods keeps for how long an authority's cases are kept.
type Periods interface {
	Retentions(ctx context.Context, tenant string) ([]civic.Retention, error)
	// SaveRetentions stores those of the services named; what was planned by the old ones is planned anew.
	SaveRetentions(ctx context.Context, tenant string, list []civic.Retention, ev civic.Event) error
}

// Processing (Verarbeitungstätigkeit) is an entry of the register that Art. 30 DSGVO asks for, made of what the form says of itself
// and what the authority has set.
type Processing struct {
	Service    string
	Form       *formdef.Form
	Offered    bool
	Period     civic.Retention
	Usual      civic.Retention // what holds unless the authority says otherwise
	Own        bool            // it has
	Connectors []string        // what it is handed on by, besides the inbox
}

// Register lists the processing activities of the authority, one per service.
func (s *Service) Register(ctx context.Context, who civic.Actor, tenant string) ([]Processing, error) {
	w, err := s.Ways(ctx, who, tenant)
	if err != nil {
		return nil, err
	}
	own, err := s.d.Periods.Retentions(ctx, tenant)
	if err != nil {
		return nil, fmt.Errorf("admin: retentions: %w", err)
	}
	out := make([]Processing, 0, len(w.Services))
	for _, o := range w.Services {
		form, err := s.d.Directory.Form(ctx, o.Service)
		if err != nil {
			return nil, err
		}
		p := Processing{Service: o.Service, Form: form, Offered: o.Enabled, Usual: civic.UsualRetention(form.Package.Form.Retention.Years)}
		p.Period = p.Usual
		if i := slices.IndexFunc(own, func(r civic.Retention) bool { return r.Service == o.Service }); i >= 0 {
			p.Period, p.Own = own[i], true
		}
		for _, r := range w.Routes {
			if r.Active && (r.Service == "" || r.Service == o.Service) && !slices.Contains(p.Connectors, r.Connector) {
				p.Connectors = append(p.Connectors, r.Connector)
			}
		}
		out = append(out, p)
	}
	return out, nil
}

// Processing is one entry of the register.
func (s *Service) Processing(ctx context.Context, who civic.Actor, tenant, service string) (Processing, error) {
	list, err := s.Register(ctx, who, tenant)
	if err != nil {
		return Processing{}, err
	}
	for _, p := range list {
		if p.Service == service {
			return p, nil
		}
	}
	return Processing{}, civic.Errorf(civic.NotFound, "error.not_found")
}

// SetRetention says for how many months the authority keeps cases of a service.
func (s *Service) SetRetention(ctx context.Context, who civic.Actor, tenant string, r civic.Retention) error {
	if _, err := s.Processing(ctx, who, tenant, r.Service); err != nil {
		return err
	}
	for _, x := range []struct {
		field  string
		months int
	}{{"decided", r.Decided}, {"withdrawn", r.Withdrawn}, {"relocation", r.Relocation}} {
		if x.months < 1 || x.months > civic.LongestMonths {
			return civic.Errorf(civic.Invalid, "error.privacy.months", "max", civic.LongestMonths).At(x.field)
		}
	}
	r.Tenant = tenant
	return s.d.Periods.SaveRetentions(ctx, tenant, []civic.Retention{r}, s.event(who, tenant, "retention.changed", map[string]string{"service": r.Service,
		"decided": fmt.Sprint(r.Decided), "withdrawn": fmt.Sprint(r.Withdrawn), "relocation": fmt.Sprint(r.Relocation)}))
}
