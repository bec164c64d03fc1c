package formdef

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// TestBlocksStayAsTheyAre fails when a block changes: published versions refer to blocks by name and must keep meaning
// what they meant. Until the first release a digest may be written anew here; after it, a change needs a new name.
func TestBlocksStayAsTheyAre(t *testing.T) {
	want := map[string]string{
		"address":        "9ed681072cd2",
		"bank-account":   "c9d3c97a6725",
		"contact":        "b8c008a06f95",
		"declaration":    "4a41f7e9c7ce",
		"direct-debit":   "2f57e3894f90",
		"own-address":    "05e069ad3f87",
		"own-person":     "c5232e4a1244",
		"person":         "3929d74aa871",
		"place":          "d392ae45d320",
		"proof":          "d57e82953aad",
		"proofs":         "6aecc714539e",
		"representative": "2c8f7853c362",
	}
	files, err := fs.Glob(blockFiles, "blocks/*.json")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, file := range files {
		raw, err := blockFiles.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(raw)
		got[strings.TrimSuffix(strings.TrimPrefix(file, "blocks/"), ".json")] = hex.EncodeToString(sum[:6])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a block is not what it was: %s", diff)
	}
}

// TestBlocksSpeakTwoLanguages wants a form of all blocks to have every text in German and in English.
func TestBlocksSpeakTwoLanguages(t *testing.T) {
	shelf, err := blocks()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sortedKeys(shelf.texts["de"]), sortedKeys(shelf.texts["en"])); diff != "" {
		t.Errorf("keys in German, not in English, or the reverse: %s", diff)
	}
	all := map[string]any{}
	for name := range shelf.byName {
		all[name] = map[string]any{"$ref": "block:" + name, "title": "Titel"}
	}
	schema, err := json.Marshal(map[string]any{"type": "object", "properties": all})
	if err != nil {
		t.Fatal(err)
	}
	f := bare(t, string(schema), "")
	used := map[string]bool{}
	for _, lang := range []string{"de", "en"} {
		for _, e := range f.InspectState(State{Answers: Answers{}, Now: testNow, Lang: lang}).Elements {
			used[e.Label] = true
		}
	}
	for _, lang := range []string{"de", "en"} {
		for key, text := range shelf.texts[lang] {
			if strings.HasSuffix(key, ".label") && !used[text] && !strings.HasSuffix(key, "kataster.label") {
				t.Errorf("%s: nothing shows %q", key, text)
			}
		}
	}
}

const blockForm = `{"type":"object","required":["halter"],"properties":{
	"halter":{"type":"object","required":["vornamen","anschrift"],"properties":{
		"vornamen":{"$ref":"block:own-person#/properties/vornamen","x-legalBasis":"§ 1"},
		"anschrift":{"$ref":"block:own-address","x-legalBasis":"§ 1"}}},
	"vertretung":{"$ref":"block:representative","x-legalBasis":"§ 14 ThürVwVfG"}}}`

func TestBlocksInAForm(t *testing.T) {
	f := bare(t, blockForm, "")
	seen := func(answers, lang string) map[string]string {
		out := map[string]string{}
		for _, e := range f.InspectState(State{Answers: answersOf(t, answers), Now: testNow, Lang: lang}).Elements {
			if e.Visible && e.Path != "" {
				out[e.Path] = e.Label
			}
		}
		return out
	}
	self := seen(`{"vertretung":{"fuer":"selbst"}}`, "en")
	if self["halter.anschrift.plz"] != "Postcode" || self["vertretung.fuer"] != "For whom are you filling in this form?" {
		t.Errorf("labels of blocks: %v", self)
	}
	if _, shown := self["vertretung.art"]; shown {
		t.Error("the block's own layout is not used: who acts for oneself is asked for a reason")
	}
	if other := seen(`{"vertretung":{"fuer":"andere"}}`, "de"); other["vertretung.anschrift.ort"] != "Ort" || other["vertretung.nachweis"] != "" {
		t.Errorf("who acts for another: %v", other)
	}
	_, problems := f.Freeze(State{Answers: answersOf(t, `{"halter":{"vornamen":"Erika","anschrift":{"strasse":"Domplatz 1","plz":"9908","ort":"Erfurt"}},"vertretung":{"fuer":"andere","art":"eltern"}}`), Now: testNow})
	if diff := cmp.Diff([]string{"/halter/anschrift/plz format", "/vertretung/anschrift/ort required", "/vertretung/anschrift/plz required",
		"/vertretung/anschrift/strasse required", "/vertretung/familienname required", "/vertretung/vornamen required"}, sorted(keywords(problems))); diff != "" {
		t.Error(diff)
	}
}

