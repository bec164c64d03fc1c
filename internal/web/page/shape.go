package page

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash"

	"antragswerk/internal/formdef"
)

// Shape tells pages apart that ask different things: by questions, rows, files and calculated values, not by what was answered.
// The script compares it after a save and draws the page anew when an answer has changed it. What the script itself shows and
// hides does not count.
func Shape(v formdef.View) string {
	h := sha256.New()
	shapeOf(h, v.Elements)
	fmt.Fprintf(h, "%q %d %d %v\n", v.Title, v.Number, v.Of, v.Exit != nil)
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:9])
}

func shapeOf(h hash.Hash, list []formdef.Element) {
	for _, e := range list {
		fmt.Fprintf(h, "%s %s %s %q %q %q %v\n", e.Kind, e.At, e.Pointer, e.Label, e.Hint, e.Text, e.CanAdd)
		if f := e.Field; f != nil {
			fmt.Fprintf(h, "%s %s %q %q %v %v %v %v\n", f.Pointer, f.Widget, f.Label, f.Hint, f.Required, f.ReadOnly, f.Disabled, f.Locked)
			if f.Widget == formdef.WidgetOutput {
				fmt.Fprintf(h, "%q\n", f.Value)
			}
			for _, c := range f.Choices {
				fmt.Fprintf(h, "%q %q\n", c.Value, c.Label)
			}
			for _, a := range f.Files {
				fmt.Fprintf(h, "%s\n", a.URN)
			}
		}
		for _, r := range e.Rows {
			fmt.Fprintf(h, "%s %v {\n", r.Pointer, r.CanRemove)
			shapeOf(h, r.Elements)
			fmt.Fprint(h, "}\n")
		}
		fmt.Fprint(h, "(\n")
		shapeOf(h, e.Children)
		fmt.Fprint(h, ")\n")
	}
}
