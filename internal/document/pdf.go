package document

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf16"
)

// file is a PDF being written (ISO 32000-1): objects by number, and at the end the table of where each begins.
type file struct {
	out     bytes.Buffer
	offsets []int // by object number - 1; 0: not written yet
}

// ref is an object's number.
type ref int

// String is the reference as it stands in another object.
func (r ref) String() string { return strconv.Itoa(int(r)) + " 0 R" }

func newFile() *file {
	f := &file{}
	f.out.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	return f
}

// reserve numbers an object that is written later.
func (f *file) reserve() ref {
	f.offsets = append(f.offsets, 0)
	return ref(len(f.offsets))
}

// put writes a reserved object.
func (f *file) put(r ref, body string) {
	f.offsets[r-1] = f.out.Len()
	fmt.Fprintf(&f.out, "%d 0 obj\n%s\nendobj\n", int(r), body)
}

// add writes an object.
func (f *file) add(body string) ref {
	r := f.reserve()
	f.put(r, body)
	return r
}

// deflaters are kept, because a new one costs more than the compression of a page.
var deflaters = sync.Pool{New: func() any { return zlib.NewWriter(nil) }}

// stream writes bytes as an object of their own; dict holds further entries of its dictionary.
func (f *file) stream(dict string, body []byte, deflate bool) ref {
	if deflate {
		var small bytes.Buffer
		w := deflaters.Get().(*zlib.Writer)
		w.Reset(&small)
		_, _ = w.Write(body) // a buffer takes everything
		_ = w.Close()
		deflaters.Put(w)
		body, dict = small.Bytes(), dict+" /Filter /FlateDecode"
	}
	r := f.reserve()
	f.offsets[r-1] = f.out.Len()
	fmt.Fprintf(&f.out, "%d 0 obj\n<<%s /Length %d>>\nstream\n", int(r), dict, len(body))
	f.out.Write(body)
	f.out.WriteString("\nendstream\nendobj\n")
	return r
}

// finish writes the table and returns the file.
func (f *file) finish(catalog, info ref) []byte {
	start := f.out.Len()
	fmt.Fprintf(&f.out, "xref\n0 %d\n0000000000 65535 f \n", len(f.offsets)+1)
	for _, at := range f.offsets {
		fmt.Fprintf(&f.out, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&f.out, "trailer\n<</Size %d /Root %s /Info %s>>\nstartxref\n%d\n%%%%EOF\n", len(f.offsets)+1, catalog, info, start)
	return f.out.Bytes()
}

// words writes text as a string of a PDF: UTF-16 in hexadecimal.
func words(text string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	b.WriteString(">")
	return b.String()
}

// number writes a measure with hundredths of a point, finer than any printer.
func number(x float64) string {
	s := strconv.FormatFloat(x, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// points turns millimetres into a PDF's unit.
func points(mm float64) float64 { return mm / millimetresPerPoint }

// info writes what the file says of itself, in the old form and as XMP; the latter claims PDF/UA-1 (ISO 14289-1).
func (f *file) info(a about) (info, metadata ref) {
	made, stamp := "", ""
	if !a.created.IsZero() {
		at := a.created.UTC()
		made = fmt.Sprintf(" /CreationDate (%s) /ModDate (%[1]s)", at.Format("D:20060102150405Z"))
		stamp = "<xmp:CreateDate>" + at.Format(time.RFC3339) + "</xmp:CreateDate><xmp:ModifyDate>" + at.Format(time.RFC3339) + "</xmp:ModifyDate>"
	}
	info = f.add(fmt.Sprintf("<</Title %s /Author %s /Producer (Antragswerk)%s>>", words(a.title), words(a.author), made))
	esc := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace
	xmp := `<?xpacket begin="` + "\ufeff" + `" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">` + esc(printable(a.title)) + `</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>` + esc(printable(a.author)) + `</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>` + a.lang + `</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>Antragswerk</pdf:Producer>` + stamp + `<pdfuaid:part>1</pdfuaid:part>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`
	return info, f.stream("/Type /Metadata /Subtype /XML", []byte(xmp), false)
}

// printable leaves out what XML cannot hold.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' || r == '\ufffe' || r == '\uffff' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, string(missing)))
}
