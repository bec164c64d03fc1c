// Package formtest makes random forms for the tests of the form language: a JSON Schema, a UI schema that fits it or
// none, and answers of which some fit and some do not. The same source gives the same form. Only tests import it.
package formtest

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"strconv"
)

// Form is a generated triple. UI is nil where the default layout is wanted.
type Form struct {
	Schema, UI, Data json.RawMessage
	Texts            map[string]string // i18n key → text
}

// Options narrow what is generated.
type Options struct {
	// Sound leaves out what only a careless author writes: scopes that lead nowhere, rules without a condition.
	Sound bool
	// Fitting leaves out answers of the wrong type; they may still be too long, too small, or missing.
	Fitting bool
	// Whole adds what the reference implementation cannot show, or shows otherwise: choices of objects, conditions
	// and dependencies that declare questions, tuples, entries with names of their own, values that may be null.
	Whole bool
}

// New makes a form.
func New(r *rand.Rand, o Options) Form {
	g := &gen{r: r, Options: o}
	root := g.object(0)
	f := Form{Schema: text(g.rootSchema(root)), Texts: map[string]string{}}
	if r.IntN(4) > 0 {
		f.UI = text(g.layout(root))
	}
	f.Data = text(g.answers(root))
	for _, k := range g.keys {
		if r.IntN(3) == 0 {
			f.Texts[k] = "T:" + k
		}
	}
	return f
}

// gen is one generation; keys are i18n keys that somebody may ask for.
type gen struct {
	Options
	r      *rand.Rand
	keys   []string
	defs   members // definitions that were referred to
	count  int
	nested int      // depth of the answers being made
	used   []string // scopes that are asked already
}

// member and members are an object with its keys in order.
type member struct {
	key string
	val any
}

type members []member

func (m members) with(key string, val any) members { return append(m, member{key, val}) }

// MarshalJSON writes the keys in order.
func (m members) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, e := range m {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(e.key)
		if err != nil {
			return nil, err
		}
		val, err := json.Marshal(e.val)
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(val)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func text(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // only this package makes the values
	}
	return raw
}

func (g *gen) chance(oneIn int) bool { return g.r.IntN(oneIn) == 0 }

func pick[T any](g *gen, list ...T) T { return list[g.r.IntN(len(list))] }

// name makes property names that try the ways in which a label is made of them.
func (g *gen) name(have map[string]bool) string {
	for {
		n := pick(g, "a", "b", "c", "vorName", "plz_ort", "iban2", "XMLDatei", "ist-da", "B", "zahl1und2", "o", "mit leer", "schrägStrich/x", "tilde~y", "nameABC")
		if g.chance(3) {
			n += strconv.Itoa(g.r.IntN(30))
		}
		if !have[n] {
			have[n] = true
			return n
		}
	}
}

// title is a text that can be told from others.
func (g *gen) title() string {
	g.count++
	return pick(g, "Titel ", "Name ", "Straße ") + strconv.Itoa(g.count)
}
