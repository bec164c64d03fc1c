package formdef

import (
	"encoding/json"
	"strings"
)

// viewer draws one page.
type viewer struct {
	r        *run
	problems map[string]*Problem
	fresh    bool // nothing on the page is answered yet, so that it may be filled in
	reveals  map[string]reveal
}

func (f *Form) view(index int, s State, problems []Problem) (View, bool) {
	p := f.page(index)
	if p == nil {
		return View{}, false
	}
	r := f.newRun(&s)
	if !r.pageShown(p) {
		return View{}, false
	}
	v := View{Page: r.pageInfo(p), Unsupported: f.c.unsupported}
	for _, q := range f.pages() {
		if q == p || r.pageShown(q) {
			v.Of++
			if q.index <= p.index {
				v.Number++
			}
		}
	}
	w := &viewer{r: r}
	for i := range problems {
		if problems[i].Page != index {
			continue
		}
		v.Problems = append(v.Problems, problems[i])
		if w.problems == nil {
			w.problems = make(map[string]*Problem, len(problems))
		}
		if w.problems[problems[i].Pointer] == nil {
			w.problems[problems[i].Pointer] = &problems[i]
		}
	}
	sc := r.top()
	v.Visited = r.visited(p)
	w.fresh = !v.Visited
	if p.body.kind == KindVertical && p.body.field == nil {
		v.Elements = w.elements(sc, p.body.kids)
	} else {
		v.Elements = w.elements(sc, []*elem{p.body})
	}
	if e := r.exitOn(p); e != nil {
		v.Exit = r.exitText(p, e)
	}
	return v, true
}

func (w *viewer) elements(sc *scope, list []*elem) []Element {
	out := make([]Element, 0, len(list))
	for _, e := range list {
		out = w.element(sc, e, out)
	}
	return out
}

// element appends what is to be drawn of e: nothing when it is hidden, unless a script may reveal it.
func (w *viewer) element(sc *scope, e *elem, out []Element) []Element {
	if w.r.f.off(sc, e) {
		return out
	}
	hidden := e.rule.shows() && e.rule.cond.holds(sc) != (e.rule.effect == "SHOW")
	if hidden && e.when == "" {
		return out
	}
	lang := w.r.lang
	d := Element{Kind: e.kind, At: e.at, Hidden: hidden, Label: e.label.in(lang), Hint: e.hint.in(lang), Text: e.text.in(lang)}
	if e.when != "" {
		d.When = `{"pointer":` + quote(sc.full(e.whenPtr)) + `,"in":` + e.when + `}`
	}
	if hidden {
		w, sc = w.revealed(sc, e, d.When)
	}
	switch {
	case e.list != nil:
		w.list(sc, e, &d)
	case e.field != nil:
		d.Pointer = sc.full(e.ptr)
		d.Field = w.field(sc, e, d.Pointer)
		d.Hint = ""
	default:
		if e.s != nil {
			d.Pointer = sc.full(e.ptr)
		}
		if e.hideLabel {
			d.Label = ""
		}
		if len(e.kids) > 0 {
			d.Children = w.elements(sc, e.kids)
			if len(d.Children) == 0 {
				return out
			}
		}
	}
	return append(out, d)
}

func quote(s string) string {
	raw, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(raw)
}

func (w *viewer) list(sc *scope, e *elem, d *Element) {
	d.Pointer = sc.full(e.ptr)
	d.AddLabel = e.list.add.in(w.r.lang)
	if p := w.problems[d.Pointer]; p != nil {
		d.Problem, d.Error = p, p.Text
	}
	items := sc.items(e)
	canEdit := sc.enabled(e) && !sc.isReadonly(e) && w.r.f.open(d.Pointer)
	d.CanAdd = canEdit && len(items) < e.list.maxItems
	for i, it := range items {
		row := sc.row(e, it.token, it.v)
		d.Rows = append(d.Rows, Row{
			Pointer: row.base, Title: w.r.rowTitle(row, e, i), CanRemove: canEdit && len(items) > e.list.minItems,
			Elements: w.elements(row, e.list.body),
		})
	}
}

