package formimport

import (
	"encoding/json"
	"path"
	"strconv"
	"strings"
)

// xdfCodes are the choices of a select field, and what they are called under $defs.
type xdfCodes struct {
	codes []code
	name  string
}

// choose finds the choices of every select field.
func (c *xdfConverter) choose(n *xnode) {
	for _, k := range n.kids {
		if k.el.kind == isField && k.el.fieldArt == "select" && k.el.dataType != "bool" && k.el.dataType != "file" {
			k.choice = c.choicesOf(k.el)
		}
		c.choose(k)
	}
}

func (c *xdfConverter) choicesOf(e *xdfElement) *xdfCodes {
	if len(e.values) > 0 {
		return &xdfCodes{c.distinct(e, e.values), e.id}
	}
	if e.list.empty() {
		c.report.lose(e.what(), "a choice without values or code list; it is asked as text")
		return nil
	}
	l := c.find(e)
	if l == nil {
		c.report.lose(e.what(), "the code list %s was not brought along; it is asked as text", e.list)
		c.report.missing(whereToGet(e.list))
		return nil
	}
	c.used[l.file] = true
	codes := l.codes
	if e.codeColumn != "" || e.nameColumn != "" || e.helpColumn != "" {
		codes = l.pick(e.codeColumn, e.nameColumn, e.helpColumn)
	}
	if len(codes) == 0 {
		c.report.lose(e.what(), "the code list %s (%s) has no rows; it is asked as text", e.list, path.Base(l.file))
		return nil
	}
	if twice := len(l.rows) - len(codes); twice > 0 {
		c.report.lose(e.what(), "the code list %s has %s without a code or with one that stands before; left out", e.list, many(twice, "row"))
	}
	if len(codes) > maxChoices {
		c.report.lose(e.what(), "the code list %s has %d rows, more than a page can offer; it is asked as text", e.list, len(codes))
		return nil
	}
	return &xdfCodes{codes, lastName(e.list)}
}

// lastName is what a person calls a list: the end of its URN.
func lastName(r listRef) string {
	s := r.String()
	s = s[strings.LastIndexAny(s, ":/")+1:]
	if !plainName.MatchString(strings.NewReplacer(".", "", "-", "").Replace(s)) {
		return slugOf(s, "codeliste")
	}
	return s
}

func (c *xdfConverter) distinct(e *xdfElement, values []code) []code {
	seen := map[string]bool{}
	var out []code
	for _, v := range values {
		if seen[v.value] {
			c.report.lose(e.what(), "the value %q stands twice; the first is kept", clip(v.value, 40))
			continue
		}
		seen[v.value] = true
		if v.name == "" {
			v.name = v.value
		}
		out = append(out, v)
	}
	if len(out) > maxChoices {
		c.report.lose(e.what(), "has %d values; the first %d are kept", len(out), maxChoices)
		out = out[:maxChoices]
	}
	return out
}

// find looks for the list by its exact version, then by its name in any version, then by what its file is called.
func (c *xdfConverter) find(e *xdfElement) *codeList {
	r := e.list
	for _, l := range c.lists {
		if r.versionURI != "" && l.versionURI == r.versionURI || r.uri != "" && l.uri == r.uri && l.version == r.version {
			return l
		}
	}
	for _, l := range c.lists {
		if r.uri != "" && l.uri == r.uri {
			if r.version != "" {
				c.report.chose(e.what(), "asks for the code list %s; version %q was brought along and is taken", r, l.version)
			}
			return l
		}
	}
	for _, l := range c.lists {
		base := strings.TrimSuffix(path.Base(l.file), path.Ext(l.file))
		if r.id != "" && (l.short == r.id || base == r.id || strings.HasPrefix(base, r.id+"_")) {
			return l
		}
	}
	return nil
}

func whereToGet(r listRef) string {
	const repository = "https://www.xrepository.de/api/"
	switch {
	case strings.HasPrefix(r.uri, "urn:de:fim:") || r.versionURI == "" && r.uri == "":
		return r.String() + ": the FIM portal offers it beside the schema"
	case r.versionURI != "" && r.versionURI != r.uri:
		return r.String() + ": " + repository + "version_codeliste/" + r.versionURI + "/genericode"
	default:
		return r.String() + ": " + repository + "codeliste/" + r.uri + "/gueltigeVersion"
	}
}

