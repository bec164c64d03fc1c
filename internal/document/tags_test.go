package document

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"antragswerk/internal/civic"
)

// read is a PDF taken apart again, by its bytes and not by what the writer kept.
type read struct {
	objects map[int]string
	streams map[int][]byte
}

var (
	objectHead = regexp.MustCompile(`(?m)^(\d+) 0 obj\n`)
	lengthOf   = regexp.MustCompile(`/Length (\d+)>>\nstream\n$`)
	reference  = regexp.MustCompile(`(\d+) 0 R`)
)

func take(t *testing.T, pdf []byte) read {
	t.Helper()
	r := read{map[int]string{}, map[int][]byte{}}
	table := pdf[bytes.LastIndex(pdf, []byte("xref\n0 ")):]
	for i, line := range strings.Split(string(table), "\n")[2:] {
		if !strings.HasSuffix(line, " n ") {
			if i > 0 {
				break
			}
			continue
		}
		at, err := strconv.Atoi(line[:10])
		if err != nil {
			t.Fatal(err)
		}
		head := objectHead.FindSubmatchIndex(pdf[at:])
		if head == nil || head[0] != 0 || string(pdf[at+head[2]:at+head[3]]) != strconv.Itoa(i) {
			t.Fatalf("object %d does not stand where the table says", i)
		}
		rest := pdf[at+head[1]:]
		end := bytes.Index(rest, []byte("\nendobj\n"))
		if s := bytes.Index(rest[:min(len(rest), 4000)], []byte("\nstream\n")); s >= 0 && s < end {
			size := lengthOf.FindSubmatch(rest[:s+8])
			n, err := strconv.Atoi(string(size[1]))
			if err != nil {
				t.Fatal(err)
			}
			r.streams[i] = rest[s+8 : s+8+n]
			if bytes.Contains(rest[:s], []byte("/FlateDecode")) {
				z, err := zlib.NewReader(bytes.NewReader(r.streams[i]))
				if err != nil {
					t.Fatal(err)
				}
				if r.streams[i], err = io.ReadAll(z); err != nil {
					t.Fatal(err)
				}
			}
			end = s
		}
		r.objects[i] = string(rest[:end])
	}
	return r
}

// refs are the objects that a dictionary's entry refers to.
func (r read) refs(object int, key string) []int {
	_, rest, ok := strings.Cut(r.objects[object], "/"+key+" ")
	if !ok {
		return nil
	}
	if strings.HasPrefix(rest, "[") {
		rest = rest[:strings.Index(rest, "]")]
	} else {
		rest = rest[:strings.Index(rest+" R", " R")+2]
	}
	var out []int
	for _, m := range reference.FindAllStringSubmatch(rest, -1) {
		n, _ := strconv.Atoi(m[1])
		out = append(out, n)
	}
	return out
}

func (r read) only(t *testing.T, kind string) int {
	t.Helper()
	for i := 1; i <= len(r.objects); i++ {
		if strings.HasPrefix(r.objects[i], "<</Type /"+kind+" ") {
			return i
		}
	}
	t.Fatalf("no %s", kind)
	return 0
}

var structType = regexp.MustCompile(`^<</Type /StructElem /S /(\w+) /P (\d+) 0 R`)

// may tells which elements may stand in which; all others hold content.
var may = map[string][]string{
	"Document": {"P", "H1", "H2", "H3", "H4", "H5", "H6", "Table", "Figure", "L", "BlockQuote"}, "Table": {"TR"}, "TR": {"TH", "TD"},
	"L": {"LI"}, "LI": {"Lbl", "LBody"}, "LBody": {"P", "L", "BlockQuote", "H2", "H3", "H4", "H5", "H6"}, "BlockQuote": {"P", "L", "BlockQuote", "H2", "H3", "H4", "H5", "H6"},
}

