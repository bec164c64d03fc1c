package page_test

import (
	"maps"
	"strings"
	"time"

	"github.com/a-h/templ"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
	"antragswerk/internal/web/page"
)

// staffStories are sample pages of the desk, the administration and the state.
func staffStories(l *locale.Catalogue) map[string]templ.Component {
	s := shell(l, "Posteingang")
	s.Wide, s.Notice = true, nil
	s.Visitor = page.Visitor{Name: "Anna Adler", Detail: "Stadt Jena", LogoutURL: "/auth/staff/logout"}
	s.Commands = page.Commands{URL: "/desk/keys", Find: "/desk/jena"}
	s.Nav = []page.NavItem{{Text: l.T("nav.desk"), URL: "/desk/jena", Current: true}, {Text: l.T("nav.admin"), URL: "/admin/jena"}}
	narrow := s
	narrow.Wide = false
	step := page.DeskStep{Base: "/desk/jena/1", Query: "?state=open", Case: sampleCase().Case, Service: "Hundesteuer: Hund anmelden"}
	all := map[string]templ.Component{
		"inbox": page.InboxPage(s, sampleInbox()), "bulk": page.BulkPage(narrow, sampleBulk(false)), "bulk-chosen": page.BulkPage(narrow, sampleBulk(true)),
		"bulks":  page.BulksPage(narrow, page.Bulks{InboxURL: "/desk/jena", ExportsURL: "/desk/jena/exports", Rows: []page.BulkRow{{URL: "/desk/jena/bulk/1", Step: l.T("bulk.step.close"), When: "27. März 2026", Who: "Bert Bach", State: "finished"}}, NextURL: "?before=1"}),
		"export": page.ExportPage(narrow, sampleExport(l)), "exports": page.ExportsPage(narrow, page.Exports{InboxURL: "/desk/jena", BulksURL: "/desk/jena/bulk", Rows: []page.ExportRow{{URL: "/desk/jena/exports/1", When: "27. März 2026", Who: "Bert Bach", Format: "XLSX", Rows: "12.000", State: "failed"}}}),
		"export-made":    page.ExportMadePage(narrow, page.ExportMade{URL: "/desk/jena/exports/1", ListURL: "/desk/jena/exports", State: "finished", Own: true, Facts: []string{"SHA-256", strings.Repeat("0f", 32)}}),
		"export-running": page.ExportMadePage(narrow, page.ExportMade{URL: "/desk/jena/exports/1", ListURL: "/desk/jena/exports", State: "running", Own: true, Rows: "5.000"}), "case": page.DeskCasePage(s, sampleCase()),
		"ask": page.DeskAskPage(narrow, page.DeskAsk{DeskStep: step, Sections: sampleSummary(), Text: "Bitte noch einmal", Due: "2026-04-10", Bad: l.T("error.desk.fields")}),
		"decide": page.DeskDecidePage(narrow, page.DeskDecide{DeskStep: step, Outcome: civic.Refused, Letter: l.T("desk.letter.refused"), Preview: "## Hundesteuer\n\n**Abgelehnt.**", Deemed: "31.03.2026",
			Outcomes: []page.DeskOutcome{{Outcome: civic.Granted, URL: "?outcome=granted"}, {Outcome: civic.Refused, URL: "?outcome=refused"}}}),
		"compare": page.DeskComparePage(narrow, page.DeskCompare{DeskStep: step, Other: civic.Case{ID: "2", FileNumber: "HUST-2026-000124"}, Facts: []page.DeskChange{{Label: "Stand", Before: "Eingegangen", After: "Eingegangen"}},
			Differ: []page.DeskChange{{Label: "Rufname", Before: "Bello", After: "Belo"}}, Same: 7, Keep: "1", Text: "Guten Tag", TextError: l.T("error.desk.empty"), MayMerge: true, RefuseURL: "/desk/jena/2/decide", RefuseText: "HUST-2026-000124"}),
		"annotate": page.DeskAnnotatePage(narrow, page.DeskAnnotate{DeskStep: step, View: sampleView(true), Revision: 1, Wrong: l.T("error.desk.annotations.moved")}),
		"forward":  page.DeskForwardPage(narrow, page.DeskForward{DeskStep: step, Search: "gera", Targets: page.Options("", "g", "Stadt Gera", "h", "Geratal"), Bad: l.T("error.desk.target")}),
		"admin": page.AdminHomePage(narrow, page.AdminHome{Base: "/admin/jena", PublicURL: "/jena", Doors: []page.Door{{Title: l.T("admin.profile"), Text: l.T("admin.door.profile"), URL: "/admin/jena/profile"}},
			Missing: []page.Issue{{Text: l.T("admin.missing.head"), Href: "/admin/jena/profile"}}}),
		"profile":  page.AdminProfilePage(narrow, page.AdminProfile{Base: "/admin/jena", Revision: 3, Colour: "#00695c", LogoURL: "/jena/logo", Values: map[string]string{"name": "Stadt Jena", "colour": "#00695c"}, Errors: map[string]string{"email": l.T("error.admin.email")}}),
		"services": page.AdminServicesPage(narrow, page.AdminServices{Base: "/admin/jena", Rows: []page.AdminService{{Slug: "a", Name: "Hundesteuer: Hund anmelden", LeiKa: "99102013104000", URL: "/admin/jena/services/a", On: true, Changed: true, Conflicts: 1}, {Slug: "b", Name: "Bewohnerparkausweis", LeiKa: "99108002012000", URL: "/admin/jena/services/b"}}}),
		"setting": page.AdminSettingPage(narrow, page.AdminSetting{Action: "/admin/jena/services/a", BackURL: "/admin/jena/services", Name: "Hundesteuer: Hund anmelden", Conflicts: []string{"off/fax: weg"},
			Groups: []page.AdminGroup{{Title: "Gebühren", Text: "In Euro", Inputs: []page.Input{{Name: "fee_a", Label: "Hundemarke", Value: "5,00", Suffix: "€", Width: 10, Error: l.T("error.admin.fee")}}}}}),
		"staff": page.AdminStaffPage(narrow, page.AdminStaff{Base: "/admin/jena", Rows: []page.AdminAppointment{{ID: "1", Who: "anna.adler@jena.example", Roles: []string{"clerk", "lead"}}, {ID: "2", Who: "it-gruppe", Group: true, Roles: []string{"admin"}}},
			Groups: [][2]string{{"clerk-jena", l.T("role.clerk")}}, Name: page.Input{Name: "name", Label: l.T("admin.staff.name"), Hint: l.T("admin.staff.name.hint"), Required: true},
			Roles: page.Input{Kind: "checkboxes", Name: "roles", Label: l.T("admin.staff.roles"), Required: true, Options: []page.Option{{Value: "clerk", Label: l.T("role.clerk"), Hint: l.T("role.clerk.hint")}}}}),
		"routes": page.AdminRoutesPage(narrow, page.AdminRoutes{Base: "/admin/jena", Secret: "9f3c", Routes: []page.AdminRoute{{ID: "1", Connector: "webhook", Target: "https://fach.example/eingang", Service: l.T("admin.routes.all"), Active: true}},
			Connector: page.Input{Kind: "radio", Name: "connector", Label: l.T("admin.routes.connector"), Options: page.Options("email", "webhook", "Webhook", "email", "E-Mail"), Required: true},
			Target:    page.Input{Name: "target", Label: l.T("admin.routes.target"), Required: true}, Service: page.Input{Kind: "select", Name: "service", Label: l.T("admin.routes.service"), Options: page.Options("", "", l.T("admin.routes.all")), Required: true},
			Deliveries: []page.AdminDelivery{{ID: "d1", Connector: "email", Target: "alt@jena.example", State: "dead", Error: "550 mailbox unknown", Created: "27. März 2026", Attempts: 8, Bad: l.T("error.admin.email")}, {ID: "d2", Connector: "webhook", Target: "https://fach.example/eingang", State: "delivered", Created: "27. März 2026", Attempts: 1}}}),
		"voices": page.AdminFeedbackPage(narrow, page.AdminFeedback{Rows: []page.AdminVoice{{Text: "Die Schrift ist zu klein.", Path: "/jena", At: "27. März 2026", Barrier: true}}}),
		"state":  page.StateFormsPage(narrow, page.StateForms{MayUpload: true, Rows: []page.StateForm{{Name: "Hundesteuer: Hund anmelden", Slug: "hundesteuer-anmeldung", Published: &page.StateLink{Text: "Fassung 2", URL: "/state/forms/2"}, Drafts: []page.StateLink{{Text: "Fassung 3", URL: "/state/forms/3"}}, Older: []page.StateLink{{Text: "Fassung 1", URL: "/state/forms/1"}}}}}),
		"upload": page.StateUploadPage(narrow, page.StateUpload{Max: "2 MB", Checked: true, Findings: []formdef.Finding{{File: "schema.json", Pointer: "/properties/name", Text: "no label; write a title"}}, FileError: l.T("error.state.zip.none")}),
		"version": page.StateVersionPage(narrow, page.StateVersion{URL: "/state/forms/3", Name: "Hundesteuer: Hund anmelden", Slug: "hundesteuer-anmeldung", Version: civic.FormVersion{ID: "3", Number: 3}, MayPublish: true, MayReject: true,
			Facts: []string{l.T("state.fact.drafts"), "3"}, Failed: 1, Trials: []page.StateTrial{{Name: "Ein Hund", URL: "/x", Passed: true}, {Name: "Kein Hund", URL: "/y", Got: "missing required at /hunde"}}, Against: "Fassung 2",
			Changes: []string{"Field /name is required now."}, Pages: []page.StateLink{{Text: "Angaben zum Hund", URL: "/state/forms/3/preview?page=1"}}, DownloadURL: "/state/forms/3/package.zip"}),
		"preview": page.StatePreviewPage(narrow, page.StatePreview{Name: "Hundesteuer", Title: "Angaben zum Hund", Number: 2, Of: 5, Previous: "?page=1", Next: "?page=3", Samples: page.Options("0", "0", "leer"), Action: "/state/forms/3/preview", Elements: sampleView(false).Elements}),
		"tenants": page.StateTenantsPage(narrow, page.StateTenants{Total: 708, MayCreate: true, Rows: []page.StateTenant{{Name: "Stadt Jena", Slug: "jena", URL: "/jena", Kind: l.T("kind.kreisfrei"), Live: true}}}),
		"new":     page.StateNewPage(narrow, page.StateNew{Inputs: []page.Input{{Name: "slug", Label: l.T("state.new.slug"), Hint: l.T("state.new.slug.hint"), Value: "desk", Error: l.T("error.admin.reserved"), Required: true}}}),
		"events":  page.StateEventsPage(narrow, page.StateEvents{NextURL: "?before=1", Rows: []page.StateEvent{{At: "27. März 2026, 09:00 Uhr", Text: l.T("state.event.form.published"), Who: "9f3c11", Data: "number: 2 · service: hundesteuer-anmeldung"}}}),
		"keys":    page.KeysPage(s, page.KeysSheet{BackURL: "/desk/jena"}),
		"doors":   page.DoorsPage(narrow, page.Doors{Title: l.T("desk.doors"), Intro: l.T("desk.doors.intro"), Doors: []page.Door{{Title: "Stadt Jena", Text: l.T("desk.doors.open"), URL: "/desk/jena"}, {Title: "Stadt Gera", Text: l.T("desk.doors.open"), URL: "/desk/gera"}}}),
	}
	maps.Copy(all, inboxStories(narrow))
	return all
}

