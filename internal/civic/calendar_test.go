package civic

import (
	"testing"
	"time"
)

func day(t *testing.T, s string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	d, err := time.ParseInLocation(time.DateOnly, s, zone)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The dates are the published ones of the years.
func TestHolidays(t *testing.T) {
	at := Calendar{Zone: day(t, "2026-01-01").Location()}
	catholic := at
	catholic.CorpusChristi = true
	for date, name := range map[string]string{
		"2024-03-29": "good_friday", "2024-04-01": "easter_monday", "2024-05-09": "ascension_day", "2024-05-20": "whit_monday",
		"2025-04-18": "good_friday", "2025-04-21": "easter_monday", "2025-05-29": "ascension_day", "2025-06-09": "whit_monday",
		"2026-01-01": "new_year", "2026-04-03": "good_friday", "2026-04-06": "easter_monday", "2026-05-01": "labour_day", "2026-05-14": "ascension_day",
		"2026-05-25": "whit_monday", "2026-09-20": "childrens_day", "2026-10-03": "unity_day", "2026-10-31": "reformation_day",
		"2026-12-25": "christmas_day", "2026-12-26": "boxing_day", "2018-09-20": "", "2026-06-04": "", "2026-11-01": "", "2026-01-06": "",
		"2038-04-26": "easter_monday", "2008-03-24": "easter_monday", // among the latest and the earliest that there can be
	} {
		if got := at.Holiday(day(t, date)); got != name {
			t.Errorf("%s: %q, want %q", date, got, name)
		}
	}
	if catholic.Holiday(day(t, "2026-06-04")) != "corpus_christi" || catholic.Working(day(t, "2026-06-04")) || !at.Working(day(t, "2026-06-04")) {
		t.Error("Corpus Christi is the Eichsfeld's")
	}
	n := 0
	for d := day(t, "2026-01-01"); d.Year() == 2026; d = d.AddDate(0, 0, 1) {
		if at.Holiday(d) != "" {
			n++
		}
	}
	if n != 11 {
		t.Errorf("%d holidays in 2026", n)
	}
}

func TestPeriodsEnd(t *testing.T) {
	c := Calendar{Zone: day(t, "2026-01-01").Location()}
	for _, tt := range []struct {
		from string
		span Span
		end  string
	}{
		{"2026-11-24", Span{Days: 7}, "2026-12-01"},
		{"2026-11-24", Span{Days: 4}, "2026-11-30"},         // Saturday
		{"2026-11-24", Span{Weeks: 2}, "2026-12-08"},        //
		{"2026-12-11", Span{Weeks: 2}, "2026-12-28"},        // Christmas, Boxing Day, Sunday
		{"2026-01-31", Span{Months: 1}, "2026-03-02"},       // 28 February is a Saturday
		{"2027-01-31", Span{Months: 1}, "2027-03-01"},       // 28 February is a Sunday
		{"2028-01-31", Span{Months: 1}, "2028-02-29"},       // leap year
		{"2026-11-24", Span{Months: 3}, "2027-02-24"},       //
		{"2026-07-31", Span{Months: 3}, "2026-11-02"},       // 31 October is Reformation Day and a Saturday
		{"2026-03-31", Span{WorkingDays: 3}, "2026-04-07"},  // Good Friday to Easter Monday lie between
		{"2026-03-28", Span{Days: 1}, "2026-03-30"},         // summer time begins
		{"2026-05-13", Span{WorkingDays: 2}, "2026-05-18"},  // Ascension Day
		{"2026-12-23", Span{WorkingDays: 10}, "2027-01-08"}, // Christmas, New Year and two weekends lie between
	} {
		got := c.End(day(t, tt.from).Add(15*time.Hour), tt.span)
		want := day(t, tt.end).AddDate(0, 0, 1).Add(-time.Microsecond)
		if !got.Equal(want) {
			t.Errorf("%s + %+v: %s, want %s", tt.from, tt.span, got, want)
		}
	}
}
