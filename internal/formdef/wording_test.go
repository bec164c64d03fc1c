package formdef

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"testing"
)

// Each finding that the code can make has words, each word is said by some, and the English catalogue has the same.
func TestFindingWords(t *testing.T) {
	raw, err := os.ReadFile("../locale/catalogue/en/findings.json")
	if err != nil {
		t.Fatal(err)
	}
	var english map[string]string
	if err := json.Unmarshal(raw, &english); err != nil {
		t.Fatal(err)
	}
	for key, words := range findingWords {
		kind, _, _ := strings.Cut(key, ".")
		if want := words + sentences[kind]; english["finding."+key] != want {
			t.Errorf("the catalogue says %q of %s, not %q", english["finding."+key], key, want)
		}
	}
	said := saidKeys(t)
	for key := range said {
		if findingWords[key] == "" {
			t.Errorf("no words for %s", key)
		}
	}
	for key := range findingWords {
		if !said[strings.TrimSuffix(key, ".meant")] && !strings.HasPrefix(key, "free.") {
			t.Errorf("nobody says %s", key)
		}
	}
}

// saidKeys reads the keys in the calls that make findings.
func saidKeys(t *testing.T) map[string]bool {
	place := map[string]int{"found": 2, "say": 2, "fail": 2, "note": 2, "cannot": 1}
	keys := map[string]bool{}
	source := func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") && f.Name() != "diff.go" }
	//lint:ignore SA1019 without build tags it says enough
	packages, err := parser.ParseDir(token.NewFileSet(), ".", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packages {
		ast.Inspect(p, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			name := ""
			switch f := call.Fun.(type) {
			case *ast.SelectorExpr:
				name = f.Sel.Name
			case *ast.Ident:
				name = f.Name
			}
			i, ok := place[name]
			if !ok || len(call.Args) <= i {
				return true
			}
			if lit, ok := call.Args[i].(*ast.BasicLit); ok && lit.Kind == token.STRING {
				key, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Error(err)
				}
				if name == "cannot" {
					key = "cannot." + key
				}
				keys[key] = true
			}
			return true
		})
	}
	return keys
}
