package formdef

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/formdef/formtest"
)

// randomForm makes a form of seven questions with random rules, each on earlier ones, some on a second page.
func randomForm(r *rand.Rand) (schema, ui string) {
	names := []string{"a", "b", "c", "d", "e", "f", "g"}
	cond := func(earlier []string) string {
		var leaf func(depth int) string
		leaf = func(depth int) string {
			scope := fmt.Sprintf(`"scope":"#/properties/%s"`, earlier[r.IntN(len(earlier))])
			switch n := r.IntN(8); {
			case n < 2 && depth < 2:
				return fmt.Sprintf(`{"type":%q,"conditions":[%s,%s]}`, []string{"AND", "OR"}[n], leaf(depth+1), leaf(depth+1))
			case n == 2:
				return `{"type":"LEAF",` + scope + `,"expectedValue":"x"}`
			case n == 3:
				return `{` + scope + `,"schema":{"not":{"const":"x"}}}`
			case n == 4:
				return `{` + scope + `,"schema":{"enum":["x","y"]},"failWhenUndefined":true}`
			case n == 5:
				return `{` + scope + `,"schema":{"minLength":1}}`
			}
			return `{` + scope + `,"schema":{"const":"x"}}`
		}
		return leaf(0)
	}
	var props, pages []string
	var controls []string
	for i, n := range names {
		props = append(props, fmt.Sprintf(`%q:{"enum":["x","y","z"]}`, n))
		rule := ""
		if i > 0 && r.IntN(3) > 0 {
			effect := []string{"SHOW", "HIDE", "ENABLE", "DISABLE", "READONLY"}[r.IntN(5)]
			rule = fmt.Sprintf(`,"rule":{"effect":%q,"condition":%s}`, effect, cond(names[:i]))
		}
		onHide := ""
		if r.IntN(6) == 0 {
			onHide = `,"options":{"onHide":"keep"}`
		}
		controls = append(controls, fmt.Sprintf(`{"type":"Control","scope":"#/properties/%s"%s%s}`, n, rule, onHide))
		if i == 3 {
			pages = append(pages, `{"type":"Category","label":"1","elements":[`+strings.Join(controls, ",")+`]}`)
			controls = nil
		}
	}
	pages = append(pages, fmt.Sprintf(`{"type":"Category","label":"2","rule":{"effect":"SHOW","condition":%s},"elements":[%s]}`, cond(names[:4]), strings.Join(controls, ",")))
	required := ""
	if r.IntN(2) == 0 {
		required = `"required":["a","e"],`
	}
	return `{"type":"object","additionalProperties":false,` + required + `"properties":{` + strings.Join(props, ",") + `}}`,
		`{"type":"Categorization","elements":[` + strings.Join(pages, ",") + `]}`
}

// TestRandomRules: whatever the rules and whatever is posted, what is frozen is accepted again as it is, holds nothing
// hidden, and freezing is stable.
func TestRandomRules(t *testing.T) {
	frozen := 0
	for seed := range uint64(600) {
		r := rand.New(rand.NewPCG(seed, 7)) // #nosec -- a test must be repeatable
		schema, ui := randomForm(r)
		f := bare(t, schema, ui)
		s := state(nil)
		for range 4 {
			in := Typed{}
			for _, n := range []string{"a", "b", "c", "d", "e", "f", "g"} {
				if r.IntN(4) > 0 {
					in["/"+n] = []string{[]string{"x", "y", "z", "fremd"}[r.IntN(4)]}
				}
			}
			page := r.IntN(2)
			_, visible := f.View(page, s, nil)
			was := s.Answers
			s, _ = f.Decode(page, s, in)
			if !visible && !cmp.Equal(was, s.Answers) {
				t.Fatalf("seed %d: a hidden page took answers", seed)
			}
		}
		raw, problems := f.Freeze(s)
		if problems != nil {
			continue
		}
		frozen++
		if got := f.Accepts(raw, testNow); got != nil {
			t.Fatalf("seed %d: %s is refused: %v\n%s\n%s", seed, raw, got, schema, ui)
		}
		var a Answers
		if err := json.Unmarshal(raw, &a); err != nil {
			t.Fatal(err)
		}
		again, problems := f.Freeze(state(a))
		if string(again) != string(raw) || problems != nil {
			t.Fatalf("seed %d: frozen %s, frozen again %s %v", seed, raw, again, problems)
		}
	}
	if frozen < 50 {
		t.Errorf("only %d of 600 forms could be frozen: the test says little", frozen)
	}
}

