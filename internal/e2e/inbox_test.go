package e2e

import (
	"regexp"
	"slices"
)

var fileNumber = regexp.MustCompile(`[A-ZÄÖÜ]{2,5}-[0-9]{4}-[0-9]+`)

// inboxNumbers are the file numbers of an inbox page's rows.
func inboxNumbers(p *Page) []string {
	var out []string
	for _, row := range p.tag("tr") {
		if m := fileNumber.FindString(text(row)); m != "" && !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
}
