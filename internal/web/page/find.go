package page

import (
	"slices"
	"strconv"
	"strings"

	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
)

// Portal is the state's start page: what do you want to do, and where do you live?
type Portal struct {
	Query, Place string
	Asked        bool // a search was made
	Results      []Result
	Places       []PlaceLink // to choose from, when the place was not clear
	ByName       bool        // an unknown postcode was typed
	PlaceName    string      // the one place that was found
	PlaceURL     string
	All          []Result // everything there is, when nothing was asked
	Tenants      int
}

// Result is a service that fits, with the office for the place where one was given.
type Result struct {
	Title, Short, URL string
	Category          string // "" leaves it out
	Place             string // which place decides, "" where it is the home
	Office            string // "" as long as no place was given
	OfficeURL         string
	Offline           bool // the office does not offer it online yet
}

// topicGroup is what there is under one topic.
type topicGroup struct {
	Topic string
	List  []Result
}

// byTopic groups services under their topics, in the order of the alphabet; what has none comes last.
func byTopic(list []Result) []topicGroup {
	at := map[string]int{}
	var out []topicGroup
	for _, r := range list {
		i, known := at[r.Category]
		if !known {
			i = len(out)
			at[r.Category] = i
			out = append(out, topicGroup{Topic: r.Category})
		}
		r.Category = "" // the heading says it
		out[i].List = append(out[i].List, r)
	}
	slices.SortStableFunc(out, func(a, b topicGroup) int {
		if a.Topic == "" || b.Topic == "" {
			return strings.Compare(b.Topic, a.Topic)
		}
		return strings.Compare(a.Topic, b.Topic)
	})
	return out
}

func topicID(i int) string { return "thema-" + strconv.Itoa(i+1) }

// PlaceLink is a municipality to choose.
type PlaceLink struct{ Name, Detail, URL string }

// Start is an authority's own start page.
type Start struct {
	Welcome string // Markdown
	All     []Result
	Members []string
	Kreis   PlaceLink
	Contact ContactBox
	Offline bool // not live yet
}

// ContactBox is whom to ask.
type ContactBox struct {
	Title, Unit, Person, Street, Town, Phone, Email, Website, Hours string
}

// Empty tells whether there is nothing to show.
func (c ContactBox) Empty() bool {
	return c.Unit+c.Person+c.Street+c.Town+c.Phone+c.Email+c.Website+c.Hours == ""
}

// PhoneURL is the number as a link; only digits and + remain.
func (c ContactBox) PhoneURL() string {
	return "tel:" + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, c.Phone)
}

// ServiceInfo tells what a citizen must know before starting.
type ServiceInfo struct {
	Title, Short string
	Blocks       []Block
	Fees         []Fee
	Days         int // processing time aimed at, 0 unknown
	LeiKa        string
	Contact      ContactBox
	PrivacyURL   string
	Own          bool
	Office       PlaceLink // who is responsible when this authority is not
	Offline      bool
	Begin        *Begin
	Drafts       []PlaceLink // begun before on this device or account
}

// Block is a titled text, Markdown.
type Block struct{ ID, Title, Text string }

// Fee is a price as the page shows it.
type Fee struct{ Label, Amount string }

// Begin is the way in.
type Begin struct {
	URL, ARS string
	Level    string // assurance level that the form asks for
	LoggedIn bool   // with enough assurance
	LoginURL string
	Wrong    string // why this account cannot be used, worded
}

// Legal is a page of texts: imprint, privacy notice, accessibility statement.
type Legal struct {
	Title  string
	Blocks []Block
}

// FeedbackForm asks what was good, bad or a barrier.
type FeedbackForm struct {
	URL, About, Text, Error string
	Barrier                 bool
}

func (f FeedbackForm) text(l *locale.Catalogue) Input {
	return Input{Kind: formdef.WidgetTextArea, Name: "text", Label: l.T("feedback.text"), Hint: l.T("feedback.text.hint"), Value: f.Text, Error: f.Error, Required: true, Rows: 6, MaxLength: 4000}
}

func (f FeedbackForm) kind(l *locale.Catalogue) Input {
	selected := "opinion"
	if f.Barrier {
		selected = "barrier"
	}
	return Input{Kind: formdef.WidgetRadio, Name: "kind", Label: l.T("feedback.kind"), Required: true,
		Options: Options(selected, "opinion", l.T("feedback.kind.opinion"), "barrier", l.T("feedback.kind.barrier"))}
}
