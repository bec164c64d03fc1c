package web

import (
	"fmt"
	"slices"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/admin"
	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/web/page"
)

// ruleWhen words the conditions of a rule.
func (r *request) ruleWhen(c *admin.Crew, rule civic.Rule) []string {
	svc, ok := c.Service(rule.Service)
	if !ok {
		return []string{r.T("team.rule.any")}
	}
	out := []string{r.T("team.rule.service", "service", svc.Name.In(r.l.Tag))}
	var questions []formdef.Question
	if len(rule.Conditions) > 0 {
		questions = svc.Form.Questions(r.l.Tag)
	}
	for _, x := range rule.Conditions {
		name := x.Pointer
		if i := slices.IndexFunc(questions, func(q formdef.Question) bool { return q.Pointer == x.Pointer }); i >= 0 {
			name = questions[i].Label
		}
		key := "team.when." + x.Test
		switch {
		case x.Test == civic.TestBetween && x.From == "":
			key += ".to"
		case x.Test == civic.TestBetween && x.To == "":
			key += ".from"
		}
		out = append(out, r.T(key, "question", name, "value", x.Value, "from", x.From, "to", x.To))
	}
	return out
}

// ruleThen words what a rule decides.
func (r *request) ruleThen(c *admin.Crew, rule civic.Rule) string {
	g, _ := c.Team.Group(rule.Group)
	person := or(c.Person(rule.Assignee), r.T("team.gone"))
	switch {
	case rule.InTurn:
		return r.T("team.then.turn", "group", g.Name)
	case rule.Assignee != "" && rule.Group != "":
		return r.T("team.then.both", "group", g.Name, "name", person)
	case rule.Assignee != "":
		return person
	}
	return r.T("team.then.group", "group", g.Name)
}

func (r *request) serviceChoice(c *admin.Crew, first, chosen string) page.Input {
	var options []string
	if first != "" {
		options = []string{"", first}
	}
	for _, svc := range c.Services {
		options = append(options, svc.Slug, svc.Name.In(r.l.Tag))
	}
	return page.Input{Kind: formdef.WidgetSelect, Name: "service", Label: r.T("team.rule.for"), Options: page.Options(chosen, options...), Required: true}
}

func (s *Server) adminRules(r *request) error { return s.drawRules(r, fiber.StatusOK, nil) }

func (s *Server) drawRules(r *request, status int, wrong error) error {
	c, base, err := r.crew()
	if err != nil {
		return err
	}
	p := page.AdminRules{Base: base + "/rules", Tabs: r.teamTabs(base, "rules"), Revision: c.Team.Revision, Service: r.serviceChoice(c, r.T("team.rule.any"), ""),
		Problem: r.placed(wrong)}
	for i, rule := range c.Team.Rules {
		p.Rows = append(p.Rows, page.AdminRuleRow{ID: rule.ID, URL: base + "/rules/" + rule.ID, When: r.ruleWhen(c, rule), Then: r.ruleThen(c, rule),
			First: i == 0, Last: i == len(c.Team.Rules)-1})
	}
	shell := s.teamShell(r, r.T("team.rules"), c)
	shell.Path, shell.Errors = p.Base, wrong != nil
	return r.render(status, page.AdminRulesPage(shell, p))
}

// adminRuleMove puts a rule earlier or later, or takes it away.
func (s *Server) adminRuleMove(r *request) error {
	c, base, err := r.crew()
	if err != nil {
		return err
	}
	if r.value("_action") == "delete" {
		err = s.Admin.DeleteRule(r.ctx, r.actor, c.Tenant.ID, r.revision(), r.value("id"))
	} else {
		err = s.Admin.MoveRule(r.ctx, r.actor, c.Tenant.ID, r.revision(), r.value("id"), r.value("_action") == "up")
	}
	return r.teamDone(base+"/rules", err, func(status int, wrong error) error { return s.drawRules(r, status, wrong) })
}

