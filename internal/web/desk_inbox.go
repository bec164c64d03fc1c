package web

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/web/page"
)

// deskRoutes are the clerk's pages. Forms without files keep what was typed when their token is stale.
func (s *Server) deskRoutes() []route {
	kept := func(path string, h handler) route {
		rt := post(path, staffOnly, h)
		rt.keepTyped = true
		return rt
	}
	const at = "/desk/:tenant/:case"
	message := post(at+"/message", staffOnly, s.deskMessage)
	message.files, message.keepTyped, message.class = true, true, uploading
	return []route{
		get("/desk", staffOnly, s.deskDoors),
		get("/desk/:tenant", staffOnly, s.deskInbox),
		get(at, staffOnly, s.deskCase),
		get(at+"/forward", staffOnly, s.deskForward), kept(at+"/forward", s.deskForwardSend),
		get(at+"/file/:file", staffOnly, s.deskFile),
		message, kept(at+"/note", s.deskNote),
		post(at+"/take", staffOnly, s.deskDo("notice.desk.taken", s.Clerk.Take)),
		post(at+"/release", staffOnly, s.deskDo("notice.desk.released", s.Clerk.Release)),
		post(at+"/recall", staffOnly, s.deskDo("notice.desk.recalled", s.Clerk.Recall)),
		post(at+"/close", staffOnly, s.deskDo("notice.desk.closed", s.Clerk.Close)),
		post(at+"/assign", staffOnly, s.deskAssign),
		post(at+"/pay", staffOnly, s.deskPay),
	}
}

// deskDoors lets the clerk choose an authority; with one only, it is straight in.
func (s *Server) deskDoors(r *request) error {
	list, err := s.Clerk.Tenants(r.ctx, r.actor)
	if err != nil {
		return err
	}
	if len(list) == 1 {
		return r.seeOther("/desk/" + list[0].Slug)
	}
	p := page.Doors{Title: r.T("desk.doors"), Intro: r.T("desk.doors.intro"), None: r.T("desk.doors.none")}
	for _, t := range list {
		p.Doors = append(p.Doors, page.Door{Title: t.Name, Text: r.T("desk.doors.open"), URL: "/desk/" + t.Slug})
	}
	shell := r.shell(p.Title)
	shell.Nav = s.staffNav(r, "desk", civic.Tenant{})
	shell.Brand.Home = "/desk"
	shell.Commands = commandsOf(civic.Tenant{})
	return r.render(fiber.StatusOK, page.DoorsPage(shell, p))
}

// staffNav leads between the rooms in which this person works: desk, administration, state.
func (s *Server) staffNav(r *request, here string, t civic.Tenant) []page.NavItem {
	var desk, admin, state bool
	for id, roles := range r.actor.Staff.Roles {
		for _, role := range roles {
			inside := t.ID == "" || t.ID == id
			switch role {
			case civic.RoleClerk, civic.RoleLead:
				desk = desk || inside
			case civic.RoleAdmin:
				admin = admin || inside
			default:
				state = true
			}
		}
	}
	at := ""
	if t.Slug != "" {
		at = "/" + t.Slug
	}
	var nav []page.NavItem
	for _, room := range []struct {
		name, url string
		open      bool
	}{{"desk", "/desk" + at, desk}, {"admin", "/admin" + at, admin}, {"state", "/state", state}} {
		if room.open || room.name == here {
			nav = append(nav, page.NavItem{Text: r.T("nav." + room.name), URL: room.url, Current: room.name == here, Key: roomKeys[room.name]})
		}
	}
	rooms := len(nav)
	corner := func(name string) {
		url := "/desk" + at + "/" + name
		current := r.Path() == url || strings.HasPrefix(r.Path(), url+"/")
		for i := range nav[:rooms] {
			nav[i].Current = nav[i].Current && !current
		}
		nav = append(nav, page.NavItem{Text: r.T("nav." + name), URL: url, Current: current, Key: roomKeys[name]})
	}
	if t.Slug != "" && desk && here == "desk" {
		corner("mentions")
		corner("team")
	}
	if t.Slug != "" && desk && here != "state" {
		corner("calendar")
	}
	if t.Slug != "" && here != "state" && r.actor.Has(t.ID, civic.RoleLead, civic.RoleAdmin) {
		corner("figures")
	}
	return nav
}

