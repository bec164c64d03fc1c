package web

import (
	"context"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/web/page"
)

// clockRoutes are deadlines, days to see a case again, the calendar and figures.
func (s *Server) clockRoutes() []route {
	const desk, at = "/desk/:tenant", "/desk/:tenant/:case"
	kept := func(path string, h handler) route {
		rt := post(path, staffOnly, h)
		rt.keepTyped = true
		return rt
	}
	return []route{
		get(desk+"/calendar", staffOnly, s.deskCalendar),
		post(desk+"/calendar/share", staffOnly, s.deskCalendarShare), post(desk+"/calendar/unshare", staffOnly, s.deskCalendarUnshare),
		get("/calendar/:secret", anybody, s.calendarFeed),
		get(desk+"/figures", staffOnly, s.deskFigures), get(desk+"/figures.csv", staffOnly, s.deskFiguresCSV),
		get(at+"/clocks", staffOnly, s.deskClocks),
		kept(at+"/deadline", s.deskShift("deadline", "notice.desk.postponed", s.Clerk.Postpone)),
		kept(at+"/fiction", s.deskShift("fiction", "notice.desk.prolonged", s.Clerk.Prolong)),
		kept(at+"/resubmit", s.deskShift("resubmit", "notice.desk.resubmit", s.Clerk.Resubmit)),
		post(at+"/resubmitted", staffOnly, s.deskResubmitted),
		get("/admin/:tenant/desk/clocks", staffOnly, s.adminClocks), kept("/admin/:tenant/desk/clocks", s.adminClocksSave),
	}
}

// clocksOf is how a case stands in time.
func (s *Server) clocksOf(r *request, f *clerk.File, base, query string) (page.CaseClocks, error) {
	list, err := s.Clerk.ResubmissionsOf(r.ctx, r.actor, f)
	if err != nil {
		return page.CaseClocks{}, err
	}
	c := page.CaseClocks{Case: f.Case, Due: page.Due(f.Due), Done: base + "/resubmitted" + query}
	if f.Case.State != civic.Forwarded {
		c.Change = base + "/clocks" + query
	}
	for _, x := range list {
		c.Resubmissions = append(c.Resubmissions, s.resubmission(x))
	}
	return c, nil
}

func (s *Server) resubmission(x clerk.Resubmission) page.Resubmission {
	return page.Resubmission{ID: x.ID, Who: x.StaffName, Why: x.Words, Day: x.Due, Mine: x.Mine, Over: !x.Due.After(s.Now())}
}

func (s *Server) deskClocks(r *request) error {
	return s.drawClocks(r, fiber.StatusOK, func(*page.DeskClocks) {})
}

// drawClocks shows the page; fill adds what was typed into it before.
func (s *Server) drawClocks(r *request, status int, fill func(*page.DeskClocks)) error {
	t, f, d, err := s.step(r)
	if err != nil {
		return err
	}
	p := page.DeskClocks{DeskStep: d, CanShift: f.Case.State.Open(), Deemed: !f.Case.Fiction.IsZero()}
	for _, e := range f.Events {
		p.Prolonged = p.Prolonged || e.Kind == "fiction.prolonged"
	}
	if p.Clocks, err = s.clocksOf(r, f, d.Base, d.Query); err != nil {
		return err
	}
	fill(&p)
	shell := s.stepShell(r, r.T("clocks.title"), t, d, p.DayErr+p.WhyErr != "")
	shell.Path = d.Base + "/clocks" + d.Query
	return r.render(status, page.DeskClocksPage(shell, p))
}

// deskShift is the post of one of the page's three forms.
func (s *Server) deskShift(form, done string, do func(ctx context.Context, who civic.Actor, at clerk.At, day time.Time, why string) error) handler {
	return func(r *request) error {
		t, err := r.office()
		if err != nil {
			return err
		}
		field := map[string]string{"resubmit": "day", "deadline": "deadline", "fiction": "fiction"}[form]
		typedDay, why := r.value(field), r.value(page.WhyName(form))
		day, parseErr := time.ParseInLocation(time.DateOnly, typedDay, berlin())
		switch {
		case r.csrfBad:
			err = civic.Errorf(civic.Invalid, "error.csrf").At("why")
		case parseErr != nil:
			err = civic.Errorf(civic.Invalid, "error.desk.day").At(field)
		default:
			err = do(r.ctx, r.actor, r.at(t), day, why)
		}
		moved := clerk.MovedOf(err)
		if code := civic.CodeOf(err); code != civic.Invalid && code != civic.Conflict {
			return s.deskDone(r, t, done, err)
		}
		status := statuses[civic.CodeOf(err)]
		return s.drawClocks(r, status, func(p *page.DeskClocks) {
			p.Form, p.Day, p.Why = form, typedDay, why
			switch {
			case moved != nil:
				if f, err := s.Clerk.Peek(r.ctx, r.actor, t.ID, r.Params("case"), r.l.Tag); err == nil {
					p.DeskStep.Moved = r.deskEvents(f, moved.Since)
				}
			case fieldOf(err) == "why":
				p.WhyErr = r.words(err)
			default:
				p.DayErr = r.words(err)
			}
		})
	}
}