// faultsOf lists what a checker of PDF/UA-1 would find by machine, after the Matterhorn protocol's points.
func faultsOf(t *testing.T, pdf []byte) []string {
	t.Helper()
	r := take(t, pdf)
	var out []string
	fault := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	catalog := r.only(t, "Catalog")
	for _, want := range []string{"/Lang (", "/MarkInfo <</Marked true>>", "/ViewerPreferences <</DisplayDocTitle true>>"} {
		if !strings.Contains(r.objects[catalog], want) {
			fault("the catalog lacks %s", want)
		}
	}
	xmp := string(r.streams[r.refs(catalog, "Metadata")[0]])
	if !strings.Contains(xmp, "<pdfuaid:part>1</pdfuaid:part>") || !strings.Contains(xmp, "<dc:title>") {
		fault("the metadata name neither standard nor title: %s", xmp)
	}
	pages := r.refs(r.refs(catalog, "Pages")[0], "Kids")
	marked := map[[2]int]bool{} // page and number of each sequence in a page's content
	for i, page := range pages {
		if !strings.Contains(r.objects[page], fmt.Sprintf("/StructParents %d /Tabs /S", i)) {
			fault("page %d does not lead into the tree", i)
		}
		r.contentFaults(i, r.streams[r.refs(page, "Contents")[0]], marked, fault)
	}
	r.treeFaults(r.refs(catalog, "StructTreeRoot")[0], pages, marked, fault)
	for _, line := range strings.Split(execute(t, pdf, "pdffonts", "-"), "\n")[2:] {
		if line != "" && !strings.Contains(line, "Identity-H       yes yes yes") {
			fault("a font is not embedded, or cannot be turned back into letters: %s", line)
		}
	}
	return out
}

var markedBegin = regexp.MustCompile(`^/\w+ <</MCID (\d+)>> BDC$`)

// contentFaults finds what is drawn outside of any element, and text in decoration that is more than a page's foot.
func (r read) contentFaults(page int, content []byte, marked map[[2]int]bool, fault func(string, ...any)) {
	open := ""
	for _, line := range strings.Split(strings.TrimSpace(string(content)), "\n") {
		m := markedBegin.FindStringSubmatch(line)
		switch {
		case (m != nil || line == "/Artifact BMC") && open == "":
			open = line
			if m != nil {
				n, _ := strconv.Atoi(m[1])
				if marked[[2]int{page, n}] {
					fault("page %d: sequence %d twice", page, n)
				}
				marked[[2]int{page, n}] = true
			}
		case line == "EMC" && open != "":
			open = ""
		case open == "":
			fault("page %d: outside of all elements: %.60s", page, line)
		case strings.HasPrefix(line, "/"), strings.Contains(line, "<0000>"):
			fault("page %d: %.60s", page, line)
		}
	}
}

