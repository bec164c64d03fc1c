package formdef

import (
	"math"
	"time"

	"github.com/cockroachdb/apd/v3"
)

// calendar counts between two dates: whole days, full months, full years from the first to the second.
func (r *logicRun) calendar(op string, args []any) any {
	if op == "today" {
		return today(r.now)
	}
	from, err := time.Parse(time.DateOnly, logicText(args[0]))
	to, err2 := time.Parse(time.DateOnly, logicText(args[1]))
	if err != nil || err2 != nil {
		return nil
	}
	if op == "days" {
		return apd.New(int64(math.Round(to.Sub(from).Hours()/24)), 0)
	}
	months := (to.Year()-from.Year())*12 + int(to.Month()-from.Month())
	if to.Day() < from.Day() && to.AddDate(0, 0, 1).Month() == to.Month() {
		months--
	}
	if op == "years" {
		months = int(math.Floor(float64(months) / 12))
	}
	return apd.New(int64(months), 0)
}

// today is the date in Germany.
func today(now time.Time) string { return berlin(now).Format(time.DateOnly) }

// berlin shifts a time to German wall-clock time by the rule of the EU (summer time from the last Sunday of March to
// that of October, at 01:00 UTC), so that no time zone database is needed.
func berlin(t time.Time) time.Time {
	u := t.UTC()
	start, end := lastSunday(u.Year(), time.March), lastSunday(u.Year(), time.October)
	if !u.Before(start) && u.Before(end) {
		return u.In(time.FixedZone("CEST", 2*60*60))
	}
	return u.In(time.FixedZone("CET", 60*60))
}

func lastSunday(year int, month time.Month) time.Time {
	last := time.Date(year, month+1, 1, 1, 0, 0, 0, time.UTC).AddDate(0, 0, -1)
	return last.AddDate(0, 0, -int(last.Weekday()))
}
