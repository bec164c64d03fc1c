package sheet

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"antragswerk/internal/civic"
)

const (
	maxXLSXRows = 1 << 20 // of one sheet; what comes after goes to another one
	maxXLSXText = 32767   // UTF-16 units of one cell
	xmlHead     = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	mainSpace   = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	relSpace    = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	partSpace   = "http://schemas.openxmlformats.org/package/2006"
	wordsType   = "application/vnd.openxmlformats-officedocument.spreadsheetml."
)

// The styles of cells, as styles.xml numbers them. A quoted one is Excel's own apostrophe: the text stays as it is, and no editing
// turns it into a formula.
const (
	styleHead = iota + 1
	styleDate
	styleTime
	styleQuoted
	styleLines
	styleQuotedLines
)

const stylesXML = xmlHead + `<styleSheet xmlns="` + mainSpace + `"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>` +
	`<font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill>` +
	`<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
	`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="7"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
	`<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" quotePrefix="1"/>` +
	`<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="22" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
	`<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/>` +
	`<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>` +
	`<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf></cellXfs></styleSheet>`

// xlsxTable writes a workbook part by part: texts stand in their cells, so that no table of texts grows with them.
type xlsxTable struct {
	zip    *zip.Writer
	head   []civic.Column
	names  []string // of columns: A, B … AA
	sheets int
	rows   int // on this sheet
	most   int // rows of one sheet
	w      *bufio.Writer
	line   []byte
}

func openXLSX(w io.Writer, head []civic.Column) (*xlsxTable, error) {
	t := &xlsxTable{zip: zip.NewWriter(w), head: head, most: maxXLSXRows}
	for i := range head {
		t.names = append(t.names, columnName(i))
	}
	return t, t.begin()
}

func columnName(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}

// begin opens the next sheet and writes its head.
func (t *xlsxTable) begin() error {
	t.sheets, t.rows = t.sheets+1, 0
	part, err := t.zip.Create("xl/worksheets/sheet" + strconv.Itoa(t.sheets) + ".xml")
	if err != nil {
		return err
	}
	t.w = bufio.NewWriterSize(part, 32<<10)
	t.line = append(t.line[:0], xmlHead+`<worksheet xmlns="`+mainSpace+`"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>`...)
	for i, c := range t.head {
		width := min(max(utf16Len(c.Name)+3, 14), 40)
		t.line = fmt.Appendf(t.line, `<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, width)
	}
	t.line = append(t.line, `</cols><sheetData>`...)
	cells := make([]civic.Cell, len(t.head))
	for i, c := range t.head {
		cells[i].Text = c.Name
	}
	return t.row(cells, styleHead)
}

// Row implements civic.Table.
func (t *xlsxTable) Row(cells []civic.Cell) error {
	if t.rows == t.most {
		if err := t.end(); err != nil {
			return err
		}
		if err := t.begin(); err != nil {
			return err
		}
	}
	return t.row(cells, 0)
}

func (t *xlsxTable) row(cells []civic.Cell, style int) error {
	t.rows++
	t.line = strconv.AppendInt(append(t.line, `<row r="`...), int64(t.rows), 10)
	t.line = append(t.line, `">`...)
	for i, c := range cells {
		if c.Empty() {
			continue
		}
		t.line = append(append(t.line, `<c r="`...), t.names[i]...)
		t.line = append(strconv.AppendInt(t.line, int64(t.rows), 10), '"')
		switch day, ok := serial(c); {
		case ok && c.Kind == civic.CellDate:
			t.number(strconv.FormatFloat(math.Floor(day), 'f', -1, 64), styleDate)
		case ok:
			t.number(strconv.FormatFloat(day, 'f', 6, 64), styleTime)
		case c.Kind == civic.CellNumber && decimal(c.Text) && precise(c.Text):
			t.number(c.Text, 0)
		case c.Kind == civic.CellDate:
			t.text(c.Time.Format(time.DateOnly), style)
		case c.Kind == civic.CellTime:
			t.text(c.Time.Format(time.DateTime), style)
		default:
			t.text(c.Text, style)
		}
	}
	t.line = append(t.line, `</row>`...)
	_, err := t.w.Write(t.line)
	t.line = t.line[:0]
	return err
}

// serial is a time as Excel counts it: days since 1899-12-30, on the clock of its zone. Before March 1900 Excel is wrong by a day.
func serial(c civic.Cell) (float64, bool) {
	if c.Kind != civic.CellDate && c.Kind != civic.CellTime || c.Time.Year() < 1901 || c.Time.Year() > 9999 {
		return 0, false
	}
	y, m, d := c.Time.Date()
	hour, minute, second := c.Time.Clock()
	days := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()/86400 + 25569
	return float64(days) + float64(hour*3600+minute*60+second)/86400, true
}

