package web

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/publish"
	"antragswerk/internal/web/page"
)

// stateRoutes are the pages of the state: forms, authorities, log.
func (s *Server) stateRoutes() []route {
	up := post("/state/forms", staffOnly, s.stateUploadSend)
	up.files, up.class = true, uploading
	return append(s.importRoutes(), []route{
		get("/state", staffOnly, s.stateForms),
		get("/state/forms/new", staffOnly, s.stateUpload), up,
		get("/state/forms/:version", staffOnly, s.stateVersion),
		get("/state/forms/:version/preview", staffOnly, s.statePreview),
		get("/state/forms/:version/package.zip", staffOnly, s.stateDownload),
		post("/state/forms/:version/publish", staffOnly, s.statePublish).lately(),
		post("/state/forms/:version/reject", staffOnly, s.stateReject),
		get("/state/tenants", staffOnly, s.stateTenants), get("/state/tenants/new", staffOnly, s.stateNew), post("/state/tenants", staffOnly, s.stateCreate),
		get("/state/events", staffOnly, s.stateEvents),
	}...)
}

// stateShell is the frame of the state's pages, in the state's own look.
func (s *Server) stateShell(r *request, title, here string) (page.Shell, publish.May, error) {
	t, may, err := s.Publish.State(r.ctx, r.actor)
	if err != nil {
		return page.Shell{}, may, err
	}
	r.brand(t)
	shell := r.shell(title)
	shell.Brand.Home, shell.Brand.Tagline = "/state", r.T("state.tagline")
	shell.Visitor.Detail = t.Name
	for _, room := range []struct {
		name, url string
		open      bool
	}{{"forms", "/state", may.Read}, {"tenants", "/state/tenants", may.Read || may.Rule}, {"events", "/state/events", may.Audit}} {
		if room.open {
			shell.Nav = append(shell.Nav, page.NavItem{Text: r.T("state.nav." + room.name), URL: room.url, Current: room.name == here})
		}
	}
	for _, item := range s.staffNav(r, "", civic.Tenant{}) {
		if item.URL != "/state" {
			shell.Nav = append(shell.Nav, item)
		}
	}
	return shell, may, nil
}

// serviceName is the name of a published service, else its slug.
func (s *Server) serviceName(r *request, slug string) string {
	if f, err := s.Find.Form(r.ctx, slug); err == nil {
		return f.Package.Service.Name.In(r.l.Tag)
	}
	return slug
}

func (s *Server) stateForms(r *request) error {
	shell, may, err := s.stateShell(r, r.T("state.forms"), "forms")
	if err != nil {
		return err
	}
	if !may.Read {
		return r.seeOther("/state/tenants")
	}
	lines, err := s.Publish.Lines(r.ctx, r.actor)
	if err != nil {
		return err
	}
	p := page.StateForms{MayUpload: may.Edit}
	for _, l := range lines {
		row := page.StateForm{Slug: l.Service, Name: s.serviceName(r, l.Service)}
		for _, v := range l.Versions {
			link := page.StateLink{Text: r.T("state.version", "n", v.Number), URL: "/state/forms/" + v.ID}
			switch v.State() {
			case "published":
				row.Published = &link
			case "draft":
				row.Drafts = append(row.Drafts, link)
			default:
				row.Older = append(row.Older, link)
			}
		}
		p.Rows = append(p.Rows, row)
	}
	return r.render(fiber.StatusOK, page.StateFormsPage(shell, p))
}

func (s *Server) stateUpload(r *request) error {
	return s.drawUpload(r, fiber.StatusOK, page.StateUpload{})
}

func (s *Server) drawUpload(r *request, status int, p page.StateUpload) error {
	shell, may, err := s.stateShell(r, r.T("state.upload"), "forms")
	if err != nil {
		return err
	}
	if !may.Edit {
		return civic.Errorf(civic.Forbidden, "error.state.role")
	}
	p.Max = r.l.Bytes(2_000_000)
	shell.Path = "/state/forms/new" // also after a post, which has no page of its own
	shell.Errors = p.Error+p.FileError != "" || p.Checked
	shell.Crumbs = []page.Crumb{{Text: r.T("state.forms"), URL: "/state"}}
	return r.render(status, page.StateUploadPage(shell, p))
}

