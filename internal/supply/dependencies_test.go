package supply

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// unnamed are npm packages whose package.json names no licence, with where it stands instead.
var unnamed = map[string]string{"combine-errors": "MIT, as its Readme says"}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../..", path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

type dependency struct{ why, licence, alive string }

var dependencyRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (.*?) \\| (.*?) \\| (.*?) \\|$")

func documented(t *testing.T, heading string) map[string]dependency {
	t.Helper()
	_, after, ok := strings.Cut(read(t, "docs/dependencies.md"), "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("no heading %s", heading)
	}
	section, _, _ := strings.Cut(after, "\n## ")
	rows := map[string]dependency{}
	for _, m := range dependencyRow.FindAllStringSubmatch(section, -1) {
		rows[m[1]] = dependency{m[2], m[3], m[4]}
	}
	return rows
}

// acceptable are the licences that the last section of docs/dependencies.md lists.
func acceptable(t *testing.T) []string {
	t.Helper()
	_, list, _ := strings.Cut(read(t, "docs/dependencies.md"), "\n## Licences that may be in the product\n")
	var out []string
	for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(list, -1) {
		out = append(out, m[1])
	}
	return out
}

// goModules are the modules that are linked into the binary or its tests, by path, with the folder that holds them.
func goModules(t *testing.T) (direct, all map[string]string) {
	t.Helper()
	out, err := exec.Command("go", "list", "-C", "../..", "-deps", "-test", "-f", "{{with .Module}}{{.Path}}\t{{.Indirect}}\t{{.Main}}\t{{.Dir}}{{end}}", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	direct, all = map[string]string{}, map[string]string{}
	for line := range strings.Lines(string(out)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if len(f) != 4 || f[2] == "true" {
			continue
		}
		all[f[0]] = f[3]
		if f[1] == "false" {
			direct[f[0]] = f[3]
		}
	}
	return direct, all
}

func TestGoDependenciesAreDocumented(t *testing.T) {
	rows, allow := documented(t, "Go modules"), acceptable(t)
	direct, all := goModules(t)
	if len(direct) < 20 || len(all) < len(direct)+20 || len(allow) < 5 {
		t.Fatalf("%d direct of %d modules, %d licences: something was not read", len(direct), len(all), len(allow))
	}
	for module, dir := range direct {
		row, ok := rows[module]
		if !ok {
			t.Errorf("%s has no row in docs/dependencies.md", module)
			continue
		}
		if row.why == "" || row.alive == "" {
			t.Errorf("%s: say why it is there and how alive it is", module)
		}
		if l := Licence(dir); l != row.licence {
			t.Errorf("%s: its licence file says %s, docs/dependencies.md %s", module, l, row.licence)
		}
	}
	for module := range rows {
		if direct[module] == "" {
			t.Errorf("%s is no dependency any more: take its row out of docs/dependencies.md", module)
		}
	}
	for module, dir := range all {
		if l := Licence(dir); !slices.Contains(allow, l) {
			t.Errorf("%s is under %s, which docs/dependencies.md does not allow", module, l)
		}
	}
}

func TestNPMDependenciesAreDocumented(t *testing.T) {
	rows, allow := documented(t, "npm packages"), acceptable(t)
	var manifest struct{ Dependencies, DevDependencies map[string]string }
	if err := json.Unmarshal([]byte(read(t, "package.json")), &manifest); err != nil {
		t.Fatal(err)
	}
	if len(manifest.Dependencies) != 0 {
		t.Error("nothing of npm runs on a server: dependencies stand under devDependencies")
	}
	var lock struct {
		Packages map[string]struct{ License, Version, Integrity string }
	}
	if err := json.Unmarshal([]byte(read(t, "package-lock.json")), &lock); err != nil {
		t.Fatal(err)
	}
	for name, version := range manifest.DevDependencies {
		if !regexp.MustCompile(`^\d+\.\d+\.\d+$`).MatchString(version) {
			t.Errorf("%s %s: pin the version", name, version)
		}
		row, ok := rows[name]
		if !ok {
			t.Errorf("%s has no row in docs/dependencies.md", name)
		} else if l := lock.Packages["node_modules/"+name].License; l != row.licence {
			t.Errorf("%s: the lock file says %q, docs/dependencies.md %q", name, l, row.licence)
		}
	}
	for name := range rows {
		if manifest.DevDependencies[name] == "" {
			t.Errorf("%s is no dependency any more: take its row out of docs/dependencies.md", name)
		}
	}
	for path, p := range lock.Packages {
		name := path
		if at := strings.LastIndex(path, "node_modules/"); at >= 0 {
			name = path[at+len("node_modules/"):]
		}
		if path == "" || p.License == "" && unnamed[name] != "" {
			continue
		}
		for _, l := range strings.Split(strings.Trim(p.License, "()"), " AND ") {
			if !slices.Contains(allow, l) {
				t.Errorf("%s is under %q, which docs/dependencies.md does not allow", path, p.License)
			}
		}
		if p.Integrity == "" {
			t.Errorf("%s has no checksum in package-lock.json", path)
		}
	}
}