// office is the tenant of a staff address; its pages are in its look, but lead back to the staff's own start.
func (r *request) office() (civic.Tenant, error) {
	if !r.actor.Has(r.tenantID(), civic.Roles...) {
		return civic.Tenant{}, civic.Errorf(civic.NotFound, "error.not_found")
	}
	return r.namedTenant()
}

// tenantID is the id of the tenant of the address, "" for none.
func (r *request) tenantID() string {
	t, err := r.srv.Find.Tenant(r.ctx, r.Params("tenant"))
	if err != nil {
		return ""
	}
	return t.ID
}

// deskShell is the frame of the desk's pages.
func (s *Server) deskShell(r *request, title string, t civic.Tenant) page.Shell {
	shell := r.shell(title)
	shell.Wide = true
	shell.Brand.Home, shell.Brand.Tagline = strings.TrimSuffix("/desk/"+t.Slug, "/"), r.T("desk.tagline")
	shell.Nav = s.staffNav(r, "desk", t)
	shell.Visitor.Detail = t.Name
	shell.Commands = commandsOf(t)
	return shell
}

// deskInbox lists the cases of a view. A filter that is wrong in part gets a message, and the rest of it holds.
func (s *Server) deskInbox(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	in, err := s.Clerk.Inbox(r.ctx, r.actor, t.ID, r.inboxAsk())
	if err != nil {
		return err
	}
	base := "/desk/" + t.Slug
	p := page.Inbox{URL: base, View: in.View.ID, Name: r.viewName(in.View), Columns: r.inboxColumns(base, in), Narrowed: in.Changed || in.View.ID == "" || len(in.Wrong) > 0}
	p.Tabs, p.More = r.inboxTabs(base, in)
	r.inboxFilters(in, &p)
	p.Chips = r.inboxChips(base, in)
	p.SaveURL = base + "/views/new?" + filterQuery(in.View.Filter, in.View).Encode()
	if in.Changed && (in.View.Owner == r.actor.Staff.ID || in.View.Revision > 0 && in.Lead) {
		p.UpdateURL = base + "/views/" + in.View.ID + "?" + filterQuery(in.View.Filter, in.View).Encode()
	}
	if in.Changed {
		p.ClearURL = base + "?view=" + in.View.ID
	} else if in.View.ID == "" {
		p.ClearURL = base
	}
	query := r.inboxQuery("after", "")
	if query == "" {
		query = "?view=" + in.View.ID // what is led to from here means these cases, whatever the clerk's first view will be
	}
	present := s.present(r, in.Rows)
	for _, row := range in.Rows {
		x := r.inboxRow(base, query, in, row)
		x.Presence, x.Instead = present[row.Case.ID], r.standsIn(in.Scope, row.Case)
		p.Rows = append(p.Rows, x)
	}
	p.Bulk = inboxBar(base, query, in.Rows)
	if in.Next != "" {
		p.NextURL = base + r.inboxQuery("after", in.Next)
	}
	p.Short = in.Short
	if r.Query("after") != "" {
		p.FirstURL = base + query
	}
	shell := s.deskShell(r, p.Name+" · "+r.T("desk.inbox"), t)
	shell.Errors = len(in.Wrong) > 0
	return r.render(fiber.StatusOK, page.InboxPage(shell, p))
}

