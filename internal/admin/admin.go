// Package admin is the use case of those who run an authority on the platform: its profile and look, its services with
// what it changes of them, its staff, its routes to other systems; and of the state, which creates authorities. Every
// method asks for the role first. It may know civic and formdef; it must not know adapters or HTTP.
package admin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"antragswerk/internal/civic"
)

// The purposes under which a tenant's content is sealed.
const (
	sealSecret   = "secret"   // of a route
	sealFeedback = "feedback" // what visitors write
)

// Deps is what the use case works with.
type Deps struct {
	Tenants   Tenants
	Staff     Staff
	Routes    Routes
	Teams     Teams
	Periods   Periods
	Directory Directory
	Seal      Sealer
	Now       civic.Clock
	NewID     func() string
}

// Service is safe for concurrent use.
type Service struct{ d Deps }

// New makes the use case.
func New(d Deps) *Service { return &Service{d} }

// StaffID is the stable id of a person: issuer and subject, hashed, so that no list of ids tells names.
func StaffID(issuer, subject string) string {
	sum := sha256.Sum256([]byte(issuer + "\x00" + subject))
	return hex.EncodeToString(sum[:12])
}

// Staff finds out what a login may do: appointments by verified e-mail or group, and the default groups of tenants.
// Nil without any role.
func (s *Service) Staff(ctx context.Context, id civic.Identity) (*civic.Staff, error) {
	p := &civic.Staff{ID: StaffID(id.Issuer, id.Subject), Name: id.Name, Roles: map[string][]civic.Role{}, ByGroup: map[string][]civic.Role{}}
	if id.EmailVerified {
		p.Email = strings.ToLower(id.Email)
	}
	if p.Name == "" {
		p.Name = p.Email
	}
	found, err := s.d.Staff.AppointmentsFor(ctx, p.Email, id.Groups)
	if err != nil {
		return nil, fmt.Errorf("admin: appointments: %w", err)
	}
	for _, a := range found {
		t, err := s.d.Directory.TenantByID(ctx, a.Tenant)
		if civic.CodeOf(err) == civic.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		grant(p.Roles, t, a.Roles...)
		if a.Email == "" {
			grant(p.ByGroup, t, a.Roles...)
		}
	}
	for _, g := range id.Groups {
		t, ok, err := s.ofGroup(ctx, g)
		if err != nil {
			return nil, err
		}
		if ok {
			grant(p.Roles, t, civic.DefaultGroups(t)[g])
			grant(p.ByGroup, t, civic.DefaultGroups(t)[g])
		}
	}
	if len(p.Roles) == 0 {
		return nil, nil
	}
	return p, nil
}

// grant adds roles that exist in the tenant.
func grant(to map[string][]civic.Role, t civic.Tenant, roles ...civic.Role) {
	for _, r := range roles {
		if slices.Contains(RolesIn(t), r) && !slices.Contains(to[t.ID], r) {
			to[t.ID] = append(to[t.ID], r)
		}
	}
}

// RolesIn lists the roles that exist in a tenant: those over the forms exist in the state's only.
func RolesIn(t civic.Tenant) []civic.Role {
	if t.Kind == civic.KindLand {
		return civic.Roles
	}
	return []civic.Role{civic.RoleClerk, civic.RoleLead, civic.RoleAdmin}
}

// ofGroup finds the tenant whose default group this is, by its name: clerk-<slug>, lead-<slug>, admin-<slug>, or the
// state's editor, publisher and auditor.
func (s *Service) ofGroup(ctx context.Context, group string) (civic.Tenant, bool, error) {
	role, slug, ok := strings.Cut(group, "-")
	switch civic.Role(role) {
	case civic.RoleClerk, civic.RoleLead, civic.RoleAdmin:
		if !ok {
			return civic.Tenant{}, false, nil
		}
		t, err := s.d.Directory.Tenant(ctx, slug)
		if civic.CodeOf(err) == civic.NotFound {
			return civic.Tenant{}, false, nil
		}
		return t, err == nil, err
	case civic.RoleEditor, civic.RolePublisher, civic.RoleAuditor:
		if ok {
			return civic.Tenant{}, false, nil
		}
		return s.state(ctx)
	}
	return civic.Tenant{}, false, nil
}

// state is the state's own tenant.
func (s *Service) state(ctx context.Context) (civic.Tenant, bool, error) {
	all, err := s.d.Directory.AllTenants(ctx)
	if err != nil {
		return civic.Tenant{}, false, err
	}
	i := slices.IndexFunc(all, func(t civic.Tenant) bool { return t.Kind == civic.KindLand })
	if i < 0 {
		return civic.Tenant{}, false, nil
	}
	return all[i], true, nil
}

// house finds a tenant for its admin. Who has no role there gets NotFound, who has another one gets Forbidden.
func (s *Service) house(ctx context.Context, who civic.Actor, tenant string) (civic.Tenant, error) {
	if !who.Has(tenant, civic.Roles...) {
		return civic.Tenant{}, civic.Errorf(civic.NotFound, "error.not_found")
	}
	if !who.Has(tenant, civic.RoleAdmin) {
		return civic.Tenant{}, civic.Errorf(civic.Forbidden, "error.admin.role")
	}
	return s.d.Directory.TenantByID(ctx, tenant)
}

// House is the tenant as its admin sees it.
func (s *Service) House(ctx context.Context, who civic.Actor, tenant string) (civic.Tenant, error) {
	return s.house(ctx, who, tenant)
}

// Houses lists the authorities that the actor administers, by name.
func (s *Service) Houses(ctx context.Context, who civic.Actor) ([]civic.Tenant, error) {
	if who.Staff == nil {
		return nil, civic.Errorf(civic.LoginFirst, "error.login.staff")
	}
	var out []civic.Tenant
	for id := range who.Staff.Roles {
		if !who.Has(id, civic.RoleAdmin) {
			continue
		}
		t, err := s.d.Directory.TenantByID(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b civic.Tenant) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

func (s *Service) event(who civic.Actor, tenant, kind string, data map[string]string) civic.Event {
	return civic.Event{ID: s.d.NewID(), Tenant: tenant, Actor: who.Name(), Kind: kind, Data: data, At: s.d.Now()}
}
