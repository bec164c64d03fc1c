package e2e

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// sample are the answers of a form's sample, as they stand in forms/<service>/samples.
type sample struct {
	Answers any    `json:"answers"`
	Now     string `json:"now"`
	Expect  any    `json:"expect"`
}

func readSample(service, name string) (*sample, error) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "forms", service, "samples", name+".json"))
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	s := &sample{}
	return s, d.Decode(s)
}

// at is the answer at a JSON Pointer; ok is false when the sample holds none.
func (s *sample) at(pointer string) (any, bool) {
	here := s.Answers
	for _, key := range strings.Split(pointer, "/")[1:] {
		key = strings.NewReplacer("~1", "/", "~0", "~").Replace(key)
		switch v := here.(type) {
		case map[string]any:
			next, ok := v[key]
			if !ok {
				return nil, false
			}
			here = next
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false
			}
			here = v[i]
		default:
			return nil, false
		}
	}
	return here, true
}

// typed is what a person types for the input of this name; ok is false when the sample says nothing about it.
func (s *sample) typed(name string) (string, bool) {
	for i, part := range []string{"/year", "/month", "/day"} {
		parent, isPart := strings.CutSuffix(name, part)
		if date, ok := s.at(parent); isPart && ok {
			if pieces := strings.Split(fmt.Sprint(date), "-"); i < len(pieces) {
				return strings.TrimPrefix(pieces[i], "0"), true
			}
		}
	}
	v, ok := s.at(name)
	if !ok {
		return "", false
	}
	switch v := v.(type) {
	case json.Number:
		return strings.Replace(v.String(), ".", ",", 1), true
	case []any:
		var all []string
		for _, x := range v {
			all = append(all, fmt.Sprint(x))
		}
		return strings.Join(all, ","), true
	}
	return fmt.Sprint(v), true
}

// Complete fills every page with the sample's answers, presses on, and stops on the page that shows all answers. It does
// what a person without scripts does: when an answer brings up further questions, it answers those and presses again.
func (v *Visitor) Complete(service, name string) error {
	s, err := readSample(service, name)
	if err != nil {
		return err
	}
	return v.completeWith(s, name)
}

func (v *Visitor) completeWith(s *sample, name string) error {
	for range 80 {
		if strings.HasSuffix(v.Page.URL.Path, "/check") {
			return nil
		}
		if v.Page.Status != 200 && v.Page.Status != 422 {
			return v.wrong("no page of a form")
		}
		before, said := v.Page.URL.Path, strings.Join(v.Page.Problems(), "; ")
		acted, err := v.fillPage(s)
		if err != nil {
			return err
		}
		if acted {
			continue
		}
		if err := v.Press("_action=next"); err != nil {
			return err
		}
		if v.Page.URL.Path == before && v.Page.Status == 422 && said != "" && strings.Join(v.Page.Problems(), "; ") == said {
			return v.wrong("sample %s does not get past this page", name)
		}
	}
	return v.wrong("sample %s does not come to an end", name)
}

// fillPage fills the page's form. It tells whether it pressed a button of its own, after which the page must be filled anew.
func (v *Visitor) fillPage(s *sample) (bool, error) {
	f := v.formNamed("antrag")
	if f == nil {
		return false, v.wrong("there is no form")
	}
	done := map[string]bool{}
	for _, c := range f.controls {
		if !strings.HasPrefix(c.name, "/") || done[c.name] || c.kind == "file" || c.disabled() || has(c.node, "readonly") {
			continue
		}
		done[c.name] = true
		value, ok := s.typed(c.name)
		if c.kind == "checkbox" && !ok {
			value, ok = "", true
		}
		if !ok {
			if c.kind == "text" || c.kind == "textarea" {
				c.value = ""
			}
			continue
		}
		if err := f.fill(c.name, value); err != nil {
			return false, v.wrong("%w", err)
		}
	}
	return v.grow(f, s)
}

// grow adds rows and uploads files until there are as many as in the sample.
func (v *Visitor) grow(f *form, s *sample) (bool, error) {
	for _, c := range f.controls {
		if list, adds := strings.CutPrefix(c.value, "add:"); adds && c.kind == "submit" {
			if want, _ := s.at(list); want != nil && rows(f, list) < len(want.([]any)) {
				return true, v.Press("_action=" + c.value)
			}
		}
	}
	for _, c := range f.controls {
		if c.kind != "file" || c.disabled() {
			continue
		}
		want := 0
		switch x, _ := s.at(c.name); x := x.(type) {
		case string:
			want = 1
		case []any:
			want = len(x)
		}
		have := 0
		for _, b := range f.controls {
			if strings.HasPrefix(b.value, "detach:"+c.name+"#") {
				have++
			}
		}
		if have < want {
			if err := v.Choose(c.name, newPDF(fmt.Sprintf("Nachweis %d.pdf", have+1))); err != nil {
				return false, err
			}
			return true, v.Press("_action=upload:" + c.name)
		}
	}
	return false, nil
}

// rows counts the rows of a list that the form shows.
func rows(f *form, list string) int {
	n := 0
	for _, c := range f.controls {
		rest, ok := strings.CutPrefix(c.name, list+"/")
		if !ok {
			continue
		}
		index, _, _ := strings.Cut(rest, "/")
		if i, err := strconv.Atoi(index); err == nil && i >= n {
			n = i + 1
		}
	}
	return n
}

func (v *Visitor) formNamed(id string) *form {
	for _, f := range v.forms {
		if attr(f.node, "id") == id {
			return f
		}
	}
	return nil
}

// newPDF makes a small PDF that no other is equal to.
func newPDF(name string) file {
	return file{Name: name, Body: []byte("%PDF-1.4\n% " + rand.Text() + "\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n")}
}

// bigPDF makes a PDF of so many bytes.
func bigPDF(name string, size int) file {
	f := newPDF(name)
	f.Body = append(f.Body, bytes.Repeat([]byte("% filling\n"), size/10+1)...)[:size]
	return f
}

func picture() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for i := range 64 {
		m.Set(i, i, color.RGBA{R: 200, A: 255})
	}
	return m
}

// newFile makes a file of the kind that its name promises; "falsch.pdf" holds a program all the same.
func newFile(name string) (file, error) {
	var b bytes.Buffer
	switch {
	case strings.HasPrefix(name, "falsch"):
		return file{Name: name, Body: append([]byte("MZ\x90\x00\x03\x00\x00\x00"), bytes.Repeat([]byte{0, 1, 2, 3}, 400)...)}, nil
	case strings.HasSuffix(name, ".png"):
		err := png.Encode(&b, picture())
		return file{Name: name, Body: b.Bytes()}, err
	case strings.HasSuffix(name, ".jpg"):
		err := jpeg.Encode(&b, picture(), nil)
		return file{Name: name, Body: b.Bytes()}, err
	}
	return newPDF(name), nil
}