// precise tells whether Excel keeps all digits: it calculates with fifteen. A longer number is an identifier, and stays text.
func precise(s string) bool {
	digits := strings.TrimLeft(strings.ReplaceAll(strings.TrimPrefix(s, "-"), ".", ""), "0")
	return len(digits) <= 15
}

func (t *xlsxTable) style(n int) {
	if n > 0 {
		t.line = append(strconv.AppendInt(append(t.line, ` s="`...), int64(n), 10), '"')
	}
}

func (t *xlsxTable) number(s string, style int) {
	t.style(style)
	t.line = append(append(append(t.line, `><v>`...), s...), `</v></c>`...)
}

func (t *xlsxTable) text(s string, style int) {
	s = clipped(clean(s))
	lines := strings.Contains(s, "\n")
	switch risky := begins(s); {
	case style != 0:
	case risky && lines:
		style = styleQuotedLines
	case risky:
		style = styleQuoted
	case lines:
		style = styleLines
	}
	t.style(style)
	t.line = append(t.line, ` t="inlineStr"><is><t xml:space="preserve">`...)
	t.escaped(s)
	t.line = append(t.line, `</t></is></c>`...)
}

// escaped writes a text for XML. Excel reads _x000A_ as a character's number; an underscore that would begin one is written so.
func (t *xlsxTable) escaped(s string) {
	for i := range len(s) {
		switch c := s[i]; {
		case c == '&':
			t.line = append(t.line, "&amp;"...)
		case c == '<':
			t.line = append(t.line, "&lt;"...)
		case c == '>':
			t.line = append(t.line, "&gt;"...)
		case c == '_' && numbered(s[i:]):
			t.line = append(t.line, "_x005F_"...)
		default:
			t.line = append(t.line, c)
		}
	}
}

func numbered(s string) bool {
	if len(s) < 7 || s[1] != 'x' && s[1] != 'X' || s[6] != '_' {
		return false
	}
	_, err := strconv.ParseUint(s[2:6], 16, 32)
	return err == nil
}

func utf16Len(s string) (n int) {
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// clipped cuts what Excel would refuse the whole file for, and shows that it was cut.
func clipped(s string) string {
	if len(s) <= maxXLSXText || utf16Len(s) <= maxXLSXText {
		return s
	}
	n := 0
	for i, r := range s {
		if n += utf16.RuneLen(r); n > maxXLSXText-1 {
			return s[:i] + "…"
		}
	}
	return s
}

// end finishes a sheet; its head filters and sorts.
func (t *xlsxTable) end() error {
	t.line = append(t.line[:0], `</sheetData>`...)
	if len(t.head) > 0 {
		t.line = fmt.Appendf(t.line, `<autoFilter ref="A1:%s%d"/>`, t.names[len(t.names)-1], t.rows)
	}
	if _, err := t.w.Write(append(t.line, `</worksheet>`...)); err != nil {
		return err
	}
	t.line = t.line[:0]
	return t.w.Flush()
}

// Close implements civic.Table: what says which parts there are comes last.
func (t *xlsxTable) Close() error {
	if err := t.end(); err != nil {
		return err
	}
	var types, rels, sheets strings.Builder
	for i := range t.sheets {
		n := strconv.Itoa(i + 1)
		types.WriteString(`<Override PartName="/xl/worksheets/sheet` + n + `.xml" ContentType="` + wordsType + `worksheet+xml"/>`)
		rels.WriteString(`<Relationship Id="rId` + n + `" Type="` + relSpace + `/worksheet" Target="worksheets/sheet` + n + `.xml"/>`)
		sheets.WriteString(`<sheet name="` + strings.TrimSuffix("Tabelle "+n, " 1") + `" sheetId="` + n + `" r:id="rId` + n + `"/>`)
	}
	styles := strconv.Itoa(t.sheets + 1)
	for _, part := range [][2]string{
		{"xl/styles.xml", stylesXML},
		{"xl/workbook.xml", xmlHead + `<workbook xmlns="` + mainSpace + `" xmlns:r="` + relSpace + `"><sheets>` + sheets.String() + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", xmlHead + `<Relationships xmlns="` + partSpace + `/relationships">` + rels.String() +
			`<Relationship Id="rId` + styles + `" Type="` + relSpace + `/styles" Target="styles.xml"/></Relationships>`},
		{"_rels/.rels", xmlHead + `<Relationships xmlns="` + partSpace + `/relationships"><Relationship Id="rId1" Type="` + relSpace + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"[Content_Types].xml", xmlHead + `<Types xmlns="` + partSpace + `/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="` + wordsType + `sheet.main+xml"/>` +
			`<Override PartName="/xl/styles.xml" ContentType="` + wordsType + `styles+xml"/>` + types.String() + `</Types>`},
	} {
		w, err := t.zip.Create(part[0])
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, part[1]); err != nil {
			return err
		}
	}
	return t.zip.Close()
}
