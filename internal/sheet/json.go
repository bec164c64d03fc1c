package sheet

import (
	"bufio"
	"encoding/json"
	"io"
	"time"

	"antragswerk/internal/civic"
)

// jsonTable writes an object a row, by the columns' keys: in an array, or one a line. An array that was cut off has no end.
type jsonTable struct {
	w     *bufio.Writer
	keys  [][]byte // with the colon
	array bool
	rows  int
	line  []byte
}

func openJSON(w io.Writer, head []civic.Column, array bool) (*jsonTable, error) {
	t := &jsonTable{w: bufio.NewWriterSize(w, 32<<10), array: array}
	for _, c := range head {
		key, err := json.Marshal(c.Key)
		if err != nil {
			return nil, err
		}
		t.keys = append(t.keys, append(key, ':'))
	}
	if array {
		t.line = append(t.line, '[')
	}
	return t, nil
}

// Row implements civic.Table.
func (t *jsonTable) Row(cells []civic.Cell) error {
	if t.array && t.rows > 0 {
		t.line = append(t.line, ',')
	}
	if t.array {
		t.line = append(t.line, '\n')
	}
	t.rows++
	t.line = append(t.line, '{')
	for i, c := range cells {
		if i > 0 {
			t.line = append(t.line, ',')
		}
		t.line = append(t.line, t.keys[i]...)
		switch {
		case c.Empty():
			t.line = append(t.line, "null"...)
		case c.Kind == civic.CellNumber && decimal(c.Text) && canonical(c.Text):
			t.line = append(t.line, c.Text...)
		case c.Kind == civic.CellDate:
			t.line = c.Time.AppendFormat(t.line, `"2006-01-02"`)
		case c.Kind == civic.CellTime:
			t.line = c.Time.AppendFormat(t.line, `"`+time.RFC3339+`"`)
		default:
			text, err := json.Marshal(clean(c.Text))
			if err != nil {
				return err
			}
			t.line = append(t.line, text...)
		}
	}
	if t.line = append(t.line, '}'); !t.array {
		t.line = append(t.line, '\n')
	}
	return t.flush()
}

// canonical tells whether a decimal is a number of JSON, too: it has no zero in front that it does not need.
func canonical(s string) bool {
	if s[0] == '-' {
		s = s[1:]
	}
	return len(s) < 2 || s[0] != '0' || s[1] == '.'
}

func (t *jsonTable) flush() error {
	_, err := t.w.Write(t.line)
	t.line = t.line[:0]
	return err
}

// Close implements civic.Table.
func (t *jsonTable) Close() error {
	if t.array {
		t.line = append(t.line, "\n]\n"...)
		if err := t.flush(); err != nil {
			return err
		}
	}
	return t.w.Flush()
}
