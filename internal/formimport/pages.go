package formimport

import (
	"cmp"
	"fmt"
)

// What the importer itself writes on a form.
const (
	labelAngaben = "Angaben"
	labelWeitere = "Weitere Angaben"
	labelFurther = "weitere Angaben" // after the name of a page that was divided
)

// section is something at the top of a form: a group, which becomes a page, or a single element, which is gathered with
// its neighbours on one.
type section struct {
	title    string
	group    bool
	elements []any   // UI elements
	rule     *object // of the group, which becomes the page's
}

// categorize makes the pages of a form out of its top level.
func categorize(list []section) (ui *object, pages int) {
	var cats []any
	var loose *object
	for _, s := range list {
		if len(s.elements) == 0 {
			continue
		}
		if s.group {
			loose = nil
			cats = append(cats, obj("type", "Category", "label", s.title, "rule", optional(s.rule), "elements", s.elements))
			continue
		}
		if loose == nil {
			title := labelWeitere
			if len(cats) == 0 {
				title = labelAngaben
			}
			loose = obj("type", "Category", "label", title, "elements", []any{})
			cats = append(cats, loose)
		}
		loose.set("elements", append(loose.list("elements"), s.elements...))
	}
	var all []any
	for _, c := range cats {
		if page, ok := c.(*object); ok {
			all = append(all, divided(page)...)
		}
	}
	return obj("type", "Categorization", "options", obj("variant", "stepper"), "elements", all), len(all)
}

// longPage is about how many questions a page may ask; more make nobody happy.
const longPage = 25

// divided makes several pages of one that asks too much, between its groups. What is asked under a condition, and each row of a
// list, stays together.
func divided(page *object) []any {
	if asks(page) <= longPage {
		return []any{page}
	}
	title := page.str("label")
	var out []any
	var open *object
	add := func(label string, elements ...any) {
		next := obj("type", "Category", "label", label, "rule", optional(page.sub("rule")), "elements", elements)
		out, open = append(out, next), next
	}
	for _, e := range page.list("elements") {
		o, ok := e.(*object)
		if ok && o.str("type") == "Group" && o.sub("rule") == nil && asks(o) > longPage {
			inner := obj("type", "Category", "label", cmp.Or(o.str("label"), title), "rule", optional(page.sub("rule")), "elements", o.list("elements"))
			out, open = append(out, divided(inner)...), nil
			continue
		}
		switch {
		case open != nil && asks(open)+asks(o) <= longPage:
			open.set("elements", append(open.list("elements"), e))
		case len(out) == 0:
			add(title, e)
		case ok && o.str("type") == "Group" && o.str("label") != "":
			add(o.str("label"), e)
		default:
			add(title+", "+labelFurther, e)
		}
	}
	return numbered(out)
}

// numbered tells pages of the same name apart.
func numbered(pages []any) []any {
	seen := map[string]int{}
	for _, p := range pages {
		o, ok := p.(*object)
		if !ok {
			continue
		}
		title := o.str("label")
		if seen[title]++; seen[title] > 1 {
			o.set("label", fmt.Sprintf("%s (%d)", title, seen[title]))
		}
	}
	return pages
}

// asks counts the questions of an element, one row of each list.
func asks(o *object) int {
	if o == nil {
		return 0
	}
	rows := o.sub("options").sub("detail")
	if o.str("type") == "Control" && rows == nil {
		return 1
	}
	n := asks(rows)
	for _, e := range o.list("elements") {
		if inner, ok := e.(*object); ok {
			n += asks(inner)
		}
	}
	return n
}

// optional keeps a nil object from becoming a member.
func optional(o *object) any {
	if o == nil {
		return nil
	}
	return o
}
