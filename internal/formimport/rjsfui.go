package formimport

import (
	"slices"
	"strings"
)

// spot is a place in the form: where its answers lie, and how its texts are called.
type spot struct {
	path     []string // in its frame
	key      string   // i18n prefix, the data path without indices
	readonly bool     // something around it is read only
	inRef    bool     // below a $ref, where a change would show in other places too
	optional bool     // something around it need not be there
}

// in is the place of a property.
func (at spot) in(name string) spot {
	at.path = append(slices.Clone(at.path), name)
	at.key = strings.TrimPrefix(at.key+"."+name, ".")
	return at
}

// pages writes ui.json: objects and lists of objects at the top level are pages.
func (c *rjsf) pages(u *object) *object {
	var list []section
	c.optionsOf(u, c.root, spot{}, nil)
	at := spot{readonly: isReadonly(u)}
	if root := c.follow(c.root); keyed(root) || c.undecided(root) {
		why := whyKeyed
		if !keyed(root) {
			why = whyUndecided
		}
		elements := c.whole(prop{s: c.root}, u, spot{key: "the form"}, nil, why)
		ui, pages := categorize([]section{{elements: elements}})
		c.report.Counts.Pages = pages
		return ui
	}
	for _, p := range c.sorted(c.props(c.root, nil), u, "") {
		s := c.follow(p.s)
		here := at.in(p.name)
		here.inRef = p.s.has("$ref")
		elements := c.element(p, u.sub(p.name), here)
		group := c.isObject(s) && !isChoice(s) || c.isRows(s)
		if len(elements) == 0 {
			continue
		}
		sec := section{title: c.titleOf(p, u.sub(p.name)), group: group, elements: elements}
		if one, ok := elements[0].(*object); ok && group && one.str("type") == "Group" && len(elements) == 1 {
			sec.elements, sec.rule = one.list("elements"), one.sub("rule")
		}
		list = append(list, sec)
	}
	if d := oneLine(text2(uiOptions(u).get("description"), c.root.get("description"))); d != "" && len(list) > 0 {
		list[0].elements = append([]any{obj("type", "Label", "text", d, "i18n", "hinweis.formular")}, list[0].elements...)
	}
	for _, name := range u.members() {
		if u.sub(name) != nil && !strings.HasPrefix(name, "ui:") && !c.known[name] {
			c.report.lose("uiSchema "+name, "there is no such property")
		}
	}
	ui, pages := categorize(list)
	c.report.Counts.Pages = pages
	return ui
}

// text2 is the first that is a text.
func text2(list ...any) string {
	for _, v := range list {
		if s, ok := v.(string); ok && s != "" {
			return s
		}
	}
	return ""
}

// isRows tells whether an array is answered by rows of several questions.
func (c *rjsf) isRows(s *object) bool {
	return s.str("type") == "array" && c.isObject(c.follow(s.sub("items"))) && !isChoice(c.follow(s.sub("items")))
}

// sorted applies ui:order; "*" stands for everything that it does not name.
func (c *rjsf) sorted(list []prop, u *object, where string) []prop {
	order, ok := uiOptions(u).get("order").([]any)
	for _, p := range list {
		if where == "" {
			c.known[p.name] = true
		}
	}
	if !ok {
		return list
	}
	var out, rest []prop
	star := -1
	named := map[string]bool{}
	for _, o := range order {
		name, _ := o.(string)
		if name == "*" && star < 0 {
			star = len(out)
		}
		i := slices.IndexFunc(list, func(p prop) bool { return p.name == name })
		if i >= 0 && !named[name] {
			named[name] = true
			out = append(out, list[i])
		}
	}
	for _, p := range list {
		if !named[p.name] {
			rest = append(rest, p)
		}
	}
	if star < 0 {
		star = len(out)
	}
	return slices.Insert(out, star, rest...)
}

// titleOf is what react-jsonschema-form shows: ui:title, the schema's title, or the name.
func (c *rjsf) titleOf(p prop, u *object) string {
	title := oneLine(text2(uiOptions(u).get("title"), c.follow(p.s).get("title")))
	if title == "" {
		return p.name
	}
	return title
}

