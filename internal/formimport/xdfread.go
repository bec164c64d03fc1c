package formimport

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
)

// The bounds of a schema.
const (
	maxXDFElements = 5_000 // fields and groups
	maxXDFDepth    = 24    // groups in groups
	maxXDFRules    = 5_000
)

// xdfReader reads one schema as a stream; what it does not use (relations, by the ten thousand) is never held.
type xdfReader struct {
	s               *scanner
	elements, rules int
	codes           int
}

// readXDF reads the document whose root was just opened.
func readXDF(s *scanner, root rootElement) (*xdfElement, error) {
	version := strings.TrimPrefix(root.space, xdfSpace)
	switch {
	case !strings.HasPrefix(root.space, xdfSpace):
		return nil, fmt.Errorf("the namespace is %q; XDatenfelder has %s2 or %s3.0.0", root.space, xdfSpace, xdfSpace)
	case version != "2" && version != "2.0" && !strings.HasPrefix(version, "3"):
		return nil, fmt.Errorf("it is XDatenfelder %s; versions 2 and 3 are read (the FIM portal offers both)", version)
	}
	r := &xdfReader{s: s}
	var top *xdfElement
	err := s.children(root.name, func(e xml.StartElement) error {
		kinds := map[string]xdfKind{"stammdatenschema": isSchema, "datenfeldgruppe": isGroup, "datenfeld": isField}
		kind, known := kinds[e.Name.Local]
		if !known || top != nil {
			return s.skip(e.Name.Local)
		}
		el, err := r.element(e.Name.Local, kind, 0)
		top = el
		return err
	})
	if err != nil {
		return nil, err
	}
	if top == nil {
		return nil, errors.New("there is no stammdatenschema, datenfeldgruppe or datenfeld in it")
	}
	if top.kind == isSchema {
		return top, nil
	}
	// a group or a field alone becomes a schema that holds nothing else
	return &xdfElement{kind: isSchema, id: top.id, version: top.version, name: top.name, label: top.label, bezug: top.bezug, kids: []xdfKid{{count: "1:1", el: top}}}, nil
}

// element reads a schema, group or field to its end. The order of its children is not relied on.
func (r *xdfReader) element(tag string, kind xdfKind, depth int) (*xdfElement, error) {
	if r.elements++; r.elements > maxXDFElements {
		return nil, r.s.fault(fmt.Errorf("it has more than %d fields and groups", maxXDFElements))
	}
	if depth > maxXDFDepth {
		return nil, r.s.fault(fmt.Errorf("groups are nested deeper than %d levels", maxXDFDepth))
	}
	el := &xdfElement{kind: kind}
	plain := map[string]*string{
		"name": &el.name, "bezeichnung": &el.label, "bezeichnungEingabe": &el.label, "beschreibung": &el.description, "definition": &el.def,
		"hilfetext": &el.help, "hilfetextEingabe": &el.help, "bezeichnungAusgabe": &el.output, "hilfetextAusgabe": &el.outputHelp,
		"gueltigAb": &el.from, "gueltigBis": &el.until, "status": &el.status, "freigabestatus": &el.status, "art": &el.art,
		"schemaelementart": &el.elementArt, "feldart": &el.fieldArt, "datentyp": &el.dataType, "inhalt": &el.content,
		"vorbefuellung": &el.prefill, "maxSize": &el.maxSize, "codeKey": &el.codeColumn, "nameKey": &el.nameColumn, "helpKey": &el.helpColumn,
	}
	lists := map[string]*[]string{"bezug": &el.bezug, "mediaType": &el.mediaTypes, "stichwort": &el.keywords}
	err := r.s.children(tag, func(e xml.StartElement) error {
		name := e.Name.Local
		if into := plain[name]; into != nil {
			text, err := r.s.text(name)
			if text != "" && *into == "" {
				*into = text
			}
			return err
		}
		if into := lists[name]; into != nil {
			return r.entry(name, into)
		}
		switch name {
		case "identifikation":
			return r.fields(name, map[string]*string{"id": &el.id, "version": &el.version})
		case "praezisierung":
			return r.limits(e, el)
		case "codelisteReferenz":
			return r.reference(&el.list)
		case "werte":
			return r.values(el)
		case "regel":
			return r.rule(el)
		case "struktur":
			return r.structure(el, depth)
		}
		return r.s.skip(name)
	})
	return el, err
}

// entry adds a text to a list; XDatenfelder 2 writes several legal bases into one, between semicolons.
func (r *xdfReader) entry(name string, into *[]string) error {
	text, err := r.s.text(name)
	if text = oneLine(text); text != "" && len(*into) < 200 {
		*into = append(*into, text)
	}
	return err
}

