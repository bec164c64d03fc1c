package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFormsDiff compares a shipped package with a changed copy, in both languages.
func TestFormsDiff(t *testing.T) {
	old, changed := filepath.Join("..", "..", "forms", "allgemeiner-antrag"), filepath.Join(t.TempDir(), "allgemeiner-antrag")
	if err := os.CopyFS(changed, os.DirFS(old)); err != nil {
		t.Fatal(err)
	}
	edit(t, filepath.Join(changed, "form.yaml"), "declaration:\n  de: ", "declaration:\n  de: Neu. ")
	edit(t, filepath.Join(changed, "texts", "de.json"), `: "Betreff"`, `: "Thema"`)
	for lang, want := range map[string]string{"de": "Die Erklärung beim Absenden ist geändert (de).", "en": "The declaration is changed (de)."} {
		var out bytes.Buffer
		if err := formsCommand(t.Context(), []string{"diff", "--lang", lang, old, changed}, &out); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), want+"\n") || !strings.Contains(out.String(), "Thema") || strings.Contains(out.String(), "{") || strings.Contains(out.String(), "diff.") {
			t.Errorf("%s:\n%s", lang, out.String())
		}
	}
	if err := formsCommand(t.Context(), []string{"diff", old}, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "new one") {
		t.Errorf("one folder: %v", err)
	}
}

func edit(t *testing.T, file, from, to string) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(raw), from) {
		t.Fatalf("%s lacks %q", file, from)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(raw), from, to, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}
