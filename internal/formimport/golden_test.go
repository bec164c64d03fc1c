package formimport

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/formdef"
)

var update = flag.Bool("update", false, "write the golden packages anew")

// cases are the folders of testdata: in/ is imported, package/ is what must come of it.
func cases(t *testing.T) []string {
	t.Helper()
	list, err := filepath.Glob("testdata/*/in")
	if err != nil || len(list) < 4 {
		t.Fatalf("%d cases, %v", len(list), err)
	}
	for i := range list {
		list[i] = filepath.Base(filepath.Dir(list[i]))
	}
	return list
}

// bring imports the files of a case.
func bring(t testing.TB, name string) *Import {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", name, "in", "*"))
	if err != nil {
		t.Fatal(err)
	}
	var files []File
	for _, p := range paths {
		raw, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, memory(filepath.Base(p), raw))
	}
	how := XDF
	if strings.HasPrefix(name, "rjsf") {
		how = RJSF
	}
	out, err := how(files...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func memory(name string, raw []byte) File {
	return File{Name: name, Body: bytes.NewReader(raw), Size: int64(len(raw))}
}

func loaded(t testing.TB, i *Import) *formdef.Package {
	t.Helper()
	p, err := i.load()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestGolden(t *testing.T) {
	for _, name := range cases(t) {
		t.Run(name, func(t *testing.T) {
			got := bring(t, name)
			if again := bring(t, name); !slices.EqualFunc(got.Files, again.Files, func(a, b PackageFile) bool { return a.Name == b.Name && bytes.Equal(a.Body, b.Body) }) {
				t.Error("importing twice gives two packages")
			}
			root := filepath.Join("testdata", name, "package")
			if *update {
				write(t, root, got)
			}
			want := map[string]string{}
			err := filepath.WalkDir(root, func(p string, d os.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				raw, err := os.ReadFile(p)
				rel, _ := filepath.Rel(root, p)
				want[filepath.ToSlash(rel)] = string(raw)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			have := map[string]string{}
			for _, f := range got.Files {
				have[f.Name] = string(f.Body)
			}
			if diff := cmp.Diff(want, have); diff != "" {
				t.Errorf("the package differs from %s (go test -update writes it anew, then read the diff):\n%s", root, diff)
			}
		})
	}
}

func write(t *testing.T, root string, i *Import) {
	t.Helper()
	if err := os.RemoveAll(root); err != nil {
		t.Fatal(err)
	}
	for _, f := range i.Files {
		name := filepath.Join(root, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Body, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

const mendedService = `leika: "99123456760610"
level: gemeinde
category: freizeit
name: {de: Name, en: Name}
keywords: {de: [a], en: [a]}
modules:
  de: {short: a, full: a, requirements: a, documents: a, fees: a, deadlines: a, processingTime: a, legalBasis: a, procedure: a, authority: a}
  en: {short: a, full: a, requirements: a, documents: a, fees: a, deadlines: a, processingTime: a, legalBasis: a, procedure: a, authority: a}
`

const mendedForm = `assurance: none
account: both
filePrefix: TEST
retention: {years: 1, legalBasis: a}
privacy:
  de: {purpose: a, legalBasis: a, recipients: a, retention: a}
  en: {purpose: a, legalBasis: a, recipients: a, retention: a}
deadline: {days: 1}
declaration: {de: a, en: a}
`

// TestMended: when a person does what the report says (fills service.yaml, form.yaml and the translations, and for a
// react-jsonschema-form the legal basis), "forms check" is silent, samples included.
func TestMended(t *testing.T) {
	for _, name := range cases(t) {
		t.Run(name, func(t *testing.T) {
			i := bring(t, name)
			for n := range i.Files {
				f := &i.Files[n]
				switch f.Name {
				case "service.yaml":
					f.Body = []byte(mendedService)
				case "form.yaml":
					f.Body = []byte(mendedForm)
				case "texts/en.json":
					f.Body = bytes.ReplaceAll(f.Body, []byte(`: ""`), []byte(`: "translated"`))
				case "schema.json":
					if strings.HasPrefix(name, "rjsf") {
						f.Body = bytes.Replace(f.Body, []byte(`"type": "object"`), []byte(`"type": "object", "x-legalBasis": "Satzung"`), 1)
						f.Body = bytes.Replace(f.Body, []byte(`"x-legalBasis": "Satzung",
  "x-legalBasis"`), []byte(`"x-legalBasis"`), 1)
					}
				}
			}
			p := loaded(t, i)
			for _, finding := range p.Lint() {
				t.Error(finding)
			}
			if len(p.Samples) == 0 {
				t.Error("no sample was made: ", i.Report.Samples)
			}
		})
	}
}
