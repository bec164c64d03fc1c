package civic_test

import (
	"testing"

	"antragswerk/internal/civic"
)

// FuzzReadCode types any code: what is read is a code, and reading it again changes nothing.
func FuzzReadCode(f *testing.F) {
	for _, s := range []string{"", "ABCD-EFGH-JKLM-NPQR", "abcd efgh jklm npqr", "OOOO-IIII-LLLL-0000", "ä", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		code := civic.ReadCode(typed)
		if code != "" && len(code) != 16 || civic.ReadCode(code) != code {
			t.Errorf("%q is read as %q, then as %q", typed, code, civic.ReadCode(code))
		}
	})
}
