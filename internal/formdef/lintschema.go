package formdef

import (
	"slices"
	"strings"
)

// schemaKeywords are the keywords that a schema may hold, with how to go on below: s a schema, l a list of them,
// m an object of them, - nothing.
var schemaKeywords = map[string]byte{
	"$schema": '-', "$id": '-', "id": '-', "$ref": '-', "$anchor": '-', "$dynamicRef": '-', "$dynamicAnchor": '-', "$comment": '-',
	"$vocabulary": '-', "$recursiveRef": '-', "$recursiveAnchor": '-', "$defs": 'm', "definitions": 'm', "type": '-', "title": '-',
	"description": '-', "default": '-', "examples": '-', "readOnly": '-', "writeOnly": '-', "deprecated": '-', "enum": '-', "const": '-',
	"properties": 'm', "patternProperties": 'm', "additionalProperties": 's', "propertyNames": 's', "required": '-',
	"minProperties": '-', "maxProperties": '-', "unevaluatedProperties": 's', "unevaluatedItems": 's', "items": 's', "prefixItems": 'l',
	"additionalItems": 's', "contains": 's', "minContains": '-', "maxContains": '-', "minItems": '-', "maxItems": '-', "uniqueItems": '-',
	"minLength": '-', "maxLength": '-', "pattern": '-', "format": '-', "minimum": '-', "maximum": '-', "exclusiveMinimum": '-',
	"exclusiveMaximum": '-', "multipleOf": '-', "allOf": 'l', "anyOf": 'l', "oneOf": 'l', "not": 's', "if": 's', "then": 's', "else": 's',
	"dependentRequired": '-', "dependentSchemas": 'm', "dependencies": 'm', "contentEncoding": '-', "contentMediaType": '-',
	"contentSchema": 's', "i18n": '-', "x-legalBasis": '-', "x-attachment": '-', "x-money": '-', "x-calculate": '-', "x-rules": '-',
	"x-prefill": '-', "x-autocomplete": '-', "x-onHide": '-', "x-fim": '-', "x-field-number": '-', "x-fim-pattern": '-', "x-category": '-',
}

// standardFormats are those that the validator checks by itself.
var standardFormats = []string{
	"json-pointer", "relative-json-pointer", "uuid", "duration", "period", "ipv4", "ipv6", "hostname", "uri", "iri", "uri-reference",
	"iri-reference", "uri-template", "semver", "regex", "password",
}

// schemaWords finds unknown keywords and formats.
func (l *linter) schemaWords() { l.schemaNode(l.b.ss.root, 0) }

func (l *linter) schemaNode(n *node, depth int) {
	if n == nil || n.obj == nil || depth > maxNodeDepth {
		return
	}
	for _, k := range n.keys {
		how, known := schemaKeywords[k]
		if !known {
			l.say("schema.json", n.at+"/"+escapePointer(k), "keyword", "word", k, "meant", closest(k, sortedKeys(schemaKeywords)))
		}
		kid := n.obj[k]
		switch how {
		case 's':
			l.schemaNode(kid, depth+1)
			for _, e := range kid.arr {
				l.schemaNode(e, depth+1)
			}
		case 'l':
			for _, e := range kid.arr {
				l.schemaNode(e, depth+1)
			}
		case 'm':
			for _, name := range kid.keys {
				l.schemaNode(kid.obj[name], depth+1)
			}
		}
	}
	l.extensions(n)
}

func (l *linter) extensions(n *node) {
	if f := n.str("format"); f != "" && formats[f] == nil && !slices.Contains(standardFormats, f) {
		l.say("schema.json", n.at+"/format", "format", "word", f, "meant", closest(f, append(sortedKeys(formats), standardFormats...)))
	}
	l.keysOf(n.get("x-attachment"), "maxBytes", "mediaTypes", "maxFiles")
	l.keysOf(n.get("x-prefill"), "source", "attribute", "locked")
	if p := n.get("x-prefill"); p != nil && p.str("source") != "identity" {
		l.say("schema.json", p.at+"/source", "source", "source", p.str("source"))
	}
	for _, r := range n.get("x-rules").elems() {
		l.keysOf(r, "logic", "message", "pointers", "i18n")
		if r.get("logic") == nil || r.str("message") == "" {
			l.say("schema.json", r.at, "rule")
		}
	}
}

func (l *linter) keysOf(n *node, known ...string) {
	if n == nil {
		return
	}
	for _, k := range n.keys {
		if !slices.Contains(known, k) {
			l.say("schema.json", n.at+"/"+escapePointer(k), "key", "word", k, "meant", closest(k, known))
		}
	}
}

