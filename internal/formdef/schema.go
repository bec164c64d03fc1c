package formdef

import (
	"encoding/json"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schema is the reader's view of one place in the JSON Schema: $ref followed, allOf and several declarations of the
// same property merged, document order kept. The validator has its own view; this one decides what to ask and how.
type schema struct {
	parts    []*node // everything that applies here, nearest first
	nodes    []*node // of which the parts were gathered
	shared   *shared // an object that several branches have
	at       string  // where the first part stands
	types    []string
	props    []property
	all      []property // props, and those that only a branch declares; set when compiled
	index    map[string]int
	rank     map[string]int // position in all
	required map[string]bool
	items    *schema
	maps     []mapOf  // entries whose names the citizen chooses
	tuple    int      // number of entries that have a schema each; they are props named 0, 1 …
	groups   []group  // oneOf and anyOf that are no lists of choices
	choice   bool     // the value is one of a list
	nullable bool     // null is allowed besides what is asked
	given    []option // choices gathered from several branches
	ifs      []conditional
	depends  map[string][]string // dependentRequired
	depSub   map[string]*schema  // dependentSchemas
}

// property is a member of an object; decls are the places that declare it.
type property struct {
	name  string
	s     *schema
	decls []string
}

// conditional is if/then/else; ifAt is where the if stands.
type conditional struct {
	ifAt        string
	valid       *jsonschema.Schema
	then, other *schema
}

// mapOf is additionalProperties or one pattern of patternProperties: entries with a name and a value.
type mapOf struct {
	pattern string // "" for additionalProperties
	s       *schema
}

// group is a oneOf or anyOf whose branches are schemas.
type group struct {
	one  bool // oneOf: exactly one branch holds
	list []*schema
	at   string
	node *node
	like int     // the same for groups that say the same, once the form is compiled
	key  *string // what discriminator found, once the form is compiled
}

// asks tells whether a branch declares something that can be asked.
func (g *group) asks() bool {
	return slices.ContainsFunc(g.list, func(br *schema) bool { return len(br.everyProp()) > 0 })
}

// constants are the values of a group of which every branch allows just one: a choice, maybe of whole objects.
func (g *group) constants() []option {
	var out []option
	for _, br := range g.list {
		v, name, ok := br.constant(0)
		if !ok {
			return nil
		}
		if t := br.str("title"); t != "" {
			name = t
		}
		out = append(out, option{value: v, title: name, hint: br.str("description"), i18n: br.str("i18n"), at: br.at})
	}
	return out
}

// constant is the only value that the schema allows, and the first text in it.
func (s *schema) constant(depth int) (v any, name string, ok bool) {
	if opts := s.options(); len(opts) == 1 && !s.nullable {
		return opts[0].value, text(opts[0].value), true
	}
	if len(s.props) == 0 || depth > 5 || s.complex() || s.attr("additionalProperties") == nil || s.attr("additionalProperties").val != false {
		return nil, "", false
	}
	m := map[string]any{}
	for _, p := range s.props {
		inner, n, fixed := p.s.constant(depth + 1)
		if !fixed || !s.required[p.name] {
			return nil, "", false
		}
		m[p.name] = inner
		if name == "" {
			name = n
		}
	}
	return m, name, true
}

// isChoiceList tells whether every entry of a oneOf or anyOf has a const: then it is a choice with titles.
func isChoiceList(list *node) bool {
	for _, e := range list.arr {
		if e.get("const") == nil {
			return false
		}
	}
	return len(list.arr) > 0
}

// attr returns the nearest value of a keyword.
func (s *schema) attr(key string) *node {
	for _, p := range s.parts {
		if k := p.get(key); k != nil {
			return k
		}
	}
	return nil
}

func (s *schema) str(key string) string {
	if n := s.attr(key); n != nil {
		t, _ := n.val.(string)
		return t
	}
	return ""
}

func (s *schema) flag(key string) bool {
	if n := s.attr(key); n != nil {
		t, _ := n.val.(bool)
		return t
	}
	return false
}

func (s *schema) number(key string) (int, bool) {
	for _, p := range s.parts {
		if i, ok := p.number(key); ok {
			return i, true
		}
	}
	return 0, false
}

// is tells whether the type is this one; ["null", X] counts as X.
func (s *schema) is(t string) bool { return len(s.types) == 1 && s.types[0] == t }

func (s *schema) deriveTypes() []string {
	var out []string
	for _, e := range s.attr("enum").elems() {
		s.nullable = s.nullable || (e.obj == nil && !e.list && e.val == nil)
	}
	add := func(t string) {
		s.nullable = s.nullable || t == "null"
		if t != "null" && t != "" && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	if t := s.attr("type"); t != nil {
		one, _ := t.val.(string)
		add(one)
		for _, e := range t.arr {
			many, _ := e.val.(string)
			add(many)
		}
	}
	if len(out) > 0 {
		return out
	}
	if s.tuple > 0 {
		return []string{"array"}
	}
	if len(s.props) > 0 || len(s.maps) > 0 {
		return []string{"object"}
	}
	if s.items != nil {
		return []string{"array"}
	}
	for _, c := range s.options() {
		add(typeOf(c.value))
	}
	if len(out) > 0 || s.attr("type") != nil {
		return out
	}
	for _, g := range s.groups { // a text or a number
		for _, br := range g.list {
			for _, t := range br.types {
				add(t)
			}
			if s.items == nil && s.tuple == 0 {
				s.items = br.items // lists of different lengths
			}
		}
	}
	return out
}

func typeOf(v any) string {
	switch v.(type) {
	case string:
		return "string"
	case json.Number:
		return "number"
	case bool:
		return "boolean"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	default:
		return "null"
	}
}

// isChoice tells whether the value is picked from a list, though it may be a whole object.
func (s *schema) isChoice() bool { return s.choice }

// holdsMembers tells whether the value is an object whose members are asked.
func (s *schema) holdsMembers() bool { return s.is("object") && !s.isWhole() }

// isWhole tells whether an object is one answer: a choice, JSON, or of a schema that says nothing.
func (s *schema) isWhole() bool {
	return s.isChoice() || s.undescribed() != "" || len(s.types) == 0 && len(s.maps) == 0 && len(s.everyProp()) == 0
}

// option is one allowed value with its title.
type option struct {
	value             any
	title, hint, i18n string
	at                string
}

// options lists the allowed values when the schema is a choice: oneOf or anyOf of consts, enum, const.
func (s *schema) options() []option {
	if s.given != nil {
		return s.given
	}
	for _, p := range s.parts {
		for _, key := range []string{"oneOf", "anyOf"} {
			if list := p.get(key); list != nil && isChoiceList(list) {
				var out []option
				for _, e := range list.arr {
					out = append(out, option{e.get("const").plain(), e.str("title"), e.str("description"), e.str("i18n"), e.at})
				}
				return out
			}
		}
	}
	if list := s.attr("enum"); list != nil {
		var out []option
		for _, e := range list.arr {
			if v := e.plain(); v != nil {
				out = append(out, option{value: v, at: e.at})
			}
		}
		return out
	}
	if c := s.attr("const"); c != nil {
		return []option{{value: c.plain(), at: c.at}}
	}
	return nil
}

// prop returns a property by name: declared here, or in a branch of a combinator (then only there).
func (s *schema) prop(name string) *property { return s.propAmong(name, nil) }

func (s *schema) propAmong(name string, been []*schema) *property {
	if i, ok := s.index[name]; ok {
		return &s.props[i]
	}
	if len(s.ifs)+len(s.groups)+len(s.depSub) == 0 {
		return nil
	}
	been = append(been, s)
	for _, sub := range s.subSchemas() {
		if slices.Contains(been, sub) {
			continue
		}
		if p := sub.propAmong(name, been); p != nil {
			return p
		}
	}
	return nil
}

// complex tells whether what is required or allowed in the object depends on other answers in it.
func (s *schema) complex() bool {
	if len(s.ifs) > 0 || len(s.groups) > 0 || len(s.depends) > 0 || len(s.depSub) > 0 {
		return true
	}
	return s.attr("not") != nil
}
