package formimport

import (
	"fmt"
	"testing"
)

func controls(n int) []any {
	var out []any
	for i := range n {
		out = append(out, obj("type", "Control", "scope", fmt.Sprintf("#/properties/f%d", i)))
	}
	return out
}

// A long page becomes several between its groups; nothing is lost, nothing changes its order, every part keeps the condition.
func TestLongPagesAreDivided(t *testing.T) {
	rule := obj("effect", "SHOW")
	group := func(label string, n int) any { return obj("type", "Group", "label", label, "elements", controls(n)) }
	list := obj("type", "Control", "scope", "#/properties/kinder", "options", obj("detail", obj("type", "VerticalLayout", "elements", controls(30))))
	page := obj("type", "Category", "label", "Antrag", "rule", rule,
		"elements", append(controls(20), group("Wohnung", 10), group("Alles", 60), group("Wohnung", 12), group("Konto", 13), list))
	want := []struct {
		label string
		asks  int
	}{{"Antrag", 20}, {"Wohnung", 10}, {"Alles", 25}, {"Alles, weitere Angaben", 25}, {"Alles, weitere Angaben (2)", 10}, {"Wohnung (2)", 25}, {"Antrag, weitere Angaben", 30}}
	got := divided(page)
	if len(got) != len(want) {
		t.Fatalf("%d pages", len(got))
	}
	sum := 0
	for i, p := range got {
		o, ok := p.(*object)
		if !ok || o.str("label") != want[i].label || asks(o) != want[i].asks || o.sub("rule") != rule {
			t.Errorf("page %d is %q with %d questions, not %+v", i+1, o.str("label"), asks(o), want[i])
		}
		sum += asks(o)
	}
	if sum != asks(page) {
		t.Errorf("%d of %d questions are left", sum, asks(page))
	}
	if short := obj("type", "Category", "label", "Kurz", "elements", controls(25)); len(divided(short)) != 1 {
		t.Error("a page of 25 questions is divided")
	}
}
