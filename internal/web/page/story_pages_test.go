package page_test

import (
	"context"
	"io"

	"github.com/a-h/templ"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/web/page"
	"antragswerk/internal/web/page/widget"
)

// row draws components one after the other.
func row(parts ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for _, p := range parts {
			if err := p.Render(ctx, w); err != nil {
				return err
			}
		}
		return nil
	})
}

// in draws children inside of a component.
func in(outer templ.Component, children ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return outer.Render(templ.WithChildren(ctx, row(children...)), w)
	})
}

func raw(html string) templ.Component { return templ.Raw(html) }

func storyForm(s page.Shell, v formdef.View) templ.Component {
	kit := widget.Kit{L: s.L, FileURL: func(urn string) string { return "/files/" + urn }}
	return in(page.Layout(s),
		page.ErrorSummary(s.L, page.Issues(s.L, v)),
		page.Steps(s.L, v.Number, v.Of),
		raw(`<h1 class="kern-heading-large">`+v.Title+`</h1>`),
		in(page.Form(s, page.FormAttrs{ID: "antrag", Action: "/jena/hundesteuer/1", Multipart: widget.HasFiles(v.Elements), Autosave: true}),
			in(page.Fields(), widget.Elements(kit, v.Elements)),
			in(page.Buttons(),
				page.Button(page.Btn{Text: "Weiter", Name: "_action", Value: "next"}),
				page.Button(page.Btn{Text: "Zurück", Kind: "secondary", Name: "_action", Value: "back"}),
				page.Button(page.Btn{Text: "Speichern und später weitermachen", Kind: "tertiary", Name: "_action", Value: "save"}),
			),
		),
	)
}

func storyCheck(s page.Shell, sections []formdef.Section) templ.Component {
	o := page.SummaryOpts{
		Change:  func(sec formdef.Section) string { return "/jena/hundesteuer/1" },
		FileURL: func(urn string) string { return "/files/" + urn },
	}
	return in(page.Layout(s),
		raw(`<h1 class="kern-heading-large">Prüfen Sie Ihre Angaben</h1>`),
		page.SummaryList(s, sections, o),
		in(page.Alert("info", "Gebühr"), raw(`<p class="kern-body">Es fällt keine Gebühr an.</p>`)),
		page.CopyText(s.L, "K7QF-92MD-XW4T"),
		in(page.Buttons(), page.Button(page.Btn{Text: "Antrag absenden"})),
	)
}

func storyParts(s page.Shell, states []civic.CaseState) templ.Component {
	var rows []templ.Component
	for _, state := range states {
		rows = append(rows, raw(`<tr class="kern-table__row"><td class="kern-table__cell"><a class="kern-link" href="/desk/1">HUST-2026-000123</a></td><td class="kern-table__cell">Hundesteuer anmelden</td><td class="kern-table__cell">`),
			page.CaseBadge(s.L, state), raw(`</td><td class="kern-table__cell kern-table__cell--numeric">27.03.2026</td></tr>`))
	}
	search := page.Input{Name: "q", Label: "Suche", Type: "search", Hint: "Aktenzeichen, Name oder Stichwort", Error: "Schreiben Sie mindestens drei Zeichen.", Value: "ab", NoMark: true}
	return in(page.Layout(s),
		page.ErrorSummary(s.L, page.InputIssues(search)),
		raw(`<h1 class="kern-heading-large">Posteingang</h1>`),
		in(page.Form(s, page.FormAttrs{Action: "/desk"}),
			page.Field(s.L, search),
			page.Field(s.L, page.Input{Kind: formdef.WidgetSelect, Name: "state", Label: "Stand", Options: page.Options("b", "a", "Neu", "b", "In Arbeit")}),
			in(page.Buttons(), page.Button(page.Btn{Text: "Suchen", Icon: "search"}), page.Button(page.Btn{Text: "Neu", Icon: "add", Kind: "secondary", Href: "/desk/new"})),
		),
		in(page.Table(page.TableHead{Caption: "Vorgänge", Columns: []page.Column{{Text: "Aktenzeichen", URL: "?sort=number"}, {Text: "Leistung"}, {Text: "Stand"}, {Text: "Eingang", Numeric: true, Sort: "descending", URL: "?sort=received"}}}), rows...),
		page.Pager(s.L, "?before=1", "?after=2"),
		page.TaskList(s.L, []formdef.Page{{Index: 0, Title: "Person", Task: "Angaben", Done: true}, {Index: 1, Title: "Hund", Task: "Angaben", Visited: true}, {Index: 2, Title: "Nachweise", Task: "Unterlagen"}}, func(p formdef.Page) string { return "/p" }),
		in(page.Alert("warning", "Nicht auf Schadsoftware geprüft"), page.Markdown("Öffnen Sie die Anlage **mit Vorsicht**.\n\n### Warum?\n\nDer Prüfdienst ist nicht eingerichtet: [Anleitung](/docs).")),
		in(page.Cards(), in(page.Card("Hundesteuer: Hund anmelden", "/jena/hundesteuer"), raw(`<p class="kern-body">Wer einen Hund hält, meldet ihn binnen 14 Tagen an.</p>`)), in(page.Card("Bewohnerparkausweis", "/jena/parken"), raw(`<p class="kern-body">Parken in der Nähe der Wohnung.</p>`))),
		page.Facts("Leistung", "Hundesteuer", "Frist", "27. März 2026", "Leer", ""),
		page.PublicBadge(s.L, "PROCESSING"),
	)
}
