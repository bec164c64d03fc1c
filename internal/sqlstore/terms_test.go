package sqlstore

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/civic"
)

func show(list []term) (out []string) {
	for _, t := range list {
		out = append(out, t.mode+":"+t.text)
	}
	return out
}

func TestIndexTerms(t *testing.T) {
	for _, tt := range []struct {
		mode, text string
		want       []string
	}{
		{"word", "Häuser", []string{"word:haeus", "word:haus"}},
		{"word", "Straße, Hunde", []string{"word:strass", "word:hund"}},
		{"name", "Özil", []string{"name:oez", "name:oezi", "name:oezil", "name:ozi", "name:ozil"}},
		{"name", "Li", []string{"name:li"}},
		{"name", "é", []string{"name:e"}},
		{"number", "J-AB 07", []string{"number:jab", "number:jab0", "number:jab07", "number:j", "number:ab", "number:07", "number:7"}},
		{"exact", "A.B@Example.org ", []string{"exact:abexampleorg"}},
		{"word", " ,;", nil},
	} {
		if d := cmp.Diff(tt.want, show(indexTerms(civic.IndexTerm{Mode: tt.mode, Text: tt.text}))); d != "" {
			t.Errorf("%s %q: %s", tt.mode, tt.text, d)
		}
	}
}

// Whatever is indexed as a whole is found by typing it, in any mode, whatever bytes a stranger sends.
func FuzzFoundByItself(f *testing.F) {
	for _, s := range []string{"Müller", "HUST-2026-000123", "a@b.de", "ẞ", "\xff", "İstanbul", "ﬁ", "a\u0301", "0000", strings.Repeat("ß", 200), "½"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, mode := range []string{modeWord, modeName, modeNumber, modeExact} {
			token := tokens(text)
			if len(token) != 1 || strings.ContainsFunc(text, func(r rune) bool { return r == ' ' }) {
				return
			}
			indexed := map[term]bool{}
			for _, found := range indexTerms(civic.IndexTerm{Mode: mode, Text: token[0]}) {
				if !utf8.ValidString(found.text) {
					t.Fatalf("%q is not UTF-8", found.text)
				}
				indexed[found] = true
			}
			for _, group := range queryTerms(token[0]) {
				hit := false
				for _, q := range group {
					hit = hit || indexed[q]
				}
				if !hit {
					t.Fatalf("%s %q is not found by itself: %v", mode, token[0], show(group))
				}
			}
		}
	})
}