func (s *Server) adminRule(r *request) error {
	c, base, err := r.crew()
	if err != nil {
		return err
	}
	rule := civic.Rule{Service: r.Query("service")}
	if id := r.Params("rule"); id != "new" {
		i := slices.IndexFunc(c.Team.Rules, func(x civic.Rule) bool { return x.ID == id })
		if i < 0 {
			return civic.Errorf(civic.NotFound, "error.not_found")
		}
		rule = c.Team.Rules[i]
	}
	return s.drawRule(r, fiber.StatusOK, c, base, rule, c.Team.Revision, nil)
}

func (s *Server) drawRule(r *request, status int, c *admin.Crew, base string, rule civic.Rule, revision int64, wrong error) error {
	at := base + "/rules/" + r.Params("rule")
	p := page.AdminRule{Title: r.T("team.rule.new"), Action: at, Back: base + "/rules", Revision: revision, Slug: rule.Service, Service: r.T("team.rule.any")}
	if rule.ID != "" {
		p.Title = r.T("team.rule.edit")
	}
	var inputs []*page.Input
	if svc, ok := c.Service(rule.Service); ok {
		p.Service = svc.Name.In(r.l.Tag)
		p.Conditions = make([]page.AdminCondition, admin.MaxConditions)
		questions := []string{"", r.T("team.condition.none")}
		for _, q := range svc.Form.Questions(r.l.Tag) {
			questions = append(questions, q.Pointer, q.Page+": "+q.Label)
		}
		for i := range p.Conditions {
			var x civic.Condition
			if i < len(rule.Conditions) {
				x = rule.Conditions[i]
			}
			p.Conditions[i] = r.condition(i, x, questions)
			y := &p.Conditions[i]
			inputs = append(inputs, &y.Question, &y.Test, &y.Value, &y.From, &y.To)
		}
	}
	p.Group = page.Input{Kind: formdef.WidgetSelect, Name: "group", Label: r.T("team.rule.group"), NoMark: true,
		Options: append([]page.Option{{Label: r.T("team.rule.nogroup"), Selected: rule.Group == ""}}, groupOptions(c, []string{rule.Group})...)}
	p.InTurn = page.Input{Kind: formdef.WidgetCheckboxes, Name: "turn", Label: r.T("team.rule.turn"), NoMark: true, HideLabel: true,
		Options: []page.Option{{Value: "yes", Label: r.T("team.rule.turn"), Hint: r.T("team.rule.turn.hint"), Selected: rule.InTurn}}}
	p.Assignee = page.Input{Kind: formdef.WidgetSelect, Name: "assignee", Label: r.T("team.rule.assignee"), Hint: r.T("team.rule.assignee.hint"), NoMark: true,
		Options: append([]page.Option{{Label: r.T("desk.nobody"), Selected: rule.Assignee == ""}}, r.people(c, []string{rule.Assignee})...)}
	p.Problem = r.placed(wrong, append(inputs, &p.Group, &p.InTurn, &p.Assignee)...)
	shell := s.teamShell(r, p.Title, c, page.Crumb{Text: r.T("team.rules"), URL: p.Back})
	shell.Path, shell.Errors = at, wrong != nil
	return r.render(status, page.AdminRulePage(shell, p))
}

// condition is the part of a rule's form for its nth condition.
func (r *request) condition(n int, x civic.Condition, questions []string) page.AdminCondition {
	name := func(s string) string { return fmt.Sprint(s, n) }
	var tests []string
	for _, t := range admin.Tests {
		tests = append(tests, t, r.T("team.test."+t))
	}
	return page.AdminCondition{
		Question: page.Input{Kind: formdef.WidgetSelect, Name: name("pointer"), Label: r.T("team.condition.question"), Options: page.Options(x.Pointer, questions...), NoMark: true},
		Test:     page.Input{Kind: formdef.WidgetSelect, Name: name("test"), Label: r.T("team.condition.test"), Options: page.Options(or(x.Test, admin.Tests[0]), tests...), NoMark: true},
		Value:    page.Input{Name: name("value"), Label: r.T("team.condition.value"), Hint: r.T("team.condition.value.hint"), Value: x.Value, NoMark: true, MaxLength: 500, Autocomplete: "off"},
		From:     page.Input{Name: name("from"), Label: r.T("team.condition.from"), Hint: r.T("team.condition.from.hint"), Value: x.From, NoMark: true, Width: 10, Autocomplete: "off"},
		To:       page.Input{Name: name("to"), Label: r.T("team.condition.to"), Value: x.To, NoMark: true, Width: 10, Autocomplete: "off"},
	}
}

