package widget_test

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"
	"time"

	"antragswerk/internal/formdef"
	"antragswerk/internal/formdef/formtest"
	"antragswerk/internal/locale"
	"antragswerk/internal/web/page/widget"
)

// BenchmarkBigPage looks at pages of the big form with all its answers and draws them, as a citizen who comes back sees them.
func BenchmarkBigPage(b *testing.B) {
	schema, ui, raw := formtest.Big()
	f, err := formdef.CompileBare(schema, ui, nil)
	if err != nil {
		b.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	s := formdef.State{Now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), Lang: "de"}
	if err := d.Decode(&s.Answers); err != nil {
		b.Fatal(err)
	}
	for name, page := range map[string]int{"questions": 1, "rows": 30} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var out bytes.Buffer
			for b.Loop() {
				v, ok := f.View(page, s, nil)
				if !ok {
					b.Fatal("hidden")
				}
				out.Reset()
				if err := widget.Elements(widget.Kit{L: locale.For("de")}, v.Elements).Render(context.Background(), &out); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
