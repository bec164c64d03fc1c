package web

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/formdef"
	"antragswerk/internal/web/page"
)

// inboxRoutes are the pages on which a clerk arranges the inbox. Forms keep what was typed when their token is stale.
func (s *Server) inboxRoutes() []route {
	const at = "/desk/:tenant"
	save, change, settings := post(at+"/views", staffOnly, s.viewSave), post(at+"/views/:view", staffOnly, s.viewSave), post(at+"/settings", staffOnly, s.settingsSave)
	save.keepTyped, change.keepTyped, settings.keepTyped = true, true, true
	return []route{
		get(at+"/views", staffOnly, s.viewList), save,
		get(at+"/views/new", staffOnly, s.viewForm), get(at+"/views/:view", staffOnly, s.viewForm), change,
		post(at+"/views/:view/move", staffOnly, s.viewMove), post(at+"/views/:view/delete", staffOnly, s.viewDelete),
		get(at+"/settings", staffOnly, s.settingsPage), settings,
		post(at+"/:case/labels", staffOnly, s.deskLabels),
		get("/admin/:tenant/desk/labels", staffOnly, s.labelsPage), post("/admin/:tenant/desk/labels", staffOnly, s.labelSave),
		post("/admin/:tenant/desk/labels/delete", staffOnly, s.labelDelete).lately(),
	}
}

// viewList shows the views that the clerk sees, with what can be done with each.
func (s *Server) viewList(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	b, err := s.Clerk.ViewBook(r.ctx, r.actor, t.ID)
	if err != nil {
		return err
	}
	w, err := s.filterWords(r, b)
	if err != nil {
		return err
	}
	base := "/desk/" + t.Slug
	p := page.ViewList{Base: base, Lead: b.Lead}
	for i, v := range b.Views {
		x := page.ViewRow{ID: v.ID, Name: r.viewName(v), URL: base + "?view=" + v.ID, Chips: r.chips(v.Filter, w, nil), Default: v.ID == b.Desk.Default || b.Desk.Default == "" && i == 0}
		copied := filterQuery(v.Filter, v)
		copied.Set("name", cutName(r.T("desk.view.copied", "name", x.Name)))
		copied["column"] = v.Columns
		x.CopyURL = base + "/views/new?" + copied.Encode()
		switch {
		case v.Revision == 0:
			p.Usual = append(p.Usual, x)
		case v.Shared():
			x.Mine = b.Lead
			p.Shared = append(p.Shared, x)
		default:
			x.Mine = true
			p.Own = append(p.Own, x)
		}
	}
	return r.render(fiber.StatusOK, page.ViewListPage(s.inboxShell(r, r.T("desk.views.title"), t), p))
}

// cutName shortens the name of a copy to what a name may be.
func cutName(name string) string {
	letters := []rune(name)
	return string(letters[:min(len(letters), 60)])
}

func (s *Server) inboxShell(r *request, title string, t civic.Tenant) page.Shell {
	shell := s.deskShell(r, title, t)
	shell.Wide = false
	shell.Crumbs = []page.Crumb{{Text: r.T("desk.inbox"), URL: "/desk/" + t.Slug}}
	if r.Params("view") != "" || strings.HasSuffix(r.Path(), "/views/new") {
		shell.Crumbs = append(shell.Crumbs, page.Crumb{Text: r.T("desk.views.title"), URL: "/desk/" + t.Slug + "/views"})
	}
	return shell
}

// filterWords is what wording the filters of views needs.
func (s *Server) filterWords(r *request, b *clerk.ViewBook) (w filterWords, err error) {
	w.labels, w.people, w.groups = b.Labels, b.People, b.Groups
	w.services, err = s.Clerk.ServiceNames(r.ctx, r.actor, b.Tenant.ID)
	return w, err
}

// viewDraft is a view as a form shows it.
type viewDraft struct {
	clerk.NewView
	values url.Values // the filter in words
}

