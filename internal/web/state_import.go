package web

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/publish"
	"antragswerk/internal/web/page"
)

// importRoutes take forms of other systems.
func (s *Server) importRoutes() []route {
	up := post("/state/forms/import", staffOnly, s.stateImportSend)
	up.files, up.class = true, uploading
	return []route{get("/state/forms/import", staffOnly, s.stateImport), up}
}

func (s *Server) stateImport(r *request) error {
	return s.drawImport(r, fiber.StatusOK, page.StateUpload{})
}

func (s *Server) drawImport(r *request, status int, p page.StateUpload) error {
	shell, may, err := s.stateShell(r, r.T("state.import"), "forms")
	if err != nil {
		return err
	}
	if !may.Edit {
		return civic.Errorf(civic.Forbidden, "error.state.role")
	}
	p.Max = r.l.Bytes(publish.MaxForeign)
	shell.Path = "/state/forms/import" // also after a post, which has no page of its own
	shell.Errors = p.Error+p.FileError != ""
	shell.Crumbs = []page.Crumb{{Text: r.T("state.forms"), URL: "/state"}}
	return r.render(status, page.StateImportPage(shell, p))
}

// stateImportSend stores the imported form as a draft, whose page shows what could not be carried over.
func (s *Server) stateImportSend(r *request) error {
	_, may, err := s.Publish.State(r.ctx, r.actor)
	if err != nil {
		return err
	}
	if !may.Edit { // before anything is read
		return civic.Errorf(civic.Forbidden, "error.state.role")
	}
	in := &publish.Import{Reserved: s.reservedBelowTenant()}
	problem := s.readFiles(r, func(up upload) error { return in.Add(up.Name, up.Body) })
	if r.csrfBad {
		return civic.Errorf(civic.Forbidden, "error.csrf")
	}
	in.Service = r.value("service")
	var v civic.FormVersion
	if problem == nil {
		v, problem = s.Publish.Import(r.ctx, r.actor, in)
	}
	p := page.StateUpload{Service: in.Service}
	var e *civic.Error
	if errors.As(problem, &e) && (e.Field == "package" || e.Field == "service") {
		if e.Field == "service" {
			p.Error = r.words(problem)
		} else {
			p.FileError = r.words(problem)
		}
		return s.drawImport(r, statuses[e.Code], p)
	}
	if problem != nil {
		return problem
	}
	r.notice("success", "notice.state.imported")
	return r.seeOther("/state/forms/" + v.ID)
}
