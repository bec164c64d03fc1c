package document

import (
	"bytes"
	"fmt"
	"time"
)

// Measures of the page in millimetres; all sizes of text are in points.
const (
	pageWidth  = 210.0
	pageHeight = 297.0
	left       = 25.0 // DIN 5008: room for punching
	right      = pageWidth - 20
	top        = 25.0  // of all pages but the first
	bottom     = 268.0 // what lies below belongs to the footer
)

// shade is a grey: 0 black, 255 white.
type shade int

const (
	ink  shade = 25
	soft shade = 85  // 7:1 on white
	hair shade = 190 // rules that only decorate
)

// style is how text looks.
type style struct {
	face face
	size float64 // points
	ink  shade
}

// mark is something drawn: text at its baseline, or a filled box when text is empty.
type mark struct {
	x, y, w, h float64
	text       string
	style      style
	of         *element // nil for what only decorates
	picture    *picture // fills the box
}

// sheet is a document being laid out: pages of marks, the height at which the next goes, and what the marks mean.
type sheet struct {
	fonts   fonts
	pages   [][]mark
	y       float64
	root    *element
	at      *element // of which the next marks are a part; nil for decoration
	level   int      // of the last heading
	outline []entry
}

func newSheet(f fonts) *sheet {
	root := &element{tag: "Document"}
	return &sheet{fonts: f, pages: [][]mark{nil}, root: root, at: root}
}

func (s *sheet) draw(m mark) {
	last := len(s.pages) - 1
	s.pages[last] = append(s.pages[last], m)
}

// room makes sure that a height fits, on a new page if need be.
func (s *sheet) room(height float64) {
	if s.y+height > bottom {
		s.pages = append(s.pages, nil)
		s.y = top
	}
}

// rule draws a thin line over the given width.
func (s *sheet) rule(x, y, w, thick float64, c shade) {
	s.beside(func() { s.box(x, y, w, thick, c) })
}

// box fills a box as a part of the current element.
func (s *sheet) box(x, y, w, h float64, c shade) {
	s.draw(mark{x: x, y: y, w: w, h: h, style: style{ink: c}, of: s.at})
}

// about is what a PDF says of itself.
type about struct {
	title, author, lang string
	created             time.Time
}

// paint writes the pages as a tagged PDF.
func (s *sheet) paint(a about) []byte {
	f, letters := newFile(), newTypesetter(s.fonts)
	tree, pages := f.reserve(), make([]ref, len(s.pages))
	for i := range pages {
		pages[i] = f.reserve()
	}
	contents, sequences := make([]ref, len(pages)), make([]int, len(pages))
	for i, marks := range s.pages {
		var body []byte
		body, sequences[i] = letters.page(i, marks)
		contents[i] = f.stream("", body, true)
	}
	resources := f.add(letters.write(f))
	kids := ""
	for i, page := range pages {
		kids += page.String() + " "
		f.put(page, fmt.Sprintf("<</Type /Page /Parent %s /MediaBox [0 0 %s %s] /Resources %s /Contents %s /StructParents %d /Tabs /S>>",
			tree, number(points(pageWidth)), number(points(pageHeight)), resources, contents[i], i))
	}
	f.put(tree, fmt.Sprintf("<</Type /Pages /Kids [%s] /Count %d>>", kids, len(pages)))
	meaning := s.root.writeTree(f, pages, sequences)
	info, metadata := f.info(a)
	catalog := fmt.Sprintf("<</Type /Catalog /Pages %s /Lang (%s) /StructTreeRoot %s /MarkInfo <</Marked true>> /ViewerPreferences <</DisplayDocTitle true>> /Metadata %s",
		tree, a.lang, meaning, metadata)
	if outline := writeOutline(f, s.outline, pages); outline != 0 {
		catalog += " /Outlines " + outline.String()
	}
	return f.finish(f.add(catalog+">>"), info)
}

// page writes a page's marks, those of one element as one marked sequence, and counts these.
func (t *typesetter) page(n int, marks []mark) (content []byte, sequences int) {
	var b bytes.Buffer
	for i, m := range marks {
		if i == 0 || m.of != marks[i-1].of {
			if i > 0 {
				b.WriteString("EMC\n")
			}
			if m.of == nil {
				b.WriteString("/Artifact BMC\n")
			} else {
				m.of.drawn = append(m.of.drawn, sequence{n, sequences})
				fmt.Fprintf(&b, "/%s <</MCID %d>> BDC\n", m.of.tag, sequences)
				sequences++
			}
		}
		x, y := points(m.x), points(pageHeight-m.y)
		if m.picture != nil {
			fmt.Fprintf(&b, "q %s 0 0 %s %s %s cm /%s Do Q\n", number(points(m.w)), number(points(m.h)), number(x), number(y-points(m.h)), t.picture(m.picture))
			continue
		}
		b.WriteString(number(float64(m.style.ink)/255) + " g ")
		if m.text == "" {
			fmt.Fprintf(&b, "%s %s %s %s re f\n", number(x), number(y-points(m.h)), number(points(m.w)), number(points(m.h)))
			continue
		}
		fmt.Fprintf(&b, "BT /F%d %s Tf %s %s Td <%s> Tj ET\n", t.index(m.style.face), number(m.style.size), number(x), number(y), t.codes(m.text, m.style.face))
	}
	if len(marks) > 0 {
		b.WriteString("EMC\n")
	}
	return b.Bytes(), sequences
}