func (s *Server) adminRuleSave(r *request) error {
	c, base, err := r.crew()
	if err != nil {
		return err
	}
	rule := civic.Rule{Service: r.value("service"), Group: r.value("group"), Assignee: r.value("assignee"), InTurn: r.value("turn") == "yes"}
	if id := r.Params("rule"); id != "new" {
		rule.ID = id
	}
	for n := range admin.MaxConditions {
		v := func(name string) string { return r.value(fmt.Sprint(name, n)) }
		if v("pointer") == "" {
			continue
		}
		x := civic.Condition{Pointer: v("pointer"), Test: v("test"), Value: v("value"), From: v("from"), To: v("to")}
		if x.Test == civic.TestIs {
			x.From, x.To = "", ""
		} else {
			x.Value = ""
		}
		rule.Conditions = append(rule.Conditions, x)
	}
	if !r.csrfBad {
		err = s.Admin.SaveRule(r.ctx, r.actor, c.Tenant.ID, r.revision(), rule)
	}
	return r.teamDone(base+"/rules", err, func(status int, wrong error) error {
		return s.drawRule(r, status, c, base, rule, c.Team.Revision, wrong)
	})
}

// adminRuleTest says which rule would catch a case. What is typed stands in no address: it is posted.
func (s *Server) adminRuleTest(r *request) error {
	c, base, err := r.crew()
	if err != nil {
		return err
	}
	service := r.value("service")
	p := page.AdminRuleTest{Action: base + "/rules/test", Back: base + "/rules", Tabs: r.teamTabs(base, "rules/test"),
		Service: r.serviceChoice(c, "", service)}
	svc, chosen := c.Service(service)
	if chosen {
		p.Tried, p.Result = true, r.T("team.test.none")
		typed := map[string]string{}
		for _, q := range svc.Form.Questions(r.l.Tag) {
			if !asksFor(c.Team.Rules, service, q.Pointer) {
				continue
			}
			name := "a" + q.Pointer
			in := page.Input{Name: name, Label: q.Label, Value: r.value(name), NoMark: true, Autocomplete: "off"}
			if len(q.Choices) > 0 {
				in.Kind, in.Options = formdef.WidgetSelect, []page.Option{{Label: r.T("answer.unanswered"), Selected: in.Value == ""}}
				for _, ch := range q.Choices {
					in.Options = append(in.Options, page.Option{Value: ch.Value, Label: ch.Label, Selected: ch.Value == in.Value})
				}
			}
			typed[q.Pointer] = in.Value
			p.Answers = append(p.Answers, in)
		}
		decided := false
		for i, rule := range c.Team.Rules {
			holds := rule.Holds(service, func(pointer string) []string { return []string{typed[pointer]} })
			p.Rows = append(p.Rows, page.AdminTriedRule{Number: i + 1, When: r.ruleWhen(c, rule), Then: r.ruleThen(c, rule), Holds: holds, Decides: holds && !decided})
			if holds && !decided {
				decided, p.Result = true, r.ruleThen(c, rule)
			}
		}
	}
	shell := s.teamShell(r, r.T("team.test"), c)
	shell.Path = p.Action
	return r.render(fiber.StatusOK, page.AdminRuleTestPage(shell, p))
}

// asksFor tells whether a rule for the service looks at the question.
func asksFor(rules []civic.Rule, service, pointer string) bool {
	return slices.ContainsFunc(rules, func(x civic.Rule) bool {
		return x.Service == service && slices.ContainsFunc(x.Conditions, func(y civic.Condition) bool { return y.Pointer == pointer })
	})
}
