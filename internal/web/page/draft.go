package page

import (
	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
)

// RescueCode is the name of the input for the recovery code on a RescuePage.
const RescueCode = "_code"

// Rescue is what was posted to a draft that this browser cannot open: the form carries it on.
type Rescue struct {
	Action, LoginURL string
	Typed            []TypedValue
	Code, CodeErr    string
}

// TypedValue is one posted value; Shown, when it is somebody's answer.
type TypedValue struct {
	Name, Value string
	Shown       bool
}

func (p Rescue) code(l *locale.Catalogue) Input {
	return Input{Name: RescueCode, Label: l.T("me.code"), Hint: l.T("me.code.hint"), Value: p.Code, Error: p.CodeErr, Width: 20, Autocomplete: "off"}
}

// Helping is what a page of a draft says about help. Until is set for who helps, URL for the owner.
type Helping struct {
	Until   string
	MaySend bool
	URL     string
	LastBy  string // who saved last, "" for the reader
}

// InvitedPage takes an invitation's code.
type InvitedPage struct {
	Code, CodeErr string
	Held          bool // this browser holds one already
}

func (p InvitedPage) code(l *locale.Catalogue) Input {
	return Input{Name: "code", Label: l.T("invited.code"), Hint: l.T("me.code.hint"), Value: p.Code, Error: p.CodeErr, Required: true, Width: 20, Autocomplete: "off"}
}

// Helpers is where the owner of a draft invites others to help.
type Helpers struct {
	Service, Base, BackURL, Link string
	List                         []Helper
	Hands                        []Hand // newest first
	Lives                        []Option
	Name, Days                   string // as posted
	Send, OfferSend              bool
	Field, Problem               string
}

// Helper is one who was invited.
type Helper struct {
	Name, Until, Opened, Code, Link, EndURL string
	MaySend                                 bool
}

// Hand is who last changed a page of the draft.
type Hand struct{ Page, By, At string }

func (p Helpers) error(field string) string {
	if p.Field == field {
		return p.Problem
	}
	return ""
}

func (p Helpers) inputs(l *locale.Catalogue) []Input {
	list := []Input{
		{Name: "name", Label: l.T("helpers.name"), Hint: l.T("helpers.name.hint"), Value: p.Name, Error: p.error("name"), Required: true, MaxLength: 60, Width: 30, Autocomplete: "off"},
		{Kind: formdef.WidgetRadio, Name: "days", Label: l.T("helpers.life"), Options: p.Lives, Error: p.error("days"), Required: true},
	}
	if p.OfferSend {
		send := Options("", "yes", l.T("helpers.send"))
		send[0].Selected = p.Send
		list = append(list, Input{Kind: formdef.WidgetCheckbox, Name: "send", Label: l.T("helpers.send"), Hint: l.T("helpers.send.hint"), Options: send})
	}
	return list
}

// AwaitedBox is what the applicant passes on to the person who must confirm.
type AwaitedBox struct {
	Who, Until, Code, Link, Page, RenewURL string
	Mailed                                 string // address that it was mailed to, "" none
	Opened                                 string // when it was first opened, "" not yet
}

// CosignPage shows an application to the person who is asked to confirm it.
type CosignPage struct {
	Service, Authority, Action, Until, PrivacyURL string
	Sections                                      []formdef.Section
	FileURL                                       func(urn string) string
	Open                                          bool   // an answer is awaited
	Answer                                        string // given before: confirmed, declined; "" none
	Signer                                        string // proven by the log-in
	Declaration                                   string
	Name, Reason                                  string // as posted
	Declared                                      bool
	Field, Problem                                string
}

func (p CosignPage) error(field string) string {
	if p.Field == field {
		return p.Problem
	}
	return ""
}

func (p CosignPage) name(l *locale.Catalogue) Input {
	return Input{Name: "name", Label: l.T("cosign.name"), Value: p.Name, Error: p.error("name"), Required: true, MaxLength: 120, Width: 40, Autocomplete: "name"}
}

func (p CosignPage) declaration() Input {
	tick := Options("", "yes", p.Declaration)
	tick[0].Selected = p.Declared
	return Input{Kind: formdef.WidgetCheckbox, Name: "declaration", Label: p.Declaration, Required: true, Options: tick, Error: p.error("declaration")}
}

func (p CosignPage) reason(l *locale.Catalogue) Input {
	return Input{Kind: formdef.WidgetTextArea, Name: "reason", Label: l.T("cosign.reason"), Hint: l.T("cosign.reason.hint"), Value: p.Reason, Error: p.error("reason"), Rows: 3, MaxLength: 2000}
}

func (p CosignPage) issues(l *locale.Catalogue) []Issue {
	out := InputIssues(p.name(l), p.declaration(), p.reason(l))
	if p.Problem != "" && len(out) == 0 {
		out = append(out, Issue{Text: p.Problem})
	}
	return out
}
