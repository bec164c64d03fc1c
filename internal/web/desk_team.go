package web

import (
	"context"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/formdef"
	"antragswerk/internal/web/page"
)

// Presence says who has which case open right now (internal/kv); all of it may be lost.
type Presence interface {
	Enter(ctx context.Context, room string, who civic.Guest, ttl time.Duration) error
	Leave(ctx context.Context, room, who string) error
	Inside(ctx context.Context, rooms ...string) (map[string][]civic.Guest, error)
}

// presenceTime is how long somebody counts as working on a case after a page or a heartbeat.
const presenceTime = 2 * time.Minute

// teamRoutes are the pages of the team at the desk.
func (s *Server) teamRoutes() []route {
	const at = "/desk/:tenant"
	here := post(at+"/:case/presence", staffOnly, s.deskPresence)
	here.quiet = true
	return []route{
		get(at+"/team", staffOnly, s.deskTeam),
		post(at+"/team/away", staffOnly, s.deskAway), post(at+"/team/back", staffOnly, s.deskReturned), post(at+"/team/handover", staffOnly, s.deskHandOver),
		get(at+"/mentions", staffOnly, s.deskCalls),
		here, post(at+"/:case/group", staffOnly, s.deskGroup),
	}
}

func room(c civic.Case) string { return c.Tenant + "/" + c.ID }

// enterCase says that the reader has a case open, and words who else has. Without the cache nobody is seen, and the case opens.
func (s *Server) enterCase(r *request, f *clerk.File) page.CasePresence {
	p := page.CasePresence{URL: "/desk/" + f.Tenant.Slug + "/" + f.Case.ID + "/presence", Revision: f.Case.Revision, Changed: r.T("team.presence.changed")}
	if err := s.Presence.Enter(r.ctx, room(f.Case), r.guest(), presenceTime); err != nil {
		s.logFailure(r.id, civic.CodeOf(err), err)
		return p
	}
	p.Lines = s.presenceOf(r, f.Case)
	return p
}

func (r *request) guest() civic.Guest {
	return civic.Guest{ID: r.actor.Staff.ID, Name: r.actor.Staff.Name}
}

// presenceOf words who else has a case open.
func (s *Server) presenceOf(r *request, c civic.Case) []string {
	lines := []string{}
	inside, err := s.Presence.Inside(r.ctx, room(c))
	if err != nil {
		s.logFailure(r.id, civic.CodeOf(err), err)
	}
	for _, g := range inside[room(c)] {
		if g.ID != r.actor.Staff.ID {
			lines = append(lines, r.T("team.presence", "name", g.Name, "time", r.l.Time(g.Since)))
		}
	}
	return lines
}

// present names who else has each of the cases of a list open.
func (s *Server) present(r *request, list []clerk.Row) map[string]string {
	rooms := make([]string, len(list))
	for i, row := range list {
		rooms[i] = room(row.Case)
	}
	inside, err := s.Presence.Inside(r.ctx, rooms...)
	if err != nil {
		s.logFailure(r.id, civic.CodeOf(err), err)
	}
	out := map[string]string{}
	for _, row := range list {
		for _, g := range inside[room(row.Case)] {
			if g.ID != r.actor.Staff.ID && out[row.Case.ID] == "" {
				out[row.Case.ID] = r.T("team.presence.short", "name", g.Name, "time", r.l.Time(g.Since))
			}
		}
	}
	return out
}

// deskPresence is the heartbeat of an open case: it answers who else is there and where the case stands; leaving says so.
func (s *Server) deskPresence(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	c, err := s.Clerk.Look(r.ctx, r.actor, t.ID, r.Params("case"))
	if err != nil {
		return err
	}
	if r.value("leave") != "" {
		err = s.Presence.Leave(r.ctx, room(c), r.actor.Staff.ID)
	} else {
		err = s.Presence.Enter(r.ctx, room(c), r.guest(), presenceTime)
	}
	if err != nil {
		return err
	}
	return r.JSON(struct {
		Lines    []string `json:"lines"`
		Revision int64    `json:"revision"`
	}{s.presenceOf(r, c), c.Revision})
}

