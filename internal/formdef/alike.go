package formdef

import (
	"fmt"
	"strconv"
	"strings"
)

// alike tells whether two schemas say the same, though they stand in two places.
func (b *schemas) alike(x, y *schema) bool {
	return x == y || x.nodes != nil && y.nodes != nil && b.contents(x.nodes) == b.contents(y.nodes)
}

func (b *schemas) contents(nodes []*node) string {
	var out strings.Builder
	for _, n := range nodes {
		out.WriteString(strconv.Itoa(b.content(n)))
		out.WriteByte(' ')
	}
	return out.String()
}

// content is a number that all nodes with the same content share. A reference is the place that it means.
func (b *schemas) content(n *node) int {
	if id, known := b.ids[n]; known {
		return id
	}
	var key strings.Builder
	switch {
	case n.obj != nil:
		key.WriteByte('{')
		for _, k := range n.keys {
			kid := n.obj[k]
			if ref := n.str(k); k == "$ref" && ref != "" {
				if to := b.follow(ref); to != nil {
					fmt.Fprintf(&key, "$ref %q,", to.at)
					continue
				}
			}
			fmt.Fprintf(&key, "%q:%d,", k, b.content(kid))
		}
	case n.list:
		key.WriteByte('[')
		for _, e := range n.arr {
			fmt.Fprintf(&key, "%d,", b.content(e))
		}
	default:
		fmt.Fprintf(&key, "%T %v", n.val, n.val)
	}
	id, known := b.texts[key.String()]
	if !known {
		if b.ids == nil {
			b.ids, b.texts = map[*node]int{}, map[string]int{}
		}
		id = len(b.texts)
		b.texts[key.String()] = id
	}
	b.ids[n] = id
	return id
}
