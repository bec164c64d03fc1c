package page

import (
	"math"
	"strconv"
)

// isColour tells whether s has the form #rrggbb.
func isColour(s string) bool {
	if len(s) != 7 || s[0] != '#' {
		return false
	}
	_, err := strconv.ParseUint(s[1:], 16, 32)
	return err == nil
}

// luminance is the relative luminance (WCAG 2.2) of a colour #rrggbb, from 0 (black) to 1 (white).
func luminance(colour string) float64 {
	n, err := strconv.ParseUint(colour[1:], 16, 32)
	if err != nil {
		return 0
	}
	linear := func(c uint64) float64 {
		v := float64(c&0xff) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(n>>16) + 0.7152*linear(n>>8) + 0.0722*linear(n)
}

// Contrast is the contrast ratio (WCAG 2.2) between two colours #rrggbb, from 1 to 21; 0 when one is not a colour.
func Contrast(a, b string) float64 {
	if !isColour(a) || !isColour(b) {
		return 0
	}
	x, y := luminance(a)+0.05, luminance(b)+0.05
	return max(x, y) / min(x, y)
}
