// Package forms holds the services that are shipped with the product, as data: one folder per service in the form
// language (docs/forms.md), and the table of regions. It holds no code besides the embedding and knows nobody.
package forms

import "embed"

// Files contains every service folder, as <slug>/service.yaml, form.yaml, schema.json, ui.json, texts/*.json and
// samples/*.json, and the regional tables as regions/*.csv. fs.Sub(Files, slug) is what formdef.Load reads.
//
//go:embed */*.yaml */*.json */texts/*.json */samples/*.json regions/*.csv
var Files embed.FS
