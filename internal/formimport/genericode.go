package formimport

import (
	"encoding/xml"
	"fmt"
	"slices"
)

// The bounds of code lists. Longer ones (all municipalities, all streets) are no choice that a person could make on a page.
const (
	maxCodes     = 20_000  // rows that are read
	maxChoices   = 2_000   // rows that become choices
	maxAllCodes  = 100_000 // rows of all lists together
	maxCodeLists = 500
)

// code is one row of a code list.
type code struct{ value, name, help string }

// codeList is an OASIS genericode 1.0 list. It is known by its canonical URIs and by what its file is called.
type codeList struct {
	file, short, version, uri, versionURI string
	codes                                 []code
	columns                               []string // ids, in order
	key                                   string   // column of the key
	rows                                  []map[string]string
}

// readGenericode reads a list whose root was just opened. Children are looked up by their local name: the standard
// leaves them without a namespace, but some tools write one.
func readGenericode(s *scanner, file string) (*codeList, error) {
	l := &codeList{file: file}
	err := s.children("CodeList", func(e xml.StartElement) error {
		switch e.Name.Local {
		case "Identification":
			return l.identification(s)
		case "ColumnSet":
			return l.columnSet(s)
		case "SimpleCodeList":
			return s.children("SimpleCodeList", func(row xml.StartElement) error {
				if row.Name.Local != "Row" {
					return s.skip(row.Name.Local)
				}
				return l.row(s)
			})
		}
		return s.skip(e.Name.Local)
	})
	if err != nil {
		return nil, err
	}
	l.codes = l.pick("", "", "")
	return l, nil
}

func (l *codeList) identification(s *scanner) error {
	return s.children("Identification", func(e xml.StartElement) (err error) {
		into := map[string]*string{
			"ShortName": &l.short, "Version": &l.version, "CanonicalUri": &l.uri, "CanonicalVersionUri": &l.versionURI,
		}[e.Name.Local]
		if into == nil || *into != "" {
			return s.skip(e.Name.Local)
		}
		*into, err = s.text(e.Name.Local)
		return err
	})
}

func (l *codeList) columnSet(s *scanner) error {
	return s.children("ColumnSet", func(e xml.StartElement) error {
		switch id := attr(e, "Id"); {
		case e.Name.Local == "Column" && id != "":
			if l.columns = append(l.columns, id); len(l.columns) > 100 {
				return s.fault(fmt.Errorf("the code list has more than 100 columns"))
			}
		case e.Name.Local == "Key" && l.key == "":
			return s.children("Key", func(k xml.StartElement) error {
				if ref := attr(k, "Ref"); k.Name.Local == "ColumnRef" && l.key == "" {
					l.key = ref
				}
				return s.skip(k.Name.Local)
			})
		}
		return s.skip(e.Name.Local)
	})
}

// row reads a Row. A value without a ColumnRef belongs to the column after the one before it.
func (l *codeList) row(s *scanner) error {
	row, next := map[string]string{}, 0
	err := s.children("Row", func(e xml.StartElement) error {
		ref := attr(e, "ColumnRef")
		if ref == "" && next < len(l.columns) {
			ref = l.columns[next]
		}
		if i := slices.Index(l.columns, ref); i >= 0 {
			next = i + 1
		}
		text, err := s.text(e.Name.Local)
		if err == nil && ref != "" && len(row) < 100 {
			row[ref] = text
		}
		return err
	})
	if l.rows = append(l.rows, row); len(l.rows) > maxCodes {
		return s.fault(fmt.Errorf("the code list has more than %d rows", maxCodes))
	}
	return err
}

// pick makes choices of the named columns. Without names the key column, or the first, is the code, the first other one
// the name, and the next the help; "Code" and "codename" columns, as the XRepository writes them, go before.
func (l *codeList) pick(key, name, help string) []code {
	free := slices.Clone(l.columns)
	take := func(wish string, likely ...string) string {
		for _, w := range append([]string{wish}, likely...) {
			if i := slices.Index(free, w); w != "" && i >= 0 {
				free = slices.Delete(free, i, i+1)
				return w
			}
		}
		return ""
	}
	first := func(got string) string {
		if got == "" && len(free) > 0 {
			got, free = free[0], free[1:]
		}
		return got
	}
	key = first(take(key, l.key, "code", "Code", "key", "Schluessel"))
	name = first(take(name, "name", "codename", "Codename", "Name", "value", "Beschreibung", "bezeichnung", "Bezeichnung"))
	help = take(help, "help", "hilfe", "hilfetext", "Hilfetext")
	var out []code
	seen := map[string]bool{}
	for _, r := range l.rows {
		c := code{r[key], r[name], r[help]}
		if c.name == "" {
			c.name = c.value
		}
		if c.value != "" && !seen[c.value] {
			seen[c.value] = true
			out = append(out, c)
		}
	}
	return out
}
