package formimport

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"antragswerk/internal/formdef"
)

// sampleDay is the day on which example answers are tried, the day on which "forms check" plays them too.
var sampleDay = time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)

// exampleAnswers makes samples/beispiel.json: the answers that came along, or answers that the importer found by filling
// the form page by page as a person would. It returns nil with the reason when none are accepted.
func exampleAnswers(p *formdef.Package, d *draft) (sample []byte, how string) {
	form, err := formdef.Compile(p)
	if err != nil {
		return nil, "None: the form does not compile yet."
	}
	write := func(name string, raw []byte) []byte {
		answers, err := parseJSON(raw)
		if err != nil {
			return nil
		}
		return render(obj("name", name, "now", sampleDay.Format(time.DateOnly), "answers", answers, "expect", "valid"))
	}
	why := ""
	if len(d.answers) > 0 {
		problems := form.Accepts(d.answers, sampleDay)
		if len(problems) == 0 {
			return write("Mitgelieferte Antworten", d.answers), "`samples/beispiel.json` holds the answers that came with the form."
		}
		why = "The answers that came with the form are not accepted: " + listProblems(problems) + " "
	}
	if len(p.Schema) > 1<<20 {
		return nil, why + "None were made: the form is too large to try."
	}
	raw, problems := fillForm(form, d.schema, true)
	if problems != nil {
		raw, problems = fillForm(form, d.schema, false)
	}
	if problems != nil {
		return nil, why + "The importer found none that the form accepts. What stood in the way: " + listProblems(problems)
	}
	return write("Beispiel", raw), why + "`samples/beispiel.json` was filled in by the importer, so that the form is tried. Replace it by an example from life."
}

func listProblems(list []formdef.Problem) string {
	var out []string
	for _, p := range list[:min(len(list), 5)] {
		out = append(out, p.Keyword+" at `"+p.Pointer+"`")
	}
	if len(list) > 5 {
		out = append(out, fmt.Sprintf("and %d more", len(list)-5))
	}
	return strings.Join(out, ", ") + "."
}

// fillForm answers every question, or only those that must be, and freezes the result.
func fillForm(form *formdef.Form, schema *object, all bool) ([]byte, []formdef.Problem) {
	f := &filler{form: form, schema: schema, all: all, must: map[string]bool{}, leave: map[string]bool{}}
	var problems []formdef.Problem
	for range 4 {
		f.state = formdef.State{Answers: formdef.Answers{}, Now: sampleDay, Lang: "de"}
		f.journey()
		raw, bad := form.Freeze(f.state)
		if bad == nil {
			if bad = form.Accepts(raw, sampleDay); len(bad) == 0 {
				return raw, nil
			}
		}
		problems = bad
		for _, p := range bad { // a cross-field rule: answer what it points at, or leave it
			f.must[p.Pointer] = f.must[p.Pointer] || !all
			f.leave[p.Pointer] = f.leave[p.Pointer] || all && p.Keyword == "rule"
		}
	}
	return nil, problems
}

// filler fills a form through its pages.
type filler struct {
	form        *formdef.Form
	schema      *object
	state       formdef.State
	all         bool
	must, leave map[string]bool
	files       int
}

func (f *filler) journey() {
	for range 3 { // what is answered later may show something on a page before
		for i := range f.form.PageCount() {
			for range 4 { // rows and questions that appear with an answer
				v, ok := f.form.View(i, f.state, nil)
				if !ok {
					break
				}
				in := formdef.Typed{}
				grown := f.elements(v.Elements, in, "")
				before, _ := json.Marshal(f.state.Answers)
				f.state, _ = f.form.Decode(i, f.state, in)
				after, _ := json.Marshal(f.state.Answers)
				if !grown && string(before) == string(after) {
					break
				}
			}
		}
	}
}

// elements fills what a page shows and tells whether rows or files were added.
func (f *filler) elements(list []formdef.Element, in formdef.Typed, around string) bool {
	grown := false
	for _, e := range list {
		if e.Hidden {
			continue
		}
		if e.Field != nil {
			grown = f.field(e.Field, in) || grown
		}
		if e.Kind == formdef.KindList {
			grown = f.rows(e) || grown
		}
		grown = f.elements(e.Children, in, around) || grown
		for _, r := range e.Rows {
			grown = f.elements(r.Elements, in, r.Pointer) || grown
		}
	}
	return grown
}

