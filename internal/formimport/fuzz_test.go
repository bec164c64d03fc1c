package formimport

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"antragswerk/internal/formdef"
)

// holds checks what must be true of whatever was imported: the package loads, a second import gives the same bytes, and
// when the form compiles, its first page can be drawn and its sample does what it says.
func holds(t *testing.T, importer func() (*Import, error)) {
	t.Helper()
	out, err := importer()
	if err != nil {
		return
	}
	again, err := importer()
	if err != nil {
		t.Fatalf("the second time: %v", err)
	}
	if !slices.EqualFunc(out.Files, again.Files, func(a, b PackageFile) bool { return a.Name == b.Name && bytes.Equal(a.Body, b.Body) }) {
		t.Error("importing twice gives two packages")
	}
	p := loaded(t, out)
	form, err := formdef.Compile(p)
	if err != nil {
		if len(out.Report.Mend) == 0 {
			t.Errorf("the form does not compile, but nothing is said to be mended: %v", err)
		}
		return
	}
	form.View(0, formdef.State{Answers: formdef.Answers{}, Now: sampleDay, Lang: "de"}, nil)
	for _, s := range p.Samples {
		if diff := form.Rehearse(s, sampleDay); diff != "" {
			t.Errorf("%s: %s", s.File, diff)
		}
	}
}

func seeds(f *testing.F, pattern string) [][]byte {
	f.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	var out [][]byte
	for _, p := range paths {
		raw, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		out = append(out, raw)
	}
	return out
}

func FuzzXDF(f *testing.F) {
	for _, raw := range seeds(f, "testdata/xdf*/in/S*.xml") {
		f.Add(raw)
	}
	f.Add([]byte(xdf3Head + oneField + xdf3Tail))
	f.Add(zipped(f, zip.Deflate, "s.xml", xdf3Head+oneField+xdf3Tail, "c.xml", "<CodeList/>"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		holds(t, func() (*Import, error) { return XDF(memory("s.xml", raw)) })
	})
}

func FuzzGenericode(f *testing.F) {
	for _, raw := range append(seeds(f, "testdata/xdf2*/in/C*.xml"), seeds(f, "testdata/xdf3*/in/s*.xml")...) {
		f.Add(raw)
	}
	schema := []byte(xdf3Head + `<x:struktur><x:anzahl>1:1</x:anzahl><x:enthaelt><x:datenfeld><x:identifikation><x:id>F1</x:id></x:identifikation><x:feldart>select</x:feldart>` +
		`<x:datentyp>text</x:datentyp><x:codelisteReferenz><x:identifikation><x:id>C90000001</x:id></x:identifikation><x:canonicalIdentification>urn:de:beispiel:codeliste:sportart</x:canonicalIdentification></x:codelisteReferenz>` +
		`<x:nameKey>name</x:nameKey></x:datenfeld></x:enthaelt></x:struktur>` + xdf3Tail)
	f.Fuzz(func(t *testing.T, raw []byte) {
		holds(t, func() (*Import, error) { return XDF(memory("s.xml", schema), memory("C90000001_genericode.xml", raw)) })
	})
}

func FuzzRJSF(f *testing.F) {
	for _, raw := range seeds(f, "testdata/rjsf*/in/*.json") {
		f.Add(raw, []byte(`{"kind": {"ui:order": ["*"]}}`))
	}
	f.Add([]byte(`{"type":"object","properties":{"a":{"oneOf":[{"properties":{"k":{"const":1}}},{"properties":{"k":{"const":2},"n":{"type":"null"}}}]},"b":{"$ref":"#"}}}`), []byte(`{"a":{"ui:widget":"hidden"},"b":{"ui:field":1}}`))
	f.Fuzz(func(t *testing.T, schema, ui []byte) {
		holds(t, func() (*Import, error) { return RJSF(memory("schema.json", schema), memory("ui.json", ui)) })
	})
}
