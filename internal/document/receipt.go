package document

import (
	"fmt"
	"slices"
	"strings"

	"github.com/piglig/go-qr"

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
	s.letterhead([]string{r.Tenant}, 0)
	s.y += 12
	s.heading(r.Title, 1, titleStyle, 8.5)
	if r.Service != "" {
		s.y++
		s.paragraph(left, 5.5, right-left, run{r.Service, style{regular, 12, soft}})
	}
	s.y += 5
	for _, text := range r.Intro {
		s.paragraph(left, 5.2, right-left, run{text, bodyStyle})
		s.y += 2
	}
	s.y += 2
	s.table(r.Facts)
	if r.VerifyURL != "" {
		if err := s.verify(r, words); err != nil {
			return nil, err
		}
	}
	for _, sec := range r.Sections {
		s.section(sec)
	}
	if len(r.Check) > 0 {
		s.section(civic.DocumentSection{Title: words.T("document.check")})
		s.table(r.Check)
	}
	s.footer(footing{label: words.T("document.file_number"), number: r.FileNumber, text: r.Footer, words: words})
	return s.paint(about{title: title(r.Title, r.FileNumber), author: r.Tenant, lang: words.Lang(), created: r.Created}), nil
}

// table prints pairs of label and value below a strong rule.
func (s *sheet) table(pairs [][2]string) {
	if len(pairs) == 0 {
		return
	}
	s.in("Table", func() {
		s.rule(left, s.y, right-left, 0.3, ink)
		for _, f := range pairs {
			s.row(f[0], f[1])
		}
	})
}

// section prints a heading and its rows; a heading stays with what follows it.
func (s *sheet) section(sec civic.DocumentSection) {
	s.y += 8
	s.room(30)
	s.heading(sec.Title, 2, sectionStyle, 6.2)
	s.y += 1
	s.rule(left, s.y, right-left, 0.3, ink)
	for rows := sec.Rows; len(rows) > 0; {
		if rows[0].Heading {
			s.item(rows[0])
			rows = rows[1:]
			continue
		}
		n := slices.IndexFunc(rows, func(r civic.DocumentRow) bool { return r.Heading })
		if n < 0 {
			n = len(rows)
		}
		s.in("Table", func() {
			for _, row := range rows[:n] {
				s.row(row.Label, row.Value)
			}
		})
		rows = rows[n:]
	}
}

// item prints the heading of a repeated item.
func (s *sheet) item(row civic.DocumentRow) {
	title := row.Label
	if row.Value != "" {
		title += " " + row.Value
	}
	s.room(20)
	s.y += 3.5
	s.heading(title, 3, itemStyle, rowHeight)
	s.y += 1
	s.rule(left, s.y, right-left, 0.15, hair)
}

// row prints a label beside its value, with a thin rule below. Rows stay whole as far as a page can hold them.
func (s *sheet) row(label, value string) {
	labels := s.lines([]run{{label, labelStyle}}, labelWidth)
	values := s.lines([]run{{value, valueStyle}}, right-valueLeft)
	height := rowHeight * float64(max(len(labels), len(values)))
	s.room(min(height, 60) + 3)
	s.y += 1.3
	s.in("TR", func() {
		start, page := s.y, len(s.pages)
		s.in("TH", func() { s.print(left, rowHeight, labels) }).attrs = rowHeader
		end := s.y
		if len(s.pages) == page {
			s.y = start
		}
		page = len(s.pages)
		s.in("TD", func() { s.print(valueLeft, rowHeight, values) })
		if len(s.pages) == page {
			s.y = max(s.y, end)
		}
	})
	s.y += 1.2
	s.rule(left, s.y, right-left, 0.15, hair)
}

// heading prints a heading over the whole width and notes it in the outline. No level is left out, whatever an author
// wrote: a reader who jumps from heading to heading would look for the one in between.
func (s *sheet) heading(text string, level int, st style, height float64) {
	s.title(left, []run{{text, st}}, level, height)
}

