package apply

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// FuzzFileName gives a file any name: what is kept of it is a name, no path, and nothing that turns letters around.
func FuzzFileName(f *testing.F) {
	for _, s := range []string{"Foto.jpg", "../../etc/passwd", `C:\x\y.pdf`, "..", "...", "\u202egnp.exe", "a\x00b", "", "con.pdf", strings.Repeat("ä", 300) + ".pdf", ". .", "\xff\xfe"} {
		f.Add(s, "application/pdf")
		f.Add(s, "")
	}
	f.Fuzz(func(t *testing.T, name, mediaType string) {
		got := safeName(name, mediaType)
		if got == "" || got[0] == '.' || len([]rune(got)) > 126 || !utf8.ValidString(got) || strings.ContainsAny(got, `/\<>:"|?*`) {
			t.Errorf("%q became %q", name, got)
		}
		if strings.ContainsFunc(got, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
			t.Errorf("%q became %q, with letters that nobody sees", name, got)
		}
	})
}
