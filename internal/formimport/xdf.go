package formimport

import (
	"encoding/xml"
	"strings"
)

// rootElement says what a document is.
type rootElement struct{ name, space string }

// namespaceOf resolves the prefix of a root element by its own declarations.
func namespaceOf(e xml.StartElement) string {
	for _, a := range e.Attr {
		if e.Name.Space == "" && a.Name.Space == "" && a.Name.Local == "xmlns" || e.Name.Space != "" && a.Name.Space == "xmlns" && a.Name.Local == e.Name.Space {
			return a.Value
		}
	}
	return ""
}

// The names of XDatenfelder, the standard of FIM (Föderales Informationsmanagement) for what a form asks.
// Messages are called xdatenfelder.stammdatenschema.0102, xdatenfelder.datenfeldgruppe.0103 and xdatenfelder.datenfeld.0104
// in both versions.
const (
	xdfSpace   = "urn:xoev-de:fim:standard:xdatenfelder_"
	gcCodeList = "CodeList"
)

// xdfKind is what an element of a schema is.
type xdfKind byte

const (
	isSchema xdfKind = iota
	isGroup
	isField
)

// xdfElement is a Stammdatenschema, Datenfeldgruppe or Datenfeld. The same group may stand in several places; each
// place has its own copy, because its path is its identity.
type xdfElement struct {
	kind                               xdfKind
	id, version                        string
	name, label, description, def      string
	help                               string
	status, art, elementArt            string
	output, outputHelp                 string   // bezeichnungAusgabe, hilfetextAusgabe
	from, until                        string   // gueltigAb, gueltigBis
	bezug                              []string // legal basis, Handlungsgrundlage
	rules                              []xdfRule
	kids                               []xdfKid
	fieldArt, dataType                 string // feldart, datentyp
	limits                             map[string]string
	badLimits                          string // a praezisierung that could not be read
	content                            string // inhalt: text of a label, or default
	list                               listRef
	values                             []code
	hasValues                          bool
	prefill                            string // keine | optional | verpflichtend
	maxSize                            string
	mediaTypes                         []string
	keywords                           []string
	codeColumn, nameColumn, helpColumn string
}

// xdfKid is an element in its place: how often it may be answered, and why here.
type xdfKid struct {
	count string // anzahl, "1:1", "0:*"
	bezug []string
	el    *xdfElement
}

// xdfRule is a Regel: mostly prose.
type xdfRule struct{ id, version, name, kind, text, script string }

// listRef is a codelisteReferenz.
type listRef struct{ id, uri, version, versionURI string }

func (r listRef) empty() bool { return r == listRef{} }

// String is how a person finds the list in the XRepository.
func (r listRef) String() string {
	switch {
	case r.versionURI != "":
		return r.versionURI
	case r.uri != "" && r.version != "":
		return r.uri + "_" + r.version
	case r.uri != "":
		return r.uri
	}
	return r.id
}

// title is what the citizen reads; the technical name where nothing else is given.
func (e *xdfElement) title() string {
	for _, s := range []string{e.label, e.name, e.id} {
		if s = oneLine(s); s != "" {
			return s
		}
	}
	return "?"
}

// oneLine joins the lines and blanks of a text.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// paragraphs trims each line and drops repeated blank lines, as editors of the catalogue leave them.
func paragraphs(s string) string {
	var out []string
	for line := range strings.Lines(strings.ReplaceAll(s, "\r", "")) {
		line = strings.Join(strings.Fields(line), " ")
		if line == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, line)
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}
