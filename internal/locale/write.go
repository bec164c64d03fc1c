package locale

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// style is how a language writes numbers and times.
type style struct {
	decimal, group     string
	moneyFirst         bool // "€30.00" instead of "30,00 €"
	date, short, clock string
	months             []string // nil: the names that package time knows
	oclock             string
}

// narrow spaces keep a number and its unit on one line.
const (
	noBreak       = "\u00a0"
	narrowNoBreak = "\u202f"
)

// months are the German names; package time knows English ones only.
var months = []string{
	"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember",
}

func styleOf(tag string) style {
	if tag == "en" {
		return style{decimal: ".", group: ",", moneyFirst: true, date: "2 January 2006", short: "02/01/2006", clock: "15:04"}
	}
	return style{
		decimal: ",", group: ".", date: "2. January 2006", short: "02.01.2006", clock: "15:04", months: months,
		oclock: noBreak + "Uhr",
	}
}

// Money writes an amount in cents of a euro: "1.234,50 €", in English "€1,234.50".
func (c *Catalogue) Money(cents int64) string {
	sign, abs := "", uint64(cents)
	if cents < 0 {
		sign, abs = "-", -abs
	}
	n := c.Number(fmt.Sprintf("%d.%02d", abs/100, abs%100))
	if c.style.moneyFirst {
		return sign + "€" + n
	}
	return sign + n + noBreak + "€"
}

// Number writes a decimal ("1234.5", "-0.07") with the language's separators. What is not a plain decimal (an
// exponent, a word) is returned as it is.
func (c *Catalogue) Number(decimal string) string {
	digits, sign := strings.TrimPrefix(decimal, "-"), ""
	if digits != decimal {
		sign = "-"
	}
	whole, frac, point := strings.Cut(digits, ".")
	if !allDigits(whole) || (point && !allDigits(frac)) {
		return decimal
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 && len(whole) > 3 {
			b.WriteString(c.style.group)
		}
		b.WriteRune(d)
	}
	if point {
		b.WriteString(c.style.decimal)
		b.WriteString(frac)
	}
	return b.String()
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// Date writes a day in words, "27. März 2026", as it is in Germany; the zero time is "".
func (c *Catalogue) Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(c.zone)
	s := t.Format(c.style.date)
	if c.style.months != nil {
		s = strings.Replace(s, t.Month().String(), c.style.months[t.Month()-1], 1)
	}
	return s
}

// Month names the month of a day: "November 2026".
func (c *Catalogue) Month(t time.Time) string {
	t = t.In(c.zone)
	name := t.Month().String()
	if c.style.months != nil {
		name = c.style.months[t.Month()-1]
	}
	return name + " " + t.Format("2006")
}

// DateShort writes a day in digits, for tables: "27.03.2026", in English "27/03/2026"; the zero time is "".
func (c *Catalogue) DateShort(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(c.zone).Format(c.style.short)
}

// Time writes the time of day: "14:05 Uhr", in English "14:05"; the zero time is "".
func (c *Catalogue) Time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(c.zone).Format(c.style.clock) + c.style.oclock
}

// DateTime writes day and time: "27. März 2026, 14:05 Uhr"; the zero time is "".
func (c *Catalogue) DateTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return c.Date(t) + ", " + c.Time(t)
}

// Bytes writes a size as people compare it: "640 kB", "9,8 MB" (steps of 1,000).
func (c *Catalogue) Bytes(n int64) string {
	unit, size := "B", float64(n)
	for _, next := range []string{"kB", "MB", "GB", "TB"} {
		if size < 1000 {
			break
		}
		unit, size = next, size/1000
	}
	precision := 0
	if unit != "B" && unit != "kB" && size < 100 {
		precision = 1
	}
	text := strings.TrimSuffix(strconv.FormatFloat(size, 'f', precision, 64), ".0")
	return c.Number(text) + narrowNoBreak + unit
}

// Limit writes how large something may be, rounded down to whole megabytes, so that what is promised is always taken: of
// 10 MiB people are told 10 MB.
func (c *Catalogue) Limit(n int64) string {
	if n >= 1_000_000 {
		n -= n % 1_000_000
	}
	return c.Bytes(n)
}
