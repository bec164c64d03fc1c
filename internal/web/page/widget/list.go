package widget

import "antragswerk/internal/formdef"

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
