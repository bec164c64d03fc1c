package document

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
)

// faces in the order in which a file lists them.
var faces = []face{regular, bold, italic}

// typesetter turns text into glyph numbers and remembers which it used, for the fonts that go into the file.
type typesetter struct {
	fonts fonts
	used  map[face]map[uint16]rune
	shown []*picture
}

func newTypesetter(f fonts) *typesetter {
	t := &typesetter{fonts: f, used: map[face]map[uint16]rune{}}
	for _, name := range faces {
		t.used[name] = map[uint16]rune{}
	}
	return t
}

// index is the number of a face's font among the page's resources.
func (t *typesetter) index(f face) int { return slices.Index(faces, f) }

// codes are the glyph numbers of cleaned text in hexadecimal.
func (t *typesetter) codes(text string, f face) string {
	var b strings.Builder
	for _, r := range text {
		glyph := t.fonts[f].glyph[r]
		// Where two letters look the same, such as the space and the one that does not break, the plainer is read.
		if have, ok := t.used[f][glyph]; !ok || r < have {
			t.used[f][glyph] = r
		}
		fmt.Fprintf(&b, "%04X", glyph)
	}
	return b.String()
}

// picture is the name of a picture among the page's resources.
func (t *typesetter) picture(p *picture) string {
	i := slices.Index(t.shown, p)
	if i < 0 {
		i, t.shown = len(t.shown), append(t.shown, p)
	}
	return fmt.Sprintf("Im%d", i)
}

// write puts the fonts that were used into the file and returns the resources that name them.
func (t *typesetter) write(file *file) string {
	var b strings.Builder
	for i, f := range faces {
		if len(t.used[f]) > 0 {
			fmt.Fprintf(&b, "/F%d %s ", i, t.font(file, f))
		}
	}
	if len(t.shown) == 0 {
		return "<</Font <<" + b.String() + ">>>>"
	}
	var images strings.Builder
	for i, p := range t.shown {
		fmt.Fprintf(&images, "/Im%d %s ", i, p.image(file))
	}
	return "<</Font <<" + b.String() + ">> /XObject <<" + images.String() + ">>>>"
}

// font writes a face as a composite font (ISO 32000-1, 9.7) whose codes are glyph numbers.
func (t *typesetter) font(file *file, f face) ref {
	c, used := t.fonts[f], make([]uint16, 0, len(t.used[f]))
	for glyph := range t.used[f] {
		used = append(used, glyph)
	}
	slices.Sort(used)
	ttf := c.outline.subset(used)
	name := subsetName(used) + "+" + c.name
	body := file.stream(fmt.Sprintf(" /Length1 %d", len(ttf)), ttf, true)
	m := c.metrics
	descriptor := file.add(fmt.Sprintf("<</Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [%d %d %d %d] /ItalicAngle %d /Ascent %d /Descent %d /CapHeight %d /StemV %d /FontFile2 %s>>",
		name, m.box[0], m.box[1], m.box[2], m.box[3], m.slant, m.ascent, m.descent, m.capitals, m.stem, body))
	var widths strings.Builder
	for _, glyph := range used {
		fmt.Fprintf(&widths, "%d [%d] ", glyph, c.wide[t.used[f][glyph]]-1)
	}
	descendant := file.add(fmt.Sprintf("<</Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> /FontDescriptor %s /CIDToGIDMap /Identity /DW 0 /W [%s]>>",
		name, descriptor, widths.String()))
	unicode := file.stream("", t.toUnicode(f, used), true)
	return file.add(fmt.Sprintf("<</Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%s] /ToUnicode %s>>", name, descendant, unicode))
}

// toUnicode is the table by which readers turn glyphs back into letters (9.10.3).
func (t *typesetter) toUnicode(f face, used []uint16) []byte {
	var b strings.Builder
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for part := range slices.Chunk(used, 100) { // a table may hold no more
		fmt.Fprintf(&b, "%d beginbfchar\n", len(part))
		for _, glyph := range part {
			fmt.Fprintf(&b, "<%04X> <%04X>\n", glyph, t.used[f][glyph])
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return []byte(b.String())
}

// subsetName is six letters that differ between fonts with other glyphs.
func subsetName(used []uint16) string {
	h := fnv.New64a()
	for _, glyph := range used {
		_, _ = h.Write([]byte{byte(glyph >> 8), byte(glyph)})
	}
	sum, out := h.Sum64(), make([]byte, 6)
	for i := range out {
		out[i], sum = 'A'+byte(sum%26), sum/26
	}
	return string(out)
}