// TestNoPostForcesAnAnswer posts names and values at random, also of hidden, foreign and made-up inputs, to the pages of
// random forms: what can be sent then fits the schema, is accepted, and holds only what a page asks.
func TestNoPostForcesAnAnswer(t *testing.T) {
	sent := 0
	for seed := range uint64(600) {
		r := rand.New(rand.NewPCG(seed, 13)) // #nosec -- a test must be repeatable
		form := formtest.New(r, formtest.Options{Sound: true, Whole: true})
		f, err := CompileBare(form.Schema, form.UI, nil)
		if err != nil {
			t.Fatal(err)
		}
		names := postable(f.c.top, "", 0)
		s := state(nil)
		for range 6 {
			in := Typed{}
			for range 4 + r.IntN(12) {
				name := names[r.IntN(len(names))]
				if r.IntN(4) == 0 {
					name += []string{"/0", "/day", "/~0key", "/x", "/~0oneOf", "/-1"}[r.IntN(6)]
				}
				in[name] = []string{[]string{"x", "abc", "4", "true", "1", "y", "nur", "p", "2024-02-29", "eins", `{"a":1}`, ""}[r.IntN(12)]}
			}
			page := r.IntN(max(f.PageCount(), 1))
			s, _ = f.Decode(page, s, in)
			if more, err := f.AddRow(s, names[r.IntN(len(names))]); err == nil {
				s = more
			}
		}
		raw, problems := f.Freeze(s)
		if problems != nil {
			continue
		}
		sent++
		a, bad := parseAnswers(raw)
		// What is required but asked nowhere, or hidden, is the author's fault, which forms check finds.
		wrong := slices.DeleteFunc(faultsOf(f.c.valid, map[string]any(a)), func(fl fault) bool { return fl.keyword == "required" })
		if bad != nil || len(wrong) > 0 || f.Accepts(raw, testNow) != nil {
			t.Fatalf("seed %d: %s is sent, but %v %v\n%s\n%s", seed, raw, wrong, f.Accepts(raw, testNow), form.Schema, form.UI)
		}
		r2 := f.newRun(&State{Answers: a, Now: testNow, Lang: "de"})
		for ptr, binds := range f.c.top.binds {
			if _, there := lookup(map[string]any(a), splitPointer(ptr)); there && !r2.top().counts(binds) {
				t.Fatalf("seed %d: %s is hidden and sent in %s\n%s\n%s", seed, ptr, raw, form.Schema, form.UI)
			}
		}
	}
	if sent < 120 {
		t.Errorf("only %d of 600 could be sent: the test says little", sent)
	}
}

// postable are names of inputs that a form knows, in rows too.
func postable(f *frame, base string, depth int) []string {
	names := []string{base + "/fremd"}
	for _, ptr := range sortedKeys(f.binds) {
		names = append(names, base+ptr)
		for _, e := range f.binds[ptr] {
			if e.list != nil && depth < 2 {
				names = append(names, postable(e.list.frame, base+ptr+"/0", depth+1)...)
			}
		}
	}
	for _, ptr := range sortedKeys(f.picks) {
		names = append(names, base+ptr)
	}
	for _, ptr := range sortedKeys(f.maps) {
		names = append(names, base+ptr, base+ptr+"/eins", base+ptr+"/~0/~0key")
	}
	return names
}
