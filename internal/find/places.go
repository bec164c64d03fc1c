package find

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"antragswerk/internal/civic"
)

// Place is a municipality as a search result.
type Place struct {
	civic.Region
	KreisName string // to tell namesakes apart
}

// placeIndex finds municipalities by name or postcode.
type placeIndex struct {
	all   []Place
	names []string // folded, same order
	zips  map[string][]int
}

func newPlaceIndex(regions []civic.Region, atlas civic.Atlas) placeIndex {
	x := placeIndex{zips: map[string][]int{}}
	for _, r := range regions {
		if r.Level == civic.RegionGemeinde && r.ValidTo.IsZero() {
			x.all = append(x.all, Place{r, atlas[r.Kreis].Name})
		}
	}
	slices.SortFunc(x.all, func(a, b Place) int { return cmp.Compare(fold(a.Name), fold(b.Name)) })
	for i, p := range x.all {
		x.names = append(x.names, fold(p.Name))
		if p.Zip != "" {
			x.zips[p.Zip] = append(x.zips[p.Zip], i)
		}
	}
	return x
}

// Found is the answer to a search for a place.
type Found struct {
	Places []Place
	// ByName asks to search by name instead: a postcode was typed that the data do not know. The data hold the
	// postcode of each town hall only.
	ByName bool
}

// maxPlaces is how many places a search shows.
const maxPlaces = 12

// Places searches municipalities by name (its beginning, a part, with typing errors) or postcode.
func (s *Service) Places(ctx context.Context, query string) (Found, error) {
	d, err := s.directory(ctx)
	if err != nil {
		return Found{}, err
	}
	return d.places.search(query), nil
}

func (x placeIndex) search(query string) Found {
	query = strings.TrimSpace(query)
	if query == "" {
		return Found{}
	}
	digits, name := splitPostcode(query)
	if digits != "" {
		var f Found
		for _, i := range x.zips[digits] {
			f.Places = append(f.Places, x.all[i])
		}
		if len(f.Places) > 0 || name == "" {
			f.ByName = len(f.Places) == 0
			return f
		}
	}
	return Found{Places: x.named(fold(name))}
}

// splitPostcode takes "07743 Jena" apart.
func splitPostcode(q string) (digits, name string) {
	var words []string
	for _, w := range strings.Fields(q) {
		if len(w) == 5 && strings.Trim(w, "0123456789") == "" && digits == "" {
			digits = w
			continue
		}
		words = append(words, w)
	}
	return digits, strings.Join(words, " ")
}

func (x placeIndex) named(q string) []Place {
	type hit struct{ at, rank int }
	var hits []hit
	for i, n := range x.names {
		if r := rankPlace(q, n); r > 0 {
			hits = append(hits, hit{i, r})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		if c := cmp.Compare(b.rank, a.rank); c != 0 {
			return c
		}
		return cmp.Compare(x.all[b.at].Inhabitants, x.all[a.at].Inhabitants)
	})
	var out []Place
	for _, h := range hits[:min(len(hits), maxPlaces)] {
		if h.rank*2 >= hits[0].rank {
			out = append(out, x.all[h.at])
		}
	}
	return out
}

func rankPlace(q, name string) int {
	switch {
	case q == name || bare(q) == bare(name):
		return 100
	case strings.HasPrefix(name, q) || strings.HasPrefix(bare(name), bare(q)):
		return 90
	}
	best := 0
	for _, w := range strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == '-' || r == '/' || r == '(' }) {
		best = max(best, score(q, w)*4/5)
	}
	return max(best, score(q, name))
}
