package formdef

import (
	"encoding/json"
	"strings"

	"github.com/cockroachdb/apd/v3"
)

// decimals computes with 34 digits and rounds half up, so that cents are exact. Exponents are kept small: a formula
// cannot make a number that fills the memory.
func decimals() apd.Context {
	c := apd.BaseContext.WithPrecision(34)
	c.Rounding = apd.RoundHalfUp
	c.MaxExponent, c.MinExponent = 200, -200
	c.Traps = 0
	return *c
}

// parseDecimal reads a plain decimal of at most maxDigits characters.
func parseDecimal(s string) (*apd.Decimal, bool) {
	if s == "" || len(s) > maxDigits {
		return nil, false
	}
	d, _, err := apd.NewFromString(s)
	if err != nil || d.Form != apd.Finite || d.Exponent > 100 || d.Exponent < -100 {
		return nil, false
	}
	return d, true
}

// plainDecimal writes a decimal without exponent and without zeros at its end: 1e3 as 1000, 1.50 as 1.5.
func plainDecimal(d *apd.Decimal) string {
	s := d.Text('f')
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" || s == "" {
		return "0"
	}
	return s
}

// canonicalNumber is the one way in which we store a number.
func canonicalNumber(n json.Number) json.Number {
	s := n.String()
	if plainInteger(s) {
		return n
	}
	if d, ok := parseDecimal(s); ok {
		return json.Number(plainDecimal(d))
	}
	return n
}

// plainInteger tells whether the text is an integer in canonical form already; most numbers are.
func plainInteger(s string) bool {
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || (digits[0] == '0' && len(s) > 1) {
		return false
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return false
		}
	}
	return true
}

// roundTo rounds half up to the digits after the point.
func roundTo(d *apd.Decimal, places int32, rounding apd.Rounder) (*apd.Decimal, bool) {
	c := decimals()
	c.Rounding = rounding
	var out apd.Decimal
	cond, err := c.Quantize(&out, d, -places)
	if err != nil || cond.InvalidOperation() || out.Form != apd.Finite {
		return nil, false
	}
	return &out, true
}

// cents turns an amount in EUR into cents, half up; ok is false when it does not fit.
func cents(d *apd.Decimal) (int64, bool) {
	r, ok := roundTo(d, 2, apd.RoundHalfUp)
	if !ok {
		return 0, false
	}
	r.Exponent += 2
	n, err := r.Int64()
	return n, err == nil
}
