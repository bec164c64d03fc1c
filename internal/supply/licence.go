// Package supply tells what the product is made of: the licence of a module, and the bill of materials (CycloneDX) of a built
// binary with its embedded assets. It is used when a release is built and by tests; no server imports it.
package supply

import (
	"os"
	"path/filepath"
	"strings"
)

// licenceMarks tell a licence by a sentence that only it has. The order matters: the two BSD licences differ by a clause.
var licenceMarks = []struct{ licence, mark string }{
	{"MPL-2.0", "Mozilla Public License Version 2.0"},
	{"MPL-2.0", "Mozilla Public License, version 2.0"},
	{"Apache-2.0", "Apache License Version 2.0"},
	{"Apache-2.0", "Licensed under the Apache License"},
	{"MIT", "Permission is hereby granted, free of charge, to any person obtaining a copy"},
	{"ISC", "Permission to use, copy, modify, and/or distribute this software for any purpose"},
	{"BSD-3-Clause", "endorse or promote products derived from this software"},
	{"BSD-2-Clause", "Redistribution and use in source and binary forms"},
}

// Licence is the SPDX name of the licence whose text lies in a module's folder, "" when none is known by its words.
func Licence(dir string) string {
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		return ""
	}
	for _, f := range files {
		name := strings.ToUpper(filepath.Base(f))
		if !strings.HasPrefix(name, "LICEN") && !strings.HasPrefix(name, "COPYING") {
			continue
		}
		text, err := os.ReadFile(f) // #nosec -- a folder of the module cache
		if err != nil {
			continue // a folder of licences of others
		}
		flat := strings.Join(strings.Fields(string(text)), " ")
		for _, m := range licenceMarks {
			if strings.Contains(flat, m.mark) {
				return m.licence
			}
		}
	}
	return ""
}
