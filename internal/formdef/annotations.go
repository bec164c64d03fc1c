package formdef

import (
	"encoding/json"
	"errors"
)

// What a form for annotations must be: small enough for the margin of a case.
var (
	errAnnotationPages = errors.New("a form for annotations has one page")
	errAnnotationParts = errors.New("a form for annotations has neither attachments nor lists")
)

// CompileAnnotations compiles the small form in which an office notes what it finds: one page, without attachments and lists.
func CompileAnnotations(schema, ui json.RawMessage, texts map[string]map[string]string) (*Form, error) {
	f, err := compileBare(schema, ui, texts)
	if err != nil {
		return nil, err
	}
	if f.PageCount() != 1 {
		return nil, errAnnotationPages
	}
	if heavy(f.c.pages[0].body) {
		return nil, errAnnotationParts
	}
	return f, nil
}

func heavy(e *elem) bool {
	if e.list != nil || e.field != nil && e.field.file != nil {
		return true
	}
	for _, k := range e.kids {
		if heavy(k) {
			return true
		}
	}
	return false
}
