package formdef

import "slices"

// Cosign is what a second person must confirm for these answers, nil when nobody must.
func (f *Form) Cosign(s State) *Cosign {
	if f.Package == nil || f.Package.Form.Cosign == nil {
		return nil
	}
	if f.c.cosign != nil && !f.c.cosign.holds(f.newRun(&s).top()) {
		return nil
	}
	return f.Package.Form.Cosign
}

// CosignEmail is the address of the person who must confirm, "" when it was not asked for or not given.
func (f *Form) CosignEmail(a Answers) string {
	if len(f.c.cosignEmail) == 0 {
		return ""
	}
	v, _ := lookup(a, f.c.cosignEmail)
	s, _ := v.(string)
	return s
}

// Email is the answer by which the applicant can be reached: of the first field for an e-mail address outside of
// repeating groups, in the order of the pages; "" without one.
func (f *Form) Email(a Answers) string {
	for _, p := range f.c.pages {
		for _, e := range p.fields {
			if e.field == nil || e.field.input != "email" || e.frame.owner != nil {
				continue
			}
			if slices.Equal(e.path, f.c.cosignEmail) {
				continue // the second person's
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
