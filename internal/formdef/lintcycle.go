package formdef

import (
	"slices"
	"strings"
)

// cycles finds conditions and calculations that depend on themselves: then nobody can say what they mean.
func (l *linter) cycles() { l.frameCycles(l.b.c.top, map[*frame]bool{}) }

func (l *linter) frameCycles(f *frame, done map[*frame]bool) {
	if done[f] {
		return
	}
	done[f] = true
	edges := map[string][]string{}
	for _, ptr := range sortedKeys(f.binds) {
		for _, e := range f.binds[ptr] {
			for up := e; up != nil; up = up.parent {
				if up.rule != nil {
					edges[ptr] = append(edges[ptr], l.targets(f, up.rule.cond.reads())...)
				}
			}
			if e.list != nil {
				l.frameCycles(e.list.frame, done)
			}
		}
	}
	for ptr, c := range f.calcs {
		base := joinPointer(c.path[:len(c.path)-1])
		for _, v := range c.logic.vars() {
			edges[ptr] = append(edges[ptr], l.targets(f, []string{base + v})...)
		}
	}
	state := map[string]int{}
	for _, ptr := range sortedKeys(edges) {
		if way := findCycle(ptr, edges, state, nil); way != nil {
			l.say(l.placeOf(f, way[0]), l.pointerOf(f, way[0]), "cycle", "way", strings.Join(way, " → "))
		}
	}
}

// targets are the bound or calculated pointers that reading these depends on.
func (l *linter) targets(f *frame, reads []string) []string {
	var out []string
	for _, r := range reads {
		for _, ptr := range append(sortedKeys(f.binds), sortedKeys(f.calcs)...) {
			if within(ptr, r) || within(r, ptr) {
				out = append(out, ptr)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// findCycle is a depth-first search; state 1 is on the way, 2 is done.
func findCycle(at string, edges map[string][]string, state map[string]int, way []string) []string {
	way = append(way, at)
	switch state[at] {
	case 1:
		return way[slices.Index(way, at):]
	case 2:
		return nil
	}
	state[at] = 1
	for _, next := range edges[at] {
		if c := findCycle(next, edges, state, way); c != nil {
			state[at] = 2
			return c
		}
	}
	state[at] = 2
	return nil
}

func (l *linter) placeOf(f *frame, ptr string) string {
	if f.calcs[ptr] != nil {
		return "schema.json"
	}
	return "ui.json"
}

func (l *linter) pointerOf(f *frame, ptr string) string {
	if binds := f.binds[ptr]; f.calcs[ptr] == nil && len(binds) > 0 {
		return strings.TrimPrefix(binds[0].at, "#")
	}
	if s := schemaAlong(f.schema, splitPointer(ptr)); s != nil {
		return s.at
	}
	return ptr
}