// element is what a property becomes on the page.
func (c *rjsf) element(p prop, u *object, at spot) []any {
	s := c.follow(p.s)
	if c.fields++; c.fields > maxXDFElements {
		if c.fields == maxXDFElements+1 {
			c.report.lose(at.key, "the form has more than %d questions; the rest is not asked", maxXDFElements)
		}
		return nil
	}
	at.readonly = at.readonly || isReadonly(u)
	var rule any
	if p.cond != nil {
		rule = obj("effect", "SHOW", "condition", p.cond)
	}
	ref := p.s.str("$ref")
	if ref != "" && slices.ContainsFunc(c.around, func(o *object) bool { return o.str("$ref") == ref }) {
		c.report.lose(at.key, "is inside itself (%s); deeper levels are not asked", ref)
		return nil
	}
	c.around = append(c.around, p.s)
	defer func() { c.around = c.around[:len(c.around)-1] }()
	switch {
	case len(c.around) > 30:
		c.report.lose(at.key, "is nested too deep; it is not asked")
		return nil
	case c.widget(u) == "hidden":
		return c.hidden(p, s, at)
	case s.get("type") == "null":
		c.report.lose(at.key, "a value that is always null; it is not asked")
		return nil
	case isChoice(s):
	case c.isObject(s):
		return c.group(p, s, u, at, rule)
	case s.str("type") == "array":
		return c.array(p, s, u, at, rule)
	}
	return c.leaf(p, s, u, at, rule)
}

// hidden is asked nowhere; a fixed value is computed by the server.
func (c *rjsf) hidden(p prop, s *object, at spot) []any {
	v := s.get("const")
	if v == nil {
		v = s.get("default")
	}
	switch v.(type) {
	case nil:
		c.report.lose(at.key, "hidden without a value; no page asks for it")
	case *object, []any:
		c.report.lose(at.key, "hidden; its value is no single one, so that no page asks for it")
	default:
		p.s.set("x-calculate", v)
		if at.inRef {
			c.report.lose(at.key, "hidden below a $ref that other questions may share; no page asks for it")
		}
	}
	return nil
}

// keyed tells whether an object takes answers with names of their own.
func keyed(s *object) bool {
	return s.sub("additionalProperties") != nil || len(s.sub("patternProperties").members()) > 0
}

// undecided tells whether an object has branches with questions that no property tells apart: the form engine then asks
// which one is meant.
func (c *rjsf) undecided(s *object) bool {
	for _, key := range []string{"oneOf", "anyOf"} {
		var list []*object
		asks := false
		for _, e := range s.list(key) {
			if o, ok := e.(*object); ok {
				o = c.follow(o)
				list, asks = append(list, o), asks || len(o.sub("properties").members()) > 0
			}
		}
		if asks && !isChoice(s) && discriminatorOf(list) == "" {
			return true
		}
	}
	return false
}

// The reasons to leave an object to the form engine.
const (
	whyKeyed     = "it takes answers with names of their own, and is laid out as the schema says"
	whyUndecided = "its branches are told apart by no property, so that a question asks which one is meant"
	whyTuple     = "its places are asked as the schema says"
)

// whole is one control for an object or tuple that the form engine lays out by itself.
func (c *rjsf) whole(p prop, u *object, at spot, rule any, why string) []any {
	c.report.Counts.Questions++
	if slices.ContainsFunc(u.members(), func(k string) bool { return !strings.HasPrefix(k, "ui:") }) {
		why += "; what the uiSchema says of its parts is left out"
	}
	c.report.lose(at.key, "%s", why)
	c.optionsOf(u, nil, at, nil)
	return []any{obj("type", "Control", "scope", scopeOf(at.path), "label", c.label(p, u, at), "rule", rule)}
}

