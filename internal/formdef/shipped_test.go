package formdef

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var testNow = time.Date(2025, 11, 24, 9, 0, 0, 0, time.UTC)

// TestShippedForms loads, lints and rehearses every service that the product ships.
func TestShippedForms(t *testing.T) {
	// A report may be sent without a name; it is answered by e-mail or not at all.
	anonymous := map[string]bool{"maengelmeldung": true, "hinweis-ordnungsamt": true}
	root := os.DirFS("../../forms")
	dirs, err := fs.ReadDir(root, ".")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, d := range dirs {
		if _, err := fs.Stat(root, d.Name()+"/form.yaml"); err != nil {
			continue
		}
		found++
		t.Run(d.Name(), func(t *testing.T) {
			sub, err := fs.Sub(root, d.Name())
			if err != nil {
				t.Fatal(err)
			}
			p, err := Load(d.Name(), sub)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range p.Lint() {
				t.Error(n)
			}
			f, err := Compile(p)
			if err != nil {
				t.Fatal(err)
			}
			if valid := countValid(t, p); len(p.Samples) < 8 || valid < 3 || len(p.Samples)-valid < 3 {
				t.Errorf("%d samples, %d of them valid; want at least eight, three valid and three not", len(p.Samples), valid)
			}
			for _, s := range p.Samples {
				if diff := f.Rehearse(s, testNow); diff != "" {
					t.Errorf("%s: %s", s.File, diff)
				}
				if string(s.Expect) == `"valid"` {
					retype(t, f, s)
					if to := f.Addressee(answersOf(t, string(s.Answers))); len(to) < 3 && !anonymous[d.Name()] {
						t.Errorf("%s: a letter would go to %q", s.File, to)
					}
				}
			}
		})
	}
	if found < 22 {
		t.Errorf("%d services, want at least 22", found)
	}
}

func countValid(t *testing.T, p *Package) int {
	t.Helper()
	n := 0
	for _, s := range p.Samples {
		want, err := s.expected()
		if err != nil {
			t.Error(err)
		} else if want == nil {
			n++
		}
	}
	return n
}

// retype posts every page of a valid sample as a browser shows it, in each language, twice: the summary stays as it
// was, and what is frozen does not change any more (a page writes 09:00 as 09:00:00, and choices in the form's order).
func retype(t *testing.T, f *Form, sample Sample) {
	t.Helper()
	for _, lang := range []string{"de", "en"} {
		s := State{Answers: answersOf(t, string(sample.Answers)), Now: testNow, Lang: lang}
		seen := sortedLines(f.Summary(s, true))
		var frozen [2]string
		for round := range frozen {
			s = retypeAll(t, f, s)
			raw, problems := f.Freeze(s)
			if problems != nil {
				t.Fatalf("%s: %v", sample.File, problems)
			}
			frozen[round] = string(raw)
			if p := f.Accepts(raw, testNow); p != nil {
				t.Errorf("%s: what was frozen is refused: %v", sample.File, p)
			}
		}
		if diff := cmp.Diff(frozen[0], frozen[1]); diff != "" {
			t.Errorf("%s in %s: %s", sample.File, lang, diff)
		}
		if diff := cmp.Diff(seen, sortedLines(f.Summary(s, true))); diff != "" || len(seen) == 0 {
			t.Errorf("%s in %s: %s", sample.File, lang, diff)
		}
	}
}

func retypeAll(t *testing.T, f *Form, s State) State {
	t.Helper()
	for _, p := range f.Journey(s) {
		v, ok := f.View(p.Index, s, nil)
		if !ok || !p.Done {
			t.Fatalf("page %d: shown %t, done %t", p.Index, ok, p.Done)
		}
		var problems []Problem
		if s, problems = f.Decode(p.Index, s, postOf(v)); len(problems) > 0 {
			t.Errorf("page %d: %v", p.Index, problems)
		}
	}
	return s
}

// sortedLines is a summary with the lines of each value in alphabetical order.
func sortedLines(list []Section) []string {
	lines := summaryLines(list)
	for i, l := range lines {
		parts := strings.Split(l, "\n")
		label, first, _ := strings.Cut(parts[0], ": ")
		parts[0] = first
		slices.Sort(parts)
		lines[i] = label + ": " + strings.Join(parts, "\n")
	}
	return lines
}
