package civic

import "testing"

func atlas() Atlas {
	a := Atlas{}
	for _, r := range []Region{
		{ARS: "16", Level: RegionLand, Kind: "land"},
		{ARS: "160530000000", Level: RegionGemeinde, Kind: "kreisfreie-stadt", Kreis: "16053"},
		{ARS: "16061", Level: RegionKreis, Kind: "landkreis"},
		{ARS: "160615008", Level: RegionVerband, Kind: "vg", Kreis: "16061"},
		{ARS: "160615051", Level: RegionVerband, Kind: "eg", Kreis: "16061", Fulfilling: "160615051091"},
		{ARS: "160615008001", Level: RegionGemeinde, Kind: "gemeinde", Kreis: "16061", Verband: "160615008"},
		{ARS: "160615051091", Level: RegionGemeinde, Kind: "gemeinde", Kreis: "16061", Verband: "160615051"},
		{ARS: "160615051002", Level: RegionGemeinde, Kind: "gemeinde", Kreis: "16061", Verband: "160615051"},
		{ARS: "160610045045", Level: RegionGemeinde, Kind: "stadt", Kreis: "16061"},
	} {
		a[r.ARS] = r
	}
	return a
}

func TestResponsible(t *testing.T) {
	const own = "160610045045"
	for _, c := range []struct {
		name   string
		level  RegionLevel
		place  string
		offers string
		want   string
	}{
		{"a city with its own Kreis acts as Gemeinde", RegionGemeinde, "160530000000", "", "160530000000"},
		{"and as Kreis", RegionKreis, "160530000000", "", "160530000000"},
		{"its state matter goes to the Land", RegionLand, "160530000000", "", "16"},
		{"a village's matter goes to its Verwaltungsgemeinschaft", RegionGemeinde, "160615008001", "", "160615008"},
		{"unless the village offers it itself", RegionGemeinde, "160615008001", "160615008001", "160615008001"},
		{"a village's Kreis matter goes to the Kreis", RegionKreis, "160615008001", "", "16061"},
		{"a member of an erfüllende Gemeinde goes there", RegionGemeinde, "160615051002", "", "160615051091"},
		{"the erfüllende Gemeinde acts for itself", RegionGemeinde, "160615051091", "", "160615051091"},
		{"and its Kreis matter goes to the Kreis", RegionKreis, "160615051091", "", "16061"},
		{"a town without Verband acts for itself", RegionGemeinde, own, "", own},
		{"a town with an own Gewerbebehörde wins over the Kreis", RegionKreis, own, own, own},
		{"a Verband as the place", RegionGemeinde, "160615051", "", "160615051091"},
		{"a Kreis as the place", RegionKreis, "16061", "", "16061"},
		{"an unknown place has nobody", RegionKreis, "990000000000", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := atlas().Responsible(c.level, c.place, func(ars string) bool { return ars == c.offers })
			if got != c.want {
				t.Errorf("Responsible(%s, %s) = %q, want %q", c.level, c.place, got, c.want)
			}
		})
	}
}

// Who answers for a level somewhere: of two municipalities in a Verband its authority, once.
func TestOrdinary(t *testing.T) {
	for level, want := range map[RegionLevel][]string{RegionLand: {"16"}, RegionKreis: {"16061", "160530000000"}, RegionGemeinde: {"160530000000", "160615008", "160615051091", "160610045045"}} {
		got := atlas().Ordinary(level)
		for _, ars := range want {
			if !got[ars] {
				t.Errorf("%s lacks %s", level, ars)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: %v", level, got)
		}
	}
}

func TestLevelsFailClosed(t *testing.T) {
	for _, c := range []struct {
		have, want Level
		ok         bool
	}{
		{LevelHigh, LevelBasic, true}, {LevelBasic, LevelBasic, true}, {LevelBasic, LevelSubstantial, false},
		{"made-up", LevelBasic, false}, {"made-up", LevelNone, true}, {LevelHigh, "made-up", false}, {"", LevelBasic, false},
	} {
		if got := c.have.AtLeast(c.want); got != c.ok {
			t.Errorf("%q.AtLeast(%q) = %v, want %v", c.have, c.want, got, c.ok)
		}
	}
}
