package e2e

import (
	"archive/zip"
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"
)

// replaceIn changes a text of one file of a package.
func replaceIn(name, old, now string) func(string, []byte) []byte {
	return func(file string, body []byte) []byte {
		if file == name {
			return []byte(strings.Replace(string(body), old, now, 1))
		}
		return body
	}
}

// Packages that must not become versions, each with what the editor is told. The general application is the one that is
// changed: its subject takes any text.
func TestForbiddenPackages(t *testing.T) {
	atOnce(t)
	w := Start(t, Config{})
	v := w.staff(t, "editor", "/state/forms/new")
	const subject = `"title": "Betreff",`
	const general = "allgemeiner-antrag"
	for name, x := range map[string]struct {
		change func(string, []byte) []byte
		told   string
	}{
		"a reference to a file":         {replaceIn("schema.json", subject, subject+` "allOf": [{"$ref": "file:///etc/passwd"}],`), "schema.json"},
		"a reference to another folder": {replaceIn("schema.json", subject, subject+` "allOf": [{"$ref": "../../../../etc/passwd"}],`), "schema.json"},
		"a reference to an address":     {replaceIn("schema.json", subject, subject+` "allOf": [{"$ref": "http://127.0.0.1:1/schema.json"}],`), "schema.json"},
		"a field that nobody knows":     {replaceIn("ui.json", "/properties/betreff", "/properties/gibtesnicht"), "ui.json"},
		"a broken schema":               {replaceIn("schema.json", "{", "["), "schema.json"},
		"an unknown key":                {replaceIn("form.yaml", "assurance: none", "assurance: none\nasurance: none"), "form.yaml"},
		"no schema": {func(name string, body []byte) []byte {
			if name == "schema.json" {
				return nil
			}
			return body
		}, "schema.json"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := zipForm(general, x.change)
			must(t, err, v.Go("/state/forms/new"), v.Choose("package", f), v.Press("Hochladen und prüfen"))
			v.want(t, 422)
			told := []string{}
			for _, cell := range v.Page.tag("td") {
				told = append(told, text(cell))
			}
			if len(told) < 2 || !strings.HasPrefix(strings.TrimSpace(told[0]+" "+told[1]), x.told) || strings.Contains(v.Page.Text(), "root:") {
				t.Errorf("the editor is told: %q", told)
			}
		})
	}
	var escape bytes.Buffer
	z := zip.NewWriter(&escape)
	_, err := z.Create("../../schema.json")
	must(t, err, z.Close())
	for name, body := range map[string][]byte{"path.zip": escape.Bytes(), "nothing.zip": {}, "text.zip": []byte("no archive"), "large.zip": bytes.Repeat([]byte("x"), 3<<20)} {
		must(t, v.Go("/state/forms/new"), v.Choose("package", file{Name: name, Body: body}), v.Press("Hochladen und prüfen"))
		if s := v.Page.Status; s != 422 && s != 413 {
			t.Errorf("%s: status %d", name, s)
		}
	}
	// Only editors upload.
	good, err := zipForm(general, replaceIn("form.yaml", "declaration:\n  de: ", "declaration:\n  de: Neu. "))
	publisher := w.staff(t, "publisher", "/state/forms/new")
	publisher.want(t, 403)
	must(t, err, v.Go("/state/forms/new"), v.Choose("package", good))
	f, b := v.find("Hochladen und prüfen")
	for _, c := range f.controls {
		if c.name == "_csrf" {
			c.value = publisher.csrf(t)
		}
	}
	body, contentType, err := f.encode(b)
	must(t, err)
	p, err := publisher.Send(http.MethodPost, "/state/forms", body, contentType)
	must(t, err)
	if p.Status != 403 {
		t.Errorf("a publisher uploads: status %d", p.Status)
	}
	must(t, v.Go("/state"))
	if strings.Contains(v.Page.Text(), "Wartet auf Freigabe") {
		t.Error("a forbidden package became a version")
	}
}

// A form whose pattern takes exponential time in naive engines answers quickly: the value is right or wrong, and nobody
// waits.
func TestPatternCannotHang(t *testing.T) {
	atOnce(t)
	w := Start(t, Config{})
	for name, pattern := range map[string]string{"linear": `^(a+)+$`, "backtracking": `^(?=a)(a+)+$`} {
		t.Run(name, func(t *testing.T) {
			f, err := zipForm("allgemeiner-antrag", func(file string, body []byte) []byte {
				if strings.HasPrefix(file, "samples/") && strings.Contains(string(body), `"aktenzeichen"`) {
					return nil // it does not fit the pattern
				}
				return replaceIn("schema.json", `"title": "Aktenzeichen",`, `"title": "Aktenzeichen", "pattern": "`+pattern+`",`)(file, body)
			})
			must(t, err)
			editor, publisher := w.staff(t, "editor", "/state/forms/new"), w.staff(t, "publisher", "/state")
			must(t, editor.Go("/state/forms/new"), editor.Choose("package", f), editor.Press("Hochladen und prüfen"))
			editor.want(t, 200)
			must(t, publisher.Go(editor.Page.URL.Path), publisher.Press("Veröffentlichen"))
			publisher.want(t, 200)
			v := w.NewVisitor(t)
			_, err = v.begin("jena", "allgemeiner-antrag")
			must(t, err, v.Fill("/anliegen/art", "antrag"), v.Fill("/anliegen/betreff", "Bank"), v.Fill("/anliegen/aktenzeichen", strings.Repeat("a", 58)+"!"), v.Fill("/anliegen/text", "Am Dorfteich fehlt eine Bank."))
			start := time.Now()
			must(t, v.Press("_action=next"))
			if took := time.Since(start); v.Page.Status != 422 || took > 2*time.Second {
				t.Errorf("status %d after %s", v.Page.Status, took)
			}
			must(t, v.Fill("/anliegen/aktenzeichen", "aaaa"), v.Press("_action=next"))
			v.want(t, 200)
		})
	}
}