// codes is the schema of a field's choices, nil for other fields.
func (c *xdfConverter) codes(n *xnode) *object {
	if n.choice == nil {
		return nil
	}
	numbers := n.el.dataType == "num_int" || n.el.dataType == "num"
	for _, v := range n.choice.codes {
		if i, err := strconv.Atoi(v.value); err != nil || strconv.Itoa(i) != v.value {
			numbers = false
		}
	}
	s, list := obj("type", "string"), []any{}
	if numbers {
		s.set("type", "integer")
	}
	for _, v := range n.choice.codes {
		var value any = v.value
		if numbers {
			value = json.Number(v.value)
		}
		list = append(list, obj("const", value, "title", oneLine(v.name), "description", text(oneLine(v.help))))
	}
	s.set("oneOf", list)
	return s
}

// choiceSchema writes the choices in place, or refers to them when they are many or asked for several times.
func (c *xdfConverter) choiceSchema(n *xnode) *object {
	plain, least := c.codes(n), 2
	if len(n.choice.codes) > 20 {
		least = 0
	}
	if len(n.choice.codes) < 4 {
		return plain
	}
	return c.define(plain, n.choice.name, func() *object { return plain }, least)
}

// wellKnown are fields of the federal library whose values a log-in proves; ids in their long form.
var wellKnown = map[string]string{
	"F60000000227": "family_name", "F60000000228": "given_name", "F60000000229": "title", "F60000000230": "birth_name",
	"F60000000234": "place_of_birth", "F60000000240": "telephone", "F60000000242": "email", "F60000000246": "zip_code",
	"F60000000247": "city", "F60000000319": "organisation_name", "F60000000325": "register_court", "F60000000328": "register_number",
}

// longID is the id of version 3 for an id of version 2: F60000227 becomes F60000000227.
func longID(id string) string {
	if len(id) == 9 && allDigits(id[1:]) {
		return id[:3] + "000" + id[3:]
	}
	return id
}

// prefilled carries vorbefuellung over, where we know which proven attribute is meant.
func (c *xdfConverter) prefilled(s *object, e *xdfElement) {
	switch e.prefill {
	case "", "keine":
		return
	case "optional", "verpflichtend":
	default:
		c.report.lose(e.what(), "the prefill %q is not known", clip(e.prefill, 40))
		return
	}
	attribute := wellKnown[longID(e.id)]
	if attribute == "" || s.has("$ref") || s.has("oneOf") || s.has("x-attachment") {
		c.report.lose(e.what(), "prefill is %s, but no attribute of a log-in is known for it; add x-prefill by hand or leave it", e.prefill)
		return
	}
	s.set("x-prefill", obj("source", "identity", "attribute", attribute, "locked", e.prefill == "verpflichtend"))
}

// preset carries inhalt over: a fixed value of a hidden or locked field is computed by the server, any other is a default.
func (c *xdfConverter) preset(s *object, e *xdfElement) {
	fixed := e.fieldArt == "hidden" || e.fieldArt == "locked"
	if e.content == "" {
		if fixed {
			s.set("readOnly", true)
			c.report.lose(e.what(), "%s without a value: no page asks for it; write x-calculate, or x-prefill and a control, or remove it", e.fieldArt)
		}
		return
	}
	v := typedValue(s, e)
	if v == nil {
		c.report.lose(e.what(), "the content %q is no value of the field", clip(e.content, 80))
		return
	}
	if fixed {
		s.set("x-calculate", v)
		return
	}
	s.set("default", v)
}

// typedValue reads inhalt as a value of the field, nil when it is none.
func typedValue(s *object, e *xdfElement) any {
	switch s.str("type") {
	case "boolean":
		switch strings.ToLower(e.content) {
		case "true", "wahr", "ja", "1":
			return true
		case "false", "falsch", "nein", "0":
			return false
		}
		return nil
	case "integer", "number":
		if n, ok := decimal(e.content); ok && (s.str("type") == "number" || !strings.Contains(n.String(), ".")) {
			return n
		}
		return nil
	}
	if s.has("x-attachment") {
		return nil
	}
	for _, o := range s.list("oneOf") {
		if one, ok := o.(*object); ok && one.get("const") == e.content {
			return e.content
		}
	}
	if s.has("oneOf") || s.has("$ref") {
		return nil
	}
	return strings.TrimSpace(e.content)
}
