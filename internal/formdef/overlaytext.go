package formdef

import (
	"maps"
	"slices"
)

// tailored is the package as an overlay words it: its amounts and texts, of everything else the original.
func (f *Form) tailored(d *delta) *Package {
	rules := f.Package.Form.Overlay
	if len(d.fees) == 0 && len(d.o.Modules) == 0 {
		return f.Package
	}
	p := *f.Package
	p.Form.Fees = slices.Clone(p.Form.Fees)
	for i, x := range p.Form.Fees {
		if amount, ok := d.fees[x.Code]; ok {
			p.Form.Fees[i].Amount = amount
		}
	}
	if p.Service.Modules = maps.Clone(p.Service.Modules); p.Service.Modules == nil {
		p.Service.Modules = map[string]Modules{} // a package that says nothing about its service
	}
	for lang, texts := range d.o.Modules {
		m := p.Service.Modules[lang]
		for name, text := range texts {
			if place := m.place(name); place != nil && text != "" && slices.Contains(rules.Texts, name) {
				*place = text
			}
		}
		p.Service.Modules[lang] = m
	}
	return &p
}

// moduleNames are the text modules of a service.
var moduleNames = []string{"short", "full", "requirements", "documents", "fees", "deadlines", "processingTime", "legalBasis", "procedure", "authority", "hints", "remedy"}

// ModulesIn are the text modules in a language; each that it lacks stands in German.
func (s ServiceMeta) ModulesIn(lang string) Modules {
	m, de := s.Modules[lang], s.Modules["de"]
	for _, name := range moduleNames {
		if place := m.place(name); *place == "" {
			*place = *de.place(name)
		}
	}
	return m
}

// place is where the text of a module stands, nil for one that does not exist.
func (m *Modules) place(name string) *string {
	return map[string]*string{"short": &m.Short, "full": &m.Full, "requirements": &m.Requirements, "documents": &m.Documents, "fees": &m.Fees,
		"deadlines": &m.Deadlines, "processingTime": &m.ProcessingTime, "legalBasis": &m.LegalBasis, "procedure": &m.Procedure,
		"authority": &m.Authority, "hints": &m.Hints, "remedy": &m.Remedy}[name]
}