func (s *Server) stateUploadSend(r *request) error {
	var report *publish.Report
	read := false
	problem := s.readFiles(r, func(up upload) error {
		if read {
			return civic.Errorf(civic.Invalid, "error.state.one").At("package")
		}
		read = true
		var slug string
		if v := up.Fields["service"]; len(v) > 0 {
			slug = v[0]
		}
		var err error
		report, err = s.Publish.Upload(r.ctx, r.actor, publish.Upload{Name: up.Name, Service: slug, Body: up.Body, Reserved: s.reservedBelowTenant()})
		return err
	})
	if r.csrfBad {
		return civic.Errorf(civic.Forbidden, "error.csrf")
	}
	if problem == nil && !read {
		problem = civic.Errorf(civic.Invalid, "error.state.nofile").At("package")
	}
	p := page.StateUpload{Service: r.value("service")}
	var e *civic.Error
	if errors.As(problem, &e) && (e.Field == "package" || e.Field == "service") {
		if e.Field == "service" {
			p.Error = r.words(problem)
		} else {
			p.FileError = r.words(problem)
		}
		return s.drawUpload(r, statuses[e.Code], p)
	}
	if problem != nil {
		return problem
	}
	if len(report.Findings) > 0 {
		p.Service, p.Checked, p.Findings = report.Service, true, report.Findings
		return s.drawUpload(r, fiber.StatusUnprocessableEntity, p)
	}
	r.notice("success", "notice.state.uploaded")
	return r.seeOther("/state/forms/" + report.Version.ID)
}

// reservedBelowTenant are the words that no service may be called, because pages below a tenant are.
func (s *Server) reservedBelowTenant() []string {
	var words []string
	for _, rt := range s.routes() {
		if rest, ok := strings.CutPrefix(rt.path, "/:tenant/"); ok && !strings.HasPrefix(rest, ":") {
			word, _, _ := strings.Cut(rest, "/")
			words = append(words, word)
		}
	}
	return words
}

func (s *Server) stateVersion(r *request) error { return s.drawVersion(r, fiber.StatusOK, nil) }

func (s *Server) drawVersion(r *request, status int, wrong error) error {
	v, err := s.Publish.Open(r.ctx, r.actor, r.Params("version"))
	if err != nil {
		return err
	}
	name := v.Package.Service.Name.In(r.l.Tag)
	shell, may, err := s.stateShell(r, name, "forms")
	if err != nil {
		return err
	}
	url := "/state/forms/" + v.ID
	draft := v.State() == "draft"
	p := page.StateVersion{URL: url, Name: name, Slug: v.Service, Version: v.FormVersion, Own: v.Own, MayPublish: draft && may.Publish && !v.Own && len(v.Findings) == 0, Findings: v.Findings, Readme: v.Readme,
		MayReject: draft && (may.Edit || may.Publish), DownloadURL: url + "/package.zip", Error: r.words(wrong)}
	for _, c := range v.Changes {
		p.Changes = append(p.Changes, page.ChangeText(r.l, c))
	}
	p.Facts = []string{r.T("state.fact.created"), r.l.DateTime(v.Created), r.T("state.fact.by"), r.staffName(v.CreatedBy),
		r.T("state.fact.published"), r.l.DateTime(v.Published), r.T("state.fact.approved"), r.staffName(v.ApprovedBy),
		r.T("state.fact.retired"), r.l.DateTime(v.Retired), r.T("state.fact.drafts"), r.capped(v.Drafts), r.T("state.fact.cases"), r.capped(v.Cases),
		r.T("state.fact.digest"), v.Digest}
	for i, t := range v.Trials {
		if !t.Passed {
			p.Failed++
		}
		p.Trials = append(p.Trials, page.StateTrial{Name: t.Name, Passed: t.Passed, Got: t.Got, URL: fmt.Sprintf("%s/preview?page=1&sample=%d", url, i+1)})
	}
	for i := range v.Form.PageCount() {
		p.Pages = append(p.Pages, page.StateLink{Text: r.pageTitle(v, i), URL: fmt.Sprintf("%s/preview?page=%d", url, i+1)})
	}
	if v.First && p.MayPublish {
		label := r.l.Plural("state.everywhere", len(v.Responsible))
		p.Everywhere = &page.Input{Kind: formdef.WidgetCheckbox, Name: "everywhere", Label: label, Hint: r.T("state.everywhere.hint"), NoMark: true,
			Options: page.Options(r.value("everywhere"), "yes", label)}
	}
	if v.Against != nil {
		p.Against = r.T("state.version", "n", v.Against.Number)
	}
	shell.Path, shell.Crumbs = url, []page.Crumb{{Text: r.T("state.forms"), URL: "/state"}}
	return r.render(status, page.StateVersionPage(shell, p))
}

