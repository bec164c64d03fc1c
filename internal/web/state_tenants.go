package web

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/admin"
	"antragswerk/internal/civic"
	"antragswerk/internal/web/page"
)

// maxTenants is how many authorities the list shows; the search finds the others.
const maxTenants = 100

func (s *Server) stateTenants(r *request) error {
	all, err := s.Admin.Authorities(r.ctx, r.actor)
	if err != nil {
		return err
	}
	words := strings.Fields(strings.ToLower(r.Query("q")))
	p := page.StateTenants{Search: r.Query("q"), Total: len(all), MayCreate: s.Admin.MayCreate(r.ctx, r.actor)}
	for _, t := range all {
		name := strings.ToLower(t.Name + " " + t.Slug)
		if slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(name, w) }) || len(p.Rows) == maxTenants {
			continue
		}
		p.Rows = append(p.Rows, page.StateTenant{Name: t.Name, Slug: t.Slug, URL: "/" + t.Slug, Kind: r.T("kind." + string(t.Kind)), Live: t.Live})
	}
	shell, _, err := s.stateShell(r, r.T("state.tenants"), "tenants")
	if err != nil {
		return err
	}
	return r.render(fiber.StatusOK, page.StateTenantsPage(shell, p))
}

func (s *Server) stateNew(r *request) error { return s.drawNew(r, fiber.StatusOK, nil) }

func (s *Server) drawNew(r *request, status int, wrong error) error {
	if !s.Admin.MayCreate(r.ctx, r.actor) {
		return civic.Errorf(civic.Forbidden, "error.state.role")
	}
	p := page.StateNew{}
	for _, name := range []string{"name", "slug", "admin"} {
		in := page.Input{Name: name, Label: r.T("state.new." + name), Hint: r.T("state.new." + name + ".hint"), Value: r.value(name), Required: true, Autocomplete: "off"}
		if name == "admin" {
			in.Type = "email"
		}
		if wrong != nil && fieldOf(wrong) == name {
			in.Error = r.words(wrong)
		}
		p.Inputs = append(p.Inputs, in)
	}
	shell, _, err := s.stateShell(r, r.T("state.tenants.new"), "tenants")
	if err != nil {
		return err
	}
	shell.Errors = wrong != nil
	shell.Crumbs = []page.Crumb{{Text: r.T("state.tenants"), URL: "/state/tenants"}}
	return r.render(status, page.StateNewPage(shell, p))
}

func (s *Server) stateCreate(r *request) error {
	_, err := s.Admin.CreateTenant(r.ctx, r.actor, admin.NewTenant{Slug: r.value("slug"), Name: r.value("name"), Admin: r.value("admin"), Reserved: s.ReservedWords()})
	if civic.CodeOf(err) == civic.Invalid {
		return s.drawNew(r, fiber.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	r.notice("success", "notice.state.created")
	return r.seeOther("/state/tenants?q=" + r.value("slug"))
}

// stateEvents is the log, for auditors.
func (s *Server) stateEvents(r *request) error {
	events, next, err := s.Publish.Events(r.ctx, r.actor, r.Query("before"))
	if err != nil {
		return err
	}
	var p page.StateEvents
	for _, e := range events {
		text := e.Kind
		if r.l.Has("state.event." + e.Kind) {
			text = r.T("state.event." + e.Kind)
		}
		var data []string
		for k, v := range e.Data {
			if k == "digest" {
				v = v[:min(len(v), 12)]
			}
			data = append(data, k+": "+v)
		}
		slices.Sort(data)
		p.Rows = append(p.Rows, page.StateEvent{At: r.l.DateShort(e.At) + ", " + r.l.Time(e.At), Text: text, Who: or(r.staffName(e.Actor), e.Actor), Data: strings.Join(data, " · ")})
	}
	if next != "" {
		p.NextURL = "/state/events?before=" + next
	}
	shell, _, err := s.stateShell(r, r.T("state.events"), "events")
	if err != nil {
		return err
	}
	shell.Wide = true
	return r.render(fiber.StatusOK, page.StateEventsPage(shell, p))
}
