package formimport

import (
	"fmt"
	"strings"

	"antragswerk/internal/formdef"
)

// serviceFacts are what the foreign form says about the service itself. Everything else stays empty, so that
// "forms check" asks for it: a guess about the law would look like a fact.
type serviceFacts struct {
	source     string // for the comment at the top
	name       string
	leika      string // 14 digits, or ""
	legalBasis []string
}

// serviceYAML writes service.yaml with every key that a person must fill.
func (f serviceFacts) serviceYAML() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# Imported from %s. Fill what is empty; \"antragswerk forms check\" names each.\n", oneLine(f.source))
	fmt.Fprintf(&b, "leika: %s # 14 digits, in quotes\n", quote(f.leika))
	b.WriteString("level: gemeinde # assumed; land, kreis or gemeinde\ncategory: \"\" # under which the portal lists the service\n")
	fmt.Fprintf(&b, "name:\n  de: %s\n  en: \"\"\nkeywords:\n  de: []\n  en: []\nmodules:\n", quote(f.name))
	for _, lang := range []string{"de", "en"} {
		fmt.Fprintf(&b, "  %s:\n", lang)
		for _, m := range formdef.ModuleNames {
			if m == "hints" || m == "remedy" {
				continue
			}
			if m != "legalBasis" || lang != "de" || len(f.legalBasis) == 0 {
				fmt.Fprintf(&b, "    %s: \"\"\n", m)
				continue
			}
			b.WriteString("    legalBasis: |\n")
			for _, law := range f.legalBasis {
				fmt.Fprintf(&b, "      - %s\n", law)
			}
		}
	}
	return []byte(b.String())
}

// formYAML writes form.yaml.
func (f serviceFacts) formYAML() []byte {
	var b strings.Builder
	b.WriteString(`assurance: none # assumed; none, basic, substantial or high
account: both # assumed; person, organisation, both or none
filePrefix: "" # two to eight capital letters at the start of a file number
retention:
  years: 0
  legalBasis: ""
privacy: # the form's part of the notice after Art. 13 GDPR
`)
	for _, lang := range []string{"de", "en"} {
		fmt.Fprintf(&b, "  %s:\n    purpose: \"\"\n    legalBasis: \"\"\n    recipients: \"\"\n    retention: \"\"\n", lang)
	}
	b.WriteString("deadline:\n  days: 0 # calendar days in which the office means to decide\ndeclaration:\n  de: \"\"\n  en: \"\"\n")
	return []byte(b.String())
}
