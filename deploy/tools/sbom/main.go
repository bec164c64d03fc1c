// Command sbom writes the bill of materials (CycloneDX, JSON) of a built binary: go run ./deploy/tools/sbom bin/antragswerk VERSION
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"antragswerk/internal/supply"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "sbom BINARY VERSION, at the root of the source")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

func run(binary, version string) error {
	lock, err := os.ReadFile("package-lock.json")
	if err != nil {
		return err
	}
	dirs, err := folders()
	if err != nil {
		return err
	}
	bom, err := supply.Make(binary, version, lock, func(module, _ string) string { return dirs[module] })
	if err != nil {
		return err
	}
	enc := json.NewEncoder(os.Stdout)
	enc.SetIndent("", " ")
	return enc.Encode(bom)
}

// folders are where the modules of the build lie, by path.
func folders() (map[string]string, error) {
	out, err := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}\t{{.Dir}}{{end}}", "./cmd/antragswerk").Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	dirs := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if path, dir, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			dirs[path] = dir
		}
	}
	return dirs, nil
}
