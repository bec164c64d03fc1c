package formimport

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"antragswerk/internal/formdef"
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

// valueSchema is the type of a field's value with its limits.
func (c *xdfConverter) valueSchema(n *xnode) *object {
	e := n.el
	if n.choice != nil && e.dataType != "bool" {
		return c.choiceSchema(n)
	}
	switch e.dataType {
	case "bool":
		return obj("type", "boolean")
	case "num", "num_int", "num_currency":
		return c.number(e)
	case "date", "time":
		return c.plain(e, obj("type", "string", "format", e.dataType), "minValue", "maxValue", "minLength", "maxLength", "pattern")
	case "datetime":
		return c.plain(e, obj("type", "string", "format", "date-time"), "minValue", "maxValue", "minLength", "maxLength", "pattern")
	case "file", "obj":
		return c.upload(n)
	case "text", "text_latin", "":
	default:
		c.report.lose(e.what(), "the type %q is not known; it is asked as text", e.dataType)
	}
	s := obj("type", "string")
	if e.dataType == "text_latin" {
		s.set("format", "din-91379")
	}
	for _, k := range []string{"minLength", "maxLength"} {
		if v, err := strconv.Atoi(e.limits[k]); err == nil && v > 0 && v <= 1_000_000 {
			s.set(k, v)
		} else if e.limits[k] != "" && (err != nil || v != 0) {
			c.report.lose(e.what(), "%s %q is no usable length", k, clip(e.limits[k], 40))
		}
	}
	if p := e.limits["pattern"]; p != "" {
		c.pattern(s, e, p)
	}
	return c.plain(e, s, "minValue", "maxValue")
}

// plain reports limits that mean nothing for the type.
func (c *xdfConverter) plain(e *xdfElement, s *object, unused ...string) *object {
	for _, k := range unused {
		if v := e.limits[k]; v != "" {
			c.report.lose(e.what(), "%s %q is not checked for the type %s", k, clip(v, 60), e.dataType)
		}
	}
	if e.badLimits != "" {
		c.report.lose(e.what(), "the restriction %q cannot be read", clip(e.badLimits, 80))
	}
	return s
}

// pattern anchors an expression: FIM means the whole value, JSON Schema any part of it.
func (c *xdfConverter) pattern(s *object, e *xdfElement, p string) {
	whole := "^(?:" + p + ")$"
	if !compiles(obj("type", "string", "pattern", whole)) {
		s.set("x-fim-pattern", p)
		c.report.lose(e.what(), "the pattern %q is not checked, because no engine of ours can read it; it is kept as x-fim-pattern", clip(p, 120))
		return
	}
	s.set("pattern", whole)
}

// compiles tells whether the form engine takes a value schema.
func compiles(s *object) bool {
	_, err := formdef.CompileBare(json.RawMessage(render(obj("type", "object", "properties", obj("a", s)))), nil, nil)
	return err == nil
}

func (c *xdfConverter) number(e *xdfElement) *object {
	s := obj("type", "number")
	switch e.dataType {
	case "num_int":
		s.set("type", "integer")
	case "num_currency":
		s.set("multipleOf", json.Number("0.01"))
		s.set("x-money", "EUR")
	}
	for _, k := range []string{"minValue", "maxValue"} {
		v := e.limits[k]
		if v == "" {
			continue
		}
		n, ok := decimal(v)
		if !ok {
			c.report.lose(e.what(), "%s %q is no number", k, clip(v, 40))
			continue
		}
		s.set(map[string]string{"minValue": "minimum", "maxValue": "maximum"}[k], n)
	}
	return c.plain(e, s, "minLength", "maxLength", "pattern")
}

// decimal reads 12, -3.50 and 3,5.
func decimal(s string) (json.Number, bool) {
	s = strings.ReplaceAll(strings.TrimPrefix(strings.TrimSpace(s), "+"), ",", ".")
	digits := strings.TrimPrefix(s, "-")
	whole, frac, dotted := strings.Cut(digits, ".")
	if len(s) > 30 || !allDigits(whole) || dotted && !allDigits(frac) {
		return "", false
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	out := whole
	if dotted {
		out += "." + frac
	}
	if strings.HasPrefix(s, "-") {
		out = "-" + out
	}
	return json.Number(out), true
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// upload is a file field.
func (c *xdfConverter) upload(n *xnode) *object {
	e := n.el
	if e.dataType == "obj" {
		c.report.lose(e.what(), "the type obj (an object of any kind) is asked as a file")
	}
	a := obj()
	if e.maxSize != "" {
		if v, err := strconv.ParseInt(e.maxSize, 10, 64); err == nil && v > 0 {
			a.set("maxBytes", json.Number(strconv.FormatInt(v, 10)))
		} else {
			c.report.lose(e.what(), "the size %q is no number of bytes", clip(e.maxSize, 40))
		}
	}
	if len(e.mediaTypes) > 0 {
		types := []any{}
		for _, m := range e.mediaTypes {
			types = append(types, m)
		}
		a.set("mediaTypes", types)
	}
	if n.max > 1 {
		a.set("maxFiles", n.max)
	}
	return c.plain(e, obj("type", "string", "format", "file-urn", "x-attachment", a), "minLength", "maxLength", "pattern")
}
