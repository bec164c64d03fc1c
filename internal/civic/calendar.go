package civic

import "time"

// Calendar (Kalender) knows an authority's working days and how periods end. The zero Calendar is Thüringen's, in UTC.
type Calendar struct {
	Zone *time.Location // where days begin and end; nil is UTC
	// CorpusChristi says that Fronleichnam is a holiday there (§ 2 Abs. 2 ThürFGtG: where most people are Catholic).
	CorpusChristi bool
}

// Span (Frist) is a period of one unit; the first that is not zero counts.
type Span struct{ Months, Weeks, Days, WorkingDays int }

// Zero tells whether it says nothing.
func (s Span) Zero() bool { return s == Span{} }

// Day is the beginning of the day on which t lies.
func (c Calendar) Day(t time.Time) time.Time {
	zone := c.Zone
	if zone == nil {
		zone = time.UTC
	}
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

// LastMoment is the end of the day on which t lies: a period ends with the whole of its last day (§ 188 BGB).
func (c Calendar) LastMoment(t time.Time) time.Time {
	return c.Day(t).AddDate(0, 0, 1).Add(-time.Microsecond)
}

// End is the last moment of a period that an event at from sets going. The event's own day does not count (§ 187 Abs. 1 BGB); months
// end on the day of the same number, or on the month's last (§ 188 Abs. 2, 3 BGB); what would end on a Saturday, Sunday or holiday
// ends with the next working day (§ 31 Abs. 3 ThürVwVfG).
func (c Calendar) End(from time.Time, s Span) time.Time {
	day := c.Day(from)
	switch {
	case s.Months > 0:
		first := time.Date(day.Year(), day.Month()+time.Month(s.Months), 1, 0, 0, 0, 0, day.Location())
		last := first.AddDate(0, 1, -1).Day()
		day = first.AddDate(0, 0, min(day.Day(), last)-1)
	case s.Weeks > 0:
		day = day.AddDate(0, 0, 7*s.Weeks)
	case s.Days > 0:
		day = day.AddDate(0, 0, s.Days)
	default:
		for n := 0; n < s.WorkingDays; {
			if day = day.AddDate(0, 0, 1); c.Working(day) {
				n++
			}
		}
	}
	for !c.Working(day) {
		day = day.AddDate(0, 0, 1)
	}
	return c.LastMoment(day)
}

// Working tells whether offices work on that day: not on Saturdays, Sundays and public holidays.
func (c Calendar) Working(day time.Time) bool {
	day = c.Day(day)
	if w := day.Weekday(); w == time.Saturday || w == time.Sunday {
		return false
	}
	return c.Holiday(day) == ""
}

// Holiday names the public holiday of a day, "" on others: § 2 ThürFGtG. The names are keys of the catalogues.
func (c Calendar) Holiday(day time.Time) string {
	day = c.Day(day)
	year, month, date := day.Date()
	switch {
	case month == time.January && date == 1:
		return "new_year"
	case month == time.May && date == 1:
		return "labour_day"
	case month == time.September && date == 20 && year >= 2019:
		return "childrens_day"
	case month == time.October && date == 3:
		return "unity_day"
	case month == time.October && date == 31:
		return "reformation_day"
	case month == time.December && date == 25:
		return "christmas_day"
	case month == time.December && date == 26:
		return "boxing_day"
	}
	m, d := easter(year)
	sunday := time.Date(year, m, d, 0, 0, 0, 0, day.Location())
	for name, after := range map[string]int{"good_friday": -2, "easter_monday": 1, "ascension_day": 39, "whit_monday": 50} {
		if day.Equal(sunday.AddDate(0, 0, after)) {
			return name
		}
	}
	if c.CorpusChristi && day.Equal(sunday.AddDate(0, 0, 60)) {
		return "corpus_christi"
	}
	return ""
}

// easter is Easter Sunday of a year in the Gregorian calendar, after the method that Meeus gives ("Astronomical Algorithms", chapter 8).
func easter(year int) (time.Month, int) {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return time.Month(n / 31), n%31 + 1
}