// rowTitle is the value that options.elementLabelProp names, in the words of the page, else what an item is called with its
// number.
func (r *run) rowTitle(row *scope, e *elem, i int) string {
	if ptr := joinPointer(e.list.labelProp); ptr != "" {
		if v, ok := row.get(e.list.labelProp, ptr); ok {
			if binds := row.frame.binds[ptr]; len(binds) > 0 && binds[0].field != nil {
				if s, _ := r.word(binds[0], v); s != "" {
					return s
				}
				if binds[0].field.secret {
					return r.numbered(e, i)
				}
			}
			if s := postValue(v); s != "" {
				return s
			}
		}
	}
	if e.list.keyed != nil && row.token != noName {
		return row.token
	}
	return r.numbered(e, i)
}

// numbered is what an item is called with its number.
func (r *run) numbered(e *elem, i int) string {
	name := e.list.item.in(r.lang)
	if name == "" {
		name = e.label.in(r.lang)
	}
	return name + " " + itoa(i+1)
}

func (w *viewer) field(sc *scope, e *elem, ptr string) *Field {
	f, lang := e.field, w.r.lang
	d := &Field{
		Pointer: ptr, ID: f.id, Widget: f.widget, Type: f.input, Label: e.label.in(lang), Hint: e.hint.in(lang), Help: f.help.in(lang),
		LabelHidden: e.hideLabel, Autocomplete: f.autocomplete, InputMode: f.inputMode, Pattern: f.pattern, Suffix: f.suffix.in(lang),
		Placeholder: f.placeholder.in(lang), MaxLength: f.maxLength, Width: f.width, TextRows: f.textRows, Deprecated: f.deprecated,
		Problem: w.problems[ptr],
	}
	if sc.base != "" {
		d.ID = fieldID(ptr)
	}
	if d.LabelKey = f.labelKey; d.LabelKey != "" {
		d.Label = ""
	}
	if f.example != nil {
		d.Example, _ = w.r.word(e, f.example)
	}
	d.Required = f.calc == nil && sc.required(e)
	v, ok := sc.answer(e)
	_, d.Locked = sc.proven(e)
	d.Disabled = !sc.enabled(e)
	d.ReadOnly = f.calc != nil || d.Locked || sc.isReadonly(e) || !w.r.f.open(ptr)
	if !ok && !d.ReadOnly && !d.Disabled {
		v, ok = w.prefilled(sc, e)
	}
	if all := w.r.f.choicesOf(e); len(all) > 0 {
		if from := all[min(lang, len(all)-1)]; len(from) > 0 {
			w.choices(d, f, from, v)
		}
	}
	if f.file != nil {
		w.fileField(d, e, v)
	}
	if d.Given = f.secret && ok && given(v); d.Given && !d.ReadOnly {
		w.hide(d, f)
		return d
	}
	if d.ReadOnly && f.file == nil {
		w.output(d, e, v, ok)
		return d
	}
	if ok && d.Widget != WidgetFile && !f.multi {
		if d.Value = w.r.typedValue(f, v); d.Widget == WidgetText && strings.ContainsAny(d.Value, "\r\n") {
			d.Widget = WidgetTextArea
		}
	}
	if f.widget == WidgetDate {
		w.date(d, f, text(v))
	}
	if !f.secret {
		w.asTyped(d, f)
	}
	w.blank(d, sc, e)
	return d
}

// blank offers to keep the picture of a field on which nothing is somebody's answer: of those, only whether it is required differs.
func (w *viewer) blank(d *Field, sc *scope, e *elem) {
	if sc.base != "" || d.Value != "" || d.Problem != nil || d.Disabled || d.ReadOnly || d.Rule != nil || e.field.proof {
		return
	}
	if w.r.f.delta != nil && w.r.f.delta.choices[e] != nil {
		return
	}
	for _, c := range d.Choices {
		if c.Selected {
			return
		}
	}
	for _, p := range d.Parts {
		if p.Value != "" {
			return
		}
	}
	d.Blank = &Blank{kept: &e.blanks, as: blankAs{lang: w.r.lang, required: d.Required}}
}

