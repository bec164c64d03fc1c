package formdef

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxText is the longest text that becomes an answer, in bytes, whatever a schema allows.
const maxText = 100_000

// parsed is what a post says about one field: an answer, none, or something that cannot become one.
type parsed struct {
	value   any    // nil: unanswered
	keyword string // what is wrong with what was typed, "" when nothing is
	params  map[string]string
	posted  bool // the page had the field
}

// parse converts what was typed for a field. It looks only at the names that the field has.
func (sc *scope) parse(e *elem, ptr string, in Typed) parsed {
	f := e.field
	raw, posted := in[ptr]
	switch f.widget {
	case WidgetDate:
		return sc.parseDateField(f, ptr, in)
	case WidgetCheckboxes:
		return parsed{value: f.pick(sc.r.f.choicesOf(e), raw), posted: posted}
	case WidgetCheckbox:
		return f.parseTick(raw, posted)
	}
	out := parsed{posted: posted}
	text := ""
	if len(raw) > 0 {
		text = cleanText(raw[len(raw)-1], f.widget == WidgetTextArea || f.widget == WidgetText && sc.hasLines(e))
	}
	if text == "" {
		return out
	}
	if choices := sc.r.f.choicesOf(e); len(choices) > 0 {
		return f.parseChoice(choices[0], text)
	}
	out.posted = true
	if f.free {
		v, ok := parseFree(text)
		if !ok {
			return parsed{keyword: "json", posted: true}
		}
		out.value = v
		return out
	}
	if len(f.union) > 1 {
		out.value = f.oneOfTypes(text, sc.r.s.Lang)
		return out
	}
	switch f.widget {
	case WidgetNumber:
		n, ok := parseNumber(text, sc.r.s.Lang)
		if !ok {
			return parsed{keyword: "type", posted: true}
		}
		if f.integer && !plainInteger(n) {
			return parsed{keyword: "type", params: map[string]string{"want": "integer"}, posted: true}
		}
		out.value = json.Number(n)
	case WidgetDateNative:
		return textDate(text, sc.r.s.Now)
	case WidgetTime:
		out.value, out.keyword = parseTime(text)
	case WidgetDateTime:
		out.value, out.keyword = parseDateTime(text)
	default:
		if f.entry != nil && !f.entry.takes(text) {
			return parsed{keyword: "propertyNames", posted: true}
		}
		out.value = text
		if len(text) > maxText {
			return parsed{keyword: "maxLength", params: map[string]string{"limit": strconv.Itoa(maxText)}, posted: true}
		}
	}
	return out
}

// cleanText trims, normalises to NFC, and drops control characters and broken bytes.
func cleanText(s string, lines bool) string {
	plain := true
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c >= 0x7f {
			plain = false
			break
		}
	}
	if plain {
		return strings.TrimSpace(s)
	}
	s = strings.ToValidUTF8(s, "")
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' && lines:
			return r
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r) || r == '\ufeff' || r == '\u200b':
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(norm.NFC.String(s))
}

func (f *field) parseTick(raw []string, posted bool) parsed {
	for _, v := range raw {
		if v == "true" || v == "on" || v == "1" {
			return parsed{value: true, posted: true}
		}
	}
	if f.constTrue {
		return parsed{posted: posted}
	}
	return parsed{value: false, posted: posted}
}

func (f *field) parseChoice(choices []Choice, text string) parsed {
	for i, c := range choices {
		if c.Value == text {
			if i < len(f.choices) && f.choices[i].post == text {
				return parsed{value: f.choices[i].value, posted: true}
			}
			return parsed{value: text, posted: true}
		}
	}
	return parsed{keyword: "enum", posted: true}
}

