package widget

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/formdef"
	"antragswerk/internal/formdef/formtest"
	"antragswerk/internal/locale"
)

// visitor goes through a form by its HTML alone: it sees pages, sends what stands in their inputs, and nothing else.
type visitor struct {
	t    *testing.T
	form *formdef.Form
	s    formdef.State
	kit  Kit
}

func visit(t *testing.T, f formtest.Form, a formdef.Answers) *visitor {
	t.Helper()
	form, err := formdef.CompileBare(f.Schema, f.UI, map[string]map[string]string{"de": f.Texts})
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, f.Schema, f.UI)
	}
	now := time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)
	return &visitor{t: t, form: form, kit: Kit{L: locale.For("de")}, s: formdef.State{Answers: a, Lang: "de", Now: now}}
}

// page draws a page and reads it as a browser does; ok is false when these answers do not lead to it.
func (v *visitor) page(i int) (formtest.Page, bool) {
	v.t.Helper()
	view, ok := v.form.View(i, v.s, nil)
	if !ok {
		return formtest.Page{}, false
	}
	p, err := formtest.Read(draw(v.t, Elements(v.kit, view.Elements)))
	if err != nil {
		v.t.Fatal(err)
	}
	return p, true
}

// send posts a page and returns the problems.
func (v *visitor) send(i int, in formdef.Typed) (problems []formdef.Problem) {
	v.s, problems = v.form.Decode(i, v.s, in)
	return problems
}

func answers(t *testing.T, raw json.RawMessage) formdef.Answers {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.UseNumber()
	var a formdef.Answers
	if err := dec.Decode(&a); err != nil {
		t.Fatal(err)
	}
	return a
}

// TestUntouchedPagesChangeNothing: of random forms and answers, each page is drawn and sent as it is, through the HTML
// alone. Afterwards the answers are what they were, every id stands once, and every input has a label.
func TestUntouchedPagesChangeNothing(t *testing.T) {
	pages := 0
	for seed := range uint64(1500) {
		r := rand.New(rand.NewPCG(seed, 3)) // #nosec -- a test must be repeatable
		f := formtest.New(r, formtest.Options{Sound: true, Fitting: true, Whole: seed%2 == 0})
		v := visit(t, f, answers(t, f.Data))
		for i := range v.form.PageCount() {
			p, ok := v.page(i)
			if !ok {
				continue
			}
			pages++
			if broken := p.Broken(); len(broken) > 0 {
				t.Fatalf("seed %d page %d: %v\n%s\n%s\n%s", seed, i, broken, f.Schema, f.UI, f.Data)
			}
			v.send(i, p.Post())
		}
		if diff := cmp.Diff(told(answers(t, f.Data)), told(v.s.Answers)); diff != "" {
			t.Fatalf("seed %d: %s\nschema %s\nui %s\ndata %s", seed, diff, f.Schema, f.UI, f.Data)
		}
	}
	if pages < 1500 {
		t.Errorf("only %d pages were drawn", pages)
	}
}

