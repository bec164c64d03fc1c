package formimport

// What the importer itself writes on a form.
const (
	labelAngaben = "Angaben"
	labelWeitere = "Weitere Angaben"
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
	return obj("type", "Categorization", "options", obj("variant", "stepper"), "elements", cats), len(cats)
}

// optional keeps a nil object from becoming a member.
func optional(o *object) any {
	if o == nil {
		return nil
	}
	return o
}
