package formdef

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// node is one JSON value that remembers the order of its keys and where it stands, which maps forget.
type node struct {
	at   string // JSON Pointer from the root of its file, "" for the root
	keys []string
	obj  map[string]*node // nil unless the value is an object
	arr  []*node
	list bool // an array, maybe empty
	val  any  // string, json.Number, bool or nil
}

// maxNodeDepth keeps a hostile schema from exhausting the stack.
const maxNodeDepth = 128

// parseNode reads exactly one JSON value.
func parseNode(raw []byte) (*node, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	n, err := readNode(dec, "", 0)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("something follows the end of the JSON value")
	}
	return n, nil
}

func readNode(dec *json.Decoder, at string, depth int) (*node, error) {
	if depth > maxNodeDepth {
		return nil, fmt.Errorf("%s: nested deeper than %d levels", at, maxNodeDepth)
	}
	tok, err := dec.Token()
	if err != nil {
		return nil, err
	}
	n := &node{at: at}
	switch t := tok.(type) {
	case json.Delim:
		if t == '{' {
			return n, n.readObject(dec, depth)
		}
		n.list = true
		for dec.More() {
			kid, err := readNode(dec, at+"/"+strconv.Itoa(len(n.arr)), depth+1)
			if err != nil {
				return nil, err
			}
			n.arr = append(n.arr, kid)
		}
		_, err = dec.Token()
		return n, err
	default:
		n.val = t
		return n, nil
	}
}

func (n *node) readObject(dec *json.Decoder, depth int) error {
	n.obj = map[string]*node{}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return err
		}
		key, _ := tok.(string)
		kid, err := readNode(dec, n.at+"/"+escapePointer(key), depth+1)
		if err != nil {
			return err
		}
		if _, twice := n.obj[key]; twice {
			return fmt.Errorf("%s: the key %q stands twice", n.at, key)
		}
		n.keys = append(n.keys, key)
		n.obj[key] = kid
	}
	_, err := dec.Token()
	return err
}

// get returns the member of an object, or nil.
func (n *node) get(key string) *node {
	if n == nil {
		return nil
	}
	return n.obj[key]
}

// str returns the text of a member, or "".
func (n *node) str(key string) string {
	if k := n.get(key); k != nil {
		s, _ := k.val.(string)
		return s
	}
	return ""
}

// flag returns a boolean member and whether it is one.
func (n *node) flag(key string) (value, ok bool) {
	if k := n.get(key); k != nil {
		value, ok = k.val.(bool)
	}
	return value, ok
}

// number returns an integer member and whether it is one.
func (n *node) number(key string) (int, bool) {
	k := n.get(key)
	if k == nil {
		return 0, false
	}
	num, ok := k.val.(json.Number)
	if !ok {
		return 0, false
	}
	i, err := strconv.Atoi(num.String())
	return i, err == nil
}

// strings returns the texts of an array member.
func (n *node) strings(key string) []string {
	k := n.get(key)
	if k == nil {
		return nil
	}
	var out []string
	for _, e := range k.arr {
		if s, ok := e.val.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// plain turns the node into what encoding/json would have made of it.
func (n *node) plain() any {
	switch {
	case n == nil:
		return nil
	case n.obj != nil:
		m := make(map[string]any, len(n.obj))
		for k, v := range n.obj {
			m[k] = v.plain()
		}
		return m
	case n.list:
		a := make([]any, len(n.arr))
		for i, v := range n.arr {
			a[i] = v.plain()
		}
		return a
	default:
		return n.val
	}
}

// each visits every object in the node, itself included.
func (n *node) each(depth int, visit func(*node)) {
	if n == nil || depth > maxNodeDepth {
		return
	}
	if n.obj != nil {
		visit(n)
	}
	for _, k := range n.keys {
		n.obj[k].each(depth+1, visit)
	}
	for _, k := range n.arr {
		k.each(depth+1, visit)
	}
}

// find follows a JSON Pointer from the node, or returns nil.
func (n *node) find(pointer string) *node {
	for _, seg := range splitPointer(pointer) {
		switch {
		case n == nil:
			return nil
		case n.obj != nil:
			n = n.obj[seg]
		case n.list:
			i, err := strconv.Atoi(seg)
			if err != nil || i < 0 || i >= len(n.arr) {
				return nil
			}
			n = n.arr[i]
		default:
			return nil
		}
	}
	return n
}

func escapePointer(s string) string {
	if !strings.ContainsAny(s, "~/") {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "~", "~0"), "/", "~1")
}

func unescapePointer(s string) string {
	if !strings.Contains(s, "~") {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "~1", "/"), "~0", "~")
}

// splitPointer cuts a JSON Pointer into unescaped segments; "" has none.
func splitPointer(p string) []string {
	if p == "" || p == "/" {
		return nil
	}
	parts := strings.Split(strings.TrimPrefix(p, "/"), "/")
	for i, s := range parts {
		parts[i] = unescapePointer(s)
	}
	return parts
}

// joinPointer is the reverse of splitPointer.
func joinPointer(path []string) string {
	var b strings.Builder
	for _, s := range path {
		b.WriteByte('/')
		b.WriteString(escapePointer(s))
	}
	return b.String()
}
