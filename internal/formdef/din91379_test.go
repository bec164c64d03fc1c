package formdef

import (
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// TestDIN91379 holds the tables against the sizes that the norm gives its groups, and tries what lies beside them.
func TestDIN91379(t *testing.T) {
	letters, others, sequences := 0, 0, 0
	for _, in := range din91379 {
		for r := in[0]; r <= in[1]; r++ {
			if !isDIN91379(string(r)) {
				t.Errorf("%U is refused", r)
			}
			if unicode.IsLetter(r) && unicode.Is(unicode.Latin, r) && r != 'ª' && r != 'º' {
				letters++
			} else {
				others++
			}
		}
	}
	for marks, before := range sequences91379 {
		for _, letter := range before {
			sequences++
			if s := string(letter) + marks; !isDIN91379(s) || !isDIN91379(norm.NFD.String(s)+"x") {
				t.Errorf("%q is refused", s)
			}
		}
	}
	if letters != 500 || others != 88 || sequences != 149 {
		t.Errorf("%d letters, %d other characters, %d sequences instead of 500, 88 (18+60+6+4) and 149", letters, others, sequences)
	}
	for _, s := range []string{"Łukasz Müller-O’Neill", "K\u035Fhan", "S\u031B\u0304", "Nguyễn", "M\u0302", "\u1e9e"} {
		if !isDIN91379(s) {
			t.Errorf("%q is refused", s)
		}
	}
	for _, s := range []string{"\u0302", "x\u0302", "M\u0302\u0302", "K\u035F", "k\u035FH", "Q\u0323", "Ωmega", "Иван", "a\u00adb", "\u0250", "–", "„so“", "\u202e"} {
		if isDIN91379(s) {
			t.Errorf("%q is taken", s)
		}
	}
}
