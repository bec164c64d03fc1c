package supply

import (
	"cmp"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// Component is one part of the product, in CycloneDX's words (ECMA-424).
type Component struct {
	Type     string    `json:"type"`
	Ref      string    `json:"bom-ref"`
	Name     string    `json:"name"`
	Version  string    `json:"version"`
	Scope    string    `json:"scope,omitempty"`
	Hashes   []Hash    `json:"hashes,omitempty"`
	Licenses []License `json:"licenses,omitempty"`
	PURL     string    `json:"purl,omitempty"`
}

// Hash is a checksum as its registry gives it.
type Hash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

// License is a licence as an SPDX expression.
type License struct {
	Expression string `json:"expression"`
}

// BOM is a bill of materials. It holds no time and no random number, so that two builds of one source have the same.
type BOM struct {
	Format      string `json:"bomFormat"`
	SpecVersion string `json:"specVersion"`
	Version     int    `json:"version"`
	Metadata    struct {
		Component Component `json:"component"`
	} `json:"metadata"`
	Components []Component `json:"components"`
}

// Make lists what the binary holds: the modules that the linker put into it, Go's own library, and the npm packages of the lock
// file, which built its styles and scripts (scope "excluded": they run on no server). folder finds a module's folder.
func Make(binary, version string, lock []byte, folder func(module, version string) string) (BOM, error) {
	bom := BOM{Format: "CycloneDX", SpecVersion: "1.6", Version: 1}
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return bom, err
	}
	sum, err := sha256File(binary)
	if err != nil {
		return bom, err
	}
	bom.Metadata.Component = Component{Type: "application", Ref: "antragswerk", Name: "antragswerk", Version: version,
		Hashes: []Hash{{"SHA-256", sum}}, Licenses: licenses("EUPL-1.2")}
	goVersion := strings.TrimPrefix(info.GoVersion, "go")
	bom.add(Component{Type: "library", Name: "std", Version: goVersion, Licenses: licenses("BSD-3-Clause"), PURL: "pkg:golang/std@" + goVersion})
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		// The module's h1 sum is of a list of files, not of one file, so it is no hash of CycloneDX; go.sum pins it.
		bom.add(Component{Type: "library", Name: m.Path, Version: m.Version, Licenses: licenses(Licence(folder(m.Path, m.Version))), PURL: "pkg:golang/" + m.Path + "@" + m.Version})
	}
	if err := bom.addNPM(lock); err != nil {
		return bom, err
	}
	slices.SortFunc(bom.Components, func(a, b Component) int { return cmp.Compare(a.Ref, b.Ref) })
	bom.Components = slices.CompactFunc(bom.Components, func(a, b Component) bool { return a.Ref == b.Ref })
	return bom, nil
}

func (b *BOM) add(c Component) {
	c.Ref = c.PURL
	b.Components = append(b.Components, c)
}

func (b *BOM) addNPM(lock []byte) error {
	var l struct {
		Packages map[string]struct{ Version, License, Integrity string }
	}
	if err := json.Unmarshal(lock, &l); err != nil {
		return fmt.Errorf("package-lock.json: %w", err)
	}
	for path, p := range l.Packages {
		at := strings.LastIndex(path, "node_modules/")
		if at < 0 {
			continue // the root
		}
		name := path[at+len("node_modules/"):]
		c := Component{Type: "library", Name: name, Version: p.Version, Scope: "excluded", Licenses: licenses(p.License),
			PURL: "pkg:npm/" + strings.Replace(name, "@", "%40", 1) + "@" + p.Version}
		if sum, ok := strings.CutPrefix(p.Integrity, "sha512-"); ok {
			raw, err := base64.StdEncoding.DecodeString(sum)
			if err != nil {
				return fmt.Errorf("package-lock.json: %s: %w", path, err)
			}
			c.Hashes = []Hash{{"SHA-512", hex.EncodeToString(raw)}}
		}
		b.add(c)
	}
	return nil
}

func licenses(name string) []License {
	if name == "" {
		return nil
	}
	return []License{{name}}
}

func sha256File(path string) (string, error) {
	f, err := os.Open(path) // #nosec -- whoever builds names it
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