// viewForm asks what a view is called and what it shows. Its filter is the address's, or else what the view has.
func (s *Server) viewForm(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	b, err := s.Clerk.ViewBook(r.ctx, r.actor, t.ID)
	if err != nil {
		return err
	}
	var d viewDraft
	if id := r.Params("view"); id != "" {
		i := slices.IndexFunc(b.Views, func(v civic.View) bool {
			return v.ID == id && v.Revision > 0 && (v.Owner == b.Me || v.Shared() && b.Lead)
		})
		if i < 0 {
			return civic.Errorf(civic.NotFound, "error.view.gone")
		}
		v := b.Views[i]
		d.NewView = clerk.NewView{ID: v.ID, Revision: v.Revision, Shared: v.Shared(), Group: v.Group, Look: v.Look}
		d.values = filterQuery(v.Filter, v)
	}
	if ask := r.inboxAsk(); ask.Filter != nil {
		d.values = r.inboxValues()
		if d.Filter = *ask.Filter; ask.Sort != "" {
			d.Sort, d.Ascending = ask.Sort, ask.Ascending
		}
	}
	if d.ID == "" {
		d.Name = r.Query("name")
		for _, c := range r.Context().QueryArgs().PeekMulti("column") {
			d.Columns = append(d.Columns, string(c))
		}
	}
	return s.drawView(r, fiber.StatusOK, b, d, nil)
}

// drawView shows the form of a view, with what was typed and what is wrong.
func (s *Server) drawView(r *request, status int, b *clerk.ViewBook, d viewDraft, wrong error) error {
	w, err := s.filterWords(r, b)
	if err != nil {
		return err
	}
	if w.fields, err = s.Clerk.Fields(r.ctx, r.actor, b.Tenant.ID, d.Filter.Services, r.l.Tag); err != nil {
		return err
	}
	base := "/desk/" + b.Tenant.Slug
	p := page.ViewForm{Title: r.T("desk.view.new"), Action: base + "/views", BackURL: base + "/views", Revision: d.Revision, Chips: r.chips(d.Filter, w, nil)}
	if d.ID != "" {
		p.Title, p.Action = r.T("desk.view.edit"), base+"/views/"+d.ID
	}
	d.values.Del("after")
	p.Filter = d.values.Encode()
	p.FilterURL = base + "?" + p.Filter
	at := fieldOf(wrong)
	at = map[bool]string{true: at, false: "name"}[slices.Contains([]string{"column", "sort", "name", "who"}, at)]
	said := func(field string) string {
		if wrong == nil || at != field {
			return ""
		}
		return r.words(wrong)
	}
	p.Inputs = []page.Input{{Name: "name", Label: r.T("desk.view.name"), Hint: r.T("desk.view.name.hint"), Value: d.Name, Required: true, Width: 40, MaxLength: 60, Autocomplete: "off", Error: said("name")}}
	if b.Lead && d.ID == "" {
		p.Inputs = append(p.Inputs, r.whoInput(d.NewView, b.Groups, said("who")))
	}
	var sorts []string
	for _, o := range inboxSorts {
		sorts = append(sorts, o.name, r.T("desk.sort."+o.name))
	}
	p.Inputs = append(p.Inputs, page.Input{Kind: formdef.WidgetSelect, Name: "sort", Label: r.T("desk.filter.sort"), Required: true, Error: said("sort"),
		Options: page.Options(sortName(d.Sort, d.Ascending), sorts...)})
	p.Columns = r.columnInputs(d.Columns, w.fields)
	if p.ColumnsError = said("column"); p.ColumnsError != "" {
		p.Columns[0].Error = p.ColumnsError
	}
	shell := s.inboxShell(r, p.Title, b.Tenant)
	if shell.Errors = wrong != nil; shell.Errors {
		shell.Path = p.Action
	}
	return r.render(status, page.ViewFormPage(shell, p))
}

// forGroup begins the choice that shares a view with a group; its id follows.
const forGroup = "group:"

// whoInput asks whose a new view is.
func (r *request) whoInput(n clerk.NewView, groups []civic.Group, wrong string) page.Input {
	chosen := map[bool]string{true: "all", false: "me"}[n.Shared]
	if n.Group != "" {
		chosen = forGroup + n.Group
	}
	options := []string{"me", r.T("desk.view.who.me"), "all", r.T("desk.view.who.all")}
	for _, g := range groups {
		options = append(options, forGroup+g.ID, r.T("desk.view.who.group", "name", g.Name))
	}
	return page.Input{Kind: formdef.WidgetRadio, Name: "who", Label: r.T("desk.view.who"), Required: true, Options: page.Options(chosen, options...), Error: wrong}
}

