package clerk

import (
	"path"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// FuzzFileName gives files any name: in an archive and in the desk's lists each is a name, no path.
func FuzzFileName(f *testing.F) {
	for _, s := range []string{"Foto.jpg", "../../etc/passwd", `C:\x\y.pdf`, "..", "...", "...é", "\u202egnp.exe", "a\x00b", "", strings.Repeat("ä", 300) + ".pdf", ". .", "\xff\xfe", "a.b/c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, got := range []string{bundled(name), safeName(name, ".pdf")} {
			if got == "" || got[0] == '.' || path.Clean("x/"+got) != "x/"+got || len([]rune(got)) > 110 || !utf8.ValidString(got) || strings.ContainsAny(got, `/\<>:"|?*`) {
				t.Errorf("%q became %q", name, got)
			}
			if strings.ContainsFunc(got, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
				t.Errorf("%q became %q, with letters that nobody sees", name, got)
			}
		}
	})
}