// pick returns the ticked choices in the order of the form; nil when there are none.
func (f *field) pick(choices [][]Choice, raw []string) any {
	if len(raw) == 0 || len(choices) == 0 {
		return nil
	}
	var out []any
	for i, c := range choices[0] {
		for _, v := range raw {
			if v == c.Value {
				if i < len(f.choices) && f.choices[i].post == v {
					out = append(out, f.choices[i].value)
				} else {
					out = append(out, v)
				}
				break
			}
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// parseNumber reads "1.234,5" in German and "1,234.5" in English, and what is clear in the other way too. The result
// is a canonical decimal.
func parseNumber(s, lang string) (string, bool) {
	s = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "'", "", "€", "", "\u2212", "-").Replace(s)
	s = strings.TrimSuffix(strings.TrimSuffix(s, "EUR"), "Euro")
	point, group := ",", "."
	if lang == "en" {
		point, group = ".", ","
	}
	switch {
	case strings.Contains(s, point):
		whole, frac, _ := strings.Cut(s, point)
		if strings.Contains(frac, group) && !strings.Contains(whole, group) && !strings.Contains(frac, point) {
			// "1,234.5" in German: the other way of writing, if the groups fit
			whole, frac, _ = strings.Cut(s, group)
			group = point
		}
		if !groupsFit(whole, group) {
			return "", false
		}
		s = strings.ReplaceAll(whole, group, "") + "." + frac
	case strings.Count(s, group) == 1 && !groupsFit(s, group):
		s = strings.ReplaceAll(s, group, ".") // "12.5" in German can only be a decimal
	case !groupsFit(s, group):
		return "", false
	default:
		s = strings.ReplaceAll(s, group, "")
	}
	if !plainNumber(s) {
		return "", false
	}
	d, ok := parseDecimal(s)
	if !ok {
		return "", false
	}
	return plainDecimal(d), true
}

// groupsFit tells whether the separators stand between groups of three digits, or there are none.
func groupsFit(s, group string) bool {
	parts := strings.Split(strings.TrimLeft(s, "+-"), group)
	for i, p := range parts {
		if i > 0 && len(p) != 3 || i == 0 && len(parts) > 1 && (len(p) == 0 || len(p) > 3 || p == "0") {
			return false
		}
	}
	return true
}

func plainNumber(s string) bool {
	digits := 0
	for i, c := range s {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case (c == '-' || c == '+') && i == 0, c == '.':
		default:
			return false
		}
	}
	return digits > 0 && len(s) <= maxDigits
}

// parseDateField reads a date from its parts, or from one text.
func (sc *scope) parseDateField(f *field, ptr string, in Typed) parsed {
	if one, ok := in[ptr]; ok && len(one) > 0 {
		if text := cleanText(one[len(one)-1], false); text != "" {
			return textDate(text, sc.r.s.Now)
		}
	}
	values := map[string]string{}
	out := parsed{}
	filled := 0
	for _, part := range f.parts {
		raw, ok := in[ptr+"/"+part]
		out.posted = out.posted || ok
		if len(raw) > 0 {
			values[part] = cleanText(raw[len(raw)-1], false)
		}
		if values[part] != "" {
			filled++
		}
	}
	if _, whole := in[ptr]; whole {
		out.posted = true
	}
	if filled == 0 {
		return out
	}
	if filled == 1 && values["day"] != "" && len(f.parts) == 3 { // "27.3.1985" typed into the first field
		if p := textDate(values["day"], sc.r.s.Now); p.keyword == "" {
			return p
		}
	}
	for _, part := range f.parts {
		if values[part] == "" {
			return parsed{keyword: "date", params: map[string]string{"part": part}, posted: true}
		}
	}
	return f.joinDate(values, sc.r.s.Now)
}

func (f *field) joinDate(values map[string]string, now time.Time) parsed {
	bad := func(part string) parsed {
		return parsed{keyword: "date", params: map[string]string{"part": part}, posted: true}
	}
	year, ok := yearOf(values["year"], now)
	if !ok {
		return bad("year")
	}
	month, day := 1, 1
	if text, asked := values["month"]; asked {
		if month, ok = monthOf(text); !ok {
			return bad("month")
		}
	}
	if text, asked := values["day"]; asked {
		if day = atoi(text); day < 1 || day > 31 {
			return bad("day")
		}
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if t.Day() != day || int(t.Month()) != month {
		return bad("day")
	}
	layout := time.DateOnly
	if !f.isDate {
		switch {
		case values["month"] == "":
			layout = "2006"
		case values["day"] == "":
			layout = "2006-01"
		}
	}
	return parsed{value: t.Format(layout), posted: true}
}

// yearOf reads four digits, or two: those up to ten years ahead belong to this century.
func yearOf(s string, now time.Time) (int, bool) {
	y := atoi(s)
	switch {
	case len(s) == 4 && y >= 1000:
		return y, true
	case len(s) == 2 && y >= 0:
		if century := now.Year() / 100 * 100; y+century <= now.Year()+10 {
			return y + century, true
		}
		return now.Year()/100*100 - 100 + y, true
	}
	return 0, false
}

// monthNames are the beginnings of month names in German and English.
var monthNames = []string{"jan", "feb", "mär|mar|mrz", "apr", "mai|may", "jun", "jul", "aug", "sep", "okt|oct", "nov", "dez|dec"}

func monthOf(s string) (int, bool) {
	if n := atoi(s); n >= 1 && n <= 12 {
		return n, true
	}
	s = strings.ToLower(strings.TrimSuffix(s, "."))
	if len([]rune(s)) < 3 || strings.ContainsAny(s, "0123456789") {
		return 0, false
	}
	for i, names := range monthNames {
		for _, n := range strings.Split(names, "|") {
			if strings.HasPrefix(s, n) {
				return i + 1, true
			}
		}
	}
	return 0, false
}

// textDate reads a whole date: 27.3.1985, 27 3 85, 27/3/1985, 27. März 1985, 1985-03-27, 27031985.
func textDate(s string, now time.Time) parsed {
	bad := parsed{keyword: "date", posted: true}
	words := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 1 && len(words[0]) == 8 && atoi(words[0]) > 0 {
		words = []string{words[0][:2], words[0][2:4], words[0][4:]}
	}
	if len(words) != 3 {
		return bad
	}
	if len(words[0]) == 4 {
		words[0], words[2] = words[2], words[0]
	}
	f := field{isDate: true}
	return f.joinDate(map[string]string{"day": words[0], "month": words[1], "year": words[2]}, now)
}

// parseTime reads 14:30, 14.30, 1430 and "14 Uhr".
func parseTime(s string) (any, string) {
	s = strings.TrimSpace(strings.TrimSuffix(strings.ToLower(s), "uhr"))
	words := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsDigit(r) })
	if len(words) == 1 && len(words[0]) == 4 {
		words = []string{words[0][:2], words[0][2:]}
	}
	if len(words) == 1 {
		words = append(words, "0")
	}
	if len(words) < 2 || len(words) > 3 {
		return nil, "format"
	}
	words = append(words, "0")
	h, m, sec := atoi(words[0]), atoi(words[1]), atoi(words[2])
	if h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 59 {
		return nil, "format"
	}
	return time.Date(0, 1, 1, h, m, sec, 0, time.UTC).Format(time.TimeOnly), ""
}

// parseDateTime reads what a datetime-local input posts; the time is German time.
func parseDateTime(s string) (any, string) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04", "2006-01-02T15:04:05", "2.1.2006 15:04", "2.1.2006, 15:04"} {
		t, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		if layout == time.RFC3339 {
			return t.Format(time.RFC3339), ""
		}
		guess := berlin(t.Add(-time.Hour)) // right but in the hour of the change itself
		_, offset := guess.Zone()
		return t.Add(-time.Duration(offset) * time.Second).In(guess.Location()).Format(time.RFC3339), ""
	}
	return nil, "format"
}

// atoi reads up to nine digits, or -1.
func atoi(s string) int {
	if s == "" || len(s) > 9 {
		return -1
	}
	n := 0
	for _, c := range s {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}
