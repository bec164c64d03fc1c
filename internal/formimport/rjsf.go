package formimport

import (
	"errors"
	"fmt"
	"strings"
)

// maxRJSF is the size of a JSON file that is read, the size of a file in a package.
const maxRJSF = 4 << 20

// RJSF imports a form of react-jsonschema-form: one JSON file {"schema", "uiSchema", "formData"}, or the parts in files of
// their own, or a ZIP of them. Errors are for files that are refused as a whole.
func RJSF(files ...File) (*Import, error) {
	list, err := parts(files)
	if err != nil {
		return nil, err
	}
	in := rjsfInput{report: &Report{Source: "react-jsonschema-form"}}
	for _, p := range list {
		raw, err := p.whole(maxRJSF)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		v, err := parseJSON(raw)
		o, isObject := v.(*object)
		switch {
		case err != nil && !strings.HasSuffix(strings.ToLower(p.name), ".json") && len(list) > 1:
			in.report.lose(p.name, "not read: it is no JSON")
		case err != nil:
			return nil, fmt.Errorf("%s: %w", p.name, err)
		case !isObject:
			return nil, fmt.Errorf("%s: it holds no JSON object", p.name)
		default:
			in.take(p.name, o)
		}
	}
	if in.schema == nil {
		return nil, errors.New("there is no JSON Schema among the files")
	}
	return in.convert()
}

// rjsfInput is what the files hold.
type rjsfInput struct {
	name             string
	schema, ui, data *object
	report           *Report
}

// take finds out what a file is by what it holds.
func (in *rjsfInput) take(name string, o *object) {
	if s := o.sub("schema"); s != nil && in.schema == nil && !o.has("properties") {
		in.name, in.schema = name, s
		if u := o.sub("uiSchema"); u != nil {
			in.ui = u
		}
		if d := o.sub("formData"); d != nil {
			in.data = d
		}
		for _, k := range o.members() {
			if k != "schema" && k != "uiSchema" && k != "formData" {
				in.report.lose(name, "the member %q is not carried over", clip(k, 40))
			}
		}
		return
	}
	switch {
	case isUISchema(o, 0) && in.ui == nil:
		in.ui = o
	case looksLikeSchema(o) && in.schema == nil:
		in.name, in.schema = name, o
	case in.schema != nil && in.ui == nil:
		in.ui = o
	case in.data == nil && in.schema != nil:
		in.data = o
	default:
		in.report.lose(name, "not read: a schema, a uiSchema and answers were found already")
	}
}

func looksLikeSchema(o *object) bool {
	for _, k := range []string{"$schema", "properties", "$ref", "definitions", "$defs", "allOf", "oneOf", "anyOf"} {
		if o.has(k) {
			return true
		}
	}
	_, single := o.get("type").(string)
	return single
}

// isUISchema tells whether a key in it begins with ui:, where no schema has one.
func isUISchema(o *object, depth int) bool {
	for _, k := range o.members() {
		if strings.HasPrefix(k, "ui:") {
			return true
		}
		if sub := o.sub(k); sub != nil && depth < 20 && k != "properties" && isUISchema(sub, depth+1) {
			return true
		}
	}
	return false
}

// wrapped is the name of a form's only answer when its schema is no object.
const wrapped = "antwort"

func (in *rjsfInput) convert() (*Import, error) {
	c := &rjsf{report: in.report, texts: obj(), known: map[string]bool{}}
	c.root = in.schema
	if !c.isObject(c.follow(c.root)) {
		inner := c.root
		c.root = obj("type", "object", "properties", obj(wrapped, inner))
		for _, k := range []string{"definitions", "$defs"} {
			if inner.has(k) {
				c.root.set(k, inner.get(k))
				inner.del(k)
			}
		}
		in.ui, in.data = obj(wrapped, optional(in.ui)), nil
		in.report.chose(in.name, "the schema is no object; its value is the answer %q of one", wrapped)
	}
	c.modernize()
	if in.ui == nil {
		in.ui = obj()
	}
	title := oneLine(c.follow(c.root).str("title"))
	if t, ok := uiOptions(in.ui).get("title").(string); ok && oneLine(t) != "" {
		title = oneLine(t)
	}
	if title == "" {
		title = in.name
		in.report.chose(in.name, "the schema has no title; the file's name is taken")
	}
	c.root.set("title", title)
	in.report.Subject, in.report.Title = in.name, title
	ui := c.pages(in.ui)
	d := &draft{
		slug: slugOf(title, in.name), schema: c.ordered(), ui: ui, texts: c.texts, report: in.report,
		service: serviceFacts{source: "react-jsonschema-form, " + in.name, name: title},
	}
	if in.data != nil {
		d.answers = render(in.data)
	}
	in.report.chose("service.yaml", "level is gemeinde; form.yaml: assurance is none, account is both")
	in.report.chose("schema.json", "react-jsonschema-form knows no legal basis: write x-legalBasis once at the top, or at each question")
	return d.finish()
}

// ordered puts what a reader wants to see first at the top.
func (c *rjsf) ordered() *object {
	out := obj("$schema", "https://json-schema.org/draft/2020-12/schema", "title", c.root.get("title"))
	for _, k := range c.root.keys {
		if k != "$schema" && k != "title" && k != "$defs" {
			out.set(k, c.root.vals[k])
		}
	}
	if c.root.has("$defs") {
		out.set("$defs", c.root.get("$defs"))
	}
	return out
}
