package formimport

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"antragswerk/internal/formdef"
)

// ruled imports a group of three texts a, b, c, a yes-or-no j and a choice w under one sentence, and returns the form and
// what was proposed.
func ruled(t *testing.T, sentence string) (*formdef.Form, string) {
	t.Helper()
	field := func(id, art, typ, extra string) string {
		return fmt.Sprintf(`<x:struktur><x:anzahl>0:1</x:anzahl><x:enthaelt><x:datenfeld><x:identifikation><x:id>%s</x:id></x:identifikation><x:name>Feld %s</x:name>`+
			`<x:feldart><code>%s</code></x:feldart><x:datentyp><code>%s</code></x:datentyp>%s</x:datenfeld></x:enthaelt></x:struktur>`, id, id[len(id)-1:], art, typ, extra)
	}
	raw := xdf3Head + `<x:struktur><x:anzahl>1:1</x:anzahl><x:enthaelt><x:datenfeldgruppe><x:identifikation><x:id>G90000000001</x:id></x:identifikation><x:name>Gruppe</x:name>` +
		`<x:regel><x:identifikation><x:id>R1</x:id></x:identifikation><x:freitextRegel>` + strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(sentence) + `</x:freitextRegel></x:regel>` +
		field("F90000000001", "input", "text", "") + field("F90000000002", "input", "text", "") + field("F90000000003", "input", "text", "") +
		field("F90000000004", "input", "bool", "") +
		field("F90000000005", "select", "text", `<x:werte><x:wert><x:code>001</x:code><x:name>eins</x:name></x:wert><x:wert><x:code>002</x:code><x:name>zwei</x:name></x:wert></x:werte>`) +
		`</x:datenfeldgruppe></x:enthaelt></x:struktur>` + xdf3Tail
	out, err := XDF(memory("s.xml", []byte(raw)))
	if err != nil {
		t.Fatal(err)
	}
	form, err := formdef.Compile(loaded(t, out))
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Report.Rules) != 1 {
		t.Fatal("the rule is not kept in the report")
	}
	if !strings.Contains(out.file("schema.json"), strings.ReplaceAll(strings.Join(strings.Fields(sentence), " "), `"`, `\"`)) {
		t.Error("the rule is not kept in schema.json")
	}
	return form, out.Report.Rules[0].Proposal
}

