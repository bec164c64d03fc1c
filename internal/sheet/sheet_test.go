package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/civic"
)

var head = []civic.Column{{Key: "number", Name: "Aktenzeichen"}, {Key: "/name", Name: "Name"}, {Key: "fee", Name: "Gebühr"}, {Key: "day", Name: "Tag"}, {Key: "at", Name: "Eingang"}}

func rowOf(text string) []civic.Cell {
	at := time.Date(2026, 3, 7, 9, 30, 15, 0, time.FixedZone("", 3600))
	return []civic.Cell{{Text: "HUST-2026-000001"}, {Text: text}, {Kind: civic.CellNumber, Text: "-12.50"}, {Kind: civic.CellDate, Time: at}, {Kind: civic.CellTime, Time: at}}
}

func write(t testing.TB, format string, rows ...[]civic.Cell) []byte {
	t.Helper()
	var out bytes.Buffer
	table, err := Open(format, &out, head)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := table.Row(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// readXLSX reads a workbook as another program would: parts by their relations, cells by their places.
func readXLSX(t testing.TB, raw []byte) (sheets [][][]string, styles [][][]string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		part, err := io.ReadAll(r)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		var doc struct {
			Rows []struct {
				Cells []struct {
					Ref    string  `xml:"r,attr"`
					Type   string  `xml:"t,attr"`
					Style  string  `xml:"s,attr"`
					Value  string  `xml:"v"`
					Inline string  `xml:"is>t"`
					F      *string `xml:"f"`
				} `xml:"c"`
			} `xml:"sheetData>row"`
		}
		if err := xml.Unmarshal(part, &doc); err != nil {
			t.Fatalf("%s is not XML: %v\n%s", f.Name, err, part)
		}
		if !strings.HasPrefix(f.Name, "xl/worksheets/") {
			continue
		}
		var rows, marks [][]string
		for n, row := range doc.Rows {
			cells, mark := make([]string, len(head)), make([]string, len(head))
			for _, c := range row.Cells {
				if c.F != nil {
					t.Fatalf("%s holds a formula", c.Ref)
				}
				column, line := c.Ref[0]-'A', c.Ref[1:]
				if line != strconv.Itoa(n+1) {
					t.Fatalf("%s stands in row %d", c.Ref, n+1)
				}
				cells[column], mark[column] = c.Value, c.Style
				if c.Type == "inlineStr" {
					cells[column] = unnumbered.ReplaceAllStringFunc(c.Inline, func(m string) string {
						n, _ := strconv.ParseUint(m[2:6], 16, 32)
						return string(rune(n))
					})
				}
			}
			rows, marks = append(rows, cells), append(marks, mark)
		}
		sheets, styles = append(sheets, rows), append(styles, marks)
	}
	return sheets, styles
}

var unnumbered = regexp.MustCompile(`_[xX][0-9a-fA-F]{4}_`)

func readCSV(t testing.TB, raw []byte, comma rune) [][]string {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\uFEFF"))))
	r.Comma = comma
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	return rows
}

func TestFormats(t *testing.T) {
	row := rowOf("Zoë \"Zett\"; Straße\nzwei, Zeilen")
	text := row[1].Text
	for format, want := range map[string][]string{
		civic.FormatExcel: {"HUST-2026-000001", text, "-12,50", "07.03.2026", "07.03.2026 09:30:15"},
		civic.FormatCSV:   {"HUST-2026-000001", text, "-12.50", "2026-03-07", "2026-03-07T09:30:15+01:00"},
	} {
		raw := write(t, format, row)
		comma := map[string]rune{civic.FormatExcel: ';', civic.FormatCSV: ','}[format]
		rows := readCSV(t, raw, comma)
		if d := cmp.Diff([][]string{{"Aktenzeichen", "Name", "Gebühr", "Tag", "Eingang"}, want}, rows); d != "" {
			t.Errorf("%s: %s", format, d)
		}
		if bytes.HasPrefix(raw, []byte("\xEF\xBB\xBF")) != (format == civic.FormatExcel) {
			t.Errorf("%s: byte order mark", format)
		}
	}
	sheets, _ := readXLSX(t, write(t, civic.FormatXLSX, row))
	if d := cmp.Diff([]string{"HUST-2026-000001", text, "-12.50", "46088", "46088.396007"}, sheets[0][1]); d != "" {
		t.Error(d)
	}
	var objects []map[string]any
	raw := write(t, civic.FormatJSON, row, rowOf(""))
	if err := json.Unmarshal(raw, &objects); err != nil || len(objects) != 2 || objects[0]["/name"] != text || objects[0]["fee"] != -12.5 || objects[1]["/name"] != nil {
		t.Errorf("%v %v", err, objects)
	}
	if lines := bytes.Split(bytes.TrimSpace(write(t, civic.FormatNDJSON, row, row)), []byte("\n")); len(lines) != 2 || !json.Valid(lines[0]) {
		t.Errorf("%s", lines)
	}
	if err := json.Unmarshal(write(t, civic.FormatJSON), &objects); err != nil || len(objects) != 0 {
		t.Errorf("an empty table: %v %v", err, objects)
	}
}

func TestFormulasStayText(t *testing.T) {
	for text, risky := range map[string]bool{
		"=1+1": true, "=cmd|' /C calc'!A0": true, "+49 3641 49-0": true, "-2+3+cmd|' /C calc'!A0": true, "@SUM(A1)": true, "\t=1": true, "\r=1": true, " =1": true,
		"＝1+1": true, "-": false, "-5": false, "-5,50": false, "-1.5": false, "-1.": true, "-1,2,3": true, "5-3": false, "a=b": false, "": false, "Bello": false, "'": false,
	} {
		if got := begins(clean(text)); got != risky {
			t.Errorf("%q begins a formula: %v", text, got)
		}
		got := readCSV(t, write(t, civic.FormatExcel, rowOf(text)), ';')[1][1]
		if want := map[bool]string{true: "'"}[risky] + clean(text); got != want {
			t.Errorf("%q is written %q", text, got)
		}
		sheets, styles := readXLSX(t, write(t, civic.FormatXLSX, rowOf(text)))
		quoted := styles[0][1][1] == strconv.Itoa(styleQuoted) || styles[0][1][1] == strconv.Itoa(styleQuotedLines)
		if sheets[0][1][1] != clean(text) || quoted != risky {
			t.Errorf("%q is %q with style %s", text, sheets[0][1][1], styles[0][1][1])
		}
	}
	// A separator of another country must not cut a cell in two.
	if raw := write(t, civic.FormatExcel, rowOf("a,=1+1")); !bytes.Contains(raw, []byte(`"a,=1+1"`)) {
		t.Errorf("%s", raw)
	}
}

func TestLongNumbersAndTextsStayWhole(t *testing.T) {
	row := rowOf("_x0041_ " + strings.Repeat("ä", 40000))
	row[2].Text = "1234567890123456"
	sheets, _ := readXLSX(t, write(t, civic.FormatXLSX, row))
	cell := sheets[0][1]
	if cell[2] != "1234567890123456" || !strings.HasPrefix(cell[1], "_x0041_ ä") || utf16Len(cell[1]) != maxXLSXText || !strings.HasSuffix(cell[1], "…") {
		t.Errorf("%q, %d units", cell[2], utf16Len(cell[1]))
	}
	if _, styles := readXLSX(t, write(t, civic.FormatXLSX, row)); styles[0][1][2] != "" {
		t.Errorf("style %q", styles[0][1][2])
	}
}

func TestSheetsFollowEachOther(t *testing.T) {
	var out bytes.Buffer
	table, err := openXLSX(&out, head)
	if err != nil {
		t.Fatal(err)
	}
	table.most = 3
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		if err := table.Row(rowOf(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
	sheets, _ := readXLSX(t, out.Bytes())
	if len(sheets) != 3 || sheets[1][0][0] != "Aktenzeichen" || sheets[1][1][1] != "c" || sheets[2][1][1] != "e" {
		t.Errorf("%v", sheets)
	}
}

// A table that was not closed cannot be taken for a whole one.
func TestCutOff(t *testing.T) {
	var whole, cut bytes.Buffer
	for _, out := range []*bytes.Buffer{&whole, &cut} {
		for _, format := range []string{civic.FormatXLSX, civic.FormatJSON} {
			out.Reset()
			table, err := Open(format, out, head)
			if err != nil {
				t.Fatal(err)
			}
			for range 5000 {
				if err := table.Row(rowOf("x")); err != nil {
					t.Fatal(err)
				}
			}
			if out == &whole {
				if err := table.Close(); err != nil {
					t.Fatal(err)
				}
				continue
			}
			if _, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len())); err == nil || json.Valid(out.Bytes()) {
				t.Errorf("half a file passes for a whole %s", format)
			}
		}
	}
}

// What a row costs does not depend on how many there were: a table keeps nothing.
func TestConstantMemory(t *testing.T) {
	for _, format := range civic.ExportFormats[:5] {
		table, err := Open(format, io.Discard, head)
		if err != nil {
			t.Fatal(err)
		}
		row := rowOf("Bello vom Weiler, \"der Schnelle\"")
		do := func() {
			if err := table.Row(row); err != nil {
				t.Fatal(err)
			}
		}
		early := testing.AllocsPerRun(1000, do)
		for range 50000 {
			do()
		}
		if late := testing.AllocsPerRun(1000, do); late > early || late > 12 {
			t.Errorf("%s: a row takes %v allocations, after 50,000 rows %v", format, early, late)
		}
	}
}

func FuzzCells(f *testing.F) {
	for _, s := range []string{"=1+1", "a;b,c\"d\n", "\r\n", "_x000D_", "<&>]]>", "\x00\x1f\x7f\uFFFE", "-1,5", "\xff\xfe", "   @x", "'", "\u2028", "𐀀"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 20000 {
			return
		}
		want := clean(s)
		for format, comma := range map[string]rune{civic.FormatExcel: ';', civic.FormatCSV: ','} {
			got := readCSV(t, write(t, format, rowOf(s)), comma)[1][1]
			if strings.TrimPrefix(got, "'") != want && got != want {
				t.Fatalf("%q is read back as %q", s, got)
			}
			if trimmed := strings.TrimSpace(got); len(trimmed) > 1 && strings.ContainsRune("=+@", rune(trimmed[0])) {
				t.Fatalf("%q begins a formula", got)
			}
		}
		sheets, _ := readXLSX(t, write(t, civic.FormatXLSX, rowOf(s)))
		if got := sheets[0][1][1]; got != want {
			t.Fatalf("%q is read back as %q", s, got)
		}
		var objects []map[string]any
		if err := json.Unmarshal(write(t, civic.FormatJSON, rowOf(s)), &objects); err != nil {
			t.Fatal(err)
		}
		if got, _ := objects[0]["/name"].(string); got != want {
			t.Fatalf("%q is read back as %q", s, got)
		}
	})
}
