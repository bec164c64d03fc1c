// Package locale holds everything that people read and that is not an author's or a citizen's own text: message
// catalogues in German, English and plain German (Leichte Sprache), and how numbers, money, dates and sizes are
// written in each. It may import nothing of the project; it must not know what a case or a form is.
//
// A catalogue is a folder of JSON files, catalogue/<tag>/*.json, each one object key → text, merged; a key that
// occurs in two files is an error. A text may hold {name} placeholders, and plural forms as "one form|other form".
package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // the machine may have no time zones of its own
)

//go:embed catalogue
var files embed.FS

// Languages lists the language tags in the order in which pages offer them; the first is the fallback.
var Languages = []string{"de", "en", "de-LS"}

// Catalogue is one language: its texts and its way of writing numbers and times. It is immutable.
type Catalogue struct {
	// Tag is the language tag, one of Languages; fit for the HTML attribute lang.
	Tag   string
	texts map[string]string
	style style
	zone  *time.Location
}

// load reads the embedded catalogues once. They are part of the program, so a broken one is a broken build; the
// package's tests load them too.
var load = sync.OnceValue(func() map[string]*Catalogue {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(fmt.Sprintf("locale: %v", err))
	}
	all := map[string]*Catalogue{}
	for _, tag := range Languages {
		texts, err := read(files, tag)
		if err != nil {
			panic(fmt.Sprintf("locale: %v", err))
		}
		all[tag] = &Catalogue{Tag: tag, texts: texts, style: styleOf(tag), zone: zone}
	}
	// Plain German is written where it helps most; what it lacks is said in ordinary German.
	for key, text := range all["de"].texts {
		if _, ok := all["de-LS"].texts[key]; !ok {
			all["de-LS"].texts[key] = text
		}
	}
	return all
})

// read merges the files of one language.
func read(fsys fs.FS, tag string) (map[string]string, error) {
	names, err := fs.Glob(fsys, path.Join("catalogue", tag, "*.json"))
	if err != nil {
		return nil, err
	}
	texts := map[string]string{}
	for _, name := range names {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		var part map[string]string
		if err := json.Unmarshal(raw, &part); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for key, text := range part {
			if _, twice := texts[key]; twice {
				return nil, fmt.Errorf("%s: key %q is in another file already", name, key)
			}
			texts[key] = text
		}
	}
	return texts, nil
}

// For returns the catalogue of a language tag. A tag with a region falls back to its language ("en-GB" → en), an
// unknown one to German.
func For(tag string) *Catalogue {
	all := load()
	for _, known := range Languages {
		if strings.EqualFold(known, tag) {
			return all[known]
		}
	}
	base, _, _ := strings.Cut(tag, "-")
	if c, ok := all[strings.ToLower(base)]; ok {
		return c
	}
	return all[Languages[0]]
}

// Lang is the language tag as browsers, readers and files know it (BCP 47): "simple" is the registered variant for plain
// language, while "LS" in our own tag would be read as a country.
func (c *Catalogue) Lang() string {
	if c.Tag == "de-LS" {
		return "de-simple"
	}
	return c.Tag
}

// rightToLeft are the languages that are written from right to left in their usual script.
var rightToLeft = []string{"ar", "ckb", "fa", "he", "ps", "ug", "ur", "yi"}

// Dir is the direction of writing for the HTML attribute dir: "ltr" or "rtl".
func (c *Catalogue) Dir() string {
	if base, _, _ := strings.Cut(c.Tag, "-"); slices.Contains(rightToLeft, strings.ToLower(base)) {
		return "rtl"
	}
	return "ltr"
}

// With makes a catalogue of another language out of c: its own texts, and c's where it has none. It is how a language
// begins, and how tests have one that pages do not offer.
func (c *Catalogue) With(tag string, texts map[string]string) *Catalogue {
	own := maps.Clone(c.texts)
	maps.Copy(own, texts)
	return &Catalogue{Tag: tag, texts: own, style: styleOf(tag), zone: c.zone}
}

// Has tells whether the catalogue words the key.
func (c *Catalogue) Has(key string) bool { _, ok := c.texts[key]; return ok }

// T returns the text of a key with its placeholders filled; args alternate name and value: T(key, "name", n).
// An unknown key is returned as it is, so that a gap shows and nothing breaks.
func (c *Catalogue) T(key string, args ...any) string {
	text, ok := c.texts[key]
	if !ok {
		return key
	}
	return fill(text, args)
}

// Plural returns the form of a text that fits n, with {n} written in the language; args as for T.
func (c *Catalogue) Plural(key string, n int, args ...any) string {
	text, ok := c.texts[key]
	if !ok {
		return key
	}
	one, other, _ := strings.Cut(text, "|")
	if n != 1 && other != "" {
		one = other
	}
	return fill(one, append([]any{"n", c.Number(fmt.Sprint(n))}, args...))
}

// fill replaces {name} by the value that follows name in args. Values are not searched again for placeholders.
func fill(text string, args []any) string {
	if len(args) == 0 || !strings.Contains(text, "{") {
		return text
	}
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		pairs = append(pairs, fmt.Sprintf("{%v}", args[i]), fmt.Sprint(args[i+1]))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
