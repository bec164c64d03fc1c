package formdef

import "unicode"

// extraDIN91379 are single code points of DIN 91379 outside of the ranges below.
const extraDIN91379 = "\n\r\t ʰʳʹʺʻʼʾʿˈˌ‑–—‘’‚“”„†‡‰‹›€№™−∞≤≥☐☑⌀▁"

// inDIN91379 tells whether a character may stand in names and texts of German registers. The norm lists sequences one
// by one; this takes the Latin letters of the blocks that it draws from and the combining marks that it uses with them.
func inDIN91379(r rune) bool {
	switch {
	case r >= 0x20 && r <= 0x7e, r >= 0xa0 && r <= 0x17e && r != 0xad:
		return true
	case r >= 0x180 && r <= 0x24f, r >= 0x1e00 && r <= 0x1eff, r >= 0x250 && r <= 0x2af:
		return unicode.Is(unicode.Latin, r)
	case r >= 0x300 && r <= 0x338, r == 0x35f:
		return true // combining marks as in M̂, C̣, Ī́
	}
	for _, e := range extraDIN91379 {
		if e == r {
			return true
		}
	}
	return false
}
