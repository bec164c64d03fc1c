package formdef

// Finding is something that the author of a package must mend.
type Finding struct {
	File    string `json:"file"`    // schema.json, ui.json, form.yaml …
	Pointer string `json:"pointer"` // JSON Pointer into the file
	Text    string `json:"text"`    // what is wrong, and how to mend it, in English
	// Key and Args say the same to the catalogue, which words it under "finding."; the key is "" where a parser speaks.
	Key  string `json:"-"`
	Args []any  `json:"-"` // name, value, name, value …
}

// String is one line of "forms check".
func (f Finding) String() string { return f.File + ":" + f.Pointer + ": " + f.Text }

// Error makes findings of compiling errors too.
func (f Finding) Error() string { return f.String() }
