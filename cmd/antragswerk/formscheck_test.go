package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is wrong with a package is said in the language that was asked for, else in that of the terminal.
func TestFormsCheckSpeaks(t *testing.T) {
	const german, english = "die Seite zeigt nichts; ergänzen Sie Elemente oder entfernen Sie sie", "the page shows nothing; add elements or remove it"
	dir := filepath.Join(t.TempDir(), "allgemeiner-antrag")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "forms", "allgemeiner-antrag"))); err != nil {
		t.Fatal(err)
	}
	edit(t, filepath.Join(dir, "ui.json"), `"elements": [`, `"elements": [{"type": "Category", "label": "Leer", "elements": []},`)
	for _, x := range []struct {
		env, want string
		args      []string
	}{
		{"C.UTF-8", english, nil}, {"", english, nil}, {"de_DE.UTF-8", german, nil}, {"de_DE.UTF-8", english, []string{"--lang", "en"}}, {"C", german, []string{"--lang", "de"}},
	} {
		t.Setenv("LANG", x.env)
		var out bytes.Buffer
		if err := formsCommand(t.Context(), append(append([]string{"check"}, x.args...), dir), &out); err == nil || !strings.Contains(out.String(), "/ui.json:/elements/0: "+x.want+"\n") || strings.ContainsAny(out.String(), "{}") {
			t.Errorf("LANG=%s %v: %v\n%s", x.env, x.args, err, out.String())
		}
	}
}
