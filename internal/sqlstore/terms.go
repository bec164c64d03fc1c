package sqlstore

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/german"
	"golang.org/x/text/unicode/norm"

	"antragswerk/internal/civic"
)

// How text becomes something to find. A text is cut into tokens (letters and digits), each folded twice: ä as ae and ä as a.
// Then by mode: word keeps stems; name keeps beginnings of 3 to 12 letters and the whole; number keeps the same of the text
// without separators, and each of its tokens; exact keeps the whole. A query is cut the same way, so that a hit is plain
// equality of terms, and equality survives the blinding. Mode is the blinding's field: a search does not know fields.
const (
	modeWord   = "word"
	modeName   = "name"
	modeNumber = "number"
	modeExact  = "exact"
	modeTag    = "tag"
	modeField  = "field"
)

const (
	shortest, longest = 3, 12 // of a beginning, in letters
	maxToken          = 64    // longer tokens are cut
	maxTerms          = 2000  // of one change; what comes after is not found
	blindBytes        = 16    // of an HMAC; collisions cost a wrong hit in 2^64 terms
)

// term is one thing to find, before it is blinded.
type term struct{ mode, text string }

// blindTerms turns the texts to find a case by into the rows of the index, each once.
func (s *Store) blindTerms(ctx context.Context, tenant string, texts []civic.IndexTerm) ([][]byte, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	seen := map[term]bool{}
	var list []term
	for _, t := range texts {
		for _, found := range indexTerms(t) {
			if !seen[found] && len(list) < maxTerms {
				seen[found] = true
				list = append(list, found)
			}
		}
	}
	return s.blind(ctx, tenant, list)
}

func (s *Store) blind(ctx context.Context, tenant string, list []term) ([][]byte, error) {
	out, err := s.blindNow(ctx, tenant, list)
	if err != nil {
		s.keys.Delete(tenant) // it may have been wrapped anew since it was read
		out, err = s.blindNow(ctx, tenant, list)
	}
	return out, err
}

func (s *Store) blindNow(ctx context.Context, tenant string, list []term) ([][]byte, error) {
	key, err := s.tenantKey(ctx, tenant)
	if err != nil {
		return nil, err
	}
	k := civic.Keys{Tenant: tenant, TenantKey: key}
	out := make([][]byte, len(list))
	for i, t := range list {
		b, err := s.Blind(k, t.mode, t.text)
		if err != nil {
			return nil, err
		}
		out[i] = b[:min(len(b), blindBytes)]
	}
	return out, nil
}

// indexTerms are the terms of one text.
func indexTerms(t civic.IndexTerm) (list []term) {
	switch t.Mode {
	case modeName:
		for _, token := range tokens(t.Text) {
			for _, v := range variants(token) {
				list = append(list, beginnings(modeName, v)...)
			}
		}
	case modeNumber:
		list = beginnings(modeNumber, squeezed(t.Text))
		for _, token := range tokens(t.Text) {
			list = append(list, numbersOf(token)...)
		}
	case modeExact:
		list = append(list, term{modeExact, squeezed(t.Text)})
	case modeTag:
		return []term{{modeTag + ":" + t.Field, t.Text}}
	case modeField:
		return []term{fieldTerm(t)}
	default:
		for _, token := range tokens(t.Text) {
			list = append(list, stems(token)...)
		}
		return list
	}
	if strings.HasPrefix(t.Field, "/") {
		list = append(list, fieldTerm(t))
	}
	return list
}

// fieldTerm finds a case by the whole value of one field, in whichever row of a list it stands.
func fieldTerm(t civic.IndexTerm) term {
	steps := strings.Split(t.Field, "/")
	for i, s := range steps {
		if s != "" && strings.Trim(s, "0123456789") == "" {
			steps[i] = "*"
		}
	}
	return term{modeField + ":" + strings.Join(steps, "/"), squeezed(t.Text)}
}

// queryTerms cuts a search into groups: a case must have a term of each group. Parts that are joined by separators are one
// number ("HUST-2026-000123", "max@example.de") if they hold a digit or an @, and else words of their own.
func queryTerms(query string) (groups [][]term) {
	const maxGroups = 8
	for chunk := range strings.FieldsSeq(query) {
		parts := tokens(chunk)
		whole := squeezed(chunk)
		switch {
		case len(parts) > 1 && strings.ContainsFunc(chunk, func(r rune) bool { return unicode.IsDigit(r) || r == '@' }):
			groups = append(groups, []term{{modeNumber, whole}, {modeExact, whole}})
		default:
			for _, p := range parts {
				group := append(stems(p), numbersOf(p)...)
				for _, v := range variants(p) {
					group = append(group, term{modeName, v})
				}
				groups = append(groups, append(group, term{modeExact, squeezed(p)}))
			}
		}
	}
	return groups[:min(len(groups), maxGroups)]
}

func tokens(text string) []string {
	list := strings.FieldsFunc(norm.NFC.String(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, t := range list {
		if utf8.RuneCountInString(t) > maxToken {
			list[i] = string([]rune(t)[:maxToken])
		}
	}
	return list
}

// squeezed is the folded text without separators.
func squeezed(text string) string { return variants(strings.Join(tokens(text), ""))[0] }

// numbersOf are the terms of one part of a number: as it is, and without leading zeros.
func numbersOf(token string) []term {
	v := variants(token)[0]
	list := []term{{modeNumber, v}}
	if short := strings.TrimLeft(v, "0"); short != v && short != "" {
		list = append(list, term{modeNumber, short})
	}
	return list
}

func stems(token string) (list []term) {
	for _, v := range variants(token) {
		env := snowballstem.NewEnv(v)
		german.Stem(env)
		list = append(list, term{modeWord, env.Current()})
	}
	return list
}

func beginnings(mode, text string) (list []term) {
	letters := []rune(text)
	for n := shortest; n <= longest && n < len(letters); n++ {
		list = append(list, term{mode, string(letters[:n])})
	}
	return append(list, term{mode, text})
}

// variants folds a token: lower case, without diacritics; the umlauts as ae, oe, ue first, and, if that differs, as a, o, u.
func variants(token string) []string {
	long, short := fold(token, umlautsLong), fold(token, umlautsShort)
	if long == short {
		return []string{long}
	}
	return []string{long, short}
}

var (
	umlautsLong  = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "ẞ", "ss", "æ", "ae", "œ", "oe", "ø", "oe", "å", "aa", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ı", "i")
	umlautsShort = strings.NewReplacer("ß", "ss", "ẞ", "ss", "æ", "ae", "œ", "oe", "ø", "o", "å", "a", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ı", "i")
)

func fold(token string, special *strings.Replacer) string {
	apart := norm.NFD.String(special.Replace(strings.ToLower(token)))
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, apart)
}
