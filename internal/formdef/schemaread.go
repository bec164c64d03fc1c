package formdef

import (
	"slices"
	"strconv"
	"strings"
)

// schemas reads schemas lazily and once, so that recursive ones end.
type schemas struct {
	root *node
	base map[string]*node // $id and $anchor
	seen map[string]*schema
	lost []*node // references that lead nowhere here
	// of alike: numbers of contents
	ids   map[*node]int
	texts map[string]int
}

func newSchemas(root *node) *schemas {
	s := &schemas{root: root, base: map[string]*node{}, seen: map[string]*schema{}}
	s.anchors(root, 0)
	return s
}

func (b *schemas) anchors(n *node, depth int) {
	if n == nil || depth > maxNodeDepth {
		return
	}
	for _, key := range []string{"$id", "id"} {
		if id := n.str(key); id != "" {
			b.base[id] = n
		}
	}
	if a := n.str("$anchor"); a != "" {
		b.base["#"+a] = n
	}
	for _, k := range n.keys {
		b.anchors(n.obj[k], depth+1)
	}
	for _, k := range n.arr {
		b.anchors(k, depth+1)
	}
}

// follow returns what a $ref means inside this schema, or nil.
func (b *schemas) follow(ref string) *node {
	if n := b.base[ref]; n != nil {
		return n
	}
	base, frag, _ := strings.Cut(ref, "#")
	n := b.root
	if base != "" {
		if n = b.base[base]; n == nil {
			return nil
		}
	}
	return n.find(unescapeFragment(frag))
}

// of reads the schema made of the given nodes together.
func (b *schemas) of(nodes ...*node) *schema {
	key := ""
	for _, n := range nodes {
		key += n.at + "\n"
	}
	if s := b.seen[key]; s != nil {
		return s
	}
	s := &schema{nodes: nodes, at: nodes[0].at, index: map[string]int{}, required: map[string]bool{}}
	b.seen[key] = s
	for _, n := range nodes {
		b.gather(s, n)
	}
	for _, p := range s.parts {
		b.readObject(s, p)
		b.readArray(s, p)
	}
	b.readCombinators(s)
	s.types = s.deriveTypes()
	s.choice = len(s.options()) > 0
	return s
}

// gather collects a node, what its $ref means, and its allOf.
func (b *schemas) gather(s *schema, n *node) {
	if n == nil || n.obj == nil || slices.Contains(s.parts, n) || len(s.parts) > 200 {
		return
	}
	s.parts = append(s.parts, n)
	for _, key := range []string{"$ref", "$dynamicRef", "$recursiveRef"} {
		if ref := n.str(key); ref != "" {
			to := b.follow(ref)
			if to == nil && !slices.Contains(b.lost, n.get(key)) {
				b.lost = append(b.lost, n.get(key))
			}
			b.gather(s, to)
		}
	}
	if all := n.get("allOf"); all != nil {
		for _, e := range all.arr {
			b.gather(s, e)
		}
	}
	for _, key := range []string{"oneOf", "anyOf"} { // X or null is X
		if only := orNull(n.get(key)); only != nil {
			s.nullable = true
			b.gather(s, only)
		}
	}
}

// orNull is the branch of a combination of one schema with null.
func orNull(list *node) *node {
	var only *node
	nulls := 0
	for _, e := range list.elems() {
		if e.str("type") == "null" {
			nulls++
			continue
		}
		if only != nil {
			return nil
		}
		only = e
	}
	if nulls == 0 {
		return nil
	}
	return only
}

func (b *schemas) readObject(s *schema, n *node) {
	if props := n.get("properties"); props != nil {
		for _, name := range props.keys {
			b.addProperty(s, name, props.obj[name])
		}
	}
	for _, r := range n.strings("required") {
		s.required[r] = true
	}
	for _, key := range []string{"dependentRequired", "dependencies"} {
		if dep := n.get(key); dep != nil {
			for _, name := range dep.keys {
				b.addDependency(s, name, dep.obj[name])
			}
		}
	}
	b.readMaps(s, n)
	if dep := n.get("dependentSchemas"); dep != nil {
		for _, name := range dep.keys {
			b.addDependency(s, name, dep.obj[name])
		}
	}
}

