package apply

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// Fill sets all answers of a draft at once, from a source that knows the form (demonstration, tests, an import). Each
// attachment that the answers refer to is replaced by a file that give makes for its pointer.
func (s *Service) Fill(ctx context.Context, who civic.Actor, dossier string, answers formdef.Answers, give func(pointer string) (name string, body []byte)) error {
	var files []string
	bare := withoutFiles(answers, "", &files)
	_, _, err := s.edit(ctx, who, dossier, "de", func(a *Application) ([]formdef.Problem, error) {
		a.State.Answers, _ = bare.(formdef.Answers)
		return nil, nil
	})
	if err != nil {
		return err
	}
	for _, pointer := range files {
		name, body := give(pointer)
		if _, err := s.Attach(ctx, who, "de", Upload{Dossier: dossier, Pointer: pointer, Name: name, Body: bytes.NewReader(body)}); err != nil {
			return err
		}
	}
	return nil
}

// withoutFiles copies answers without attachments and notes the pointers of the fields that had some.
func withoutFiles(v any, at string, files *[]string) any {
	switch x := v.(type) {
	case string:
		if strings.HasPrefix(x, "urn:uuid:") {
			*files = append(*files, at)
			return nil
		}
	case []any:
		var out []any
		for i, item := range x {
			if u, ok := item.(string); ok && strings.HasPrefix(u, "urn:uuid:") {
				*files = append(*files, at) // a field for several files has one pointer
				continue
			}
			out = append(out, withoutFiles(item, fmt.Sprintf("%s/%d", at, i), files))
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case formdef.Answers:
		out := formdef.Answers{}
		for k, item := range x {
			if c := withoutFiles(item, at+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(k), files); c != nil {
				out[k] = c
			}
		}
		return out
	}
	return v
}
