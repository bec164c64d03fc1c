package e2e

import (
	"path/filepath"
	"strings"
	"testing"
)

// abreast is how many worlds run at the same time: they share the machine with their servers.
var abreast = make(chan struct{}, 2)

// atOnce runs the test beside others, but not beside too many.
func atOnce(t *testing.T) {
	t.Helper()
	t.Parallel()
	abreast <- struct{}{}
	t.Cleanup(func() { <-abreast })
}

// Each scenario gets a world as a newcomer gets it.
func TestScenarios(t *testing.T) {
	all, err := filepath.Glob(filepath.Join("testdata", "scenarios", "*.txt"))
	must(t, err)
	if len(all) < 16 {
		t.Fatalf("only %d scenarios", len(all))
	}
	for _, path := range all {
		name := filepath.Base(path)
		t.Run(strings.TrimSuffix(name, ".txt"), func(t *testing.T) {
			atOnce(t)
			Start(t, Config{}).run(t, name)
		})
	}
}

// The main ones once more on the servers of a large installation.
func TestScenariosOnServers(t *testing.T) {
	atOnce(t)
	w := Start(t, Config{Postgres: true, S3: true, Redis: true, Clamd: true})
	for _, name := range []string{"hundesteuer", "bewohnerparkausweis", "melderegisterauskunft", "verwaltung", "musterstadt", "abgeben", "wiederkommen", "veroeffentlichen", "zwei-fenster", "gemeinsam", "mitzeichnen", "schreiben", "vieraugen", "ansichten"} {
		t.Run(name, func(t *testing.T) { w.run(t, name+".txt") })
	}
}
