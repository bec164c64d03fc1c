package apply

import (
	"strconv"
	"strings"
)

// withoutRow moves uploads along with the rows of an array when the row at the pointer is removed; those into it are gone.
func withoutRow(list []partial, row string) []partial {
	var out []partial
	for _, p := range list {
		if p.Pointer = without(p.Pointer, row); p.Pointer != "" {
			out = append(out, p)
		}
	}
	return out
}

// without is a pointer after the row at another was removed; "" for one into that row.
func without(pointer, row string) string {
	array, n := cutRow(row)
	if n < 0 {
		return pointer
	}
	rest, inside := strings.CutPrefix(pointer, array+"/")
	index, field, _ := strings.Cut(rest, "/")
	i, err := strconv.Atoi(index)
	switch {
	case !inside || err != nil || i < n:
		return pointer
	case i == n:
		return ""
	}
	return array + "/" + strconv.Itoa(i-1) + "/" + field
}

// cutRow parts the pointer of a row into its array and its index, -1 when it is none.
func cutRow(pointer string) (array string, index int) {
	i := strings.LastIndexByte(pointer, '/')
	if i < 0 {
		return "", -1
	}
	n, err := strconv.Atoi(pointer[i+1:])
	if err != nil {
		return "", -1
	}
	return pointer[:i], n
}