func sampleBulk(chosen bool) page.Bulk {
	p := page.Bulk{URL: "/desk/jena/bulk/1", InboxURL: "/desk/jena", ExportURL: "/desk/jena/export?selection=1", Bulk: civic.Bulk{ID: "1", Created: storyDay, Counts: civic.BulkCounts{Open: 47}}, Own: true}
	if chosen {
		p.Sample, p.More = []page.BulkCase{{Number: "HUST-2026-000123", URL: "/desk/jena/1"}, {Number: "HUST-2026-000124", URL: "/desk/jena/2"}}, 45
		p.Steps, p.Step = []page.BulkStep{{Kind: civic.BulkMessage, URL: "?step=message"}, {Kind: civic.BulkDecide, URL: "?step=decide"}}, civic.BulkMessage
		p.Inputs = []page.Input{{Kind: "textarea", Name: "text", Label: "Nachricht", Value: "Guten Tag {{aktenzeichn}}", Error: "Diesen Platzhalter gibt es nicht.", Required: true}}
		p.Preview = "Guten Tag HUST-2026-000123"
		return p
	}
	p.Title, p.Started, p.Who, p.Undoable = "Zuteilen", "27. März 2026", "Bert Bach", true
	p.Bulk.Kind, p.Bulk.Started, p.Bulk.Cancelled, p.Bulk.Counts = civic.BulkAssign, storyDay, storyDay, civic.BulkCounts{Open: 7, Done: 38, Failed: 2}
	p.Failed = []page.BulkFailure{{BulkCase: page.BulkCase{Number: "HUST-2026-000123", URL: "/desk/jena/1"}, State: civic.Decided, Why: "Inzwischen „Entschieden“ von Bert Bach"}, {Why: "Nicht mehr da"}}
	p.UndoesURL, p.UndoesText, p.MoreURL = "/desk/jena/bulk/0", "Zuteilen", "?after=2"
	return p
}