// told is an answer without what says nothing: an empty object, an empty list, an empty text.
func told(v any) any {
	switch t := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, e := range t {
			if e = told(e); e != nil {
				out[k] = e
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case []any:
		out := []any{}
		some := false
		for _, e := range t {
			e = told(e)
			some = some || e != nil
			out = append(out, e)
		}
		if !some {
			return nil
		}
		return out
	case string:
		if t == "" {
			return nil
		}
	}
	return v
}

// TestFilledPagesComeBack: random answers are typed into random forms; what was typed stands on the page when it is
// shown again, and what can be sent in the end is accepted and holds nothing that no page asked for.
func TestFilledPagesComeBack(t *testing.T) {
	sent := 0
	for seed := range uint64(800) {
		r := rand.New(rand.NewPCG(seed, 5)) // #nosec -- a test must be repeatable
		f := formtest.New(r, formtest.Options{Sound: true, Whole: true})
		v := visit(t, f, formdef.Answers{})
		for round := range 4 {
			for i := range v.form.PageCount() {
				p, ok := v.page(i)
				if !ok {
					continue
				}
				if round < 2 {
					v.actions(r, p)
				}
				v.fill(r, seed, i, f)
			}
		}
		raw, problems := v.form.Freeze(v.s)
		if problems != nil {
			continue
		}
		sent++
		if bad := v.form.Accepts(raw, v.s.Now); bad != nil {
			t.Fatalf("seed %d: %s is refused: %v\nschema %s\nui %s", seed, raw, bad, f.Schema, f.UI)
		}
	}
	t.Logf("%d of 800 could be sent", sent)
	if sent < 200 {
		t.Errorf("only %d of 800 forms could be sent: the test says little", sent)
	}
}

// actions presses some of the buttons that add and remove rows.
func (v *visitor) actions(r *rand.Rand, p formtest.Page) {
	for _, a := range p.Actions {
		name, pointer, _ := strings.Cut(a, ":")
		switch {
		case name == "add" && r.IntN(2) == 0:
			s, err := v.form.AddRow(v.s, pointer)
			if err != nil {
				v.t.Fatalf("the page offers %s: %v", a, err)
			}
			v.s = s
		case name == "remove" && r.IntN(4) == 0:
			s, err := v.form.RemoveRow(v.s, pointer)
			if err != nil {
				v.t.Fatalf("the page offers %s: %v", a, err)
			}
			v.s = s
			return // the other rows have other names now
		}
	}
}

// fill types something into every input of a page, sends it, and looks whether it comes back.
func (v *visitor) fill(r *rand.Rand, seed uint64, i int, f formtest.Form) {
	p, ok := v.page(i)
	if !ok {
		return
	}
	in := p.Post()
	typed := map[string]string{}
	for _, c := range p.Inputs {
		if c.Disabled || c.ReadOnly {
			continue
		}
		switch c.Kind {
		case "text", "textarea":
			text := []string{"abc", "12", "3,5", "4", "Grüße", "27", "3", "1985", "a", "ef"}[r.IntN(10)]
			if strings.HasSuffix(c.Name, "/~0key") {
				text = []string{"eins", "zwei", "drei"}[r.IntN(3)]
			}
			in[c.Name], typed[c.Name] = []string{text}, text
		case "select":
			in[c.Name] = []string{c.Options[r.IntN(len(c.Options))]}
			typed[c.Name] = in[c.Name][0]
		case "radio":
			if _, done := typed[c.Name]; !done || r.IntN(2) == 0 {
				in[c.Name], typed[c.Name] = []string{c.Value}, c.Value
			}
		case "checkbox":
			if r.IntN(2) == 0 {
				in[c.Name] = append(in[c.Name], c.Value)
			}
		}
	}
	in["/fremd"] = []string{"x"}
	v.send(i, in)
	again, ok := v.page(i)
	if !ok {
		return
	}
	for name, text := range typed {
		if kindOf(again, name) != kindOf(p, name) {
			continue // another branch asks for it in another way, or it must not be changed any more
		}
		if got, there := shownFor(again, name); there && got != text && !renamedRow(typed, name) {
			v.t.Fatalf("seed %d: %q typed into %s comes back as %q\nschema %s\nui %s", seed, text, name, got, f.Schema, f.UI)
		}
	}
}

// renamedRow tells whether an input belongs to a list of entries whose names were asked in the same post.
func renamedRow(typed map[string]string, name string) bool {
	for n := range typed {
		if row, ok := strings.CutSuffix(n, "/~0key"); ok && strings.HasPrefix(name, row[:strings.LastIndexByte(row, '/')+1]) {
			return true
		}
	}
	return false
}

func kindOf(p formtest.Page, name string) string {
	for _, c := range p.Inputs {
		if c.Name == name && !c.Disabled && !c.ReadOnly {
			return c.Kind
		}
	}
	return ""
}

// shownFor is what a page shows of an input.
func shownFor(p formtest.Page, name string) (string, bool) {
	there := false
	for _, c := range p.Inputs {
		if c.Name != name {
			continue
		}
		there = true
		if c.Kind != "radio" || c.On {
			return c.Value, true
		}
	}
	return "", there
}
