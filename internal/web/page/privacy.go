package page

import "antragswerk/internal/civic"

// AdminPrivacy is the register of an authority's processing activities.
type AdminPrivacy struct {
	RegisterURL string
	Rows        []AdminPrivacyRow
}

// AdminPrivacyRow is a service.
type AdminPrivacyRow struct {
	Name, URL string
	Period    civic.Retention
	Own, Off  bool // the authority has set the period; it does not offer the service
}

// AdminRecord is one entry of the register, and how long its cases are kept.
type AdminRecord struct {
	Title, Action, LegalBasis string
	Blocks                    []Block
	Fields                    []Input
}

func holdOptions(s Shell) []Option {
	var out []Option
	for _, h := range civic.Holds {
		out = append(out, Option{Value: string(h), Label: s.T("hold." + string(h))})
	}
	return out
}