// columnInputs ask which columns follow the number, in their order.
func (r *request) columnInputs(chosen []string, fields []clerk.Field) (out []page.Input) {
	if len(chosen) == 0 {
		chosen = clerk.InboxColumns
	}
	chosen = slices.DeleteFunc(slices.Clone(chosen), func(c string) bool { return c == "number" })
	var options []string
	for _, c := range clerk.ViewColumns[1:] {
		options = append(options, c, r.T("desk.col."+c))
	}
	for _, f := range fields {
		if f.Column {
			options = append(options, fieldInput+f.Pointer, f.Label)
		}
	}
	for i := range max(len(chosen)+2, 8) {
		value := ""
		if i < len(chosen) {
			value = chosen[i]
		}
		own := options
		if value != "" && !slices.Contains(options, value) { // of a service that is not filtered by any more
			own = append(slices.Clone(options), value, lastStep(value))
		}
		out = append(out, page.Input{Kind: formdef.WidgetSelect, Name: "column", Label: r.T("desk.view.column", "n", i+2), Options: page.Options(value, own...), NoMark: true})
		out[i].Name = fmt.Sprintf("column_%d", i)
	}
	return out
}

// viewSave keeps a view.
func (s *Server) viewSave(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	values, err := url.ParseQuery(r.value("filter"))
	if err != nil {
		return civic.Errorf(civic.Invalid, "error.form.broken").Because(err)
	}
	d := viewDraft{NewView: clerk.NewView{ID: r.Params("view"), Shared: r.value("who") == "all", Look: civic.Look{Name: r.value("name"), Filter: filterOf(values)}}, values: values}
	d.Revision = r.at(t).Revision
	if group, ok := strings.CutPrefix(r.value("who"), forGroup); ok {
		d.Shared, d.Group = true, group
	}
	for _, o := range inboxSorts {
		if o.name == r.value("sort") {
			d.Sort, d.Ascending = o.sort, o.ascending
		}
	}
	for i := range 20 {
		if c := r.value(fmt.Sprintf("column_%d", i)); c != "" {
			d.Columns = append(d.Columns, c)
		}
	}
	var id string
	if r.csrfBad {
		r.warn("error.csrf")
		err = civic.Errorf(civic.Conflict, "error.csrf")
	} else if id, err = s.Clerk.SaveView(r.ctx, r.actor, t.ID, d.NewView); err == nil {
		r.notice("success", "notice.desk.view")
		return r.seeOther("/desk/" + t.Slug + "?view=" + id)
	}
	code := civic.CodeOf(err)
	if code != civic.Invalid && code != civic.Conflict && code != civic.TooLarge {
		return err
	}
	b, bookErr := s.Clerk.ViewBook(r.ctx, r.actor, t.ID)
	if bookErr != nil {
		return bookErr
	}
	if code == civic.Conflict { // saved once more, it takes the place of what is there now
		for _, v := range b.Views {
			if v.ID == d.ID {
				d.Revision = v.Revision
			}
		}
	}
	return s.drawView(r, statuses[code], b, d, err)
}

func (s *Server) viewMove(r *request) error {
	return s.viewDone(r, "notice.desk.view.moved", func(t civic.Tenant) error {
		return s.Clerk.MoveView(r.ctx, r.actor, t.ID, r.Params("view"), r.value("_action") == "up")
	})
}

func (s *Server) viewDelete(r *request) error {
	return s.viewDone(r, "notice.desk.view.deleted", func(t civic.Tenant) error {
		return s.Clerk.DeleteView(r.ctx, r.actor, t.ID, r.Params("view"))
	})
}

func (s *Server) viewDone(r *request, done string, do func(civic.Tenant) error) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	if err := do(t); err != nil {
		return err
	}
	r.notice("success", done)
	return r.seeOther("/desk/" + t.Slug + "/views")
}
