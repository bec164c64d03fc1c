package archtest

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// errorKey finds the catalogue keys of foreseen errors.
var errorKey = regexp.MustCompile(`Errorf\(\s*(?:civic\.)?\w+,\s*"(error\.[a-z_.0-9]+)"`)

// TestErrorsAreWorded keeps people from reading a key: every foreseen error has a text in German and English.
func TestErrorsAreWorded(t *testing.T) {
	texts := map[string]map[string]bool{"de": {}, "en": {}}
	for lang, known := range texts {
		files, err := filepath.Glob(filepath.Join("..", "locale", "catalogue", lang, "*.json"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no catalogue for %s (%v)", lang, err)
		}
		for _, f := range files {
			raw, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			var part map[string]string
			if err := json.Unmarshal(raw, &part); err != nil {
				t.Fatalf("%s: %v", f, err)
			}
			for k := range part {
				known[k] = true
			}
		}
	}
	found := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range errorKey.FindAllStringSubmatch(string(raw), -1) {
			found++
			for lang, known := range texts {
				if !known[m[1]] {
					t.Errorf("%s: %s has no text in %s", path, m[1], lang)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 50 {
		t.Errorf("found only %d errors: has the way to make them changed?", found)
	}
}
