package admin

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// Teams keeps how an authority divides its desk.
type Teams interface {
	Team(ctx context.Context, tenant, day string) (civic.TeamView, error)
	// SaveTeam stores it at Revision+1; Conflict when the stored revision is another.
	SaveTeam(ctx context.Context, tenant string, t civic.Team, ev civic.Event) error
	Colleagues(ctx context.Context, tenant string) ([]civic.Colleague, error)
}

// Crew is an authority's team with everything that its settings name.
type Crew struct {
	Tenant   civic.Tenant
	Team     civic.Team
	People   []civic.Colleague // who works, or was appointed to work, on cases
	Services []CrewService     // that it may have cases of, by name
}

// CrewService is a service as a team's settings name it.
type CrewService struct {
	Slug string
	Name formdef.Text
	Form *formdef.Form
}

// Restricted tells whether the service is kept to a circle, and who is in it.
func (c *Crew) Restricted(s CrewService) (civic.Circle, bool) {
	circle, set := c.Team.Circles[s.Slug]
	if !set {
		return civic.Circle{}, s.Form.Package.Form.Restricted
	}
	return circle, !circle.Open
}

// Forlorn lists services of which nobody may see a case: what comes would lie unseen.
func (c *Crew) Forlorn() (list []CrewService) {
	for _, s := range c.Services {
		if circle, restricted := c.Restricted(s); restricted && len(circle.People) == 0 && !slices.ContainsFunc(circle.Groups, func(id string) bool {
			g, _ := c.Team.Group(id)
			return len(g.Members) > 0
		}) {
			list = append(list, s)
		}
	}
	return list
}

// Service finds a service by its slug.
func (c *Crew) Service(slug string) (CrewService, bool) {
	i := slices.IndexFunc(c.Services, func(s CrewService) bool { return s.Slug == slug })
	if i < 0 {
		return CrewService{}, false
	}
	return c.Services[i], true
}

// Person names somebody, "" when they are not there any more.
func (c *Crew) Person(id string) string {
	i := slices.IndexFunc(c.People, func(p civic.Colleague) bool { return p.ID == id })
	if i < 0 {
		return ""
	}
	return c.People[i].Name
}

