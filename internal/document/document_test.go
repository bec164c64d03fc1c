package document

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/locale"
)

// letters are some of DIN 91379 that fonts often lack, with the sequences that have no code of their own.
const letters = "Grüße, GROẞ, Łódź, Şükrü Yılmaz, Erdoğan, Ǧ, Ș ț, Ḍ Ḥ Ṭ, Ẽ ẽ, Ỳ ỷ, Ə, ʼ, Ŋ ŋ, Ħ ħ, Đ đ, Ŵ ŵ, Ῥ Ж"

func receipt(rows int) civic.ReceiptDocument {
	r := civic.ReceiptDocument{
		Lang: "de", Title: "Eingangsbestätigung", Tenant: "Stadt Jena", Service: "Hundesteuer: Anmeldung eines Hundes",
		FileNumber: "HUST-2026-000123", Submitted: "24. November 2026, 10:15 Uhr",
		Intro: []string{"Ihr Antrag ist bei uns eingegangen. Bewahren Sie diese Bestätigung auf. Sie brauchen nichts weiter zu tun, bis wir uns melden."},
		Facts: [][2]string{
			{"Aktenzeichen", "HUST-2026-000123"}, {"Eingegangen am", "24. November 2026, 10:15 Uhr"},
			{"Zuständig", "Stadt Jena, Fachdienst Haushalt und Steuern"}, {"Prüfsumme", "3f8a 92c1 77d0 b41e 58aa 0c93 6f12 e7d4"},
		},
		Sections: []civic.DocumentSection{{Title: "Angaben zur Person", Rows: []civic.DocumentRow{
			{Label: "Familienname", Value: "Öztürk-Weiß"}, {Label: "Weitere Namen", Value: letters},
			{Label: "Anschrift", Value: "Straße des Beispiels 12a\n99084 Erfurt"},
			{Label: "Zeichen ohne Glyphe", Value: "漢 und 😀"},
		}}},
		Footer:    "Elektronisch erstellt; ohne Unterschrift gültig.",
		VerifyURL: "https://antraege.example.org/verify?c=" + strings.Repeat("Aa0-_zZ", 20),
		Check:     [][2]string{{"Aktenzeichen bei Eingang", "HUST-2026-000123"}, {"Signatur", strings.Repeat("Zz0+/", 17) + "x=="}},
		Created:   time.Date(2026, 11, 24, 9, 15, 0, 0, time.UTC),
	}
	sec := civic.DocumentSection{Title: "Angaben zu den Hunden"}
	for i := range rows {
		sec.Rows = append(sec.Rows,
			civic.DocumentRow{Label: fmt.Sprintf("Hund %d", i+1), Heading: true},
			civic.DocumentRow{Label: "Rufname", Value: fmt.Sprintf("Bello der %d.", i+1)},
			civic.DocumentRow{Label: "Wird der Hund als Blindenführhund oder zum Schutz hilfloser Menschen gehalten?", Value: "Nein"},
			civic.DocumentRow{Label: "Beschreibung", Value: strings.Repeat("Ein freundlicher Hund mit braunem Fell. ", 6)})
	}
	if rows > 0 {
		r.Sections = append(r.Sections, sec)
	}
	return r
}

func letter() civic.Letter {
	return civic.Letter{
		Lang: "de", Title: "Ihr Antrag auf einen Bewohnerparkausweis", FileNumber: "BPA-2026-000007", Date: "24. November 2026",
		Head: []string{"Stadt Jena", "Am Anger 15", "07743 Jena"},
		To:   []string{"Frau", "Dr. Aylin Öztürk-Weiß", "Straße des Beispiels 12a", "99084 Erfurt"},
		Body: `Sehr geehrte Frau Dr. Öztürk-Weiß,

auf Ihren Antrag vom 3. November 2026 ergeht folgender **Bescheid**:

1. Der Bewohnerparkausweis wird für die Zone *Damenviertel* erteilt.
2. Er gilt bis zum 31. Dezember 2027.
3. Die Gebühr beträgt 30,00 €.

## Begründung

Sie sind mit Hauptwohnung in der Zone gemeldet und halten das Fahrzeug selbst. Die Voraussetzungen des
§ 45 Abs. 1b Satz 1 Nr. 2a StVO liegen damit vor:

- Hauptwohnung in der Zone
  - gemeldet seit dem 1. März 2024
- kein eigener Stellplatz

> Der Ausweis ist gut lesbar hinter der Windschutzscheibe anzubringen.

Mehr dazu finden Sie unter [Parken in Jena](https://www.example.org/parken). <b>Kein HTML</b> ![Bild](https://evil.example/x.png)

---

## Rechtsbehelfsbelehrung

Gegen diesen Bescheid kann innerhalb eines Monats nach Bekanntgabe Widerspruch erhoben werden.

Mit freundlichen Grüßen
Klara Akte`,
		Footer:  "Stadt Jena · Postfach 100338 · 07703 Jena · Telefon 03641 49-0",
		Created: time.Date(2026, 11, 24, 9, 15, 0, 0, time.UTC),
	}
}

