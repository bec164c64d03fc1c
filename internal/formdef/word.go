package formdef

import (
	"strings"
	"time"
)

// typedValue writes an answer as one would type it into its field.
func (r *run) typedValue(f *field, v any) string {
	if f.free {
		return writeFree(v)
	}
	switch f.widget {
	case WidgetNumber:
		if n, ok := numberOf(v); ok {
			return r.decimal(string(canonicalNumber(n)), f.money, false)
		}
	case WidgetTime:
		if s, ok := v.(string); ok && len(s) >= 5 {
			return s[:5]
		}
	case WidgetDateTime:
		if t, err := time.Parse(time.RFC3339, strings.ToUpper(text(v))); err == nil {
			return berlin(t).Format("2006-01-02T15:04")
		}
	}
	return postValue(v)
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// decimal writes a plain decimal with the language's separators; money with two digits after the point.
func (r *run) decimal(s string, money, grouped bool) string {
	point, group := ",", "."
	if r.s.Lang == "en" {
		point, group = ".", ","
	}
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, frac, _ := strings.Cut(s, ".")
	if money && len(frac) < 2 {
		frac = (frac + "00")[:2]
	}
	if grouped {
		for i := len(whole) - 3; i > 0; i -= 3 {
			whole = whole[:i] + group + whole[i:]
		}
	}
	if frac == "" {
		return sign + whole
	}
	return sign + whole + point + frac
}

// word writes an answer for reading: choice titles, 27.03.1985, 1.234,50 €. Key is set when the catalogue words it.
func (r *run) word(e *elem, v any) (value, key string) {
	f := e.field
	switch {
	case f.secret && given(v):
		return "", "given"
	case f.free:
		return writeFree(v), ""
	}
	if list, ok := v.([]any); ok {
		var lines []string
		for _, item := range list {
			line, k := r.word(e, item)
			if k != "" && line == "" {
				line = k
			}
			lines = append(lines, line)
		}
		return strings.Join(lines, "\n"), ""
	}
	if all := r.f.choicesOf(e); len(all) > 0 {
		post := postValue(v)
		for _, c := range all[min(r.lang, len(all)-1)] {
			if c.Value == post {
				return c.Label, c.Key
			}
		}
	}
	switch t := v.(type) {
	case bool:
		if t {
			return "", "yes"
		}
		return "", "no"
	case string:
		return r.wordText(f, t), ""
	}
	if n, ok := numberOf(v); ok {
		out := r.decimal(string(canonicalNumber(n)), f.money, !f.integer || f.money)
		unit := f.suffix.in(r.lang)
		if unit == "" && f.money {
			unit = "€"
		}
		if unit != "" {
			out += "\u00a0" + unit
		}
		return out, ""
	}
	return postValue(v), ""
}

func (r *run) wordText(f *field, s string) string {
	de := r.s.Lang != "en"
	layout := map[bool]string{true: "02.01.2006", false: "2 January 2006"}[de]
	switch f.widget {
	case WidgetDate, WidgetDateNative:
		switch len(s) {
		case 4:
			return s
		case 7:
			if t, err := time.Parse("2006-01", s); err == nil {
				return t.Format(map[bool]string{true: "01/2006", false: "January 2006"}[de])
			}
		}
		if t, err := time.Parse(time.DateOnly, s); err == nil {
			if len(f.parts) == 2 {
				layout = map[bool]string{true: "01/2006", false: "January 2006"}[de]
			}
			return t.Format(layout)
		}
	case WidgetTime:
		if len(s) >= 5 {
			return s[:5]
		}
	case WidgetDateTime:
		if t, err := time.Parse(time.RFC3339, s); err == nil {
			return berlin(t).Format(layout + ", 15:04")
		}
	case WidgetPassword:
		return "••••••"
	case WidgetOutput:
		if f.isDate {
			if t, err := time.Parse(time.DateOnly, s); err == nil {
				return t.Format(layout)
			}
		}
	}
	return s
}
