package formimport

import (
	"encoding/json"
	"strconv"
	"strings"

	"antragswerk/internal/formdef"
)

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
