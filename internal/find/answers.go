package find

import (
	"context"
	"slices"
	"strings"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// Tenant returns a live or not yet live authority by its slug.
func (s *Service) Tenant(ctx context.Context, slug string) (civic.Tenant, error) {
	d, err := s.directory(ctx)
	if err != nil {
		return civic.Tenant{}, err
	}
	return found(d.bySlug[slug])
}

// TenantByID returns an authority.
func (s *Service) TenantByID(ctx context.Context, id string) (civic.Tenant, error) {
	d, err := s.directory(ctx)
	if err != nil {
		return civic.Tenant{}, err
	}
	return found(d.byID[id])
}

func found(t civic.Tenant) (civic.Tenant, error) {
	if t.ID == "" {
		return t, civic.Errorf(civic.NotFound, "error.not_found")
	}
	return t, nil
}

// AllTenants lists all authorities by name.
func (s *Service) AllTenants(ctx context.Context) ([]civic.Tenant, error) {
	d, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	return d.tenants, nil
}

// Place returns the municipality of an ARS (12 digits) or AGS (8 digits).
func (s *Service) Place(ctx context.Context, key string) (Place, error) {
	d, err := s.directory(ctx)
	if err != nil {
		return Place{}, err
	}
	r, ok := d.atlas[key]
	if !ok && len(key) == 8 {
		for ars, x := range d.atlas {
			if len(ars) == 12 && ars[:5]+ars[9:] == key {
				r, ok = x, true
				break
			}
		}
	}
	if !ok {
		return Place{}, civic.Errorf(civic.NotFound, "error.place.unknown")
	}
	return Place{r, d.atlas[r.Kreis].Name}, nil
}

// Office is who is responsible for a topic at a place.
type Office struct {
	Tenant civic.Tenant
	Online bool // the service is switched on there
}

// Responsible finds the office for a topic at a place (standards: level of the service, Verwaltungsgemeinschaft and
// erfüllende Gemeinde for their members, the most specific authority that offers it).
func (s *Service) Responsible(ctx context.Context, service, ars string) (Office, error) {
	d, err := s.directory(ctx)
	if err != nil {
		return Office{}, err
	}
	i, ok := d.byTopic[service]
	if !ok {
		return Office{}, civic.Errorf(civic.NotFound, "error.not_found")
	}
	t, ok := d.responsible(d.topics[i], ars)
	if !ok {
		return Office{}, civic.Errorf(civic.NotFound, "error.place.unknown")
	}
	return Office{Tenant: t, Online: t.Live && d.offered(t.ID, service)}, nil
}

// ByLeiKa finds the topic of a LeiKa key (14 digits).
func (s *Service) ByLeiKa(ctx context.Context, key string) (Topic, error) {
	d, err := s.directory(ctx)
	if err != nil {
		return Topic{}, err
	}
	for _, t := range d.topics {
		if t.LeiKa == key {
			return t, nil
		}
	}
	return Topic{}, civic.Errorf(civic.NotFound, "error.service.unknown")
}

// Shelf is one service on an authority's start page: offered by itself, or by the office that acts for it.
type Shelf struct {
	Topic  Topic
	Office Office
	Own    bool
}

// StartPage is what an authority's own start page shows.
type StartPage struct {
	Tenant  civic.Tenant
	Shelves []Shelf
	Members []civic.Region // places that it acts for
	Kreis   civic.Tenant   // zero where there is none
}

// StartPage lists an authority's services, each with the office that is responsible for people there.
func (s *Service) StartPage(ctx context.Context, slug string) (StartPage, error) {
	d, err := s.directory(ctx)
	if err != nil {
		return StartPage{}, err
	}
	t, err := found(d.bySlug[slug])
	if err != nil {
		return StartPage{}, err
	}
	p := StartPage{Tenant: t, Members: d.members[t.ID]}
	if r, ok := d.atlas[t.ARS]; ok && r.Level != civic.RegionKreis {
		if k := d.byARS[r.Kreis]; k.ID != t.ID {
			p.Kreis = k
		}
	}
	for _, topic := range d.topics {
		if shelf, ok := d.shelf(t, topic); ok {
			p.Shelves = append(p.Shelves, shelf)
		}
	}
	return p, nil
}

// shelf is how a topic stands at an authority; ok is false when it has nothing to do with it.
func (d *directory) shelf(t civic.Tenant, topic Topic) (Shelf, bool) {
	if d.offered(t.ID, topic.Slug) {
		return Shelf{topic, Office{t, t.Live}, true}, true
	}
	r, ok := d.atlas[t.ARS]
	if !ok || r.Level != civic.RegionGemeinde {
		return Shelf{}, false
	}
	who, ok := d.responsible(topic, t.ARS)
	if !ok || who.ID == t.ID {
		return Shelf{}, false
	}
	return Shelf{topic, Office{who, who.Live && d.offered(who.ID, topic.Slug)}, false}, true
}

// ServicePage is what a citizen must know before starting.
type ServicePage struct {
	Tenant   civic.Tenant
	Topic    Topic
	Offering civic.Offering
	Form     *formdef.Form // with the tenant's overlay
	Own      bool
	Office   Office // who is responsible when the tenant is not
}

// ServicePage describes a service at an authority. Where another office is responsible, Own is false and Office says who.
func (s *Service) ServicePage(ctx context.Context, slug, service string) (ServicePage, error) {
	d, err := s.directory(ctx)
	if err != nil {
		return ServicePage{}, err
	}
	t, err := found(d.bySlug[slug])
	if err != nil {
		return ServicePage{}, err
	}
	i, ok := d.byTopic[service]
	if !ok {
		return ServicePage{}, civic.Errorf(civic.NotFound, "error.not_found")
	}
	p := ServicePage{Tenant: t, Topic: d.topics[i]}
	shelf, ok := d.shelf(t, d.topics[i])
	if !ok {
		return ServicePage{}, civic.Errorf(civic.NotFound, "error.service.off")
	}
	p.Own, p.Office = shelf.Own, shelf.Office
	pins := civic.Pins{Version: p.Topic.Version.ID}
	if shelf.Own {
		p.Offering = d.offers[offerKey{t.ID, service}]
		pins.Overlay = p.Offering.OverlayVersion
	}
	p.Form, err = s.Pinned(ctx, t.ID, service, pins)
	return p, err
}

// OfferingsOf returns one entry per published service that the tenant is or may be responsible for, switched on or not.
func (s *Service) OfferingsOf(ctx context.Context, tenant string) ([]civic.Offering, error) {
	d, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	t, err := found(d.byID[tenant])
	if err != nil {
		return nil, err
	}
	var out []civic.Offering
	for _, topic := range d.topics {
		o, ok := d.offers[offerKey{tenant, topic.Slug}]
		if ok || d.mayOffer(t, topic) {
			o.Tenant, o.Service = tenant, topic.Slug
			out = append(out, o)
		}
	}
	return out, nil
}

// Ordinary lists the authorities that are responsible for a service of the level, or all of them when every one answers for
// itself, by name.
func (s *Service) Ordinary(ctx context.Context, level civic.RegionLevel, every bool) ([]civic.Tenant, error) {
	d, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	who := d.atlas.Ordinary(level)
	var out []civic.Tenant
	for _, t := range d.tenants {
		if every || t.ARS != "" && who[t.ARS] {
			out = append(out, t)
		}
	}
	return out, nil
}

// Search lists authorities by a part of their name or slug, at most limit; "" lists none.
func (s *Service) Search(ctx context.Context, q string, limit int) ([]civic.Tenant, error) {
	d, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	words := tokens(q)
	var out []civic.Tenant
	for _, t := range d.tenants {
		if len(out) == limit || len(words) == 0 {
			break
		}
		name := fold(t.Name) + " " + t.Slug
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(name, w) }) {
			out = append(out, t)
		}
	}
	return out, nil
}
