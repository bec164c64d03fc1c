package formdef

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// The suite is read from two kept Go modules that carry a copy of it. testdata/suite/go.mod pins them with their
// checksums; they are no part of the product.
const (
	newerSuite = "github.com/google/jsonschema-go" // 2020-12 and 7, with the documents that tests refer to
	widerSuite = "cuelang.org/go"                  // all drafts from 4 on, older
)

// moduleDir is where a module of testdata/suite lies on this machine; it is fetched when it is not there.
func moduleDir(t *testing.T, module string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "mod", "download", "-json", module)
	cmd.Dir = filepath.Join("testdata", "suite")
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	out, err := cmd.Output()
	var got struct{ Dir, Error string }
	if jsonErr := json.Unmarshal(out, &got); jsonErr != nil || got.Dir == "" {
		t.Fatalf("the module %s with the JSON Schema test suite cannot be had: %v %s", module, err, got.Error)
	}
	return got.Dir
}

// served loads the documents that the suite expects at http://localhost:1234. What is not there for a draft is made of
// the same document for the next one that has it: they differ in the name of $id alone.
type served struct{ dir, draft, schema string }

func (s served) Load(address string) (any, error) {
	name, ok := strings.CutPrefix(address, "http://localhost:1234/")
	if !ok {
		return nil, fmt.Errorf("not of the suite: %s", address)
	}
	plain := strings.NewReplacer("Draft4", "", "Pre2019", "", "draft6/", "", "draft2019-09/", "").Replace(name)
	for _, file := range []string{name, plain, "draft7/" + plain, "draft2020-12/" + plain} {
		raw, err := os.ReadFile(filepath.Join(s.dir, filepath.FromSlash(file))) // #nosec -- names come from the suite
		if err != nil || s.draft == "2019-09" && strings.Contains(file, "draft7") {
			continue
		}
		text := strings.ReplaceAll(string(raw), "2020-12", "2019-09")
		switch s.draft {
		case "2020-12", "2020-12 (the other copy)":
			text = string(raw)
		case "4":
			text = strings.ReplaceAll(text, `"$id"`, `"id"`)
		}
		return jsonschema.UnmarshalJSON(strings.NewReader(string(named(json.RawMessage(text), s.schema))))
	}
	return nil, fmt.Errorf("the suite has no %s", name)
}

// suiteGroup is one schema with its tests, as the suite writes them.
type suiteGroup struct {
	Description string          `json:"description"`
	Schema      json.RawMessage `json:"schema"`
	Tests       []struct {
		Description string          `json:"description"`
		Data        json.RawMessage `json:"data"`
		Valid       bool            `json:"valid"`
	} `json:"tests"`
}

// TestSuite runs the required tests of the JSON Schema test suite through the compiler that forms go through. A
// reference to another document is followed here; the product must refuse it. Formats are checked, not only noted, as
// the drafts allow: a date that does not exist is no answer. So the tests that say otherwise must come out the other way.
func TestSuite(t *testing.T) {
	newer := filepath.Join(moduleDir(t, newerSuite), "jsonschema", "testdata")
	wider := filepath.Join(moduleDir(t, widerSuite), "encoding", "jsonschema", "testdata", "external", "tests")
	for _, c := range []struct{ name, dir, schema string }{
		{"2020-12", filepath.Join(newer, "draft2020-12"), "https://json-schema.org/draft/2020-12/schema"},
		{"2020-12 (the other copy)", filepath.Join(wider, "draft2020-12"), "https://json-schema.org/draft/2020-12/schema"},
		{"7", filepath.Join(newer, "draft7"), "http://json-schema.org/draft-07/schema#"},
		{"4", filepath.Join(wider, "draft4"), "http://json-schema.org/draft-04/schema#"},
		{"2019-09", filepath.Join(wider, "draft2019-09"), "https://json-schema.org/draft/2019-09/schema"},
		{"6", filepath.Join(wider, "draft6"), "http://json-schema.org/draft-06/schema#"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files, err := filepath.Glob(filepath.Join(c.dir, "*.json"))
			for _, optional := range []string{"ecmascript-regex.json", "non-bmp-regex.json", "bignum.json"} {
				if dir := filepath.Join(wider, filepath.Base(c.dir), "optional"); strings.HasPrefix(c.dir, wider) {
					files = append(files, filepath.Join(dir, optional))
				}
			}
			if err != nil || len(files) < 30 {
				t.Fatal("the suite is not there: ", c.dir, err)
			}
			s := &suiteRun{T: t, schema: c.schema, remotes: served{filepath.Join(newer, "remotes"), c.name, c.schema}}
			for _, file := range files {
				s.file(file)
			}
			t.Logf("draft %s: %d of %d required tests pass, %d of them the other way on purpose; %d schemas refer outside and are refused", c.name, s.passed, s.passed+s.failed, s.noted, s.refused)
			if s.passed < 500 {
				t.Errorf("only %d tests were there", s.passed)
			}
		})
	}
}

type suiteRun struct {
	*testing.T
	schema                         string
	remotes                        served
	passed, failed, noted, refused int
}

func (s *suiteRun) file(path string) {
	raw, err := os.ReadFile(path) // #nosec -- the suite's
	if err != nil {
		s.Fatal(err)
	}
	var groups []suiteGroup
	if err := json.Unmarshal(raw, &groups); err != nil {
		s.Fatal(path, err)
	}
	for _, g := range groups {
		s.group(filepath.Base(path), g)
	}
}

// named adds the draft's address where the schema names none, as the suite's runners do by setting a default.
func named(schema json.RawMessage, draft string) json.RawMessage {
	n, err := parseNode(schema)
	if err != nil || n.obj == nil || n.get("$schema") != nil {
		return schema
	}
	return json.RawMessage(strings.Replace(string(schema), "{", `{"$schema":`+quote(draft)+comma(len(n.keys)), 1))
}

func comma(n int) string {
	if n > 0 {
		return ","
	}
	return ""
}

func (s *suiteRun) group(file string, g suiteGroup) {
	p := &Package{Schema: named(g.Schema, s.schema)}
	b, err := newBuilderWith(p, s.remotes)
	if err != nil {
		s.failed += len(g.Tests)
		s.Errorf("%s: %s: %v", file, g.Description, err)
		return
	}
	if strings.Contains(string(g.Schema), `"http://localhost:1234`) {
		if _, err := newBuilder(p); err != nil {
			s.refused++
		} else if file == "refRemote.json" {
			s.Errorf("%s: %s: the product reads another document", file, g.Description)
		}
	}
	for _, c := range g.Tests {
		data, err := jsonschema.UnmarshalJSON(strings.NewReader(string(c.Data)))
		if err != nil {
			s.Fatal(err)
		}
		got := b.c.valid.Validate(data) == nil
		if strings.Contains(c.Description, "only an annotation") {
			s.noted++
			c.Valid = false
		}
		switch {
		case got == c.Valid:
			s.passed++
		default:
			s.failed++
			s.Errorf("%s: %s: %s: valid is %v", file, g.Description, c.Description, got)
		}
	}
}