// readText reads a PDF as a screen reader's user would get it.
func readText(t *testing.T, pdf []byte) string {
	t.Helper()
	return execute(t, pdf, "pdftotext", "-layout", "-", "-")
}

func execute(t *testing.T, stdin []byte, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is missing; install it with: apt-get install poppler-utils", name)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Stdin = bytes.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", name, err, out)
	}
	return string(out)
}

// keep writes the file where a person who sets DOCUMENT_OUT wants to look at it.
func keep(t *testing.T, name string, pdf []byte) {
	t.Helper()
	if dir := os.Getenv("DOCUMENT_OUT"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name), pdf, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func contains(t *testing.T, got string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("%q is missing in:\n%s", w, got)
		}
	}
}

func TestReceipt(t *testing.T) {
	pdf, err := New(Config{}).Receipt(t.Context(), receipt(1))
	if err != nil {
		t.Fatal(err)
	}
	keep(t, "receipt.pdf", pdf)
	got := readText(t, pdf)
	contains(t, got, "Eingangsbestätigung", "HUST-2026-000123", "GROẞ", "Łódź", "Şükrü", "Erdoğan", "Ḍ Ḥ Ṭ", "Ŋ ŋ", "Straße des Beispiels 12a",
		"□ und □", "Seite 1 von 2", "Bello der 1.", "Angaben zur Prüfung")
	info := execute(t, pdf, "pdfinfo", "-")
	contains(t, info, "Title:           Eingangsbestätigung HUST-2026-000123", "Author:          Stadt Jena", "CreationDate:    Tue Nov 24 09:15:00 2026")
	if !bytes.Contains(pdf, []byte("/Lang (de)")) {
		t.Error("the file does not say its language")
	}
}

func TestLongReceipt(t *testing.T) {
	pdf, err := New(Config{}).Receipt(t.Context(), receipt(40))
	if err != nil {
		t.Fatal(err)
	}
	keep(t, "long.pdf", pdf)
	got := readText(t, pdf)
	contains(t, got, "Bello der 40.", "Seite 2 von ", "Aktenzeichen HUST-2026-000123")
	if pages := strings.Count(got, "\f"); !strings.Contains(got, fmt.Sprintf("Seite %d von %d", pages, pages)) {
		t.Errorf("the last of %d pages is not numbered", pages)
	}
}

