// Package archtest holds the plan of the house as a test: which package may import which (docs/architecture.md), and
// who owns which foreign module. A new package fails until its row is written here.
package archtest

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "antragswerk"

// useCases are the rooms that web and cmd may enter.
var useCases = []string{"find", "apply", "clerk", "admin", "publish", "deliver"}

// rows say what each package below internal/ may import of the house. "*" at the end of a row's name covers sub-packages.
var rows = map[string][]string{
	"civic":              {},
	"formdef":            {},
	"formdef/*":          {"formdef"},
	"formimport":         {"formdef"}, // foreign forms become packages; it tries them with the engine, so it stands above it
	"locale":             {},
	"find":               {"civic", "formdef"},
	"apply":              {"civic", "formdef"},
	"clerk":              {"civic", "formdef"},
	"admin":              {"civic", "formdef"},
	"publish":            {"civic", "formdef", "formimport"},
	"deliver":            {"civic", "formdef", "locale"},
	"sqlstore":           {"civic", "sqlstore/db"},
	"sqlstore/db":        {},
	"queue":              {"civic"},
	"blob":               {"civic"},
	"seal":               {"civic"},
	"kv":                 {"civic"},
	"login":              {"civic"},
	"document":           {"civic", "locale"},
	"picture":            {"civic"},
	"strip":              {},
	"scan":               {"civic"},
	"sheet":              {"civic"},
	"mail":               {"civic"},
	"connector/*":        {"civic"},
	"web":                append([]string{"civic", "formdef", "locale", "web/page", "web/page/*"}, useCases...),
	"web/page":           {"civic", "formdef", "locale", "web/page/*"},
	"web/page/*":         {"civic", "formdef", "locale"},
	"demo":               {"civic", "demo/*"},
	"demo/*":             {"civic"},
	"testenv":            {},
	"archtest":           {},
	"supply":             {},
	"e2e":                {},
	"bench":              {"formdef", "locale", "web/page"},
	"sqlstore/storetest": {"civic", "sqlstore"},
	"blob/blobtest":      {"civic", "blob"},
	"kv/kvtest":          {"civic", "kv"},
}

// owners are the only packages that may import a foreign module.
var owners = map[string][]string{
	"github.com/gofiber/fiber":    {"web", "bench"},
	"github.com/valyala/fasthttp": {"web", "bench"},
	"github.com/minio/minio-go":   {"blob"},
	"github.com/redis/go-redis":   {"kv", "kv/kvtest"},
	"github.com/coreos/go-oidc":   {"login"},
	"github.com/jackc/pgx":        {"sqlstore", "sqlstore/storetest", "testenv", "queue", "bench"},
	"modernc.org/sqlite":          {"sqlstore", "sqlstore/storetest", "bench"},
	"github.com/riverqueue/river": {"queue"},
	"github.com/santhosh-tekuri":  {"formdef", "bench"},
	"github.com/wneessen/go-mail": {"mail"},
	"github.com/piglig/go-qr":     {"document", "web/page"},
}

type pkg struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []pkg
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

// rowOf finds the row of a package: its own, or that of its folder with "*".
func rowOf(name string) (string, bool) {
	if _, ok := rows[name]; ok {
		return name, true
	}
	if star := path.Dir(name) + "/*"; rows[star] != nil {
		return star, true
	}
	return "", false
}

func allowed(row, target string) bool {
	return slices.Contains(rows[row], target) || slices.Contains(rows[row], path.Dir(target)+"/*")
}

func TestImportsFollowThePlan(t *testing.T) {
	for _, p := range packages(t) {
		name, inside := strings.CutPrefix(p.ImportPath, module+"/internal/")
		if !inside {
			continue
		}
		row, ok := rowOf(name)
		if !ok {
			t.Errorf("internal/%s has no row: write down here what it may import", name)
			continue
		}
		for _, imp := range p.Imports {
			target, ours := strings.CutPrefix(imp, module+"/internal/")
			if ours && target != name && !allowed(row, target) {
				t.Errorf("internal/%s imports internal/%s, which its row does not allow", name, target)
			}
			if imp == module+"/cmd/antragswerk" {
				t.Errorf("internal/%s imports cmd", name)
			}
		}
	}
}

func TestFormsAndStaticAreLeaves(t *testing.T) {
	for _, p := range packages(t) {
		if p.ImportPath != module+"/forms" && p.ImportPath != module+"/static" {
			continue
		}
		for _, imp := range p.Imports {
			if strings.Contains(imp, ".") || strings.HasPrefix(imp, module) {
				t.Errorf("%s imports %s; only the standard library is allowed", p.ImportPath, imp)
			}
		}
	}
}

func TestForeignModulesHaveOwners(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module+"/internal/")
		for _, imp := range p.Imports {
			for mod, who := range owners {
				if strings.HasPrefix(imp, mod) && !slices.Contains(who, name) {
					t.Errorf("%s imports %s, which belongs to %v", p.ImportPath, imp, who)
				}
			}
		}
	}
}

// TestDepth keeps the house flat: the longest chain of imports inside it.
func TestDepth(t *testing.T) {
	const deepest = 5
	imports := map[string][]string{}
	for _, p := range packages(t) {
		imports[p.ImportPath] = p.Imports
	}
	memo := map[string]int{}
	var depth func(string) int
	depth = func(p string) int {
		if d, ok := memo[p]; ok {
			return d
		}
		d := 0
		for _, i := range imports[p] {
			if strings.HasPrefix(i, module) {
				d = max(d, 1+depth(i))
			}
		}
		memo[p] = d
		return d
	}
	for p := range imports {
		if d := depth(p); d > deepest {
			t.Errorf("%s stands on %d floors, more than %d", p, d, deepest)
		}
	}
}
