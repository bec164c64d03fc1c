package formdef

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

// Blocks are the pieces that many forms ask for in the same way: a person, an address, a bank account. A schema refers
// to one by name ({"$ref": "block:address"}, a part of it by {"$ref": "block:person#/properties/vornamen"}); the name is
// looked up here and nowhere else, so that a $ref still reads no file and no address. Each is one file of blocks/:
//
//	schema  what is asked; a form adds what it knows better beside the $ref (title, required, x-legalBasis)
//	ui      optional: the layout of a Control whose scope is the block and that has no options.detail
//	texts   language → key → text; a form's own texts win
//
// A published version keeps referring to a block by name, so a block never changes once it was released: what asks
// something else gets another name. TestBlocksStayAsTheyAre holds their digests.
//
//go:embed blocks/*.json
var blockFiles embed.FS

const (
	blockScheme = "block:"
	blockDefs   = "/$defs/" + blockScheme // where a block lies in a schema that uses it
)

type block struct {
	schema *node // its positions are those that it has in a form
	ui     *node
	uses   []string // blocks that it refers to itself
}

type blockShelf struct {
	byName map[string]*block
	texts  map[string]map[string]string
}

// blocks reads the shelf once. What is embedded is ours: an error in it is found by the first test that loads a form.
var blocks = sync.OnceValues(func() (*blockShelf, error) {
	shelf := &blockShelf{byName: map[string]*block{}, texts: map[string]map[string]string{}}
	files, err := fs.Glob(blockFiles, "blocks/*.json")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		raw, err := blockFiles.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if err := shelf.add(strings.TrimSuffix(strings.TrimPrefix(file, "blocks/"), ".json"), raw); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return shelf, nil
})

func (s *blockShelf) add(name string, raw []byte) error {
	var file struct {
		Schema, UI json.RawMessage
		Texts      map[string]map[string]string
	}
	if err := strictJSON(raw, &file); err != nil {
		return err
	}
	b := &block{}
	var err error
	if b.schema, err = parseNode(file.Schema); err != nil {
		return err
	}
	if file.UI != nil {
		if b.ui, err = parseNode(file.UI); err != nil {
			return err
		}
	}
	b.schema.moveTo(blockDefs + name)
	b.uses = b.schema.linkBlocks()
	s.byName[name] = b
	for lang, texts := range file.Texts {
		if s.texts[lang] == nil {
			s.texts[lang] = map[string]string{}
		}
		for k, v := range texts {
			s.texts[lang][k] = v
		}
	}
	return nil
}

// moveTo sets the positions of a value that is put at a place in another document.
func (n *node) moveTo(at string) {
	n.at = at
	for k, v := range n.obj {
		v.moveTo(at + "/" + escapePointer(k))
	}
	for i, v := range n.arr {
		v.moveTo(at + "/" + itoa(i))
	}
}

// linkBlocks turns every reference to a block into one inside the document, and returns the names of the blocks.
func (n *node) linkBlocks() (names []string) {
	if ref, ok := strings.CutPrefix(n.str("$ref"), blockScheme); ok {
		name, fragment, _ := strings.Cut(ref, "#")
		n.obj["$ref"] = &node{at: n.obj["$ref"].at, val: "#" + blockDefs + name + fragment}
		names = append(names, name)
	}
	for _, k := range n.keys {
		names = append(names, n.obj[k].linkBlocks()...)
	}
	for _, e := range n.arr {
		names = append(names, e.linkBlocks()...)
	}
	return names
}

// withBlocks adds to a schema the blocks that it refers to, under $defs: a document that any other system can read.
// A schema without blocks comes back as it is.
func withBlocks(schema json.RawMessage) (json.RawMessage, error) {
	if !bytes.Contains(schema, []byte(blockScheme)) {
		return schema, nil
	}
	root, err := parseNode(schema)
	if err != nil {
		return nil, err
	}
	want := root.linkBlocks()
	if len(want) == 0 {
		return schema, nil
	}
	shelf, err := blocks()
	if err != nil {
		return nil, err
	}
	defs := root.member("$defs")
	for i := 0; i < len(want); i++ {
		name := want[i]
		b := shelf.byName[name]
		if b == nil {
			return nil, fmt.Errorf("no block is called %q%s; there are %s", name, suggest(name, sortedKeys(shelf.byName)), strings.Join(sortedKeys(shelf.byName), ", "))
		}
		if slices.Contains(want[:i], name) {
			continue
		}
		key := blockScheme + name
		if defs.obj[key] != nil {
			return nil, fmt.Errorf("/$defs/%s: names that begin with %q are kept for the shared blocks; call it something else", key, blockScheme)
		}
		defs.keys, defs.obj[key] = append(defs.keys, key), b.schema
		want = append(want, b.uses...)
	}
	var out bytes.Buffer
	if err := root.write(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// member is an object below the node, made when it is missing.
func (n *node) member(key string) *node {
	if kid := n.obj[key]; kid != nil && kid.obj != nil {
		return kid
	}
	kid := &node{at: n.at + "/" + escapePointer(key), obj: map[string]*node{}}
	if n.obj[key] == nil {
		n.keys = append(n.keys, key)
	}
	n.obj[key] = kid
	return kid
}

// write puts the value out as JSON, its keys in their order.
func (n *node) write(out *bytes.Buffer) error {
	if n.obj == nil && !n.list {
		raw, err := json.Marshal(n.val)
		out.Write(raw)
		return err
	}
	open, end, kids := byte('{'), byte('}'), len(n.keys)
	if n.list {
		open, end, kids = '[', ']', len(n.arr)
	}
	out.WriteByte(open)
	for i := range kids {
		if i > 0 {
			out.WriteByte(',')
		}
		kid := (*node)(nil)
		if n.list {
			kid = n.arr[i]
		} else {
			key, err := json.Marshal(n.keys[i])
			if err != nil {
				return err
			}
			out.Write(key)
			out.WriteByte(':')
			kid = n.obj[n.keys[i]]
		}
		if err := kid.write(out); err != nil {
			return err
		}
	}
	out.WriteByte(end)
	return nil
}

// layout is the block's own layout as a form's author would have written it at the place.
func (b *block) layout(at string) *node {
	own := b.ui.copy()
	own.moveTo(at)
	return own
}

func (n *node) copy() *node {
	out := *n
	if n.obj != nil {
		out.obj = make(map[string]*node, len(n.obj))
		for k, v := range n.obj {
			out.obj[k] = v.copy()
		}
	}
	out.arr = make([]*node, len(n.arr))
	for i, v := range n.arr {
		out.arr[i] = v.copy()
	}
	return &out
}

// blockOf is the shared block that a schema refers to as a whole, or nil.
func (s *schema) blockOf() *block {
	for _, p := range s.parts {
		name, ok := strings.CutPrefix(p.at, blockDefs)
		if !ok || strings.Contains(name, "/") {
			continue
		}
		if shelf, err := blocks(); err == nil && shelf.byName[name] != nil && shelf.byName[name].ui != nil {
			return shelf.byName[name]
		}
	}
	return nil
}

// blockText is a text that a shared block brings along.
func blockText(lang, key string) (string, bool) {
	if !strings.HasPrefix(key, "block.") {
		return "", false
	}
	shelf, err := blocks()
	if err != nil {
		return "", false
	}
	t, ok := shelf.texts[lang][key]
	return t, ok
}