// TestRules: a sentence, answers that it forbids, answers that it allows. The answers are the members of the group, by
// the last digit of their id.
func TestRules(t *testing.T) {
	for _, c := range []struct {
		sentence   string
		bad, good  []string
		bySchemata bool // the engine refuses by required or hidden instead of a rule
	}{
		{`Es muss mindestens eines der Felder F90000000001 "A", F90000000002 "B" oder F90000000003 "C" befüllt sein.`, []string{`{}`, `{"5":"001"}`}, []string{`{"2":"x"}`, `{"1":"x","3":"y"}`}, false},
		{`Mindestens eines der Felder F90000001 "A" oder F90000002 "B" muss ausgefüllt werden.`, []string{`{}`}, []string{`{"2":"x"}`}, false},
		{`Es muss F90000000001 'A' oder F90000000002 'B' befüllt werden.`, []string{`{"3":"x"}`}, []string{`{"1":"x","2":"y"}`}, false},
		{"Es muss entweder Feld F90000000001 „A“ oder\n Feld F90000000002 „B“ befüllt werden.", []string{`{}`, `{"1":"x","2":"y"}`}, []string{`{"1":"x"}`, `{"2":"x","3":"z"}`}, false},
		{`Entweder muss F90000000001 oder F90000000002 oder F90000000003 befüllt sein.`, []string{`{"1":"x","2":"y"}`, `{}`}, []string{`{"3":"x"}`}, false},
		{`Wenn F90000000001 "A" nicht leer, dann darf F90000000002 "B" nicht leer sein.`, []string{`{"1":"x"}`}, []string{`{}`, `{"2":"x"}`, `{"1":"x","2":"y"}`}, false},
		{`WENN F90000000004 "J" = JA, DANN muss F90000000001 "A" befüllt werden. WENN F90000000004 "J" <> JA, DANN darf F90000000001 "A" nicht angezeigt werden.`,
			[]string{`{"4":true}`, `{"4":false,"1":"x"}`, `{"1":"x"}`}, []string{`{"4":true,"1":"x"}`, `{"4":false}`, `{}`}, true},
		{`Wenn F90000000005 == "002 zwei", dann zeige F90000000001 und F90000000002 als Pflichtfelder an, sonst zeige die Felder nicht an.`,
			[]string{`{"5":"002"}`, `{"5":"002","1":"x"}`, `{"5":"001","2":"x"}`}, []string{`{"5":"002","1":"x","2":"y"}`, `{"5":"001"}`, `{}`}, true},
		{`Wenn F90000000005 = 001 "eins" ODER = 002 "zwei", dann aktiviere F90000000003 "C", ansonsten nicht.`, []string{`{"3":"x"}`}, []string{`{"5":"002","3":"x"}`, `{"5":"001"}`}, true},
	} {
		form, said := ruled(t, c.sentence)
		if said == "" {
			t.Errorf("nothing is proposed for: %s", c.sentence)
			continue
		}
		try := func(short string) []formdef.Problem {
			var m map[string]any
			if err := json.Unmarshal([]byte(short), &m); err != nil {
				t.Fatal(err)
			}
			group := map[string]any{"F90000000003": "x"} // the group itself must be there
			delete(group, "F90000000003")
			for k, v := range m {
				group["F9000000000"+k] = v
			}
			all := map[string]any{}
			if len(group) > 0 {
				all["G90000000001"] = group
			}
			raw, _ := json.Marshal(all)
			return form.Accepts(raw, sampleDay)
		}
		for _, a := range c.good {
			if p := try(a); len(p) > 0 {
				t.Errorf("%s\n refuses %s: %v", c.sentence, a, p)
			}
		}
		for _, a := range c.bad {
			p := try(a)
			if len(p) == 0 || !c.bySchemata && p[0].Keyword != "rule" {
				t.Errorf("%s\n allows %s: %v", c.sentence, a, p)
			}
		}
	}
}

// TestRulesByHand: what looks alike, but is not, is left to a person.
func TestRulesByHand(t *testing.T) {
	for _, sentence := range []string{
		`Die Angaben müssen stimmen.`,
		`Es muss mindestens eines der Felder F90000000001 oder F99999999999 befüllt sein.`,
		`Mindestens eines der Felder F90000000001, F90000000002 muss den Wert "wahr" haben.`,
		`Es muss entweder F90000000001 oder F90000000002 mit "Ja" belegt werden, wenn F90000000003 leer ist.`,
		`Für das Land NW gilt: WENN F90000000004 = JA, DANN muss F90000000001 befüllt werden. WENN F90000000004 <> JA, DANN nicht.`,
		`WENN F90000000005 = 001, DANN aktiviere F90000000001 UND deaktiviere F90000000002. WENN F90000000005 = 002, DANN deaktiviere F90000000001 UND aktiviere F90000000002.`,
		`WENN F90000000005 = 009 "gibt es nicht", DANN zeige F90000000001, sonst nicht.`,
		`WENN F90000000004 = JA, DANN muss F90000000001 befüllt werden.`,
		`WENN F90000000004 = JA, DANN muss F90000000004 befüllt werden, sonst nicht.`,
		`WENN F90000000001 > 5, DANN zeige F90000000002, sonst nicht.`,
		`Wenn F90000000001 nicht leer, dann darf F90000000001 nicht leer sein.`,
	} {
		if _, said := ruled(t, sentence); said != "" {
			t.Errorf("%s\n is proposed as: %s", sentence, said)
		}
	}
}