func (r *request) inboxRow(base, query string, in *clerk.Inbox, row clerk.Row) page.InboxRow {
	c := row.Case
	x := page.InboxRow{ID: c.ID, URL: base + "/" + c.ID + query, FileNumber: c.FileNumber, Service: civic.Text(row.Service).In(r.l.Tag), About: row.About,
		Assignee: c.AssigneeName, State: c.State, Received: c.Received, Changed: c.Changed, Deadline: c.Deadline, Due: page.Due(row.Due), Unread: c.Unread,
		Mine: c.Assignee == r.actor.Staff.ID, Twin: row.Twin, Cells: row.Cells, Group: r.groupWord(in.Scope.Team.Groups, c.Group),
		Labels: caseLabels(in.Labels, c.Labels)}
	return x
}

// caseLabels are those of the authority's labels that a case bears, in their order.
func caseLabels(all []civic.Label, ids []string) []page.Label {
	var out []page.Label
	for _, l := range all {
		if slices.Contains(ids, l.ID) {
			out = append(out, page.Label{ID: l.ID, Name: l.Name, Colour: l.Colour})
		}
	}
	return out
}

// viewName names a view; a filter that belongs to none is a search.
func (r *request) viewName(v civic.View) string {
	switch {
	case v.ID == "":
		return r.T("desk.view.search")
	case v.Revision == 0:
		return r.T("desk.view." + v.ID)
	}
	return v.Name
}

// inboxTabs are the views to choose from: those with counters, and the others.
func (r *request) inboxTabs(base string, in *clerk.Inbox) (tabs, more []page.InboxView) {
	for _, v := range in.Views {
		x := page.InboxView{Text: r.viewName(v.View), URL: base + "?view=" + v.ID, Current: v.ID == in.View.ID, Own: v.Owner != "", Shared: v.Revision > 0 && v.Shared()}
		if !v.Counted {
			more = append(more, x)
			continue
		}
		x.Count = r.hits(v.Hits)
		tabs = append(tabs, x)
	}
	return tabs, more
}

// inboxColumns are the heads of the columns; the four that lists are sorted by are links.
func (r *request) inboxColumns(base string, in *clerk.Inbox) []page.InboxColumn {
	sort := in.View.Sort
	if sort == "" {
		sort = "received"
	}
	labels := map[string]string{}
	for _, f := range in.Fields {
		labels[fieldInput+f.Pointer] = f.Label
	}
	var out []page.InboxColumn
	for _, name := range in.Columns {
		c := page.InboxColumn{Name: name, Text: labels[name]}
		if pointer, ok := strings.CutPrefix(name, fieldInput); !ok {
			c.Text = r.T("desk.col." + name)
		} else if c.Text == "" {
			c.Text = lastStep(pointer)
		}
		if orders := ordersOf(name); len(orders) > 0 {
			next := orders[0]
			if name == sort {
				c.Sort = map[bool]string{true: "ascending", false: "descending"}[in.View.Ascending]
				if next.ascending == in.View.Ascending {
					next = orders[1]
				}
			}
			c.URL = base + r.inboxQuery("sort", next.name, "after", "")
			c.Hint = r.T("desk.sort." + next.name)
		}
		out = append(out, c)
	}
	return out
}

// lastStep names a field whose form is gone.
func lastStep(pointer string) string { return pointer[strings.LastIndexByte(pointer, '/')+1:] }

// capped words a count that may have been cut off.
func (r *request) capped(n int) string {
	if n >= civic.CountCap {
		return r.T("desk.over", "n", r.l.Number(fmt.Sprint(civic.CountCap)))
	}
	return r.l.Number(fmt.Sprint(n))
}

// hits words how much a filter finds.
func (r *request) hits(h civic.Hits) string {
	n := r.l.Number(fmt.Sprint(h.N))
	if h.More {
		return r.T("desk.over", "n", n)
	}
	return n
}

// at is the case of the address, as the clerk saw it.
func (r *request) at(t civic.Tenant) clerk.At {
	at := clerk.At{Tenant: t.ID, Case: r.Params("case"), Lang: r.l.Tag}
	if _, err := fmt.Sscan(r.value("revision"), &at.Revision); err != nil || at.Revision < 1 {
		at.Revision = 0
	}
	return at
}
