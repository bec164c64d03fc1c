package clerk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"antragswerk/internal/civic"
)

// Look tells whether a case is there for the actor, without opening it.
func (s *Service) Look(ctx context.Context, who civic.Actor, tenant, id string) (civic.Case, error) {
	sc, err := s.scopeOf(ctx, who, tenant)
	if err != nil {
		return civic.Case{}, err
	}
	raw, err := s.seen(ctx, sc, id)
	return raw.Case, err
}

// Call is a note to which the actor was called.
type Call struct {
	civic.Called
	Service map[string]string // name by language
}

// callsPage is how many calls a page shows.
const callsPage = 50

// Calls (Für mich) lists where colleagues have called the actor to, newest first, older than the one before; next is where the
// following page begins, "" at the end.
func (s *Service) Calls(ctx context.Context, who civic.Actor, tenant, before string) (list []Call, next string, err error) {
	sc, err := s.scopeOf(ctx, who, tenant)
	if err != nil {
		return nil, "", err
	}
	found, err := s.Teams.Mentions(ctx, sc.Tenant.ID, sc.staff, before, callsPage)
	if err != nil {
		return nil, "", fmt.Errorf("clerk: mentions: %w", err)
	}
	if len(found) == callsPage {
		next = found[len(found)-1].ID
	}
	names := map[string]map[string]string{}
	services, err := s.services(ctx, sc)
	if err != nil {
		return nil, "", err
	}
	for _, n := range services {
		names[n.Slug] = n.Name
	}
	for _, m := range found {
		if sc.sees(m.Service, nil) {
			list = append(list, Call{m, names[m.Service]})
		}
	}
	return list, next, nil
}

// called finds the colleagues whom a note calls by "@" and their name, as far as they may know of the case.
func (s *Service) called(ctx context.Context, who civic.Actor, f *File, note, id string) ([]civic.Mention, error) {
	if !strings.Contains(note, "@") {
		return nil, nil
	}
	people, err := s.Assignees(ctx, who, f)
	if err != nil {
		return nil, err
	}
	// Longer names first: who calls Anna Lang does not call Anna.
	slices.SortStableFunc(people, func(a, b civic.Colleague) int { return len(b.Name) - len(a.Name) })
	rest := strings.ToLower(note)
	var out []civic.Mention
	for _, p := range people {
		name := "@" + strings.ToLower(p.Name)
		if p.Name == "" || !strings.Contains(rest, name) {
			continue
		}
		rest = strings.ReplaceAll(rest, name, " ")
		if p.ID != who.Staff.ID {
			out = append(out, civic.Mention{ID: s.NewID(), Tenant: f.Tenant.ID, Case: f.Case.ID, Note: id, Staff: p.ID, By: who.Staff.ID, ByName: who.Staff.Name, Created: s.Now()})
		}
	}
	return out, nil
}
