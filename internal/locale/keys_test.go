package locale

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	placeholder = regexp.MustCompile(`\{[a-zA-Z]+\}`)
	// T("key" … ) and Plural("key" … ) with a whole key, not one that goes on with +.
	worded = regexp.MustCompile(`\b(?:T|Plural|Has)\("([A-Za-z0-9_.\-]+)"\s*[,)]`)
	// Any literal that could be a key, or the beginning or end of one.
	literal = regexp.MustCompile("[\"`]([A-Za-z0-9_.\\-]+)[\"`]")
)

// sources returns the text of all hand-written program files by path.
func sources(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, root := range []string{"../../internal", "../../cmd"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if os.IsNotExist(err) {
				return nil
			}
			if err != nil || d.IsDir() {
				return err
			}
			if generated := strings.HasSuffix(path, "_templ.go") || strings.HasSuffix(path, "_test.go"); generated {
				return nil
			}
			if ext := filepath.Ext(path); ext != ".go" && ext != ".templ" {
				return nil
			}
			raw, err := os.ReadFile(path)
			out[path] = string(raw)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func texts(t *testing.T, tag string) map[string]string {
	t.Helper()
	m, err := read(files, tag)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestLanguagesAgree(t *testing.T) {
	de := texts(t, "de")
	for tag, complete := range map[string]bool{"en": true, "de-LS": false} {
		other := texts(t, tag)
		for key, text := range other {
			german, ok := de[key]
			if !ok {
				t.Errorf("%s: %s is not in de", tag, key)
				continue
			}
			want, got := placeholder.FindAllString(german, -1), placeholder.FindAllString(text, -1)
			if complete && !slices.Equal(unique(want), unique(got)) {
				t.Errorf("%s: %s has the placeholders %v, de has %v", tag, key, got, want)
			}
			if strings.Count(text, "|") != strings.Count(german, "|") {
				t.Errorf("%s: %s and de differ in plural forms", tag, key)
			}
		}
		for key := range de {
			if _, ok := other[key]; complete && !ok {
				t.Errorf("%s: %s is missing", tag, key)
			}
		}
	}
}

func unique(s []string) []string {
	slices.Sort(s)
	return slices.Compact(s)
}

func TestUsedKeysExist(t *testing.T) {
	de := texts(t, "de")
	for path, source := range sources(t) {
		for _, m := range worded.FindAllStringSubmatch(source, -1) {
			if _, ok := de[m[1]]; !ok && strings.Contains(m[1], ".") {
				t.Errorf("%s: no text for %q", path, m[1])
			}
		}
	}
}

// A key is used when a literal equals it, or begins it up to a dot and the program adds the rest, or when it is put
// together from two literals ("imprint" and ".title").
func TestUnusedKeys(t *testing.T) {
	literals := map[string]bool{}
	for _, source := range sources(t) {
		for _, m := range literal.FindAllStringSubmatch(source, -1) {
			literals[m[1]] = true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(texts(t, "de"))) {
		used := literals[key]
		for i := len(key) - 1; i > 0 && !used; i-- {
			used = key[i] == '.' && (literals[key[:i+1]] || literals[key[:i]] && literals[key[i:]])
		}
		if !used {
			t.Errorf("nobody uses %s", key)
		}
	}
}
