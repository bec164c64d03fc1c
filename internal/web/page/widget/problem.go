package widget

import (
	"slices"
	"strings"

	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
)

// ProblemText words a problem in the reader's language: what to do, naming the field by its label. The author's own
// text wins. The catalogue is asked from the special to the general: problem.<keyword>.<format or kind>,
// problem.<keyword>, problem.other; a text whose placeholders the problem cannot fill is passed over.
func ProblemText(l *locale.Catalogue, p formdef.Problem) string {
	args := arguments(l, p)
	if p.Text != "" {
		return p.Text
	}
	for _, key := range problemKeys(p) {
		if !l.Has(key) {
			continue
		}
		if text := l.T(key, args...); !strings.Contains(text, "{") || strings.Contains(p.Label, "{") {
			return text
		}
	}
	if p.Label == "" {
		return l.T("problem.unnamed")
	}
	return l.T("problem.other", "label", p.Label)
}

// problemKeys lists the catalogue keys for a problem, most special first.
func problemKeys(p formdef.Problem) []string {
	base := "problem." + p.Keyword
	var keys []string
	for _, param := range []string{"reason", "part", "format", "kind"} {
		if v := p.Params[param]; v != "" {
			keys = append(keys, base+"."+v)
		}
	}
	return append(keys, base)
}

// arguments are the placeholders: label and whatever the problem carries, in a fixed order; limits are written as
// the language writes numbers.
func arguments(l *locale.Catalogue, p formdef.Problem) []any {
	args := []any{"label", p.Label}
	names := make([]string, 0, len(p.Params))
	for name := range p.Params {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		value := p.Params[name]
		if name == "limit" {
			value = withUnit(l.Number(value), p.Params["unit"])
		}
		args = append(args, name, value)
	}
	return args
}

func withUnit(number, unit string) string {
	if unit == "" {
		return number
	}
	return number + "\u00a0" + unit
}
