package e2e

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// chromium finds the browser; the error says how to install it.
func chromium() (string, error) {
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("no Chromium: sh deploy/tools/install-test-servers.sh, or set CHROMIUM")
}

// TestBrowser goes the six points of the main job in Chromium, with scripts and without, narrow and wide, light and dark:
// each page fits its width and axe finds no fault in it. Where SCREENSHOTS names a folder, it gets pictures of all pages.
func TestBrowser(t *testing.T) {
	browser, err := chromium()
	must(t, err)
	if _, err := os.Stat(filepath.Join("..", "..", "node_modules", "playwright-core")); err != nil {
		t.Fatal("playwright-core is missing; run in the repository's root: npm ci")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Fatal("node is missing: apt-get install -y nodejs npm")
	}
	for _, x := range []struct{ scripts, width, theme string }{{"on", "1280", "light"}, {"off", "320", "dark"}, {"on", "320", "light"}, {"off", "1280", "dark"}} {
		t.Run("scripts "+x.scripts+" at "+x.width, func(t *testing.T) {
			atOnce(t)
			w := Start(t, Config{Relay: true, Env: []string{"DEMO_CASES=12"}})
			dir := t.TempDir()
			cmd := exec.CommandContext(t.Context(), "node", filepath.Join("browser", "journeys.mjs"))
			cmd.Env = append(os.Environ(), "BASE="+w.URL, "CHROMIUM="+browser, "SCRIPTS="+x.scripts, "WIDTH="+x.width, "THEME="+x.theme,
				"PACKAGE="+packageFile(t, dir, "neu.zip", replaceIn("form.yaml", "declaration:\n  de: ", "declaration:\n  de: Neu. ")),
				"BROKEN_PACKAGE="+packageFile(t, dir, "kaputt.zip", replaceIn("ui.json", "/properties/betreff", "/properties/gibtesnicht")))
			play(t, cmd, 110)
		})
	}
}

// packageFile writes a changed package of the general application for the browser to upload.
func packageFile(t *testing.T, dir, name string, change func(string, []byte) []byte) string {
	t.Helper()
	f, err := zipForm("allgemeiner-antrag", change)
	must(t, err)
	sub := filepath.Join(dir, strings.TrimSuffix(name, ".zip"))
	must(t, os.Mkdir(sub, 0o700))
	path := filepath.Join(sub, "allgemeiner-antrag.zip")
	must(t, os.WriteFile(path, f.Body, 0o600))
	return path
}

// play runs the script and makes a fault of every line that says so, and of fewer checks than there are at least.
func play(t *testing.T, cmd *exec.Cmd, least int) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	must(t, err)
	var said strings.Builder
	cmd.Stderr = &said
	must(t, cmd.Start())
	checks := 0
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "not ok") {
			t.Error(lines.Text())
		} else if strings.HasPrefix(lines.Text(), "ok") {
			checks++
		}
		if strings.Contains(lines.Text(), "weight of") || strings.Contains(lines.Text(), "time:") {
			t.Log(lines.Text())
		}
	}
	if err := cmd.Wait(); err != nil && !t.Failed() {
		t.Errorf("%v: %s", err, said.String())
	}
	if checks < least {
		t.Errorf("only %d checks were made: %s", checks, said.String())
	}
}
