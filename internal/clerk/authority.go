package clerk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"antragswerk/internal/civic"
)

// Work that is done later than it was asked for is done under the authority of then only as far as it still is somebody's: a job, a mail
// and a calendar's address ask here, a person who is logged in does by logging in.

// authority is what somebody who is not logged in still may do at an authority's desk; seen is when they were last known to be there.
// Appointments by e-mail say so themselves. What a log-in's groups give only the next log-in knows: it is believed for a while. Who may
// do nothing any more is Forbidden.
func (s *Service) authority(ctx context.Context, tenant, staff string, seen time.Time) (civic.Actor, error) {
	known, err := s.Team.Colleagues(ctx, tenant)
	if err != nil {
		return civic.Actor{}, fmt.Errorf("clerk: colleagues: %w", err)
	}
	list, err := s.Team.Appointments(ctx, tenant)
	if err != nil {
		return civic.Actor{}, fmt.Errorf("clerk: appointments: %w", err)
	}
	i := slices.IndexFunc(known, func(c civic.Colleague) bool { return c.ID == staff })
	if i < 0 {
		return civic.Actor{}, civic.Errorf(civic.Forbidden, "error.desk.left")
	}
	c := known[i]
	var roles []civic.Role
	for _, a := range list {
		if c.Email != "" && a.Email == c.Email {
			roles = append(roles, a.Roles...)
		}
	}
	if s.Now().Sub(seen) <= civic.Gone {
		roles = append(roles, c.ByGroup...)
	}
	if !slices.Contains(roles, civic.RoleClerk) && !slices.Contains(roles, civic.RoleLead) {
		return civic.Actor{}, civic.Errorf(civic.Forbidden, "error.desk.left")
	}
	return civic.Actor{Staff: &civic.Staff{ID: c.ID, Name: c.Name, Email: c.Email, Roles: map[string][]civic.Role{tenant: roles},
		ByGroup: map[string][]civic.Role{tenant: c.ByGroup}}}, nil
}

// under is what of the roles that somebody had when they asked for something is theirs still.
func under(who civic.Actor, tenant string, then []civic.Role) (civic.Actor, error) {
	now := who.Staff.Roles[tenant]
	var both []civic.Role
	for _, r := range then {
		if slices.Contains(now, r) {
			both = append(both, r)
		}
	}
	if !slices.Contains(both, civic.RoleClerk) && !slices.Contains(both, civic.RoleLead) {
		return who, civic.Errorf(civic.Forbidden, "error.desk.left")
	}
	who.Staff.Roles = map[string][]civic.Role{tenant: both}
	return who, nil
}

// present remembers who asks for something that a job will do in their name.
func (s *Service) present(ctx context.Context, who civic.Actor, tenant string) error {
	_, err := s.people(ctx, who, tenant)
	return err
}

// visited is when somebody was last at the desk, zero where nothing is remembered.
func (s *Service) visited(ctx context.Context, tenant, staff string) (time.Time, error) {
	_, d, _, err := s.Views.Views(ctx, tenant, staff)
	if err != nil {
		return time.Time{}, fmt.Errorf("clerk: visits: %w", err)
	}
	return d.Seen, nil
}
