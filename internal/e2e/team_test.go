package e2e

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// Two clerks in one case: each sees that the other has it open; who saves second sees what changed from what to what, finds her
// own words where she typed them, and saves them with the next press. The note that she was called by stands in a list of hers.
func TestTwoClerksInOneCase(t *testing.T) {
	atOnce(t)
	for name, c := range map[string]Config{"memory": {}, "redis": {Redis: true}} {
		t.Run(name, func(t *testing.T) {
			w := Start(t, c)
			_, number, err := w.NewVisitor(t).apply("jena", "Zwei am Tisch", newPDF("a.pdf"))
			must(t, err)
			klara, leo := w.staff(t, "clerk-jena", "/desk/jena"), w.staff(t, "lead-jena", "/desk/jena")
			at, err := klara.caseAt("jena", number)
			must(t, err, leo.Go(at))
			if strings.Contains(leo.Page.Text(), "Wird bearbeitet von") {
				t.Error("Leo sees somebody in a case that nobody has open")
			}
			must(t, klara.Go(at))
			klara.says(t, "Wird bearbeitet von Leo Leitung seit")
			must(t, leo.Go(at))
			must(t, leo.Fill("note", "Bitte prüfen, @Klara Akte"))
			must(t, leo.Press("Vermerk speichern"))
			must(t, leo.Press("Übernehmen"))
			must(t, klara.Fill("note", "Mein Vermerk bleibt stehen"))
			must(t, klara.Press("Vermerk speichern"))
			klara.want(t, http.StatusConflict)
			klara.says(t, "Jemand anderes war schneller", "Leo Leitung", "Bitte prüfen, @Klara Akte", "Eingegangen", "In Bearbeitung")
			if kept, _ := klara.Value("note"); kept != "Mein Vermerk bleibt stehen" {
				t.Errorf("kept: %q", kept)
			}
			must(t, klara.Press("Vermerk speichern"))
			klara.want(t, http.StatusOK)
			klara.says(t, "Mein Vermerk bleibt stehen")
			must(t, klara.Go("/desk/jena/mentions"))
			klara.says(t, number, "Leo Leitung")
			// Whom a note calls may be chosen from a list, too.
			must(t, klara.Go(at), klara.Fill("note", "Ist geprüft"), klara.Fill("call", "Leo Leitung"), klara.Press("Vermerk speichern"))
			klara.says(t, "@Leo Leitung Ist geprüft")
			must(t, leo.Go("/desk/jena/mentions"))
			leo.says(t, number, "Klara Akte")
			must(t, klara.Go("/desk/jena?own=1&label=none&group=none"))
			klara.says(t, number, "Ohne Etikett", "Ohne Sachgebiet")
			must(t, klara.Go("/desk/jena/settings"), klara.Fill("lang", "en"), klara.Fill("rhythm_calls", "daily"), klara.Press("Einstellungen speichern"))
			if lang, _ := klara.Value("lang"); lang != "en" {
				t.Errorf("mails in %q", lang)
			}
			// Leaving ends it.
			must(t, leo.Go(at))
			must(t, leo.post(at+"/presence", url.Values{"leave": {"1"}, "_csrf": {leo.csrf(t)}}))
			must(t, klara.Go(at))
			if strings.Contains(klara.Page.Text(), "Wird bearbeitet von") {
				t.Error("Leo has left and is still seen")
			}
		})
	}
}

// What a form calls restricted is there for nobody until an admin names somebody. A service that an admin restricts is there for
// those named, and for nobody else from that moment on: not in the list, not by the search, not by its address, not as a lead.
func TestRestrictedServiceFromOutside(t *testing.T) {
	atOnce(t)
	w := Start(t, Config{})
	_, number, err := w.NewVisitor(t).apply("jena", "Nicht für alle", newPDF("a.pdf"))
	must(t, err)
	klara, leo, admin := w.staff(t, "clerk-jena", "/desk/jena"), w.staff(t, "lead-jena", "/desk/jena"), w.staff(t, "admin-jena", "/admin/jena")
	admin.says(t, "Niemand darf diese Vorgänge sehen") // of Unterhaltsvorschuss
	for _, v := range []*Visitor{klara, leo} {
		if must(t, v.Go("/desk/jena")); strings.Contains(v.Page.Text(), "Unterhaltsvorschuss") {
			t.Error("a restricted service is offered as a filter before anybody was admitted")
		}
	}
	at, err := leo.caseAt("jena", number)
	must(t, err, leo.Go(at))
	file := leo.Page.downloads()[0]
	must(t, admin.Go("/admin/jena/desk/groups/new"))
	must(t, admin.Fill("name", "Bürgerbüro"), admin.tick("members", "Klara Akte"), admin.Press("Speichern"))
	must(t, admin.Go("/admin/jena/desk/circles/allgemeiner-antrag"))
	must(t, admin.Fill("open", "circle"), admin.Press("Speichern"))
	admin.want(t, http.StatusUnprocessableEntity) // nobody was named
	must(t, admin.tick("groups", "Bürgerbüro"), admin.Press("Speichern"))
	admin.says(t, "Bürgerbüro")
	klara.expectStatus(t, http.StatusOK, at)
	leo.expectStatus(t, http.StatusNotFound, at, file, at+"/decide", at+"/ask", at+"/forward")
	for _, list := range []string{"/desk/jena", "/desk/jena?q=" + url.QueryEscape(number), "/desk/jena?service=allgemeiner-antrag", "/desk/jena?state=received"} {
		if must(t, leo.Go(list)); len(leo.casesOf()) != 0 || strings.Contains(leo.Page.Text(), "Allgemeiner Antrag") {
			t.Errorf("%s: a lead outside the circle sees %v", list, leo.casesOf())
		}
		if must(t, klara.Go(list)); len(klara.casesOf()) != 1 {
			t.Errorf("%s: who was admitted sees %v", list, klara.casesOf())
		}
	}
}

