package document

import (
	"fmt"
	"strings"
	"sync"
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

// missing stands, visibly, for a letter that the typeface lacks.
const missing = '□'

// cut is a face's file and the widths of its letters.
type cut struct {
	name    string
	outline *outline
	metrics metrics
	// glyph holds, for each rune of the basic plane, the number of its glyph; 0: none.
	glyph [1 << 16]uint16
	// wide holds, for each rune of the basic plane, its width in thousandths of the size plus one; 0: no glyph.
	wide [1 << 16]uint16
}

// metrics are what a PDF says of a font, in thousandths of the size; slant in degrees.
type metrics struct {
	box                                    [4]int
	slant, ascent, descent, capitals, stem int
}

type fonts map[face]*cut

// loadFonts reads the typeface once for the whole program; nothing changes it.
var loadFonts = sync.OnceValue(readTypeface)

// readTypeface reads the typeface, which is part of the program; a broken one is a broken build.
func readTypeface() fonts {
	all := fonts{}
	for _, x := range []struct {
		face        face
		name        string
		ttf         []byte
		slant, stem int
	}{{regular, "LiberationSans", liberationsansregular.TTF, 0, 80}, {bold, "LiberationSans-Bold", liberationsansbold.TTF, 0, 140}, {italic, "LiberationSans-Italic", liberationsansitalic.TTF, -12, 80}} {
		c, err := loadCut(x.ttf)
		if err != nil {
			panic(fmt.Sprintf("document: typeface: %v", err))
		}
		c.name, c.metrics.slant, c.metrics.stem = x.name, x.slant, x.stem
		all[x.face] = c
	}
	return all
}

func loadCut(ttf []byte) (*cut, error) {
	parsed, err := sfnt.Parse(ttf)
	if err != nil {
		return nil, err
	}
	c := &cut{}
	if c.outline, err = parseOutline(ttf); err != nil {
		return nil, err
	}
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
		c.wide[r] = uint16(width.Round()) + 1 // #nosec -- a letter is no wider than a few thousandths
		c.glyph[r] = uint16(glyph)
	}
	box, err := parsed.Bounds(&buf, fixed.I(1000), font.HintingNone)
	if err != nil {
		return nil, err
	}
	c.metrics.box = [4]int{box.Min.X.Floor(), -box.Max.Y.Ceil(), box.Max.X.Ceil(), -box.Min.Y.Floor()}
	m, err := parsed.Metrics(&buf, fixed.I(1000), font.HintingNone)
	if err != nil {
		return nil, err
	}
	c.metrics.ascent, c.metrics.descent, c.metrics.capitals = m.Ascent.Round(), -m.Descent.Round(), m.CapHeight.Round()
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
