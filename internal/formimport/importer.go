// Package formimport turns forms of other systems into form packages (docs/forms.md): FIM's XDatenfelder 2 and 3 with
// genericode code lists, and react-jsonschema-form. The bytes come from strangers: memory is bounded, nothing outside the
// given files is read, and the same files always give the same package. What cannot be carried over is reported, and what
// a person must still write is what formdef.Lint says of the result.
package formimport

import (
	"archive/zip"
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"antragswerk/internal/formdef"
)

// PackageFile is one file of the package, by its path inside it.
type PackageFile struct {
	Name string
	Body []byte
}

// Import is a form package and the report on it; the report also lies in the package as README.md.
type Import struct {
	Slug   string // a proposal for the service's address
	Files  []PackageFile
	Report Report
}

// draft is a package being made.
type draft struct {
	slug       string
	schema, ui *object
	texts      *object // texts/de.json
	service    serviceFacts
	answers    []byte // example answers that came along, nil without
	report     *Report
}

// finish writes the files, tries the package with the form engine, and completes what the engine finds out:
// the keys to translate, example answers, and what is left to mend.
func (d *draft) finish() (*Import, error) {
	out := &Import{Slug: d.slug}
	put := func(name string, body []byte) {
		out.Files = slices.DeleteFunc(out.Files, func(f PackageFile) bool { return f.Name == name })
		out.Files = append(out.Files, PackageFile{name, body})
		slices.SortFunc(out.Files, func(a, b PackageFile) int { return strings.Compare(a.Name, b.Name) })
	}
	put("schema.json", render(d.schema))
	put("ui.json", render(d.ui))
	put("texts/de.json", render(d.texts))
	put("texts/en.json", []byte("{}\n"))
	put("service.yaml", d.service.serviceYAML())
	put("form.yaml", d.service.formYAML())
	p, err := out.load()
	if err != nil {
		return nil, err
	}
	if keys := untranslated(p.Lint()); len(keys) > 0 {
		en := obj()
		for _, k := range keys {
			en.set(k, english[k])
			if english[k] == "" {
				en.set(k, "")
			}
		}
		put("texts/en.json", render(en))
	}
	if p, err = out.load(); err != nil {
		return nil, err
	}
	sample, how := exampleAnswers(p, d)
	if d.report.Samples = how; sample != nil {
		put("samples/beispiel.json", sample)
		if p, err = out.load(); err != nil {
			return nil, err
		}
	}
	d.report.Mend = p.Lint()
	slices.SortStableFunc(d.report.Mend, func(a, b formdef.Finding) int {
		rank := func(f formdef.Finding) int {
			return slices.Index([]string{"form.yaml", "service.yaml", "texts/en.json"}, f.File)
		}
		return cmp.Or(rank(a)-rank(b), strings.Compare(a.File, b.File), strings.Compare(a.Pointer, b.Pointer), strings.Compare(a.Text, b.Text))
	})
	put("README.md", []byte(d.report.Markdown()))
	out.Report = *d.report
	return out, nil
}

// english words what the importer itself writes in German.
var english = map[string]string{labelAngaben: "Your details", labelWeitere: "Further details"}

// untranslated lists the keys that texts/en.json lacks.
func untranslated(findings []formdef.Finding) []string {
	var keys []string
	for _, f := range findings {
		if f.File == "texts/en.json" && strings.HasPrefix(f.Text, "missing translation") {
			keys = append(keys, strings.NewReplacer("~1", "/", "~0", "~").Replace(strings.TrimPrefix(f.Pointer, "/")))
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// load reads the package as "forms check" would.
func (i *Import) load() (*formdef.Package, error) {
	fsys, err := i.FS()
	if err != nil {
		return nil, err
	}
	p, err := formdef.Load(i.Slug, fsys)
	if err != nil {
		return nil, fmt.Errorf("the imported form is too large for a package: %w", err)
	}
	return p, nil
}

// FS is the package as a file system.
func (i *Import) FS() (fs.FS, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range i.Files {
		e, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Store})
		if err != nil {
			return nil, err
		}
		if _, err := e.Write(f.Body); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
}

// slugOf makes an address of a title: "Hundesteuer – Anmeldung" becomes hundesteuer-anmeldung.
func slugOf(title, fallback string) string {
	for _, s := range []string{title, fallback} {
		s = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss").Replace(strings.ToLower(s))
		words := strings.FieldsFunc(s, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
		slug := ""
		for _, w := range words {
			if len(slug)+len(w) > 59 {
				break
			}
			slug = strings.TrimPrefix(slug+"-"+w, "-")
		}
		if slug != "" && slug[0] >= 'a' && slug[0] <= 'z' {
			return slug
		}
	}
	return "formular"
}
