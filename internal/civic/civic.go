// Package civic holds the nouns of the house: what every room talks about, their states and the pure rules on them.
// It imports the standard library only, does no I/O and never reads a clock. The German term opens each doc comment;
// docs/glossary.md lists both.
package civic

import "time"

// Sealed is personal content encrypted under a dossier's (or tenant's) key; only internal/seal can open it.
type Sealed []byte

// Text is a text by language tag; "de" is always there.
type Text map[string]string

// In returns the text in the language, falling back to German.
func (t Text) In(lang string) string {
	if s := t[lang]; s != "" {
		return s
	}
	return t["de"]
}

// Clock tells the time; injected everywhere, UTC, microsecond precision.
type Clock func() time.Time

// Job is work that must happen, enqueued in the transaction of its cause. It carries ids only, never personal data.
type Job interface{ Kind() string }
