package web

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/web/page"
)

// bulkRoutes are the pages on which something is done with many cases at once.
func (s *Server) bulkRoutes() []route {
	const at = "/desk/:tenant/bulk"
	start := post(at+"/:bulk", staffOnly, s.bulkStart)
	start.keepTyped = true
	return []route{
		get(at, staffOnly, s.bulkList), post(at, staffOnly, s.bulkChoose),
		get(at+"/:bulk", staffOnly, s.bulkShow), start,
		post(at+"/:bulk/cancel", staffOnly, s.bulkTurn("notice.bulk.cancelled", s.Clerk.CancelBulk)),
		post(at+"/:bulk/resume", staffOnly, s.bulkTurn("notice.bulk.resumed", s.Clerk.ResumeBulk)),
		post(at+"/:bulk/undo", staffOnly, s.bulkUndo),
	}
}

// inboxBar is the bar above a list: what to do with several of its cases.
func inboxBar(base, query string, rows []clerk.Row) page.BulkBar {
	b := page.BulkBar{URL: base, Query: query}
	for _, row := range rows {
		b.IDs = append(b.IDs, row.Case.ID)
	}
	return b
}

// bulkChoose remembers the cases that were ticked, all of the page, or all that the filter of the address finds.
func (s *Server) bulkChoose(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	base := "/desk/" + t.Slug
	r.back = base + r.inboxQuery()
	var id string
	switch r.value("_action") {
	case "all":
		var f civic.InboxFilter
		if f, err = s.Clerk.FilterOf(r.ctx, r.actor, t.ID, r.inboxAsk()); err == nil {
			id, err = s.Clerk.ChooseAll(r.ctx, r.actor, t.ID, f)
		}
	case "page":
		id, err = s.Clerk.Choose(r.ctx, r.actor, t.ID, r.values["page"])
	default:
		id, err = s.Clerk.Choose(r.ctx, r.actor, t.ID, r.values["case"])
	}
	var e *civic.Error
	if asError(err, &e) && e.Code == civic.Invalid && s.bulkNotice(r, e) {
		return r.seeOther(r.back)
	}
	if err != nil {
		return err
	}
	return r.seeOther(base + "/bulk/" + id)
}

// bulkNotice leaves a message for the next page, when its words need nothing filled in.
func (s *Server) bulkNotice(r *request, e *civic.Error) bool {
	if len(e.Args) > 0 || e.Key != "error.bulk.none" {
		return false
	}
	r.notice("warning", "notice.bulk.none")
	return true
}

func (s *Server) bulkList(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	list, people, next, err := s.Clerk.Bulks(r.ctx, r.actor, t.ID, r.Query("before"))
	if err != nil {
		return err
	}
	base := "/desk/" + t.Slug
	p := page.Bulks{InboxURL: base, ExportsURL: base + "/exports"}
	for _, b := range list {
		p.Rows = append(p.Rows, page.BulkRow{URL: base + "/bulk/" + b.ID, Step: r.T("bulk.step." + string(b.Kind)), When: r.l.DateTime(b.Started), Who: r.byWhom(people, b.Actor), State: b.State()})
	}
	if next != "" {
		p.NextURL = base + "/bulk?before=" + next
	}
	return r.render(fiber.StatusOK, page.BulksPage(s.bulkShell(r, r.T("bulk.list"), t), p))
}

func (s *Server) bulkShell(r *request, title string, t civic.Tenant) page.Shell {
	shell := s.deskShell(r, title, t)
	shell.Wide = false
	shell.Crumbs = []page.Crumb{{Text: r.T("desk.inbox"), URL: "/desk/" + t.Slug}, {Text: r.T("bulk.list"), URL: "/desk/" + t.Slug + "/bulk"}}
	return shell
}

// byWhom names a colleague for a list.
func (r *request) byWhom(people []civic.Colleague, id string) string {
	switch i := slices.IndexFunc(people, func(c civic.Colleague) bool { return c.ID == id }); {
	case id == r.actor.Staff.ID:
		return r.T("desk.me")
	case id == "citizen":
		return r.T("desk.citizen")
	case id == "system":
		return r.T("desk.system")
	case i >= 0:
		return people[i].Name
	}
	return r.T("desk.colleague")
}

func (s *Server) bulkShow(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	after, _ := strconv.ParseInt(r.Query("after"), 10, 64) // what is no number is the beginning
	v, err := s.Clerk.Bulk(r.ctx, r.actor, t.ID, r.Params("bulk"), after)
	if err != nil {
		return err
	}
	o := clerk.Order{Kind: civic.BulkKind(r.Query("step")), Outcome: civic.Outcome(r.Query("outcome"))}
	for _, tpl := range v.Templates {
		if tpl.ID == r.Query("template") && o.Kind == civic.BulkDecide {
			o.Letter, o.Outcome = tpl.Body, civic.Outcome(or(string(tpl.Outcome), string(o.Outcome)))
		} else if tpl.ID == r.Query("template") {
			o.Text = tpl.Body
		}
	}
	return s.drawBulk(r, fiber.StatusOK, v, o, "", nil)
}