// prefilled offers what the identity provider knows, or the schema's default, as long as nothing on the page is answered.
func (w *viewer) prefilled(sc *scope, e *elem) (any, bool) {
	if e.field.prefill != nil && w.r.s.Proven != nil {
		if t := w.r.s.Proven[e.field.prefill.attribute]; t != "" && w.fresh {
			return e.field.fromText(t)
		}
	}
	if d := e.s.attr("default"); d != nil && e.frame.owner == nil && w.fresh {
		return d.plain(), true
	}
	return nil, false
}

func (w *viewer) choices(d *Field, f *field, from []Choice, v any) {
	d.Choices = append(make([]Choice, 0, len(from)), from...)
	if f.choices == nil {
		d.Widget = WidgetSelect // a text for which the municipality lists the choices
	}
	if v == nil {
		return
	}
	list, isList := v.([]any)
	if !isList {
		list = []any{v}
	}
	for i := range d.Choices {
		for _, item := range list {
			if d.Choices[i].Value == postValue(item) {
				d.Choices[i].Selected = true
			}
		}
	}
}

func (w *viewer) fileField(d *Field, e *elem, v any) {
	d.Rule = fileRuleOf(e, w.r.lang)
	d.Files = w.r.filesOf(v)
}

// filesOf describes the attachments of an answer; an unknown one keeps its URN.
func (r *run) filesOf(v any) []File {
	var out []File
	for _, urn := range urnsOf(v) {
		file, ok := r.s.Files[urn]
		if !ok {
			file = File{URN: urn}
		}
		out = append(out, file)
	}
	return out
}

// output shows an answer that cannot be changed here.
func (w *viewer) output(d *Field, e *elem, v any, ok bool) {
	d.Widget, d.Parts = WidgetOutput, nil
	if !ok || !given(v) {
		return
	}
	value, key := w.r.word(e, v)
	d.Value, d.Suffix = value, "" // the words bring their unit
	if d.Given {
		d.Choices = []Choice{{Key: key, Selected: true}}
		return
	}
	if key != "" && len(d.Choices) == 0 {
		d.Choices = []Choice{{Value: postValue(v), Key: key, Selected: true}}
	}
}

func (w *viewer) date(d *Field, f *field, value string) {
	d.Parts = make([]DatePart, len(f.parts))
	for i, part := range f.parts {
		d.Parts[i] = DatePart{Part: part, Name: d.Pointer + "/" + part}
		switch {
		case part == "year" && len(value) >= 4:
			d.Parts[i].Value = value[:4]
		case part == "month" && len(value) >= 7:
			d.Parts[i].Value = trimZero(value[5:7])
		case part == "day" && len(value) >= 10:
			d.Parts[i].Value = trimZero(value[8:10])
		}
	}
}

// hide draws the field of a secret that is there as if it were not.
func (w *viewer) hide(d *Field, f *field) {
	for i := range d.Choices {
		d.Choices[i].Selected = false
	}
	if f.widget == WidgetDate {
		w.date(d, f, "")
	}
}

func trimZero(s string) string {
	if len(s) == 2 && s[0] == '0' {
		return s[1:]
	}
	return s
}

// asTyped puts back what could not be turned into an answer.
func (w *viewer) asTyped(d *Field, f *field) {
	typed := w.r.s.Typed
	if len(typed) == 0 {
		return
	}
	last := func(name string) (string, bool) {
		raw := typed[name]
		if len(raw) == 0 {
			return "", false
		}
		return raw[len(raw)-1], true
	}
	if t, ok := last(d.Pointer); ok {
		d.Value = t
	}
	for i := range d.Parts {
		if t, ok := last(d.Parts[i].Name); ok {
			d.Parts[i].Value = t
		}
	}
}