// readMaps takes what the schema says of properties that it does not name. additionalProperties without a schema
// only tolerates others, nobody asks for them.
func (b *schemas) readMaps(s *schema, n *node) {
	if patterns := n.get("patternProperties"); patterns != nil {
		for _, p := range patterns.keys {
			if v := patterns.obj[p]; v.obj != nil && p != "" {
				s.addPattern(b, p, b.of(v))
			}
		}
	}
	if more := n.get("additionalProperties"); more != nil && len(more.keys) > 0 {
		s.maps = append(s.maps, mapOf{"", b.of(more)})
	}
}

// addPattern adds entries of a kind; names of two patterns whose entries are alike make one list.
func (s *schema) addPattern(b *schemas, pattern string, v *schema) {
	for i, m := range s.maps {
		if m.pattern != "" && b.alike(m.s, v) {
			s.maps[i].pattern = "(?:" + m.pattern + ")|(?:" + pattern + ")"
			return
		}
	}
	s.maps = append(s.maps, mapOf{pattern, v})
}

func (b *schemas) addDependency(s *schema, name string, n *node) {
	if n.list {
		if s.depends == nil {
			s.depends = map[string][]string{}
		}
		for _, e := range n.arr {
			if req, ok := e.val.(string); ok {
				s.depends[name] = append(s.depends[name], req)
			}
		}
		return
	}
	if n.obj != nil {
		if s.depSub == nil {
			s.depSub = map[string]*schema{}
		}
		s.depSub[name] = b.of(n)
	}
}

func (b *schemas) addProperty(s *schema, name string, n *node) {
	if allowed, isBool := n.val.(bool); isBool && !allowed {
		return // must not be there
	}
	i, known := s.index[name]
	if !known {
		s.index[name] = len(s.props)
		s.props = append(s.props, property{name: name, decls: []string{n.at}, s: b.of(n)})
		return
	}
	nodes := []*node{}
	s.props[i].decls = append(s.props[i].decls, n.at)
	for _, at := range s.props[i].decls {
		nodes = append(nodes, b.root.find(at))
	}
	s.props[i].s = b.of(nodes...)
}

func (b *schemas) readArray(s *schema, n *node) {
	items, entries := n.get("items"), n.get("prefixItems")
	if items != nil && items.list { // until 2019-09
		entries, items = items, n.get("additionalItems")
	}
	if entries != nil && entries.list && s.tuple == 0 {
		for i, e := range entries.arr {
			b.addProperty(s, strconv.Itoa(i), e)
			if least, _ := n.number("minItems"); i < least {
				s.required[strconv.Itoa(i)] = true
			}
		}
		s.tuple = len(entries.arr)
	}
	if s.items == nil && items != nil && items.obj != nil {
		s.items = b.of(items)
	}
}

// readCombinators takes what depends on the answers: if/then/else and the branches of oneOf and anyOf.
func (b *schemas) readCombinators(s *schema) {
	for _, p := range s.parts {
		if cond := p.get("if"); cond != nil {
			c := conditional{ifAt: cond.at}
			if t := p.get("then"); t != nil && t.obj != nil {
				c.then = b.of(t)
			}
			if e := p.get("else"); e != nil && e.obj != nil {
				c.other = b.of(e)
			}
			s.ifs = append(s.ifs, c)
		}
		for _, key := range []string{"oneOf", "anyOf"} {
			list := p.get(key)
			if list == nil || isChoiceList(list) || orNull(list) != nil {
				continue
			}
			g := group{one: key == "oneOf", at: list.at, node: list}
			b.branches(s, &g, list, 0)
			if given := g.constants(); len(given) > 0 && s.given == nil && len(s.props) == 0 {
				s.given = given
				continue
			}
			s.groups = append(s.groups, g)
		}
	}
}

// branches gathers the branches of a combination; one that only combines others is as good as those.
func (b *schemas) branches(s *schema, g *group, list *node, depth int) {
	for _, e := range list.arr {
		if inner := onlyCombines(e); inner != nil && !g.one && depth < 10 {
			b.branches(s, g, inner, depth+1)
			continue
		}
		if e.obj != nil && e.str("type") != "null" {
			g.list = append(g.list, b.of(e))
		}
		s.nullable = s.nullable || e.str("type") == "null"
	}
}

// onlyCombines is the list of a schema that is nothing but a list of others and what it is called.
func onlyCombines(n *node) *node {
	var list *node
	for _, k := range n.keys {
		switch k {
		case "anyOf", "oneOf":
			if list != nil {
				return nil
			}
			list = n.obj[k]
		case "title", "description", "$id", "$comment":
		default:
			return nil
		}
	}
	return list
}