func (c *rjsf) group(p prop, s, u *object, at spot, rule any) []any {
	c.report.Counts.Groups++
	switch {
	case keyed(s):
		return c.whole(p, u, at, rule, whyKeyed)
	case c.undecided(s):
		return c.whole(p, u, at, rule, whyUndecided)
	}
	c.optionsOf(u, p.s, at, nil)
	var out []any
	if d := oneLine(text2(uiOptions(u).get("description"), s.get("description"))); d != "" {
		out = append(out, obj("type", "Label", "text", d, "i18n", at.key+".hinweis"))
	}
	out = append(out, c.help(u, at)...)
	asked := 0
	for _, k := range c.sorted(c.props(s, at.path), u, at.key) {
		inner := at.in(k.name)
		inner.inRef, inner.optional = at.inRef || k.s.has("$ref"), at.optional || !p.must
		more := c.element(k, u.sub(k.name), inner)
		out, asked = append(out, more...), asked+len(more)
	}
	if asked == 0 {
		c.report.lose(at.key, "the group asks nothing; it is left out")
		return nil
	}
	return []any{obj("type", "Group", "label", c.titleOf(p, u), "rule", rule, "elements", out)}
}

// help is ui:help of a group.
func (c *rjsf) help(u *object, at spot) []any {
	h, ok := uiOptions(u).get("help").(string)
	if !ok || strings.TrimSpace(h) == "" {
		return nil
	}
	return []any{obj("type", "HelpContent", "label", "Hilfe", "i18n", at.key+".hilfe", "text", escapeMarkdown(paragraphs(h)))}
}

func (c *rjsf) array(p prop, s, u *object, at spot, rule any) []any {
	items := c.follow(s.sub("items"))
	switch {
	case s.has("prefixItems"):
		return c.whole(p, u, at, rule, whyTuple)
	case items == nil:
		c.report.lose(at.key, "a list of anything is not asked; say what its items are")
		return nil
	case isChoice(items):
		if s.get("uniqueItems") != true && !at.inRef {
			p.s.set("uniqueItems", true)
			c.report.chose(at.key, "a list of choices is a group of ticks, so that none comes twice")
		}
		return c.leaf(p, s, u, at, rule)
	case items.str("format") == "file-urn":
		return c.leaf(p, s, u, at, rule)
	}
	c.report.Counts.Lists++
	o := obj()
	c.optionsOf(u, p.s, at, o)
	o.del("readonly")
	inner := spot{key: at.key, readonly: at.readonly, inRef: at.inRef || s.sub("items").has("$ref")}
	ui := u.sub("items")
	if t := oneLine(text2(uiOptions(ui).get("title"), items.get("title"))); t != "" {
		o.set("itemLabel", t)
	}
	if ref := s.sub("items").str("$ref"); ref != "" {
		if slices.ContainsFunc(c.around, func(o *object) bool { return o.str("$ref") == ref }) {
			c.report.lose(at.key, "is inside itself (%s); deeper levels are not asked", ref)
			return nil
		}
		c.around = append(c.around, s.sub("items"))
		defer func() { c.around = c.around[:len(c.around)-1] }()
	}
	var rows []any
	if c.isObject(items) {
		for _, k := range c.sorted(c.props(items, nil), ui, at.key) {
			sub := inner.in(k.name)
			sub.inRef = inner.inRef || k.s.has("$ref")
			rows = append(rows, c.element(k, ui.sub(k.name), sub)...)
		}
		c.optionsOf(ui, nil, inner, nil)
	} else if items.str("type") != "array" {
		rows = c.leaf(prop{name: p.name, s: s.sub("items")}, items, ui, inner, nil)
	}
	if len(rows) > 0 {
		o.set("detail", obj("type", "VerticalLayout", "elements", rows))
	} else if c.isObject(items) {
		c.report.lose(at.key, "the rows of the list ask nothing; it is left out")
		return nil
	}
	out := obj("type", "Control", "scope", scopeOf(at.path), "label", c.label(p, u, at))
	if len(o.keys) > 0 {
		out.set("options", o)
	}
	if rule != nil {
		out.set("rule", rule)
	}
	if at.readonly {
		c.report.lose(at.key, "rows cannot be kept from being added to a list that is read only")
	}
	return []any{out}
}
