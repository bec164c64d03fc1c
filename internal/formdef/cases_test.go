package formdef

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the expectations in testdata/cases")

// sections cuts a file in the txtar format: "-- name --" begins a section.
func sections(raw string) (comment string, names []string, parts map[string]string) {
	parts = map[string]string{}
	name := ""
	for line := range strings.Lines(raw) {
		if strings.HasPrefix(line, "-- ") && strings.HasSuffix(strings.TrimSpace(line), " --") {
			name = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "-- "), " --")
			names = append(names, name)
			continue
		}
		if name == "" {
			comment += line
			continue
		}
		parts[name] += line
	}
	return comment, names, parts
}

// describe writes an inspection as lines that a person can check.
func describe(f *Form, i Inspection) string {
	var b strings.Builder
	mark := func(on bool, s string) string {
		if on {
			return " " + s
		}
		return ""
	}
	for _, e := range i.Elements {
		fmt.Fprintf(&b, "%s %s", e.At, e.Type)
		if e.Path != "" || e.Scope != "" {
			fmt.Fprintf(&b, " path=%s widget=%s", e.Path, e.Widget)
		}
		if e.Label != "" {
			fmt.Fprintf(&b, " %q", e.Label)
		}
		b.WriteString(mark(!e.Visible, "hidden") + mark(!e.Enabled, "disabled") + mark(e.Readonly, "readonly") + mark(e.Required, "required") + "\n")
	}
	for _, p := range i.Pages {
		fmt.Fprintf(&b, "page %d %q%s\n", p.Index, p.Title, mark(!p.Visible, "hidden"))
	}
	for _, p := range i.Errors {
		fmt.Fprintf(&b, "error %s %s%s\n", pointerOrRoot(p.Pointer), p.Keyword, mark(p.Text != "", p.Text))
	}
	for _, u := range i.Unsupported {
		fmt.Fprintf(&b, "unsupported %s\n", u)
	}
	return b.String()
}

// TestCases inspects every form of testdata/cases and compares with what stands in its section want.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			comment, names, parts := sections(string(raw))
			var texts map[string]map[string]string
			if parts["texts.json"] != "" {
				if err := json.Unmarshal([]byte(parts["texts.json"]), &texts); err != nil {
					t.Fatal(err)
				}
			}
			f, err := CompileBare(json.RawMessage(parts["schema.json"]), json.RawMessage(parts["ui.json"]), texts)
			if err != nil {
				t.Fatal(err)
			}
			got := describe(f, f.InspectState(State{Answers: answersOf(t, parts["data.json"]), Lang: "de", Now: testNow}))
			if *update {
				out := comment
				for _, n := range names {
					if n != "want" {
						out += "-- " + n + " --\n" + parts[n]
					}
				}
				if err := os.WriteFile(file, []byte(out+"-- want --\n"+got), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(parts["want"], got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func answersOf(t testing.TB, raw string) Answers {
	t.Helper()
	if strings.TrimSpace(raw) == "" {
		return Answers{}
	}
	a, p := parseAnswers([]byte(raw))
	if p != nil {
		t.Fatal(p)
	}
	return a
}

// bare compiles a form from two texts; an empty UI schema means the default layout.
func bare(t testing.TB, schema, ui string) *Form {
	t.Helper()
	f, err := CompileBare(json.RawMessage(schema), json.RawMessage(ui), nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func state(a Answers) State { return State{Answers: a, Now: testNow, Lang: "de"} }

// keywords are the problems as "pointer keyword", in order.
func keywords(list []Problem) []string {
	out := []string{}
	for _, p := range list {
		out = append(out, pointerOrRoot(p.Pointer)+" "+p.Keyword)
	}
	return out
}
