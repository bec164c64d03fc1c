package formimport

import (
	"encoding/xml"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// XDF imports a FIM schema: the first schema (Stammdatenschema, or a group or field alone) among the files and the files
// in ZIPs, with the genericode code lists beside it. Errors are for files that are refused as a whole.
func XDF(files ...File) (*Import, error) {
	list, err := parts(files)
	if err != nil {
		return nil, err
	}
	report := &Report{}
	var top *xdfElement
	var lists []*codeList
	format, codes := "", 0
	for _, p := range list {
		err := p.scan(func(s *scanner, root rootElement) error {
			switch {
			case root.name == gcCodeList:
				if len(lists) == maxCodeLists {
					return fmt.Errorf("there are more than %d code lists", maxCodeLists)
				}
				l, err := readGenericode(s, p.name)
				if err != nil {
					return err
				}
				if codes += len(l.rows); codes > maxAllCodes {
					return fmt.Errorf("the code lists together have more than %d rows", maxAllCodes)
				}
				lists = append(lists, l)
				return nil
			case strings.HasPrefix(root.name, "xdatenfelder."):
				if top != nil {
					return errors.New("it is a second schema; import one at a time")
				}
				format = "FIM XDatenfelder " + strings.TrimPrefix(root.space, xdfSpace)
				top, err = readXDF(s, root)
				return err
			}
			report.lose(p.name, "not read: its root is <%s>, neither a schema of XDatenfelder nor a genericode list", root.name)
			return nil
		})
		var syntax *xml.SyntaxError
		switch {
		case err == nil:
		case !strings.HasSuffix(strings.ToLower(p.name), ".xml") && len(list) > 1 && !errors.As(err, &syntax):
			report.lose(p.name, "not read: %v", err)
		default:
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
	}
	if top == nil {
		return nil, errors.New("there is no schema of XDatenfelder 2 or 3 among the files")
	}
	return convertXDF(top, lists, format, report)
}

var leikaKey = regexp.MustCompile(`\b99\d{12}\b`)

// convertXDF makes a package of a schema that was read.
func convertXDF(top *xdfElement, lists []*codeList, format string, report *Report) (*Import, error) {
	c := &xdfConverter{report: report, lists: lists, used: map[string]bool{}, shared: map[string]int{}, defs: obj(), keys: map[string]string{}}
	report.Source, report.Subject, report.Title = format, oneLine(top.id+" "+top.version), top.title()
	root := c.tree(top)
	c.rules(root)
	c.count(root)
	schema := c.rootSchema(root)
	d := &draft{
		slug: slugOf(top.title(), top.id), schema: schema, ui: c.pages(root), texts: obj(), report: report,
		service: serviceFacts{source: format + ", " + report.Subject, name: top.title(), legalBasis: top.laws()},
	}
	for _, l := range lists {
		if !c.used[l.file] {
			report.lose(l.file, "the code list is not asked for by any field")
		}
	}
	report.Counts.CodeLists = len(c.used)
	keys := leikaKey.FindAllString(strings.Join(append(top.keywords, top.description, top.def), " "), -1)
	slices.Sort(keys)
	if keys = slices.Compact(keys); len(keys) == 1 {
		d.service.leika = keys[0]
		report.chose("service.yaml", "the LeiKa key %s stands in the schema's description", keys[0])
	}
	report.chose("service.yaml", "level is gemeinde; form.yaml: assurance is none, account is both")
	return d.finish()
}

// laterLaw stands in the building blocks of the catalogue until a schema names the law.
const laterLaw = "wird im Verwendungsbezug ergänzt"

// laws is the legal basis of an element, one entry each. XDatenfelder 2 writes several between semicolons.
func (e *xdfElement) laws() []string { return splitLaws(e.bezug) }

func splitLaws(bezug []string) []string {
	var out []string
	for _, b := range bezug {
		for _, law := range strings.Split(b, ";") {
			law = oneLine(law)
			if law != "" && !strings.EqualFold(law, laterLaw) && !slices.Contains(out, law) {
				out = append(out, law)
			}
		}
	}
	return out
}
