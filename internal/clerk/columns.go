package clerk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// ViewColumns are what a view can show besides the indexed answers of forms, in the order in which pages offer them. The number comes
// first in every view: it leads to the case.
var ViewColumns = []string{"number", "matter", "service", "state", "deadline", "received", "changed", "assignee", "group", "labels"}

// InboxColumns are those of a view that names none.
var InboxColumns = []string{"number", "matter", "state", "deadline", "received", "assignee"}

// fieldColumn begins the name of a column that shows an answer; its pointer follows.
const fieldColumn = "field:"

// columnsOf checks the columns of a view; the number is put first.
func columnsOf(names []string) ([]string, error) {
	out := []string{"number"}
	for _, n := range names {
		switch {
		case n == "" || slices.Contains(out, n):
		case slices.Contains(ViewColumns, n), strings.HasPrefix(n, fieldColumn+"/") && len(n) < 300:
			out = append(out, n)
		default:
			return nil, civic.Errorf(civic.Invalid, "error.view.column").At("column")
		}
	}
	if len(out) > maxViewColumns {
		return nil, civic.Errorf(civic.Invalid, "error.view.columns", "limit", maxViewColumns).At("column")
	}
	if len(out) == 1 || slices.Equal(out, InboxColumns) {
		return nil, nil
	}
	return out, nil
}

// Field is an indexed answer to filter by or to show.
type Field struct {
	Pointer, Label string
	Column         bool
	Choices        []formdef.Choice
}

// Fields lists the indexed answers that the forms of all these services have in common; of none, those of all that the office offers.
func (s *Service) Fields(ctx context.Context, who civic.Actor, tenant string, services []string, lang string) ([]Field, error) {
	sc, err := s.scopeOf(ctx, who, tenant)
	if err != nil {
		return nil, err
	}
	if len(services) == 0 {
		names, err := s.services(ctx, sc)
		if err != nil {
			return nil, err
		}
		for _, n := range names {
			services = append(services, n.Slug)
		}
	}
	return s.fields(ctx, services, lang)
}

// fields are what forms have in common; a service whose form is gone has no say.
func (s *Service) fields(ctx context.Context, services []string, lang string) (common []Field, err error) {
	first := true
	for _, service := range services {
		f, err := s.form(ctx, service)
		if err != nil {
			return nil, err
		}
		if f == nil {
			continue
		}
		has := map[string]formdef.IndexedField{}
		for _, x := range f.IndexFields(lang) {
			has[x.Pointer] = x
			if first {
				common = append(common, Field{Pointer: x.Pointer, Label: x.Label, Column: x.Column, Choices: x.Choices})
			}
		}
		first = false
		common = slices.DeleteFunc(common, func(c Field) bool { _, ok := has[c.Pointer]; return !ok })
		if len(common) == 0 {
			return nil, nil
		}
	}
	return common, nil
}

// about is the line of a case's answers.
func (s *Service) about(ctx context.Context, t civic.Tenant, c civic.Case) (string, error) {
	about, _, err := s.cells(ctx, t, c, nil)
	return about, err
}

// cells are what a row shows of the answers: a line of them all, and each column's.
func (s *Service) cells(ctx context.Context, t civic.Tenant, c civic.Case, columns []string) (about string, cells map[string]string, err error) {
	raw, err := s.open(keys(t, c.Dossier, c.Key), sealColumns, c.Columns)
	if err != nil || raw == "" {
		return "", nil, err
	}
	var answers map[string]string
	if err := json.Unmarshal([]byte(raw), &answers); err != nil {
		return "", nil, fmt.Errorf("clerk: columns: %w", err)
	}
	var order []string
	if f, err := s.form(ctx, c.Service); err == nil && f != nil {
		for _, ix := range f.Package.Form.Index {
			order = append(order, ix.Pointer)
		}
	}
	pointers := make([]string, 0, len(answers))
	for p := range answers {
		pointers = append(pointers, p)
	}
	slices.SortFunc(pointers, func(a, b string) int {
		if d := position(order, a) - position(order, b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	all := func(keep func(pointer string) bool, between string) string {
		var parts []string
		for _, p := range pointers {
			if answers[p] != "" && keep(p) {
				parts = append(parts, answers[p])
			}
		}
		return strings.Join(parts, between)
	}
	cells = map[string]string{}
	for _, name := range columns {
		if want, ok := strings.CutPrefix(name, fieldColumn); ok {
			cells[name] = all(func(p string) bool { return p == want || matches(want, p) }, ", ")
		}
	}
	return all(func(string) bool { return true }, " · "), cells, nil
}

// position is where a pointer stands among index fields, whose items are "*"; what is not among them comes last.
func position(order []string, pointer string) int {
	for i, o := range order {
		if o == pointer || matches(o, pointer) {
			return i
		}
	}
	return len(order)
}

func matches(pattern, pointer string) bool {
	a, b := strings.Split(pattern, "/"), strings.Split(pointer, "/")
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] && a[i] != "*" {
			return false
		}
	}
	return true
}
