package document

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansitalic"
	"github.com/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

// face is one of the cuts of the typeface; the value is also the PDF library's style letter.
type face string

const (
	regular face = ""
	bold    face = "B"
	italic  face = "I"
)

const family = "sans"

// missing stands, visibly, for a letter that the typeface lacks.
const missing = '□'

// cut is a face's file and the widths of its letters.
type cut struct {
	ttf []byte
	// wide holds, for each rune of the basic plane, its width in thousandths of the size plus one; 0: no glyph.
	wide [1 << 16]uint16
}

type fonts map[face]*cut

// loadFonts reads the typeface, which is part of the program; a broken one is a broken build.
func loadFonts() fonts {
	all := fonts{}
	for f, ttf := range map[face][]byte{regular: liberationsansregular.TTF, bold: liberationsansbold.TTF, italic: liberationsansitalic.TTF} {
		c, err := loadCut(ttf)
		if err != nil {
			panic(fmt.Sprintf("document: typeface: %v", err))
		}
		all[f] = c
	}
	return all
}

func loadCut(ttf []byte) (*cut, error) {
	parsed, err := sfnt.Parse(ttf)
	if err != nil {
		return nil, err
	}
	c := &cut{ttf: ttf}
	var buf sfnt.Buffer
	for r := range rune(len(c.wide)) {
		glyph, err := parsed.GlyphIndex(&buf, r)
		if err != nil {
			return nil, err
		}
		if glyph == 0 {
			continue
		}
		// At a size of 1000 units the advance is in thousandths.
		width, err := parsed.GlyphAdvance(&buf, glyph, fixed.I(1000), font.HintingNone)
		if err != nil {
			return nil, err
		}
		c.wide[r] = uint16(width.Round()) + 1 //nolint:gosec // a letter is no wider than a few thousandths
	}
	return c, nil
}

// width measures cleaned text in millimetres at size points.
func (fs fonts) width(text string, f face, size float64) float64 {
	sum := 0
	for _, r := range text {
		sum += int(fs[f].wide[r]) - 1
	}
	return float64(sum) / 1000 * size * millimetresPerPoint
}

const millimetresPerPoint = 25.4 / 72

// alike are letters that the typeface lacks and that have a neighbour which says the same.
var alike = map[rune]rune{'\u2011': '-', '☐': '□', '☑': '■', '☒': '■', '✓': '√', '✔': '√', '\t': ' ', '\v': ' ', '\f': ' ', '\u2028': '\n', '\u2029': '\n'}

// clean composes text and replaces what the typeface cannot show by a visible box. Only what has no shape by itself
// (joiners, marks of direction, variation selectors) goes; "\n" and the soft hyphen stay for the line breaker.
func (fs fonts) clean(text string) string {
	var b strings.Builder
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	for _, r := range norm.NFC.String(strings.ToValidUTF8(text, string(missing))) {
		if other, ok := alike[r]; ok {
			r = other
		}
		switch {
		case r == '\n' || r == softHyphen:
			b.WriteRune(r)
		case unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r):
		case r < 0x20 || int(r) >= len(fs[regular].wide) || fs[regular].wide[r] == 0 || fs[bold].wide[r] == 0 || fs[italic].wide[r] == 0:
			b.WriteRune(missing)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
