package formimport

import (
	"fmt"
	"slices"
	"strings"
)

// rootSchema writes schema.json. Groups and code lists that occur several times are written once, under $defs.
func (c *xdfConverter) rootSchema(root *xnode) *object {
	c.survey(root)
	s := obj("$schema", "https://json-schema.org/draft/2020-12/schema")
	body := c.groupSchema(root)
	for _, k := range body.keys {
		s.set(k, body.vals[k])
	}
	if len(c.defs.keys) > 0 {
		slices.Sort(c.defs.keys)
		s.set("$defs", c.defs)
	}
	return s
}

// survey counts equal groups and code lists, without names in $defs yet.
func (c *xdfConverter) survey(n *xnode) {
	quiet := *c
	quiet.report = &Report{}
	quiet.defNames = nil
	var walk func(n *xnode)
	walk = func(n *xnode) {
		for _, k := range n.kids {
			if k.el.kind == isGroup && k.holds() {
				text, _ := flat(quiet.groupSchema(k))
				c.shared[text]++
			}
			if list := c.codes(k); list != nil {
				text, _ := flat(list)
				c.shared[text]++
			}
			walk(k)
		}
	}
	walk(n)
	c.defNames = map[string]string{}
}

// define puts a schema that occurs several times under $defs and returns a reference to it.
func (c *xdfConverter) define(plain *object, name string, full func() *object, least int) *object {
	if c.defNames == nil {
		return plain
	}
	text, _ := flat(plain)
	if c.shared[text] < least {
		return full()
	}
	def, known := c.defNames[text]
	if !known {
		def = name
		for i := 2; c.defs.has(def); i++ {
			def = fmt.Sprintf("%s_%d", name, i)
		}
		c.defNames[text] = def
		c.defs.set(def, nil) // the name is taken while the inside is written
		c.defs.set(def, full())
	}
	return obj("$ref", "#/$defs/"+escape(def))
}

// groupSchema is the object of a group's answers.
func (c *xdfConverter) groupSchema(n *xnode) *object {
	s := obj("type", "object", "title", n.el.title())
	if laws := n.el.laws(); len(laws) > 0 {
		s.set("x-legalBasis", strings.Join(laws, "; "))
	}
	c.provenance(s, n)
	s.set("additionalProperties", false)
	required, props := []any{}, obj()
	for _, k := range n.kids {
		if k.key == "" || !k.holds() {
			continue
		}
		props.set(k.key, c.property(k))
		if k.asks() {
			required = append(required, k.key)
		}
	}
	if len(required) > 0 {
		s.set("required", required)
	}
	s.set("properties", props)
	if len(n.cond) > 0 {
		s.set("allOf", n.cond)
	}
	if len(n.rules) > 0 {
		s.set("x-rules", n.rules)
	}
	return s
}

// provenance keeps where an element comes from, and its rules word for word.
func (c *xdfConverter) provenance(s *object, n *xnode) {
	f := obj("id", text(n.el.id), "version", text(n.el.version), "elementArt", text(n.el.elementArt), "status", text(n.el.status))
	// what is printed may be called otherwise; no page shows it, and other programs may need it
	for _, kept := range []struct{ key, value, same string }{
		{"bezeichnungAusgabe", n.el.output, n.el.label}, {"hilfetextAusgabe", n.el.outputHelp, n.el.help},
		{"gueltigAb", n.el.from, ""}, {"gueltigBis", n.el.until, ""},
	} {
		if v := oneLine(kept.value); v != "" && v != oneLine(kept.same) {
			f.set(kept.key, v)
		}
	}
	var rules []any
	for _, r := range n.el.rules {
		rules = append(rules, obj("id", text(r.id), "version", text(r.version), "name", text(r.name), "typ", text(r.kind),
			"text", text(oneLine(r.text)), "script", text(r.script)))
	}
	if len(rules) > 0 {
		f.set("rules", rules)
	}
	if len(f.keys) > 0 {
		s.set("x-fim", f)
	}
}

// text is nil for an empty text, so that obj leaves it out.
func text(s string) any {
	if s = strings.TrimSpace(s); s == "" {
		return nil
	}
	return s
}

// property is an element in its place: once, or a list of it.
func (c *xdfConverter) property(n *xnode) *object {
	one := c.once(n)
	if laws := splitLaws(n.bezug); len(laws) > 0 && (one.has("$ref") || !one.has("x-legalBasis")) {
		one.set("x-legalBasis", strings.Join(laws, "; "))
	}
	if !n.repeats() {
		return one
	}
	list := obj("type", "array", "title", n.el.title())
	if n.el.kind == isField {
		for _, k := range []string{"description", "i18n", "x-legalBasis", "x-fim"} {
			if one.has(k) {
				list.set(k, one.get(k))
				one.del(k)
			}
		}
		one.del("title")
		if n.choice != nil {
			list.set("uniqueItems", true)
		}
	}
	if n.asks() {
		list.set("minItems", max(n.min, 1))
	}
	if n.max > 0 && n.max <= 1000 {
		list.set("maxItems", n.max)
	}
	list.set("items", one)
	return list
}

func (c *xdfConverter) once(n *xnode) *object {
	if n.el.kind == isField {
		return c.fieldSchema(n)
	}
	if c.defNames == nil {
		return c.groupSchema(n)
	}
	quiet := *c
	quiet.report, quiet.defNames = &Report{}, nil
	name := n.el.id
	if !plainName.MatchString(name) {
		name = slugOf(n.el.title(), "gruppe")
	}
	return c.define(quiet.groupSchema(n), name, func() *object { return c.groupSchema(n) }, 2)
}

// fieldSchema is the value of a field.
func (c *xdfConverter) fieldSchema(n *xnode) *object {
	e := n.el
	s := obj("title", e.title())
	hint, _ := helpOf(e)
	s.set("description", hint)
	if hint == "" {
		s.del("description")
	}
	s.set("i18n", c.fieldKey(e))
	if laws := splitLaws(append(slices.Clone(n.bezug), e.bezug...)); len(laws) > 0 {
		s.set("x-legalBasis", strings.Join(laws, "; "))
	}
	c.provenance(s, n)
	if f := s.sub("x-fim"); f != nil && !e.list.empty() {
		f.set("codelist", e.list.String())
	}
	typ := c.valueSchema(n)
	for _, k := range typ.keys {
		s.set(k, typ.vals[k])
	}
	c.prefilled(s, e)
	c.preset(s, e)
	return s
}

// fieldKey is the key of a field's texts: its id, so that a field that stands in ten places is translated once.
func (c *xdfConverter) fieldKey(e *xdfElement) string {
	means := e.help + "\n" + e.list.String()
	for _, v := range e.values {
		means += "\n" + v.value + "=" + v.name
	}
	return c.key("", e, means)
}

// key is an i18n key that always stands for the same text: the id, with the version where two versions differ.
func (c *xdfConverter) key(prefix string, e *xdfElement, means string) string {
	id := e.id
	if !plainName.MatchString(id) {
		id = slugOf(e.title(), "feld")
	}
	id, means = prefix+id, e.title()+"\n"+means
	for key, i := id, 1; ; i++ {
		known, taken := c.keys[key]
		if !taken || known == means {
			c.keys[key] = means
			return key
		}
		if key = id + "_" + strings.ReplaceAll(e.version, ".", "-"); i > 1 || e.version == "" {
			key = fmt.Sprintf("%s_%d", id, i+1)
		}
	}
}
