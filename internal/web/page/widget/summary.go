package widget

import (
	"fmt"
	"strings"

	"github.com/a-h/templ"

	"antragswerk/internal/formdef"
)

// part is a run of answers under one heading; the first run of a section has none.
type part struct {
	title string
	level int
	lines []formdef.Line
}

// parts splits a section's lines at its headings: a description list must not hold headings.
func parts(lines []formdef.Line) []part {
	var out []part
	for _, l := range lines {
		switch {
		case l.Heading:
			out = append(out, part{title: l.Label, level: l.Level})
			continue
		case len(out) == 0:
			out = append(out, part{})
		}
		out[len(out)-1].lines = append(out[len(out)-1].lines, l)
	}
	return out
}

// valueIn are the attributes of an answer that the form words.
func valueIn(k Kit, l formdef.Line) templ.Attributes {
	if !l.Chosen {
		return nil
	}
	first, _, _ := strings.Cut(l.Value, "\n")
	return k.In(first)
}

func sectionID(n int) string { return fmt.Sprintf("abschnitt-%d", n+1) }

func changeURL(change func(formdef.Section) string, s formdef.Section) string {
	if change == nil {
		return ""
	}
	return change(s)
}
