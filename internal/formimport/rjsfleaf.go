package formimport

import (
	"fmt"
)

// leaf is one question.
func (c *rjsf) leaf(p prop, s, u *object, at spot, rule any) []any {
	c.report.Counts.Questions++
	o := obj()
	c.optionsOf(u, p.s, at, o)
	if names, ok := uiOptions(u).get("enumNames").([]any); ok {
		c.enumNames(p, s, names, at)
	}
	c.asFile(p, s, u, at)
	if at.readonly || s.get("readOnly") == true {
		c.locked(p, s, at, o)
	}
	if t := s.get("type"); t == nil && !isChoice(s) && (s.has("anyOf") || s.has("oneOf")) {
		c.report.lose(at.key, "a choice between kinds of values is asked as text")
	}
	out := obj("type", "Control", "scope", p.scope(at.path))
	if len(at.path) > 0 {
		if l := c.label(p, u, at); l != nil {
			out.set("label", l)
		}
	}
	if len(o.keys) > 0 {
		out.set("options", o)
	}
	if rule != nil {
		out.set("rule", rule)
	}
	return []any{out}
}

// label is what the control says instead of the schema's title: ui:title, or nothing visible.
func (c *rjsf) label(p prop, u *object, _ spot) any {
	title := oneLine(text2(uiOptions(u).get("title")))
	if uiOptions(u).get("label") == false {
		return obj("text", c.titleOf(p, u), "show", false)
	}
	if title == "" {
		return nil
	}
	return title
}

// enumNames are titles of choices. Below a $ref they go to the texts, because other places share the schema.
func (c *rjsf) enumNames(p prop, s *object, names []any, at spot) {
	if len(s.list("enum")) == 0 && s.sub("items") != nil {
		s = c.follow(s.sub("items"))
		p = prop{name: p.name, s: p.s.sub("items")}
	}
	if p.s != nil && !p.s.has("$ref") && p.s.has("enum") && !at.inRef {
		titled(p.s, names)
		return
	}
	for i, v := range s.list("enum") {
		if i >= len(names) || v == nil {
			break
		}
		t, ok := names[i].(string)
		switch v.(type) {
		case *object, []any:
			c.report.lose(at.key, "the titles of choices that are objects, below a $ref, are not carried over")
		default:
			if ok {
				c.texts.set(at.key+"."+fmt.Sprint(v), oneLine(t))
			}
		}
	}
}

// locked is a question that cannot be answered: its default is computed, so that it is shown and sent.
func (c *rjsf) locked(p prop, s *object, at spot, o *object) {
	o.set("readonly", true)
	switch v := s.get("default").(type) {
	case nil, *object, []any:
		if p.must && !at.optional {
			c.report.lose(at.key, "is required and read only without a value: nobody can send the form; give it x-calculate or x-prefill, or do not require it")
		}
	default:
		if !at.inRef {
			p.s.set("x-calculate", v)
		}
	}
}
