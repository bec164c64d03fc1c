package formdef

import "strings"

// translate looks the keys up in every language, nearest key first: the language itself, then German, then the
// fallback that stands in the schema.
func (b *builder) translate(fallback string, keys ...string) words {
	b.asked = append(b.asked, wording{fallback, keys})
	out := make(words, len(b.c.langs))
	for i, lang := range b.c.langs {
		t, own := b.c.text(lang, keys...)
		if !own {
			t, _ = b.c.text("de", keys...)
		}
		if t == "" {
			t = fallback
		}
		out[i] = t
		b.foreign.note(lang, t, own)
	}
	return out
}

// wording is a text that the form needs: what the schema says, and the keys under which it is translated.
type wording struct {
	fallback string
	keys     []string
}

// text returns the first of the keys that the language has, in the form's own texts or in those of a shared block.
func (c *compiled) text(lang string, keys ...string) (string, bool) {
	m := c.texts[lang]
	for _, k := range keys {
		if k == "" {
			continue
		}
		if t, ok := m[k]; ok && t != "" { // an empty text waits for its translator
			return t, true
		}
		if t, ok := blockText(lang, k); ok {
			return t, true
		}
	}
	return "", false
}

// meta is a text of form.yaml in the form's languages.
func (b *builder) meta(t Text) words {
	out := make(words, len(b.c.langs))
	for i, lang := range b.c.langs {
		out[i] = t.In(lang)
	}
	b.foreign.noteText(b.c.langs, t)
	return out
}

// prefixOf is the i18n prefix of a control: the UI schema's, the schema's, or the data path without indices.
func prefixOf(ui *node, s *schema, base string, path []string) string {
	if k := ui.str("i18n"); k != "" {
		return k
	}
	if s != nil {
		if k := s.str("i18n"); k != "" {
			return k
		}
	}
	return joinKey(base, strings.Join(path, "."))
}

func joinKey(base, rest string) string {
	switch {
	case base == "":
		return rest
	case rest == "":
		return base
	default:
		return base + "." + rest
	}
}

// problemText is the author's own message for a keyword, in the language or in German.
func (c *compiled) problemText(prefixes []string, keyword string, lang int) string {
	for _, tag := range []string{c.langs[min(lang, len(c.langs)-1)], "de"} {
		for _, p := range prefixes {
			if t, ok := c.text(tag, p+".error.custom", p+".error."+keyword); ok {
				return t
			}
		}
	}
	return ""
}