// staffName is who did something: oneself, the product, or a colleague's id.
func (r *request) staffName(id string) string {
	switch id {
	case "":
		return ""
	case r.actor.Staff.ID:
		return r.actor.Staff.Name
	case "shipped":
		return r.T("state.shipped")
	case "system", "citizen":
		return r.T("desk." + id)
	}
	return r.T("state.colleague", "id", id[:min(len(id), 8)])
}

// pageTitle is the title of a form's page, also of one that no sample leads to.
func (r *request) pageTitle(v *publish.Version, index int) string {
	for _, a := range sampleAnswers(v) {
		if view, ok := v.Form.View(index, formdef.State{Answers: a, Now: r.srv.Now(), Lang: r.l.Tag}, nil); ok {
			return view.Title
		}
	}
	return r.T("state.preview.page", "n", index+1, "of", v.Form.PageCount())
}

// sampleAnswers are the answers to try a form with: none, then each sample's.
func sampleAnswers(v *publish.Version) []formdef.Answers {
	out := []formdef.Answers{{}}
	for _, t := range v.Trials {
		out = append(out, t.Answers)
	}
	return out
}

// statePreview draws a page of a form with a sample's answers, read only.
func (s *Server) statePreview(r *request) error {
	v, err := s.Publish.Open(r.ctx, r.actor, r.Params("version"))
	if err != nil {
		return err
	}
	count := v.Form.PageCount()
	n, err := strconv.Atoi(r.Query("page", "1"))
	if err != nil || n < 1 || n > count {
		return civic.Errorf(civic.NotFound, "error.not_found")
	}
	answers := sampleAnswers(v)
	sample, err := strconv.Atoi(r.Query("sample", "0"))
	if err != nil || sample < 0 || sample >= len(answers) {
		sample = 0
	}
	url := "/state/forms/" + v.ID
	at := func(n int) string {
		if n < 1 || n > count {
			return ""
		}
		return fmt.Sprintf("%s/preview?page=%d&sample=%d", url, n, sample)
	}
	p := page.StatePreview{Name: v.Package.Service.Name.In(r.l.Tag), Title: r.pageTitle(v, n-1), BackURL: url, Number: n, Of: count,
		Previous: at(n - 1), Next: at(n + 1), Action: url + "/preview"}
	p.Samples = []page.Option{{Value: "0", Label: r.T("state.preview.empty"), Selected: sample == 0}}
	for i, t := range v.Trials {
		p.Samples = append(p.Samples, page.Option{Value: strconv.Itoa(i + 1), Label: t.Name, Selected: sample == i+1})
	}
	view, ok := v.Form.View(n-1, formdef.State{Answers: answers[sample], Now: s.Now(), Lang: r.l.Tag}, nil)
	p.Elements, p.Hidden = view.Elements, !ok
	shell, _, err := s.stateShell(r, p.Title, "forms")
	if err != nil {
		return err
	}
	shell.Crumbs = []page.Crumb{{Text: r.T("state.forms"), URL: "/state"}, {Text: p.Name, URL: url}}
	return r.render(fiber.StatusOK, page.StatePreviewPage(shell, p))
}

func (s *Server) stateDownload(r *request) error {
	name, body, err := s.Publish.Download(r.ctx, r.actor, r.Params("version"))
	if err != nil {
		return err
	}
	return r.stream(name, "application/zip", strings.NewReader(string(body)), int64(len(body)), false)
}

func (s *Server) statePublish(r *request) error {
	v, err := s.Publish.Publish(r.ctx, r.actor, r.Params("version"), r.value("everywhere") == "yes")
	var e *civic.Error
	if errors.As(err, &e) && v.ID != "" {
		return s.drawVersion(r, statuses[e.Code], err)
	}
	if err != nil {
		return err
	}
	if r.value("everywhere") == "yes" {
		r.notice("success", "notice.state.published.everywhere")
	} else {
		r.notice("success", "notice.state.published")
	}
	return r.seeOther("/state/forms/" + v.ID)
}

func (s *Server) stateReject(r *request) error {
	if err := s.Publish.Reject(r.ctx, r.actor, r.Params("version")); err != nil {
		return err
	}
	r.notice("info", "notice.state.rejected")
	return r.seeOther("/state")
}
