package page_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
	"antragswerk/internal/web/page"
	"antragswerk/static"
)

// storyDir keeps the sample pages for looking at them in a browser: go test ./internal/web/page -story DIR.
var storyDir = flag.String("story", "", "folder to write the sample pages and assets to")

// stories are sample pages that show every part and every widget, in the languages.
func stories() map[string]templ.Component {
	all := map[string]templ.Component{}
	for _, tag := range locale.Languages {
		l := locale.For(tag)
		all["form-"+tag] = formStory(l, false)
		all["problems-"+tag] = formStory(l, true)
		all["parts-"+tag] = partsStory(l)
		all["check-"+tag] = checkStory(l)
		for name, c := range staffStories(l) {
			all["staff-"+name+"-"+tag] = c
		}
		for name, c := range letterStories(l) {
			all["letters-"+strings.ReplaceAll(name, " ", "-")+"-"+tag] = c
		}
		for name, c := range draftStories(l) {
			all["draft-"+name+"-"+tag] = c
		}
		for name, c := range guardStories(l) {
			all["guard-"+name+"-"+tag] = c
		}
		all["error-"+tag] = page.Error(shell(l, "Fehler"), "not_found", "")
	}
	return all
}

func shell(l *locale.Catalogue, title string) page.Shell {
	return page.Shell{
		L: l, Title: title, Theme: "", Path: "/jena/hundesteuer/1", CSRF: "t", RequestID: "7f3a-91c2", Demo: true,
		Brand: page.Brand{
			Name: "Stadt Jena", Tagline: "Online-Dienste", State: "Freistaat Thüringen", Home: "/jena", Colour: "#00695c",
			Imprint: "/jena/imprint", Privacy: "/jena/privacy", Accessibility: "/jena/accessibility", Feedback: "/jena/feedback",
		},
		Assets:  assets(),
		Nav:     []page.NavItem{{Text: "Leistungen", URL: "/jena"}, {Text: "Meine Anträge", URL: "/me", Current: true, Count: "2"}},
		Crumbs:  []page.Crumb{{Text: "Stadt Jena", URL: "/jena"}, {Text: "Hundesteuer: Hund anmelden", URL: "/jena/hundesteuer"}},
		Visitor: page.Visitor{Name: "Erika Mustermann", Detail: "BundID, Niveau substanziell", LogoutURL: "/logout"},
		Notice:  &page.Notice{Kind: "success", Text: "Ihre Angaben sind gespeichert."},
		Session: page.Session{Seconds: 1800, KeepURL: "/auth/citizen/keep", LeftURL: "/auth/citizen/left", LoginURL: "/auth/citizen/login?return=/"},
	}
}

// assets are the built ones; without them the pages are drawn without styles.
func assets() page.Assets {
	a, err := static.Open()
	if err != nil {
		return page.Assets{}
	}
	return page.Assets{CSS: a.URL("app.css"), JS: a.URL("app.js"), FontRegular: a.URL("regular.woff2"), FontBold: a.URL("bold.woff2")}
}

func formStory(l *locale.Catalogue, wrong bool) templ.Component {
	v := sampleView(wrong)
	s := shell(l, v.Title)
	s.Errors, s.FormID = wrong, "antrag"
	if wrong {
		s.Notice = nil
	}
	return storyForm(s, v)
}

func partsStory(l *locale.Catalogue) templ.Component {
	s := shell(l, "Posteingang")
	s.Wide, s.Visitor.Name = true, "Kai Klarblick"
	s.Nav = append(s.Nav, page.NavItem{Text: "Auswertung", URL: "/desk/stats"})
	return storyParts(s, civic.CaseStates)
}

func checkStory(l *locale.Catalogue) templ.Component {
	return storyCheck(shell(l, "Angaben prüfen"), sampleSummary())
}

func TestStoriesDraw(t *testing.T) {
	all := stories()
	all["problems-ar"], all["parts-ar"], all["check-ar"] = arabicStory(t), partsStory(arabic), checkStory(arabic)
	for name, c := range all {
		var b bytes.Buffer
		if err := c.Render(t.Context(), &b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if b.Len() > 60_000 {
			t.Errorf("%s: %d bytes, more than a page should need", name, b.Len())
		}
		if *storyDir != "" {
			write(t, filepath.Join(*storyDir, name+".html"), b.Bytes())
		}
	}
	if *storyDir == "" {
		return
	}
	a, err := static.Open()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"app.css", "app.js", "regular.woff2", "bold.woff2"} {
		body, _, _, _ := a.Get(a.URL(name), "")
		write(t, filepath.Join(*storyDir, a.URL(name)), body)
	}
}

