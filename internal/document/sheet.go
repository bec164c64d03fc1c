package document

import (
	"bytes"
	"time"

	"codeberg.org/go-pdf/fpdf"
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

// mark is something drawn: text at its baseline, or a filled box when text is empty. outline makes text an entry of
// the document's outline as well, at that level; 0 for none.
type mark struct {
	x, y, w, h float64
	text       string
	style      style
	outline    int
}

// sheet is a document being laid out: pages of marks, and the height at which the next goes.
type sheet struct {
	fonts fonts
	pages [][]mark
	y     float64
}

func newSheet(f fonts) *sheet { return &sheet{fonts: f, pages: [][]mark{nil}} }

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
	s.draw(mark{x: x, y: y, w: w, h: thick, style: style{ink: c}})
}

// about is what a PDF says of itself.
type about struct {
	title, author, lang string
	created             time.Time
}

// paint writes the pages as PDF.
func (s *sheet) paint(a about) ([]byte, error) {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetCatalogSort(true)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(0, 0, 0)
	pdf.SetTitle(a.title, true)
	pdf.SetAuthor(a.author, true)
	pdf.SetProducer("Antragswerk", true)
	pdf.SetLang(a.lang)
	created := a.created.UTC()
	if a.created.IsZero() {
		created = unknownDate
	}
	pdf.SetCreationDate(created)
	pdf.SetModificationDate(created)
	used := map[face]bool{}
	for _, page := range s.pages {
		pdf.AddPage()
		for _, m := range page {
			if m.text == "" {
				pdf.SetFillColor(int(m.style.ink), int(m.style.ink), int(m.style.ink))
				pdf.Rect(m.x, m.y, m.w, m.h, "F")
				continue
			}
			if !used[m.style.face] {
				used[m.style.face] = true
				pdf.AddUTF8FontFromBytes(family, string(m.style.face), s.fonts[m.style.face].ttf)
			}
			pdf.SetFont(family, string(m.style.face), m.style.size)
			pdf.SetTextColor(int(m.style.ink), int(m.style.ink), int(m.style.ink))
			pdf.Text(m.x, m.y, m.text)
			if m.outline > 0 {
				pdf.Bookmark(m.text, m.outline-1, m.y-m.style.size*millimetresPerPoint)
			}
		}
	}
	var out bytes.Buffer
	if err := pdf.Output(&out); err != nil {
		return nil, err
	}
	if a.created.IsZero() {
		blankDates(out.Bytes())
	}
	return out.Bytes(), nil
}

// unknownDate stands for a date that nobody gave; without one the library would take the clock's.
var unknownDate = time.Unix(0, 0).UTC()

// blankDates wipes the two unknown dates from the file's properties, which are its last dictionary but one; the length
// stays, so that all offsets hold.
func blankDates(pdf []byte) {
	const stamp = "(D:19700101000000)"
	claim := []byte("/CreationDate " + stamp + "\n/ModDate " + stamp)
	if at := bytes.LastIndex(pdf, claim); at >= 0 {
		copy(pdf[at:], bytes.Repeat([]byte(" "), len(claim)))
	}
}
