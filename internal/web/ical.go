package web

import (
	"strings"
	"time"
	"unicode/utf8"
)

// ical writes a calendar of whole days (RFC 5545).
type ical struct {
	name  string
	stamp time.Time
	host  string // the right half of events' ids
	b     strings.Builder
	begun bool
}

// line writes a property, folded after 75 bytes and never within a letter (section 3.1).
func (c *ical) line(name, value string) {
	rest := name + ":" + value
	for limit := 75; len(rest) > limit; limit = 74 { // the space that begins a folded line counts
		cut := limit
		for !utf8.RuneStart(rest[cut]) {
			cut--
		}
		c.b.WriteString(rest[:cut] + "\r\n ")
		rest = rest[cut:]
	}
	c.b.WriteString(rest + "\r\n")
}

var icalText = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)

// text writes a property of text, escaped (section 3.3.11).
func (c *ical) text(name, value string) { c.line(name, icalText.Replace(tidy(value))) }

// tidy is a text without what a calendar cannot hold: letters that are none, and control characters (section 3.1).
func tidy(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

func (c *ical) begin() {
	if c.begun {
		return
	}
	c.begun = true
	c.line("BEGIN", "VCALENDAR")
	c.line("VERSION", "2.0")
	c.line("PRODID", "-//Antragswerk//Kalender//DE")
	c.line("METHOD", "PUBLISH")
	c.text("X-WR-CALNAME", c.name)
	c.line("REFRESH-INTERVAL;VALUE=DURATION", "PT1H")
}

// day adds an entry that lasts a day and takes no time.
func (c *ical) day(id string, at time.Time, summary, url string) {
	c.begin()
	c.line("BEGIN", "VEVENT")
	c.line("UID", id+"@"+c.host)
	c.line("DTSTAMP", c.stamp.UTC().Format("20060102T150405Z"))
	c.line("DTSTART;VALUE=DATE", at.Format("20060102"))
	c.line("DTEND;VALUE=DATE", at.AddDate(0, 0, 1).Format("20060102"))
	c.text("SUMMARY", summary)
	c.line("URL", url)
	c.line("TRANSP", "TRANSPARENT")
	c.line("END", "VEVENT")
}

// end returns the whole calendar.
func (c *ical) end() []byte {
	c.begin()
	c.line("END", "VCALENDAR")
	return []byte(c.b.String())
}
