package formdef

import (
	"cmp"
	"slices"
)

// Question is a field of a form, whoever fills it in: rows of a list as "*" in its pointer.
type Question struct {
	Pointer, Label string
	Page           string // the title of the page that asks it
	Choices        []Choice
}

// Questions lists what a form asks that can be compared: everything but files and headings, in the order of the form.
func (f *Form) Questions(lang string) []Question {
	at := f.c.langIndex[lang]
	byPointer := fieldMap(f.c)
	pointers := sortedKeys(byPointer)
	slices.SortStableFunc(pointers, func(a, b string) int {
		x, y := byPointer[a], byPointer[b]
		return cmp.Or(x.page-y.page, x.id-y.id)
	})
	var out []Question
	for _, p := range pointers {
		e := byPointer[p]
		if e.list != nil || e.field == nil || e.field.widget == WidgetFile {
			continue
		}
		q := Question{Pointer: p, Label: e.label.in(at)}
		if e.page >= 0 && e.page < len(f.c.pages) {
			q.Page = f.c.pages[e.page].title.in(at)
		}
		if lists := f.choicesOf(e); at < len(lists) {
			q.Choices = lists[at]
		}
		out = append(out, q)
	}
	return out
}