func (r read) treeFaults(root int, pages []int, marked map[[2]int]bool, fault func(string, ...any)) {
	_, nums, _ := strings.Cut(r.objects[root], "/Nums [")
	owners := map[[2]int]int{}
	for i, list := range regexp.MustCompile(`\d+ \[([^\]]*)\]`).FindAllStringSubmatch(nums, -1) {
		for n, m := range reference.FindAllStringSubmatch(list[1], -1) {
			owners[[2]int{i, n}], _ = strconv.Atoi(m[1])
		}
	}
	level, held := 0, map[[2]int]bool{}
	var walk func(object, parent int, in string)
	walk = func(object, parent int, in string) {
		m := structType.FindStringSubmatch(r.objects[object])
		if m == nil || m[2] != strconv.Itoa(parent) {
			fault("%q is no child of %d", r.objects[object], parent)
			return
		}
		tag := m[1]
		if in != "" && !slices.Contains(may[in], tag) {
			fault("%s in %s", tag, in)
		}
		body := r.objects[object]
		switch tag {
		case "H1", "H2", "H3", "H4", "H5", "H6":
			if n := int(tag[1] - '0'); n > level+1 {
				fault("%s after level %d", tag, level)
			} else {
				level = n
			}
		case "Figure":
			if !regexp.MustCompile(`/Alt <FEFF[0-9A-F]{8,}>`).MatchString(body) {
				fault("a figure without words: %s", body)
			}
		case "TH":
			if !strings.Contains(body, "/Scope /Row") {
				fault("a header of what: %s", body)
			}
		case "L":
			if !strings.Contains(body, "/ListNumbering") {
				fault("a list without its kind: %s", body)
			}
		}
		_, k, _ := strings.Cut(body, " /K [")
		if may[tag] != nil {
			for _, child := range reference.FindAllStringSubmatch(k, -1) {
				n, _ := strconv.Atoi(child[1])
				walk(n, object, tag)
			}
			return
		}
		here := -1
		if pg := r.refs(object, "Pg"); len(pg) > 0 {
			here = slices.Index(pages, pg[0])
		}
		hold := func(page, n int) {
			if owners[[2]int{page, n}] != object || !marked[[2]int{page, n}] || held[[2]int{page, n}] {
				fault("sequence %d of page %d is not %s's alone", n, page, tag)
			}
			held[[2]int{page, n}] = true
		}
		elsewhere := regexp.MustCompile(`<</Type /MCR /Pg (\d+) 0 R /MCID (\d+)>>`)
		for _, mcr := range elsewhere.FindAllStringSubmatch(k, -1) {
			pg, _ := strconv.Atoi(mcr[1])
			n, _ := strconv.Atoi(mcr[2])
			hold(slices.Index(pages, pg), n)
		}
		for _, word := range strings.Fields(strings.Trim(elsewhere.ReplaceAllString(k, ""), "]> ")) {
			n, err := strconv.Atoi(word)
			if err != nil {
				fault("%s holds %q", tag, word)
			}
			hold(here, n)
		}
	}
	for _, top := range r.refs(root, "K") {
		walk(top, root, "")
	}
	for at := range marked {
		if !held[at] {
			fault("sequence %d of page %d belongs to nothing", at[1], at[0])
		}
	}
	if level == 0 {
		fault("no heading")
	}
}

// structured are documents with everything that the two kinds can hold.
func structured(t *testing.T) map[string][]byte {
	t.Helper()
	p := New(Config{})
	odd := letter()
	odd.Body = "#### Tief zuerst\n\nText\n\n- a\n\n  1. b\n\n     > c\n\n     ##### d\n\n> - e\n\n" + strings.Repeat("Ein langer Absatz, der über die Seite geht. ", 300) + "\n\n###### Ende"
	empty := receipt(0)
	empty.Title, empty.Tenant, empty.Footer, empty.Facts, empty.Sections[0].Rows = "<&> \x01", "", "", nil, []civic.DocumentRow{{Label: "", Value: ""}, {Label: "", Heading: true}}
	long := receipt(0)
	long.Sections = []civic.DocumentSection{{Title: "Begründung", Rows: []civic.DocumentRow{{Label: strings.Repeat("lange Frage ", 200), Value: strings.Repeat("Wort ", 3000)}}}}
	out := map[string][]byte{}
	for name, print := range map[string]func() ([]byte, error){
		"receipt":       func() ([]byte, error) { return p.Receipt(t.Context(), receipt(2)) },
		"long receipt":  func() ([]byte, error) { return p.Receipt(t.Context(), receipt(40)) },
		"a long answer": func() ([]byte, error) { return p.Receipt(t.Context(), long) },
		"empty receipt": func() ([]byte, error) { return p.Receipt(t.Context(), empty) },
		"letter":        func() ([]byte, error) { return p.Letter(t.Context(), letter()) },
		"odd letter":    func() ([]byte, error) { return p.Letter(t.Context(), odd) },
	} {
		pdf, err := print()
		if err != nil {
			t.Fatal(err)
		}
		out[name] = pdf
	}
	return out
}

func TestTaggedForScreenReaders(t *testing.T) {
	for name, pdf := range structured(t) {
		keep(t, "tagged-"+strings.ReplaceAll(name, " ", "-")+".pdf", pdf)
		for _, f := range faultsOf(t, pdf) {
			t.Errorf("%s: %s", name, f)
		}
	}
}

