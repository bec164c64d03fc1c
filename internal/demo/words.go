package demo

import "strings"

// words are the texts of the demo's pages in one language. They live here and not in the catalogues, because no real
// installation shows them.
type words map[string]string

func langOf(locales string) string {
	for _, tag := range strings.Fields(locales) {
		switch base, _, _ := strings.Cut(tag, "-"); base {
		case "de", "en":
			return base
		}
	}
	return "de"
}

func wordsIn(lang string) words {
	if lang == "en" {
		return words{
			"demo": "Demonstration", "title": "Who do you want to be?",
			"intro":  "This is a demonstration: nobody checks who you are, and everybody can be anybody. Do not enter real data.",
			"people": "People and companies", "state": "The state's staff", "office": "Staff of an authority",
			"search": "Search for an authority", "searchHint": "Beginning of the name, for example Jena",
			"go": "Search", "none": "No authority found. Try the beginning of its name.",
			"other": "Another persona", "otherHint": "For example clerk-jena, lead-kreis-gotha or citizen-high",
			"login": "Log in", "cancel": "Cancel", "tooLow": "not enough for this application",
			"unknown": "This persona does not exist. Check the spelling, or choose one of the buttons.",
			"problem": "Please check your input",
			"trouble": "This login does not work", "wrong": "The request for a login was incomplete or came from an unknown place. Go back and start again.",
			"down": "The list of authorities cannot be read at the moment. Try again in a minute.",
			"bye":  "You are logged out", "byeText": "The demonstration keeps no login of its own.", "home": "To the start page",
			"mail": "Demo mailbox", "mailIntro": "This is a demonstration: these mails were not sent to anybody. The newest 500 are kept here.",
			"empty": "No mail yet.", "from": "From", "to": "To", "at": "Date", "subject": "Subject", "files": "Attachments",
			"back": "Back to all mails", "replyTo": "Reply to", "nomail": "This mail does not exist", "nomailText": "It was replaced by newer ones, or it never was there.",
		}
	}
	return words{
		"demo": "Demonstration", "title": "Wer möchten Sie sein?",
		"intro":  "Dies ist eine Demonstration: Niemand prüft, wer Sie sind, und jeder kann jeder sein. Geben Sie keine echten Daten ein.",
		"people": "Menschen und Unternehmen", "state": "Beschäftigte des Landes", "office": "Beschäftigte einer Behörde",
		"search": "Behörde suchen", "searchHint": "Anfang des Namens, zum Beispiel Jena",
		"go": "Suchen", "none": "Keine Behörde gefunden. Versuchen Sie es mit dem Anfang des Namens.",
		"other": "Andere Person", "otherHint": "Zum Beispiel clerk-jena, lead-kreis-gotha oder citizen-high",
		"login": "Anmelden", "cancel": "Abbrechen", "tooLow": "reicht für diesen Antrag nicht",
		"unknown": "Diese Person gibt es nicht. Prüfen Sie die Schreibweise, oder wählen Sie eine der Schaltflächen.",
		"problem": "Bitte prüfen Sie Ihre Eingabe",
		"trouble": "Diese Anmeldung geht nicht", "wrong": "Die Anfrage nach einer Anmeldung war unvollständig oder kam von unbekannter Stelle. Gehen Sie zurück und beginnen Sie neu.",
		"down": "Die Liste der Behörden ist gerade nicht lesbar. Versuchen Sie es in einer Minute noch einmal.",
		"bye":  "Sie sind abgemeldet", "byeText": "Die Demonstration merkt sich keine Anmeldung.", "home": "Zur Startseite",
		"mail": "Demo-Postfach", "mailIntro": "Dies ist eine Demonstration: Diese E-Mails wurden an niemanden verschickt. Die neuesten 500 bleiben hier liegen.",
		"empty": "Noch keine E-Mail.", "from": "Von", "to": "An", "at": "Datum", "subject": "Betreff", "files": "Anhänge",
		"back": "Zurück zu allen E-Mails", "replyTo": "Antwort an", "nomail": "Diese E-Mail gibt es nicht", "nomailText": "Sie wurde von neueren verdrängt, oder es gab sie nie.",
	}
}