func sampleExport(l *locale.Catalogue) page.Export {
	p := page.Export{Action: "/desk/jena/export?state=open", InboxURL: "/desk/jena", Found: l.T("export.found.text", "n", "47"), Direct: true, Services: page.Options("b", "", l.T("export.service.none"), "b", "Hundesteuer"),
		Columns: page.Options("number", "number", "Aktenzeichen", "state", "Stand"), Answers: page.Options("/name", "answers", l.T("export.answers.all"), "/name", "Familienname"), Template: "t", Service: "b", Name: "Monatsliste",
		Templates: []page.ExportTemplate{{ID: "t", Name: "Monatsliste", URL: "?template=t", DeleteURL: "/desk/jena/export/template/t/delete", Current: true}}, Errors: map[string]string{"name": l.T("error.export.name")}}
	for _, f := range civic.ExportFormats {
		p.Formats = append(p.Formats, page.Option{Value: f, Label: l.T("export.format." + f), Hint: l.T("export.format."+f+".hint", "n", "10.000"), Selected: f == "xlsx"})
	}
	return p
}

var storyDay = time.Date(2026, 3, 27, 9, 0, 0, 0, time.UTC)

func sampleInbox() page.Inbox {
	in := func(kind formdef.Widget, name, label string, options ...string) page.Input {
		return page.Input{Kind: kind, Name: name, Label: label, NoMark: true, Options: page.Options("", options...)}
	}
	p := page.Inbox{URL: "/desk/jena", View: "open", Name: "Offene", NextURL: "?after=1", FirstURL: "/desk/jena", ClearURL: "/desk/jena?view=open", SaveURL: "/desk/jena/views/new?own=1", UpdateURL: "/desk/jena/views/1?own=1",
		Tabs:   []page.InboxView{{Text: "Offene", URL: "/desk/jena?view=open", Count: "über 10.000", Current: true}, {Text: "Meine", URL: "?view=mine", Count: "9"}, {Text: "Für alle", URL: "?view=1", Count: "0", Shared: true}},
		More:   []page.InboxView{{Text: "Seltene", URL: "?view=2", Own: true}},
		Chips:  []page.Chip{{Text: "Suche: Schulz", URL: "/desk/jena?own=1"}, {Text: "Etikett: Eilt", URL: "/desk/jena?own=1&q=Schulz"}},
		Search: page.Input{Name: "q", Label: "Namen, Nummern oder Wörter", Hint: "Namen und Nummern auch am Anfang", Value: "Schulz", Type: "search", NoMark: true},
		Lists:  []page.Input{in("checkboxes", "state", "Stand", "open", "Alle offenen", "received", "Eingegangen"), in("checkboxes", "label", "Etiketten", "l1", "Eilt")},
		Spans: []page.InboxSpan{{Word: in("select", "due", "Frist", "any", "Beliebig", "overdue", "Überfällig"), From: page.Input{Kind: "date-native", Name: "due_from", Label: "Frist ab", Value: "2026-02-30", Error: "Das ist kein gültiges Datum.", NoMark: true},
			To: in("date-native", "due_to", "Frist bis")}},
		Only: in("checkboxes", "only", "Nur zeigen", "unread", "Ungelesene"), Fields: []page.Input{in("", "field:/name", "Familienname")}, Sort: in("select", "sort", "Reihenfolge", "newest", "Neueste zuerst"),
		Columns: []page.InboxColumn{{Name: "number", Text: "Aktenzeichen", URL: "?sort=number", Hint: "Aktenzeichen"}, {Name: "matter", Text: "Anliegen"}, {Name: "state", Text: "Stand"}, {Name: "labels", Text: "Etiketten"},
			{Name: "deadline", Text: "Frist", URL: "?sort=deadline", Sort: "ascending", Hint: "Frist"}, {Name: "received", Text: "Eingang", URL: "?sort=newest", Hint: "Neueste"}, {Name: "assignee", Text: "Zuständig"}, {Name: "field:/hund", Text: "Rufname"}}}
	for i, due := range []page.Due{{Kind: "over", Days: 3}, {Kind: "today"}, {Kind: "soon", Days: 1}, {Kind: "ok", Days: 24}, {}} {
		p.Rows = append(p.Rows, page.InboxRow{ID: string(rune('a' + i)), URL: "/desk/jena/1", FileNumber: "HUST-2026-00012" + string(rune('0'+i)), Service: "Hundesteuer: Hund anmelden", About: "Schulz-Hohenstein · Anna · Bello · 276098100123456",
			State: civic.CaseStates[i+2], Received: storyDay, Changed: storyDay, Deadline: storyDay.AddDate(0, 0, i), Due: due, Unread: i < 2, Mine: i == 1, Assignee: map[bool]string{true: "Bert Bach"}[i > 1],
			Labels: []page.Label{{ID: "l1", Name: "Eilt", Colour: civic.LabelColours[i]}}, Cells: map[string]string{"field:/hund": map[bool]string{true: "Bello"}[i > 0]}})
	}
	return p
}

