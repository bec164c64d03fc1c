package formdef

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// Errors of changing rows and attachments.
var (
	ErrNoSuchList = errors.New("formdef: the page shows no such list")
	ErrListFull   = errors.New("formdef: the list holds as many as it may")
	ErrListShort  = errors.New("formdef: the list must hold as many")
	ErrNoSuchFile = errors.New("formdef: the page shows no such file field")
	ErrFilesFull  = errors.New("formdef: the field holds as many files as it may")
)

// locate finds a visible control by its full pointer and the scope that it lives in.
func (r *run) locate(ptr string) (*scope, *elem) {
	if d := r.f.delta; d != nil && d.proofs != nil {
		for _, e := range d.proofs.fields {
			if e.ptr == ptr {
				return r.top(), e
			}
		}
	}
	return r.top().locate(ptr)
}

func (sc *scope) locate(ptr string) (*scope, *elem) {
	for _, e := range sc.frame.binds[ptr] {
		if sc.visible(e) && sc.r.onJourney(e.page) {
			return sc, e
		}
	}
	for _, e := range sc.frame.maps[ptr] {
		if sc.visible(e) && sc.r.onJourney(e.page) {
			return sc, e
		}
	}
	if sc.owner != nil && sc.owner.list.keyed != nil && ptr == sc.owner.list.keyed.key.ptr {
		return sc, sc.owner.list.keyed.key
	}
	path := splitPointer(ptr)
	for i := range path {
		above := joinPointer(path[:i])
		for _, e := range append(slices.Clone(sc.frame.binds[above]), sc.frame.maps[above]...) {
			if e.list == nil || !sc.visible(e) {
				continue
			}
			for _, it := range sc.items(e) {
				if it.token == path[i] {
					return sc.row(e, it.token, it.v).locate(joinPointer(path[i+1:]))
				}
			}
		}
	}
	return nil, nil
}

func (r *run) editableList(ptr string) (*scope, *elem) {
	sc, e := r.locate(ptr)
	if e == nil || e.list == nil || !sc.enabled(e) || sc.isReadonly(e) || !r.f.open(ptr) {
		return nil, nil
	}
	return sc, e
}

func (f *Form) addRow(s State, pointer string) (State, error) {
	r := f.newRun(&s)
	sc, e := r.editableList(pointer)
	if e == nil {
		return s, ErrNoSuchList
	}
	items := sc.items(e)
	if len(items) >= e.list.maxItems {
		return s, ErrListFull
	}
	path, stored := splitPointer(pointer), len(sc.stored(e))
	if e.list.keyed != nil {
		s.Answers, _ = put(s.Answers, append(path, noName), e.list.blank()).(map[string]any)
		return s, nil
	}
	if stored == 0 {
		s.Answers, _ = put(s.Answers, path, []any{}).(map[string]any)
	}
	for _, it := range append(items[stored:len(items):len(items)], entry{itoa(len(items)), e.list.blank()}) { // also those that only the page shows
		s.Answers, _ = put(s.Answers, append(path[:len(path):len(path)], it.token), it.v).(map[string]any)
	}
	return s, nil
}

// removeRow takes the pointer of the row.
func (f *Form) removeRow(s State, pointer string) (State, error) {
	r := f.newRun(&s)
	cut := lastSlash(pointer)
	if cut < 0 {
		return s, ErrNoSuchList
	}
	ptr, index := pointer[:cut], atoi(pointer[cut+1:])
	if out, done, err := r.removeEntry(ptr, unescapePointer(pointer[cut+1:])); done {
		return out, err
	}
	sc, e := r.editableList(ptr)
	if e == nil {
		return s, ErrNoSuchList
	}
	items := sc.items(e)
	if index < 0 || index >= len(items) {
		return s, ErrNoSuchList
	}
	if len(items) <= e.list.minItems {
		return s, ErrListShort
	}
	var list []any
	for i, it := range items {
		if i != index {
			list = append(list, it.v)
		}
	}
	if len(list) == 0 {
		s.Answers, _ = drop(s.Answers, splitPointer(ptr)).(map[string]any)
	} else {
		s.Answers, _ = put(s.Answers, splitPointer(ptr), list).(map[string]any)
	}
	s.Typed = shiftTyped(s.Typed, ptr, index)
	return s, nil
}