// The checker must find what it is there for.
func TestTagCheckerFindsFaults(t *testing.T) {
	pdf := structured(t)["receipt"]
	for name, change := range map[string][2]string{
		"no language":        {"/Lang (de)", "/Long (de)"},
		"a skipped level":    {"/S /H2", "/S /H4"},
		"a cell outside":     {"/S /TD", "/S /H1"},
		"no words":           {"/Alt <FEFF", "/Alx <FEFF"},
		"not UA":             {"<pdfuaid:part>1", "<pdfuaid:part>2"},
		"a header of what":   {"/Scope /Row", "/Scope /Raw"},
		"another's sequence": {"/Pg ", "/Px "},
	} {
		spoilt := bytes.Replace(pdf, []byte(change[0]), []byte(change[1]), 1)
		if bytes.Equal(spoilt, pdf) {
			t.Fatalf("%s: nothing was changed", name)
		}
		if len(faultsOf(t, spoilt)) == 0 {
			t.Errorf("%s: no fault was found", name)
		}
	}
}

// What another program reads from the tree is the text in order, words whole.
func TestScreenReaderHears(t *testing.T) {
	got := execute(t, structured(t)["receipt"], "pdfinfo", "-struct-text", "-")
	contains(t, got, `"Ihr Antrag ist bei uns eingegangen. Bewahren Sie diese Bestätigung auf. Sie brauchen nichts weiter zu tun, bis wir uns melden."`,
		`"Straße des Beispiels 12a 99084 Erfurt"`, `"Wird der Hund als Blindenführhund oder zum Schutz hilfloser Menschen gehalten?"`)
	if n := strings.Count(got, "Aktenzeichen HUST-2026-000123"); n != 0 {
		t.Errorf("the foot of the page is read aloud %d times", n)
	}
	if n := strings.Count(got, "Elektronisch erstellt"); n != 1 {
		t.Errorf("the closing note is read %d times", n)
	}
	order := []string{"Stadt Jena", "Eingangsbestätigung", "Aktenzeichen", "Figure", "Angaben zur Person", "Hund 1", "Bello der 1.", "Angaben zur Prüfung", "Elektronisch"}
	at := 0
	for _, word := range order {
		i := strings.Index(got[at:], word)
		if i < 0 {
			t.Fatalf("%q does not follow in:\n%s", word, got)
		}
		at += i
	}
}

// A scanner reads the address from the printed page.
func TestQRCodeIsRead(t *testing.T) {
	r := receipt(1)
	for _, engine := range []string{"", "weasyprint"} {
		pdf, err := New(Config{WeasyPrint: engine}).Receipt(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		execute(t, pdf, "pdftoppm", "-r", "150", "-f", "1", "-l", "1", "-png", "-", filepath.Join(dir, "page"))
		list, err := os.ReadDir(dir)
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		if got := strings.TrimSpace(execute(t, nil, "zbarimg", "--nodbus", "--quiet", "--raw", filepath.Join(dir, list[0].Name()))); got != r.VerifyURL {
			t.Errorf("%q: the code says %q, not %q", engine, got, r.VerifyURL)
		}
	}
}

// Every glyph of the typeface survives being taken apart and put together.
func TestSubset(t *testing.T) {
	for f, c := range loadFonts() {
		all := make([]uint16, len(c.outline.glyphs))
		for i := range all {
			all[i] = uint16(i)
		}
		again, err := parseOutline(c.outline.subset(all))
		if err != nil {
			t.Fatal(err)
		}
		for i := range all {
			want, got := c.outline.glyphs[i], again.glyphs[i]
			if !bytes.HasPrefix(got, want) || len(got)-len(want) > 3 || again.widths[i] != c.outline.widths[i] {
				t.Fatalf("%q: glyph %d changed", f, i)
			}
		}
		few, err := parseOutline(c.outline.subset([]uint16{c.glyph['ü']}))
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range append(c.outline.parts(c.glyph['ü']), c.glyph['ü'], 0) {
			if len(few.glyphs[part]) < len(c.outline.glyphs[part]) {
				t.Errorf("%q: a part of ü is missing", f)
			}
		}
		if len(few.glyphs[c.glyph['a']]) != 0 {
			t.Errorf("%q: a letter that nobody asked for", f)
		}
	}
}
