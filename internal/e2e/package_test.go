package e2e

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// zipForm packs a shipped form's folder; change may alter each file, nil bytes leave it out.
func zipForm(service string, change func(name string, body []byte) []byte) (file, error) {
	root := os.DirFS(filepath.Join("..", "..", "forms", service))
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		if body = change(name, body); body == nil {
			return nil
		}
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(body)
		}
		return err
	})
	if err == nil {
		err = z.Close()
	}
	return file{Name: service + ".zip", Body: b.Bytes()}, err
}

// newVersion keeps a package under $PACKAGE: the shipped form with an extra sentence in its declaration, or another setting.
func (s *script) newVersion(service, phrase string) error {
	f, err := zipForm(service, func(name string, body []byte) []byte {
		if name != "form.yaml" {
			return body
		}
		if setting, is := strings.CutPrefix(phrase, "with "); is {
			return append(body, []byte("\n"+setting+"\n")...)
		}
		return []byte(strings.Replace(string(body), "declaration:\n  de: ", "declaration:\n  de: "+phrase+" ", 1))
	})
	if err != nil {
		return err
	}
	s.packages[f.Name], s.kept["PACKAGE"] = f, f.Name
	return nil
}
