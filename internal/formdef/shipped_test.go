package formdef

import (
	"io/fs"
	"os"
	"testing"
	"time"
)

var testNow = time.Date(2025, 11, 24, 9, 0, 0, 0, time.UTC)

// TestShippedForms loads, lints and rehearses every service that the product ships.
func TestShippedForms(t *testing.T) {
	root := os.DirFS("../../forms")
	dirs, err := fs.ReadDir(root, ".")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, d := range dirs {
		if _, err := fs.Stat(root, d.Name()+"/form.yaml"); err != nil {
			continue
		}
		found++
		t.Run(d.Name(), func(t *testing.T) {
			sub, err := fs.Sub(root, d.Name())
			if err != nil {
				t.Fatal(err)
			}
			p, err := Load(d.Name(), sub)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range p.Lint() {
				t.Error(n)
			}
			f, err := Compile(p)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range p.Samples {
				if diff := f.Rehearse(s, testNow); diff != "" {
					t.Errorf("%s: %s", s.File, diff)
				}
			}
		})
	}
	if found < 6 {
		t.Errorf("%d services, want at least 6", found)
	}
}