// drawBulk draws a bulk; of one that is chosen, the form of a step with what was typed, and what is wrong with it.
func (s *Server) drawBulk(r *request, status int, v *clerk.BulkView, o clerk.Order, preview string, wrong *civic.Error) error {
	t, b := v.Tenant, v.Bulk
	base := "/desk/" + t.Slug
	p := page.Bulk{URL: base + "/bulk/" + b.ID, InboxURL: base, Bulk: b, ExportURL: base + "/export?selection=" + b.ID, Own: b.Actor == r.actor.Staff.ID}
	shell := s.bulkShell(r, r.l.Plural("bulk.title", b.Counts.Total()), t)
	if b.State() == "chosen" {
		for _, i := range v.First {
			p.Sample = append(p.Sample, page.BulkCase{Number: i.FileNumber, URL: base + "/" + i.Case})
		}
		p.More = b.Counts.Total() - len(v.First)
		s.bulkForm(r, &p, v, o, wrong)
		p.Preview, shell.Errors = preview, wrong != nil
		return r.render(status, page.BulkPage(shell, p))
	}
	p.Title = r.T("bulk.step." + string(b.Kind))
	p.Started, p.Who, p.Undoable = r.l.DateTime(b.Started), r.byWhom(v.People, b.Actor), v.Undoable
	if b.Undoes != "" {
		p.UndoesURL, p.UndoesText = base+"/bulk/"+b.Undoes, r.T("bulk.step."+string(v.Order.Kind))
	}
	if b.Undone != "" {
		p.UndoneURL = base + "/bulk/" + b.Undone
	}
	for _, i := range v.Failed {
		f := page.BulkFailure{BulkCase: page.BulkCase{Number: i.FileNumber}, State: i.CaseState, Why: r.bulkWhy(v.People, i)}
		if i.FileNumber != "" {
			f.URL = base + "/" + i.Case
		}
		p.Failed = append(p.Failed, f)
	}
	if v.More > 0 {
		p.MoreURL = p.URL + "?after=" + strconv.FormatInt(v.More, 10)
	}
	if shell.Title = p.Title; b.State() == "running" {
		shell.Refresh = 3
	}
	return r.render(status, page.BulkPage(shell, p))
}

// bulkWhy words why a step was not possible with a case: who did what meanwhile, where that is the reason.
func (r *request) bulkWhy(people []civic.Colleague, i civic.BulkItem) string {
	if kind := i.Args["event"]; kind != "" {
		at, _ := strconv.ParseInt(i.Args["at"], 10, 64) // we have written it
		what := kind
		if r.l.Has("desk.event." + kind) {
			what = r.T("desk.event." + kind)
		}
		return r.T("bulk.fail.meanwhile", "what", what, "who", r.byWhom(people, i.Args["who"]), "at", r.l.DateTime(time.UnixMicro(at)))
	}
	if !r.l.Has(i.Error) {
		return r.T("error.bulk.inside")
	}
	var args []any
	for k, v := range i.Args {
		args = append(args, k, v)
	}
	return r.T(i.Error, args...)
}

