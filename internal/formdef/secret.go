package formdef

import (
	"slices"
	"strings"
)

// A value that is writeOnly is taken and never shown again: not on the page, not in a summary, at a desk, or on a
// receipt. There it reads "angegeben"; it stays in the answers. An empty field leaves it as it is.

// isSecret tells whether the schema wants that of a value that is typed or chosen; ticks and uploads show what they hold.
func isSecret(s *schema, w Widget) bool {
	return s.flag("writeOnly") && !slices.Contains([]Widget{WidgetCheckbox, WidgetCheckboxes, WidgetFile, WidgetOutput}, w)
}

// keptSecret tells whether a post leaves a secret as it is: nothing was typed for it.
func (f *field) keptSecret(ptr string, in Typed) bool {
	if !f.secret {
		return false
	}
	for name, raw := range in {
		if within(name, ptr) && slices.ContainsFunc(raw, func(s string) bool { return strings.TrimSpace(s) != "" }) {
			return false
		}
	}
	return true
}
