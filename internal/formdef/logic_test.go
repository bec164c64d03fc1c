package formdef

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/apd/v3"
	"github.com/diegoholiveira/jsonlogic/v3"
)

func evalLogic(t testing.TB, rule, data string) any {
	t.Helper()
	n, err := parseNode([]byte(rule))
	if err != nil {
		t.Fatal(err)
	}
	l, err := parseLogic(n)
	if err != nil {
		t.Fatal(rule, err)
	}
	a := answersOf(t, data)
	return newLogicRun(func(p []string, _ string) (any, bool) { return lookup(a, p) }, testNow).eval(l, nil)
}

func TestLogic(t *testing.T) {
	data := `{"a":0.1,"b":0.2,"von":"2024-02-29","bis":"2025-02-28","l":[{"p":1.5,"n":2},{"p":2.25,"n":1}],"leer":[],"s":"Straße","o":{"x/y":1,"z":"w"}}`
	for rule, want := range map[string]string{
		`{"+":[{"var":"a"},{"var":"b"}]}`: "0.3", `{"*":[1.005,100]}`: "100.5", `{"round":[1.005,2]}`: "1.01", `{"round":2.5}`: "3", `{"round":-2.5}`: "-3",
		`{"ceil":1.2}`: "2", `{"floor":-1.2}`: "-2", `{"ceil":[1.23,1]}`: "1.3", `{"-":[5]}`: "-5", `{"-":[5,2]}`: "3", `{"%":[7,3]}`: "1", `{"/":[1,3]}`: "0.3333333333333333333333333333333333",
		`{"days":[{"var":"von"},{"var":"bis"}]}`: "365", `{"months":[{"var":"von"},{"var":"bis"}]}`: "12", `{"years":["2008-11-25","2025-11-24"]}`: "16",
		`{"years":["2008-11-24","2025-11-24"]}`: "17", `{"years":["2025-11-24","2024-01-01"]}`: "-2", `{"today":[]}`: "2025-11-24", `{"var":"$today"}`: "2025-11-24",
		`{"reduce":[{"var":"l"},{"+":[{"var":"accumulator"},{"*":[{"var":"current.p"},{"var":"current.n"}]}]},0]}`: "5.25",
		`{"+":[{"map":[{"var":"l"},{"var":"p"}]}]}`:                                                                "3.75", `{"count":{"filter":[{"var":"l"},{">":[{"var":"p"},2]}]}}`: "1", `{"var":"l.1.p"}`: "2.25",
		`{"var":"/o/x~1y"}`: "1", `{"var":["fehlt",7]}`: "7", `{"cat":["a",1.50,true]}`: "a1.5true", `{"substr":["Straße",-3,2]}`: "aß", `{"substr":["Straße",4]}`: "ße",
		`{"if":[false,1,true,2,3]}`: "2", `{"if":[0,1,3]}`: "3", `{"max":[1,3,2]}`: "3", `{"min":[[4,3]]}`: "3", `{"or":[0,"",7]}`: "7", `{"and":[1,0,2]}`: "0", `{"count":"äöü"}`: "3",
		`{"<":[{"var":"von"},{"var":"bis"}]}`: "true", `{"<":[1,2,3]}`: "true", `{"<=":[1,1,0]}`: "false", `{"==":["1",1]}`: "true", `{"===":["1",1]}`: "false",
		`{"===":[1.0,1]}`: "true", `{"!==":[1,2]}`: "true", `{"!=":[null,0]}`: "true", `{"==":[null,{"var":"fehlt"}]}`: "true", `{"in":["a",["b","a"]]}`: "true",
		`{"in":["ra","Straße"]}`: "true", `{"in":[{"var":"fehlt"},["a"]]}`: "false", `{"all":[{"var":"leer"},true]}`: "false", `{"none":[{"var":"leer"},true]}`: "true",
		`{"some":[{"var":"l"},{"==":[{"var":"n"},1]}]}`: "true", `{"!":[[]]}`: "true", `{"!!":["0"]}`: "true", `{"missing":["a","fehlt"]}`: "fehlt", `{"missing_some":[1,["a","x"]]}`: "",
		`{"abs":-1.5}`: "1.5", `{"<":[null,1]}`: "true", `{"<":[null,"2024-01-01"]}`: "false", `{"/":[1,0]}`: "", `{"merge":[[1],2]}`: "1,2",
	} {
		if got := logicText(evalLogic(t, rule, data)); got != want {
			t.Errorf("%s = %q, want %q", rule, got, want)
		}
	}
}

// TestLogicLikeOthers compares with another implementation where both are defined and floats suffice.
func TestLogicLikeOthers(t *testing.T) {
	values := []string{`0`, `1`, `2.5`, `-3`, `"a"`, `"1"`, `true`, `false`, `[1,2]`, `{"var":"n"}`, `{"var":"s"}`}
	data := map[string]any{"n": 4.0, "s": "abc"}
	for _, op := range []string{"==", "===", "!=", "!==", "<", "<=", ">", ">=", "+", "-", "*", "max", "min", "in", "cat"} {
		for _, a := range values {
			for _, b := range values {
				rule := fmt.Sprintf(`{%q:[%s,%s]}`, op, a, b)
				theirs, ok := otherLogic(rule, data)
				if !ok {
					continue
				}
				got := evalLogic(t, rule, `{"n":4,"s":"abc"}`)
				if d, is := got.(*apd.Decimal); is {
					f, err := d.Float64()
					if err != nil {
						t.Fatal(err)
					}
					got = f
				}
				if fmt.Sprint(got) != fmt.Sprint(theirs) && !peculiar(op, a, b) {
					t.Errorf("%s: %v, elsewhere %v", rule, got, theirs)
				}
			}
		}
	}
}

// peculiar are the places where the other implementation leaves JavaScript's ways: it reads texts and lists as 0 in
// arithmetic, and compares texts with numbers as texts.
func peculiar(op, a, b string) bool {
	odd := func(s string) bool {
		return s[0] == '"' || s[0] == '[' || s[0] == 't' || s[0] == 'f' || s == `{"var":"s"}`
	}
	return odd(a) != odd(b) || (odd(a) && op != "===" && op != "!==" && op != "in") || a[0] == '[' || b[0] == '['
}

func otherLogic(rule string, data any) (out any, ok bool) {
	defer func() { ok = recover() == nil && ok }() // it panics on some of these
	raw, err := json.Marshal(data)
	if err != nil {
		return nil, false
	}
	var result bytes.Buffer
	if jsonlogic.Apply(strings.NewReader(rule), bytes.NewReader(raw), &result) != nil {
		return nil, false
	}
	err = json.Unmarshal(result.Bytes(), &out)
	return out, err == nil
}

func TestCents(t *testing.T) {
	for in, want := range map[string]int64{"30.00": 3000, "0.005": 1, "0.0049": 0, "1.115": 112, "12": 1200, "99999999.99": 9999999999} {
		d, _ := parseDecimal(in)
		if got, ok := cents(d); got != want || !ok {
			t.Errorf("%s: %d", in, got)
		}
	}
	if d, ok := parseDecimal("1e99"); ok {
		if _, ok := cents(d); ok {
			t.Error("1e99 EUR has cents")
		}
	}
}
