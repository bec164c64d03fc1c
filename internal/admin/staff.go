package admin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"antragswerk/internal/civic"
)

// Team is an authority's staff as far as it was appointed.
type Team struct {
	Tenant       civic.Tenant
	Appointments []civic.Appointment
	Roles        []civic.Role          // that exist here
	Groups       map[string]civic.Role // that hold a role without being appointed
}

// Team lists the appointments.
func (s *Service) Team(ctx context.Context, who civic.Actor, tenant string) (*Team, error) {
	t, err := s.house(ctx, who, tenant)
	if err != nil {
		return nil, err
	}
	list, err := s.d.Staff.Appointments(ctx, t.ID)
	if err != nil {
		return nil, fmt.Errorf("admin: appointments: %w", err)
	}
	return &Team{t, list, RolesIn(t), civic.DefaultGroups(t)}, nil
}

// Appoint (bestellen) gives a person, known by e-mail, or a group exactly these roles. Somebody appointed before gets
// the new roles in place of the old.
func (s *Service) Appoint(ctx context.Context, who civic.Actor, tenant, name string, roles []civic.Role) error {
	team, err := s.Team(ctx, who, tenant)
	if err != nil {
		return err
	}
	a, err := appointment(team.Tenant, name, roles)
	if err != nil {
		return err
	}
	a.ID = s.d.NewID()
	kind := "staff.appointed"
	if i := slices.IndexFunc(team.Appointments, func(o civic.Appointment) bool { return o.Email == a.Email && o.Group == a.Group }); i >= 0 {
		old := team.Appointments[i]
		a.ID, kind = old.ID, "staff.changed"
		if slices.Contains(old.Roles, civic.RoleAdmin) && !slices.Contains(a.Roles, civic.RoleAdmin) && lastAdmin(team.Appointments, old.ID) {
			return civic.Errorf(civic.Conflict, "error.admin.last").At("roles")
		}
	}
	return s.d.Staff.SaveAppointment(ctx, a, s.event(who, team.Tenant.ID, kind, map[string]string{"appointment": a.ID, "roles": joinRoles(a.Roles)}))
}

// appointment checks what was typed: an e-mail address, or the name of a group.
func appointment(t civic.Tenant, name string, roles []civic.Role) (civic.Appointment, error) {
	a := civic.Appointment{Tenant: t.ID}
	name = strings.TrimSpace(name)
	switch {
	case strings.Contains(name, "@"):
		if a.Email = strings.ToLower(name); !isEmail(a.Email) {
			return a, civic.Errorf(civic.Invalid, "error.admin.email").At("name")
		}
	case name == "" || len(name) > 100 || strings.ContainsAny(name, " \t\r\n,"):
		return a, civic.Errorf(civic.Invalid, "error.admin.person").At("name")
	default:
		a.Group = name
	}
	for _, r := range RolesIn(t) {
		if slices.Contains(roles, r) {
			a.Roles = append(a.Roles, r)
		}
	}
	if len(a.Roles) == 0 {
		return a, civic.Errorf(civic.Invalid, "error.admin.roles").At("roles")
	}
	return a, nil
}

// Dismiss (abberufen) takes an appointment away; that of the last admin stays.
func (s *Service) Dismiss(ctx context.Context, who civic.Actor, tenant, id string) error {
	team, err := s.Team(ctx, who, tenant)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(team.Appointments, func(a civic.Appointment) bool { return a.ID == id })
	if i < 0 {
		return civic.Errorf(civic.NotFound, "error.not_found")
	}
	if slices.Contains(team.Appointments[i].Roles, civic.RoleAdmin) && lastAdmin(team.Appointments, id) {
		return civic.Errorf(civic.Conflict, "error.admin.last")
	}
	return s.d.Staff.DeleteAppointment(ctx, team.Tenant.ID, id, s.event(who, team.Tenant.ID, "staff.dismissed", map[string]string{"appointment": id}))
}

// lastAdmin tells whether no other appointment than this one makes an admin.
func lastAdmin(all []civic.Appointment, id string) bool {
	return !slices.ContainsFunc(all, func(a civic.Appointment) bool { return a.ID != id && slices.Contains(a.Roles, civic.RoleAdmin) })
}

func joinRoles(roles []civic.Role) string {
	var out []string
	for _, r := range roles {
		out = append(out, string(r))
	}
	return strings.Join(out, " ")
}
