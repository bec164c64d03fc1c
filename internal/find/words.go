package find

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// fold writes a text so that what sounds alike is alike: lower case, ae/oe/ue/ss for umlauts and ß, no other marks.
func fold(s string) string {
	s = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "ẞ", "ss").Replace(strings.ToLower(norm.NFC.String(s)))
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// bare drops the e of ae/oe/ue, so that a citizen who writes "muller" finds Müller too.
func bare(s string) string { return strings.NewReplacer("ae", "a", "oe", "o", "ue", "u").Replace(s) }

// tokens splits a folded text into words of letters and digits.
func tokens(s string) []string {
	return strings.FieldsFunc(fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// stop are words that say nothing about a topic.
var stop = map[string]bool{"ich": true, "moechte": true, "will": true, "einen": true, "eine": true, "ein": true, "meinen": true, "meine": true,
	"mein": true, "der": true, "die": true, "das": true, "den": true, "und": true, "in": true, "fuer": true, "zu": true, "zum": true, "zur": true,
	"wie": true, "wo": true, "kann": true, "muss": true, "ist": true, "sind": true, "bin": true,
	"habe": true, "hat": true, "mit": true, "von": true, "am": true, "im": true, "is": true, "i": true, "a": true, "an": true, "the": true, "my": true, "want": true, "to": true, "for": true, "of": true}

// score tells how well a typed word fits a known one: 0 not at all, 100 the same. Typing errors are forgiven by
// length: one in words of four to seven letters, two in longer ones.
func score(typed, known string) int {
	switch {
	case typed == known || bare(typed) == bare(known):
		return 100
	case len(typed) >= 3 && strings.HasPrefix(known, typed):
		return 80
	case len(typed) >= 4 && strings.Contains(known, typed):
		return 60 // part of a compound: steuer in hundesteuer
	}
	part := 0
	if len(known) >= 4 && strings.Contains(typed, known) {
		part = 20 + 30*len(known)/len(typed) // the more of it, the better: a typing error in hundesteuer is nearer than hund
	}
	return max(part, misspelt(typed, known))
}

// misspelt tells how well a word fits one that it may have been meant to be.
func misspelt(typed, known string) int {
	allowed := 0
	if n := len(typed); n >= 8 {
		allowed = 2
	} else if n >= 4 {
		allowed = 1
	}
	if allowed == 0 {
		return 0
	}
	if d := distance(typed, known, allowed); d <= allowed {
		return 60 - 15*d
	}
	// A typing error in the beginning of a longer word.
	if len(known) > len(typed)+2 && len(typed) >= 5 {
		if d := distance(typed, known[:len(typed)], 1); d <= 1 {
			return 35
		}
	}
	return 0
}

// distance counts insertions, deletions, changes and swaps of neighbours (optimal string alignment), up to limit+1.
func distance(a, b string, limit int) int {
	if abs(len(a)-len(b)) > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		best := row[0]
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			best = min(best, row[j])
		}
		if best > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
