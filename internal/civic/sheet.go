package civic

import "time"

// Formats of tables on their way out.
const (
	FormatCSV    = "csv"     // comma, UTF-8, decimal point, ISO dates: for programs (RFC 4180)
	FormatExcel  = "csv-de"  // semicolon, byte order mark, decimal comma, German dates: a double click opens it in Excel
	FormatXLSX   = "xlsx"    // Office Open XML
	FormatJSON   = "json"    // an array of objects
	FormatNDJSON = "ndjson"  // an object a line
	FormatPDF    = "pdf"     // a ZIP with a PDF of each case
	FormatZIP    = "archive" // a ZIP with PDFs, attachments and an index
)

// ExportFormats lists them in the order in which pages show them.
var ExportFormats = []string{FormatExcel, FormatXLSX, FormatCSV, FormatJSON, FormatNDJSON, FormatPDF, FormatZIP}

// Column (Spalte) is a column of a table: the key is for programs, the name for people.
type Column struct{ Key, Name string }

// CellKind says what a Cell holds.
type CellKind uint8

// The kinds of cells.
const (
	CellText   CellKind = iota
	CellNumber          // Text is a decimal with a point
	CellDate            // the day of Time, in its zone
	CellTime
)

// Cell (Zelle) is one value of a table. A zero Time and an empty Text are an empty cell.
type Cell struct {
	Kind CellKind
	Text string
	Time time.Time
}

// Empty tells whether there is nothing in it.
func (c Cell) Empty() bool {
	if c.Kind == CellDate || c.Kind == CellTime {
		return c.Time.IsZero()
	}
	return c.Text == ""
}

// Table takes rows one by one and writes them at once; it keeps none. One that is not closed is no whole file.
type Table interface {
	Row(cells []Cell) error
	Close() error
}