func sampleWork() page.DeskWork {
	other := page.DeskRow{URL: "/desk/jena/2", Number: "HUST-2026-000124", Service: "Hundesteuer: Hund anmelden", Received: "Eingegangen am 28.03.2026", State: civic.Received, CompareURL: "/desk/jena/1/twin/2"}
	return page.DeskWork{Checklist: []page.DeskTask{{ID: "a", Text: "Steht die Chipnummer im Ausweis?", Done: true, Line: "Erledigt von Anna Adler"}}, Own: []page.DeskTask{{ID: "b", Text: "Anrufen", Line: "Bert Bach · bis 30.03.2026", Late: true, Own: true}},
		All: 2, OpenTasks: 1, TaskPeople: page.Options("", "", "Niemand", "anna", "Ich"), Twins: []page.DeskRow{other}, Earlier: []page.DeskRow{other}, EarlierNext: "?earlier=1",
		Merged:      []page.DeskMerged{{DeskRow: other, Files: []page.DeskFile{{Name: "Foto.png", URL: "/f", ViewURL: "?file=c", Thumb: "/t", Bytes: 19_000, Verdict: civic.VerdictClean}}, Messages: []page.DeskMessage{{Author: "Antragstellende Person", At: "27. März 2026", Text: "Noch einmal"}}}},
		Annotations: sampleSummary()[:1], AnnotateURL: "/desk/jena/1/annotations", Annotated: "Zuletzt geändert von Anna Adler", History: []page.DeskEvent{{Text: "Nachricht geschrieben", Who: "Anna Adler", At: "27. März 2026", Detail: "Guten Tag"}},
		HistoryTabs: []page.DeskVersion{{Text: "Alles", URL: "?", Current: true}, {Text: "Schriftverkehr", URL: "?history=talk"}}}
}

