package admin

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"antragswerk/internal/civic"
)

// ruler finds the state's tenant for those who create authorities: its admins and publishers. Auditors may look.
func (s *Service) ruler(ctx context.Context, who civic.Actor, roles ...civic.Role) (civic.Tenant, error) {
	t, ok, err := s.state(ctx)
	if err != nil {
		return t, err
	}
	if !ok || !who.Has(t.ID, civic.Roles...) {
		return t, civic.Errorf(civic.NotFound, "error.not_found")
	}
	if !who.Has(t.ID, roles...) {
		return t, civic.Errorf(civic.Forbidden, "error.state.role")
	}
	return t, nil
}

// Authorities lists all authorities by name, for the state.
func (s *Service) Authorities(ctx context.Context, who civic.Actor) ([]civic.Tenant, error) {
	if _, err := s.ruler(ctx, who, civic.RoleAdmin, civic.RolePublisher, civic.RoleEditor, civic.RoleAuditor); err != nil {
		return nil, err
	}
	return s.d.Directory.AllTenants(ctx)
}

// MayCreate tells whether the actor creates authorities.
func (s *Service) MayCreate(ctx context.Context, who civic.Actor) bool {
	_, err := s.ruler(ctx, who, civic.RoleAdmin, civic.RolePublisher)
	return err == nil
}

// NewTenant is an authority outside of the regional table.
type NewTenant struct {
	Slug, Name string
	Admin      string // e-mail of its first admin
	Reserved   []string
	Live       bool
}

var slugForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// CreateTenant makes an authority with its own key, its first admin, and the services that every authority offers.
func (s *Service) CreateTenant(ctx context.Context, who civic.Actor, in NewTenant) (civic.Tenant, error) {
	land, err := s.ruler(ctx, who, civic.RoleAdmin, civic.RolePublisher)
	if err != nil {
		return civic.Tenant{}, err
	}
	t, err := s.newTenant(ctx, in)
	if err != nil {
		return t, err
	}
	first, err := appointment(t, in.Admin, []civic.Role{civic.RoleAdmin})
	if err != nil || first.Email == "" {
		return t, civic.Errorf(civic.Invalid, "error.admin.email").At("admin").Because(err)
	}
	first.ID = s.d.NewID()
	offers, err := s.everyOffer(ctx, land, t)
	if err != nil {
		return t, err
	}
	if t.Key, err = s.d.Seal.NewTenantKey(t.ID); err != nil {
		return t, fmt.Errorf("admin: create tenant: %w", err)
	}
	err = s.d.Tenants.CreateTenant(ctx, t, offers, []civic.Appointment{first}, s.event(who, land.ID, "tenant.created", map[string]string{"slug": t.Slug, "authority": t.ID}))
	s.d.Directory.Invalidate()
	if civic.CodeOf(err) == civic.Conflict {
		return t, civic.Errorf(civic.Invalid, "error.admin.taken").At("slug").Because(err)
	}
	return t, err
}

// newTenant checks slug and name.
func (s *Service) newTenant(ctx context.Context, in NewTenant) (civic.Tenant, error) {
	t := civic.Tenant{ID: s.d.NewID(), Slug: strings.TrimSpace(in.Slug), Kind: civic.KindOther, Name: strings.TrimSpace(in.Name), Live: in.Live,
		Revision: 1, Created: s.d.Now()}
	if n := len([]rune(t.Name)); n < 2 || n > maxName {
		return t, civic.Errorf(civic.Invalid, "error.admin.name", "max", maxName).At("name")
	}
	if !slugForm.MatchString(t.Slug) || len(t.Slug) < 2 || len(t.Slug) > 60 {
		return t, civic.Errorf(civic.Invalid, "error.admin.slug").At("slug")
	}
	if slices.Contains(in.Reserved, t.Slug) {
		return t, civic.Errorf(civic.Invalid, "error.admin.reserved").At("slug")
	}
	switch _, err := s.d.Directory.Tenant(ctx, t.Slug); civic.CodeOf(err) {
	case "":
		return t, civic.Errorf(civic.Invalid, "error.admin.taken").At("slug")
	case civic.NotFound:
		return t, nil
	default:
		return t, err
	}
}

// everyOffer switches on what every authority offers for itself.
func (s *Service) everyOffer(ctx context.Context, land, t civic.Tenant) ([]civic.Offering, error) {
	list, err := s.d.Directory.OfferingsOf(ctx, land.ID)
	if err != nil {
		return nil, err
	}
	var out []civic.Offering
	for _, o := range list {
		form, err := s.d.Directory.Form(ctx, o.Service)
		if err != nil {
			return nil, err
		}
		if form.Package.Service.EveryAuthority {
			out = append(out, civic.Offering{Tenant: t.ID, Service: o.Service, Enabled: true, Updated: s.d.Now()})
		}
	}
	return out, nil
}
