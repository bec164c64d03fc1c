package formdef

import (
	"fmt"
	"net/url"
	"regexp"
	"time"

	"github.com/dlclark/regexp2"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schemaURL is the address of a form's schema inside the validator; nothing is fetched from it.
const schemaURL = "https://form.invalid/schema.json"

// Guards of patterns that need a backtracking engine.
const (
	patternTimeout = 50 * time.Millisecond
	patternMaxText = 10_000 // bytes
	patternMaxLen  = 2_000  // bytes of the pattern itself
)

// refuse is the only loader: a schema may not refer outside itself.
type refuse struct{}

func (refuse) Load(address string) (any, error) {
	return nil, fmt.Errorf("$ref to %s: a form's schema may refer only to itself", address)
}

// newValidator returns a compiler that holds the schema and our formats, and reads nothing else.
func newValidator(root *node, outside jsonschema.URLLoader) (*jsonschema.Compiler, error) {
	c := jsonschema.NewCompiler()
	c.UseLoader(outside)
	c.DefaultDraft(draftOf(root))
	c.UseRegexpEngine(compilePattern)
	c.AssertFormat()
	for name, check := range formats {
		c.RegisterFormat(&jsonschema.Format{Name: name, Validate: textFormat(check)})
	}
	if err := c.AddResource(schemaURL, root.plain()); err != nil {
		return nil, err
	}
	return c, nil
}

// draftOf guesses the draft of a schema that does not name one: words that only an older draft knows would be ignored
// by a newer one, or refused.
func draftOf(root *node) *jsonschema.Draft {
	d := jsonschema.Draft2020
	root.each(0, func(n *node) {
		for _, key := range []string{"exclusiveMinimum", "exclusiveMaximum"} {
			if _, old := n.flag(key); old {
				d = jsonschema.Draft4
			}
		}
		items := n.get("items")
		if tuple := items != nil && items.list; d == jsonschema.Draft2020 && (tuple || n.get("dependencies") != nil && n.get("dependencies").obj != nil) {
			d = jsonschema.Draft7
		}
	})
	return d
}

// textFormat applies a check to texts only, as JSON Schema wants.
func textFormat(check func(string) error) func(any) error {
	return func(v any) error {
		if s, ok := v.(string); ok {
			return check(s)
		}
		return nil
	}
}

// fragment is a JSON Pointer as the fragment of the schema's address.
func fragment(pointer string) string {
	return schemaURL + "#" + (&url.URL{Path: pointer}).EscapedPath()
}

// compilePattern understands an ECMA-262 pattern: RE2 where it can, else a backtracking engine on a short leash.
func compilePattern(pattern string) (jsonschema.Regexp, error) {
	plain, err := plainECMA(pattern)
	if err != nil {
		return nil, err
	}
	if re, err := regexp.Compile(plain); err == nil {
		return re, nil
	}
	if len(pattern) > patternMaxLen {
		return nil, fmt.Errorf("pattern longer than %d bytes", patternMaxLen)
	}
	re, err := regexp2.Compile(plain, regexp2.ECMAScript|regexp2.Unicode)
	if err != nil {
		return nil, fmt.Errorf("pattern %q: %w", pattern, err)
	}
	re.MatchTimeout = patternTimeout
	return leashed{re}, nil
}

// leashed matches nothing that takes too long: a time-out is an invalid value.
type leashed struct{ re *regexp2.Regexp }

func (l leashed) MatchString(s string) bool {
	if len(s) > patternMaxText {
		return false
	}
	ok, err := l.re.MatchString(s)
	return err == nil && ok
}

func (l leashed) String() string { return l.re.String() }