// inboxStories are sample pages on which the inbox is arranged.
func inboxStories(s page.Shell) map[string]templ.Component {
	l := s.L
	chips := []page.Chip{{Text: "Offene"}, {Text: "Zuständig: Ich"}}
	list := page.ViewList{Base: "/desk/jena", Own: []page.ViewRow{{ID: "1", Name: "Eilige Hunde", URL: "?view=1", CopyURL: "/desk/jena/views/new", Chips: chips, Mine: true, Default: true}, {ID: "2", Name: "Späte", URL: "?view=2", CopyURL: "/desk/jena/views/new", Mine: true}},
		Usual: []page.ViewRow{{ID: "all", Name: "Alle", URL: "?view=all", CopyURL: "/desk/jena/views/new"}}}
	form := page.ViewForm{Title: l.T("desk.view.new"), Action: "/desk/jena/views", FilterURL: "/desk/jena?own=1", Chips: chips, Inputs: []page.Input{{Name: "name", Label: l.T("desk.view.name"), Error: l.T("error.desk.empty"), Required: true}}}
	for _, n := range []string{"column_0", "column_1"} {
		form.Columns = append(form.Columns, page.Input{Kind: "select", Name: n, Label: n, NoMark: true, Options: page.Options("state", "state", "Stand", "deadline", "Frist")})
	}
	mails := page.Input{Kind: "select", Name: "rhythm_open", Label: "Offene", Required: true, Options: page.Options("none", "none", "Keine", "daily", "Täglich")}
	labels := page.AdminLabels{Base: "/admin/jena/desk/labels", Name: page.Input{Name: "name", Label: "Name", Required: true}, Colour: page.Input{Kind: "radio", Name: "colour", Label: "Farbe", Required: true}}
	for _, c := range civic.LabelColours {
		labels.Rows = append(labels.Rows, page.Label{ID: c, Name: l.T("label.colour." + c), Colour: c})
		labels.Colour.Options = append(labels.Colour.Options, page.Option{Value: c, Label: l.T("label.colour." + c)})
	}
	return map[string]templ.Component{"views": page.ViewListPage(s, list), "view": page.ViewFormPage(s, form), "settings": page.DeskSettingsPage(s, page.DeskSettings{Action: "/desk/jena/settings", NoEmail: true, Default: startView("default"), Lang: startView("lang"), Calls: startView("rhythm_calls"), Mails: []page.Input{mails}}),
		"labels": page.AdminLabelsPage(s, labels)}
}

