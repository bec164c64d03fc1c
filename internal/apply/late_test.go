package apply

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// A post in which hundreds of questions clash costs what drawing that page costs, and no more: whoever sends many of them does not
// stop the house.
func TestManyClashesCostLittle(t *testing.T) {
	const service = "wohngeld-mietzuschuss"
	w := newWorld(t)
	dir := os.DirFS("../../forms/" + service)
	p, err := formdef.Load(service, dir)
	if err != nil {
		t.Fatal(err)
	}
	if w.forms.compiled[service], err = formdef.Compile(p); err != nil {
		t.Fatal(err)
	}
	who, id := w.start(t, civic.Actor{}, service)
	raw, err := os.ReadFile("../../forms/" + service + "/samples/gueltig-familie.json")
	if err != nil {
		t.Fatal(err)
	}
	var sample struct{ Answers formdef.Answers }
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.UseNumber()
	if err := dec.Decode(&sample); err != nil {
		t.Fatal(err)
	}
	// A household of fifteen with eight incomes each.
	var person map[string]any
	for _, r := range sample.Answers["haushalt"].([]any) {
		if m := r.(map[string]any); m["einkommen"] != nil {
			person = m
		}
	}
	incomes := person["einkommen"].([]any)
	for len(incomes) < 8 {
		incomes = append(incomes, incomes[0])
	}
	person["einkommen"] = incomes
	var household []any
	for range 15 {
		household = append(household, person)
	}
	sample.Answers["haushalt"] = household
	if err := w.Fill(t.Context(), who, id, sample.Answers, func(string) (string, []byte) { return "x.pdf", pdf }); err != nil {
		t.Fatal(err)
	}
	a, err := w.Open(t.Context(), who, id, "de")
	if err != nil {
		t.Fatal(err)
	}
	const page = 4
	in := formdef.Typed{}
	for _, u := range a.units(page, a.State) {
		in[u.pointer] = []string{"anders"}
	}
	in["/wohnung/allein"] = []string{"false"}
	cost := func(seen string) (allocations float64, clashes int) {
		in[SeenField] = []string{seen}
		allocations = testing.AllocsPerRun(1, func() {
			b := *a
			b.post(page, in)
			clashes = len(b.Clashes)
		})
		return allocations, clashes
	}
	plain, none := cost(a.Seen())
	late, many := cost("0.aaaaaaaa")
	if none != 0 || many < 500 {
		t.Fatalf("%d and %d questions clash", none, many)
	}
	if late > 30*plain { // it draws the page twice, which the other does not
		t.Errorf("with %d clashes a post allocates %.0f times, without %.0f", many, late, plain)
	}
}
