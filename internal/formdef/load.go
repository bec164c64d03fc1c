package formdef

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sort"
	"strings"

	"github.com/goccy/go-yaml"
)

// The limits of a package, so that an uploaded one cannot fill the memory.
const (
	maxPackageFile  = 4 << 20
	maxPackageTotal = 10 << 20
	maxPackageFiles = 500
)

// load reads every file of a package, in path order, and decodes what it knows; a file that it does not know is an error.
func load(slug string, fsys fs.FS) (*Package, error) {
	files, err := readFiles(fsys)
	if err != nil {
		return nil, err
	}
	p := &Package{Slug: slug, Texts: map[string]map[string]string{}, Digest: digestOf(files)}
	for _, f := range files {
		if err := p.take(f.name, f.body); err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
	}
	if p.Schema == nil {
		return nil, fmt.Errorf("schema.json is missing")
	}
	if p.Schema, err = withBlocks(p.Schema); err != nil {
		return nil, fmt.Errorf("schema.json: %w", err)
	}
	for _, need := range []struct {
		file  string
		there bool
	}{{"service.yaml", p.Service.Level != ""}, {"form.yaml", p.Form.Assurance != ""}, {"texts/de.json", p.Texts["de"] != nil}} {
		if !need.there {
			return nil, fmt.Errorf("%s is missing or empty", need.file)
		}
	}
	return p, nil
}

type packageFile struct {
	name string
	body []byte
}

func readFiles(fsys fs.FS) ([]packageFile, error) {
	var files []packageFile
	total := 0
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if !d.Type().IsRegular() {
			return fmt.Errorf("%s: not a plain file", name)
		}
		if len(files) == maxPackageFiles {
			return fmt.Errorf("more than %d files", maxPackageFiles)
		}
		f, err := fsys.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		body, err := io.ReadAll(io.LimitReader(f, maxPackageFile+1))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if total += len(body); len(body) > maxPackageFile || total > maxPackageTotal {
			return fmt.Errorf("%s: the package is too large", name)
		}
		files = append(files, packageFile{name, body})
		return nil
	})
	sort.Slice(files, func(i, j int) bool { return files[i].name < files[j].name })
	return files, err
}

// Digest is the digest that Load gives the package in a folder, without reading it: cheap enough for every start.
func Digest(fsys fs.FS) (string, error) {
	files, err := readFiles(fsys)
	return digestOf(files), err
}

// digestOf covers names, lengths and bytes, so that no two packages share it.
func digestOf(files []packageFile) string {
	h := sha256.New()
	for _, f := range files {
		fmt.Fprintf(h, "%d:%s%d:", len(f.name), f.name, len(f.body))
		h.Write(f.body)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// take decodes one file into its place.
func (p *Package) take(name string, body []byte) error {
	dir, base := path.Split(name)
	switch {
	case name == "service.yaml":
		return strictYAML(body, &p.Service)
	case name == "form.yaml":
		return strictYAML(body, &p.Form)
	case name == "schema.json":
		return jsonObject(body, &p.Schema)
	case name == "ui.json":
		return jsonObject(body, &p.UI)
	case name == "annotations/schema.json":
		return jsonObject(body, &p.Annotations)
	case name == "annotations/ui.json":
		return jsonObject(body, &p.AnnotationsUI)
	case dir == "texts/" && strings.HasSuffix(base, ".json"):
		texts := map[string]string{}
		if err := strictJSON(body, &texts); err != nil {
			return err
		}
		p.Texts[strings.TrimSuffix(base, ".json")] = texts
		return nil
	case dir == "samples/" && strings.HasSuffix(base, ".json"):
		s := Sample{File: name}
		if err := strictJSON(body, &s); err != nil {
			return err
		}
		p.Samples = append(p.Samples, s)
		return nil
	case base == "README.md":
		return nil
	}
	return fmt.Errorf("a package has no such file; it holds service.yaml, form.yaml, schema.json, ui.json, texts/*.json, samples/*.json, annotations/schema.json and annotations/ui.json")
}

func jsonObject(body []byte, into *json.RawMessage) error {
	var probe map[string]json.RawMessage
	if err := json.Unmarshal(body, &probe); err != nil {
		return jsonError(body, err)
	}
	*into = body
	return wellFormed(body)
}

// wellFormed also refuses a key that stands twice, of which a decoder would silently take the last.
func wellFormed(body []byte) error {
	_, err := parseNode(body)
	return err
}

func strictJSON(body []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return jsonError(body, err)
	}
	return wellFormed(body)
}

// jsonError adds the line to a syntax error.
func jsonError(body []byte, err error) error {
	var at int64
	switch e := err.(type) { //nolint:errorlint // encoding/json returns these unwrapped
	case *json.SyntaxError:
		at = e.Offset
	case *json.UnmarshalTypeError:
		at = e.Offset
	default:
		return err
	}
	return fmt.Errorf("line %d: %w", 1+bytes.Count(body[:min(int(at), len(body))], []byte("\n")), err)
}

// strictYAML decodes by way of JSON, so that raw JSON inside (conditions, JSON-Logic) is written as YAML; an unknown
// key is an error.
func strictYAML(body []byte, into any) error {
	if err := yaml.UnmarshalWithOptions(body, into, yaml.Strict(), yaml.CustomUnmarshaler[json.RawMessage](rawFromYAML)); err != nil {
		return fmt.Errorf("%s", strings.TrimSpace(yaml.FormatError(err, false, true)))
	}
	return nil
}

func rawFromYAML(dst *json.RawMessage, src []byte) error {
	raw, err := yaml.YAMLToJSON(src)
	if err != nil {
		return err
	}
	*dst = bytes.TrimSpace(raw)
	return nil
}
