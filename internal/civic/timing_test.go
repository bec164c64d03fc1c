package civic

import (
	"testing"
	"time"
)

// A case whose silence means approval: three months from complete documents, and the office's own six weeks.
func TestClocks(t *testing.T) {
	zone := day(t, "2026-01-01").Location()
	timing := Timing{Calendar: Calendar{Zone: zone}, Decide: Span{Weeks: 6}, Deemed: Span{Months: 3}}
	who := Actor{Staff: &Staff{ID: "s1", Name: "Kim Berger"}}
	on := func(s string) time.Time { return day(t, s).Add(10 * time.Hour) }
	ends := func(what string, got time.Time, want string) {
		t.Helper()
		if want == "" && got.IsZero() {
			return
		}
		if got.In(zone).Format(time.DateOnly) != want {
			t.Errorf("%s: %s, want %s", what, got.In(zone), want)
		}
	}
	c := timing.Start(Case{State: Received, Received: on("2026-03-02"), Revision: 1}, on("2026-03-02"))
	ends("deadline", c.Deadline, "2026-04-13")
	ends("fiction", c.Fiction, "2026-06-02")
	c, _, err := c.Ask(who, on("2026-03-10"), "r1")
	if err != nil || !c.Paused.Equal(on("2026-03-10")) {
		t.Fatalf("%+v %v", c, err)
	}
	if _, _, err := c.Deem(on("2026-06-10")); CodeOf(err) != Conflict {
		t.Errorf("deemed given while the documents are incomplete: %v", err)
	}
	back, _, err := c.Recall(who, on("2026-03-15").Add(time.Hour))
	if err != nil || !back.Paused.IsZero() {
		t.Fatalf("%+v %v", back, err)
	}
	ends("deadline after six days", back.Deadline, "2026-04-19")
	ends("fiction after six days", back.Fiction, "2026-06-08")
	c, _, err = c.Answered(Actor{}, on("2026-03-20"), "x")
	if err != nil {
		t.Fatal(err)
	}
	c = timing.Complete(c, on("2026-03-20"))
	ends("deadline after ten days", c.Deadline, "2026-04-23")
	ends("fiction from the answer", c.Fiction, "2026-06-22") // 20 June is a Saturday
	if _, _, err := c.Deem(c.Fiction); CodeOf(err) != Conflict {
		t.Errorf("deemed given on the last day: %v", err)
	}
	if _, _, err := c.Prolong(who, on("2026-06-01"), c.Fiction); CodeOf(err) != Invalid {
		t.Errorf("prolonged to the same day: %v", err)
	}
	longer, ev, err := c.Prolong(who, on("2026-06-01"), timing.Calendar.LastMoment(on("2026-07-22")))
	if err != nil || ev.Data["to"] != "2026-07-22" {
		t.Errorf("%+v %v", ev, err)
	}
	ends("prolonged", longer.Fiction, "2026-07-22")
	late, ev, err := c.Escalate(on("2026-04-24"))
	if err != nil || ev.Kind != "case.escalated" || late.Escalated.IsZero() {
		t.Errorf("%+v %v", late, err)
	}
	if _, _, err := late.Escalate(on("2026-04-25")); CodeOf(err) != Conflict {
		t.Errorf("told twice: %v", err)
	}
	moved, _, err := late.Postpone(who, on("2026-04-25"), timing.Calendar.LastMoment(on("2026-05-29")))
	if err != nil || !moved.Escalated.IsZero() {
		t.Errorf("%+v %v", moved, err)
	}
	deemed, ev, err := c.Deem(on("2026-06-23"))
	if err != nil || deemed.State != Decided || ev.Kind != "case.deemed" || ev.Actor != "system" {
		t.Errorf("%+v %+v %v", deemed, ev, err)
	}
	if _, _, err := deemed.Postpone(who, on("2026-06-24"), on("2026-06-25")); CodeOf(err) != Conflict {
		t.Errorf("a decided case is postponed: %v", err)
	}
	if _, _, err := (Case{State: Received}).Deem(on("2026-06-23")); CodeOf(err) != Conflict {
		t.Errorf("silence said something where no law says so: %v", err)
	}
}

func TestCalendarOfAPlace(t *testing.T) {
	feast := day(t, "2026-06-04")
	for _, tt := range []struct {
		ars, said string
		holiday   bool
	}{{"160610045045", "", true}, {"160530000000", "", false}, {"160610045045", "no", false}, {"160640000000", "yes", true}} {
		c := Tenant{ARS: tt.ars, Profile: Profile{Desk: DeskSettings{CorpusChristi: tt.said}}}.Calendar(feast.Location())
		if c.Working(feast) == tt.holiday {
			t.Errorf("%s, %q: working is %v", tt.ars, tt.said, c.Working(feast))
		}
	}
}
