package web

import (
	"slices"
	"strings"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/formdef"
	"antragswerk/internal/web/page"
)

// filterWords is what naming a filter's values needs.
type filterWords struct {
	labels   []civic.Label
	services []clerk.ServiceName
	people   []civic.Colleague
	fields   []clerk.Field
	groups   []civic.Group
}

// inboxChips say in words what is filtered, each with the address that lacks it.
func (r *request) inboxChips(base string, in *clerk.Inbox) []page.Chip {
	q := filterQuery(in.View.Filter, in.View)
	return r.chips(in.View.Filter, filterWords{in.Labels, in.Services, in.People, in.Fields, in.Scope.Team.Groups}, func(name, value string) string {
		return base + without(q, name, value)
	})
}

// chips words a filter; off is the address without one value, and nil leaves the links out.
func (r *request) chips(f civic.ViewFilter, w filterWords, off func(name, value string) string) (out []page.Chip) {
	add := func(name, value, text string) {
		c := page.Chip{Text: text}
		if off != nil {
			c.URL = off(name, value)
		}
		out = append(out, c)
	}
	if f.Search != "" {
		add("q", "", r.T("desk.chip.search", "words", f.Search))
	}
	for _, s := range f.States {
		add("state", s, r.stateWord(s))
	}
	for _, slug := range f.Services {
		add("service", slug, serviceWord(w.services, slug, r.l.Tag))
	}
	for _, id := range f.Assignees {
		add("assignee", id, r.T("desk.chip.assignee", "name", r.personWord(w.people, id)))
	}
	for _, id := range f.Groups {
		if id == civic.Nobody {
			add("group", id, r.T("desk.chip.group.none"))
			continue
		}
		add("group", id, r.T("desk.chip.group", "name", r.groupWord(w.groups, id)))
	}
	for _, id := range f.Labels {
		if id == civic.Nobody {
			add("label", id, r.T("desk.chip.label.none"))
			continue
		}
		add("label", id, r.T("desk.chip.label", "name", labelWord(w.labels, id, r.T("desk.label.gone"))))
	}
	if f.AnyLabel && len(f.Labels) > 1 {
		add("labels", "", r.T("desk.chip.label.any"))
	}
	for _, s := range []struct {
		name, from, to string
		civic.DaySpan
	}{{"due", "due_from", "due_to", f.Due}, {"received", "from", "to", f.Received}, {"changed", "changed_from", "changed_to", f.Changed}} {
		if s.Word != "" && r.l.Has("desk.span."+s.Word) {
			add(s.name, s.Word, r.T("desk.chip."+s.name, "span", r.T("desk.span."+s.Word)))
		}
		if s.From != "" {
			add(s.from, "", r.T("desk.chip."+s.name, "span", r.T("desk.chip.from", "date", r.dayWord(s.From))))
		}
		if s.To != "" {
			add(s.to, "", r.T("desk.chip."+s.name, "span", r.T("desk.chip.to", "date", r.dayWord(s.To))))
		}
	}
	for _, word := range onlyOf(f) {
		add("only", word, r.T("desk.filter."+word))
	}
	for _, t := range f.Fields {
		label, text := lastStep(t.Pointer), t.Text
		if i := slices.IndexFunc(w.fields, func(x clerk.Field) bool { return x.Pointer == t.Pointer }); i >= 0 {
			label = w.fields[i].Label
			for _, c := range w.fields[i].Choices {
				if c.Value == text {
					text = c.Label
				}
			}
		}
		add(fieldInput+t.Pointer, "", label+": "+text)
	}
	return out
}

func (r *request) stateWord(s string) string {
	if s == civic.OpenStates {
		return r.T("desk.view.open")
	}
	if !slices.Contains(civic.CaseStates, civic.CaseState(s)) {
		return s
	}
	return r.T("case.state." + s)
}

func serviceWord(list []clerk.ServiceName, slug, lang string) string {
	for _, s := range list {
		if s.Slug == slug {
			return civic.Text(s.Name).In(lang)
		}
	}
	return slug
}

func (r *request) personWord(list []civic.Colleague, id string) string {
	switch id {
	case civic.Me:
		return r.T("desk.me")
	case civic.Nobody:
		return r.T("desk.nobody")
	}
	for _, c := range list {
		if c.ID == id {
			return r.colleague(c)
		}
	}
	return r.T("desk.colleague")
}

// groupWord names a group, "" for none at all.
func (r *request) groupWord(list []civic.Group, id string) string {
	for _, g := range list {
		if g.ID == id {
			return g.Name
		}
	}
	if id == "" {
		return ""
	}
	return r.T("desk.group.gone")
}

func labelWord(list []civic.Label, id, gone string) string {
	for _, l := range list {
		if l.ID == id {
			return l.Name
		}
	}
	return gone
}

// dayWord writes a day of an address as people do; what is none stays as it was typed.
func (r *request) dayWord(day string) string {
	if t, err := time.ParseInLocation(time.DateOnly, day, berlin()); err == nil {
		return r.l.DateShort(t)
	}
	return day
}

