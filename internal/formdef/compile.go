package formdef

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// builder turns a package into a compiled form.
type builder struct {
	p     *Package
	c     *compiled
	ss    *schemas
	valid *jsonschema.Compiler
	errs  []error
	conds int
	depth int
	// what was built so far: elements, and objects searched for calculations
	elements, objects int
	around            []*schema // objects on the way down in frameExtras
	made              []*schema // objects whose controls are being generated
	open              []*rows   // of lists whose rows are being generated
	joint             map[string]*schema
	searched          map[searched]bool
	generatedUI       bool      // there is no UI schema
	asked             []wording // texts that were looked up, for the lint
	foreign           foreign
}

// searched is an object in which frameExtras looked already.
type searched struct {
	f        *frame
	ptr, has string
}

// Bounds of a form, so that a schema that refers to itself, or to ten others ten times over, ends.
const (
	maxElements = 20_000
	maxNestedUI = 60
)

func compile(p *Package) (*Form, error) {
	b, err := buildForm(p)
	if err != nil {
		return nil, err
	}
	if len(b.errs) > 0 {
		return nil, errors.Join(b.errs...)
	}
	return &Form{Package: p, c: b.c}, nil
}

// buildForm compiles as far as it gets; what is wrong is in errs and in the notes.
func buildForm(p *Package) (*builder, error) {
	b, err := newBuilder(p)
	if err != nil {
		return nil, err
	}
	ui := b.userInterface()
	if ui == nil {
		return b, nil
	}
	b.frameExtras(b.c.top, b.c.root, nil)
	b.buildPages(ui)
	b.buildMeta()
	b.link()
	b.foreign.notePackage(b.c.langs, p)
	b.c.foreign = b.foreign.words()
	if b.elements > maxElements {
		b.fail("schema.json", "", "size", "max", maxElements)
	}
	for _, n := range b.ss.lost {
		b.fail("schema.json", n.at, "ref", "ref", n.val)
	}
	return b, nil
}

func compileBare(schema, ui json.RawMessage, texts map[string]map[string]string) (*Form, error) {
	schema, err := withBlocks(schema)
	if err != nil {
		return nil, found("schema.json", "", "said", "text", err)
	}
	return compile(&Package{Schema: schema, UI: ui, Texts: texts})
}

func newBuilder(p *Package) (*builder, error) { return newBuilderWith(p, refuse{}) }

// newBuilderWith takes the loader of what a schema refers to outside itself: in the product it refuses, always.
func newBuilderWith(p *Package, outside jsonschema.URLLoader) (*builder, error) {
	root, err := parseNode(p.Schema)
	if err != nil {
		return nil, found("schema.json", "", "said", "text", err)
	}
	if _, isBool := root.val.(bool); root.obj == nil && !isBool {
		return nil, found("schema.json", "", "object")
	}
	b := &builder{p: p, ss: newSchemas(root), searched: map[searched]bool{}}
	b.c = &compiled{texts: p.Texts, sources: map[string]bool{}, langIndex: map[string]int{}}
	b.languages()
	if b.valid, err = newValidator(root, outside); err != nil {
		return nil, found("schema.json", "", "said", "text", err)
	}
	if b.c.valid, err = b.valid.Compile(schemaURL); err != nil {
		return nil, found("schema.json", "", "said", "text", schemaError(err))
	}
	b.c.root = b.ss.of(root)
	b.c.top = newFrame(b.c.root, nil, "")
	b.c.defaultUI = defaultLayout(b.ss, b.c.root)
	return b, nil
}

// schemaError turns the validator's address of our schema into a pointer. The validator lists causes in the random order
// of Go's maps, and with them what they are causes of: here only the causes are left, in order.
func schemaError(err error) string {
	lines := strings.Split(strings.ReplaceAll(err.Error(), schemaURL, ""), "\n")
	var causes []string
	for _, l := range lines[1:] {
		if l = strings.TrimPrefix(strings.Join(strings.Fields(l), " "), "- "); l != "" && !strings.HasSuffix(l, " failed") {
			causes = append(causes, l)
		}
	}
	slices.Sort(causes)
	return strings.Join(append([]string{strings.Join(strings.Fields(lines[0]), " ")}, causes...), "; ")
}

