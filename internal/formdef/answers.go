package formdef

import (
	"maps"
	"strconv"
)

// lookup follows a path through answers.
func lookup(v any, path []string) (any, bool) {
	for _, seg := range path {
		switch t := v.(type) {
		case map[string]any:
			kid, ok := t[seg]
			if !ok {
				return nil, false
			}
			v = kid
		case []any:
			i, err := strconv.Atoi(seg)
			if err != nil || i < 0 || i >= len(t) {
				return nil, false
			}
			v = t[i]
		default:
			return nil, false
		}
	}
	return v, true
}

// put returns the value with v at the path; only the containers on the way are copied. Objects that are missing
// are made; an array is grown by one item at most. What cannot be reached stays as it is.
func put(root any, path []string, v any) any {
	if len(path) == 0 {
		return v
	}
	if list, ok := root.([]any); ok {
		i, err := strconv.Atoi(path[0])
		if err != nil || i < 0 || i > len(list) {
			return root
		}
		out := make([]any, len(list), len(list)+1)
		copy(out, list)
		if i == len(out) {
			out = append(out, nil)
		}
		out[i] = put(out[i], path[1:], v)
		return out
	}
	old, _ := root.(map[string]any)
	out := make(map[string]any, len(old)+1)
	maps.Copy(out, old)
	out[path[0]] = put(out[path[0]], path[1:], v)
	return out
}

// drop returns the value without what is at the path. Objects that become empty on the way go too,
// entries of arrays stay, as null (an empty row is still a row).
func drop(root any, path []string) any {
	if len(path) == 0 {
		return nil
	}
	switch t := root.(type) {
	case map[string]any:
		kid, ok := t[path[0]]
		if !ok {
			return root
		}
		out := maps.Clone(t)
		if len(path) == 1 {
			delete(out, path[0])
			return out
		}
		left := drop(kid, path[1:])
		if m, is := left.(map[string]any); is && len(m) == 0 {
			delete(out, path[0])
		} else {
			out[path[0]] = left
		}
		return out
	case []any:
		i, err := strconv.Atoi(path[0])
		if err != nil || i < 0 || i >= len(t) {
			return root
		}
		out := append([]any(nil), t...)
		if len(path) == 1 {
			out[i] = nil
			return out
		}
		out[i] = drop(out[i], path[1:])
		return out
	default:
		return root
	}
}

// given tells whether an answer says anything: empty texts, objects and arrays do not.
func given(v any) bool {
	switch t := v.(type) {
	case nil:
		return false
	case string:
		return t != ""
	case []any:
		for _, e := range t {
			if given(e) {
				return true
			}
		}
		return false
	case map[string]any:
		for _, e := range t {
			if given(e) {
				return true
			}
		}
		return false
	default:
		return true
	}
}

// putTop is put on answers that are ours already: their first level is changed in place.
func putTop(own Answers, path []string, v any) {
	if len(path) > 0 {
		own[path[0]] = put(own[path[0]], path[1:], v)
	}
}

// dropTop is drop on answers that are ours already.
func dropTop(own Answers, path []string) {
	if len(path) == 0 {
		return
	}
	kid, ok := own[path[0]]
	if !ok {
		return
	}
	if len(path) == 1 {
		delete(own, path[0])
		return
	}
	left := drop(kid, path[1:])
	if m, is := left.(map[string]any); is && len(m) == 0 {
		delete(own, path[0])
		return
	}
	own[path[0]] = left
}
