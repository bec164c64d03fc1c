package widget

import (
	"strings"

	"github.com/a-h/templ"

	"antragswerk/internal/formdef"
)

// full tells whether the rule allows no further file.
func full(f *formdef.Field) bool {
	return f.Disabled || f.ReadOnly || (f.Rule != nil && f.Rule.MaxFiles > 0 && len(f.Files) >= f.Rule.MaxFiles)
}

// fileState are the attributes of the file input; the hint always says what the rule allows.
func fileState(f *formdef.Field) templ.Attributes {
	described := hintID(f)
	if f.Problem != nil {
		described += " " + errorID(f)
	}
	a := templ.Attributes{"aria-describedby": described}
	if f.Problem != nil {
		a["aria-invalid"] = "true"
	}
	if f.Rule != nil {
		a["accept"] = strings.Join(f.Rule.MediaTypes, ",")
		if f.Rule.MaxFiles != 1 {
			a["multiple"] = true
		}
	}
	return a
}

// ruleText says which files are taken: "PDF, JPEG oder PNG, je Datei höchstens 10 MB".
func ruleText(k Kit, r *formdef.FileRule) string {
	if r == nil {
		return ""
	}
	names := make([]string, 0, len(r.MediaTypes))
	for _, t := range r.MediaTypes {
		names = append(names, mediaName(t))
	}
	types := strings.Join(names, ", ")
	size := k.L.Limit(r.MaxBytes)
	if r.MaxFiles > 1 {
		return k.L.T("file.rule.many", "types", types, "size", size, "n", r.MaxFiles)
	}
	return k.L.T("file.rule.one", "types", types, "size", size)
}

// mediaName is the short name under which people know a media type.
func mediaName(mediaType string) string {
	_, sub, _ := strings.Cut(mediaType, "/")
	switch {
	case strings.HasSuffix(sub, "wordprocessingml.document"):
		return "DOCX"
	case strings.HasSuffix(sub, "spreadsheetml.sheet"):
		return "XLSX"
	case strings.HasPrefix(sub, "vnd.oasis.opendocument."):
		return "ODF"
	case sub == "plain":
		return "TXT"
	case sub == "*":
		return mediaType
	}
	return strings.ToUpper(sub)
}
