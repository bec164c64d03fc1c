package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/web/page"
)

// keysRoutes lead to the page of shortcuts, which is the same for every authority.
func (s *Server) keysRoutes() []route {
	return []route{get(keysPath, staffOnly, s.deskKeys)}
}

const keysPath = "/desk/keys"

// roomKeys are the shortcuts to the rooms in which staff work.
var roomKeys = map[string]string{"desk": "g i", "admin": "g a", "calendar": "g c", "figures": "g f", "mentions": "g m", "team": "g t"}

// commandsOf lets a page be used by shortcuts and by the palette; what is typed there can be searched for in the authority's inbox.
func commandsOf(t civic.Tenant) page.Commands {
	c := page.Commands{URL: keysPath}
	if t.Slug != "" {
		c.Find = "/desk/" + t.Slug
	}
	return c
}

// deskKeys shows the shortcuts and leads back to the page from which somebody came.
func (s *Server) deskKeys(r *request) error {
	back := localPath(r.Query("back"), "/desk")
	path, _, _ := strings.Cut(back, "?")
	parts := strings.Split(path, "/") // "", room, authority …
	if path == keysPath || parts[1] != "desk" && parts[1] != "admin" {
		back, parts = "/desk", []string{"", "desk"}
	}
	shell := s.deskShell(r, r.T("keys.title"), r.officeNamed(parts[2:]))
	return r.render(fiber.StatusOK, page.KeysPage(shell, page.KeysSheet{BackURL: back}))
}

// officeNamed is the authority that the rest of an address begins with, where this person works there; else none.
func (r *request) officeNamed(rest []string) civic.Tenant {
	if len(rest) == 0 {
		return civic.Tenant{}
	}
	t, err := r.srv.Find.Tenant(r.ctx, rest[0])
	if err != nil || !r.actor.Has(t.ID, civic.Roles...) {
		return civic.Tenant{}
	}
	return t
}