// caseGroup is what moves a case to another group.
func (r *request) caseGroup(f *clerk.File) page.CaseGroup {
	g, _ := f.Scope.Team.Group(f.Case.Group)
	options := []string{"", r.T("team.case.everybody")}
	for _, x := range f.Scope.Team.Groups {
		options = append(options, x.ID, x.Name)
	}
	chosen := f.Case.Group
	if r.Method() == fiber.MethodPost && r.values["group"] != nil {
		chosen = r.value("group")
	}
	return page.CaseGroup{Action: "/desk/" + f.Tenant.Slug + "/" + f.Case.ID + "/group" + r.inboxQuery(), Name: g.Name,
		Groups: page.Input{Kind: formdef.WidgetSelect, Name: "group", Label: r.T("team.case.group"), HideLabel: true, Options: page.Options(chosen, options...), Required: true}}
}

func (s *Server) deskGroup(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	return s.deskDone(r, t, "notice.team.regrouped", s.Clerk.Regroup(r.ctx, r.actor, r.at(t), r.value("group")))
}

// deskMoved words what happened since a page was read, with what changed from what to what.
func (s *Server) deskMoved(r *request, f *clerk.File, m *clerk.Moved) []page.DeskEvent {
	out := r.deskEvents(f, m.Since)
	names := map[string]string{"": r.T("desk.nobody")}
	if people, err := s.Clerk.Colleagues(r.ctx, r.actor, f.Tenant.ID); err == nil {
		for _, c := range people {
			names[c.ID] = c.Name
		}
	}
	for i, e := range m.Since {
		if name := names[e.Actor]; name != "" && e.Actor != "" {
			out[i].Who = name
		}
		for _, d := range f.Differences(e) {
			x := page.DeskChange{Label: or(d.Label, r.T("team.diff."+d.What)), Before: d.Before, After: d.After}
			switch d.What {
			case "state":
				x.Before, x.After = r.T("case.state."+d.Before), r.T("case.state."+d.After)
			case "assignee":
				x.Before, x.After = or(names[d.Before], r.T("desk.colleague")), or(names[d.After], r.T("desk.colleague"))
			case "group":
				x.Before, x.After = r.groupName(f, d.Before), r.groupName(f, d.After)
			}
			out[i].Diffs = append(out[i].Diffs, x)
		}
	}
	return out
}

func (r *request) groupName(f *clerk.File, id string) string {
	if g, ok := f.Scope.Team.Group(id); ok {
		return g.Name
	}
	return r.T("team.case.everybody")
}

func (s *Server) deskTeam(r *request) error { return s.drawTeam(r, fiber.StatusOK, nil) }

func (s *Server) drawTeam(r *request, status int, wrong error) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	d, err := s.Clerk.Desk(r.ctx, r.actor, t.ID)
	if err != nil {
		return err
	}
	p := page.DeskTeam{Base: "/desk/" + t.Slug + "/team", Lead: d.Leads}
	day := func(s string) string {
		x, _ := time.Parse(time.DateOnly, s)
		return r.l.Date(x.Add(12 * time.Hour))
	}
	for _, a := range d.Scope.Team.Absences {
		row := page.DeskAbsence{ID: a.ID, Name: a.Name, When: r.T("team.away.when", "from", day(a.From), "to", day(a.To)), Now: a.On(d.Day), MayEnd: d.MayEnd(a.Staff),
			Instead: r.T("team.away.nobody")}
		if a.Substitute != "" {
			row.Instead = r.T("team.away.by", "name", a.SubsName)
		}
		p.Absences = append(p.Absences, row)
	}
	var own, others, everybody []page.Option
	for _, c := range d.People {
		o := page.Option{Value: c.ID, Label: r.colleague(c)}
		everybody = append(everybody, o)
		if d.MayEnd(c.ID) {
			o.Selected = c.ID == or(r.value("staff"), r.actor.Staff.ID)
			own = append(own, o)
		}
	}
	if len(own) > 1 {
		others = own
	}
	pick := func(name, key, first string, list []page.Option) page.Input {
		in := page.Input{Kind: formdef.WidgetSelect, Name: name, Label: r.T(key), Required: true}
		if first != "" {
			in.Options = []page.Option{{Label: r.T(first), Selected: r.value(name) == ""}}
		}
		for _, o := range list {
			o.Selected = o.Selected || o.Value == r.value(name)
			in.Options = append(in.Options, o)
		}
		return in
	}
	p.Staff = pick("staff", "team.away.who", "", others)
	p.From = page.Input{Kind: formdef.WidgetDateNative, Name: "from", Label: r.T("team.away.from"), Value: or(r.value("from"), d.Day), Required: true, Width: 20}
	p.To = page.Input{Kind: formdef.WidgetDateNative, Name: "to", Label: r.T("team.away.to"), Value: r.value("to"), Required: true, Width: 20}
	p.Instead = pick("substitute", "team.away.instead", "team.away.nobody.option", everybody)
	p.HandFrom, p.HandTo = pick("hand_from", "team.hand.from", "", everybody), pick("hand_to", "team.hand.to", "", everybody)
	for _, g := range d.Scope.Team.Groups {
		row := page.AdminGroupRow{Name: g.Name}
		for _, c := range d.People {
			if slices.Contains(g.Members, c.ID) {
				row.People = append(row.People, page.AdminMember{Name: c.Name, Lead: slices.Contains(g.Leads, c.ID)})
			}
		}
		p.Groups = append(p.Groups, row)
	}
	p.Problem = r.placedTeam(wrong, &p)
	shell := s.deskShell(r, r.T("team.desk"), t)
	shell.Wide, shell.Path, shell.Errors = false, p.Base, wrong != nil
	shell.Crumbs = []page.Crumb{{Text: r.T("desk.inbox"), URL: "/desk/" + t.Slug}}
	return r.render(status, page.DeskTeamPage(shell, p))
}

