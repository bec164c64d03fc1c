package web

import (
	"fmt"
	"net/url"
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
			nav = append(nav, page.NavItem{Text: r.T("nav." + room.name), URL: room.url, Current: room.name == here})
		}
	}
	rooms := len(nav)
	corner := func(name string) {
		url := "/desk" + at + "/" + name
		current := r.Path() == url || strings.HasPrefix(r.Path(), url+"/")
		for i := range nav[:rooms] {
			nav[i].Current = nav[i].Current && !current
		}
		nav = append(nav, page.NavItem{Text: r.T("nav." + name), URL: url, Current: current})
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
	shell.Brand.Home, shell.Brand.Tagline = "/desk/"+t.Slug, r.T("desk.tagline")
	shell.Nav = s.staffNav(r, "desk", t)
	shell.Visitor.Detail = t.Name
	return shell
}

// inboxSorts are the orders of the inbox: name in the address, sort and direction.
var inboxSorts = []struct {
	name, sort string
	ascending  bool
}{{"newest", "received", false}, {"oldest", "received", true}, {"deadline", "deadline", true}, {"changed", "changed", false}, {"number", "number", true}}

// inboxPage is how many cases a page shows.
const inboxPage = 50

// inboxFilter reads the filter from the address. What it does not know is left out.
func (r *request) inboxFilter() civic.InboxFilter {
	f := civic.InboxFilter{Limit: inboxPage, After: r.Query("after"), Search: strings.TrimSpace(r.Query("q")), Assignee: r.Query("assignee"), Sort: "received"}
	if len(f.Search) > 200 {
		f.Search = f.Search[:200]
	}
	if f.Assignee == "me" {
		f.Assignee = r.actor.Staff.ID
	}
	if svc := r.Query("service"); svc != "" {
		f.Services = []string{svc}
	}
	switch state := civic.CaseState(r.Query("state")); {
	case state == "open":
		f.States = slices.DeleteFunc(slices.Clone(civic.CaseStates), func(c civic.CaseState) bool { return !c.Desk() })
	case slices.Contains(civic.CaseStates, state):
		f.States = []civic.CaseState{state}
	}
	for _, v := range r.Context().QueryArgs().PeekMulti("only") {
		f.Unread = f.Unread || string(v) == "unread"
		f.Overdue = f.Overdue || string(v) == "overdue"
	}
	for _, o := range inboxSorts {
		if o.name == r.Query("sort") {
			f.Sort, f.Ascending = o.sort, o.ascending
		}
	}
	return f
}

// inboxQuery is the filter's part of the address, with the changes; an empty value takes a name out.
func (r *request) inboxQuery(changes ...string) string {
	q := url.Values{}
	for _, name := range []string{"q", "state", "service", "assignee", "sort", "only", "after"} {
		for _, v := range r.Context().QueryArgs().PeekMulti(name) {
			if len(v) > 0 && len(v) < 300 {
				q.Add(name, string(v))
			}
		}
	}
	for i := 0; i+1 < len(changes); i += 2 {
		if q.Del(changes[i]); changes[i+1] != "" {
			q.Set(changes[i], changes[i+1])
		}
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// deskInbox lists the authority's cases.
func (s *Server) deskInbox(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	in, err := s.Clerk.Inbox(r.ctx, r.actor, t.ID, r.inboxFilter())
	if err != nil {
		return err
	}
	base := "/desk/" + t.Slug
	p := page.Inbox{URL: base, Search: r.Query("q"), State: r.Query("state"), Filtered: r.inboxQuery("state", "", "after", "", "sort", "") != "",
		Narrowed: r.inboxQuery("state", "", "after", "", "q", "") != ""}
	f := r.inboxFilter()
	p.Unread, p.Overdue = f.Unread, f.Overdue
	p.Views = r.inboxViews(base, in.Counts)
	services := []string{"", r.T("desk.filter.all")}
	for _, n := range in.Services {
		services = append(services, n.Slug, civic.Text(n.Name).In(r.l.Tag))
	}
	p.Services = page.Options(r.Query("service"), services...)
	people := []string{"", r.T("desk.filter.everybody"), "me", r.T("desk.me"), "none", r.T("desk.nobody")}
	for _, c := range in.People[1:] {
		people = append(people, c.ID, r.colleague(c))
	}
	p.People = page.Options(r.Query("assignee"), people...)
	var sorts []string
	for _, o := range inboxSorts {
		sorts = append(sorts, o.name, r.T("desk.sort."+o.name))
	}
	p.Sorts = page.Options(r.Query("sort", inboxSorts[0].name), sorts...)
	query := r.inboxQuery()
	present := s.present(r, in.Rows)
	for _, row := range in.Rows {
		c := row.Case
		p.Rows = append(p.Rows, page.InboxRow{ID: c.ID, URL: base + "/" + c.ID + query, FileNumber: c.FileNumber, Service: civic.Text(row.Service).In(r.l.Tag), About: row.About,
			Assignee: c.AssigneeName, State: c.State, Received: c.Received, Deadline: c.Deadline, Due: page.Due(row.Due), Unread: c.Unread,
			Mine: c.Assignee == r.actor.Staff.ID, Twin: row.Twin, Presence: present[c.ID], Instead: r.standsIn(in.Scope, c)})
	}
	p.Bulk = inboxBar(base, query, in.Rows)
	if in.Next != "" {
		p.NextURL = base + r.inboxQuery("after", in.Next)
	}
	if r.Query("after") != "" {
		p.FirstURL = base + r.inboxQuery("after", "")
	}
	return r.render(fiber.StatusOK, page.InboxPage(s.deskShell(r, r.T("desk.inbox"), t), p))
}

// inboxViews are the links above the list: all, all open ones, and each state that has cases.
func (r *request) inboxViews(base string, counts civic.Counts) []page.InboxView {
	open, all := 0, 0
	for state, n := range counts {
		all += n
		if state.Desk() {
			open += n
		}
	}
	here := r.Query("state")
	view := func(state, text string, n int) page.InboxView {
		return page.InboxView{Text: text, URL: base + r.inboxQuery("state", state, "after", ""), Count: r.capped(n), Current: here == state}
	}
	views := []page.InboxView{view("", r.T("desk.view.all"), all), view("open", r.T("desk.view.open"), open)}
	for _, state := range civic.CaseStates {
		if counts[state] > 0 || here == string(state) {
			views = append(views, view(string(state), r.T("case.state."+string(state)), counts[state]))
		}
	}
	return views
}

// capped words a count that may have been cut off.
func (r *request) capped(n int) string {
	if n >= civic.CountCap {
		return r.T("desk.over", "n", r.l.Number(fmt.Sprint(civic.CountCap)))
	}
	return r.l.Number(fmt.Sprint(n))
}

// at is the case of the address, as the clerk saw it.
func (r *request) at(t civic.Tenant) clerk.At {
	at := clerk.At{Tenant: t.ID, Case: r.Params("case"), Lang: r.l.Tag}
	if _, err := fmt.Sscan(r.value("revision"), &at.Revision); err != nil || at.Revision < 1 {
		at.Revision = 0
	}
	return at
}
