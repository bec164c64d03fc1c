package formdef

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Expected is one problem that a sample must show.
type Expected struct {
	Pointer string `json:"pointer"`
	Keyword string `json:"keyword"`
}

// Rehearse runs a sample and tells how what came differs from what it expects; "" when it does what it says.
func (f *Form) Rehearse(s Sample, now time.Time) string {
	want, err := s.expected()
	if err != nil {
		return err.Error()
	}
	if s.Now != "" {
		if now, err = time.Parse(time.DateOnly, s.Now); err != nil {
			return "now is " + s.Now + "; write it as 2026-03-01"
		}
	}
	got := map[Expected]bool{}
	for _, p := range f.Accepts(s.Answers, now) {
		got[Expected{p.Pointer, p.Keyword}] = true
	}
	var lines []string
	for e := range got {
		if !slices.Contains(want, e) {
			lines = append(lines, fmt.Sprintf("unexpected %s at %s", e.Keyword, pointerOrRoot(e.Pointer)))
		}
	}
	for _, e := range want {
		if !got[e] {
			lines = append(lines, fmt.Sprintf("missing %s at %s", e.Keyword, pointerOrRoot(e.Pointer)))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "; ")
}

func (s Sample) expected() ([]Expected, error) {
	var word string
	if json.Unmarshal(s.Expect, &word) == nil {
		if word == "valid" {
			return nil, nil
		}
		return nil, fmt.Errorf("expect is %q; write \"valid\" or a list of {pointer, keyword}", word)
	}
	var want []Expected
	if err := strictJSON(s.Expect, &want); err != nil {
		return nil, fmt.Errorf("expect: %w", err)
	}
	if len(want) == 0 {
		return nil, fmt.Errorf("expect is empty; write \"valid\" or a list of {pointer, keyword}")
	}
	return want, nil
}