func (s *sheet) title(x float64, runs []run, level int, height float64) {
	s.level = min(level, s.level+1)
	list := s.lines(runs, right-x)
	s.room(height * float64(len(list)))
	text := ""
	for _, l := range list {
		for _, r := range l {
			text += r.text
		}
	}
	if text = strings.TrimSpace(text); text != "" {
		s.outline = append(s.outline, entry{text: text, level: s.level, page: len(s.pages) - 1, top: points(pageHeight - s.y)})
	}
	s.in(fmt.Sprintf("H%d", s.level), func() { s.print(x, height, list) })
}

// side is the side of the QR code in millimetres: at arm's length a phone tells its dots apart.
const side = 32.0

// verify prints the QR code of the address at which the receipt is checked, and how.
func (s *sheet) verify(r civic.ReceiptDocument, words *locale.Catalogue) error {
	code, err := go_qr.EncodeText(r.VerifyURL, go_qr.Medium)
	if err != nil {
		return fmt.Errorf("QR code: %w", err)
	}
	s.y += 5
	s.room(side + 2)
	dot := side / float64(code.Size())
	figure := s.in("Figure", func() {
		for y := range code.Size() {
			for x := 0; x < code.Size(); x++ {
				from := x
				for x < code.Size() && code.Module(x, y) {
					x++
				}
				if x > from {
					s.box(left+float64(from)*dot, s.y+float64(y)*dot, float64(x-from)*dot, dot, 0)
				}
			}
		}
	})
	figure.alt = words.T("document.code")
	figure.attrs = fmt.Sprintf(figureFrame, number(points(left)), number(points(pageHeight-s.y-side)), number(points(left+side)), number(points(pageHeight-s.y)))
	start, page := s.y, len(s.pages)
	s.y += 3
	for i, text := range []string{words.T("document.verify"), words.T("document.verify.how", "url", withoutQuery(r.VerifyURL))} {
		s.paragraph(left+side+6, rowHeight, right-left-side-6, run{text, []style{valueStyle, labelStyle}[i]})
		s.y++
	}
	if page == len(s.pages) {
		s.y = max(s.y, start+side)
	}
	return nil
}

// withoutQuery is the address of the page alone, short enough to be typed.
func withoutQuery(address string) string {
	page, _, _ := strings.Cut(address, "?")
	return page
}

// letterhead prints the authority's name, its further lines in small type, and a rule across the page.
func (s *sheet) letterhead(head []string, beside float64) {
	if len(head) == 0 {
		return
	}
	s.y = 17
	width := right - left - beside
	s.paragraph(left, 6.4, width, run{head[0], nameStyle})
	for _, text := range head[1:] {
		s.paragraph(left, 4, width, run{text, smallStyle})
	}
	if beside > 0 {
		s.y = max(s.y, logoTop+logoHeight)
	}
	s.y += 2.5
	s.rule(left, s.y, right-left, 0.6, ink)
}

// footing is what stands at the foot of each page.
type footing struct {
	label, number, text string
	words               *locale.Catalogue
}

// footer prints the foot of all pages; it is last, when their number is known. It belongs to the paper, not to the
// text; only what it says beyond file number and page is read, once, at the end.
func (s *sheet) footer(f footing) {
	pages := s.pages
	for i := range pages {
		s.pages = [][]mark{nil}
		text := func() {
			for j, l := range s.lines([]run{{f.text, smallStyle}}, right-left) {
				s.printLine(left, 284.5+3.6*float64(j), l)
			}
		}
		s.beside(func() {
			s.rule(left, 276, right-left, 0.15, hair)
			if f.number != "" {
				s.label(left, 280.5, f.label+" "+f.number, smallStyle, false)
			}
			s.label(right, 280.5, f.words.T("document.page", "n", i+1, "of", len(pages)), smallStyle, true)
			if i+1 < len(pages) {
				text()
			}
		})
		if i+1 == len(pages) {
			s.in("P", text)
		}
		pages[i] = append(pages[i], s.pages[0]...)
	}
	s.pages = pages
}
