package main

import (
	"maps"
	"testing"

	"antragswerk/internal/civic"
)

func TestLevelsAndHostsAreRead(t *testing.T) {
	c := config{values: map[string]string{"L": "urn:a=b=high, silver=basic", "HOST_NAMES": "Antrag.Jena.example=jena"}}
	if got, err := c.levels("L"); err != nil || !maps.Equal(got, map[string]civic.Level{"urn:a=b": civic.LevelHigh, "silver": civic.LevelBasic}) {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := c.levels("NONE"); err != nil || got != nil {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := c.hosts(); err != nil || got["antrag.jena.example"] != "jena" {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"x=none", "x", "=high", "x=highest", "x="} {
		c.values["L"] = bad
		if got, err := c.levels("L"); err == nil {
			t.Errorf("%q is read as %v", bad, got)
		}
	}
	for _, bad := range []string{"jena", "https://a=jena", "a:80=jena", "a=/evil", "a=", "=jena"} {
		c.values["HOST_NAMES"] = bad
		if got, err := c.hosts(); err == nil {
			t.Errorf("%q is read as %v", bad, got)
		}
	}
}
