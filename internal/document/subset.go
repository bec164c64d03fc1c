package document

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// outline holds a TrueType file (ISO/IEC 14496-22) taken apart once, so that a document can carry the letters that it uses
// and no others.
type outline struct {
	tables map[string][]byte
	glyphs [][]byte // by glyph number
	widths []uint16 // of hmtx, by glyph number
	sides  []uint16 // left side bearings
}

var errTypeface = errors.New("document: not the typeface that this program carries")

// kept are the tables that a PDF's TrueType font needs; glyf, loca and hmtx are written anew.
var kept = []string{"cvt ", "fpgm", "head", "hhea", "maxp", "prep"}

func parseOutline(ttf []byte) (*outline, error) {
	o := &outline{tables: map[string][]byte{}}
	if len(ttf) < 12 {
		return nil, errTypeface
	}
	for i := range int(binary.BigEndian.Uint16(ttf[4:])) {
		entry := ttf[12+16*i:]
		at, size := binary.BigEndian.Uint32(entry[8:]), binary.BigEndian.Uint32(entry[12:])
		o.tables[string(entry[:4])] = ttf[at : at+size]
	}
	for _, name := range append([]string{"glyf", "loca", "hmtx"}, kept...) {
		if o.tables[name] == nil {
			return nil, fmt.Errorf("%w: no %s", errTypeface, name)
		}
	}
	n := int(binary.BigEndian.Uint16(o.tables["maxp"][4:]))
	long := binary.BigEndian.Uint16(o.tables["head"][50:]) == 1
	metrics := int(binary.BigEndian.Uint16(o.tables["hhea"][34:]))
	offset := func(i int) int {
		if long {
			return int(binary.BigEndian.Uint32(o.tables["loca"][4*i:]))
		}
		return 2 * int(binary.BigEndian.Uint16(o.tables["loca"][2*i:]))
	}
	hmtx := o.tables["hmtx"]
	for i := range n {
		o.glyphs = append(o.glyphs, o.tables["glyf"][offset(i):offset(i+1)])
		width, side := 4*min(i, metrics-1), 4*i+2
		if i >= metrics {
			side = 4*metrics + 2*(i-metrics)
		}
		o.widths = append(o.widths, binary.BigEndian.Uint16(hmtx[width:]))
		o.sides = append(o.sides, binary.BigEndian.Uint16(hmtx[side:]))
	}
	return o, nil
}

// Flags of a glyph that is put together from others.
const (
	argsAreWords  = 0x0001
	haveScale     = 0x0008
	more          = 0x0020
	haveTwoScales = 0x0040
	haveMatrix    = 0x0080
)

// parts are the glyphs that a glyph is put together from.
func (o *outline) parts(glyph uint16) []uint16 {
	g := o.glyphs[glyph]
	if len(g) < 10 || int16(binary.BigEndian.Uint16(g)) >= 0 { // #nosec -- a negative number of contours says so
		return nil
	}
	var out []uint16
	for g = g[10:]; len(g) >= 4; {
		flags := binary.BigEndian.Uint16(g)
		out = append(out, binary.BigEndian.Uint16(g[2:]))
		size := 6
		if flags&argsAreWords != 0 {
			size += 2
		}
		switch {
		case flags&haveScale != 0:
			size += 2
		case flags&haveTwoScales != 0:
			size += 4
		case flags&haveMatrix != 0:
			size += 8
		}
		if flags&more == 0 || len(g) < size {
			break
		}
		g = g[size:]
	}
	return out
}

// subset returns a TrueType file with these glyphs, what they are made of, and the one for a missing letter. Glyphs keep
// their numbers; all others are empty, which compresses to nothing.
func (o *outline) subset(used []uint16) []byte {
	want := map[uint16]bool{0: true}
	for queue := slices.Clone(used); len(queue) > 0; queue = queue[1:] {
		if !want[queue[0]] {
			want[queue[0]] = true
			queue = append(queue, o.parts(queue[0])...)
		}
	}
	last := int(slices.MaxFunc(keysOf(want), func(a, b uint16) int { return int(a) - int(b) }))
	var glyf, loca, hmtx []byte
	for i := range last + 1 {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf))) // #nosec -- a part of a file of some hundred kB
		if want[uint16(i)] {                                          // #nosec -- at most the number of glyphs
			glyf = append(glyf, o.glyphs[i]...)
			for len(glyf)%4 != 0 {
				glyf = append(glyf, 0)
			}
			hmtx = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(hmtx, o.widths[i]), o.sides[i])
			continue
		}
		hmtx = append(hmtx, 0, 0, 0, 0)
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf))) // #nosec -- see above
	tables := map[string][]byte{"glyf": glyf, "loca": loca, "hmtx": hmtx}
	for _, name := range kept {
		tables[name] = slices.Clone(o.tables[name])
	}
	binary.BigEndian.PutUint16(tables["maxp"][4:], uint16(last+1))  // #nosec -- see above
	binary.BigEndian.PutUint16(tables["hhea"][34:], uint16(last+1)) // #nosec -- see above
	binary.BigEndian.PutUint16(tables["head"][50:], 1)
	return join(tables)
}

func keysOf(m map[uint16]bool) []uint16 {
	out := make([]uint16, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	return out
}

// join writes a TrueType file of tables.
func join(tables map[string][]byte) []byte {
	names := make([]string, 0, len(tables))
	for name := range tables {
		names = append(names, name)
	}
	slices.Sort(names)
	n, power := len(names), 1
	for power*2 <= n {
		power *= 2
	}
	steps := 0
	for 1<<(steps+1) <= n {
		steps++
	}
	binary.BigEndian.PutUint32(tables["head"][8:], 0)
	head := []byte{0, 1, 0, 0}
	for _, v := range []int{n, 16 * power, steps, 16 * (n - power)} {
		head = binary.BigEndian.AppendUint16(head, uint16(v)) // #nosec -- small
	}
	var body []byte
	at, place := 12+16*n, 0
	for _, name := range names {
		if name == "head" {
			place = at + len(body)
		}
		head = append(head, name...)
		for _, v := range []uint32{checksum(tables[name]), uint32(at + len(body)), uint32(len(tables[name]))} { // #nosec -- see above
			head = binary.BigEndian.AppendUint32(head, v)
		}
		body = append(body, tables[name]...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	out := append(head, body...)
	binary.BigEndian.PutUint32(out[place+8:], 0xB1B0AFBA-checksum(out))
	return out
}

func checksum(b []byte) uint32 {
	var sum uint32
	for len(b) >= 4 {
		sum += binary.BigEndian.Uint32(b)
		b = b[4:]
	}
	if len(b) > 0 {
		var rest [4]byte
		copy(rest[:], b)
		sum += binary.BigEndian.Uint32(rest[:])
	}
	return sum
}
