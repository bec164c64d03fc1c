package e2e

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// texts are the forms into which a clerk writes, each with what else it needs.
var texts = []struct{ path, field, button string }{
	{"/write", "text", "Nachricht senden"}, {"/ask", "text", "Nachforderung senden"}, {"/ask", "comment:/anliegen/text", "Nachforderung senden"}, {"/consult", "text", "Anfrage senden"},
	{"/decide?outcome=refused", "letter", "Vorschau"},
}

// fillAround gives a form everything but its text.
func (v *Visitor) fillAround(path string) {
	for name, value := range map[string]string{"fields": "/anliegen/text", "email": "amt@example.org"} {
		if _, there := v.Value(name); there && (path == "/ask" || path == "/consult") {
			_ = v.Fill(name, value)
		}
	}
}

// A placeholder that nobody knows is named, wherever somebody writes it; nothing is sent, and nothing of the text is lost.
func TestUnknownPlaceholders(t *testing.T) {
	atOnce(t)
	w := Start(t, Config{})
	_, number, err := w.NewVisitor(t).apply("jena", "Platzhalter", newPDF("a.pdf"))
	must(t, err)
	v := w.staff(t, "clerk-jena", "/desk/jena")
	at, err := v.caseAt("jena", number)
	must(t, err, v.Go(at), v.Press("Übernehmen"))
	before := v.Page.Attr("data-case-state") + held(v.Page, "revision")
	const typed = "Guten Tag {{vorname}}, bis {{frsit}}"
	for _, x := range texts {
		must(t, v.Go(at+x.path))
		v.fillAround(x.path)
		must(t, v.Fill(x.field, typed), v.Press(x.button))
		v.want(t, http.StatusUnprocessableEntity)
		if has, _ := v.Value(x.field); has != typed {
			t.Errorf("%s %s holds %q", x.path, x.field, has)
		}
		if !slices.ContainsFunc(v.Page.Problems(), func(p string) bool { return strings.Contains(p, "vorname") || strings.Contains(p, "frsit") }) {
			t.Errorf("%s %s says %q", x.path, x.field, v.Page.Problems())
		}
	}
	must(t, v.Go(at))
	if after := v.Page.Attr("data-case-state") + held(v.Page, "revision"); after != before {
		t.Errorf("%s became %s", before, after)
	}
}

// The session ends while a clerk writes, whatever they write: the page carries it on, and after a log-in in another window it is
// sent as it was typed; a form with several buttons comes back, for nobody sees which of them was pressed.
func TestSessionEndsWhileWriting(t *testing.T) {
	atOnce(t)
	w := Start(t, Config{})
	_, number, err := w.NewVisitor(t).apply("jena", "Sitzung", newPDF("a.pdf"))
	must(t, err)
	v := w.staff(t, "clerk-jena", "/desk/jena")
	at, err := v.caseAt("jena", number)
	must(t, err, v.Go(at), v.Press("Übernehmen"))
	for i, x := range slices.Concat(texts, []struct{ path, field, button string }{{"", "note", "Vermerk speichern"}, {"/clocks", "resubmit_why", "Speichern"}}) {
		typed := "Zeile eins „" + strconv.Itoa(i) + "“\n\n<b>& zwei</b>"
		button := x.button
		if button == "Vorschau" || x.path == "/ask" {
			button = "Entwurf speichern" // sent, it would end the work on the case
		}
		must(t, v.Go(at+x.path))
		v.fillAround(x.path)
		must(t, v.Fill(x.field, typed))
		if x.path == "/clocks" {
			must(t, v.Fill("day", "2099-01-01")) // too far away: the page comes back
		}
		v.Forget("aw_staff")
		must(t, v.Press(button))
		v.want(t, http.StatusUnauthorized)
		if !strings.Contains(v.Page.Text(), "zwei</b>") {
			t.Errorf("%s: the page does not show what was typed", x.path)
		}
		again := v.Window()
		must(t, again.Go("/desk/jena"), again.LogIn("clerk-jena"))
		if button == "Entwurf speichern" {
			must(t, v.Press("2. Zurück zum Formular"))
			if has, _ := v.Value(x.field); strings.ReplaceAll(has, "\r\n", "\n") != typed {
				t.Errorf("%s %s came back as %q", x.path, x.field, has)
			}
			must(t, v.Press(button))
		} else {
			must(t, v.Press("2. Noch einmal senden"))
		}
		switch {
		case x.path == "/clocks":
			v.want(t, http.StatusUnprocessableEntity)
		case button == "Entwurf speichern":
			v.want(t, http.StatusOK)
		default:
			v.want(t, http.StatusOK)
			must(t, v.Go(at))
			if !strings.Contains(v.Page.Text(), "„"+strconv.Itoa(i)+"“ <b>& zwei</b>") {
				t.Errorf("%s %s did not arrive: %.300s", x.path, x.field, v.Page.Text())
			}
			continue
		}
		if has, _ := v.Value(x.field); strings.ReplaceAll(has, "\r\n", "\n") != typed {
			t.Errorf("%s %s holds %q", x.path, x.field, has)
		}
	}
	must(t, v.Go(at), v.Fill("text", "Halb fertig"), v.Press("Entwurf speichern"))
	if has, _ := v.Value("text"); has != "Halb fertig" {
		t.Errorf("the quick message was not kept: %q", has)
	}
}

