package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestBrowserLines does in Chromium what scripts make easier (saving, rows, files, the end of a session) over a good line, a slow
// one (400 ms a request) and one that breaks, and the same by sending pages without scripts.
func TestBrowserLines(t *testing.T) {
	browser, err := chromium()
	must(t, err)
	for name, x := range map[string]struct {
		env     []string
		atLeast int
	}{
		"scripts on":            {[]string{"SCRIPTS=on", "WIDTH=1280", "THEME=light"}, 76},
		"scripts on, slow line": {[]string{"SCRIPTS=on", "WIDTH=320", "THEME=dark", "LATENCY=400"}, 76},
		"scripts off":           {[]string{"SCRIPTS=off", "WIDTH=320", "THEME=light"}, 7},
	} {
		t.Run(name, func(t *testing.T) {
			atOnce(t)
			w := Start(t, Config{Relay: true})
			cmd := exec.CommandContext(t.Context(), "node", filepath.Join("browser", "lines.mjs"))
			cmd.Env = append(append(os.Environ(), "BASE="+w.URL, "CHROMIUM="+browser), x.env...)
			play(t, cmd, x.atLeast)
		})
	}
}
