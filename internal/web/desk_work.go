package web

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/web/page"
)

// workRoutes are what a clerk does besides writing and deciding.
func (s *Server) workRoutes() []route {
	const at = "/desk/:tenant/:case"
	kept := func(path string, h handler) route {
		rt := post(path, staffOnly, h)
		rt.keepTyped = true
		return rt
	}
	return []route{
		kept(at+"/task", s.deskTask),
		get(at+"/twin/:other", staffOnly, s.deskCompare), kept(at+"/twin/:other", s.deskTwin),
		get(at+"/annotations", staffOnly, s.deskAnnotations), kept(at+"/annotations", s.deskAnnotate),
	}
}

// deskWork words tasks, other cases, annotations and the history.
func (s *Server) deskWork(r *request, f *clerk.File, base string, p *page.DeskCase) error {
	w, err := s.Clerk.Worklist(r.ctx, r.actor, f)
	if err != nil {
		return err
	}
	p.Work.All, p.Work.OpenTasks = w.Of(), w.Open()
	for _, t := range w.Checklist {
		p.Work.Checklist = append(p.Work.Checklist, r.deskTaskOf(t))
	}
	for _, t := range w.Own {
		p.Work.Own = append(p.Work.Own, r.deskTaskOf(t))
	}
	people := []string{"", r.T("desk.nobody")}
	for i, c := range w.People {
		name := r.colleague(c)
		if i == 0 {
			name = r.T("desk.me")
		}
		people = append(people, c.ID, name)
	}
	p.Work.TaskPeople = page.Options(r.value("task_assignee"), people...)
	b, err := s.Clerk.Beside(r.ctx, r.actor, f, r.Query("earlier"))
	if err != nil {
		return err
	}
	r.deskBeside(f, b, base, p)
	r.deskHistory(f, w, b, base, p)
	return s.deskAnnotated(r, f, base, p)
}

func (r *request) deskTaskOf(t clerk.Task) page.DeskTask {
	out := page.DeskTask{ID: or(t.ID, t.Item), Text: t.Text, Done: !t.Done.IsZero(), Late: t.Late, Own: t.Item == ""}
	var parts []string
	switch {
	case out.Done:
		parts = append(parts, r.T("desk.task.done", "who", t.DoneByName, "at", r.l.DateTime(t.Done)))
	default:
		if t.AssigneeName != "" {
			parts = append(parts, t.AssigneeName)
		}
		if !t.Due.IsZero() {
			parts = append(parts, r.T("desk.task.until", "date", r.l.DateShort(t.Due)))
		}
	}
	out.Line = strings.Join(parts, " · ")
	return out
}

// deskRow is another case in a list.
func (r *request) deskRow(f *clerk.File, row clerk.Row) page.DeskRow {
	base := "/desk/" + f.Tenant.Slug + "/"
	return page.DeskRow{URL: base + row.Case.ID, Number: row.Case.FileNumber, Service: civic.Text(row.Service).In(r.l.Tag), About: row.About, State: row.Case.State,
		Received: r.T("desk.received.on", "date", r.l.DateShort(row.Case.Received)), CompareURL: base + f.Case.ID + "/twin/" + row.Case.ID + r.inboxQuery()}
}

func (r *request) deskBeside(f *clerk.File, b clerk.Beside, base string, p *page.DeskCase) {
	for _, t := range b.Twins {
		p.Work.Twins = append(p.Work.Twins, r.deskRow(f, t))
	}
	for _, e := range b.Earlier {
		p.Work.Earlier = append(p.Work.Earlier, r.deskRow(f, e))
	}
	if b.MoreEarlier != "" {
		p.Work.EarlierNext = base + withQuery(r.inboxQuery(), "earlier", b.MoreEarlier) + "#fruehere"
	}
	for _, l := range b.Links {
		if l.Kind == civic.LinkInto {
			p.Work.Into = append(p.Work.Into, page.DeskRow{URL: "/desk/" + f.Tenant.Slug + "/" + l.Other, Number: l.Number, State: l.State})
		}
	}
	for _, m := range b.Merged {
		other := "/desk/" + f.Tenant.Slug + "/" + m.Case.ID
		x := page.DeskMerged{DeskRow: page.DeskRow{URL: other, Number: m.Case.FileNumber, State: m.Case.State, Received: r.T("desk.received.on", "date", r.l.DateShort(m.Case.Received))}}
		for _, a := range m.Attachments {
			if a.Message == "" {
				x.Files = append(x.Files, r.deskFileOf(other, a, ""))
			}
		}
		for _, msg := range m.Messages {
			y := page.DeskMessage{Author: or(msg.AuthorName, r.T("desk.citizen")), At: r.l.DateTime(msg.Created), Text: msg.Text, FromOffice: msg.FromOffice}
			for _, a := range msg.Files {
				y.Files = append(y.Files, r.deskFileOf(other, a, ""))
			}
			x.Messages = append(x.Messages, y)
		}
		p.Work.Merged = append(p.Work.Merged, x)
	}
}

// deskTask ticks, opens anew, drops or adds a task.
func (s *Server) deskTask(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	do, id, _ := strings.Cut(r.value("_action"), ":")
	if do != "add" {
		if r.csrfBad {
			return s.again(r, t, fiber.StatusForbidden, typed{form: "task", textError: r.T("error.csrf")})
		}
		return s.deskTaskStep(r, t, do, id)
	}
	n := clerk.NewTask{Text: r.value("task"), Assignee: r.value("task_assignee")}
	err = civic.Errorf(civic.Invalid, "error.csrf").At("task")
	if !r.csrfBad {
		if day := r.value("task_due"); day == "" {
			err = nil
		} else if due, bad := time.ParseInLocation(time.DateOnly, day, berlin()); bad != nil {
			err = civic.Errorf(civic.Invalid, "error.desk.due").At("task_due")
		} else {
			n.Due, err = due.Add(12*time.Hour), nil
		}
	}
	if err == nil {
		err = s.Clerk.AddTask(r.ctx, r.actor, r.at(t), n)
	}
	if civic.CodeOf(err) == civic.Invalid {
		in := typed{form: "task", text: r.value("task")}
		if fieldOf(err) == "task_due" {
			in.fileError = r.words(err)
		} else {
			in.textError = r.words(err)
		}
		return s.again(r, t, statuses[civic.Invalid], in)
	}
	return s.deskBack(r, t, "notice.desk.task", "#aufgaben", err)
}

func (s *Server) deskTaskStep(r *request, t civic.Tenant, do, id string) error {
	var err error
	switch do {
	case "done", "open":
		err = s.Clerk.Tick(r.ctx, r.actor, r.at(t), id, do == "done")
	case "drop":
		err = s.Clerk.DropTask(r.ctx, r.actor, r.at(t), id)
	default:
		err = civic.Errorf(civic.NotFound, "error.not_found")
	}
	return s.deskBack(r, t, "notice.desk.task", "#aufgaben", err)
}

// deskBack leads back to a part of the case page.
func (s *Server) deskBack(r *request, t civic.Tenant, done, part string, err error) error {
	if err != nil {
		return err
	}
	r.notice("success", done)
	return r.seeOther("/desk/" + t.Slug + "/" + r.Params("case") + r.inboxQuery() + part)
}
