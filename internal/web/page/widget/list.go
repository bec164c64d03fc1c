package widget

import (
	"slices"
	"strconv"
	"strings"

	"antragswerk/internal/formdef"

	"github.com/a-h/templ"
)

// inRow tells whether a list stands in a row of another one: its pointer has the number of the row.
func inRow(pointer string) bool {
	return slices.ContainsFunc(strings.Split(pointer, "/"), func(s string) bool {
		_, err := strconv.Atoi(s)
		return err == nil
	})
}

// listError words the problem of the list itself, such as too few rows.
func listError(k Kit, e formdef.Element) string {
	if e.Problem != nil {
		return ProblemText(k.L, *e.Problem)
	}
	return e.Error
}

func addLabel(k Kit, e formdef.Element) string {
	if e.AddLabel != "" {
		return e.AddLabel
	}
	return k.L.T("list.add")
}

// listProblem leads from a list to what is wrong with it.
func listProblem(k Kit, e formdef.Element) templ.Attributes {
	if listError(k, e) == "" {
		return nil
	}
	return templ.Attributes{"aria-describedby": listID(e.Pointer) + "-fehler"}
}
