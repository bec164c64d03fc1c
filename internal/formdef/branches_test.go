package formdef

import (
	"fmt"
	"strings"
	"testing"
)

// manyKinds is a form of forty kinds of application that ask for nearly the same, written out in each, with a choice of
// applicants inside; the last kind asks otherwise for one thing.
func manyKinds() string {
	var kinds []string
	for i := range 40 {
		size := `{"type":"integer"}`
		if i == 39 {
			size = `{"type":"string"}`
		}
		kinds = append(kinds, fmt.Sprintf(`{"additionalProperties":false,"required":["kind","data"],"properties":{"kind":{"const":"k%d"},
			"data":{"type":"object","required":["site"],"properties":{"own%d":{"type":"string"},"site":{"$ref":"#/$defs/site"},"size":%s,
				"who":{"oneOf":[{"title":"Person","required":["name"],"properties":{"name":{"type":"string"}}},{"title":"Firma","required":["firma"],"properties":{"firma":{"type":"string"}}}]}}}}}`, i, i%2, size))
	}
	return `{"$defs":{"site":{"type":"object","properties":{"street":{"type":"string"},"town":{"type":"string"}},"required":["town"]}},"anyOf":[` + strings.Join(kinds, ",") + `]}`
}

// TestBranchesShareQuestions: what forty branches ask alike is one question, shown and required in each of them.
func TestBranchesShareQuestions(t *testing.T) {
	f := bare(t, manyKinds(), "")
	controls := map[string]int{}
	for _, e := range f.Inspect(nil, "de").Elements {
		controls[e.Path]++
	}
	for path, want := range map[string]int{"data": 1, "data.site": 1, "data.site.town": 1, "data.who": 1, "data.who.name": 1, "data.size": 2, "data.own0": 1} {
		if controls[path] != want {
			t.Errorf("%s is asked by %d controls instead of %d", path, controls[path], want)
		}
	}
	a := answersOf(t, `{"kind":"k7","data":{"own1":"x","size":3,"site":{"street":"Weg 1"},"who":{"name":"Eva"}}}`)
	if got := keywords(f.Check(state(a))); len(got) != 1 || got[0] != "/data/site/town required" {
		t.Error(got)
	}
	a["data"].(map[string]any)["site"].(map[string]any)["town"] = "Jena"
	raw, problems := f.Freeze(state(a))
	if want := `{"kind":"k7","data":{"site":{"street":"Weg 1","town":"Jena"},"size":3,"who":{"name":"Eva"},"own1":"x"}}`; string(raw) != want {
		t.Errorf("%s %v", raw, problems)
	}
	for kind, visible := range map[string]bool{"k6": true, "k7": false} {
		a["kind"] = kind
		for _, e := range f.Inspect(a, "de").Elements {
			if e.Path == "data.own0" && e.Visible != visible {
				t.Errorf("%s: what only even kinds ask is shown: %v", kind, e.Visible)
			}
		}
	}
	delete(a, "kind")
	for _, e := range f.Inspect(a, "de").Elements {
		if e.Path == "data" && e.Visible {
			t.Error("what a kind asks is shown before a kind is chosen")
		}
	}
}

// TestChoicesInBranches: each branch may hold a choice of its own, and none is taken for another's.
func TestChoicesInBranches(t *testing.T) {
	f := bare(t, `{"type":"object","oneOf":[
		{"title":"A","required":["a"],"properties":{"a":{"type":"string"}},"oneOf":[{"title":"A1","required":["a1"],"properties":{"a1":{"type":"string"}}},{"title":"A2","required":["a2"],"properties":{"a2":{"type":"string"}}}]},
		{"title":"B","required":["b"],"properties":{"b":{"type":"string"}},"oneOf":[{"title":"B1","required":["b1"],"properties":{"b1":{"type":"string"}}},{"title":"B2","required":["b2"],"properties":{"b2":{"type":"string"}}}]}]}`, "")
	names := map[string]bool{}
	for ptr := range f.c.top.picks {
		names[ptr] = true
	}
	if len(names) != 3 || !names["/~0oneOf"] {
		t.Fatal(names)
	}
	visible := func(a string) string {
		var out []string
		for _, e := range f.Inspect(answersOf(t, a), "de").Elements {
			if e.Visible && e.Path != "" {
				out = append(out, e.Path)
			}
		}
		return strings.Join(out, " ")
	}
	for a, want := range map[string]string{`{"a":"x","a2":"y"}`: "a a2", `{"b":"x","b1":"y"}`: "b b1", `{}`: ""} {
		if got := visible(a); got != want {
			t.Errorf("%s shows %q, not %q", a, got, want)
		}
	}
}
