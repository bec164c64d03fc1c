package e2e

import (
	"bytes"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// planted words, one for each field in which somebody writes about a person; none is in any form.
const (
	inSubject, inText, inFileName, inFile = "Zyxbetreff", "Zyxtextwort", "zyxdateiname", "ZyxdateiInhalt"
	inMessage, inRectify, inReply         = "Zyxnachricht", "Zyxberichtigung", "Zyxantwort"
	inNote, inTask, inAgain               = "Zyxvermerk", "Zyxaufgabe", "Zyxwiedervorlage"
	inOpinion, inLetter, inDraft          = "Zyxstellungnahme", "Zyxbescheidtext", "Zyxentwurf"
)

// found tells which markers stand in files below the folder, in the log, or in what is compared.
func (w *World) found(t testing.TB, markers ...string) (out []string) {
	t.Helper()
	files := 0
	must(t, filepath.WalkDir(w.Dir, func(at string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "demo-mail": // the demo's mailbox is outside the house
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		raw, err := os.ReadFile(at)
		if os.IsNotExist(err) {
			return nil // a file of the moment
		}
		files++
		for _, m := range markers {
			if bytes.Contains(bytes.ToLower(raw), []byte(strings.ToLower(m))) {
				out = append(out, m+" in "+filepath.Base(at))
			}
		}
		return err
	}))
	if files < 3 {
		t.Fatalf("only %d files below %s", files, w.Dir)
	}
	for line := range strings.Lines(w.log.String()) {
		for _, m := range markers {
			if strings.Contains(strings.ToLower(line), strings.ToLower(m)) {
				out = append(out, m+" in the log: "+line)
			}
		}
	}
	return out
}

// Whatever a citizen, a helper of theirs or a clerk writes is found in no file of the database, its journal and the blobs, and in no
// line of the log, from the first moment on; the desk finds it all the same.
func TestNothingStandsInPlainText(t *testing.T) {
	atOnce(t)
	w := Start(t, Config{})
	citizen := w.NewVisitor(t)
	pdf := newPDF(inFileName + ".pdf")
	pdf.Body = append(pdf.Body, "\n%"+inFile+"\n"...)
	dossier, number, err := citizen.apply("jena", inSubject+" "+inText, pdf)
	must(t, err)
	other := w.NewVisitor(t)
	_, err = other.toFiles("jena", inDraft)
	must(t, err)
	mine := "/me/" + path.Base(dossier)
	must(t, citizen.Go(mine))
	must(t, citizen.post(mine+"/message", url.Values{"_csrf": {citizen.csrf(t)}, "text": {inMessage}}))
	must(t, citizen.Go(mine), citizen.post(mine+"/rectify", url.Values{"_csrf": {citizen.csrf(t)}, "wrong": {inRectify}}))

	clerk := w.staff(t, "clerk-jena", "/desk/jena")
	at, err := clerk.caseAt("jena", number)
	must(t, err, clerk.Go(at), clerk.Press("Übernehmen"))
	for _, x := range []struct {
		step   string
		fields url.Values
	}{
		{"note", url.Values{"note": {inNote}}}, {"message", url.Values{"text": {inReply}}}, {"task", url.Values{"_action": {"add"}, "task": {inTask}}},
		{"resubmit", url.Values{"day": {time.Now().AddDate(0, 0, 20).Format(time.DateOnly)}, "resubmit_why": {inAgain}}},
		{"consult", url.Values{"fields": {"/anliegen/text"}, "text": {inOpinion}, "email": {"amt@example.org"}, "days": {"14"}}},
		{"decide", url.Values{"outcome": {"granted"}, "letter": {inLetter}, "_action": {"decide"}}},
	} {
		must(t, clerk.Go(at))
		x.fields.Set("_csrf", clerk.csrf(t))
		must(t, clerk.post(at+"/"+x.step, x.fields))
	}
	must(t, clerk.Go(at))
	clerk.says(t, inSubject, inMessage, inRectify, inReply, inNote, inTask, inAgain, inOpinion, inLetter)
	must(t, clerk.Go("/desk/jena?q="+inMessage))
	clerk.says(t, number)
	all := []string{inSubject, inText, inFileName, inFile, inMessage, inRectify, inReply, inNote, inTask, inAgain, inOpinion, inLetter, inDraft}
	if list := w.found(t, all...); len(list) > 0 {
		t.Errorf("in plain text: %q", list)
	}
	// The search itself works: what is declared plain is found.
	if list := w.found(t, number); len(list) == 0 {
		t.Errorf("the file number %s is nowhere: nothing was looked at", number)
	}
	// The copy holds it all.
	_, raw := citizen.get(t, mine+"/copy.zip")
	if len(raw) < 1000 || !bytes.HasPrefix(raw, []byte("PK")) {
		t.Errorf("no copy: %.200q", raw)
	}
}
