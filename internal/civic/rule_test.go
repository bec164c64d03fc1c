package civic_test

import (
	"testing"

	"antragswerk/internal/civic"
)

func TestConditions(t *testing.T) {
	is := func(v string) civic.Condition { return civic.Condition{Test: civic.TestIs, Value: v} }
	letters := func(a, b string) civic.Condition { return civic.Condition{Test: civic.TestLetters, From: a, To: b} }
	between := func(a, b string) civic.Condition { return civic.Condition{Test: civic.TestBetween, From: a, To: b} }
	for _, c := range []struct {
		c    civic.Condition
		yes  []string
		nope []string
	}{
		{is("Lobeda, Winzerla"), []string{"Lobeda", " winzerla ", "LOBEDA"}, []string{"", "Lobeda-West", "Zwätzen"}},
		{letters("A", "K"), []string{"Adler", "Äpfel", "kurz", "K"}, []string{"Lang", "Zorn", "", "Österreich"}},
		{letters("L", "Z"), []string{"Lang", "Zorn", "Özil"}, []string{"Kurz", "Ärger"}},
		{letters("Sch", "St"), []string{"Schulz", "Stein", "Sommer"}, []string{"Sauer", "Suhl", "S"}},
		{letters("T", ""), []string{"Tau", "Zorn"}, []string{"Suhl"}},
		{between("100", "500"), []string{"100", "500", "499.99", "1e2"}[:3], []string{"99.99", "500.01", "", "viel"}},
		{between("1.000,50", ""), []string{"1000.5", "99999999999999999999"}, []string{"1000.49"}},
		{between("", "10"), []string{"-3", "10"}, []string{"10.1"}},
		{between("2020-01-01", "2020-12-31"), []string{"2020-01-01", "2020-12-31"}, []string{"2019-12-31", "2021-01-01", "2020"}},
		{civic.Condition{Test: "magic"}, nil, []string{"", "x"}},
	} {
		for _, a := range c.yes {
			if !c.c.Holds(a) {
				t.Errorf("%+v does not hold for %q", c.c, a)
			}
		}
		for _, a := range c.nope {
			if c.c.Holds(a) {
				t.Errorf("%+v holds for %q", c.c, a)
			}
		}
	}
}
