package demo

import (
	"regexp"
	"strings"
)

// piece is a part of a mail's text: words, a link, or the end of a line.
type piece struct {
	Text, Link string
	Break      bool
}

// paragraphs splits a mail's text at empty lines and makes its addresses links, as a mail program would.
func paragraphs(text string) [][]piece {
	address := regexp.MustCompile(`https?://[^\s<>"]*[^\s<>".,;:!?)]`)
	var all [][]piece
	for _, block := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if strings.TrimSpace(block) == "" {
			continue
		}
		var p []piece
		for i, line := range strings.Split(strings.Trim(block, "\n"), "\n") {
			if i > 0 {
				p = append(p, piece{Break: true})
			}
			from := 0
			for _, hit := range address.FindAllStringIndex(line, -1) {
				link := line[hit[0]:hit[1]]
				p = append(p, piece{Text: line[from:hit[0]]}, piece{Text: link, Link: link})
				from = hit[1]
			}
			p = append(p, piece{Text: line[from:]})
		}
		all = append(all, p)
	}
	return all
}