func sorted(list []string) []string { slices.Sort(list); return list }

// TestAFormsOwnTextWins: a control's i18n leads to the form's texts instead of the block's.
func TestAFormsOwnTextWins(t *testing.T) {
	texts := map[string]map[string]string{"de": {"hund.ort.label": "Wo lebt der Hund?", "block.address.plz.label": "PLZ"}}
	f, err := CompileBare(json.RawMessage(`{"type":"object","properties":{"a":{"$ref":"block:address"}}}`),
		json.RawMessage(`{"type":"VerticalLayout","elements":[{"type":"Control","scope":"#/properties/a/properties/ort","i18n":"hund.ort"},
			{"type":"Control","scope":"#/properties/a/properties/plz"},{"type":"Control","scope":"#/properties/a/properties/strasse"}]}`), texts)
	if err != nil {
		t.Fatal(err)
	}
	var labels []string
	for _, e := range f.InspectState(State{Answers: Answers{}, Now: testNow, Lang: "de"}).Elements {
		if e.Path != "" {
			labels = append(labels, e.Label)
		}
	}
	if diff := cmp.Diff([]string{"Wo lebt der Hund?", "PLZ", "Straße und Hausnummer"}, labels); diff != "" {
		t.Error(diff)
	}
}

func TestOnlyKnownBlocks(t *testing.T) {
	for ref, want := range map[string]string{
		"block:adress":                  "did you mean address?",
		"block:":                        "no block is called",
		"block:../../../etc/passwd":     "no block is called",
		"block://example.org/address":   "no block is called",
		"block:address#/properties/nix": "schema.json:",
	} {
		raw, err := json.Marshal(map[string]any{"type": "object", "properties": map[string]any{"a": map[string]any{"$ref": ref}}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := CompileBare(raw, nil, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", ref, err, want)
		}
	}
	_, err := CompileBare(json.RawMessage(`{"properties":{"a":{"$ref":"block:address"}},"$defs":{"block:address":{"type":"string"}}}`), nil, nil)
	if err == nil || !strings.Contains(err.Error(), "call it something else") {
		t.Errorf("a form that calls something a block: %v", err)
	}
}

// TestALoadedSchemaStandsAlone: what Load returns is read by a validator that knows nothing of us.
func TestALoadedSchemaStandsAlone(t *testing.T) {
	files := fstest.MapFS{}
	own, err := readFiles(os.DirFS("testdata/pkg"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range own {
		files[f.name] = &fstest.MapFile{Data: f.body}
	}
	files["schema.json"] = &fstest.MapFile{Data: []byte(blockForm)}
	p, err := Load("boote", files)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(p.Schema)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("https://example.org/s.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("https://example.org/s.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(map[string]any{"halter": map[string]any{"vornamen": "Erika", "anschrift": map[string]any{"strasse": "Domplatz 1", "plz": "99084", "ort": "Erfurt"}}}); err != nil {
		t.Error(err)
	}
	if err := s.Validate(map[string]any{"halter": map[string]any{"vornamen": "Erika", "anschrift": map[string]any{"plz": "99084"}}}); err == nil {
		t.Error("an address without a street is taken")
	}
}