func startView(name string) page.Input {
	return page.Input{Kind: "select", Name: name, Label: "Startansicht", Required: true, Options: page.Options("open", "open", "Offene", "mine", "Meine")}
}

func sampleCase() page.DeskCase {
	files := []page.DeskFile{{Name: "Heimtierausweis.pdf", URL: "/desk/jena/1/file/a", About: "Chipnachweis", Bytes: 482113, Verdict: civic.VerdictClean}, {Name: "Versicherung mit sehr langem Namen der Police.pdf", URL: "/desk/jena/1/file/b", Bytes: 9_800_000, Verdict: civic.VerdictUnscanned}, {Name: "boese.pdf", Verdict: civic.VerdictInfected}}
	return page.DeskCase{Base: "/desk/jena/1", Query: "?state=open", InboxURL: "/desk/jena?state=open", Previous: "/desk/jena/0", Next: "/desk/jena/2",
		Case: civic.Case{ID: "1", FileNumber: "HUST-2026-000123", State: civic.InProgress, Revision: 7, Deadline: storyDay, Assignee: "anna"}, Due: page.Due{Kind: "soon", Days: 2}, Service: "Hundesteuer: Hund anmelden",
		Facts: []string{"Eingegangen", "27. März 2026, 09:00 Uhr", "Zuständig", "Anna Adler (Ich)", "Anmeldung", "Vertrauensniveau substanziell"}, Mine: true, Lead: true,
		Moved:    []page.DeskEvent{{Text: "Nachricht eingegangen", Who: "Antragstellende Person", At: "27. März 2026, 10:00 Uhr"}},
		Versions: []page.DeskVersion{{Text: "Antrag vom 27.03.2026", URL: "?version=1"}, {Text: "Ergänzt am 28.03.2026", URL: "?version=2", Current: true}}, Sections: sampleSummary(),
		Changes: []page.DeskChange{{Label: "Chipnummer", Before: "27609810012345", After: "276098100123456"}}, FileURL: func(string) string { return "/f" }, Attachments: files,
		Messages: []page.DeskMessage{{Author: "Antragstellende Person", At: "27. März 2026", Text: "Guten Tag,\nreicht der Ausweis?", Files: files[:1]}, {Author: "Anna Adler", At: "27. März 2026", Text: "Ja.", FromOffice: true, Read: "gelesen am 28.03.2026"}},
		Requests: []page.DeskRequest{{Text: "Die Nummer hat 15 Ziffern.", At: "27. März 2026", Due: "10. April 2026", State: "Wartet auf Antwort", Open: true, Fields: []page.DeskRemark{{Label: "Chipnummer", Comment: "Es fehlt eine Ziffer."}}}},
		Notes:    []page.DeskNote{{Author: "Bert Bach", At: "27. März 2026", Text: "Rückruf am Montag"}},
		Decision: &page.DeskDecision{Outcome: civic.PartlyGranted, Author: "Anna Adler", Date: "27. März 2026", Deemed: "31. März 2026", Letter: "**Teilweise.**", PDF: "/desk/jena/1/letter.pdf"},
		Payment:  &civic.Payment{Cents: 1250, Items: []civic.PaymentItem{{Label: "Hundemarke", Cents: 1250}}}, Methods: page.Options("cash", "cash", "Bar", "card", "Karte"),
		Events: []page.DeskEvent{{Text: "Antrag eingegangen", Who: "Antragstellende Person", At: "27. März 2026"}}, Deliveries: []civic.Delivery{{Connector: "webhook", Attempts: 1, LastError: "503"}},
		Labels: page.CaseLabels{Action: "/desk/jena/1/labels", Revision: 7, All: []page.Label{{ID: "l1", Name: "Eilt", Colour: "red"}, {ID: "l2", Name: "Rückruf", Colour: "blue"}}, On: map[string]bool{"l1": true}, ListURL: "/admin/jena/desk/labels"},
		People: page.Options("anna", "anna", "Anna Adler", "bert", "Bert Bach"), Work: sampleWork(), FilesURL: "/desk/jena/1/files.zip", Viewer: &page.DeskViewer{Name: "Ausweis.jpg", Picture: true, Source: "/v?size=m", PictureSource: "/v", LeftURL: "?turn=270", RightURL: "?turn=90", ZoomURL: "?size=l", CloseURL: "?", NextURL: "?file=b", Number: 1, Of: 2}, Open: "message", Text: "Angefangen", FileError: "Die Datei ist zu groß.", FileRule: "Bis zu 5 Dateien"}
}
