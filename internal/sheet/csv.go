package sheet

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"antragswerk/internal/civic"
)

// csvStyle is for whom a CSV file is written.
type csvStyle struct {
	comma  byte
	german bool // byte order mark, decimal comma, German dates
}

type csvTable struct {
	w     *bufio.Writer
	style csvStyle
	line  []byte
}

func openCSV(w io.Writer, head []civic.Column, style csvStyle) (*csvTable, error) {
	t := &csvTable{w: bufio.NewWriterSize(w, 32<<10), style: style}
	if style.german {
		t.line = append(t.line, "\uFEFF"...) // Excel takes a file without it for Windows-1252
	}
	for i, c := range head {
		t.between(i)
		t.quoted(c.Name)
	}
	return t, t.flush()
}

func (t *csvTable) between(i int) {
	if i > 0 {
		t.line = append(t.line, t.style.comma)
	}
}

// Row implements civic.Table.
func (t *csvTable) Row(cells []civic.Cell) error {
	for i, c := range cells {
		t.between(i)
		switch {
		case c.Empty():
		case c.Kind == civic.CellNumber && decimal(c.Text):
			at := len(t.line)
			if t.line = append(t.line, c.Text...); t.style.german {
				if p := bytes.IndexByte(t.line[at:], '.'); p >= 0 {
					t.line[at+p] = ','
				}
			}
		case c.Kind == civic.CellDate:
			t.line = c.Time.AppendFormat(t.line, t.layout("2006-01-02", "02.01.2006"))
		case c.Kind == civic.CellTime:
			t.line = c.Time.AppendFormat(t.line, t.layout("2006-01-02T15:04:05Z07:00", "02.01.2006 15:04:05"))
		default:
			t.quoted(c.Text)
		}
	}
	return t.flush()
}

func (t *csvTable) layout(iso, german string) string {
	if t.style.german {
		return german
	}
	return iso
}

// quoted writes a text between quotation marks, whatever is in it: a program that expects another separator would cut an
// unquoted one in two, and the second half could begin a formula. What could begin one gets an apostrophe in front.
func (t *csvTable) quoted(s string) {
	s = clean(s)
	t.line = append(t.line, '"')
	if begins(s) {
		t.line = append(t.line, '\'')
	}
	for {
		i := strings.IndexByte(s, '"')
		if i < 0 {
			break
		}
		t.line = append(append(t.line, s[:i]...), `""`...)
		s = s[i+1:]
	}
	t.line = append(append(t.line, s...), '"')
}

func (t *csvTable) flush() error {
	t.line = append(t.line, "\r\n"...)
	_, err := t.w.Write(t.line)
	t.line = t.line[:0]
	return err
}

// Close implements civic.Table.
func (t *csvTable) Close() error { return t.w.Flush() }