// Some of the cases that were chosen have been closed, withdrawn or forwarded by others meanwhile: these stay as they are and are
// named with what happened, the others are done.
func TestBulkOverClosedCases(t *testing.T) {
	atOnce(t)
	w := Start(t, Config{})
	var owners []*Visitor
	var numbers []string
	for range 5 {
		v := w.NewVisitor(t)
		_, number, err := v.apply("jena", "Viele", newPDF("a.pdf"))
		must(t, err, v.Follow("Stand ansehen"))
		owners, numbers = append(owners, v), append(numbers, number)
	}
	lead, clerk := w.staff(t, "lead-jena", "/desk/jena"), w.staff(t, "clerk-jena", "/desk/jena")
	var cases []string
	for _, n := range numbers {
		at, err := clerk.caseAt("jena", n)
		must(t, err, clerk.Go(at), clerk.Press("Übernehmen"))
		cases = append(cases, at)
	}
	at := lead.chooseAll(t, "?state=in_progress")
	token := clerk.csrf(t)
	must(t, clerk.post(cases[0]+"/decide", fields("_csrf", token, "outcome", "refused", "letter", "Abgelehnt.", "_action", "decide")), clerk.post(cases[0]+"/close", fields("_csrf", token)))
	must(t, owners[1].Press("Endgültig zurücknehmen"))
	form := fields("_csrf", lead.csrf(t), "kind", "decide", "outcome", "granted", "letter", "Antrag {{aktenzeichen}} wird bewilligt.", "_action", "go")
	must(t, lead.post(at, form))
	lead.settled(t, at)
	lead.says(t, "3 Vorgänge erledigt", "2 Vorgänge nicht möglich", numbers[0], numbers[1], "Inzwischen „Abgeschlossen“", "Inzwischen „Vom Antragsteller zurückgenommen“")
	must(t, lead.Press("Fehlgeschlagene noch einmal versuchen"))
	lead.settled(t, at)
	lead.says(t, "3 Vorgänge erledigt", "2 Vorgänge nicht möglich", "Inzwischen „Abgeschlossen“", "Inzwischen „Vom Antragsteller zurückgenommen“")
	for i, state := range []string{"closed", "withdrawn", "decided", "decided", "decided"} {
		must(t, lead.Go(cases[i]))
		if got := lead.Page.Attr("data-case-state"); got != state {
			t.Errorf("%s is %s, not %s", numbers[i], got, state)
		}
		if granted := strings.Contains(lead.Page.Text(), "Antrag "+numbers[i]+" wird bewilligt."); granted != (i > 1) {
			t.Errorf("%s has the letter: %v", numbers[i], granted)
		}
	}
}
