package formimport

import (
	"encoding/json"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"antragswerk/internal/formdef"
)

// sampleNumber is a number within the limits, written as a German types it.
func sampleNumber(s *object) string {
	low, isLow := limitOf(s, "minimum", "exclusiveMinimum", 1)
	high, isHigh := limitOf(s, "maximum", "exclusiveMaximum", -1)
	n := 10.0
	switch {
	case isLow && isHigh && (n < low || n > high):
		n = float64(int((low + high) / 2))
		if n < low {
			n = low
		}
	case isLow && n < low:
		n = low
	case isHigh && n > high:
		n = high
	}
	if step, ok := numberOf(s.get("multipleOf")); ok && step > 1 {
		n = step * float64(int((n+step-1)/step))
	}
	return strings.ReplaceAll(strconv.FormatFloat(n, 'f', -1, 64), ".", ",")
}

func limitOf(s *object, key, exclusive string, step float64) (float64, bool) {
	if v, ok := numberOf(s.get(key)); ok {
		return v, true
	}
	v, ok := numberOf(s.get(exclusive))
	return v + step, ok
}

func numberOf(v any) (float64, bool) {
	switch n := v.(type) {
	case json.Number:
		f, err := n.Float64()
		return f, err == nil
	case int:
		return float64(n), true
	}
	return 0, false
}

// sampleText is a text of the format, the pattern, or the length that is asked for.
func sampleText(s *object, label string) string {
	if known := map[string]string{
		"email": "erika.mustermann@example.org", "idn-email": "erika.mustermann@example.org", "iban": "DE02120300000000202051",
		"de-plz": "99084", "phone": "0361 123456", "tel": "0361 123456", "url": "https://example.org/", "uri": "https://example.org/",
		"uuid": "00000000-0000-4000-8000-000000000001", "ipv4": "192.0.2.1", "ipv6": "2001:db8::1", "hostname": "example.org",
		"de-steuer-id": "86095742719", "iso-11784-chip": "276098100123456", "de-kennzeichen": "EF-AB 123", "date": "1990-06-15",
		"time": "10:30:00", "date-time": "2026-01-12T10:30:00+01:00",
	}[s.str("format")]; known != "" {
		return known
	}
	least, _ := numberOf(s.get("minLength"))
	most, bound := numberOf(s.get("maxLength"))
	if p := s.str("pattern"); p != "" {
		for _, guess := range []string{"erika.mustermann@example.org", "99084", "DE", "1", "A"} {
			if fits(s, guess) {
				return guess
			}
		}
		if t := matching(p, int(least)); fits(s, t) {
			return t
		}
	}
	text := "Beispiel " + label
	for len([]rune(text)) < int(least) && len(text) < 10_000 {
		text += " Beispiel"
	}
	if r := []rune(text); bound && len(r) > int(most) {
		text = strings.TrimSpace(string(r[:int(most)]))
		for len([]rune(text)) < int(least) {
			text += "a"
		}
	}
	return text
}

// fits asks the form engine itself.
func fits(s *object, value string) bool {
	form, err := formdef.CompileBare(json.RawMessage(render(obj("type", "object", "properties", obj("a", obj("type", "string", "pattern", s.get("pattern"), "minLength", s.get("minLength"), "maxLength", s.get("maxLength")))))), nil, nil)
	if err != nil {
		return false
	}
	raw, _ := json.Marshal(map[string]string{"a": value})
	return len(form.Accepts(raw, sampleDay)) == 0
}

// matching makes a text that a simple pattern matches; "" when it cannot.
func matching(pattern string, least int) string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return ""
	}
	for extra := range 3 {
		var b strings.Builder
		expand(&b, re.Simplify(), max(least, 0)*extra, 0)
		if b.Len() > 0 && len([]rune(b.String())) >= least {
			return b.String()
		}
	}
	return ""
}

func expand(b *strings.Builder, re *syntax.Regexp, extra, depth int) {
	if depth > 50 || b.Len() > 2000 {
		return
	}
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		b.WriteRune(pleasant(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte('a')
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest:
		n := min(extra, 60)
		if re.Op == syntax.OpPlus {
			n = max(n, 1)
		} else if re.Op == syntax.OpQuest {
			n = 0
		}
		for range n {
			expand(b, re.Sub[0], 0, depth+1)
		}
	case syntax.OpRepeat:
		for range min(max(re.Min, 0), 100) {
			expand(b, re.Sub[0], extra, depth+1)
		}
	case syntax.OpAlternate:
		expand(b, re.Sub[0], extra, depth+1)
	case syntax.OpCapture, syntax.OpConcat:
		for _, s := range re.Sub {
			expand(b, s, extra, depth+1)
		}
	}
}

// pleasant picks a letter or digit of a class where there is one.
func pleasant(pairs []rune) rune {
	for _, want := range "aA1bBcC2359-. " {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] <= want && want <= pairs[i+1] {
				return want
			}
		}
	}
	if i := slices.IndexFunc(pairs, func(r rune) bool { return r > ' ' }); i >= 0 {
		return pairs[i]
	}
	return 'a'
}
