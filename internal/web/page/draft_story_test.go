package page_test

import (
	"github.com/a-h/templ"

	"antragswerk/internal/locale"
	"antragswerk/internal/web/page"
)

// draftStories are the pages of drafts in several hands and of co-signatures, with and without something wrong.
func draftStories(l *locale.Catalogue) map[string]templ.Component {
	files := func(urn string) string { return "/files/" + urn }
	s := shell(l, "Entwurf")
	s.FormID = "antrag"
	lives := page.Options("7", "1", "1 Tag", "7", "7 Tage", "14", "14 Tage")
	helpers := page.Helpers{Service: "Hundesteuer", Base: "/x/helpers", BackURL: "/x/1", Link: "https://antraege.example/invited", Lives: lives, OfferSend: true,
		List: []page.Helper{{Name: "Frau Weber, Beratung", Until: "1.12.2026", Code: "K7QF-M2XD-9PA4-3RTV", Link: "https://antraege.example/invited#K7QF-M2XD-9PA4-3RTV", EndURL: "/x/helpers/1/end"},
			{Name: "Sohn", Until: "2.12.2026", Opened: "24.11.2026", Code: "K7QF-M2XD-9PA4-3RTW", Link: "https://antraege.example/invited#K7QF-M2XD-9PA4-3RTW", EndURL: "/x/helpers/2/end", MaySend: true}},
		Hands: []page.Hand{{Page: "Ihre Angaben", By: "Sohn", At: "24.11.2026"}}}
	wrong := helpers
	wrong.Field, wrong.Problem = "name", "Geben Sie an, wen Sie einladen"
	ask := page.CosignPage{Service: "Kita-Platz anmelden", Authority: "Stadt Jena", Action: "/invited/1", Until: "8.12.2026", PrivacyURL: "/jena/kita/privacy", Sections: sampleSummary(),
		FileURL: files, Open: true, Declaration: "Ich bin einverstanden."}
	signed, bad := ask, ask
	signed.Open, signed.Answer = false, "confirmed"
	bad.Field, bad.Problem = "declaration", "Kreuzen Sie die Erklärung an"
	v := sampleView(false)
	form := page.FormPage{Service: "Hundesteuer", View: v, Action: "/x/1", SeenField: "_seen", Seen: "7.abcdefgh", FileURL: files, Saved: "12:03", Prove: true,
		Clashes: []page.Clash{{Label: "Familienname", Mine: "Schulz", Theirs: "Schmidt"}, {Label: "Hunde", Mine: "Bello", Gone: true}},
		Helping: page.Helping{Until: "1.12.2026", LastBy: "Erika"}}
	check := page.CheckPage{Service: "Kita", Sections: sampleSummary(), FileURL: files, Action: "/x/submit", BackURL: "/x/1", PrivacyURL: "/p", Authority: "Stadt Jena", Declaration: "Ich versichere.",
		SeenField: "_seen", Seen: "7.abcdefgh", Cosign: "Nach dem Absenden …", Helping: page.Helping{URL: "/x/helpers"}}
	receipt := page.Receipt{Service: "Kita", Authority: "Stadt Jena", FileNumber: "KITA-2026-000001", PDF: "/r.pdf", CaseURL: "/me/1",
		Awaited: &page.AwaitedBox{Who: "der andere Elternteil", Until: "8.12.2026", Code: "K7QF-M2XD-9PA4-3RTV", Link: "https://antraege.example/invited#K7QF-M2XD-9PA4-3RTV", Page: "https://antraege.example/invited",
			RenewURL: "/me/1/reinvite", Mailed: "max@example.org"}}
	return map[string]templ.Component{
		"clash": page.ApplyPage(s, form), "check": page.ReviewPage(s, check), "awaited": page.ReceiptPage(shell(l, "Empfang"), receipt),
		"helpers": page.HelpersPage(shell(l, "Helfen"), helpers), "helpers-wrong": page.HelpersPage(shell(l, "Helfen"), wrong),
		"invited": page.Invited(shell(l, "Einladung"), page.InvitedPage{Code: "K7", CodeErr: "Dieser Code öffnet nichts", Held: true}),
		"cosign":  page.Cosign(s, ask), "cosign-wrong": page.Cosign(s, bad), "cosigned": page.Cosign(shell(l, "Bestätigt"), signed),
		"rescue": page.RescuePage(s, page.Rescue{Action: "/x/1", LoginURL: "/auth", Typed: []page.TypedValue{{Name: "/halter/familienname", Value: "<b>Schulz</b>", Shown: true}, {Name: "_seen", Value: "7.abcdefgh"}}}),
	}
}