// rows adds as many rows as a list must have.
func (f *filler) rows(e formdef.Element) bool {
	least := 0
	if n, ok := f.at(e.Pointer).get("minItems").(json.Number); ok {
		least, _ = strconv.Atoi(n.String())
	} else if n, ok := f.at(e.Pointer).get("minItems").(int); ok {
		least = n
	}
	if f.must[e.Pointer] {
		least = max(least, 1)
	}
	if len(e.Rows) >= least || !e.CanAdd {
		return false
	}
	s, err := f.form.AddRow(f.state, e.Pointer)
	if err == nil {
		f.state = s
	}
	return err == nil
}

func (f *filler) field(q *formdef.Field, in formdef.Typed) bool {
	wanted := q.Required || f.must[q.Pointer] || f.all
	if q.Widget == formdef.WidgetFile {
		if !wanted || q.ReadOnly || q.Disabled || len(q.Files) > 0 || f.leave[q.Pointer] {
			return false
		}
		f.files++
		s, err := f.form.Attach(f.state, q.Pointer, fmt.Sprintf("urn:uuid:00000000-0000-4000-8000-%012d", f.files))
		if err == nil {
			f.state = s
		}
		return err == nil
	}
	if q.Widget == formdef.WidgetOutput || q.ReadOnly || q.Disabled || q.Locked {
		return false
	}
	if !wanted || f.leave[q.Pointer] {
		return false
	}
	s := f.at(q.Pointer)
	if len(q.Parts) > 0 {
		for _, p := range q.Parts {
			in[p.Name] = []string{map[string]string{"day": "15", "month": "6", "year": "1990"}[p.Part]}
		}
		return false
	}
	if n := len(q.Choices); n > 0 {
		in[q.Pointer] = []string{q.Choices[0].Value}
		return false
	}
	switch q.Widget {
	case formdef.WidgetCheckbox:
		in[q.Pointer] = []string{"true"}
	case formdef.WidgetNumber:
		in[q.Pointer] = []string{sampleNumber(s)}
	case formdef.WidgetDateNative:
		in[q.Pointer] = []string{"1990-06-15"}
	case formdef.WidgetTime:
		in[q.Pointer] = []string{"10:30"}
	case formdef.WidgetDateTime:
		in[q.Pointer] = []string{"2026-01-12T10:30"}
	default:
		in[q.Pointer] = []string{sampleText(s, q.Label)}
	}
	return false
}

// at finds the schema of a pointer into the answers.
func (f *filler) at(ptr string) *object {
	s := f.schema
	for _, name := range strings.Split(strings.TrimPrefix(ptr, "/"), "/") {
		if name = strings.NewReplacer("~1", "/", "~0", "~").Replace(name); name == "" {
			continue
		}
		s = f.below(f.follow(s, 0), name, 0)
	}
	return f.follow(s, 0)
}

func (f *filler) below(s *object, name string, depth int) *object {
	if s == nil || depth > 20 {
		return nil
	}
	if allDigits(name) && s.sub("items") != nil {
		return s.sub("items")
	}
	if p := s.sub("properties").sub(name); p != nil {
		return p
	}
	var inside []*object
	for _, key := range []string{"allOf", "anyOf", "oneOf"} {
		for _, e := range s.list(key) {
			if o, ok := e.(*object); ok {
				inside = append(inside, o)
			}
		}
	}
	inside = append(inside, s.sub("then"), s.sub("else"))
	deps := s.sub("dependentSchemas")
	for _, k := range deps.members() {
		inside = append(inside, deps.sub(k))
	}
	for _, o := range inside {
		if p := f.below(f.follow(o, 0), name, depth+1); p != nil {
			return p
		}
	}
	return nil
}

// follow resolves a $ref; keywords beside it win.
func (f *filler) follow(s *object, depth int) *object {
	ref, ok := strings.CutPrefix(s.str("$ref"), "#/")
	if s == nil || !ok || depth > 10 {
		return s
	}
	to := f.schema
	for _, name := range strings.Split(ref, "/") {
		to = to.sub(strings.NewReplacer("~1", "/", "~0", "~").Replace(name))
	}
	to = f.follow(to, depth+1)
	if to == nil {
		return s
	}
	out := to.clone()
	for _, k := range s.keys {
		if k != "$ref" {
			out.set(k, s.vals[k])
		}
	}
	return out
}
