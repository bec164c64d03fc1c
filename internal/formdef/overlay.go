package formdef

import (
	"slices"
	"strings"
)

// delta is what an overlay changes: a few pointers into the shared compiled form.
type delta struct {
	o       Overlay
	off     map[*elem]bool
	choices map[*elem]*choiceSet
	fees    map[string]string
	proofs  *page
}

type choiceSet struct {
	values []string
	in     [][]Choice
}

// proofsTitle heads the page with the proofs that a municipality asks for on top.
var proofsTitle = map[string]string{"de": "Weitere Nachweise", "en": "Further documents"}

// proofsRoot is the member of the answers that holds them.
const proofsRoot = "_proofs"

const maxProofFiles = 5

func (f *Form) with(o Overlay) (*Form, []Conflict) {
	d := &delta{o: o, off: map[*elem]bool{}, choices: map[*elem]*choiceSet{}, fees: map[string]string{}}
	var bad []Conflict
	refuse := func(entry, why string) { bad = append(bad, Conflict{entry, why}) }
	rules := f.Package.Form.Overlay
	for _, code := range sortedKeys(o.Fees) {
		known := slices.ContainsFunc(f.c.fees, func(x fee) bool { return x.code == code })
		_, isAmount := parseDecimal(o.Fees[code])
		switch {
		case !known:
			refuse("fees/"+code, "unknown")
		case !slices.Contains(rules.Fees, code):
			refuse("fees/"+code, "not allowed")
		case !isAmount || strings.HasPrefix(o.Fees[code], "-"):
			refuse("fees/"+code, "no amount")
		default:
			d.fees[code] = o.Fees[code]
		}
	}
	for _, ptr := range o.Off {
		f.switchOff(d, ptr, rules.Optional, refuse)
	}
	for _, ptr := range sortedKeys(o.Choices) {
		f.narrow(d, ptr, o.Choices[ptr], rules.Choices, refuse)
	}
	for _, lang := range sortedKeys(o.Modules) {
		for _, name := range sortedKeys(o.Modules[lang]) {
			if !slices.Contains(rules.Texts, name) {
				refuse("modules/"+name, "not allowed")
			}
		}
	}
	if len(o.Proofs) > 0 {
		if rules.Proof {
			d.proofs = f.proofPage(o.Proofs)
		} else {
			refuse("proofs", "not allowed")
		}
	}
	out := *f
	out.delta = d
	out.Package = f.tailored(d)
	return &out, bad
}

func (f *Form) switchOff(d *delta, ptr string, allowed []string, refuse func(entry, why string)) {
	elems := f.c.elemsAt(ptr)
	switch {
	case len(elems) == 0:
		refuse("off/"+ptr, "unknown")
	case !slices.Contains(allowed, ptr):
		refuse("off/"+ptr, "not allowed")
	case slices.ContainsFunc(elems, func(e *elem) bool { return e.field != nil && e.field.need }):
		refuse("off/"+ptr, "required")
	default:
		for _, e := range elems {
			d.off[e] = true
		}
	}
}

func (f *Form) narrow(d *delta, ptr string, values, allowed []string, refuse func(entry, why string)) {
	elems := f.c.elemsAt(ptr)
	switch {
	case len(elems) == 0:
		refuse("choices/"+ptr, "unknown")
	case !slices.Contains(allowed, ptr):
		refuse("choices/"+ptr, "not allowed")
	case len(values) > 0:
		set := &choiceSet{values: values}
		for range f.c.langs {
			var list []Choice
			for _, v := range values {
				list = append(list, Choice{Value: v, Label: v})
			}
			set.in = append(set.in, list)
		}
		for _, e := range elems {
			d.choices[e] = set
		}
	}
}

// proofPage is the extra last page that asks for the proofs.
func (f *Form) proofPage(proofs []Proof) *page {
	index := len(f.c.pages)
	body := &elem{id: -1, kind: KindVertical, uiType: "VerticalLayout", at: "#/_proofs", frame: f.c.top, page: index}
	p := &page{index: index, body: body}
	for _, lang := range f.c.langs {
		title := proofsTitle[lang]
		if title == "" {
			title = proofsTitle["de"]
		}
		p.title = append(p.title, title)
	}
	same := func(s string) words {
		w := make(words, len(f.c.langs))
		for i := range w {
			w[i] = s
		}
		return w
	}
	for _, pr := range proofs {
		path := []string{proofsRoot, pr.Key}
		e := &elem{
			id: -1, kind: KindControl, uiType: "Control", at: "#/_proofs/" + escapePointer(pr.Key), frame: f.c.top, page: index, parent: body,
			label: same(pr.Label), hint: same(pr.Hint), path: path, ptr: joinPointer(path), s: &schema{},
		}
		e.field = &field{
			widget: WidgetFile, multi: true, proof: true, need: pr.Required, id: fieldID(e.ptr), name: pr.Key,
			file: &attachment{maxBytes: defaultFileBytes, mediaTypes: []string{"application/pdf", "image/jpeg", "image/png"}, maxFiles: maxProofFiles},
		}
		body.kids = append(body.kids, e)
		p.fields = append(p.fields, e)
	}
	return p
}

// elemsAt finds the controls of a pointer and below it; * stands for every row.
func (c *compiled) elemsAt(pointer string) []*elem {
	fr, path := c.top, splitPointer(pointer)
	for {
		star := slices.Index(path, "*")
		if star < 0 {
			break
		}
		binds := fr.binds[joinPointer(path[:star])]
		if len(binds) == 0 || binds[0].list == nil {
			return nil
		}
		fr, path = binds[0].list.frame, path[star+1:]
	}
	ptr := joinPointer(path)
	var out []*elem
	for _, key := range sortedKeys(fr.binds) {
		if within(key, ptr) {
			out = append(out, fr.binds[key]...)
		}
	}
	return out
}

// off tells whether the municipality switched the element off.
func (f *Form) off(_ *scope, e *elem) bool { return f.delta != nil && f.delta.off[e] }

// pages lists the pages with the extra one.
func (f *Form) pages() []*page {
	if f.delta == nil || f.delta.proofs == nil {
		return f.c.pages
	}
	return append(f.c.pages[:len(f.c.pages):len(f.c.pages)], f.delta.proofs)
}

func (f *Form) page(index int) *page {
	switch {
	case index >= 0 && index < len(f.c.pages):
		return f.c.pages[index]
	case f.delta != nil && f.delta.proofs != nil && index == len(f.c.pages):
		return f.delta.proofs
	}
	return nil
}

func (f *Form) pageCount() int { return len(f.pages()) }

func (f *Form) restrict(pointers []string) *Form {
	out := *f
	out.only = append([]string{}, pointers...)
	return &out
}

// open tells whether the answer may be changed.
func (f *Form) open(ptr string) bool {
	if f.only == nil {
		return true
	}
	for _, p := range f.only {
		if within(ptr, p) {
			return true
		}
	}
	return false
}

// openBelow tells whether the answer or something below it may be changed.
func (f *Form) openBelow(ptr string) bool {
	if f.open(ptr) {
		return true
	}
	return slices.ContainsFunc(f.only, func(p string) bool { return within(p, ptr) })
}

// choicesOf are the choices of a field, the municipality's where it lists them.
func (f *Form) choicesOf(e *elem) [][]Choice {
	if f.delta != nil {
		if set := f.delta.choices[e]; set != nil {
			return set.in
		}
	}
	return e.field.choicesIn
}