// bulkForm is the form of a step.
func (s *Server) bulkForm(r *request, p *page.Bulk, v *clerk.BulkView, o clerk.Order, wrong *civic.Error) {
	steps := []civic.BulkKind{civic.BulkAssign, civic.BulkMessage, civic.BulkDecide, civic.BulkClose}
	if len(v.Labels) > 0 {
		steps = append(steps, civic.BulkLabel, civic.BulkUnlabel)
	}
	if len(v.Groups) > 0 {
		steps = append(steps, civic.BulkGroup)
	}
	for _, k := range steps {
		p.Steps = append(p.Steps, page.BulkStep{Kind: k, URL: p.URL + "?step=" + string(k)})
	}
	if !slices.Contains(steps, o.Kind) {
		return
	}
	p.Step = o.Kind
	kind := map[civic.BulkKind]civic.TemplateKind{civic.BulkMessage: civic.TemplateMessage, civic.BulkDecide: civic.TemplateLetter}[o.Kind]
	for _, tpl := range v.Templates {
		if kind != "" && tpl.Fits(kind, serviceOf(v.First), "") {
			p.Templates = append(p.Templates, page.BulkCase{Number: tpl.Title, URL: p.URL + "?step=" + string(o.Kind) + "&template=" + tpl.ID})
		}
	}
	bad := func(field string) string {
		if wrong != nil && (wrong.Field == field || wrong.Field == "" && field == "kind") {
			return r.words(wrong)
		}
		return ""
	}
	choice := func(name, label, chosen string, options []string) page.Input {
		return page.Input{Kind: "select", Name: name, Label: label, Options: page.Options(chosen, options...), Required: true, Error: bad(name)}
	}
	switch o.Kind {
	case civic.BulkAssign:
		people := []string{r.actor.Staff.ID, r.T("desk.me")}
		if v.Lead {
			for _, c := range v.People[1:] {
				people = append(people, c.ID, r.colleague(c))
			}
		}
		p.Inputs = []page.Input{choice("assignee", r.T("bulk.assign.to"), o.Assignee, people)}
	case civic.BulkLabel, civic.BulkUnlabel:
		p.Inputs = []page.Input{choice("label", r.T("bulk.label.which"), o.Label, named(v.Labels))}
	case civic.BulkGroup:
		p.Inputs = []page.Input{choice("group", r.T("bulk.group.which"), o.Group, append([]string{"", r.T("bulk.group.none")}, named(v.Groups)...))}
	case civic.BulkMessage:
		p.Inputs = []page.Input{{Kind: "textarea", Name: "text", Label: r.T("bulk.message.text"), Hint: r.T("bulk.message.hint"), Value: o.Text, Rows: 8, Required: true, MaxLength: 20000, Error: bad("text")}}
	case civic.BulkDecide:
		var outcomes []string
		for _, x := range clerk.Outcomes {
			outcomes = append(outcomes, string(x), r.T("outcome."+string(x)))
		}
		p.Text, p.Letter, p.NeedPreview = r.T("bulk.decide.text"), true, true
		p.Inputs = []page.Input{{Kind: "radio", Name: "outcome", Label: r.T("bulk.decide.outcome"), Options: page.Options(string(o.Outcome), outcomes...), Required: true, Error: bad("outcome")},
			{Kind: "textarea", Name: "letter", Label: r.T("bulk.decide.letter"), Hint: r.T("bulk.message.hint"), Value: o.Letter, Rows: 16, Required: true, Error: bad("letter")}}
	case civic.BulkClose:
		p.Text = r.T("bulk.close.text")
	}
}

// serviceOf is the service of the first chosen cases, "" when they are of several: then only texts for all services fit.
func serviceOf(first []civic.BulkItem) string {
	for _, i := range first {
		if i.Service != first[0].Service {
			return ""
		}
	}
	if len(first) == 0 {
		return ""
	}
	return first[0].Service
}

func named(list []clerk.Named) (out []string) {
	for _, n := range list {
		out = append(out, n.ID, n.Name)
	}
	return out
}

// bulkStart shows how a text will look, and begins the step once that is wanted.
func (s *Server) bulkStart(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	id := r.Params("bulk")
	r.back = "/desk/" + t.Slug + "/bulk/" + id
	o := clerk.Order{Kind: civic.BulkKind(r.value("kind")), Assignee: r.value("assignee"), Label: r.value("label"), Group: r.value("group"), Text: r.value("text"),
		Outcome: civic.Outcome(r.value("outcome")), Letter: r.value("letter")}
	preview := ""
	switch {
	case r.csrfBad:
		err = civic.Errorf(civic.Invalid, "error.csrf").At(map[civic.BulkKind]string{civic.BulkMessage: "text", civic.BulkDecide: "letter"}[o.Kind])
	case r.value("_action") == "preview":
		preview, err = s.Clerk.BulkPreview(r.ctx, r.actor, t.ID, id, o)
	default:
		if err = s.Clerk.StartBulk(r.ctx, r.actor, t.ID, id, o); err == nil {
			r.notice("success", "notice.bulk.started")
			return r.seeOther(r.back)
		}
	}
	var wrong *civic.Error
	if err != nil && (!asError(err, &wrong) || wrong.Field == "") {
		return err
	}
	v, err := s.Clerk.Bulk(r.ctx, r.actor, t.ID, id, 0)
	if err != nil {
		return err
	}
	status := fiber.StatusOK
	if wrong != nil {
		status = fiber.StatusUnprocessableEntity
	}
	return s.drawBulk(r, status, v, o, preview, wrong)
}

// bulkTurn is the handler of a turn that needs nothing typed.
func (s *Server) bulkTurn(done string, turn func(ctx context.Context, who civic.Actor, tenant, id string) error) handler {
	return func(r *request) error {
		t, err := r.office()
		if err != nil {
			return err
		}
		r.back = "/desk/" + t.Slug + "/bulk/" + r.Params("bulk")
		if err := turn(r.ctx, r.actor, t.ID, r.Params("bulk")); err != nil {
			return err
		}
		r.notice("success", done)
		return r.seeOther(r.back)
	}
}

func (s *Server) bulkUndo(r *request) error {
	t, err := r.office()
	if err != nil {
		return err
	}
	r.back = "/desk/" + t.Slug + "/bulk/" + r.Params("bulk")
	id, err := s.Clerk.UndoBulk(r.ctx, r.actor, t.ID, r.Params("bulk"))
	if err != nil {
		return err
	}
	r.notice("success", "notice.bulk.undone")
	return r.seeOther("/desk/" + t.Slug + "/bulk/" + id)
}
