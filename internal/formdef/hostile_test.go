package formdef

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// quick fails when something takes longer than strangers may make it take.
func quick(t *testing.T, limit time.Duration, f func()) {
	t.Helper()
	start := time.Now()
	f()
	if d := time.Since(start); d > limit {
		t.Errorf("took %v", d)
	}
}

func TestCatastrophicPatterns(t *testing.T) {
	for _, pattern := range []string{`^(a+)+$`, `^(?=a)(a+)+$`, `^(a|a)*(?!b)$`, `^(?=(a+)+\u0062$)a`} {
		f := bare(t, fmt.Sprintf(`{"type":"object","properties":{"a":{"type":"string","pattern":%q}}}`, pattern), "")
		quick(t, 2*time.Second, func() {
			_, problems := f.Decode(0, state(nil), Typed{"/a": {strings.Repeat("a", 27) + "!"}})
			if diff := cmp.Diff([]string{"/a pattern"}, keywords(problems)); diff != "" {
				t.Errorf("%s: %s", pattern, diff)
			}
		})
	}
}

func TestReferencesStayInside(t *testing.T) {
	for _, ref := range []string{"file:///etc/passwd", "/etc/passwd", "other.json", "http://127.0.0.1:1/x", "https://json.schemastore.org/package.json", "../x#/y"} {
		_, err := CompileBare(json.RawMessage(fmt.Sprintf(`{"type":"object","properties":{"a":{"$ref":%q}}}`, ref)), nil, nil)
		if err == nil || !strings.Contains(err.Error(), "schema.json:") {
			t.Errorf("%s: %v", ref, err)
		}
	}
	bare(t, `{"$id":"https://example.org/form","type":"object","properties":{"a":{"$ref":"#/$defs/a"}},"$defs":{"a":{"type":"string"}}}`, "")
}

func TestRecursiveSchemas(t *testing.T) {
	quick(t, 10*time.Second, func() {
		f := bare(t, `{"type":"object","properties":{"n":{"$ref":"#/$defs/n"}},"$defs":{"n":{"type":"object","properties":{"kids":{"type":"array","items":{"$ref":"#/$defs/n"}},"one":{"$ref":"#/$defs/n"}}}}}`, "")
		f.View(0, state(nil), nil)
		f.Check(state(nil))
	})
	quick(t, time.Second, func() {
		if f, err := CompileBare(json.RawMessage(`{"$ref":"#"}`), nil, nil); err == nil {
			f.View(0, state(nil), nil)
		}
	})
}

func TestAcceptsLimits(t *testing.T) {
	f := bare(t, `{"type":"object","properties":{"a":{"type":"string"},"n":{"type":"number"},"l":{"type":"array","items":{"type":"object","properties":{"x":{"type":"string"}}}}}}`, "")
	for name, c := range map[string]struct{ raw, want string }{
		"10 MB":               {`{"a":"` + strings.Repeat("x", 10<<20) + `"}`, "/ maxBytes"},
		"10,000 items":        {`{"l":[` + strings.Repeat(`{},`, 9999) + `{}]}`, "/ maxItems"},
		"1,001 items":         {`{"l":[` + strings.Repeat(`{},`, 1000) + `{}]}`, "/ maxItems"},
		"deep":                {`{"a":` + strings.Repeat(`[`, 100_000) + strings.Repeat(`]`, 100_000) + `}`, "/ maxDepth"},
		"deep objects":        {strings.Repeat(`{"a":`, 40) + `1` + strings.Repeat(`}`, 40), "/ maxDepth"},
		"huge exponent":       {`{"n":1e999999999}`, "/ number"},
		"huge exponent after": {`{"n":-1.5E+999999999}`, "/ number"},
		"many digits":         {`{"n":` + strings.Repeat("1", 1000) + `}`, "/ number"},
		"no object":           {`[]`, "/ json"},
		"null":                {`null`, "/ json"},
		"two values":          {`{} {}`, "/ json"},
		"broken":              {`{"a":`, "/ json"},
		"bad UTF-8":           {"{\"a\":\"\xff\"}", "/ json"},
		"unknown":             {`{"b":1}`, "/b unknown"},
		"unknown in a row":    {`{"l":[{"y":1}]}`, "/l/0/y unknown"},
		"wrong type":          {`{"a":1}`, "/a type"},
		"row of another kind": {`{"l":["x"]}`, "/l/0 type"},
		"list of nothing":     {`{"l":[]}`, "/l type"},
		"empty text":          {`{"a":""}`, "/a type"},
		"null answer":         {`{"a":null}`, "/a type"},
		"foreign proofs":      {`{"_proofs":{"x":["urn:uuid:1"]}}`, "/_proofs unknown"},
	} {
		quick(t, 2*time.Second, func() {
			if diff := cmp.Diff([]string{c.want}, keywords(f.Accepts([]byte(c.raw), testNow))); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		})
	}
	if p := f.Accepts([]byte(`{"a":"1e999999999 [[[","n":1e2}`), testNow); p != nil {
		t.Error(p)
	}
	if p := f.Accepts([]byte(`{"l":[`+strings.Repeat(`{"x":"y"},`, 999)+`{"x":"y"}]}`), testNow); p != nil {
		t.Error("1,000 items are allowed:", p)
	}
}

