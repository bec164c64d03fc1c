package publish

import (
	"encoding/json"
	"strings"
	"time"

	"antragswerk/internal/formdef"
)

// Trial is a sample of a package, replayed.
type Trial struct {
	File, Name string
	Passed     bool
	Got        string // how what came out differs from what was expected
	Answers    formdef.Answers
}

// replay runs all samples of a form.
func replay(f *formdef.Form, now time.Time) []Trial {
	var out []Trial
	for _, sample := range f.Package.Samples {
		t := Trial{File: sample.File, Name: sample.Name, Got: f.Rehearse(sample, now)}
		t.Passed = t.Got == ""
		dec := json.NewDecoder(strings.NewReader(string(sample.Answers)))
		dec.UseNumber()
		if dec.Decode(&t.Answers) != nil {
			t.Answers = formdef.Answers{}
		}
		out = append(out, t)
	}
	return out
}