func (s *Server) deskResubmitted(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	return s.deskDone(r, t, "notice.desk.resubmitted", s.Clerk.Resubmitted(r.ctx, r.actor, r.at(t), r.value("resubmission")))
}

func (s *Server) deskCalendar(r *request) error { return s.drawCalendar(r, "") }

// drawCalendar shows a month; secret is that of an address just made.
func (s *Server) drawCalendar(r *request, secret string) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	day, err := time.ParseInLocation("2006-01", r.Query("month"), berlin())
	if err != nil || day.Year() < 2000 || day.Year() > 2200 {
		day = s.Now()
	}
	m, err := s.Clerk.Month(r.ctx, r.actor, t.ID, day, r.Query("all") == "1")
	if err != nil {
		return err
	}
	base := "/desk/" + t.Slug + "/calendar"
	at := func(month time.Time, all bool) string {
		url := base + "?month=" + month.Format("2006-01")
		if all {
			url += "&all=1"
		}
		return url
	}
	p := page.Calendar{Base: base, Month: r.l.Month(m.First), Before: at(m.First.AddDate(0, -1, 0), m.Everybody), After: at(m.First.AddDate(0, 1, 0), m.Everybody),
		Mine: at(m.First, false), Everybody: at(m.First, true), All: m.Everybody, More: m.More, FeedSince: m.FeedSince, Share: base + "/share",
		Unshare: base + "/unshare", Inbox: "/desk/" + t.Slug + "?sort=deadline", Empty: true}
	if secret != "" {
		p.FeedURL = s.PublicURL.JoinPath("calendar", secret+".ics").String() // #nosec G125 -- hexadecimal digits that were made here
	}
	caseURL := func(id string) string { return "/desk/" + t.Slug + "/" + id }
	name := func(service string) string { return civic.Text(m.ServiceNames[service]).In(r.l.Tag) }
	for _, x := range m.Overdue {
		again := s.resubmission(x)
		again.URL, again.Text = caseURL(x.Case), x.FileNumber+" · "+name(x.Service)
		p.Overdue = append(p.Overdue, again)
	}
	for _, d := range m.Days {
		cd := page.CalendarDay{Number: d.Date.Format("2."), Date: d.Date, Holiday: d.Holiday, Working: d.Working, Today: d.Today}
		cd.Weekday = r.T("weekday." + string('0'+rune(d.Date.Weekday())))
		cd.Column = (int(d.Date.Weekday())+6)%7 + 1
		for _, c := range d.Deadlines {
			cd.Entries = append(cd.Entries, page.CalendarEntry{URL: caseURL(c.ID), Text: c.FileNumber, More: name(c.Service)})
		}
		for _, x := range d.Resubmissions {
			cd.Entries = append(cd.Entries, page.CalendarEntry{Again: true, URL: caseURL(x.Case), Text: x.FileNumber, More: x.Words})
		}
		p.Empty = p.Empty && len(cd.Entries) == 0
		p.Days = append(p.Days, cd)
	}
	shell := s.deskShell(r, r.T("calendar.title"), t)
	shell.Path = at(m.First, m.Everybody)
	shell.Crumbs = []page.Crumb{{Text: r.T("desk.inbox"), URL: "/desk/" + t.Slug}}
	return r.render(fiber.StatusOK, page.CalendarPage(shell, p))
}

func (s *Server) deskCalendarShare(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	secret, err := s.Clerk.ShareCalendar(r.ctx, r.actor, t.ID)
	if err != nil {
		return err
	}
	return s.drawCalendar(r, secret)
}

func (s *Server) deskCalendarUnshare(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	if err := s.Clerk.UnshareCalendar(r.ctx, r.actor, t.ID); err != nil {
		return err
	}
	r.notice("success", "notice.calendar.unshared")
	return r.seeOther("/desk/" + t.Slug + "/calendar")
}

// calendarFeed answers calendar programs, which log in nowhere: who knows the address sees numbers and services.
func (s *Server) calendarFeed(r *request) error {
	f, err := s.Clerk.Feed(r.ctx, strings.TrimSuffix(r.Params("secret"), ".ics"))
	if err != nil {
		return err
	}
	cal := ical{name: r.T("calendar.feed.name", "office", f.Tenant.Name), stamp: s.Now(), host: s.PublicURL.Hostname()}
	name := func(service string) string { return civic.Text(f.Names[service]).In(r.l.Tag) }
	link := func(id string) string { return s.PublicURL.JoinPath("desk", f.Tenant.Slug, id).String() } // #nosec G125 -- both come from the database, not from the request
	for _, c := range f.Cases {
		cal.day(c.ID+"-deadline", c.Deadline.In(berlin()), r.T("calendar.feed.deadline", "number", c.FileNumber, "service", name(c.Service)), link(c.ID))
	}
	for _, x := range f.Resubmissions {
		cal.day(x.ID, x.Due.In(berlin()), r.T("calendar.feed.resubmission", "number", x.FileNumber, "service", name(x.Service)), link(x.Case))
	}
	r.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8")
	r.Set(fiber.HeaderCacheControl, "private, no-store")
	return r.Send(cal.end())
}
