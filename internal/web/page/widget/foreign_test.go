package widget

import (
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/formdef"
	"antragswerk/internal/formdef/formtest"
)

// TestForeignSchemas takes schemas that nobody here wrote from the folder FOREIGN_SCHEMAS, X.schema.json with its own
// example X.data.json: each compiles, is drawn page by page, and takes the example back unchanged from what a browser
// sends of its HTML. They are looked up for the check and are no part of the repository; what they broke is a case of
// testdata/cases or of this package. Without the variable there is nothing to do.
func TestForeignSchemas(t *testing.T) {
	dir := os.Getenv("FOREIGN_SCHEMAS")
	if dir == "" {
		t.Skip("FOREIGN_SCHEMAS names no folder")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.schema.json"))
	if err != nil || len(files) == 0 {
		t.Fatal("no schemas there", err)
	}
	sort.Strings(files)
	held, schemas := 0, map[string]bool{} // a schema holds when it does with each of its examples
	partly := map[string]bool{}           // an example of theirs says what the schema only tolerates
	for _, file := range files {
		schema, err := os.ReadFile(file) // #nosec -- whoever runs the check names the folder
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".schema.json")
		ok := t.Run(name, func(t *testing.T) {
			if foreign(t, file, schema) {
				partly[string(schema)] = true
			}
		})
		if ok {
			held++
		}
		before, met := schemas[string(schema)]
		schemas[string(schema)] = ok && (before || !met)
	}
	whole, described := 0, 0
	for schema, ok := range schemas {
		if ok {
			whole++
			if !partly[schema] {
				described++
			}
		}
	}
	t.Logf("%d of %d examples hold; %d of %d different schemas with all of theirs, %d of them to the last member", held, len(files), whole, len(schemas), described)
}

func foreign(t *testing.T, file string, schema []byte) (partly bool) {
	data, err := os.ReadFile(strings.TrimSuffix(file, ".schema.json") + ".data.json")
	if err != nil {
		data = []byte("{}")
	}
	return roundTrip(t, schema, data)
}

// roundTrip draws an example and sends it; partly tells that it says something that its schema tolerates and does not
// describe.
func roundTrip(t *testing.T, schema, data []byte) (partly bool) {
	v := visit(t, formtest.Form{Schema: schema}, answers(t, data))
	for i := range v.form.PageCount() {
		view, ok := v.form.View(i, v.s, nil)
		if !ok {
			continue
		}
		for _, u := range view.Unsupported {
			t.Log("unsupported ", u)
		}
		p, _ := v.page(i)
		if broken := p.Broken(); len(broken) > 0 {
			t.Error(broken[:min(len(broken), 5)])
		}
		v.send(i, p.Post())
	}
	back, err := json.Marshal(v.s.Answers)
	if err != nil {
		t.Fatal(err)
	}
	from := data
	data, back = described(t, v.form, data, from), described(t, v.form, back, from)
	partly = cmp.Diff(told(answers(t, from)), told(answers(t, data))) != ""
	if diff := cmp.Diff(told(answers(t, data)), told(answers(t, back)), sameNumber); diff != "" {
		t.Errorf("the example comes back otherwise: %.9000s", diff)
	}
	example := problemsOf(v.form, answers(t, data), v.s)
	raw, problems := v.form.Freeze(v.s)
	switch {
	case raw == nil && example == 0:
		t.Errorf("a valid example cannot be sent: %v", problems[:min(len(problems), 5)])
	case raw != nil:
		if diff := cmp.Diff(told(answers(t, data)), told(answers(t, json.RawMessage(raw))), sameNumber); diff != "" {
			t.Errorf("what is sent differs: %.9000s", diff)
		}
	}
	return partly
}

// sameNumber compares numbers, not how they are written: 200.0 is 200 in JSON too.
var sameNumber = cmp.Comparer(func(a, b json.Number) bool {
	x, ok := new(big.Rat).SetString(a.String())
	y, ok2 := new(big.Rat).SetString(b.String())
	return a == b || ok && ok2 && x.Cmp(y) == 0
})

// described is what an example says without what its schema does not describe, and without empty texts, which no page can send.
func described(t *testing.T, f *formdef.Form, raw, example []byte) []byte {
	a := answers(t, raw)
	var all []string
	var drop func(v any, path []string)
	drop = func(v any, path []string) {
		m, _ := v.(map[string]any)
		list, _ := v.([]any)
		switch i := 0; {
		case m != nil && len(path) == 1:
			t.Log("not in the schema: ", path[0], " of ", strings.Join(all, "/"))
			delete(m, path[0])
		case m != nil:
			drop(m[path[0]], path[1:])
		default:
			for _, c := range path[0] {
				i = i*10 + int(c-'0')
			}
			if i >= 0 && i < len(list) && len(path) > 1 {
				drop(list[i], path[1:])
			}
		}
	}
	said, err := json.Marshal(told(answers(t, example)))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range f.Accepts(said, time.Now()) {
		if p.Keyword == "unknown" {
			path := strings.Split(strings.TrimPrefix(p.Pointer, "/"), "/")
			for i := range path {
				path[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(path[i])
			}
			all = path
			drop(a, path)
		}
	}
	out, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// problemsOf counts what is wrong with the example itself.
func problemsOf(f *formdef.Form, a formdef.Answers, s formdef.State) int {
	return len(f.InspectState(formdef.State{Answers: a, Lang: "de", Now: s.Now}).Errors)
}