// placedTeam puts the words of an error at its input; the two of handing over have names of their own on the page.
func (r *request) placedTeam(wrong error, p *page.DeskTeam) string {
	if wrong != nil && r.values["hand_from"] != nil {
		in := &p.HandTo
		if fieldOf(wrong) == "from" {
			in = &p.HandFrom
		}
		in.Error = r.words(wrong)
		return ""
	}
	return r.placed(wrong, &p.Staff, &p.From, &p.To, &p.Instead)
}

// teamStep goes back to the team after a step, or shows it with what was wrong.
func (s *Server) teamStep(r *request, t civic.Tenant, err error, done string) error {
	switch code := civic.CodeOf(err); code {
	case "":
		r.notice("success", done)
		return r.seeOther("/desk/" + t.Slug + "/team")
	case civic.Invalid:
		return s.drawTeam(r, statuses[code], err)
	}
	return err
}

func (s *Server) deskAway(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	return s.teamStep(r, t, s.Clerk.Away(r.ctx, r.actor, t.ID, civic.Absence{Staff: r.value("staff"), Substitute: r.value("substitute"),
		From: r.value("from"), To: r.value("to")}), "notice.team.away")
}

func (s *Server) deskReturned(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	return s.teamStep(r, t, s.Clerk.Back(r.ctx, r.actor, t.ID, r.value("id")), "notice.team.back")
}

func (s *Server) deskHandOver(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	n, err := s.Clerk.HandOver(r.ctx, r.actor, t.ID, r.value("hand_from"), r.value("hand_to"), nil)
	done := "notice.team.handed"
	if n == 0 {
		done = "notice.team.handed.none"
	}
	return s.teamStep(r, t, err, done)
}

// deskCalls lists where colleagues have called the reader to.
func (s *Server) deskCalls(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	list, next, err := s.Clerk.Calls(r.ctx, r.actor, t.ID, r.Query("before"))
	if err != nil {
		return err
	}
	var p page.DeskCalls
	for _, c := range list {
		p.Rows = append(p.Rows, page.DeskCall{URL: "/desk/" + t.Slug + "/" + c.Case, FileNumber: c.FileNumber, Service: civic.Text(c.Service).In(r.l.Tag),
			Who: c.ByName, At: r.l.DateTime(c.Created), Fresh: c.Seen.IsZero()})
	}
	if next != "" {
		p.NextURL = "/desk/" + t.Slug + "/mentions?before=" + next
	}
	shell := s.deskShell(r, r.T("team.calls"), t)
	shell.Wide = false
	shell.Crumbs = []page.Crumb{{Text: r.T("desk.inbox"), URL: "/desk/" + t.Slug}}
	return r.render(fiber.StatusOK, page.DeskCallsPage(shell, p))
}

// standsIn words for whom the reader acts on a case of theirs, "" for nobody.
func (r *request) standsIn(sc clerk.Scope, c civic.Case) string {
	for _, a := range sc.StandsIn {
		if a.Staff == c.Assignee {
			return r.T("team.instead", "name", a.Name)
		}
	}
	return ""
}
