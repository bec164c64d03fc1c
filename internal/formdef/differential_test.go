package formdef

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"antragswerk/internal/formdef/formtest"
)

// The differential test asks @jsonforms/core what it makes of random forms, and compares with our inspection. Where
// we differ on purpose, the comparison says so with the reason; docs/forms.md lists the same.

// reference is a long-lived node process that evaluates one form after the other.
type reference struct {
	in  *json.Encoder
	out *bufio.Reader
}

func startReference(t testing.TB) *reference {
	t.Helper()
	if testing.Short() {
		t.Skip("needs node and the packages of package.json")
	}
	if _, err := os.Stat(filepath.Join("..", "..", "node_modules", "@jsonforms", "core")); err != nil {
		t.Fatal("@jsonforms/core is missing: run npm ci (make test does), or go test -short")
	}
	cmd := exec.CommandContext(t.Context(), "node", "testdata/jsonforms/evaluate.mjs")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal("node is missing: ", err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	enc := json.NewEncoder(in)
	enc.SetEscapeHTML(false)
	return &reference{in: enc, out: bufio.NewReaderSize(out, 1<<20)}
}

// theirs is what the reference found.
type theirs struct {
	Failed   string `json:"failed"`
	Elements []struct {
		InspectedElement
		Opaque bool `json:"opaque"` // the reference shows tabs here; we ask in another way
	} `json:"elements"`
	DefaultUI json.RawMessage `json:"defaultUiSchema"`
	Errors    []struct {
		Pointer, Property, Keyword, SchemaPath string
	} `json:"errors"`
}

func (r *reference) ask(f formtest.Form) (theirs, error) {
	var ui json.RawMessage = []byte("null")
	if f.UI != nil {
		ui = f.UI
	}
	if err := r.in.Encode(map[string]any{"schema": f.Schema, "ui": ui, "data": f.Data, "texts": f.Texts}); err != nil {
		return theirs{}, err
	}
	line, err := r.out.ReadBytes('\n')
	if err != nil {
		return theirs{}, err
	}
	var t theirs
	err = json.Unmarshal(line, &t)
	return t, err
}

// inspectForm is our side.
func inspectForm(f formtest.Form) (Inspection, error) {
	c, err := CompileBare(f.Schema, f.UI, map[string]map[string]string{"de": f.Texts})
	if err != nil {
		return Inspection{}, err
	}
	a, bad := parseAnswers(f.Data)
	if bad != nil {
		return Inspection{}, errors.New(bad.Keyword)
	}
	return c.InspectState(State{Answers: a, Lang: "de", Now: testNow}), nil
}

// difference compares both and says what differs first, "" when nothing does; ok is false when the reference cannot
// say anything.
func (r *reference) difference(f formtest.Form) (diff string, ok bool) {
	got, err := inspectForm(f)
	if err != nil {
		return "compile: " + err.Error(), true
	}
	same := f
	if f.UI == nil {
		same.UI = got.DefaultUI // they are compared by themselves
	}
	want, err := r.ask(same)
	if err != nil {
		return "died: " + err.Error(), true
	}
	if want.Failed != "" {
		return want.Failed, false
	}
	c := &comparison{f: f, got: got, want: want}
	for _, step := range []func() string{c.layout, c.elements, c.problems, c.nothingLost} {
		if d := step(); d != "" {
			return d, true
		}
	}
	return "", true
}

// TestDifferential: see above. Where a form differs it is cut down to what still does.
func TestDifferential(t *testing.T) {
	ref := startReference(t)
	start, compared, silent := time.Now(), 0, 0
	failures := 0
	for seed := range uint64(3000) {
		f := formtest.New(rand.New(rand.NewPCG(seed, 1)), formtest.Options{}) // #nosec -- a test must be repeatable
		diff, ok := ref.difference(f)
		switch {
		case !ok:
			silent++
		case diff == "":
			compared++
		default:
			f = shrink(f, func(f formtest.Form) bool {
				d, ok := ref.difference(f)
				return ok && kindOfDiff(d) == kindOfDiff(diff)
			})
			diff, _ = ref.difference(f)
			t.Errorf("seed %d: %s\nschema %s\nui     %s\ndata   %s\ntexts  %v", seed, diff, f.Schema, f.UI, f.Data, f.Texts)
			if failures++; failures > 5 {
				t.Fatal("more differ")
			}
		}
	}
	t.Logf("%d forms alike, the reference failed on %d, in %v", compared, silent, time.Since(start).Round(time.Millisecond))
	if compared < 2900 {
		t.Errorf("only %d forms could be compared: the test says little", compared)
	}
}

// kindOfDiff is a difference without the places.
func kindOfDiff(d string) string {
	words := slices.DeleteFunc(strings.Fields(d), func(w string) bool { return strings.ContainsAny(w, `/#."`) })
	return strings.Join(words[:min(len(words), 3)], " ")
}

// comparison holds both findings of one form.
type comparison struct {
	f    formtest.Form
	got  Inspection
	want theirs
}

// layout compares the default UI schema, keys in order. On purpose we ask for properties of which no type can be
// derived (a const, an enum of numbers, {}), which the reference leaves out.
func (c *comparison) layout() string {
	schema, err := parseNode(c.f.Schema)
	if err != nil {
		return "layout cannot be read"
	}
	mine, err1 := parseNode(c.got.DefaultUI)
	want, err2 := parseNode(c.want.DefaultUI)
	if err1 != nil || err2 != nil {
		return "layout cannot be read"
	}
	list := func(n *node) (out []string) {
		for _, e := range n.get("elements").elems() {
			out = append(out, e.str("type")+" "+e.str("scope"))
		}
		return out
	}
	all := list(mine)
	typed := slices.DeleteFunc(slices.Clone(all), func(e string) bool {
		_, scope, _ := strings.Cut(e, " #")
		return typeless(schema, schema.find(scope))
	})
	switch theirs := list(want); {
	case want.obj != nil && want.str("type") != mine.str("type"):
		return "layout is of type " + mine.str("type")
	case !slices.Equal(typed, theirs):
		return fmt.Sprintf("layout is %v, want %v", typed, theirs)
	}
	return ""
}

// typeless tells whether no type can be derived from the schema.
func typeless(root, s *node) bool {
	if ref := s.str("$ref"); ref != "" {
		s = root.find(strings.TrimPrefix(ref, "#"))
	}
	for _, key := range []string{"type", "properties", "items", "oneOf", "anyOf", "allOf", "additionalProperties"} {
		if k := s.get(key); k != nil && (k.val != nil || len(k.keys)+len(k.arr) > 0) {
			return false
		}
	}
	for _, e := range s.get("enum").elems() {
		if _, text := e.val.(string); text {
			return false
		}
	}
	return true
}

func (c *comparison) elements() string {
	// Rows repeat a place, and layouts have no path: the nth of a place belongs to the nth.
	keys := func() func(InspectedElement) string {
		times := map[string]int{}
		return func(e InspectedElement) string {
			place := e.At + " " + e.Path
			times[place]++
			return fmt.Sprint(place, times[place])
		}
	}
	mine, key := map[string]InspectedElement{}, keys()
	for _, e := range c.got.Elements {
		mine[key(e)] = e
	}
	key = keys()
	known, opaque := map[string]bool{}, []string{}
	for _, w := range c.want.Elements {
		place := key(w.InspectedElement)
		known[place] = true
		if w.Opaque {
			opaque = append(opaque, w.At+"/")
		}
		g, there := mine[place]
		switch {
		case !there && c.isUnsupported(w.At):
		case !there:
			return fmt.Sprintf("element %s %s %s is missing", w.At, w.Type, w.Path)
		default:
			if d := c.element(g, w.InspectedElement); d != "" {
				return d
			}
		}
	}
	key = keys()
	for _, g := range c.got.Elements {
		below := slices.ContainsFunc(opaque, func(at string) bool { return strings.HasPrefix(g.At, at) })
		if !known[key(g)] && !below {
			return fmt.Sprintf("element %s %s %s is too many", g.At, g.Type, g.Path)
		}
	}
	return ""
}

// isUnsupported tells whether we said that we cannot show the element.
func (c *comparison) isUnsupported(at string) bool {
	return slices.ContainsFunc(c.got.Unsupported, func(u string) bool { return strings.HasPrefix(u, at+":") })
}

func (c *comparison) element(g, w InspectedElement) string {
	at := w.At + " " + w.Path
	switch {
	case g.Type != w.Type, g.Scope != w.Scope:
		return fmt.Sprintf("type of %s is %s %s, want %s %s", at, g.Type, g.Scope, w.Type, w.Scope)
	case g.Visible != w.Visible:
		return fmt.Sprintf("visible of %s is %v", at, g.Visible)
	case w.Type == "Label":
	case g.Enabled != w.Enabled:
		return fmt.Sprintf("enabled of %s is %v", at, g.Enabled)
	case g.Readonly != w.Readonly:
		return fmt.Sprintf("readonly of %s is %v", at, g.Readonly)
	case w.Required && !g.Required, g.Required && !w.Required && !c.conditional():
		return fmt.Sprintf("required of %s is %v", at, g.Required)
	}
	if g.Label != w.Label && !c.wantedLabel(g, w) {
		return fmt.Sprintf("label of %s is %q, want %q", at, g.Label, w.Label)
	}
	return ""
}

// conditional: we also find what is required by if, dependencies and allOf; the reference looks at "required" alone.
func (c *comparison) conditional() bool {
	s := string(c.f.Schema)
	return strings.Contains(s, `"if":`) || strings.Contains(s, `"dependencies":`) || strings.Contains(s, `"allOf":`)
}

// wantedLabel are labels that differ on purpose: umlauts stay, and an entry of a list of texts is called like the list.
func (c *comparison) wantedLabel(g, w InspectedElement) bool {
	if g.Scope == "#" && w.Label == "" {
		return true
	}
	if strings.ContainsAny(g.Label, "äöüÄÖÜß") {
		plain := strings.NewReplacer("ä", "a", "ö", "o", "ü", "u", "Ä", "A", "Ö", "O", "Ü", "U", "ß", "ss")
		return plain.Replace(g.Label) == plain.Replace(w.Label)
	}
	return false
}

// problems compares pointers and keywords of errors. On purpose we report one problem for each field, none of what is
// hidden or asked nowhere.
func (c *comparison) problems() string {
	want := map[string][]string{}
	for _, e := range c.want.Errors {
		ptr := e.Pointer
		if e.Property != "" {
			ptr += "/" + escapePointer(e.Property)
		}
		keyword := e.Keyword
		if keyword == "dependencies" || keyword == "dependentRequired" {
			keyword = "required"
		}
		if keyword != "if" { // says only that then or else failed, which says it itself
			want[ptr] = append(want[ptr], keyword)
		}
	}
	got := map[string]string{}
	for _, p := range c.got.Errors {
		got[p.Pointer] = p.Keyword
		if !slices.Contains(want[p.Pointer], p.Keyword) && !c.emptyList(p) && !c.above(p, want) {
			return fmt.Sprintf("error %s %s is none of %v", pointerOrRoot(p.Pointer), p.Keyword, want[p.Pointer])
		}
	}
	for _, ptr := range sortedKeys(want) {
		if got[ptr] != "" || c.covered(ptr, got) || !c.asked(ptr, want[ptr]) {
			continue
		}
		return fmt.Sprintf("error %s %v is missing", pointerOrRoot(ptr), want[ptr])
	}
	return ""
}

// emptyList: a list without entries counts as not answered, since no page can send one.
func (c *comparison) emptyList(p Problem) bool {
	a, _ := parseAnswers(c.f.Data)
	v, _ := lookup(a, splitPointer(p.Pointer))
	list, ok := v.([]any)
	return ok && len(list) == 0 && p.Keyword == "required"
}

// above: of an object that is missing, or no object at all, we report the members that it needs, since those are what
// a citizen can answer.
func (c *comparison) above(p Problem, want map[string][]string) bool {
	for ptr, keywords := range want {
		if p.Keyword == "required" && within(p.Pointer, ptr) && (slices.Contains(keywords, "required") || slices.Contains(keywords, "type")) {
			return true
		}
	}
	return false
}

// covered tells whether something above or below already has a problem, which then must be mended first.
func (c *comparison) covered(ptr string, got map[string]string) bool {
	for p := range got {
		if within(p, ptr) || within(ptr, p) {
			return true
		}
	}
	return false
}

// asked tells whether a visible element asks for the pointer; for what is wrong, as against missing, also one for
// something above it.
func (c *comparison) asked(ptr string, keywords []string) bool {
	missing := slices.Contains(keywords, "required")
	for p := ptr; ; p = p[:max(lastSlash(p), 0)] {
		found := false
		for _, e := range c.got.Elements {
			if e.Path != "" && joinPointer(strings.Split(e.Path, ".")) == p {
				found = true
				if e.Visible {
					return true
				}
			}
		}
		if found || missing || p == "" {
			return !found && !missing
		}
	}
}

// nothingLost: without a UI schema every property is asked, or named as unsupported.
func (c *comparison) nothingLost() string {
	if c.f.UI == nil && len(c.got.Unsupported) > 0 {
		return "unsupported " + strings.Join(c.got.Unsupported, "; ")
	}
	return ""
}
