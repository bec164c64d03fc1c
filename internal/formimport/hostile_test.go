package formimport

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

const (
	xdf3Head = `<x:xdatenfelder.stammdatenschema.0102 xmlns:x="urn:xoev-de:fim:standard:xdatenfelder_3.0.0"><x:stammdatenschema><x:identifikation><x:id>S1</x:id></x:identifikation><x:name>T</x:name>`
	xdf3Tail = `</x:stammdatenschema></x:xdatenfelder.stammdatenschema.0102>`
	oneField = `<x:struktur><x:anzahl>1:1</x:anzahl><x:enthaelt><x:datenfeld><x:identifikation><x:id>F1</x:id></x:identifikation><x:name>Feld</x:name><x:feldart><code>input</code></x:feldart><x:datentyp><code>text</code></x:datentyp></x:datenfeld></x:enthaelt></x:struktur>`
)

func zipped(t testing.TB, method uint16, files ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i+1 < len(files); i += 2 {
		e, err := w.CreateHeader(&zip.FileHeader{Name: files[i].(string), Method: method})
		if err != nil {
			t.Fatal(err)
		}
		switch body := files[i+1].(type) {
		case string:
			_, err = io.WriteString(e, body)
		case io.Reader:
			_, err = io.Copy(e, body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestRefused: each of these is refused with a sentence that names the file and the cause.
func TestRefused(t *testing.T) {
	laughs := `<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>`
	deepGroups := func(n int) string {
		return strings.Repeat(`<x:struktur><x:anzahl>1:1</x:anzahl><x:enthaelt><x:datenfeldgruppe><x:identifikation><x:id>G1</x:id></x:identifikation>`, n) +
			strings.Repeat(`</x:datenfeldgruppe></x:enthaelt></x:struktur>`, n)
	}
	for name, c := range map[string]struct {
		raw  []byte
		want string
	}{
		"billion laughs":      {[]byte(`<?xml version="1.0"?>` + laughs + xdf3Head + `<x:hilfetext>&lol2;</x:hilfetext>` + xdf3Tail), "document type (DOCTYPE)"},
		"external entity":     {[]byte(`<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>` + xdf3Head + `<x:hilfetext>&e;</x:hilfetext>` + xdf3Tail), "document type (DOCTYPE)"},
		"external DTD":        {[]byte(`<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">` + xdf3Head + xdf3Tail), "document type (DOCTYPE)"},
		"entity without DTD":  {[]byte(xdf3Head + `<x:hilfetext>&nbsp;</x:hilfetext>` + xdf3Tail), "invalid character entity &nbsp;"},
		"deep elements":       {[]byte(xdf3Head + strings.Repeat("<a>", 200) + strings.Repeat("</a>", 200) + xdf3Tail), "nested deeper than 100 levels"},
		"deep groups":         {[]byte(xdf3Head + deepGroups(30) + xdf3Tail), "groups are nested deeper than 24 levels"},
		"a long attribute":    {[]byte(xdf3Head + `<x:a b="` + strings.Repeat("a", maxToken) + `"/>` + xdf3Tail), "more than 1024 kB"},
		"a long comment":      {[]byte(xdf3Head + `<!--` + strings.Repeat("a", maxToken) + `-->` + xdf3Tail), "more than 1024 kB"},
		"a long text":         {[]byte(xdf3Head + `<x:hilfetext>` + strings.Repeat(strings.Repeat("a", 1000)+"<b/>", 300) + `</x:hilfetext>` + xdf3Tail), "text of <hilfetext> has more than 256 kB"},
		"many fields":         {[]byte(xdf3Head + strings.Repeat(oneField, maxXDFElements+1) + xdf3Tail), "more than 5000 fields and groups"},
		"crossed tags":        {[]byte(xdf3Head + `<a><b></a></b>` + xdf3Tail), "<b> is closed by </a>"},
		"cut off":             {[]byte(xdf3Head), "line 1: it ends too early"},
		"empty":               {nil, "it ends too early"},
		"no XML":              {[]byte("%PDF-1.7"), "it ends too early"},
		"UTF-16":              {[]byte("\xff\xfe<\x00a\x00/\x00>\x00"), "invalid"},
		"unknown charset":     {[]byte(`<?xml version="1.0" encoding="EBCDIC-CP-DE"?>` + xdf3Head + xdf3Tail), "EBCDIC-CP-DE"},
		"version 1":           {[]byte(`<x:xdatenfelder.stammdatenschema.0102001 xmlns:x="urn:xoev-de:fim:standard:xdatenfelder_1"></x:xdatenfelder.stammdatenschema.0102001>`), "it is XDatenfelder 1"},
		"foreign namespace":   {[]byte(`<xdatenfelder.stammdatenschema.0102 xmlns="urn:other"></xdatenfelder.stammdatenschema.0102>`), `the namespace is "urn:other"`},
		"a document profile":  {[]byte(`<x:xdatenfelder.dokumentsteckbrief.0101 xmlns:x="urn:xoev-de:fim:standard:xdatenfelder_3.0.0"><x:dokumentsteckbrief/></x:xdatenfelder.dokumentsteckbrief.0101>`), "no stammdatenschema"},
		"only a code list":    {[]byte(`<CodeList/>`), "no schema of XDatenfelder"},
		"another document":    {[]byte(`<html/>`), "no schema of XDatenfelder"},
		"a broken ZIP":        {[]byte("PK\x03\x04rest"), "the ZIP cannot be read"},
		"many files in a ZIP": {manyFiles(t), "holds 1001 files"},
		"two schemas":         {zipped(t, zip.Deflate, "a.xml", xdf3Head+oneField+xdf3Tail, "b.xml", xdf3Head+oneField+xdf3Tail), "b.xml: it is a second schema"},
		"a bomb in a ZIP":     {zipped(t, zip.Deflate, "bombe.xml", io.LimitReader(spaces{}, 100<<20)), "bombe.xml: line"},
		"many bombs in a ZIP": {zipped(t, zip.Deflate, "a.xml", xdf3Head+io2(31<<20)+xdf3Tail, "b.xml", `<CodeList>`+io2(31<<20)+`</CodeList>`, "c.xml", `<CodeList>`+io2(31<<20)+`</CodeList>`, "d.xml", `<CodeList>`+io2(31<<20)+`</CodeList>`, "e.xml", `<CodeList>`+io2(31<<20)+`</CodeList>`), "unpacks to more than 128 MB"},
		"a long code list":    {zipped(t, zip.Deflate, "a.xml", xdf3Head+oneField+xdf3Tail, "c.xml", `<CodeList><SimpleCodeList>`+strings.Repeat(`<Row/>`, maxCodes+1)+`</SimpleCodeList></CodeList>`), "more than 20000 rows"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := XDF(memory("datei.xml", c.raw))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// spaces is an endless white file.
type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func io2(n int) string { return strings.Repeat(strings.Repeat(" ", 1000)+"<a/>", n/1004) }

func manyFiles(t *testing.T) []byte {
	var list []any
	for i := range maxEntries + 1 {
		list = append(list, fmt.Sprintf("%d.xml", i), "")
	}
	return zipped(t, zip.Store, list...)
}

// endless is a file of any size that is made while it is read: a schema with relations without end. It notes how much
// memory was in use meanwhile.
type endless struct {
	size, read int64
	peak       uint64
}

const relation = `<x:relation><x:praedikat><code>ABL</code></x:praedikat><x:objekt><x:id>F60000000227</x:id></x:objekt></x:relation>`

func (e *endless) ReadAt(p []byte, off int64) (int, error) {
	if off >= e.size {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), e.size-off))
	for i := range n {
		at := off + int64(i)
		switch {
		case at < int64(len(xdf3Head)):
			p[i] = xdf3Head[at]
		default:
			p[i] = relation[(at-int64(len(xdf3Head)))%int64(len(relation))]
		}
	}
	if e.read += int64(n); e.read%(1<<20) < int64(n) {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		e.peak = max(e.peak, m.HeapAlloc)
	}
	return n, nil
}

// TestLargeFiles: a file of 100 MB is refused before it is read; one at the limit is read in constant memory, and one
// that lies about its size is cut off.
func TestLargeFiles(t *testing.T) {
	big := &endless{size: 100 << 20}
	_, err := XDF(File{"gross.xml", big, big.size})
	if err == nil || err.Error() != "gross.xml: it has 100 MB; at most 32 MB are read" || big.read > 4 {
		t.Errorf("%v after %d bytes", err, big.read)
	}
	_, err = RJSF(File{"gross.json", big, 5 << 20})
	if err == nil || !strings.Contains(err.Error(), "more than 4 MB") {
		t.Error(err)
	}
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	full := &endless{size: maxFile}
	if _, err = XDF(File{"voll.xml", full, full.size}); err == nil || !strings.Contains(err.Error(), "voll.xml: line") {
		t.Error(err)
	}
	if full.read < maxFile || full.peak > before.HeapAlloc+8<<20 {
		t.Errorf("read %d bytes, heap from %d to %d", full.read, before.HeapAlloc, full.peak)
	}
}

type broken struct{}

func (broken) ReadAt([]byte, int64) (int, error) { return 0, errors.New("the disk is gone") }

func TestReadErrors(t *testing.T) {
	for _, importer := range []func(...File) (*Import, error){XDF, RJSF} {
		if _, err := importer(File{"weg.xml", broken{}, 10}); err == nil || !strings.Contains(err.Error(), "the disk is gone") {
			t.Error(err)
		}
		if _, err := importer(); err == nil {
			t.Error("nothing was imported")
		}
	}
}

// TestZIP: a ZIP of schema and code lists gives the same package as the files one by one; what is neither is reported.
func TestZIP(t *testing.T) {
	for _, name := range []string{"xdf3-schwimmhalle", "xdf2-bootssteg", "rjsf-zaehler"} {
		paths, err := filepath.Glob(filepath.Join("testdata", name, "in", "*"))
		if err != nil {
			t.Fatal(err)
		}
		content := []any{}
		for i := range paths { // another order, in a folder
			p := paths[len(paths)-1-i]
			raw, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			content = append(content, "export/"+filepath.Base(p), string(raw))
		}
		content = append(content, "__MACOSX/x.xml", "nichts", "export/.versteckt", "nichts")
		importer := XDF
		if strings.HasPrefix(name, "rjsf") {
			importer = RJSF
		}
		got, err := importer(memory("export.zip", zipped(t, zip.Deflate, content...)))
		if err != nil {
			t.Fatal(err)
		}
		want := bring(t, name)
		for _, file := range []string{"schema.json", "ui.json", "texts/de.json", "texts/en.json", "samples/beispiel.json"} {
			if a, b := got.file(file), want.file(file); a == "" || a != b {
				t.Errorf("%s: %s differs between ZIP and files", name, file)
			}
		}
	}
	out, err := XDF(memory("mit.zip", zipped(t, zip.Deflate, "liesmich.txt", "Hallo", "bild.xml", "<svg/>", "s.xml", xdf3Head+oneField+xdf3Tail)))
	if err != nil || len(out.Report.Lost) != 2 {
		t.Errorf("%v %v", err, out)
	}
}

func (i *Import) file(name string) string {
	for _, f := range i.Files {
		if f.Name == name {
			return string(f.Body)
		}
	}
	return ""
}

func TestRefusedRJSF(t *testing.T) {
	for name, c := range map[string]struct{ raw, want string }{
		"no JSON":     {"<a/>", "datei.json: line 1: invalid character '<'"},
		"cut off":     {`{"type": "object"`, "datei.json: line 1:"},
		"twice":       {"{\n\"type\": \"object\",\n\"type\": \"string\"}", `line 3: the key "type" stands twice`},
		"deep":        {strings.Repeat(`{"a":`, 70) + "1" + strings.Repeat("}", 70), "nested deeper than 64 levels"},
		"a list":      {"[]", "holds no JSON object"},
		"two values":  {`{} {}`, "more than one value"},
		"no UTF-8":    {"{\"title\": \"\xfc\"}", "not UTF-8"},
		"only a look": {`{"ui:order": ["*"]}`, "no JSON Schema among the files"},
	} {
		if _, err := RJSF(memory("datei.json", []byte(c.raw))); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}