// fields reads an element whose children are texts.
func (r *xdfReader) fields(of string, into map[string]*string) error {
	return r.s.children(of, func(e xml.StartElement) error {
		text, err := r.s.text(e.Name.Local)
		if p := into[e.Name.Local]; p != nil && *p == "" {
			*p = text
		}
		return err
	})
}

// limits reads a praezisierung: attributes in version 3, JSON of texts in version 2.
func (r *xdfReader) limits(e xml.StartElement, el *xdfElement) error {
	names := []string{"minLength", "maxLength", "minValue", "maxValue", "pattern"}
	el.limits = map[string]string{}
	for _, n := range names {
		if v := attr(e, n); v != "" {
			el.limits[n] = v
		}
	}
	text, err := r.s.text(e.Name.Local)
	if err != nil || text == "" || len(el.limits) > 0 {
		return err
	}
	var loose map[string]any
	if json.Unmarshal([]byte(text), &loose) != nil {
		el.badLimits = text
		return nil
	}
	for _, n := range names {
		switch v := loose[n].(type) {
		case string:
			if v = strings.TrimSpace(v); v != "" {
				el.limits[n] = v
			}
		case float64:
			el.limits[n] = strings.TrimSuffix(fmt.Sprintf("%f", v), ".000000")
		}
	}
	return nil
}

// reference reads a codelisteReferenz; version 2 wraps the URIs in genericodeIdentification.
func (r *xdfReader) reference(ref *listRef) error {
	uris := map[string]*string{"canonicalIdentification": &ref.uri, "version": &ref.version, "canonicalVersionUri": &ref.versionURI}
	return r.s.children("codelisteReferenz", func(e xml.StartElement) error {
		switch name := e.Name.Local; name {
		case "identifikation":
			return r.fields(name, map[string]*string{"id": &ref.id})
		case "genericodeIdentification":
			return r.fields(name, uris)
		default:
			text, err := r.s.text(name)
			if p := uris[name]; p != nil && *p == "" {
				*p = text
			}
			return err
		}
	})
}

func (r *xdfReader) values(el *xdfElement) error {
	el.hasValues = true
	return r.s.children("werte", func(e xml.StartElement) error {
		var c code
		if err := r.fields(e.Name.Local, map[string]*string{"code": &c.value, "name": &c.name, "hilfe": &c.help}); err != nil {
			return err
		}
		if r.codes++; r.codes > maxAllCodes {
			return r.s.fault(fmt.Errorf("it has more than %d values", maxAllCodes))
		}
		if c.value != "" {
			el.values = append(el.values, c)
		}
		return nil
	})
}

func (r *xdfReader) rule(el *xdfElement) error {
	if r.rules++; r.rules > maxXDFRules {
		return r.s.fault(fmt.Errorf("it has more than %d rules", maxXDFRules))
	}
	var rule xdfRule
	err := r.s.children("regel", func(e xml.StartElement) error {
		into := map[string]*string{
			"name": &rule.name, "definition": &rule.text, "freitextRegel": &rule.text, "script": &rule.script, "skript": &rule.script, "typ": &rule.kind,
		}[e.Name.Local]
		switch {
		case e.Name.Local == "identifikation":
			return r.fields("identifikation", map[string]*string{"id": &rule.id, "version": &rule.version})
		case into == nil:
			return r.s.skip(e.Name.Local)
		}
		text, err := r.s.text(e.Name.Local)
		if *into == "" {
			*into = text
		}
		return err
	})
	el.rules = append(el.rules, rule)
	return err
}

// structure reads a struktur: how often, why, and the field or group itself.
func (r *xdfReader) structure(el *xdfElement, depth int) error {
	count, bezug, held := "", []string(nil), []*xdfElement(nil)
	err := r.s.children("struktur", func(e xml.StartElement) (err error) {
		switch e.Name.Local {
		case "anzahl":
			count, err = r.s.text("anzahl")
			return err
		case "bezug":
			return r.entry("bezug", &bezug)
		case "enthaelt":
			return r.s.children("enthaelt", func(e xml.StartElement) error {
				kind, known := map[string]xdfKind{"datenfeld": isField, "datenfeldgruppe": isGroup}[e.Name.Local]
				if !known {
					return r.s.skip(e.Name.Local)
				}
				kid, err := r.element(e.Name.Local, kind, depth+1)
				held = append(held, kid)
				return err
			})
		}
		return r.s.skip(e.Name.Local)
	})
	for _, kid := range held {
		el.kids = append(el.kids, xdfKid{count, bezug, kid})
	}
	return err
}
