package formdef

import (
	"slices"
	"strings"
)

// knownOptions are the options that the engine reads, or that stock JSON Forms renderers know and we may ignore.
var knownOptions = []string{
	"addLabel", "autocomplete", "dateInput", "detail", "elementLabelProp", "format", "help", "hideRequiredAsterisk", "inputMode",
	"itemLabel", "multi", "onHide", "oneQuestionPerPage", "parts", "placeholder", "readOnly", "readonly", "restrict", "rows",
	"showSortButtons", "showUnfocusedDescription", "slider", "suffix", "taskGroup", "toggle", "trim", "variant", "width",
}

// knownMembers are the members of every element besides those of its type.
var knownMembers = []string{"type", "rule", "options", "i18n", "label"}

// members are the members by type of element.
var members = map[string][]string{
	"Control":          {"scope"},
	"ListWithDetail":   {"scope"},
	"VerticalLayout":   {"elements"},
	"HorizontalLayout": {"elements"},
	"Group":            {"elements"},
	"Categorization":   {"elements"},
	"Category":         {"elements"},
	"Label":            {"text"},
	"HelpContent":      {"text"},
	"Exit":             {"text"},
}

// checkOptions notes members and options that nobody reads.
func (b *builder) checkOptions(n, opts *node) {
	if mine, ok := members[n.str("type")]; ok {
		for _, k := range n.keys {
			if !slices.Contains(knownMembers, k) && !slices.Contains(mine, k) && !strings.HasPrefix(k, "$") {
				b.note("ui.json", n.at+"/"+escapePointer(k), "ui.key", "word", k, "type", n.str("type"), "meant", closest(k, append(mine, knownMembers...)))
			}
		}
	}
	if opts == nil {
		return
	}
	for _, k := range opts.keys {
		if !slices.Contains(knownOptions, k) {
			b.note("ui.json", opts.at+"/"+escapePointer(k), "ui.option", "word", k, "meant", closest(k, knownOptions))
		}
	}
}

// closest is the known word that somebody may have meant, "" when none is near.
func closest(word string, known []string) string {
	best, least := "", 3
	for _, k := range known {
		if d := distance(strings.ToLower(word), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}

// suggest asks in an error whether that was meant.
func suggest(word string, known []string) string {
	if best := closest(word, known); best != "" {
		return ", or did you mean " + best + "?"
	}
	return ""
}

// distance is Levenshtein's.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next := min(row[j]+1, row[j+1]+1, diagonal+cost)
			diagonal, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}
