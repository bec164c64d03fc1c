package formdef

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The normative characters and sequences of DIN 91379:2022-08, data type C (letters, non-letters N1 to N4), which German
// registers must be able to keep. After the list "DIN-91379-Characters-and-Sequences"
// of the project String-Latin, CC BY 4.0: characters as ranges, sequences by what follows the letter.

// din91379 are the single characters, by first and last of a range.
var din91379 = [][2]rune{
	{0x0009, 0x000A}, {0x000D, 0x000D}, {0x0020, 0x007E}, {0x00A0, 0x00AC}, {0x00AE, 0x017E}, {0x0187, 0x0188},
	{0x018F, 0x018F}, {0x0197, 0x0197}, {0x01A0, 0x01A1}, {0x01AF, 0x01B0}, {0x01B7, 0x01B7}, {0x01CD, 0x01DC},
	{0x01DE, 0x01DF}, {0x01E2, 0x01F0}, {0x01F4, 0x01F5}, {0x01F8, 0x01FF}, {0x0212, 0x0213}, {0x0218, 0x021B},
	{0x021E, 0x021F}, {0x0227, 0x0233}, {0x0259, 0x0259}, {0x0268, 0x0268}, {0x0292, 0x0292}, {0x02B9, 0x02BA},
	{0x02BE, 0x02BF}, {0x02C8, 0x02C8}, {0x02CC, 0x02CC}, {0x1E02, 0x1E03}, {0x1E06, 0x1E07}, {0x1E0A, 0x1E11},
	{0x1E17, 0x1E17}, {0x1E1C, 0x1E2B}, {0x1E2F, 0x1E37}, {0x1E3A, 0x1E3B}, {0x1E40, 0x1E49}, {0x1E52, 0x1E5B},
	{0x1E5E, 0x1E63}, {0x1E6A, 0x1E6F}, {0x1E80, 0x1E87}, {0x1E8C, 0x1E97}, {0x1E9E, 0x1E9E}, {0x1EA0, 0x1EF9},
	{0x2019, 0x2019}, {0x2021, 0x2021}, {0x20AC, 0x20AC},
}

// sequences91379 are the letters before each combining mark, or pair of them, that the norm lists together.
var sequences91379 = map[string]string{
	"\u0300":       "CFGKMPSTZcfgkmpstz",
	"\u0301":       "JjÿĪī",
	"\u0302":       "DKLMNdklmn",
	"\u0304":       "CFHKNPSTZcfhknpstzÛûḲḳṢṣṬṭỤụ",
	"\u0306":       "CMNRZcmnrzÇç",
	"\u0307":       "KUku",
	"\u0308":       "CTZczẠạỌọỤụ",
	"\u030B":       "Aa",
	"\u030C":       "J",
	"\u030D":       "ēō",
	"\u0310":       "Mm",
	"\u0315":       "CKPTckptČč",
	"\u031B":       "KTkt",
	"\u031B\u0304": "Ss",
	"\u0323":       "CPcpČč",
	"\u0325":       "LRlr",
	"\u0325\u0304": "LRlr",
	"\u0326":       "CHKLNchklnŽž",
	"\u0327":       "ZzŽž",
	"\u0328\u0306": "Cc",
	"\u0331":       "HSs",
	"\u035F\u0048": "K",
	"\u035F\u0068": "Kk",
}

// belowBoth joins a letter with the next one.
const belowBoth = '\u035F'

// isDIN91379 tells whether a text holds nothing else. A combining mark counts with the letter before it alone: the norm
// does not know every letter with every mark.
func isDIN91379(s string) bool {
	text := []rune(norm.NFC.String(s))
	for i := 0; i < len(text); {
		marks := i + 1
		for marks < len(text) && (unicode.Is(unicode.Mn, text[marks]) || text[marks-1] == belowBoth) {
			marks++
		}
		switch {
		case marks > i+1 && !strings.ContainsRune(sequences91379[string(text[i+1:marks])], text[i]):
			return false
		case marks == i+1 && !inDIN91379(text[i]):
			return false
		}
		i = marks
	}
	return true
}

func inDIN91379(r rune) bool {
	for _, in := range din91379 {
		if r >= in[0] && r <= in[1] {
			return true
		}
	}
	return false
}