func newFrame(s *schema, owner *elem, i18n string) *frame {
	return &frame{schema: s, owner: owner, binds: map[string][]*elem{}, calcs: map[string]*calc{}, prefixes: map[string]bool{}, picks: map[string]*elem{}, tuples: map[string]int{}, maps: map[string][]*elem{}, i18n: i18n}
}

func (b *builder) fail(file, at, key string, args ...any) {
	b.errs = append(b.errs, found(file, at, key, args...))
}

func (b *builder) note(file, at, key string, args ...any) {
	b.c.notes = append(b.c.notes, found(file, at, key, args...))
}

// cannot names what is not shown, as inspect lists it, and notes it for the author.
func (b *builder) cannot(at, key string, args ...any) {
	key = "cannot." + key
	b.c.unshown = append(b.c.unshown, found("ui.json", at, key, args...))
	b.c.unsupported = append(b.c.unsupported, "#"+at+": "+worded(key, args))
}

func pointerOrRoot(at string) string {
	if at == "" {
		return "/"
	}
	return at
}

func (b *builder) languages() {
	b.c.langs = []string{"de", "en"}
	var others []string
	for tag := range b.p.Texts {
		if tag != "de" && tag != "en" {
			others = append(others, tag)
		}
	}
	slices.Sort(others)
	b.c.langs = append(b.c.langs, others...)
	for i, tag := range b.c.langs {
		b.c.langIndex[tag] = i
	}
}

// userInterface parses the UI schema, or makes the default one.
func (b *builder) userInterface() *node {
	raw := b.p.UI
	if len(raw) == 0 || string(raw) == "null" {
		raw, b.generatedUI = b.c.defaultUI, true
	}
	ui, err := parseNode(raw)
	if err != nil {
		b.fail("ui.json", "", "said", "text", err)
		return nil
	}
	if ui.obj == nil {
		b.fail("ui.json", "", "ui.type")
		return nil
	}
	return ui
}

// frameExtras finds calculations and cross-field rules of the objects of a frame. An object inside itself is not
// followed, nor more objects than a form can have.
func (b *builder) frameExtras(f *frame, s *schema, path []string) {
	if s == nil || slices.Contains(b.around, s) || b.objects > maxElements {
		return
	}
	key := searched{f, joinPointer(path), b.ss.contents(s.nodes)}
	if b.searched[key] { // another branch has it too
		return
	}
	b.searched[key] = true
	b.objects++
	b.around = append(b.around, s)
	defer func() { b.around = b.around[:len(b.around)-1] }()
	b.objectRules(f, s, path)
	for _, p := range s.everyProp() {
		sub := append(slices.Clone(path), p.name)
		if n := p.s.attr("x-calculate"); n != nil {
			l, err := parseLogic(n)
			if err != nil {
				b.fail("schema.json", n.at, "calculate", "text", err)
				continue
			}
			c := &calc{ptr: joinPointer(sub), path: sub, logic: l, places: -1, text: p.s.is("string")}
			if p.s.is("integer") {
				c.places = 0
			} else if p.s.attr("x-money") != nil {
				c.places = 2
			}
			f.calcs[c.ptr] = c
			f.addPrefixes(sub)
			b.reads(f, l, path)
		}
		if p.s.is("object") && len(p.s.everyProp()) > 0 {
			b.frameExtras(f, p.s, sub)
		}
	}
}

func (b *builder) objectRules(f *frame, s *schema, path []string) {
	for _, part := range s.parts {
		list := part.get("x-rules")
		if list == nil {
			continue
		}
		for _, n := range list.arr {
			l, err := parseLogic(n.get("logic"))
			if err != nil {
				b.fail("schema.json", n.at, "rules", "text", err)
				continue
			}
			r := &xrule{logic: l, base: path, basePtr: joinPointer(path), frame: f, shared: strings.HasPrefix(part.at, blockDefs)}
			r.pointers = n.strings("pointers")
			if len(r.pointers) == 0 {
				r.pointers = l.vars()
			}
			for i, p := range r.pointers {
				r.pointers[i] = r.basePtr + p
			}
			text := n.str("message")
			r.message = b.translate(text, text, n.str("i18n"))
			f.rules = append(f.rules, r)
			b.reads(f, l, path)
		}
	}
}

