package civic

import "slices"

// Atlas is the regional table by ARS.
type Atlas map[string]Region

// landARS is the state's key: Thüringen.
const landARS = "16"

// Chain (Zuständigkeitskette) lists the ARS of the authorities that may act for a place, the most specific first:
// the Gemeinde itself, then the Verwaltungsgemeinschaft or erfüllende Gemeinde that acts for it (§§ 46 ff., 51 ThürKO),
// then the Kreis (a kreisfreie Stadt is its own), then the Land. Nil for an unknown place.
func (a Atlas) Chain(ars string) []string {
	r, ok := a[ars]
	if !ok {
		return nil
	}
	switch r.Level {
	case RegionLand:
		return []string{ars}
	case RegionKreis:
		return []string{ars, landARS}
	case RegionVerband:
		return []string{a.authority(r), r.ARS[:5], landARS}
	}
	chain := []string{ars}
	if v, ok := a[r.Verband]; ok && r.Verband != "" && a.authority(v) != ars {
		chain = append(chain, a.authority(v))
	}
	if r.Kind != "kreisfreie-stadt" {
		chain = append(chain, r.Kreis)
	}
	return append(chain, landARS)
}

// authority is the ARS of who acts for a Verband: itself, or the Gemeinde that fulfils its duties.
func (a Atlas) authority(v Region) string {
	if v.Fulfilling != "" {
		return v.Fulfilling
	}
	return v.ARS
}

// Responsible returns the ARS of the authority for a matter of the level at a place. offers tells whether an authority
// has the service switched on: where one below the level's own does, it wins (the most specific wins). "" for an unknown place.
func (a Atlas) Responsible(level RegionLevel, ars string, offers func(ars string) bool) string {
	chain := a.Chain(ars)
	if chain == nil {
		return ""
	}
	last := a.ordinary(level, chain)
	for _, c := range chain[:last] {
		if offers(c) {
			return c
		}
	}
	return chain[last]
}

// Ordinary returns the ARS of the authorities that are responsible for a matter of the level somewhere, before any of them
// has switched something on or off.
func (a Atlas) Ordinary(level RegionLevel) map[string]bool {
	who := map[string]bool{}
	for _, r := range a {
		if r.Level == RegionGemeinde && r.ValidTo.IsZero() {
			who[a.Responsible(level, r.ARS, func(string) bool { return false })] = true
		}
	}
	return who
}

// ordinary is the position in the chain of the authority that the level means.
func (a Atlas) ordinary(level RegionLevel, chain []string) int {
	switch level {
	case RegionLand:
		return len(chain) - 1
	case RegionKreis:
		return max(len(chain)-2, 0)
	}
	// A Gemeinde's matter: the Verband's authority where there is one, which is what stands second of four.
	if len(chain) == 4 {
		return 1
	}
	if i := slices.IndexFunc(chain, func(c string) bool { return len(c) != 5 && c != landARS }); i >= 0 {
		return i
	}
	return 0
}