// inboxFilters are the inputs that the filter is set with, each with what is wrong at it.
func (r *request) inboxFilters(in *clerk.Inbox, p *page.Inbox) {
	f := in.View.Filter
	wrong := map[string]string{}
	for _, e := range in.Wrong {
		if e.Field == "view" {
			r.warnText(r.words(e))
			continue
		}
		if wrong[e.Field] == "" {
			wrong[e.Field] = r.words(e)
		}
	}
	p.Search = page.Input{Name: "q", Label: r.T("desk.search"), Value: f.Search, Type: "search", NoMark: true, Autocomplete: "off", Error: wrong["q"]}
	checks := func(name string, chosen []string, options ...string) page.Input {
		x := page.Input{Kind: formdef.WidgetCheckboxes, Name: name, Label: r.T("desk.filter." + name), NoMark: true, Error: wrong[name]}
		for i := 0; i+1 < len(options); i += 2 {
			x.Options = append(x.Options, page.Option{Value: options[i], Label: options[i+1], Selected: slices.Contains(chosen, options[i])})
		}
		return x
	}
	states := []string{civic.OpenStates, r.T("desk.filter.open")}
	for _, s := range civic.CaseStates {
		states = append(states, string(s), r.T("case.state."+string(s)))
	}
	var services []string
	labels := []string{civic.Nobody, r.T("desk.label.none")}
	for _, n := range in.Services {
		services = append(services, n.Slug, civic.Text(n.Name).In(r.l.Tag))
	}
	people := []string{civic.Me, r.T("desk.me"), civic.Nobody, r.T("desk.nobody")}
	for _, c := range in.People[1:] {
		people = append(people, c.ID, r.colleague(c))
	}
	for _, l := range in.Labels {
		labels = append(labels, l.ID, l.Name)
	}
	p.Lists = []page.Input{checks("state", f.States, states...), checks("service", f.Services, services...), checks("assignee", f.Assignees, people...)}
	groups := []string{civic.Nobody, r.T("desk.group.none")}
	for _, g := range in.Scope.Team.Groups {
		groups = append(groups, g.ID, g.Name)
	}
	if len(groups) > 2 {
		p.Lists = append(p.Lists, checks("group", f.Groups, groups...))
	}
	if len(labels) > 2 {
		mode := map[bool]string{true: oneLabel}[f.AnyLabel]
		p.Lists = append(p.Lists, checks("label", f.Labels, labels...), page.Input{Kind: formdef.WidgetSelect, Name: "labels", Label: r.T("desk.filter.labels"), NoMark: true,
			Options: page.Options(mode, "", r.T("desk.filter.labels.all"), oneLabel, r.T("desk.filter.labels.any"))})
	}
	day := func(name, value string) page.Input {
		return page.Input{Kind: formdef.WidgetDateNative, Name: name, Label: r.T("desk.filter." + name), Value: value, NoMark: true, Error: wrong[name]}
	}
	span := func(name, from, to string, s civic.DaySpan, words ...string) page.InboxSpan {
		options := []string{anySpan, r.T("desk.span.any")}
		for _, w := range words {
			options = append(options, w, r.T("desk.span."+w))
		}
		word := s.Word
		if word == "" {
			word = anySpan
		}
		return page.InboxSpan{Word: page.Input{Kind: formdef.WidgetSelect, Name: name, Label: r.T("desk.filter." + name), Options: page.Options(word, options...), NoMark: true, Error: wrong[name]},
			From: day(from, s.From), To: day(to, s.To)}
	}
	p.Spans = []page.InboxSpan{span("due", "due_from", "due_to", f.Due, civic.SpanWords...), span("received", "from", "to", f.Received, civic.SpanWords[1:]...),
		span("changed", "changed_from", "changed_to", f.Changed, civic.SpanWords[1:]...)}
	p.Only = checks("only", onlyOf(f), "unread", r.T("desk.filter.unread"), "proposed", r.T("desk.filter.proposed"), "escalated", r.T("desk.filter.escalated"))
	p.Fields = r.fieldInputs(in.Fields, f.Fields, wrong)
	var sorts []string
	for _, o := range inboxSorts {
		sorts = append(sorts, o.name, r.T("desk.sort."+o.name))
	}
	p.Sort = page.Input{Kind: formdef.WidgetSelect, Name: "sort", Label: r.T("desk.filter.sort"), Options: page.Options(sortName(in.View.Sort, in.View.Ascending), sorts...), NoMark: true}
}

// fieldInputs ask for the whole values of indexed answers.
func (r *request) fieldInputs(fields []clerk.Field, tests []civic.FieldTest, wrong map[string]string) (out []page.Input) {
	for _, x := range fields {
		in := page.Input{Name: fieldInput + x.Pointer, Label: x.Label, NoMark: true, Autocomplete: "off", Error: wrong[fieldInput+x.Pointer]}
		for _, t := range tests {
			if t.Pointer == x.Pointer {
				in.Value = t.Text
			}
		}
		for _, c := range x.Choices {
			if c.Label != "" && len(x.Choices) <= 60 {
				in.Kind = formdef.WidgetSelect
				in.Options = append(in.Options, page.Option{Value: c.Value, Label: c.Label, Selected: strings.EqualFold(c.Value, in.Value)})
			}
		}
		out = append(out, in)
	}
	return out
}
