package page_test

import (
	"github.com/a-h/templ"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
	"antragswerk/internal/web/page"
)

// letterStories are sample pages of what an office writes with, and of who is asked.
func letterStories(l *locale.Catalogue) map[string]templ.Component {
	s := shell(l, "Bescheid")
	s.Visitor = page.Visitor{Name: "Anna Adler", Detail: "Stadt Jena", LogoutURL: "/auth/staff/logout"}
	step := page.DeskStep{Base: "/desk/jena/1", Query: "?state=open", Case: sampleCase().Case, Service: "Hundesteuer: Hund anmelden"}
	text := page.DeskText{Action: "/desk/jena/1/decide", Templates: page.Options("b", "a", "Bewilligung", "b", "Ablehnung"), Keep: "outcome=refused", Saved: "27. März 2026, 09:00 Uhr"}
	names := []string{"aktenzeichen", "anrede", "frist"}
	proposal := page.DeskProposal{ID: "p", Author: "Anna Adler", Date: "27. März 2026", Outcome: civic.Refused, Letter: "## Hundesteuer\n\nNein.", URL: "/desk/jena/1/proposal"}
	busy := sampleCase()
	busy.Letters = page.DeskLetters{Proposal: &proposal, Begun: []page.DeskLink{{Text: "Bescheid", URL: "/desk/jena/1/decide"}}, Seal: page.DeskSeal{Kind: "ed25519", Digest: "9f3c11", Good: true, Approver: "Lena Lind"},
		Opinions: []page.DeskOpinion{{ID: "1", To: "umwelt@example.org", Question: "Ist der Hund gefährlich?", Fields: "Rufname, Rasse", At: "Gefragt am 27.03.2026", State: "Wartet, bis 10.04.2026", Kind: "warning", Waits: true, Code: "K7QF-M2XD-9PA4-3RTV", Link: "https://antrag.example.org/invited#K7QF-M2XD-9PA4-3RTV"},
			{ID: "2", To: "vet@example.org", Question: "Und der andere?", Fields: "Rasse", At: "Gefragt am 20.03.2026", State: "Beantwortet am 22.03.2026", Kind: "success", By: "Dr. Vet", Said: "Nein, friedlich.", Files: busy.Attachments[:1]}}}
	return map[string]templ.Component{
		"case letters": page.DeskCasePage(s, busy),
		"write":        page.DeskWritePage(s, page.DeskWrite{DeskStep: step, DeskText: text, Text: "Guten Tag {{nmae}}", TextErr: l.T("error.desk.placeholder", "name", "nmae", "line", 1), FileErr: l.T("error.desk.files", "n", 5), FileRule: "Bis zu 5 Dateien"}, names),
		"ask templates": page.DeskAskPage(s, page.DeskAsk{DeskStep: step, DeskText: text, Sections: sampleSummary(), Chosen: map[string]bool{"/hund/name": true}, Comments: map[string]string{"/hund/name": "Wie heißt er?"},
			CommentErr: map[string]string{"/hund/name": l.T("error.desk.placeholder", "name", "x", "line", 1)}, Remind: l.Plural("desk.ask.remind", 3), TextErr: l.T("error.desk.empty")}),
		"decide templates": page.DeskDecidePage(s, page.DeskDecide{DeskStep: step, DeskText: text, Outcome: civic.Refused, Outcomes: []page.DeskOutcome{{Outcome: civic.Refused, URL: "?"}}, Letter: "Nein", Preview: "Nein", Deemed: "31.03.2026",
			FourEyes: true, Placeholders: names, Returned: &page.DeskProposal{By: "Lena Lind", Why: "Bitte begründen"}}),
		"check":     page.DeskCheckPage(s, page.DeskCheck{DeskStep: step, DeskProposal: proposal, Lead: true, Deemed: "31. März 2026", NoteErr: l.T("error.desk.empty")}),
		"check own": page.DeskCheckPage(s, page.DeskCheck{DeskStep: step, DeskProposal: proposal, Own: true}),
		"consult":   page.DeskConsultPage(s, page.DeskConsult{DeskStep: step, DeskText: text, Sections: sampleSummary(), Lives: page.Options("14", "7", "7 Tage", "14", "14 Tage"), EmailErr: l.T("error.desk.consult.email"), Bad: l.T("error.desk.consult.fields")}),
		"opinion": page.OpinionPage(s, page.Opinion{Action: "/opinion/1", Office: "Stadt Jena", Clerk: "Anna Adler", Service: "Hundesteuer", Question: "Gefährlich?", Until: "10. April 2026", Sections: sampleSummary(), FileURL: func(string) string { return "/f" },
			Waits: true, NameErr: l.T("error.opinion.name", "max", 120), FileRule: "PDF", FileErr: "Zu groß"}),
		"opinion given": page.OpinionPage(s, page.Opinion{Office: "Stadt Jena", Said: "Nein", By: "Dr. Vet", At: "heute", FileURL: func(string) string { return "/f" }, Files: []formdef.File{{URN: "urn:uuid:1", Name: "Gutachten.pdf"}}}),
		"templates": page.AdminTemplatesPage(s, page.AdminTemplates{Base: "/admin/jena", Groups: []page.AdminTemplateGroup{{Title: "Bescheid", Text: "Ganze Schreiben", NewURL: "/new", Rows: []page.AdminTemplateRow{{Title: "Ablehnung", URL: "/1", Service: "Alle", Changed: "27.03.2026", Outcome: civic.Refused}}},
			{Title: "Nachricht", Text: "Reiner Text", NewURL: "/new"}}}),
		"template": page.AdminTemplatePage(s, page.AdminTemplate{Action: "/1", BackURL: "/", DeleteURL: "/1/delete", Kind: civic.TemplateLetter, Title: "Ablehnung", Body: "{{nmae}}", BodyErr: l.T("error.desk.placeholder", "name", "nmae", "line", 1),
			Services: page.Options("", "", "Alle"), Outcomes: page.Options("", "", "Jedes"), Placeholders: names, Answers: []page.AdminAnswer{{Pointer: "/hund", Label: "Rufname"}}, Preview: "**Nein**"}),
		"letters": page.AdminLettersPage(s, page.AdminLetters{Base: "/admin/jena", Sender: []string{"Stadt Jena", "Am Anger 15"}, Remind: "3", Tell: true, RemindErr: l.T("error.desk.remind", "max", 30)}),
		"relogin": page.ReloginPage(s, page.Relogin{Action: "/desk/jena/1/decide", LoginURL: "/auth/staff/login", Files: true, Typed: []page.TypedValue{{Name: "letter", Value: "Sehr geehrte Damen und Herren", Shown: true}}}),
	}
}
