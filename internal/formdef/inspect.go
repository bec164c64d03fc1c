package formdef

import (
	"encoding/json"
	"strings"
)

// Inspection is what the engine makes of a form for given data, as "forms inspect" prints it. Conditions see the data
// as they are, also answers of hidden fields, as JSON Forms does; the journey of a citizen does not count those.
type Inspection struct {
	Elements    []InspectedElement `json:"elements"`
	Pages       []InspectedPage    `json:"pages"`
	DefaultUI   json.RawMessage    `json:"defaultUiSchema"`
	Errors      []Problem          `json:"errors"` // Text only where the author wrote one
	Unsupported []string           `json:"unsupported"`
}

// InspectedElement is one element of the UI schema, and of each row of a repeating group.
type InspectedElement struct {
	At       string `json:"at"` // JSON Pointer into the UI schema, as #/elements/0
	Type     string `json:"type"`
	Scope    string `json:"scope,omitempty"`
	Path     string `json:"path,omitempty"` // dotted data path
	Label    string `json:"label"`
	Visible  bool   `json:"visible"`
	Enabled  bool   `json:"enabled"`
	Readonly bool   `json:"readonly"`
	Required bool   `json:"required"`
	Widget   string `json:"widget,omitempty"`
}

// InspectedPage is a page of the journey, hidden ones too.
type InspectedPage struct {
	Index   int    `json:"index"`
	Title   string `json:"title"`
	Task    string `json:"task,omitempty"`
	Visible bool   `json:"visible"`
}

// Inspect tells what the engine makes of the form for the data, in a language ("de", "en" …), without a clock.
func (f *Form) Inspect(data Answers, lang string) Inspection {
	return f.InspectState(State{Answers: data, Lang: lang})
}

// InspectState is Inspect with a clock for rules that read $today, proven attributes and files.
func (f *Form) InspectState(s State) Inspection {
	r := f.newRun(&s)
	r.raw = true
	out := Inspection{
		Elements: []InspectedElement{}, Pages: []InspectedPage{}, Errors: []Problem{},
		DefaultUI: f.c.defaultUI, Unsupported: append([]string{}, f.c.unsupported...),
	}
	sc := r.top()
	for _, e := range f.c.trees {
		out.Elements = r.inspect(sc, e, moved{}, out.Elements)
	}
	k := &checker{r: r}
	var faults []fault
	if !tooLarge(s.Answers, 1) {
		faults = faultsOf(f.c.valid, s.Answers)
	}
	for _, fl := range faults {
		if e, _ := sc.nearest(fl.ptr()); e == nil && fl.keyword == "type" { // foreign data in place of an object
			k.add(Problem{Pointer: fl.ptr(), Keyword: fl.keyword, Params: fl.params})
		}
	}
	for _, p := range f.pages() {
		pg := r.pageInfo(p)
		show := r.pageShown(p)
		out.Pages = append(out.Pages, InspectedPage{Index: p.index, Title: pg.Title, Task: pg.Task, Visible: show})
		if show {
			k.page(p)
		}
	}
	k.whole(faults)
	k.missingObjects(faults, out.Elements)
	out.Errors = append(out.Errors, k.sorted()...)
	return out
}

// missingObjects reports objects that the data lack: a form has them as soon as something in them is answered or
// asked, foreign data may not.
func (k *checker) missingObjects(faults []fault, elements []InspectedElement) {
	for _, fl := range faults {
		if fl.keyword != "required" || k.covered(fl) {
			continue
		}
		path := dotted(fl.path)
		for _, e := range elements {
			if e.Path == path && e.Visible && e.Widget == string(KindGroup) {
				k.add(Problem{Pointer: fl.ptr(), Keyword: "required", Label: e.Label, Params: map[string]string{"kind": "group"}})
			}
		}
	}
}

// moved is the place of a list that shares its rows with one around it: what is in its rows stands below it.
type moved struct{ from, to string }

func (m moved) at(e *elem) string {
	if rest, ok := strings.CutPrefix(e.at, m.from); ok && m.from != "" {
		return m.to + rest
	}
	return e.at
}

func (r *run) inspect(sc *scope, e *elem, m moved, out []InspectedElement) []InspectedElement {
	i := InspectedElement{
		At: m.at(e), Type: e.uiType, Scope: e.scopeText, Label: e.label.in(r.lang), Visible: sc.visible(e) && r.around(sc),
		Enabled: sc.enabled(e), Readonly: sc.isReadonly(e), Widget: widgetName(e),
	}
	if e.uiType == "HelpContent" || e.uiType == "Exit" {
		i.Widget = strings.ToLower(string(e.kind))
	}
	if e.s != nil && (e.field == nil || e.field.branch == nil && e.field.entry == nil) {
		i.Path = dotted(splitPointer(sc.full(e.ptr)))
	}
	if h := e.held; h != nil && h.parent != nil {
		i.Required = h.parent.required[h.name] || sc.requires(h.path, h.name)
	}
	if e.field != nil {
		i.Required = e.field.need || (e.field.complex && sc.requires(e.field.parentPath, e.field.name))
		if e.field.calc != nil {
			i.Readonly, i.Required = true, false
		}
	}
	out = append(out, i)
	if e.list != nil {
		inner := m
		if first := e.list.frame.owner; first != e {
			inner = moved{first.at, m.at(e)}
		}
		for _, it := range sc.stored(e) {
			row := sc.row(e, it.token, it.v)
			for _, k := range e.list.body {
				out = r.inspect(row, k, inner, out)
			}
		}
	}
	for _, k := range e.kids {
		out = r.inspect(sc, k, m, out)
	}
	return out
}

// around tells whether the lists that hold a row are visible themselves.
func (r *run) around(sc *scope) bool {
	for ; sc.up != nil; sc = sc.up {
		if !sc.up.visible(sc.owner) {
			return false
		}
	}
	return true
}

func widgetName(e *elem) string {
	switch {
	case e.list != nil:
		return string(KindList)
	case e.field != nil:
		return string(e.field.widget)
	case e.s != nil:
		return string(KindGroup)
	}
	return ""
}
