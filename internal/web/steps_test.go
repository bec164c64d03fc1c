package web

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"antragswerk/internal/civic"
)

// The table of steps that internal/e2e drives (testdata/steps.txt) holds every state of a case and every route that takes a step on
// one: who adds either says there what must happen.
func TestTableOfStepsIsWhole(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "e2e", "testdata", "steps.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var states []string
	var routes []string
	names := strings.NewReplacer("$CASE", "/desk/:tenant/:case", "$DOSSIER", ":dossier", "$OPINION", ":opinion", "$TWIN", ":other")
	for line := range strings.Lines(string(raw)) {
		cells := strings.Split(line, "|")
		if strings.HasPrefix(line, "#") || len(cells) < 5 {
			continue
		}
		if states == nil {
			for _, s := range cells[4:] {
				states = append(states, strings.TrimSpace(s))
			}
			continue
		}
		path, _, _ := strings.Cut(strings.TrimSpace(cells[3]), "?")
		routes = append(routes, names.Replace(path))
	}
	for _, s := range civic.CaseStates {
		if !slices.Contains(states, string(s)) {
			t.Errorf("no column for the state %s", s)
		}
	}
	for _, s := range states {
		if state, _, _ := strings.Cut(s, "+"); !slices.Contains(civic.CaseStates, civic.CaseState(state)) {
			t.Errorf("no case is ever %s", state)
		}
	}
	s := &Server{Deps: Deps{PublicURL: &url.URL{}}}
	ofACase := regexp.MustCompile(`^/(desk/:tenant/:case|me/:dossier|invited/:dossier|opinion/:opinion)(/|$)`)
	known := map[string]bool{}
	for _, rt := range s.routes() {
		if rt.method == fiber.MethodGet || !ofACase.MatchString(rt.path) || strings.Contains(rt.path, "/correct/upload") { // a file on its way is no step
			continue
		}
		if known[rt.path] = true; !slices.Contains(routes, rt.path) {
			t.Errorf("no row for %s %s", rt.method, rt.path)
		}
	}
	for _, path := range routes {
		if !known[path] {
			t.Errorf("nothing takes the step %s", path)
		}
	}
}