// Crew reads the settings of the authority's team; its admins only, since they say who sees what.
func (s *Service) Crew(ctx context.Context, who civic.Actor, tenant string) (*Crew, error) {
	t, err := s.house(ctx, who, tenant)
	if err != nil {
		return nil, err
	}
	c := &Crew{Tenant: t}
	view, err := s.d.Teams.Team(ctx, t.ID, s.d.Now().Format("2006-01-02"))
	if err != nil {
		return nil, fmt.Errorf("admin: team: %w", err)
	}
	c.Team = view.Team
	if c.People, err = s.d.Teams.Colleagues(ctx, t.ID); err != nil {
		return nil, fmt.Errorf("admin: colleagues: %w", err)
	}
	appointed, err := s.d.Staff.Appointments(ctx, t.ID)
	if err != nil {
		return nil, fmt.Errorf("admin: appointments: %w", err)
	}
	for _, a := range appointed {
		works := slices.Contains(a.Roles, civic.RoleClerk) || slices.Contains(a.Roles, civic.RoleLead)
		if a.Email != "" && works && !slices.ContainsFunc(c.People, func(p civic.Colleague) bool { return p.Email == a.Email }) {
			c.People = append(c.People, a.Colleague())
		}
	}
	offers, err := s.d.Directory.OfferingsOf(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	for _, o := range offers {
		f, err := s.d.Directory.Form(ctx, o.Service)
		if civic.CodeOf(err) == civic.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		c.Services = append(c.Services, CrewService{o.Service, f.Package.Service.Name, f})
	}
	return c, nil
}

// change reads the team as the admin saw it, changes it and stores it.
func (s *Service) change(ctx context.Context, who civic.Actor, tenant string, revision int64, kind, about string, do func(*Crew) error) error {
	c, err := s.Crew(ctx, who, tenant)
	if err != nil {
		return err
	}
	if c.Team.Revision != revision {
		return civic.Errorf(civic.Conflict, "error.team.changed")
	}
	if err := do(c); err != nil {
		return err
	}
	return s.d.Teams.SaveTeam(ctx, c.Tenant.ID, c.Team, s.event(who, c.Tenant.ID, kind, map[string]string{"id": about}))
}

// Limits of a team.
const (
	maxGroups = 200
	maxRules  = 200
	maxGroup  = 80
)

// SaveGroup stores a new group (without id) or changes one.
func (s *Service) SaveGroup(ctx context.Context, who civic.Actor, tenant string, revision int64, g civic.Group) error {
	fresh := g.ID == ""
	if fresh {
		g.ID = s.d.NewID()
	}
	return s.change(ctx, who, tenant, revision, "team.group", g.ID, func(c *Crew) error {
		g.Name = strings.TrimSpace(g.Name)
		i := slices.IndexFunc(c.Team.Groups, func(o civic.Group) bool { return o.ID == g.ID })
		switch {
		case g.Name == "" || len(g.Name) > maxGroup:
			return civic.Errorf(civic.Invalid, "error.team.name", "n", maxGroup).At("name")
		case slices.ContainsFunc(c.Team.Groups, func(o civic.Group) bool { return o.ID != g.ID && strings.EqualFold(o.Name, g.Name) }):
			return civic.Errorf(civic.Invalid, "error.team.twin").At("name")
		case fresh && len(c.Team.Groups) >= maxGroups:
			return civic.Errorf(civic.Invalid, "error.team.many", "n", maxGroups).At("name")
		case !fresh && i < 0:
			return civic.Errorf(civic.NotFound, "error.not_found")
		}
		stranger := func(id string) bool { return c.Person(id) == "" }
		g.Members = slices.DeleteFunc(slices.Clone(g.Members), stranger)
		for _, lead := range g.Leads { // who leads a group is a member of it
			if !slices.Contains(g.Members, lead) && !stranger(lead) {
				g.Members = append(g.Members, lead)
			}
		}
		g.Leads = slices.DeleteFunc(slices.Clone(g.Leads), stranger)
		c.Team.Groups = slices.Clone(c.Team.Groups)
		if fresh {
			c.Team.Groups = append(c.Team.Groups, g)
		} else {
			c.Team.Groups[i] = g
		}
		slices.SortStableFunc(c.Team.Groups, func(a, b civic.Group) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
		return nil
	})
}

// DeleteGroup dissolves a group that no rule and no circle names; its cases become the whole office's.
func (s *Service) DeleteGroup(ctx context.Context, who civic.Actor, tenant string, revision int64, id string) error {
	return s.change(ctx, who, tenant, revision, "team.group.deleted", id, func(c *Crew) error {
		if slices.ContainsFunc(c.Team.Rules, func(r civic.Rule) bool { return r.Group == id }) {
			return civic.Errorf(civic.Conflict, "error.team.ruled")
		}
		for _, circle := range c.Team.Circles {
			if slices.Contains(circle.Groups, id) {
				return civic.Errorf(civic.Conflict, "error.team.circled")
			}
		}
		n := len(c.Team.Groups)
		c.Team.Groups = slices.DeleteFunc(slices.Clone(c.Team.Groups), func(g civic.Group) bool { return g.ID == id })
		if len(c.Team.Groups) == n {
			return civic.Errorf(civic.NotFound, "error.not_found")
		}
		return nil
	})
}

// SaveCircle says who may know of a service's cases.
func (s *Service) SaveCircle(ctx context.Context, who civic.Actor, tenant string, revision int64, service string, circle civic.Circle) error {
	return s.change(ctx, who, tenant, revision, "team.circle", service, func(c *Crew) error {
		if _, ok := c.Service(service); !ok {
			return civic.Errorf(civic.NotFound, "error.not_found")
		}
		circle.Groups = slices.DeleteFunc(slices.Clone(circle.Groups), func(id string) bool { _, ok := c.Team.Group(id); return !ok })
		circle.People = slices.DeleteFunc(slices.Clone(circle.People), func(id string) bool { return c.Person(id) == "" })
		if !circle.Open && len(circle.Groups)+len(circle.People) == 0 {
			return civic.Errorf(civic.Invalid, "error.team.nobody").At("groups")
		}
		if circle.Open {
			circle.Groups, circle.People = nil, nil
		}
		circles := maps.Clone(c.Team.Circles)
		if circles == nil {
			circles = map[string]civic.Circle{}
		}
		circles[service] = circle
		c.Team.Circles = circles
		return nil
	})
}
