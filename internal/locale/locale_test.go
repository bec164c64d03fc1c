package locale

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func TestForFallsBack(t *testing.T) {
	for tag, want := range map[string]string{"de": "de", "EN": "en", "en-GB": "en", "de-LS": "de-LS", "de-AT": "de", "fr": "de", "": "de"} {
		if got := For(tag).Tag; got != want {
			t.Errorf("%q: %q, want %q", tag, got, want)
		}
	}
}

func TestTexts(t *testing.T) {
	de, en := For("de"), For("en")
	if got := de.T("form.step", "n", 2, "of", 5); got != "Schritt 2 von 5" {
		t.Error(got)
	}
	if got := de.T("shell.title.error", "title", "{title} {n}"); got != "Fehler: {title} {n}" {
		t.Errorf("a value was filled again: %q", got)
	}
	if got := de.T("no.such.key"); got != "no.such.key" {
		t.Error(got)
	}
	if got := en.Plural("problem.summary", 1); got != "Please check one answer" {
		t.Error(got)
	}
	if got := de.Plural("problem.summary", 1200); got != "Bitte prüfen Sie 1.200 Angaben" {
		t.Error(got)
	}
	if got := For("de-LS").T("pager.newer"); got != "Neuere" {
		t.Errorf("plain German does not fall back: %q", got)
	}
}

func TestWriting(t *testing.T) {
	de, en := For("de"), For("en")
	at := time.Date(2026, 3, 27, 23, 30, 0, 0, time.UTC) // 00:30 of the next day in Germany
	for got, want := range map[string]string{
		de.Money(123450):      "1.234,50\u00a0€",
		en.Money(123450):      "€1,234.50",
		de.Money(-5):          "-0,05\u00a0€",
		de.Number("1234567"):  "1.234.567",
		de.Number("-0.070"):   "-0,070",
		en.Number("1234.5"):   "1,234.5",
		de.Number("1e9"):      "1e9",
		de.Number(""):         "",
		de.Date(at):           "28. März 2026",
		en.Date(at):           "28 March 2026",
		de.DateShort(at):      "28.03.2026",
		de.DateTime(at):       "28. März 2026, 00:30\u00a0Uhr",
		en.Time(at):           "00:30",
		de.Bytes(999):         "999\u202fB",
		de.Bytes(482_113):     "482\u202fkB",
		de.Bytes(9_800_000):   "9,8\u202fMB",
		de.Bytes(10_000_000):  "10\u202fMB",
		en.Bytes(250_000_000): "250\u202fMB",
		de.Limit(10 << 20):    "10\u202fMB",
		de.Limit(500_000):     "500\u202fkB",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if de.Date(time.Time{})+de.DateTime(time.Time{})+de.Time(time.Time{})+de.DateShort(time.Time{}) != "" {
		t.Error("the zero time is written")
	}
	if got := de.Money(-1 << 63); !strings.HasPrefix(got, "-92.233.720.368.547.758,08") {
		t.Error(got)
	}
}

func TestKeyInTwoFiles(t *testing.T) {
	twice := fstest.MapFS{
		"catalogue/de/a.json": {Data: []byte(`{"k": "1"}`)},
		"catalogue/de/b.json": {Data: []byte(`{"k": "2"}`)},
	}
	if _, err := read(twice, "de"); err == nil || !strings.Contains(err.Error(), `"k"`) {
		t.Errorf("no error that names the key: %v", err)
	}
	if _, err := read(fstest.MapFS{"catalogue/de/a.json": {Data: []byte(`[`)}}, "de"); err == nil {
		t.Error("broken JSON is taken")
	}
}
