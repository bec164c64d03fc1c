package formdef

import (
	"encoding/json"
	"fmt"
	"testing"
)

// TestAbsentValue is the table of FORMS.md, as @jsonforms/core 3.8 answers for a value that is not there.
func TestAbsentValue(t *testing.T) {
	for schema, want := range map[string]bool{
		`{"minimum":1}`: true, `{"minLength":1}`: true, `{"pattern":"^x"}`: true, `{"format":"email"}`: true, `{"required":["a"]}`: true,
		`{"properties":{"a":{"const":1}}}`: true, `{"contains":{"const":1}}`: true, `{"not":{"const":1}}`: true, `{}`: true, `true`: true,
		`{"const":1}`: false, `{"enum":[1]}`: false, `{"type":"string"}`: false, `{"anyOf":[{"const":1},{"const":2}]}`: false,
		`{"not":{}}`: false, `false`: false, `{"type":"object","properties":{}}`: false,
		`{"allOf":[{"minLength":1},{"const":"x"}]}`: false, `{"oneOf":[{"minLength":1},{"const":"x"}]}`: true,
		`{"oneOf":[{},{"minLength":1}]}`: false, `{"not":{"anyOf":[{"const":1}]}}`: true,
		`{"if":{"const":1},"then":{},"else":{"type":"string"}}`: false, `{"if":{},"then":{"const":1}}`: false,
	} {
		for _, strict := range []bool{false, true} {
			cond := fmt.Sprintf(`{"scope":"#/properties/a","schema":%s,"failWhenUndefined":%t}`, schema, strict)
			if got := shows(t, cond, nil); got != (want && !strict) {
				t.Errorf("%s, failWhenUndefined %t: %t", schema, strict, got)
			}
		}
	}
}

func TestConditions(t *testing.T) {
	scope := `"scope":"#/properties/a"`
	for _, c := range []struct {
		cond string
		a    any
		want bool
	}{
		{`{"type":"AND","conditions":[]}`, nil, true},
		{`{"type":"OR","conditions":[]}`, nil, false},
		{`{"type":"SOMETHING",` + scope + `}`, nil, true},
		{`{}`, nil, true},
		{`{"type":"LEAF",` + scope + `,"expectedValue":"x"}`, "x", true},
		{`{"type":"LEAF",` + scope + `,"expectedValue":"x"}`, "y", false},
		{`{"type":"LEAF",` + scope + `,"expectedValue":1}`, "1", false},
		{`{"type":"LEAF",` + scope + `,"expectedValue":["x"]}`, []any{"x"}, false},
		{`{"type":"LEAF",` + scope + `,"expectedValue":{"x":1}}`, map[string]any{"x": json.Number("1")}, false},
		{`{"type":"LEAF",` + scope + `}`, nil, true},
		{`{"type":"AND","conditions":[{` + scope + `,"schema":{"const":"x"}},{"type":"OR","conditions":[{` + scope + `,"schema":{"minLength":1}}]}]}`, "x", true},
		{`{` + scope + `,"schema":{"const":1.0}}`, json.Number("1"), true},
		{`{` + scope + `,"schema":{"enum":["x",true]}}`, true, true},
		{`{` + scope + `,"schema":{"pattern":"^(?=x)x"}}`, "xy", true},
		{`{"scope":"#","schema":{"required":["a"]}}`, "x", true},
		{`{"scope":"#","schema":{"required":["a"]}}`, nil, false},
	} {
		if got := shows(t, c.cond, c.a); got != c.want {
			t.Errorf("%s with %v: %t", c.cond, c.a, got)
		}
	}
}

// shows tells whether a control under SHOW and this condition is visible when /a has the value.
func shows(t *testing.T, cond string, a any) bool {
	t.Helper()
	f := bare(t, `{"type":"object","properties":{"a":{},"b":{"type":"string"}}}`, `{"type":"VerticalLayout","elements":[
		{"type":"Control","scope":"#/properties/a"},
		{"type":"Control","scope":"#/properties/b","rule":{"effect":"SHOW","condition":`+cond+`}}]}`)
	data := Answers{}
	if a != nil {
		data["a"] = a
	}
	return f.Inspect(data, "de").Elements[2].Visible
}

// TestHiddenSources: for the citizen an answer that is hidden does not count, and what hangs on it is hidden too.
func TestHiddenSources(t *testing.T) {
	f := bare(t, `{"type":"object","properties":{"a":{"type":"boolean"},"b":{"type":"boolean"},"c":{"type":"string"},"k":{"type":"string"}}}`,
		`{"type":"VerticalLayout","elements":[{"type":"Control","scope":"#/properties/a"},
		{"type":"Control","scope":"#/properties/b","rule":{"effect":"SHOW","condition":{"scope":"#/properties/a","schema":{"const":true}}}},
		{"type":"Control","scope":"#/properties/c","rule":{"effect":"SHOW","condition":{"scope":"#/properties/b","schema":{"const":true}}}},
		{"type":"Control","scope":"#/properties/k","options":{"onHide":"keep"},"rule":{"effect":"SHOW","condition":{"scope":"#/properties/a","schema":{"const":true}}}}]}`)
	raw, problems := f.Freeze(state(Answers{"a": false, "b": true, "c": "stale", "k": "kept"}))
	if problems != nil || string(raw) != `{"a":false,"k":"kept"}` {
		t.Fatalf("%s %v", raw, problems)
	}
	if got := f.Accepts([]byte(`{"a":false,"b":true}`), testNow); len(got) != 1 || got[0].Keyword != "hidden" || got[0].Pointer != "/b" {
		t.Error(got)
	}
	if got := f.Accepts(raw, testNow); got != nil {
		t.Error("what was frozen is refused:", got)
	}
}

// TestClientCondition: a script learns the condition only when the field it depends on is on the same page.
func TestClientCondition(t *testing.T) {
	f := bare(t, `{"type":"object","properties":{"a":{"enum":["x","y"]},"b":{"type":"string"},"l":{"type":"array","items":{"type":"object","properties":{"p":{"type":"boolean"},"q":{"type":"string"}}}}}}`,
		`{"type":"VerticalLayout","elements":[{"type":"Control","scope":"#/properties/a"},
		{"type":"Control","scope":"#/properties/b","rule":{"effect":"SHOW","condition":{"scope":"#/properties/a","schema":{"enum":["x"]}}}},
		{"type":"Control","scope":"#/properties/l","options":{"detail":{"type":"VerticalLayout","elements":[{"type":"Control","scope":"#/properties/p"},
		 {"type":"Control","scope":"#/properties/q","rule":{"effect":"SHOW","condition":{"scope":"#/properties/p","schema":{"const":true}}}}]}}}]}`)
	v, _ := f.View(0, state(Answers{"l": []any{Answers{}}}), nil)
	b := v.Elements[1]
	if !b.Hidden || b.When != `{"pointer":"/a","in":["x"]}` || b.Field == nil {
		t.Errorf("%+v", b)
	}
	q := v.Elements[2].Rows[0].Elements[0].Children[1]
	if !q.Hidden || q.When != `{"pointer":"/l/0/p","in":["true"]}` || q.Field.Pointer != "/l/0/q" {
		t.Errorf("%+v", q)
	}
}
