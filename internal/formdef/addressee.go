package formdef

import "strings"

// Addressee is the applicant's name and address in the order of an envelope's window (DIN 5008): organisation, person,
// what belongs to the address, street, postcode with town. Questions tell what they ask for by x-autocomplete, with the
// tokens of HTML: organization, given-name, family-name, name, address-line2, address-line1 (or street-address, which HTML
// keeps for fields of several lines), postal-code, address-level2. Outside of repeating groups, in the order of the pages,
// the first organisation counts, the first person, and the first object that has a street and a town; parts of two addresses
// are never mixed. Nil unless there are a name and an address.
func (f *Form) Addressee(a Answers) []string {
	organisation, person, address := f.parties(a)
	if person+organisation == "" || address == nil {
		return nil
	}
	var out []string
	for _, line := range append([]string{organisation, person}, address...) {
		if line != "" {
			out = append(out, line)
		}
	}
	return out
}

// Applicant is the applicant's name, of the person before that of the organisation; "" where the form does not ask.
func (f *Form) Applicant(a Answers) string {
	organisation, person, _ := f.parties(a)
	if person == "" {
		return organisation
	}
	return person
}

// parties finds who applies, and where they are.
func (f *Form) parties(a Answers) (organisation, person string, address []string) {
	type object map[string]string // answers by token
	var order []object
	by := map[string]object{}
	for _, p := range f.c.pages {
		for _, e := range p.fields {
			if e.field == nil || e.field.autocomplete == "" || e.frame.owner != nil {
				continue
			}
			v, _ := lookup(a, e.path)
			s, _ := v.(string)
			if s = strings.Join(strings.Fields(s), " "); s == "" {
				continue
			}
			parent := strings.Join(e.path[:len(e.path)-1], "/")
			o := by[parent]
			if o == nil {
				o = object{}
				by[parent], order = o, append(order, o)
			}
			token := e.field.autocomplete[strings.LastIndexByte(e.field.autocomplete, ' ')+1:]
			if o[token] == "" {
				o[token] = s
			}
		}
	}
	name := ""
	for _, o := range order {
		if organisation == "" {
			organisation = o["organization"]
		}
		if person == "" && o["family-name"] != "" {
			person = strings.TrimSpace(o["given-name"] + " " + o["family-name"])
		}
		if name == "" {
			name = o["name"]
		}
		street := o["address-line1"]
		if street == "" {
			street = o["street-address"]
		}
		if address == nil && street != "" && o["address-level2"] != "" {
			address = []string{o["address-line2"], street, strings.TrimSpace(o["postal-code"] + " " + o["address-level2"])}
		}
	}
	if person == "" && organisation == "" {
		person = name
	}
	return organisation, person, address
}
