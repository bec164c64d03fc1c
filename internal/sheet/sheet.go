// Package sheet writes tables for spreadsheets and programs: CSV, XLSX, JSON. Everything streams; memory does not grow with the
// number of rows. Whatever somebody typed stays text: no cell can begin a formula in the program that opens the file. It may know
// civic; it must not know where rows come from.
package sheet

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"antragswerk/internal/civic"
)

// Open begins a table and writes its head. Columns' keys must be unique.
func Open(format string, w io.Writer, head []civic.Column) (civic.Table, error) {
	switch format {
	case civic.FormatCSV:
		return openCSV(w, head, csvStyle{comma: ','})
	case civic.FormatExcel:
		return openCSV(w, head, csvStyle{comma: ';', german: true})
	case civic.FormatXLSX:
		return openXLSX(w, head)
	case civic.FormatJSON:
		return openJSON(w, head, true)
	case civic.FormatNDJSON:
		return openJSON(w, head, false)
	}
	return nil, fmt.Errorf("sheet: no table is written as %q", format)
}

// clean is a text as every format can hold it: valid, lines end with \n, no control characters (XML 1.0, section 2.2).
func clean(s string) string {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		plain = s[i] >= 0x20 && s[i] < 0x7f || s[i] == '\n' || s[i] == '\t'
	}
	if plain {
		return s
	}
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case r == '\n' || r == '\t':
			return r
		case r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0xFEFF || r == 0xFFFE || r == 0xFFFF:
			return -1
		}
		return r
	}, s)
}

// begins tells whether a spreadsheet might read the text as the beginning of a formula (OWASP, CSV injection). A negative number
// is none.
func begins(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	if first == '\t' || first == '\r' || first == '\n' {
		return true
	}
	s = strings.TrimLeftFunc(s, unicode.IsSpace)
	first, size := utf8.DecodeRuneInString(s)
	switch first {
	case '=', '+', '@', '＝', '＋', '－', '＠':
		return true
	case '-':
		return len(s) > size && !negative(s)
	}
	return false
}

// negative tells whether a text that begins with "-" is a number and nothing else: digits, with at most a decimal mark.
func negative(s string) bool {
	marks := 0
	for i, r := range s[1:] {
		switch {
		case r >= '0' && r <= '9':
		case (r == ',' || r == '.') && i > 0 && i < len(s)-2:
			marks++
		default:
			return false
		}
	}
	return marks <= 1
}

// decimal tells whether a text is a decimal as programs write it: -12.50.
func decimal(s string) bool {
	digits, point := 0, false
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == '-' && i == 0:
		case c == '.' && !point && digits > 0 && i < len(s)-1:
			point = true
		default:
			return false
		}
	}
	return digits > 0
}
