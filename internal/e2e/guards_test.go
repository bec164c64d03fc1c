package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestBrowserGuards shows Chromium what a crowded server shows: the page that computes, the waiting room; and tries what the content
// security policy refuses there.
func TestBrowserGuards(t *testing.T) {
	browser, err := chromium()
	must(t, err)
	for name, x := range map[string]struct {
		env     []string
		atLeast int
	}{
		"scripts on": {[]string{"SCRIPTS=on", "WIDTH=1280", "THEME=light"}, 10}, "scripts off": {[]string{"SCRIPTS=off", "WIDTH=320", "THEME=dark"}, 5},
	} {
		t.Run(name, func(t *testing.T) {
			atOnce(t)
			w := Start(t, Config{Env: []string{"TRUSTED_PROXY=127.0.0.1", "CHALLENGE=read", "ADMIT_PER_MINUTE=1"}})
			cmd := exec.CommandContext(t.Context(), "node", filepath.Join("browser", "guards.mjs"))
			cmd.Env = append(append(os.Environ(), "BASE="+w.URL, "CHROMIUM="+browser), x.env...)
			play(t, cmd, x.atLeast)
		})
	}
}