func write(t *testing.T, name string, body []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, body, 0o644); err != nil {
		t.Fatal(err)
	}
}

func sampleView(wrong bool) formdef.View {
	problem := func(pointer, keyword, label string, params map[string]string) *formdef.Problem {
		if !wrong {
			return nil
		}
		return &formdef.Problem{Pointer: pointer, Keyword: keyword, Label: label, Params: params}
	}
	name := problem("/halter/familienname", "required", "Familienname", map[string]string{"kind": "text"})
	born := problem("/halter/geburtsdatum", "format", "Geburtsdatum", map[string]string{"format": "date"})
	kind := problem("/hunde/0/herkunft", "required", "Woher haben Sie den Hund?", map[string]string{"kind": "choice"})
	chip := problem("/hunde/0/chip", "format", "Chipnummer", map[string]string{"format": "iso-11784-chip"})
	ok := problem("/einwilligung", "const", "Ich bin einverstanden", map[string]string{"kind": "boolean"})
	proof := problem("/nachweise", "minItems", "Nachweise", map[string]string{"kind": "file", "limit": "2"})
	v := formdef.View{
		Page: formdef.Page{Title: "Angaben zum Hund"}, Number: 2, Of: 5,
		Elements: []formdef.Element{
			{Kind: formdef.KindLabel, Label: "Melden Sie Ihren Hund innerhalb von 14 Tagen an."},
			group("Halterin oder Halter",
				control(formdef.Field{Pointer: "/halter/vorname", Widget: formdef.WidgetOutput, Label: "Vornamen", Value: "Erika", Locked: true}),
				control(formdef.Field{Pointer: "/halter/familienname", Widget: formdef.WidgetText, Label: "Familienname", Required: true, Autocomplete: "family-name", Problem: name}),
				control(formdef.Field{
					Pointer: "/halter/geburtsdatum", Widget: formdef.WidgetDate, Label: "Geburtsdatum", Required: true, Hint: "Zum Beispiel 27.3.1985", Autocomplete: "bday", Problem: born,
					Parts: []formdef.DatePart{{Part: "day", Name: "/halter/geburtsdatum/day", Value: "31"}, {Part: "month", Name: "/halter/geburtsdatum/month", Value: "2"}, {Part: "year", Name: "/halter/geburtsdatum/year", Value: "1985"}},
				}),
				formdef.Element{Kind: formdef.KindHorizontal, Children: []formdef.Element{
					control(formdef.Field{Pointer: "/halter/plz", Widget: formdef.WidgetText, Label: "Postleitzahl", Required: true, Value: "07743", Width: 5, InputMode: "numeric", Autocomplete: "postal-code"}),
					control(formdef.Field{Pointer: "/halter/ort", Widget: formdef.WidgetText, Label: "Ort", Required: true, Value: "Jena"}),
				}},
				control(formdef.Field{Pointer: "/halter/email", Widget: formdef.WidgetText, Type: "email", Label: "E-Mail", Autocomplete: "email", Help: "Wir schreiben Ihnen nur **zu diesem Antrag**.\n\n- Eingang\n- Rückfragen"}),
			),
			{
				Kind: formdef.KindList, Pointer: "/hunde", Label: "Hunde", Hint: "Jeder Hund im Haushalt zählt.", CanAdd: true, AddLabel: "Weiteren Hund hinzufügen",
				Rows: []formdef.Row{{Pointer: "/hunde/0", Title: "Hund 1", CanRemove: true, Elements: []formdef.Element{
					control(formdef.Field{Pointer: "/hunde/0/rasse", Widget: formdef.WidgetSelect, Label: "Rasse", Required: true, Choices: []formdef.Choice{{Value: "dackel", Label: "Dackel"}, {Value: "mops", Label: "Mops", Selected: true}}}),
					control(formdef.Field{Pointer: "/hunde/0/chip", Widget: formdef.WidgetText, Label: "Chipnummer", Required: true, Value: "276098100", Width: 20, Hint: "15 Ziffern, im Heimtierausweis", Problem: chip}),
					control(formdef.Field{Pointer: "/hunde/0/gewicht", Widget: formdef.WidgetNumber, Label: "Gewicht", Suffix: "kg", Value: "12,5"}),
					control(formdef.Field{Pointer: "/hunde/0/herkunft", Widget: formdef.WidgetRadio, Label: "Woher haben Sie den Hund?", Required: true, Problem: kind, Choices: []formdef.Choice{{Value: "a", Label: "Aus dem Tierheim", Hint: "Dann ist das erste Jahr oft steuerfrei."}, {Value: "b", Label: "Von einer Züchterin oder einem Züchter"}}}),
					control(formdef.Field{Pointer: "/hunde/0/kastriert", Widget: formdef.WidgetRadio, Label: "Ist der Hund kastriert?", Required: true, Choices: []formdef.Choice{{Value: "true", Key: "yes", Selected: true}, {Value: "false", Key: "no"}}}),
					{Kind: formdef.KindControl, Hidden: true, When: `{"pointer":"/hunde/0/herkunft","in":["b"]}`, Field: &formdef.Field{Pointer: "/hunde/0/zucht", ID: "f-hunde-0-zucht", Widget: formdef.WidgetText, Label: "Name der Zucht"}},
				}}},
			},
			control(formdef.Field{Pointer: "/merkmale", Widget: formdef.WidgetCheckboxes, Label: "Besondere Aufgaben", Hint: "Wählen Sie alles, was zutrifft.", Choices: []formdef.Choice{{Value: "blind", Label: "Blindenführhund", Selected: true}, {Value: "wach", Label: "Wachhund eines Betriebs"}}}),
			control(formdef.Field{Pointer: "/bemerkung", Widget: formdef.WidgetTextArea, Label: "Bemerkung", TextRows: 4, MaxLength: 1000}),
			control(formdef.Field{
				Pointer: "/nachweise", Widget: formdef.WidgetFile, Label: "Nachweise", Required: true, Problem: proof,
				Rule:  &formdef.FileRule{Label: "Nachweise", MaxBytes: 10_000_000, MaxFiles: 3, MediaTypes: []string{"application/pdf", "image/jpeg", "image/png"}},
				Files: []formdef.File{{URN: "urn:uuid:1", Name: "Impfausweis von Waldemar, Seiten 1 bis 4.pdf", MediaType: "application/pdf", Bytes: 482_113, Verdict: "unscanned"}},
			}),
			control(formdef.Field{Pointer: "/steuer", Widget: formdef.WidgetOutput, Label: "Steuer im Jahr", Value: "108,00", Suffix: "€"}),
			control(formdef.Field{Pointer: "/einwilligung", Widget: formdef.WidgetCheckbox, Label: "Ich bin einverstanden, dass die Bescheide elektronisch kommen", Required: true, Problem: ok}),
			{Kind: formdef.KindHelp, Label: "Was ist ein gefährlicher Hund?", Text: "Das steht im [Gesetz](https://landesrecht.thueringen.de)."},
		},
	}
	for _, p := range []*formdef.Problem{name, born, kind, chip, proof, ok} {
		if p != nil {
			v.Problems = append(v.Problems, *p)
		}
	}
	return v
}