// frames checks the questions of a frame and of the rows below it.
func (l *linter) frames(f *frame, done map[*frame]bool) {
	if done[f] {
		return
	}
	done[f] = true
	for _, ptr := range sortedKeys(f.binds) {
		for _, e := range f.binds[ptr] {
			l.question(e)
			if e.list != nil {
				l.frames(e.list.frame, done)
			}
		}
	}
	for _, r := range f.rules {
		for _, ptr := range r.pointers {
			if len(f.binds[ptr]) == 0 && !r.shared {
				l.say("schema.json", l.at(r), "rule.pointer", "pointer", pointerOrRoot(ptr))
			}
		}
		l.reads(f, "schema.json", l.at(r), r.logic, r.basePtr)
	}
	for _, ptr := range sortedKeys(f.calcs) {
		c := f.calcs[ptr]
		l.reads(f, "schema.json", f.schema.at+"/properties"+ptr+"/x-calculate", c.logic, joinPointer(c.path[:len(c.path)-1]))
	}
	l.unasked(f, f.schema, nil, 0)
}

func (l *linter) at(r *xrule) string {
	if s := schemaAlong(r.frame.schema, r.base); s != nil {
		return s.at + "/x-rules"
	}
	return "/x-rules"
}

// reads finds names in a formula that are no property.
func (l *linter) reads(f *frame, file, at string, lg *logic, base string) {
	for _, v := range lg.vars() {
		if path := splitPointer(base + v); !l.exists(f.schema, path) {
			l.say(file, at, "formula", "pointer", pointerOrRoot(base+v))
		}
	}
}

// exists tells whether a path leads to a property; * and numbers stand for the items of an array.
func (l *linter) exists(s *schema, path []string) bool {
	for _, name := range path {
		if s == nil {
			return false
		}
		if s.is("array") && (name == "*" || atoi(name) >= 0) {
			s = s.items
			continue
		}
		p := s.prop(name)
		if p == nil {
			return false
		}
		s = p.s
	}
	return s != nil
}

// question wants a label and a legal basis for everything that is asked.
func (l *linter) question(e *elem) {
	at := strings.TrimPrefix(e.at, "#")
	if strings.TrimSpace(e.label.in(0)) == "" && len(e.path) > 0 {
		l.say("ui.json", at, "label", "pointer", e.ptr)
	}
	if e.s.str("title") == "" && !l.labelled(e) && len(e.path) > 0 {
		l.say("ui.json", at, "label.name", "pointer", e.ptr, "key", e.errKeys[0])
	}
	if e.list != nil || e.field.calc != nil {
		return
	}
	if !l.hasBasis(e) {
		l.say("schema.json", e.s.at, "legalBasis", "pointer", e.ptr)
	}
}

func (l *linter) labelled(e *elem) bool {
	for _, k := range e.errKeys {
		if _, ok := l.b.c.text("de", k+".label"); ok {
			return true
		}
	}
	n, err := parseNode(l.p.UI)
	if err != nil {
		return false
	}
	lab := n.find(strings.TrimPrefix(e.at, "#")).get("label")
	return lab != nil && (lab.str("text") != "" || text(lab.val) != "")
}

// hasBasis looks at the field, its items, and at what is around it.
func (l *linter) hasBasis(e *elem) bool {
	if e.s.str("x-legalBasis") != "" || (e.s.items != nil && e.s.items.str("x-legalBasis") != "") {
		return true
	}
	for i := 0; i <= len(e.path); i++ {
		if s := schemaAlong(e.frame.schema, e.path[:i]); s != nil && s.str("x-legalBasis") != "" {
			return true
		}
	}
	if o := e.frame.owner; o != nil {
		return l.hasBasis(o)
	}
	return false
}

// unasked finds required properties that no page asks for.
func (l *linter) unasked(f *frame, s *schema, path []string, depth int) {
	if depth > 12 {
		return
	}
	for _, name := range sortedKeys(s.required) {
		if s.prop(name) == nil {
			l.say("schema.json", s.at+"/required", "required.unknown", "name", name)
		}
	}
	for _, p := range s.props {
		sub := append(slices.Clone(path), p.name)
		ptr := joinPointer(sub)
		switch {
		case len(f.binds[ptr]) > 0 || f.calcs[ptr] != nil:
		case f.prefixes[ptr]:
			l.unasked(f, p.s, sub, depth+1)
		case s.required[p.name] && p.s.attr("const") == nil:
			l.say("schema.json", p.decls[0], "required.unasked", "pointer", ptr)
		}
	}
}
