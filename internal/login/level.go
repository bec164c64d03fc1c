package login

import (
	"slices"
	"strings"

	"antragswerk/internal/civic"
)

// DefaultLevels maps what German and European providers say in acr or trust_level_authentication: the STORK levels
// that BundID uses (Level 2 has no counterpart above basic), the eIDAS levels, and our own words.
func DefaultLevels() map[string]civic.Level {
	levels := map[string]civic.Level{
		"basic": civic.LevelBasic, "substantial": civic.LevelSubstantial, "high": civic.LevelHigh,
		"low": civic.LevelBasic,
	}
	stork := map[string]civic.Level{
		"1": civic.LevelBasic, "2": civic.LevelBasic, "3": civic.LevelSubstantial, "4": civic.LevelHigh,
	}
	for n, level := range stork {
		levels["STORK-QAA-Level-"+n] = level
		levels["urn:stork:names:tc:STORK:1.0:assurance:STORK-QAA-Level-"+n] = level
	}
	eidas := map[string]civic.Level{
		"low": civic.LevelBasic, "substantial": civic.LevelSubstantial, "high": civic.LevelHigh,
	}
	for word, level := range eidas {
		levels["http://eidas.europa.eu/LoA/"+word] = level
		levels["eidas-"+word] = level
	}
	return levels
}

// level takes the weaker of what acr and the trust level say; a word that the map does not know says nothing.
func (l *Login) level(acr, trust string) civic.Level {
	weakest, found := civic.LevelNone, false
	for _, word := range []string{acr, trust} {
		level, known := l.cfg.LevelMap[word]
		if word == "" || !known {
			continue
		}
		if !found || !level.AtLeast(weakest) {
			weakest, found = level, true
		}
	}
	return weakest
}

// acrValues lists the words for the wanted level and better, the weakest sufficient first; supported narrows it to
// what the provider says it knows.
func (l *Login) acrValues(want civic.Level, supported []string) string {
	if want == civic.LevelNone || want == "" {
		return ""
	}
	var words []string
	for word, level := range l.cfg.LevelMap {
		if level.AtLeast(want) && (len(supported) == 0 || slices.Contains(supported, word)) {
			words = append(words, word)
		}
	}
	slices.SortFunc(words, func(a, b string) int {
		la, lb := l.cfg.LevelMap[a], l.cfg.LevelMap[b]
		switch {
		case la == lb:
			return strings.Compare(a, b)
		case lb.AtLeast(la):
			return -1
		default:
			return 1
		}
	})
	return strings.Join(words, " ")
}