func control(f formdef.Field) formdef.Element {
	f.ID = "f" + string(bytes.ReplaceAll([]byte(f.Pointer), []byte("/"), []byte("-")))
	return formdef.Element{Kind: formdef.KindControl, Pointer: f.Pointer, Field: &f}
}

func group(label string, children ...formdef.Element) formdef.Element {
	return formdef.Element{Kind: formdef.KindGroup, Label: label, Children: children}
}

func sampleSummary() []formdef.Section {
	return []formdef.Section{
		{Page: 0, Title: "Halterin oder Halter", Rows: []formdef.Line{
			{Pointer: "/halter/vorname", Label: "Vornamen", Value: "Erika", Locked: true},
			{Pointer: "/halter/anschrift", Label: "Anschrift", Value: "Heidestraße 17\n07743 Jena"},
			{Pointer: "/halter/telefon", Label: "Telefon", Key: "unanswered"},
		}},
		{Page: 1, Title: "Hunde", Rows: []formdef.Line{
			{Label: "Hund 1", Heading: true, Level: 1},
			{Pointer: "/hunde/0/rufname", Label: "Rufname", Value: "Waldemar"},
			{Pointer: "/hunde/0/kastriert", Label: "Kastriert", Key: "yes"},
			{Label: "Hund 2", Heading: true, Level: 1},
			{Pointer: "/hunde/1/rufname", Label: "Rufname", Value: "Donaudampfschifffahrtsgesellschaftskapitänshund"},
			{Pointer: "/nachweise", Label: "Nachweise", Files: []formdef.File{{URN: "urn:uuid:1", Name: "Impfausweis.pdf", Bytes: 482_113, Verdict: "clean"}}},
		}},
	}
}
