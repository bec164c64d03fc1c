package formimport

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// rjsf makes a package of one form.
type rjsf struct {
	report  *Report
	root    *object
	texts   *object         // texts/de.json
	known   map[string]bool // properties of the top level
	visited map[*object]bool
	around  []*object // schemas on the way down, so that one inside itself ends
	fields  int
}

// below says how to go on under a keyword of JSON Schema: s a schema, l a list of them, m an object of them, - nothing.
// A keyword that is not here belongs to no draft; the form engine would not know it either.
var below = map[string]byte{
	"$schema": '-', "$id": '-', "$ref": '-', "$anchor": '-', "$comment": '-', "$defs": 'm', "type": '-', "title": '-',
	"description": '-', "default": '-', "examples": '-', "readOnly": '-', "writeOnly": '-', "deprecated": '-', "enum": '-', "const": '-',
	"properties": 'm', "patternProperties": 'm', "additionalProperties": 's', "propertyNames": 's', "required": '-', "minProperties": '-',
	"maxProperties": '-', "unevaluatedProperties": 's', "unevaluatedItems": 's', "items": 's', "prefixItems": 'l', "contains": 's',
	"minContains": '-', "maxContains": '-', "minItems": '-', "maxItems": '-', "uniqueItems": '-', "minLength": '-', "maxLength": '-',
	"pattern": '-', "format": '-', "minimum": '-', "maximum": '-', "exclusiveMinimum": '-', "exclusiveMaximum": '-', "multipleOf": '-',
	"allOf": 'l', "anyOf": 'l', "oneOf": 'l', "not": 's', "if": 's', "then": 's', "else": 's', "dependentRequired": '-',
	"dependentSchemas": 'm', "contentEncoding": '-', "contentMediaType": '-', "i18n": '-',
}

// ourKeywords may stand in a schema that was written with the platform in mind.
var ourKeywords = []string{
	"x-legalBasis", "x-attachment", "x-money", "x-calculate", "x-rules", "x-prefill", "x-autocomplete", "x-onHide", "x-fim", "x-fim-pattern",
}

// knownFormats are those that the form engine checks.
var knownFormats = []string{
	"email", "idn-email", "uri", "uri-reference", "iri", "iri-reference", "url", "date", "time", "date-time", "duration", "uuid", "ipv4",
	"ipv6", "hostname", "regex", "json-pointer", "phone", "tel", "iban", "password", "file-urn",
}

// modernize rewrites the drafts that react-jsonschema-form accepts (4 to 7) as 2020-12.
func (c *rjsf) modernize() {
	c.visited = map[*object]bool{}
	c.schema(c.root, "", 0)
}

// schema rewrites one schema. at is where it stands, for remarks; below an if or not nothing is added.
func (c *rjsf) schema(s *object, at string, depth int) {
	if s == nil || depth > maxJSONDepth || c.visited[s] {
		return
	}
	c.visited[s] = true
	c.rename(s, at)
	c.choices(s)
	c.values(s, at)
	for _, k := range slices.Clone(s.keys) {
		how, known := below[k]
		if !known && !slices.Contains(ourKeywords, k) {
			s.del(k)
			c.report.lose("keyword "+clip(k, 40), "no keyword of JSON Schema and none of ours; left out")
		}
		switch how {
		case 's':
			c.schema(s.sub(k), at+"/"+k, depth+1)
		case 'l':
			for i, e := range s.list(k) {
				o, ok := e.(*object)
				if !ok {
					continue
				}
				c.schema(o, at+"/"+k, depth+1)
				if k == "prefixItems" {
					c.entitle(o, strings.TrimSpace(fmt.Sprintf("%s %d", s.str("title"), i+1)), at)
				}
			}
		case 'm':
			m := s.sub(k)
			for _, name := range m.members() {
				c.schema(m.sub(name), at+"/"+k+"/"+escape(name), depth+1)
				if k == "properties" {
					c.entitle(m.sub(name), name, at)
				}
			}
		}
	}
}

// entitle gives a property without a title its name: that is what react-jsonschema-form shows.
func (c *rjsf) entitle(s *object, name, at string) {
	if s == nil || strings.Contains(at+"/", "/if/") || strings.Contains(at+"/", "/not/") || s.get("type") == "null" ||
		strings.Contains(at, "/dependentSchemas/") && (s.has("enum") || s.has("const")) && len(s.keys) == 1 {
		return
	}
	if oneLine(c.follow(s).str("title")) == "" {
		s.set("title", name)
		c.report.chose("titles", "where a question has no title, its name in the schema is shown, as react-jsonschema-form does; write better ones")
	}
}

