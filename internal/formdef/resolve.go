package formdef

import (
	"net/url"
	"slices"
	"strings"
)

// resolved is what a scope points at.
type resolved struct {
	path       []string // in the frame
	s          *schema
	decls      []string // places in schema.json that declare it
	parent     *schema  // the object that holds it, nil for "#"
	parentPath []string
	complex    bool // an object on the way has conditions
	name       string
}

func unescapeFragment(f string) string {
	if !strings.Contains(f, "%") {
		return f
	}
	if u, err := url.PathUnescape(f); err == nil {
		return u
	}
	return f
}

// resolve follows a scope from a place.
func (b *builder) resolve(at place, scope string) (resolved, bool) {
	frag, ok := strings.CutPrefix(scope, "#")
	res := resolved{path: slices.Clone(at.path), s: at.s, decls: []string{at.s.at}}
	if !ok {
		return res, false
	}
	segs := splitPointer(unescapeFragment(frag))
	for i := 0; i < len(segs); i++ {
		switch segs[i] {
		case "properties":
			if i++; i >= len(segs) {
				return res, false
			}
			p := res.s.prop(segs[i])
			if p == nil {
				return res, false
			}
			res.complex = res.complex || res.s.complex()
			res.parent, res.parentPath = res.s, slices.Clone(res.path)
			res.path = append(res.path, segs[i])
			here := res.s
			res.s, res.decls, res.name = p.s, p.decls, p.name
			if _, own := here.index[p.name]; !own {
				res.decls = nil // what a branch says holds only where the branch does
				for i := range here.groups {
					if g := &here.groups[i]; g.discriminator() == p.name {
						res.s = g.anyBranch(p)
					}
				}
			}
		case "items", "prefixItems": // an entry of a tuple
			if i++; i >= len(segs) || res.s.tuple == 0 {
				return res, false
			}
			p := res.s.prop(segs[i])
			if p == nil {
				return res, false
			}
			res.parent, res.parentPath = res.s, slices.Clone(res.path)
			res.path = append(res.path, segs[i])
			res.s, res.decls, res.name = p.s, p.decls, p.name
		case "allOf", "anyOf", "oneOf":
			n := res.s.attr(segs[i])
			if i++; i >= len(segs) || n == nil {
				return res, false
			}
			if n = n.find("/" + segs[i]); n == nil {
				return res, false
			}
			res.s = b.ss.of(n)
		case "then", "else":
			n := res.s.attr(segs[i])
			if n == nil {
				return res, false
			}
			res.s = b.ss.of(n)
		default:
			return res, false
		}
	}
	return res, true
}

// anyBranch is the discriminating property with the choices of all branches.
func (g *group) anyBranch(p *property) *schema {
	out := *p.s
	out.given, out.nodes = nil, nil
	for _, br := range g.list {
		q := br.prop(p.name)
		if q == nil {
			continue
		}
		for _, o := range q.s.options() {
			if o.title == "" {
				o.title = br.str("title")
			}
			out.given = append(out.given, o)
		}
	}
	return &out
}
