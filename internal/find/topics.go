package find

import (
	"cmp"
	"context"
	"slices"

	"antragswerk/internal/civic"
)

// wordsOf are the search words of a topic: those of its name, the strong ones of name and keywords, weak ones of the short
// text.
type wordsOf struct{ name, strong, weak []string }

// named is what a word of the name counts more than one of the keywords: who types "Plakate" wants the service that is
// called so before the one that also allows them.
const named = 5

func wordsOfTopic(t Topic) wordsOf {
	var w wordsOf
	for _, name := range t.Package.Service.Name {
		w.name = append(w.name, tokens(name)...)
	}
	for _, list := range t.Package.Service.Keywords {
		for _, k := range list {
			w.strong = append(w.strong, tokens(k)...)
		}
	}
	for _, m := range t.Package.Service.Modules {
		for _, x := range tokens(m.Short) {
			if len(x) >= 5 {
				w.weak = append(w.weak, x)
			}
		}
	}
	w.strong = append(w.strong, t.LeiKa)
	slices.Sort(w.strong)
	slices.Sort(w.weak)
	w.strong, w.weak = slices.Compact(w.strong), slices.Compact(w.weak)
	return w
}

// rank is how well a query fits; every word that means something must fit something.
func (w wordsOf) rank(query []string) int {
	sum := 0
	for _, q := range query {
		best := 0
		for _, k := range w.strong {
			best = max(best, score(q, k))
		}
		for _, k := range w.name {
			if s := score(q, k); s > 0 {
				best = max(best, s+named)
			}
		}
		if best < 60 {
			for _, k := range w.weak {
				best = max(best, score(q, k)/3)
			}
		}
		if best == 0 {
			return 0
		}
		sum += best
	}
	return sum / max(len(query), 1)
}

// Topics searches the published services by what somebody wants to do; an empty query lists all, by name.
// The best come first. Where nothing fits, those that take any request (Allgemeiner Antrag) are offered.
func (s *Service) Topics(ctx context.Context, query string) ([]Topic, error) {
	d, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	var words []string
	for _, w := range tokens(query) {
		if !stop[w] {
			words = append(words, w)
		}
	}
	if len(words) == 0 {
		return slices.Clone(d.topics), nil
	}
	type hit struct{ at, rank int }
	var hits []hit
	for i := range d.topics {
		if r := d.words[i].rank(words); r > 0 {
			hits = append(hits, hit{i, r})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.rank, a.rank) })
	var out []Topic
	for _, h := range hits {
		if h.rank*3 >= hits[0].rank { // far worse hits only distract
			out = append(out, d.topics[h.at])
		}
	}
	if len(out) == 0 {
		for _, t := range d.topics {
			if t.Every {
				out = append(out, t)
			}
		}
	}
	return out, nil
}

// Topic returns a published service by its slug.
func (s *Service) Topic(ctx context.Context, service string) (Topic, error) {
	d, err := s.directory(ctx)
	if err != nil {
		return Topic{}, err
	}
	i, ok := d.byTopic[service]
	if !ok {
		return Topic{}, civic.Errorf(civic.NotFound, "error.not_found")
	}
	return d.topics[i], nil
}
