package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// TestFormsImport drives the command as a person does: import, read the report, check, and draw the pages.
func TestFormsImport(t *testing.T) {
	const fixtures = "../../internal/formimport/testdata"
	for _, c := range []struct{ from, files, inputs string }{
		{"xdf", "xdf3-schwimmhalle/in/*", "/G90000000001/F60000000227 /G90000000001/G90000000088/F60000000246 /G90000000003/0/F90000000030/day /G90000000005/F90000000050 /F90000000099"},
		{"xdf", "xdf2-bootssteg/in/*", "/G90000100/G60000083/F60000233 /G90000100/G60000088/G60000086/F60000243 /G90000200/0/F90000201"},
		{"rjsf", "rjsf-ferienpass/in/*", "/kind/vorname /kind/geburtsdatum/day /abholung /email"},
		{"rjsf", "rjsf-zaehler/in/*", "/zaehler/0/nummer /zaehler/0/art"},
	} {
		t.Run(c.files, func(t *testing.T) {
			files, err := filepath.Glob(filepath.Join(fixtures, c.files))
			if err != nil || len(files) == 0 {
				t.Fatal(files, err)
			}
			dir := filepath.Join(t.TempDir(), "paket")
			said := run(t, nil, append([]string{"import", "--from", c.from, "-o", dir}, files...)...)
			if !strings.Contains(said, "carried over: ") || !strings.Contains(said, "written to "+dir) {
				t.Error(said)
			}
			report, err := os.ReadFile(filepath.Join(dir, "README.md"))
			if err != nil || !strings.Contains(string(report), "## To mend before publishing") {
				t.Errorf("%v: %s", err, report)
			}
			checked := run(t, errSaid, "check", dir)
			for line := range strings.Lines(checked) {
				known := strings.Contains(line, "/service.yaml:") || strings.Contains(line, "/form.yaml:") || strings.Contains(line, "missing translation") ||
					c.from == "rjsf" && strings.Contains(line, "has no legal basis")
				if !known {
					t.Errorf("forms check: %s", line)
				}
			}
			again := append([]string{"import", "--from", c.from, "-o", dir}, files...)
			if err := formsCommand(t.Context(), again, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "is not empty") {
				t.Errorf("a second import overwrites what a person mended: %v", err)
			}
			run(t, nil, append(again, "--force")...)
			names := map[string]bool{}
			for _, n := range []string{"1", "2", "3", "4", "5", "6", "7"} {
				var out bytes.Buffer
				if err := formsCommand(t.Context(), []string{"render", dir, "--page", n}, &out); err != nil {
					break
				}
				inputNames(t, out.Bytes(), names)
			}
			for _, want := range strings.Fields(c.inputs) {
				if !names[want] {
					t.Errorf("no page has the input %s", want)
				}
			}
		})
	}
}

func run(t *testing.T, want error, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if err := formsCommand(t.Context(), args, &out); err != want { //nolint:errorlint // the very one
		t.Fatalf("forms %v: %v", args, err)
	}
	return out.String()
}

func inputNames(t *testing.T, raw []byte, names map[string]bool) {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		for _, a := range n.Attr {
			if a.Key == "name" && (n.Data == "input" || n.Data == "select" || n.Data == "textarea") {
				names[a.Val] = true
			}
		}
	}
}

func TestFormsImportRefuses(t *testing.T) {
	for want, args := range map[string][]string{
		`--from ""`:                     {"import", "x.xml"},
		"write --from xdf":              {"import", "--from", "pdf", "x.xml"},
		"name the file":                 {"import", "--from", "xdf", "-o", "x"},
		"name the folder":               {"import", "--from", "xdf", "x.xml"},
		"no such file":                  {"import", "--from", "xdf", "gibtesnicht.xml", "-o", "x"},
		"is no file":                    {"import", "--from", "xdf", ".", "-o", "x"},
		"formsimport_test.go: line 39:": {"import", "--from", "xdf", "formsimport_test.go", "-o", filepath.Join(t.TempDir(), "x")},
		"formsimport_test.go: line 1:":  {"import", "--from", "rjsf", "formsimport_test.go", "-o", filepath.Join(t.TempDir(), "x")},
	} {
		err := formsCommand(t.Context(), args, &bytes.Buffer{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", args, err, want)
		}
	}
}
