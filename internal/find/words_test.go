package find

import "testing"

func TestFold(t *testing.T) {
	for in, want := range map[string]string{"Köln": "koeln", "STRASSE": "strasse", "Straße": "strasse", "Café": "cafe", "Łódź": "łodz", "Ĝera": "gera", "Mu\u0308ller": "mueller"} {
		if got := fold(in); got != want {
			t.Errorf("fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestScoreForgivesByLength(t *testing.T) {
	for _, c := range []struct {
		typed, known string
		fits         bool
	}{
		{"hundesteuer", "hundesteuer", true}, {"hundestuer", "hundesteuer", true}, {"hunedsteuer", "hundesteuer", true}, {"steuer", "hundesteuer", true},
		{"hund", "hunde", true}, {"gewrebe", "gewerbe", true}, {"hut", "hund", false}, {"ab", "abmeldung", false}, {"katze", "hunde", false},
		{"muller", "mueller", true}, {"muehlhausen", "muehlhausen", true}, {"muhlhausen", "muehlhausen", true}, {"mulhausen", "muehlhausen", true},
	} {
		if got := score(c.typed, c.known); got > 0 != c.fits {
			t.Errorf("score(%q, %q) = %d, want fitting %v", c.typed, c.known, got, c.fits)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"abc", "acb", 1}, {"abc", "abd", 1}, {"abc", "xabc", 1}, {"kitten", "sitting", 3}} {
		if got := distance(c.a, c.b, 3); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
	if got := distance("kitten", "sitting", 1); got <= 1 {
		t.Errorf("distance over its limit = %d", got)
	}
}

func TestPostcodeAndName(t *testing.T) {
	for in, want := range map[string][2]string{"07743 Jena": {"07743", "Jena"}, "Jena": {"", "Jena"}, "99423": {"99423", ""}, "123 Straße": {"", "123 Straße"}} {
		d, n := splitPostcode(in)
		if d != want[0] || n != want[1] {
			t.Errorf("splitPostcode(%q) = %q, %q", in, d, n)
		}
	}
}

func FuzzSearchWords(f *testing.F) {
	for _, s := range []string{"Hund anmelden", "ÄÖÜ ß", "\x00\xff", "a'; DROP TABLE", "日本"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, w := range tokens(s) {
			if w == "" {
				t.Fatal("an empty word")
			}
			if score(w, w) != 100 {
				t.Fatalf("%q does not fit itself", w)
			}
			score(w, "hundesteuer")
		}
	})
}