// rename moves what older drafts call otherwise.
func (c *rjsf) rename(s *object, at string) {
	move := func(old, name string) {
		if s.has(old) && !s.has(name) {
			s.set(name, s.get(old))
		}
		s.del(old)
	}
	s.del("$schema")
	move("id", "$id")
	if defs := s.sub("definitions"); defs != nil {
		if have := s.sub("$defs"); have != nil {
			for _, k := range defs.keys {
				if !have.has(k) {
					have.set(k, defs.vals[k])
				}
			}
		}
		move("definitions", "$defs")
	}
	if ref := s.str("$ref"); strings.HasPrefix(ref, "#/definitions/") {
		s.set("$ref", "#/$defs/"+strings.TrimPrefix(ref, "#/definitions/"))
	}
	if s.has("example") && !s.has("examples") {
		s.set("examples", []any{s.get("example")})
	}
	s.del("example")
	if list, tuple := s.get("items").([]any); tuple {
		s.del("items")
		s.set("prefixItems", list)
		move("additionalItems", "items")
	}
	s.del("additionalItems")
	for _, k := range []string{"Minimum", "Maximum"} {
		if flag, old := s.get("exclusive" + k).(bool); old {
			s.del("exclusive" + k)
			if plain := strings.ToLower(k); flag && s.has(plain) {
				s.set("exclusive"+k, s.get(plain))
				s.del(plain)
			}
		}
	}
	if _, old := s.get("required").(bool); old {
		s.del("required")
		c.report.lose("keyword required", "as true or false it belongs to draft 3; left out at %s", at)
	}
	c.dependencies(s)
}

func (c *rjsf) dependencies(s *object) {
	deps := s.sub("dependencies")
	s.del("dependencies")
	for _, k := range deps.members() {
		switch d := deps.get(k).(type) {
		case []any:
			if s.sub("dependentRequired") == nil {
				s.set("dependentRequired", obj())
			}
			s.sub("dependentRequired").set(k, d)
		case *object:
			if s.sub("dependentSchemas") == nil {
				s.set("dependentSchemas", obj())
			}
			s.sub("dependentSchemas").set(k, d)
		}
	}
}

// choices turns enum with enumNames into a oneOf with titles, which every program understands.
func (c *rjsf) choices(s *object) {
	names := s.list("enumNames")
	s.del("enumNames")
	titled(s, names)
}

// titled gives the values of an enum titles; fewer titles than values leave the rest as they are.
func titled(s *object, names []any) {
	values := s.list("enum")
	if len(names) == 0 || len(values) == 0 || s.has("oneOf") {
		return
	}
	list := []any{}
	for i, v := range values {
		title := strings.Trim(quote(v), `"`)
		if t, ok := v.(string); ok {
			title = t
		}
		if i < len(names) {
			if t, ok := names[i].(string); ok && oneLine(t) != "" {
				title = oneLine(t)
			}
		}
		list = append(list, obj("const", v, "title", title))
		if v == nil {
			list = list[:len(list)-1]
		}
	}
	s.del("enum")
	s.set("oneOf", list)
}

// values looks at formats: a data-url is a file, what nobody checks goes.
func (c *rjsf) values(s *object, at string) {
	f := s.str("format")
	switch {
	case f == "":
	case f == "data-url":
		s.set("format", "file-urn")
		c.report.chose("format data-url", "a file inside the answers becomes an upload; the answers hold its URN")
		for _, k := range []string{"minLength", "maxLength", "pattern", "default", "contentEncoding", "contentMediaType"} {
			s.del(k)
		}
	case !slices.Contains(knownFormats, f):
		s.del("format")
		c.report.lose("format "+f, "nobody checks it; left out")
	}
	if p, ok := s.get("pattern").(string); ok && !compiles(obj("type", "string", "pattern", p)) {
		s.del("pattern")
		s.set("x-fim-pattern", p)
		c.report.lose(at, "the pattern %q cannot be read; it is kept as x-fim-pattern", clip(p, 100))
	}
	for _, k := range []string{"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"} {
		if n, ok := s.get(k).(json.Number); s.has(k) && (!ok || !allDigits(n.String())) {
			s.del(k)
			c.report.lose(at, "%s is no whole number; left out", k)
		}
	}
}

// follow resolves $ref; what stands beside it wins. The result is a copy when there was a $ref.
func (c *rjsf) follow(s *object) *object {
	f := &filler{schema: c.root}
	return f.follow(s, 0)
}

func (c *rjsf) isObject(s *object) bool {
	t, _ := s.get("type").(string)
	return t == "object" || t == "" && (s.has("properties") || s.has("allOf") && !isChoice(s))
}

// isChoice tells whether the schema is a choice between values.
func isChoice(s *object) bool {
	if len(s.list("enum")) > 0 || s.has("const") {
		return true
	}
	for _, key := range []string{"oneOf", "anyOf"} {
		list := s.list(key)
		all := len(list) > 0
		for _, e := range list {
			o, ok := e.(*object)
			all = all && ok && o.has("const")
		}
		if all {
			return true
		}
	}
	return false
}
