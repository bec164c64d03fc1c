package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestBrowserKeyboard is a clerk's morning in Chromium without a mouse: sort, go through the rows, take twenty cases, write, ask, decide,
// export; somebody else in the same case; a lead who gives it away; what the citizen sees of it; shortcuts turned off and on. Axe finds
// no fault in any of the pages.
func TestBrowserKeyboard(t *testing.T) {
	browser, err := chromium()
	must(t, err)
	atOnce(t)
	w := Start(t, Config{Relay: true, Env: []string{"DEMO_CASES=80"}}) // of which Jena gets thirty
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join("browser", "morning.mjs"))
	cmd.Env = append(os.Environ(), "BASE="+w.URL, "CHROMIUM="+browser, "SCRIPTS=on", "WIDTH=1280", "THEME=light")
	play(t, cmd, 85)
}
