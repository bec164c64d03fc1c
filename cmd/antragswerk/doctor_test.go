package main

import (
	"os"
	"path/filepath"
	"testing"
)

// The doctor finds WeasyPrint where the printer does: by name in PATH or by path, and only what can be run.
func TestDoctorFindsThePrinter(t *testing.T) {
	dir := t.TempDir()
	for name, mode := range map[string]os.FileMode{"weasyprint": 0o755, "no-program": 0o644} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"), mode); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	for at, well := range map[string]bool{"weasyprint": true, filepath.Join(dir, "weasyprint"): true, filepath.Join(dir, "no-program"): false, "missing": false, "": true} {
		_, warning, err := askPDF(t.Context(), config{map[string]string{"WEASYPRINT": at}})
		if (err == nil) != well || (warning != "") != (at == "") {
			t.Errorf("WEASYPRINT=%q: %q, %v", at, warning, err)
		}
	}
}
