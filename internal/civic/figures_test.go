package civic

import (
	"testing"
	"time"
)

func TestTally(t *testing.T) {
	zone := day(t, "2026-01-01").Location()
	now := day(t, "2026-11-24").Add(9 * time.Hour)
	tally := NewTally(Calendar{Zone: zone}, now)
	on := func(s string) time.Time { return day(t, s).Add(30 * time.Minute) }
	for _, f := range []CaseFigure{
		{Service: "hund", State: Received, Received: on("2026-11-24"), Deadline: on("2026-12-10")},
		{Service: "hund", State: InProgress, Received: on("2026-10-01"), Deadline: on("2026-11-01")},
		{Service: "hund", State: WaitingApplicant, Received: on("2026-10-01"), Deadline: on("2026-11-01"), Paused: true},
		{Service: "hund", Group: "a", State: Decided, Received: on("2026-10-20"), Deadline: on("2026-11-01"), Decided: on("2026-10-30")},
		{Service: "hund", Group: "a", State: Closed, Received: on("2026-10-20"), Deadline: on("2026-11-01"), Decided: on("2026-11-03")},
		{Service: "hund", Group: "a", State: Closed, Received: on("2026-11-01"), Decided: on("2026-11-01")}, // half past midnight, still October in UTC
		{Service: "wohn", State: Withdrawn, Received: on("2020-01-01")},
		{Service: "wohn", State: AwaitingCosign, Received: on("2026-11-20")},
	} {
		tally.Add(f)
	}
	f := tally.Figures()
	type line struct{ received, decided, kept int }
	got := map[string]line{}
	for _, m := range f.Months {
		got[m.Month+" "+m.Service+" "+m.Group] = line{m.Received, m.Decided, m.Kept}
	}
	for name, want := range map[string]line{"2026-11 hund ": {1, 0, 0}, "2026-10 hund ": {2, 0, 0}, "2026-10 hund a": {2, 1, 1}, "2026-11 hund a": {1, 2, 1}, "2026-11 wohn ": {1, 0, 0}} {
		if got[name] != want {
			t.Errorf("%s: %+v, want %+v", name, got[name], want)
		}
	}
	if len(got) != 5 || f.Months[0].Month != "2026-11" {
		t.Errorf("%v", got)
	}
	if len(f.Open) != 1 || f.Open[0].Open != 3 || f.Open[0].Overdue != 1 || f.Open[0].Ages != [5]int{1, 0, 2, 0, 0} {
		t.Errorf("%+v", f.Open)
	}
}

func TestWithin(t *testing.T) {
	days := map[int]int{0: 1, 3: 4, 10: 4, 90: 1}
	for share, want := range map[float64]int{0.1: 0, 0.5: 3, 0.9: 10, 1: 90} {
		if got := Within(days, share); got != want {
			t.Errorf("%v: %d, want %d", share, got, want)
		}
	}
	if Within(nil, 0.5) != -1 {
		t.Error("nothing has a median")
	}
}
