package formdef

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// fault is one violation of the schema, at a pointer from the place where validation began.
type fault struct {
	path    []string
	keyword string
	params  map[string]string
	alts    [][]fault // of a oneOf or anyOf of which no branch holds: what is wrong with each
}

func (f fault) ptr() string { return joinPointer(f.path) }

// faultsOf validates and lists what is wrong.
func faultsOf(s *jsonschema.Schema, v any) []fault {
	if s == nil {
		return nil
	}
	err := s.Validate(v)
	if err == nil {
		return nil
	}
	ve, ok := err.(*jsonschema.ValidationError)
	if !ok {
		return []fault{{keyword: "schema"}}
	}
	var out []fault
	collectFaults(ve, &out)
	return out
}

// collectFaults walks down to the causes. Of a oneOf or anyOf it reports only the branch that was chosen.
func collectFaults(e *jsonschema.ValidationError, out *[]fault) {
	at := e.InstanceLocation
	add := func(keyword string, params map[string]string) {
		*out = append(*out, fault{path: slices.Clone(at), keyword: keyword, params: params})
	}
	below := func(name, keyword string) {
		*out = append(*out, fault{path: append(slices.Clone(at), name), keyword: keyword})
	}
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		for _, name := range k.Missing {
			below(name, "required")
		}
	case *kind.DependentRequired:
		for _, name := range k.Missing {
			below(name, "required")
		}
	case *kind.Dependency:
		for _, name := range k.Missing {
			below(name, "required")
		}
	case *kind.AdditionalProperties:
		for _, name := range k.Properties {
			below(name, "additionalProperties")
		}
	case *kind.FalseSchema:
		add("additionalProperties", nil)
	case *kind.OneOf, *kind.AnyOf:
		keyword := "anyOf"
		if _, one := k.(*kind.OneOf); one {
			keyword = "oneOf"
		}
		if br := chosenCause(e); br != nil {
			collectFaults(br, out)
		} else {
			fl := fault{path: slices.Clone(at), keyword: keyword}
			for _, c := range e.Causes {
				var list []fault
				collectFaults(c, &list)
				fl.alts = append(fl.alts, list)
			}
			*out = append(*out, fl)
		}
	case *kind.Not:
		add("not", nil)
	case *kind.Contains:
		add("contains", nil)
	default:
		if len(e.Causes) > 0 {
			for _, c := range e.Causes {
				collectFaults(c, out)
			}
			return
		}
		keyword, params := leafFault(e.ErrorKind)
		add(keyword, params)
	}
}

// chosenCause is the only branch whose discriminator (a const or enum one level down) fits.
func chosenCause(e *jsonschema.ValidationError) *jsonschema.ValidationError {
	var fits []*jsonschema.ValidationError
	depth := len(e.InstanceLocation)
	for _, c := range e.Causes {
		if !wrongConst(c, depth) {
			fits = append(fits, c)
		}
	}
	if len(fits) == 1 && len(e.Causes) > 1 {
		return fits[0]
	}
	return nil
}

func wrongConst(e *jsonschema.ValidationError, depth int) bool {
	switch k := e.ErrorKind.(type) {
	case *kind.Const, *kind.Enum:
		return len(e.InstanceLocation) <= depth+1
	case *kind.Type:
		return len(e.InstanceLocation) == depth
	case *kind.Required:
		_ = k
		return false
	}
	for _, c := range e.Causes {
		if wrongConst(c, depth) {
			return true
		}
	}
	return false
}

// leafFault names the keyword and its limit.
func leafFault(k jsonschema.ErrorKind) (string, map[string]string) {
	limit := func(v any) map[string]string { return map[string]string{"limit": fmt.Sprint(v)} }
	switch t := k.(type) {
	case *kind.Type:
		return "type", map[string]string{"want": strings.Join(t.Want, ","), "got": t.Got}
	case *kind.MinLength:
		return "minLength", limit(t.Want)
	case *kind.MaxLength:
		return "maxLength", limit(t.Want)
	case *kind.MinItems:
		return "minItems", limit(t.Want)
	case *kind.MaxItems:
		return "maxItems", limit(t.Want)
	case *kind.Minimum:
		return "minimum", limit(ratText(t.Want))
	case *kind.Maximum:
		return "maximum", limit(ratText(t.Want))
	case *kind.ExclusiveMinimum:
		return "exclusiveMinimum", limit(ratText(t.Want))
	case *kind.ExclusiveMaximum:
		return "exclusiveMaximum", limit(ratText(t.Want))
	case *kind.MultipleOf:
		return "multipleOf", limit(ratText(t.Want))
	case *kind.Format:
		return "format", map[string]string{"format": t.Want}
	case *kind.Pattern:
		return "pattern", nil
	}
	path := k.KeywordPath()
	if len(path) == 0 {
		return "schema", nil
	}
	return path[len(path)-1], nil
}

func ratText(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	return strings.TrimRight(r.FloatString(10), "0")
}

// formatExamples help where a format alone says little.
var formatExamples = map[string]string{
	"iban": "DE02 1203 0000 0000 2020 51", "de-plz": "99423", "de-steuer-id": "86 095 742 719", "iso-11784-chip": "276 098 106 234 567",
	"de-kennzeichen": "J-AB 123", "email": "name@example.org", "phone": "03641 490", "url": "https://www.example.org",
	"date": "27.3.1985", "time": "14:30",
}

// problem makes a Problem of a fault at a field.
func (sc *scope) problem(e *elem, ptr, keyword string, params map[string]string) Problem {
	p := Problem{Pointer: ptr, Keyword: keyword, Page: e.page, Label: e.label.in(sc.r.lang)}
	p.Params = map[string]string{"kind": kindOf(e)}
	maps.Copy(p.Params, params)
	if f := p.Params["format"]; f != "" && formatExamples[f] != "" {
		p.Params["example"] = formatExamples[f]
	}
	if e.field != nil && e.field.labelKey != "" {
		p.Params["reason"] = e.field.labelKey
	}
	if e.field != nil && e.field.money {
		p.Params["unit"] = "€"
	}
	p.Text = sc.r.c.problemText(e.errKeys, keyword, sc.r.lang)
	return p
}

// kindOf tells the catalogue how to word a problem.
func kindOf(e *elem) string {
	if e.list != nil {
		return "group"
	}
	if e.field == nil {
		return "text"
	}
	switch e.field.widget {
	case WidgetSelect, WidgetRadio, WidgetCheckboxes:
		return "choice"
	case WidgetCheckbox:
		return "boolean"
	case WidgetDate, WidgetDateNative:
		return "date"
	case WidgetNumber:
		return "number"
	case WidgetFile:
		return "file"
	default:
		return "text"
	}
}
