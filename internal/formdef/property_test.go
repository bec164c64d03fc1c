package formdef

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
		r := rand.New(rand.NewPCG(seed, 7)) //nolint:gosec // a test must be repeatable
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
