package web

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// property is a content line of a calendar: name, parameters, and the value as it stands there.
type property struct{ name, value string }

// readICal reads a calendar as strictly as RFC 5545 allows, and unfolds it.
func readICal(raw string) ([]property, error) {
	if !strings.HasSuffix(raw, "\r\n") {
		return nil, fmt.Errorf("the last line does not end")
	}
	var out []property
	for i, line := range strings.Split(strings.TrimSuffix(raw, "\r\n"), "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) {
			return nil, fmt.Errorf("line %d: %d octets, or cut within a letter: %q", i+1, len(line), line)
		}
		for _, r := range line {
			if r < ' ' && r != '\t' || r == 0x7f {
				return nil, fmt.Errorf("line %d: control character %U", i+1, r)
			}
		}
		if more, folded := strings.CutPrefix(line, " "); folded {
			if len(out) == 0 {
				return nil, fmt.Errorf("nothing is continued")
			}
			out[len(out)-1].value += more
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if plain, _, _ := strings.Cut(name, ";"); !ok || plain == "" || strings.Trim(plain, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") != "" {
			return nil, fmt.Errorf("line %d: %q is no property", i+1, line)
		}
		out = append(out, property{name, value})
	}
	return out, nil
}

// readText takes the escapes out of a text (section 3.3.11); whatever has to be escaped and is not is an error.
func readText(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ';', ',':
			return "", fmt.Errorf("%q: not escaped", s)
		case '\\':
			if i++; i == len(s) {
				return "", fmt.Errorf("%q: ends within an escape", s)
			}
			switch s[i] {
			case '\\', ';', ',':
				b.WriteByte(s[i])
			case 'n', 'N':
				b.WriteByte('\n')
			default:
				return "", fmt.Errorf("%q: unknown escape", s)
			}
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String(), nil
}

// entry is what a calendar program makes of an event.
type entry struct{ id, from, to, summary, url string }

func entries(raw string) (name string, list []entry, err error) {
	lines, err := readICal(raw)
	if err != nil {
		return "", nil, err
	}
	var inside []string
	seen, ids := map[string]int{}, map[string]bool{}
	for i, p := range lines {
		switch p.name {
		case "BEGIN":
			inside = append(inside, p.value)
			if p.value == "VEVENT" {
				list, seen = append(list, entry{}), map[string]int{}
			}
			continue
		case "END":
			if len(inside) == 0 || inside[len(inside)-1] != p.value {
				return "", nil, fmt.Errorf("%s ends and has not begun", p.value)
			}
			inside = inside[:len(inside)-1]
			for _, must := range []string{"UID", "DTSTAMP", "DTSTART;VALUE=DATE"} {
				if p.value == "VEVENT" && seen[must] != 1 {
					return "", nil, fmt.Errorf("an event has %d %s", seen[must], must)
				}
			}
			if len(inside) == 0 && i != len(lines)-1 {
				return "", nil, fmt.Errorf("something follows the end")
			}
			continue
		}
		seen[p.name]++
		if strings.Join(inside, "/") != "VCALENDAR/VEVENT" {
			if p.name == "X-WR-CALNAME" {
				name, err = readText(p.value)
			}
		} else {
			e := &list[len(list)-1]
			switch p.name {
			case "UID":
				if e.id = p.value; ids[e.id] {
					return "", nil, fmt.Errorf("two events are %s", e.id)
				}
				ids[e.id] = true
			case "DTSTAMP":
				_, err = time.Parse("20060102T150405Z", p.value)
			case "DTSTART;VALUE=DATE":
				e.from = p.value
				_, err = time.Parse("20060102", p.value)
			case "DTEND;VALUE=DATE":
				e.to = p.value
				_, err = time.Parse("20060102", p.value)
			case "SUMMARY":
				e.summary, err = readText(p.value)
			case "URL":
				e.url = p.value
			}
		}
		if err != nil {
			return "", nil, err
		}
	}
	if len(inside) > 0 || seen["VERSION"]+len(list) == 0 {
		return "", nil, fmt.Errorf("%v does not end", inside)
	}
	return name, list, nil
}

