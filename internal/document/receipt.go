package document

import (
	"fmt"

	"github.com/skip2/go-qrcode"

	"antragswerk/internal/civic"
	"antragswerk/internal/locale"
)

const (
	labelWidth = 55.0
	valueLeft  = left + 60.0
	rowHeight  = 5.0
)

var (
	nameStyle    = style{bold, 13, ink}
	titleStyle   = style{bold, 17, ink}
	sectionStyle = style{bold, 12, ink}
	itemStyle    = style{bold, 10, ink}
	bodyStyle    = style{regular, 10.5, ink}
	labelStyle   = style{regular, 10, soft}
	valueStyle   = style{regular, 10, ink}
	smallStyle   = style{regular, 8, soft}
)

// drawReceipt lays a receipt out with the built-in engine.
func (p *Printer) drawReceipt(r civic.ReceiptDocument, words *locale.Catalogue) ([]byte, error) {
	s := newSheet(p.fonts)
	s.letterhead([]string{r.Tenant})
	s.y += 12
	s.heading(r.Title, titleStyle, 8.5, 1)
	if r.Service != "" {
		s.y++
		s.print(left, 5.5, s.lines([]run{{r.Service, style{regular, 12, soft}}}, right-left))
	}
	s.y += 5
	for _, text := range r.Intro {
		s.print(left, 5.2, s.lines([]run{{text, bodyStyle}}, right-left))
		s.y += 2
	}
	s.y += 2
	for i, f := range r.Facts {
		if i == 0 {
			s.rule(left, s.y, right-left, 0.3, ink)
		}
		s.row(f[0], f[1])
	}
	if r.VerifyURL != "" {
		if err := s.verify(r.VerifyURL, words.T("document.verify")); err != nil {
			return nil, err
		}
	}
	for _, sec := range r.Sections {
		s.section(sec)
	}
	s.footer(footing{label: words.T("document.file_number"), number: r.FileNumber, text: r.Footer, words: words})
	return s.paint(about{title: title(r.Title, r.FileNumber), author: r.Tenant, lang: words.Tag, created: r.Created})
}

// section prints a heading and its rows; a heading stays with what follows it.
func (s *sheet) section(sec civic.DocumentSection) {
	s.y += 8
	s.room(30)
	s.heading(sec.Title, sectionStyle, 6.2, 2)
	s.y += 1
	s.rule(left, s.y, right-left, 0.3, ink)
	for _, row := range sec.Rows {
		if !row.Heading {
			s.row(row.Label, row.Value)
			continue
		}
		title := row.Label
		if row.Value != "" {
			title += " " + row.Value
		}
		s.room(20)
		s.y += 3.5
		s.heading(title, itemStyle, rowHeight, 0)
		s.y += 1
		s.rule(left, s.y, right-left, 0.15, hair)
	}
}

// row prints a label beside its value, with a thin rule below. Rows stay whole as far as a page can hold them.
func (s *sheet) row(label, value string) {
	labels := s.lines([]run{{label, labelStyle}}, labelWidth)
	values := s.lines([]run{{value, valueStyle}}, right-valueLeft)
	height := rowHeight * float64(max(len(labels), len(values)))
	s.room(min(height, 60) + 3)
	s.y += 1.3
	start, page := s.y, len(s.pages)
	s.print(left, rowHeight, labels)
	end := s.y
	if len(s.pages) == page {
		s.y = start
	}
	page = len(s.pages)
	s.print(valueLeft, rowHeight, values)
	if len(s.pages) == page {
		s.y = max(s.y, end)
	}
	s.y += 1.2
	s.rule(left, s.y, right-left, 0.15, hair)
}

// heading prints a heading over the whole width and notes it in the outline.
func (s *sheet) heading(text string, st style, height float64, outline int) {
	list := s.lines([]run{{text, st}}, right-left)
	s.room(height * float64(len(list)))
	page := len(s.pages) - 1
	first := len(s.pages[page])
	s.print(left, height, list)
	if first < len(s.pages[page]) {
		s.pages[page][first].outline = outline
	}
}

// verify prints a QR code of a web address, and the address beside it.
func (s *sheet) verify(url, text string) error {
	code, err := qrcode.New(url, qrcode.Medium)
	if err != nil {
		return fmt.Errorf("QR code: %w", err)
	}
	code.DisableBorder = true
	const side = 26.0
	s.y += 5
	s.room(side + 2)
	bits := code.Bitmap()
	dot := side / float64(len(bits))
	for y, row := range bits {
		for x := 0; x < len(row); x++ {
			from := x
			for x < len(row) && row[x] {
				x++
			}
			if x > from {
				s.rule(left+float64(from)*dot, s.y+float64(y)*dot, float64(x-from)*dot, dot, 0)
			}
		}
	}
	start, page := s.y, len(s.pages)
	s.y += 3
	s.print(left+side+6, rowHeight, s.lines([]run{{text + "\n", valueStyle}, {url, labelStyle}}, right-left-side-6))
	if page == len(s.pages) {
		s.y = max(s.y, start+side)
	}
	return nil
}

// letterhead prints the authority's name, its further lines in small type, and a rule across the page.
func (s *sheet) letterhead(head []string) {
	if len(head) == 0 {
		return
	}
	s.y = 17
	s.print(left, 6.4, s.lines([]run{{head[0], nameStyle}}, right-left))
	for _, text := range head[1:] {
		s.print(left, 4, s.lines([]run{{text, smallStyle}}, right-left))
	}
	s.y += 2.5
	s.rule(left, s.y, right-left, 0.6, ink)
}

// footing is what stands at the foot of each page.
type footing struct {
	label, number, text string
	words               *locale.Catalogue
}

// footer prints the foot of all pages; it is last, when their number is known.
func (s *sheet) footer(f footing) {
	pages := s.pages
	s.pages = [][]mark{nil}
	for i := range pages {
		s.pages[0] = nil
		s.rule(left, 276, right-left, 0.15, hair)
		if f.number != "" {
			s.label(left, 280.5, f.label+" "+f.number, smallStyle, false)
		}
		s.label(right, 280.5, f.words.T("document.page", "n", i+1, "of", len(pages)), smallStyle, true)
		for j, l := range s.lines([]run{{f.text, smallStyle}}, right-left) {
			s.printLine(left, 284.5+3.6*float64(j), l)
		}
		pages[i] = append(pages[i], s.pages[0]...)
	}
	s.pages = pages
}