// tick ticks the box of a list that has this label.
func (v *Visitor) tick(name, label string) error {
	for _, n := range v.Page.tag("label") {
		if box := v.Page.ids[attr(n, "for")]; box != nil && attr(box, "name") == name && strings.Contains(text(n), label) {
			return v.Fill(name, attr(box, "value"))
		}
	}
	return v.wrong("there is no box %s for %s", name, label)
}

// A rule that an admin writes gives out what comes after it, in turn to those who are there; whose case it is, is tried on a page
// before. An absent colleague's substitute finds the case among her own.
func TestRulesFromOutside(t *testing.T) {
	atOnce(t)
	w := Start(t, Config{})
	klara, admin := w.staff(t, "clerk-jena", "/desk/jena"), w.staff(t, "admin-jena", "/admin/jena")
	leo := w.staff(t, "lead-jena", "/desk/jena")
	must(t, admin.Go("/admin/jena/desk/groups/new"))
	must(t, admin.Fill("name", "Bürgerbüro"), admin.tick("members", "Leo Leitung"), admin.Press("Speichern"))
	must(t, admin.Go("/admin/jena/desk/rules/new?service=allgemeiner-antrag"))
	group, person := admin.option("group", "Bürgerbüro"), admin.option("assignee", "Leo Leitung")
	must(t, admin.Fill("pointer0", "/antragsteller/familienname"), admin.Fill("test0", "letters"), admin.Fill("from0", "L"), admin.Fill("to0", "9"),
		admin.Fill("group", group), admin.Fill("assignee", person), admin.Press("Speichern"))
	admin.want(t, http.StatusUnprocessableEntity)
	must(t, admin.Fill("to0", "Z"), admin.Press("Speichern"))
	admin.says(t, "beginnt mit L bis Z", "Leo Leitung (Bürgerbüro)")
	must(t, admin.Go("/admin/jena/desk/rules/test"))
	must(t, admin.Fill("service", "allgemeiner-antrag"), admin.Press("Ausprobieren"))
	must(t, admin.Fill("a/antragsteller/familienname", "Mustermann"), admin.Press("Ausprobieren"))
	admin.says(t, "Leo Leitung (Bürgerbüro)", "entscheidet")

	must(t, leo.Go("/desk/jena/team"))
	must(t, leo.Fill("from", "2020-01-01"), leo.Fill("to", "2020-01-02"), leo.Press("Abwesenheit eintragen"))
	leo.want(t, http.StatusUnprocessableEntity)
	_, number, err := w.NewVisitor(t).apply("jena", "Nach Regel", newPDF("a.pdf")) // of Erika Mustermann
	must(t, err)
	for try := 0; len(leo.casesOf()) == 0; try++ {
		if try == 100 {
			t.Fatal(leo.wrong("the rule has not given out %s", number))
		}
		time.Sleep(50 * time.Millisecond) // the job of the arrival
		must(t, leo.Go("/desk/jena?assignee=me"))
	}
	at := leo.casesOf()[0]
	must(t, leo.Go(at))
	leo.says(t, number, "Bürgerbüro")
	must(t, leo.Go("/desk/jena/team"))
	today, _ := leo.Value("from")
	must(t, leo.Fill("to", today), leo.Fill("substitute", leo.option("substitute", "Klara Akte")), leo.Press("Abwesenheit eintragen"))
	must(t, klara.Go("/desk/jena?assignee=me"))
	klara.says(t, number, "in Vertretung für Leo Leitung")
	must(t, leo.Go("/desk/jena/team"))
	must(t, leo.Fill("hand_from", leo.option("hand_from", "Leo Leitung")), leo.Fill("hand_to", leo.option("hand_to", "Klara Akte")), leo.Press("Alle offenen Vorgänge übergeben"))
	leo.says(t, "Die offenen Vorgänge sind übergeben")
	must(t, leo.Go("/desk/jena?assignee=me"))
	if list := leo.casesOf(); len(list) != 0 {
		t.Errorf("handed over, and still there: %v", list)
	}
}

// option is the value of a select's option with this label, "" without one.
func (v *Visitor) option(name, label string) string {
	for _, n := range v.Page.tag("option") {
		if n.Parent != nil && attr(n.Parent, "name") == name && strings.Contains(text(n), label) {
			return optionValue(n)
		}
	}
	return ""
}