func TestICal(t *testing.T) {
	zone := time.FixedZone("", 2*60*60)
	stamp := time.Date(2026, 3, 27, 9, 0, 0, 0, zone)
	long := strings.Repeat("Antrag auf Genehmigung, Änderung; Übertragung\\Löschung ", 20)
	c := ical{name: "Fristen: Stadt Jena, Bürgeramt; Haus 2", stamp: stamp, host: "antraege.example"}
	c.day("a", time.Date(2026, 12, 31, 23, 59, 59, 0, zone), "HUST-2026-000001\r\nHundesteuer", "https://antraege.example/desk/jena/a")
	c.day("b", time.Date(2028, 2, 28, 0, 0, 0, 0, zone), long, "https://antraege.example/desk/jena/"+strings.Repeat("b", 200))
	c.day("c", stamp, "a\rb\x00c\x7fd\xffe\tf", "")
	name, list, err := entries(string(c.end()))
	if err != nil {
		t.Fatal(err)
	}
	if name != "Fristen: Stadt Jena, Bürgeramt; Haus 2" || len(list) != 3 {
		t.Fatalf("%q %+v", name, list)
	}
	want := []entry{{"a@antraege.example", "20261231", "20270101", "HUST-2026-000001\nHundesteuer", "https://antraege.example/desk/jena/a"},
		{"b@antraege.example", "20280228", "20280229", long, "https://antraege.example/desk/jena/" + strings.Repeat("b", 200)},
		{"c@antraege.example", "20260327", "20260328", "a\nbcd\uFFFDe\tf", ""}}
	for i, e := range list {
		if e != want[i] {
			t.Errorf("%+v, not %+v", e, want[i])
		}
	}
	empty := ical{name: "Nichts", stamp: stamp}
	if name, list, err = entries(string(empty.end())); err != nil || name != "Nichts" || len(list) != 0 {
		t.Errorf("%q %v %v", name, list, err)
	}
}

// The reader is strict: what calendar programs stumble over is an error.
func TestICalReaderRefuses(t *testing.T) {
	ok := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTAMP:20260327T090000Z\r\nDTSTART;VALUE=DATE:20260327\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	if _, _, err := entries(ok); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{"bare LF": {"UID:a\r\n", "UID:a\n"}, "long line": {"SUMMARY:x", "SUMMARY:" + strings.Repeat("x", 68)}, "no id": {"UID:a\r\n", ""}, "a comma": {"SUMMARY:x", "SUMMARY:x,y"},
		"an escape": {"SUMMARY:x", `SUMMARY:\x`}, "no end": {"END:VEVENT\r\n", ""}, "no date": {":20260327\r\n", ":2026-03-27\r\n"}, "no property": {"SUMMARY:x", "SUMMARY"}, "cut letter": {"SUMMARY:x", "SUMMARY:\xc3\r\n \xa4"}} {
		if _, _, err := entries(strings.Replace(ok, change[0], change[1], 1)); err == nil {
			t.Errorf("%s: nothing is wrong", name)
		}
	}
}

func FuzzICal(f *testing.F) {
	f.Add("Stadt Jena", "Frist: HUST-2026-000001 (Hundesteuer)", int64(0))
	f.Add("a,b;c\\d", strings.Repeat("ä", 100)+"\r\n\n\r", int64(1<<33))
	f.Add("\x80\x80", strings.Repeat("\x80", 200), int64(-1))
	f.Fuzz(func(t *testing.T, calendar, summary string, at int64) {
		when := time.Unix(at%(1<<37), 0).UTC()
		if when.Year() < 1 || when.Year() > 9998 {
			return
		}
		c := ical{name: calendar, stamp: when, host: "antraege.example"}
		c.day("x", when, summary, "https://antraege.example/desk/jena/x")
		name, list, err := entries(string(c.end()))
		if err != nil || len(list) != 1 {
			t.Fatalf("%v %v", list, err)
		}
		if icalText.Replace(name) != icalText.Replace(tidy(calendar)) || icalText.Replace(list[0].summary) != icalText.Replace(tidy(summary)) {
			t.Fatalf("%q and %q became %q and %q", calendar, summary, name, list[0].summary)
		}
	})
}
