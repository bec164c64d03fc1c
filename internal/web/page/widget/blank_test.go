package widget_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
	"time"

	"antragswerk/forms"
	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
	"antragswerk/internal/web/page/widget"
)

// A kept picture is what would have been drawn: every page of every shipped form, blank and with the answers of some samples, in each language.
func TestKeptPicturesAreTrue(t *testing.T) {
	entries, err := fs.ReadDir(forms.Files, ".")
	if err != nil {
		t.Fatal(err)
	}
	compared, kept := 0, 0
	for _, e := range entries {
		sub, err := fs.Sub(forms.Files, e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fs.Stat(sub, "schema.json"); err != nil {
			continue
		}
		p, err := formdef.Load(e.Name(), sub)
		if err != nil {
			t.Fatal(err)
		}
		f, err := formdef.Compile(p)
		if err != nil {
			t.Fatal(err)
		}
		states := []formdef.Answers{{}}
		for _, s := range p.Samples[:min(4, len(p.Samples))] {
			var answers formdef.Answers
			d := json.NewDecoder(bytes.NewReader(s.Answers))
			d.UseNumber()
			if err := d.Decode(&answers); err != nil {
				t.Fatal(err)
			}
			states = append(states, answers)
		}
		for _, answers := range states {
			for _, lang := range locale.Languages {
				s := formdef.State{Answers: answers, Now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), Lang: lang}
				problems := f.Check(s)
				for page := range f.PageCount() {
					view, ok := f.View(page, s, problems)
					if !ok {
						continue
					}
					first := drawn(t, lang, view.Elements)
					if again := drawn(t, lang, view.Elements); again != first {
						t.Errorf("%s, page %d, %s: the second drawing differs", e.Name(), page, lang)
					}
					kept += forget(view.Elements)
					if fresh := drawn(t, lang, view.Elements); fresh != first {
						t.Errorf("%s, page %d, %s: what was kept differs from what is drawn", e.Name(), page, lang)
					}
					compared++
				}
			}
		}
	}
	if compared < 500 || kept < 1000 {
		t.Errorf("only %d pages with %d kept pictures were compared", compared, kept)
	}
}

func drawn(t *testing.T, lang string, elements []formdef.Element) string {
	t.Helper()
	var b strings.Builder
	if err := widget.Elements(widget.Kit{L: locale.For(lang)}, elements).Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// forget makes every field be drawn anew.
func forget(elements []formdef.Element) (n int) {
	for i := range elements {
		e := &elements[i]
		if e.Field != nil && e.Field.Blank != nil {
			e.Field.Blank = nil
			n++
		}
		n += forget(e.Children)
		for j := range e.Rows {
			n += forget(e.Rows[j].Elements)
		}
	}
	return n
}
