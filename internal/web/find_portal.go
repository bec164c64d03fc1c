package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/find"
	"antragswerk/internal/web/page"
)

// findRoutes are the state's portal.
func (s *Server) findRoutes() []route {
	return []route{
		get("/", anybody, s.portal),
		get("/l/:leika/:ars", anybody, s.deepLink),
		get("/imprint", anybody, s.stateImprint),
		get("/privacy", anybody, s.statePrivacy),
		get("/accessibility", anybody, s.stateAccessibility),
		get("/feedback", anybody, s.feedbackForm),
		post("/feedback", anybody, s.feedbackSend),
	}
}

// maxQuery limits what somebody may search for, in bytes.
const maxQuery = 200

// portal answers both questions: what (?q=) and where (?ort= or ?ars=).
func (s *Server) portal(r *request) error {
	q, where := clip(r.Query("q")), clip(r.Query("ort"))
	p := page.Portal{Query: q, Place: where, Asked: q+where+r.Query("ars") != ""}
	tenants, err := s.Find.AllTenants(r.ctx)
	if err != nil {
		return err
	}
	p.Tenants = len(tenants)
	place, err := s.portalPlace(r, &p)
	if err != nil {
		return err
	}
	topics, err := s.Find.Topics(r.ctx, q)
	if err != nil {
		return err
	}
	if !p.Asked {
		p.All = r.shelf(topics)
		return r.render(fiber.StatusOK, page.PortalPage(r.shell(r.T("portal.title")), p))
	}
	if q == "" && place == nil {
		topics = nil // a place that was not found must not be answered with everything
	}
	for _, t := range topics {
		res, err := s.result(r, t, place)
		if err != nil {
			return err
		}
		p.Results = append(p.Results, res)
	}
	return r.render(fiber.StatusOK, page.PortalPage(r.shell(r.T("portal.title")), p))
}

func clip(s string) string { return strings.ToValidUTF8(s[:min(len(s), maxQuery)], "") }

// portalPlace finds the place that was asked for; nil when none was, or when there is a choice to make.
func (s *Server) portalPlace(r *request, p *page.Portal) (*find.Place, error) {
	if ars := r.Query("ars"); ars != "" {
		place, err := s.Find.Place(r.ctx, ars)
		if err != nil {
			return nil, err
		}
		p.Place = place.Name
		return s.placeFound(r, p, place)
	}
	found, err := s.Find.Places(r.ctx, p.Place)
	if err != nil {
		return nil, err
	}
	p.ByName = found.ByName
	if len(found.Places) == 1 {
		return s.placeFound(r, p, found.Places[0])
	}
	// Several begin alike: who typed one name in full means that one.
	for _, x := range found.Places {
		if strings.EqualFold(x.Name, strings.TrimSpace(p.Place)) && !namesake(found.Places, x) {
			return s.placeFound(r, p, x)
		}
	}
	for _, x := range found.Places {
		q := url.Values{"ars": {x.ARS}}
		if p.Query != "" {
			q.Set("q", p.Query)
		}
		p.Places = append(p.Places, page.PlaceLink{Name: x.Name, Detail: x.Zip + " · " + x.KreisName, URL: "/?" + q.Encode()})
	}
	return nil, nil
}

func namesake(list []find.Place, p find.Place) bool {
	return slices.ContainsFunc(list, func(x find.Place) bool { return x.ARS != p.ARS && strings.EqualFold(x.Name, p.Name) })
}

func (s *Server) placeFound(r *request, p *page.Portal, place find.Place) (*find.Place, error) {
	p.PlaceName, p.PlaceURL = place.Name, "/"+place.Slug
	return &place, nil
}

// result is a topic as a hit: with its office where the place is known.
func (s *Server) result(r *request, t find.Topic, place *find.Place) (page.Result, error) {
	res := r.card(t)
	if place == nil {
		res.URL = "/?" + url.Values{"q": {t.Name("de")}}.Encode()
		return res, nil
	}
	office, err := s.Find.Responsible(r.ctx, t.Slug, place.ARS)
	if err != nil {
		return res, err
	}
	res.Office, res.Offline = office.Tenant.Name, !office.Online
	res.URL = "/" + office.Tenant.Slug + "/" + t.Slug + "?ars=" + place.ARS
	if !office.Online {
		res.URL = "/" + office.Tenant.Slug
	}
	return res, nil
}

// shelf shows topics with their categories.
func (r *request) shelf(topics []find.Topic) []page.Result {
	var out []page.Result
	for _, t := range topics {
		res := r.card(t)
		res.URL = "/?" + url.Values{"q": {t.Name("de")}}.Encode()
		out = append(out, res)
	}
	return out
}

func (r *request) card(t find.Topic) page.Result {
	return page.Result{Title: t.Name(r.l.Tag), Short: t.Modules(r.l.Tag).Short, Category: r.T("category." + t.Package.Service.Category),
		Place: t.Package.Service.Place.In(r.l.Tag)}
}

// deepLink leads other portals' visitors to a service (LeiKa key) at a place (ARS or AGS), § 1a(5) OZG.
func (s *Server) deepLink(r *request) error {
	key := strings.TrimPrefix(r.Params("leika"), "urn:de:fim:leika:leistung:")
	t, err := s.Find.ByLeiKa(r.ctx, key)
	if err != nil {
		return err
	}
	place, err := s.Find.Place(r.ctx, r.Params("ars"))
	if err != nil {
		return err
	}
	office, err := s.Find.Responsible(r.ctx, t.Slug, place.ARS)
	if err != nil {
		return err
	}
	if !office.Online {
		return r.seeOther("/" + office.Tenant.Slug)
	}
	return r.seeOther("/" + office.Tenant.Slug + "/" + t.Slug + "?ars=" + place.ARS)
}

// namedTenant is the tenant of the address; its pages are in its look.
func (r *request) namedTenant() (civic.Tenant, error) {
	t, err := r.srv.Find.Tenant(r.ctx, r.Params("tenant"))
	if err == nil {
		r.brand(t)
	}
	return t, err
}
