package formimport

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/formdef"
)

// TestRoundTrip: answers become the inputs of the pages, the inputs are posted as a browser posts them, and what is
// frozen is the same JSON. Uploads and added rows come by their own ways, as they do from a page.
func TestRoundTrip(t *testing.T) {
	for _, name := range cases(t) {
		t.Run(name, func(t *testing.T) {
			form, err := formdef.Compile(loaded(t, bring(t, name)))
			if err != nil {
				t.Fatal(err)
			}
			raw, err := os.ReadFile(filepath.Join("testdata", name, "answers.json"))
			if err != nil {
				t.Fatal(err)
			}
			if bad := form.Accepts(raw, sampleDay); bad != nil {
				t.Fatalf("the answers are not accepted: %v", bad)
			}
			dec := json.NewDecoder(bytes.NewReader(raw))
			dec.UseNumber()
			var answers formdef.Answers
			if err := dec.Decode(&answers); err != nil {
				t.Fatal(err)
			}
			full := formdef.State{Answers: answers, Now: sampleDay, Lang: "de"}
			filled := formdef.State{Answers: formdef.Answers{}, Now: sampleDay, Lang: "de"}
			for round := range 2 { // the second round comes back with the uploads, which need their question to be shown
				for i := range form.PageCount() {
					want, ok := form.View(i, full, nil)
					if !ok {
						continue
					}
					filled = bringRows(t, form, filled, want.Elements)
					var problems []formdef.Problem
					if filled, problems = form.Decode(i, filled, posted(want.Elements, formdef.Typed{})); len(problems) > 0 && round == 1 {
						t.Errorf("page %d: %v", i+1, problems)
					}
					filled = bringFiles(t, form, filled, want.Elements)
				}
			}
			got, problems := form.Freeze(filled)
			if problems != nil {
				t.Fatal(problems)
			}
			var a, b any
			if err := json.Unmarshal(raw, &a); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(got, &b); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(a, b); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// posted is what a browser posts of a page without scripts.
func posted(list []formdef.Element, in formdef.Typed) formdef.Typed {
	for _, e := range list {
		if e.Hidden {
			continue
		}
		if f := e.Field; f != nil && f.Widget != formdef.WidgetOutput && f.Widget != formdef.WidgetFile && !f.Disabled && !f.ReadOnly {
			switch {
			case len(f.Parts) > 0:
				for _, p := range f.Parts {
					in[p.Name] = []string{p.Value}
				}
			case f.Widget == formdef.WidgetCheckbox:
				if f.Value == "true" {
					in[f.Pointer] = []string{"true"}
				}
			case len(f.Choices) > 0:
				for _, c := range f.Choices {
					if c.Selected {
						in[f.Pointer] = append(in[f.Pointer], c.Value)
					}
				}
			default:
				in[f.Pointer] = []string{f.Value}
			}
		}
		posted(e.Children, in)
		for _, r := range e.Rows {
			posted(r.Elements, in)
		}
	}
	return in
}

// bringRows presses "add" until a list has as many rows as it should.
func bringRows(t *testing.T, form *formdef.Form, s formdef.State, list []formdef.Element) formdef.State {
	t.Helper()
	for _, e := range list {
		if e.Kind == formdef.KindList {
			for range 10 {
				if rowsAt(map[string]any(s.Answers), e.Pointer) >= len(e.Rows) {
					break
				}
				next, err := form.AddRow(s, e.Pointer)
				if err != nil {
					t.Fatalf("%s: %v", e.Pointer, err)
				}
				s = next
			}
		}
		s = bringRows(t, form, s, e.Children)
		for _, r := range e.Rows {
			s = bringRows(t, form, s, r.Elements)
		}
	}
	return s
}

func rowsAt(v any, pointer string) int {
	for _, name := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		switch t := v.(type) {
		case map[string]any:
			v = t[name]
		case []any:
			i := 0
			for _, d := range name {
				i = i*10 + int(d-'0')
			}
			if i >= len(t) {
				return 0
			}
			v = t[i]
		}
	}
	list, _ := v.([]any)
	return len(list)
}

func bringFiles(t *testing.T, form *formdef.Form, s formdef.State, list []formdef.Element) formdef.State {
	t.Helper()
	for _, e := range list {
		if e.Field != nil && !e.Hidden {
			for _, f := range e.Field.Files {
				if has, _ := json.Marshal(s.Answers); bytes.Contains(has, []byte(f.URN)) {
					continue
				}
				next, err := form.Attach(s, e.Field.Pointer, f.URN)
				if err != nil {
					t.Fatalf("%s: %v", e.Field.Pointer, err)
				}
				s = next
			}
		}
		s = bringFiles(t, form, s, e.Children)
		for _, r := range e.Rows {
			s = bringFiles(t, form, s, r.Elements)
		}
	}
	return s
}
