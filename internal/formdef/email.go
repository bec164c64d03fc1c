package formdef

// Email is the answer by which the applicant can be reached: of the first field for an e-mail address outside of
// repeating groups, in the order of the pages; "" without one.
func (f *Form) Email(a Answers) string {
	for _, p := range f.c.pages {
		for _, e := range p.fields {
			if e.field == nil || e.field.input != "email" || e.frame.owner != nil {
				continue
			}
			if v, ok := lookup(a, e.path); ok {
				if s, _ := v.(string); s != "" {
					return s
				}
			}
		}
	}
	return ""
}
