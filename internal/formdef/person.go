package formdef

import "strings"

// Person says who the applicant is, well enough to find their other cases: names and date of birth; where the form does not ask
// for that date, names, street and postcode. Like for Addressee, questions tell what they ask for by x-autocomplete (given-name,
// family-name, bday, address-line1, postal-code), and of each the first answer outside of repeating groups counts. "" where the
// answers do not say enough.
func (f *Form) Person(a Answers) string {
	said := map[string]string{}
	for _, p := range f.c.pages {
		for _, e := range p.fields {
			if e.field == nil || e.field.autocomplete == "" || e.frame.owner != nil {
				continue
			}
			v, _ := lookup(a, e.path)
			s, _ := v.(string)
			token := e.field.autocomplete[strings.LastIndexByte(e.field.autocomplete, ' ')+1:]
			if said[token] == "" {
				said[token] = strings.Join(strings.Fields(s), " ")
			}
		}
	}
	street := said["address-line1"]
	if street == "" {
		street = said["street-address"]
	}
	parts := []string{said["family-name"], said["given-name"], said["bday"]}
	if parts[2] == "" {
		parts = append(parts[:2], street, said["postal-code"])
	}
	for _, p := range parts {
		if p == "" {
			return ""
		}
	}
	return strings.Join(parts, "\n")
}
