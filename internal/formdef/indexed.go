package formdef

// IndexedField is an answer that form.yaml indexes, as clerks choose it for a column or a filter.
type IndexedField struct {
	Pointer, Mode, Label string
	Column               bool     // its values are kept for lists
	Choices              []Choice // of a question with choices: what an answer may be
}

// IndexFields lists what the form indexes, in the order of form.yaml; a field that no page asks for goes by its pointer.
func (f *Form) IndexFields(lang string) []IndexedField {
	in, all := f.c.langIndex[lang], fieldMap(f.c)
	out := make([]IndexedField, 0, len(f.c.index))
	for i, ix := range f.c.index {
		x := IndexedField{Pointer: f.Package.Form.Index[i].Pointer, Mode: ix.mode, Column: ix.col}
		x.Label = x.Pointer
		if e := all[x.Pointer]; e != nil {
			if label := e.label.in(in); label != "" {
				x.Label = label
			}
			if choices := f.choicesOf(e); len(choices) > 0 {
				x.Choices = choices[min(in, len(choices)-1)]
			}
		}
		out = append(out, x)
	}
	return out
}