// TestRulesEnd: no rule panics or runs for long.
func TestRulesEnd(t *testing.T) {
	deep := strings.Repeat(`{"!":[`, 30) + `1` + strings.Repeat(`]}`, 30)
	nested := `{"var":"l"}`
	for range 6 {
		nested = `{"map":[{"var":"l"},` + nested + `]}`
	}
	for _, logic := range []string{
		deep, nested, `{"/":[1,0]}`, `{"%":[1,0]}`, `{"*":[1e99,1e99,1e99,1e99]}`, `{"substr":["x",-999999999999]}`, `{"in":[1,2]}`, `{"all":[1,2]}`,
		`{"reduce":[{"var":"l"},{"cat":[{"var":"accumulator"},{"var":"accumulator"}]},"xx"]}`, `{"+":["a",[1]]}`, `{"max":[]}`, `{"min":[[]]}`,
		`{"reduce":[{"var":"l"},{"merge":[{"var":"accumulator"},{"var":"accumulator"}]},[1,2]]}`, `{"years":["x",1]}`, `{"var":["",""]}`, `{"round":[1,99]}`,
		`{"days":["0001-01-01","9999-12-31"]}`, `{"missing_some":["x","y"]}`, `{"<":["x",[]]}`, `{"ceil":1e90}`, `{"var":{"var":{"var":"a"}}}`,
	} {
		f := bare(t, `{"type":"object","properties":{"l":{"type":"array","items":{"type":"string"}},"c":{"type":"number","x-calculate":`+logic+`}},"x-rules":[{"logic":`+logic+`,"message":"m","pointers":["/l"]}]}`, "")
		list := make([]any, 1000)
		for i := range list {
			list[i] = "x"
		}
		quick(t, 3*time.Second, func() {
			f.Check(state(Answers{"l": list}))
			f.Freeze(state(Answers{"l": list}))
		})
	}
	for _, logic := range []string{strings.Repeat(`{"!":[`, 60) + `1` + strings.Repeat(`]}`, 60), `{"unknown":1}`, `{"a":1,"b":2}`, `{"/":[1]}`} {
		if _, err := CompileBare(json.RawMessage(`{"type":"object","x-rules":[{"logic":`+logic+`,"message":"m"}]}`), nil, nil); err == nil {
			t.Errorf("%.40s compiles", logic)
		}
	}
}

// TestCyclesEnd: calculations and conditions that depend on themselves do not hang.
func TestCyclesEnd(t *testing.T) {
	f := bare(t, `{"type":"object","properties":{"a":{"type":"number","x-calculate":{"+":[{"var":"b"},1]}},"b":{"type":"number","x-calculate":{"+":[{"var":"a"},1]}},"c":{"type":"string"},"d":{"type":"string"}}}`,
		`{"type":"VerticalLayout","elements":[{"type":"Control","scope":"#/properties/a"},
		{"type":"Control","scope":"#/properties/c","rule":{"effect":"SHOW","condition":{"scope":"#/properties/d","schema":{"const":"x"}}}},
		{"type":"Control","scope":"#/properties/d","rule":{"effect":"SHOW","condition":{"scope":"#/properties/c","schema":{"const":"x"}}}}]}`)
	f.Freeze(state(Answers{"c": "x", "d": "x"}))
	f.View(0, state(Answers{"c": "x"}), nil)
}

// TestNullIsNotAsked: a property that is always null is no question, and "forms check" says so.
func TestNullIsNotAsked(t *testing.T) {
	schema := `{"type":"object","properties":{"a":{"type":"object","title":"A","properties":{"n":{"type":"null","title":"N"},"t":{"type":"string","title":"T"}}}}}`
	p := &Package{Schema: json.RawMessage(schema)}
	found := ""
	for _, f := range p.Lint() {
		found += f.String() + "\n"
	}
	if !strings.Contains(found, "can only be null at /a/n") || strings.Contains(found, "/a/n has no legal basis") {
		t.Error(found)
	}
	f := bare(t, schema, "")
	if s, problems := f.Decode(0, state(nil), Typed{"/a/t": {"x"}, "/a/n": {"y"}}); len(problems) > 0 || len(s.Answers["a"].(Answers)) != 1 {
		t.Error(s.Answers, problems)
	}
}

// TestSchemaErrorsInOrder: what is wrong with a schema is said in the same order each time, without what it follows from.
func TestSchemaErrorsInOrder(t *testing.T) {
	schema := json.RawMessage(`{"$defs":{"z":{"properties":{"n":{"type":"nix"},"g":{"type":"nix"},"a":{"minLength":-1},"b":{"minLength":-1},"c":{"minLength":-1}}}}}`)
	first := ""
	for range 20 {
		_, err := CompileBare(schema, nil, nil)
		if err == nil {
			t.Fatal("compiles")
		}
		if first == "" {
			first = err.Error()
		}
		if err.Error() != first || strings.Contains(first, "'allOf' failed") || !strings.Contains(first, "at '/$defs/z/properties/g/type'") {
			t.Fatal(err)
		}
	}
}
