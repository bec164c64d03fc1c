package formdef

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
)

// ecmaSpace are the characters that \s means in ECMA-262: more than the engines' own.
const ecmaSpace = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"

// ecmaLineEnds are the characters that a dot does not match.
const ecmaLineEnds = "\n\r\u2028\u2029"

// ecmaEscapes are the letters that may follow a backslash.
const ecmaEscapes = "dDwWsSbBnrtvfcxukpP"

// plainECMA writes an ECMA-262 pattern in such a way that both engines read it alike: what \s, \S, \uXXXX and the dot
// mean is spelled out, and an escape that ECMA-262 does not know is an error rather than something else.
func plainECMA(pattern string) (string, error) {
	var out strings.Builder
	class := false
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\' && i+1 < len(pattern):
			i++
			n, err := ecmaEscape(&out, pattern[i:], class)
			if err != nil {
				return "", err
			}
			i += n - 1
		case c == '[' && class:
			out.WriteString(`\[`) // not the beginning of [[:alpha:]]
		case c == '[':
			class = true
			out.WriteByte(c)
			if strings.HasPrefix(pattern[i+1:], "^]") || strings.HasPrefix(pattern[i+1:], "]") { // everything, and nothing
				i++
				if pattern[i] == '^' {
					out.WriteByte('^')
					i++
				}
				out.WriteByte(']')
				class = false
			}
		case c == ']':
			class = false
			out.WriteByte(c)
		case c == '.' && !class:
			out.WriteString("[^" + ecmaLineEnds + "]")
		default:
			out.WriteByte(c)
		}
	}
	return out.String(), nil
}

// ecmaEscape writes one escape; s begins after the backslash. It returns how many bytes of s it took.
func ecmaEscape(out *strings.Builder, s string, class bool) (int, error) {
	c := s[0]
	switch {
	case c == 's' && class:
		out.WriteString(ecmaSpace)
		return 1, nil
	case c == 's':
		out.WriteString("[" + ecmaSpace + "]")
		return 1, nil
	case c == 'S' && !class:
		out.WriteString("[^" + ecmaSpace + "]")
		return 1, nil
	case c == 'u':
		if r, n := codePoint(s); n > 0 {
			out.WriteString(quoted(r))
			return n, nil
		}
	case (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') && !strings.ContainsRune(ecmaEscapes, rune(c)):
		return 0, fmt.Errorf("the pattern uses \\%c, which ECMA-262 does not know", c)
	}
	out.WriteByte('\\')
	out.WriteByte(c)
	return 1, nil
}

// codePoint reads uXXXX, or two of them that make one character; n is 0 when it cannot be written by itself.
func codePoint(s string) (r rune, n int) {
	unit := func(s string) rune {
		if len(s) < 5 || s[0] != 'u' {
			return -1
		}
		v, err := strconv.ParseUint(s[1:5], 16, 16)
		if err != nil {
			return -1
		}
		return rune(v)
	}
	r = unit(s)
	if utf16.IsSurrogate(r) && len(s) >= 11 && s[5] == '\\' {
		if whole := utf16.DecodeRune(r, unit(s[6:])); whole != unicode.ReplacementChar {
			return whole, 11
		}
	}
	if r < 0 || utf16.IsSurrogate(r) {
		return 0, 0
	}
	return r, 5
}

// quoted is a character that means itself, in a class too.
func quoted(r rune) string {
	if r < 0x80 && !unicode.IsLetter(r) && !unicode.IsDigit(r) && r > ' ' {
		return "\\" + string(r)
	}
	return string(r)
}
