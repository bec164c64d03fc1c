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

// commandsOf lets a page be used by shortcuts and by the palette; searches go to the inbox, "" to none.
func commandsOf(inbox string) page.Commands { return page.Commands{URL: keysPath, Find: inbox} }

// deskKeys shows the shortcuts and leads back to the page from which somebody came.
func (s *Server) deskKeys(r *request) error {
	back := localPath(r.Query("back"), "/desk")
	if !strings.HasPrefix(back, "/desk") || strings.HasPrefix(back, keysPath) {
		back = "/desk"
	}
	shell := r.shell(r.T("keys.title"))
	shell.Wide = true
	shell.Brand.Home, shell.Brand.Tagline = "/desk", r.T("desk.tagline")
	shell.Nav = s.staffNav(r, "desk", civic.Tenant{})
	shell.Commands = commandsOf("")
	return r.render(fiber.StatusOK, page.KeysPage(shell, page.KeysSheet{BackURL: back}))
}
