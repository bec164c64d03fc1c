package formdef

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// What submitted or foreign answers may hold at most.
const (
	maxBytes  = 1 << 20
	maxDepth  = 32
	maxItems  = 1000
	maxDigits = 40 // of a number literal; keeps 1e999999999 from becoming a gigabyte of digits
)

// parseAnswers reads answers within the limits. Size and depth are checked before any tree is built.
func parseAnswers(raw []byte) (Answers, *Problem) {
	switch {
	case len(raw) > maxBytes:
		return nil, &Problem{Keyword: "maxBytes", Params: map[string]string{"limit": strconv.Itoa(maxBytes)}}
	case !utf8.Valid(raw):
		return nil, &Problem{Keyword: "json"}
	}
	if p := scanLimits(raw); p != nil {
		return nil, p
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var a Answers
	if err := dec.Decode(&a); err != nil || a == nil {
		return nil, &Problem{Keyword: "json"}
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, &Problem{Keyword: "json"}
	}
	return a, nil
}

// scanLimits walks the bytes once and counts nesting, items, and the length of number literals.
// It is no JSON parser: malformed text is left to the decoder.
func scanLimits(raw []byte) *Problem {
	var items [maxDepth + 1]int
	var isList [maxDepth + 1]bool
	depth, digits := 0, 0
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if strings.IndexByte("0123456789+-.eE", c) >= 0 {
			if digits++; digits > maxDigits {
				return &Problem{Keyword: "number"}
			}
			if (c == 'e' || c == 'E') && digits > 1 && farExponent(raw[i+1:]) {
				return &Problem{Keyword: "number"}
			}
			continue
		}
		digits = 0
		switch c {
		case '"':
			for i++; i < len(raw) && raw[i] != '"'; i++ {
				if raw[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			if depth++; depth > maxDepth {
				return &Problem{Keyword: "maxDepth", Params: map[string]string{"limit": strconv.Itoa(maxDepth)}}
			}
			items[depth], isList[depth] = 1, c == '['
		case '}', ']':
			depth = max(depth-1, 0)
		case ',':
			if items[depth]++; items[depth] > maxItems && isList[depth] {
				return &Problem{Keyword: "maxItems", Params: map[string]string{"limit": strconv.Itoa(maxItems)}}
			}
		}
	}
	return nil
}

// farExponent tells whether the text after an e is an exponent of three digits or more.
func farExponent(rest []byte) bool {
	n := 0
	for _, c := range rest {
		switch {
		case c == '+' || c == '-':
		case c >= '0' && c <= '9':
			n++
		default:
			return n > 2
		}
	}
	return n > 2
}

// tooLarge checks answers already decoded, for states that did not pass through parseAnswers.
func tooLarge(v any, depth int) bool {
	if depth > maxDepth {
		return true
	}
	switch t := v.(type) {
	case []any:
		if len(t) > maxItems {
			return true
		}
		for _, e := range t {
			if tooLarge(e, depth+1) {
				return true
			}
		}
	case map[string]any:
		for _, e := range t {
			if tooLarge(e, depth+1) {
				return true
			}
		}
	}
	return false
}