func TestOneLongValueGoesOverPages(t *testing.T) {
	r := receipt(0)
	r.Sections = []civic.DocumentSection{{Title: "Begründung", Rows: []civic.DocumentRow{
		{Label: "Text", Value: strings.Repeat("Wort ", 3000) + "Ende"}, {Label: "Ohne Leerzeichen", Value: strings.Repeat("ß", 5000)},
	}}}
	pdf, err := New(Config{}).Receipt(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	got := readText(t, pdf)
	if n := strings.Count(got, "Wort"); n != 3000 {
		t.Errorf("%d of 3000 words", n)
	}
	if n := strings.Count(got, "ß"); n < 5000 {
		t.Errorf("%d of 5000 letters", n)
	}
}

func TestEqualInputMakesEqualBytes(t *testing.T) {
	p, weasy := New(Config{}), New(Config{WeasyPrint: "weasyprint"})
	for name, print := range map[string]func(context.Context) ([]byte, error){
		"receipt": func(ctx context.Context) ([]byte, error) { return p.Receipt(ctx, receipt(3)) },
		"letter":  func(ctx context.Context) ([]byte, error) { return p.Letter(ctx, letter()) },
		"tagged":  func(ctx context.Context) ([]byte, error) { return weasy.Letter(ctx, letter()) },
	} {
		first, err := print(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		again, err := print(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, again) {
			t.Errorf("%s: other bytes", name)
		}
	}
}

func TestLetter(t *testing.T) {
	pdf, err := New(Config{}).Letter(t.Context(), letter())
	if err != nil {
		t.Fatal(err)
	}
	keep(t, "letter.pdf", pdf)
	got := readText(t, pdf)
	contains(t, strings.Join(strings.Fields(got), " "), "• Hauptwohnung", "Dr. Aylin Öztürk-Weiß", "BPA-2026-000007", "24. November 2026", "2. Er gilt", "Begründung", "<b>Kein HTML</b>",
		"Seite 1 von", "Stadt Jena · Am Anger 15")
	if strings.Contains(got, "**") || bytes.Contains(pdf, []byte("evil.example")) {
		t.Error("Markdown was not read, or a picture's address was kept")
	}
}

func TestWeasyPrint(t *testing.T) {
	path, err := exec.LookPath("weasyprint")
	if err != nil {
		t.Fatal("weasyprint is missing; install it with: apt-get install weasyprint")
	}
	p := New(Config{WeasyPrint: path})
	for name, print := range map[string]func() ([]byte, error){
		"receipt": func() ([]byte, error) { return p.Receipt(t.Context(), receipt(2)) },
		"letter":  func() ([]byte, error) { return p.Letter(t.Context(), letter()) },
	} {
		pdf, err := print()
		if err != nil {
			t.Fatal(err)
		}
		keep(t, "weasy-"+name+".pdf", pdf)
		contains(t, readText(t, pdf), "Öztürk-Weiß", "Seite 1 von", "Stadt Jena")
		contains(t, execute(t, pdf, "pdfinfo", "-"), "Tagged:          yes")
	}
}

func TestWeasyPrintFails(t *testing.T) {
	for name, path := range map[string]string{"writes nothing": "/bin/true", "fails": "/bin/false"} {
		if _, err := New(Config{WeasyPrint: path}).Receipt(t.Context(), receipt(0)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestWeasyPrintIsStopped(t *testing.T) {
	slow := filepath.Join(t.TempDir(), "slow")
	if err := os.WriteFile(slow, []byte("#!/bin/sh\nexec sleep 600\n"), 0o700); err != nil { // #nosec -- a program
		t.Fatal(err)
	}
	begin := time.Now()
	_, err := New(Config{WeasyPrint: slow, Timeout: 200 * time.Millisecond}).Letter(t.Context(), letter())
	if err == nil || time.Since(begin) > 30*time.Second {
		t.Errorf("after %v: %v", time.Since(begin), err)
	}
}

func TestWithoutTheProgramTheBuiltInEnginePrints(t *testing.T) {
	p := New(Config{WeasyPrint: "/nonexistent/weasyprint"})
	if got := p.Engine(); got != "built-in" {
		t.Errorf("engine %q", got)
	}
	pdf, err := p.Receipt(t.Context(), receipt(0))
	if err != nil {
		t.Fatal(err)
	}
	contains(t, readText(t, pdf), "Öztürk-Weiß")
}

func TestWithoutADateNoneIsClaimed(t *testing.T) {
	r := receipt(1)
	r.Created = time.Time{}
	p := New(Config{})
	first, err := p.Receipt(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(1100 * time.Millisecond) // dates in a PDF have seconds
	again, err := p.Receipt(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, again) {
		t.Error("other bytes a second later")
	}
	if info := execute(t, first, "pdfinfo", "-"); strings.Contains(info, "Date:") {
		t.Errorf("a date is claimed:\n%s", info)
	}
}

func TestEnglishLetterWithoutAddressee(t *testing.T) {
	l := letter()
	l.Lang, l.To = "en", nil
	pdf, err := New(Config{}).Letter(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	keep(t, "open.pdf", pdf)
	contains(t, readText(t, pdf), "Page 1 of 1", "File number BPA-2026-000007")
}

// Nothing that an author or a citizen writes becomes markup, or reaches out of the document.
func TestHostileTextIsOnlyText(t *testing.T) {
	const evil = `<script>alert(1)</script><img src="https://evil.example/x.png"><style>@import "https://evil.example/"</style>`
	p := New(Config{})
	r := receipt(0)
	r.Title, r.Tenant, r.FileNumber, r.Footer = evil, evil, `"; } @import "https://evil.example/`, evil
	r.Sections[0].Rows = []civic.DocumentRow{{Label: evil, Value: evil}, {Label: evil, Heading: true}}
	l := letter()
	l.Head, l.To = []string{evil}, []string{evil}
	l.Body = evil + "\n\n![x](file:///etc/passwd)\n\n[y](javascript:alert(1))\n\n" + strings.Repeat(">", 2000) + strings.Repeat("- ", 2000) + "deep\n\n    " + evil
	words := locale.For("de")
	for name, html := range map[string]func() ([]byte, error){
		"receipt": func() ([]byte, error) { return p.receiptHTML(r, words) },
		"letter":  func() ([]byte, error) { return p.letterHTML(l, words) },
	} {
		page, err := html()
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"<script", `src="http`, `src="file`, "href=", `@import "`} {
			if bytes.Contains(page, []byte(bad)) {
				t.Errorf("%s: %s in %s", name, bad, page)
			}
		}
	}
	pdf, err := p.Letter(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	contains(t, readText(t, pdf), "<script>alert(1)</script>", "deep")
	if bytes.Contains(pdf, []byte("/URI")) || bytes.Contains(pdf, []byte("/JavaScript ")) {
		t.Error("the PDF has links or scripts")
	}
	if pdf, err = p.Receipt(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	contains(t, readText(t, pdf), "<script>alert(1)</script>")
}

func TestLines(t *testing.T) {
	s := newSheet(loadFonts())
	const narrow = 30.0
	for text, want := range map[string]int{"": 1, "kurz": 1, "zwei\nZeilen": 2, "leer\n\ndazwischen": 3, strings.Repeat("W", 100): 12,
		"Donau\u00addampf\u00adschiff\u00adfahrt": 2, "  vorn": 1} {
		got := s.lines([]run{{text, valueStyle}}, narrow)
		if len(got) != want {
			t.Errorf("%q: %d lines, want %d: %v", text, len(got), want, got)
		}
		for _, l := range got {
			width := 0.0
			for _, r := range l {
				width += s.fonts.width(r.text, r.style.face, r.style.size)
			}
			if width > narrow+2 { // a hyphen may stand out
				t.Errorf("%q: a line of %.1f mm: %v", text, width, l)
			}
		}
	}
	if got := s.lines([]run{{"Donau\u00addampf\u00adschiff\u00adfahrt", valueStyle}}, narrow)[0]; !strings.HasSuffix(got[0].text, "-") {
		t.Errorf("no hyphen at the end of %v", got)
	}
}

// FuzzLetter reads and lays out what no clerk would write; the PDF library, slow under the fuzzer, stays out.
func FuzzLetter(f *testing.F) {
	f.Add(letter().Body)
	f.Add("> 1. - # `x`\n\n\t<i>\n![a][b]\n\n[b]: javascript:alert(1)")
	p, words := New(Config{}), locale.For("de")
	f.Fuzz(func(t *testing.T, body string) {
		l := letter()
		l.Body = body
		for i, page := range p.layLetter(l, words).pages {
			for _, m := range page {
				if m.y < 0 || m.y > pageHeight || m.x < 0 || m.x > right+1 {
					t.Errorf("page %d: %+v lies outside", i+1, m)
				}
			}
		}
		html, err := p.letterHTML(l, words)
		if err != nil {
			t.Error(err)
		}
		if bytes.Contains(html, []byte("href=")) || bytes.Contains(html, []byte("<script")) {
			t.Errorf("active content in %s", html)
		}
	})
}

// BenchmarkReceipt compares, in one run, a receipt with the typeface that is kept and one that reads it anew, as every
// receipt once did.
func BenchmarkReceipt(b *testing.B) {
	p := New(Config{})
	for _, x := range []struct {
		name    string
		prepare func() fonts
	}{{"typeface kept", loadFonts}, {"typeface read each time", readTypeface}} {
		b.Run(x.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.fonts = x.prepare()
				if _, err := p.Receipt(b.Context(), receipt(1)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