// removeEntry removes a row that is an entry of an object; done is false when it is none.
func (r *run) removeEntry(ptr, name string) (out State, done bool, err error) {
	sc, e := r.editableList(ptr)
	if e == nil || e.list.keyed == nil {
		return *r.s, false, nil
	}
	for _, it := range sc.stored(e) {
		if it.token != name {
			continue
		}
		if len(sc.stored(e)) <= e.list.minItems {
			return *r.s, true, ErrListShort
		}
		s := *r.s
		s.Answers, _ = drop(s.Answers, append(splitPointer(ptr), name)).(map[string]any)
		gone := ptr + "/" + escapePointer(name)
		s.Typed = maps.Clone(s.Typed)
		maps.DeleteFunc(s.Typed, func(input string, _ []string) bool { return within(input, gone) })
		return s, true, nil
	}
	return *r.s, true, ErrNoSuchList
}

// shiftTyped moves what was typed in later rows up by one.
func shiftTyped(typed Typed, list string, gone int) Typed {
	if len(typed) == 0 {
		return typed
	}
	out := maps.Clone(typed)
	for name := range typed {
		if rest, ok := strings.CutPrefix(name, list+"/"); ok {
			index, _, _ := strings.Cut(rest, "/")
			if atoi(index) >= gone {
				delete(out, name)
			}
		}
	}
	for name, raw := range typed {
		rest, ok := strings.CutPrefix(name, list+"/")
		if !ok {
			continue
		}
		index, tail, _ := strings.Cut(rest, "/")
		if i := atoi(index); i > gone {
			out[strings.TrimSuffix(list+"/"+itoa(i-1)+"/"+tail, "/")] = raw
		}
	}
	return out
}

// urnsOf are the attachments of an answer: one URN, or a list.
func urnsOf(v any) []string {
	switch t := v.(type) {
	case string:
		if t != "" {
			return []string{t}
		}
	case []any:
		var out []string
		for _, e := range t {
			if s, ok := e.(string); ok && s != "" {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

func (r *run) fileField(ptr string) (*scope, *elem) {
	sc, e := r.locate(ptr)
	if e == nil || e.field == nil || e.field.file == nil || !sc.asked(e) {
		return nil, nil
	}
	return sc, e
}

// attach adds the URN; a field for one file takes the new one instead of the old.
func (f *Form) attach(s State, pointer, urn string) (State, error) {
	r := f.newRun(&s)
	sc, e := r.fileField(pointer)
	if e == nil || checkFileURN(urn) != nil {
		return s, ErrNoSuchFile
	}
	var v any = urn
	if e.field.multi {
		have, _ := lookup(sc.val, e.path)
		list, _ := have.([]any)
		if len(list) >= e.field.file.maxFiles {
			return s, ErrFilesFull
		}
		v = append(list[:len(list):len(list)], any(urn))
	}
	s.Answers, _ = put(s.Answers, splitPointer(pointer), v).(map[string]any)
	return s, nil
}

func (f *Form) detach(s State, pointer, urn string) (State, bool) {
	r := f.newRun(&s)
	sc, e := r.fileField(pointer)
	if e == nil {
		return s, false
	}
	have, _ := lookup(sc.val, e.path)
	var left []any
	found := false
	for _, u := range urnsOf(have) {
		if u == urn && !found {
			found = true
			continue
		}
		left = append(left, u)
	}
	if !found {
		return s, false
	}
	if len(left) == 0 {
		s.Answers, _ = drop(s.Answers, splitPointer(pointer)).(map[string]any)
	} else {
		s.Answers, _ = put(s.Answers, splitPointer(pointer), left).(map[string]any)
	}
	return s, true
}

func (f *Form) fileRule(s State, pointer string) (FileRule, bool) {
	r := f.newRun(&s)
	_, e := r.fileField(pointer)
	if e == nil {
		return FileRule{}, false
	}
	return *fileRuleOf(e, r.lang), true
}

func fileRuleOf(e *elem, lang int) *FileRule {
	a := e.field.file
	return &FileRule{Label: e.label.in(lang), MaxBytes: a.maxBytes, MediaTypes: a.mediaTypes, MaxFiles: a.maxFiles}
}