// reads remembers which answers of the top frame something depends on.
func (b *builder) reads(f *frame, l *logic, base []string) {
	if f.owner != nil {
		return
	}
	for _, v := range l.vars() {
		b.c.sources[joinPointer(base)+v] = true
	}
}

// addPrefixes marks the objects above a bound pointer.
func (f *frame) addPrefixes(path []string) {
	for i := range path {
		f.prefixes[joinPointer(path[:i])] = true
	}
}

// everyProp lists the properties with those that only a branch declares, in document order.
func (s *schema) everyProp() []property {
	if s.all != nil {
		return s.all
	}
	out := slices.Clone(s.props)
	have := map[string]bool{}
	for _, p := range out {
		have[p.name] = true
	}
	s.branchProps(&out, have, map[*schema]bool{s: true})
	return out
}

func (s *schema) branchProps(out *[]property, have map[string]bool, been map[*schema]bool) {
	for _, sub := range s.subSchemas() {
		if been[sub] {
			continue
		}
		been[sub] = true
		for _, p := range sub.props {
			if !have[p.name] {
				have[p.name] = true
				*out = append(*out, p)
			}
		}
		sub.branchProps(out, have, been)
	}
}

// subSchemas are the branches that may add properties to the object.
func (s *schema) subSchemas() []*schema {
	var out []*schema
	for _, c := range s.ifs {
		for _, sub := range []*schema{c.then, c.other} {
			if sub != nil {
				out = append(out, sub)
			}
		}
	}
	for _, g := range s.groups {
		out = append(out, g.list...)
	}
	for _, name := range sortedKeys(s.depSub) {
		out = append(out, s.depSub[name])
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// compileAt returns the validator of a place in the schema.
func (b *builder) compileAt(pointer string) *jsonschema.Schema {
	v, err := b.valid.Compile(fragment(pointer))
	if err != nil {
		b.fail("schema.json", pointer, "said", "text", schemaError(err))
		return nil
	}
	return v
}

// combinators returns a validator of only that part of an object which depends on its answers.
func (b *builder) combinators(s *schema) *jsonschema.Schema {
	var all []any
	ref := func(n *node) any { return map[string]any{"$ref": fragment(n.at)} }
	for _, p := range s.parts {
		part := map[string]any{}
		for _, key := range []string{"if", "then", "else", "not", "dependentSchemas", "dependentRequired", "dependencies", "oneOf", "anyOf"} {
			n := p.get(key)
			switch {
			case n == nil:
			case n.list:
				refs := make([]any, len(n.arr))
				for i, e := range n.arr {
					refs[i] = ref(e)
				}
				part[key] = refs
			case key == "dependentRequired" || key == "dependencies":
				if len(s.depends) > 0 {
					part["dependentRequired"] = listsOnly(n)
				}
			case key == "dependentSchemas":
				subs := map[string]any{}
				for _, k := range n.keys {
					subs[k] = ref(n.obj[k])
				}
				part[key] = subs
			default:
				part[key] = ref(n)
			}
		}
		if len(part) > 0 {
			all = append(all, part)
		}
	}
	b.conds++
	address := fmt.Sprintf("%s:extra:%d", schemaURL, b.conds)
	if err := b.valid.AddResource(address, map[string]any{"allOf": all}); err != nil {
		b.fail("schema.json", s.at, "said", "text", schemaError(err))
		return nil
	}
	v, err := b.valid.Compile(address)
	if err != nil {
		b.fail("schema.json", s.at, "said", "text", schemaError(err))
		return nil
	}
	return v
}

func listsOnly(n *node) any {
	out := map[string]any{}
	for _, k := range n.keys {
		if n.obj[k].list {
			out[k] = n.obj[k].plain()
		}
	}
	return out
}
