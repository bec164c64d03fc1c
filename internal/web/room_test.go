package web

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
)

type ctx = context.Context

// queue is a line in memory.
type queue struct {
	now  func() time.Time
	next time.Time
	down bool
}

func (q *queue) Reserve(_ ctx, _ string, each, most time.Duration) (time.Duration, bool, error) {
	if q.down {
		return 0, false, errors.New("down")
	}
	if q.next.Before(q.now()) {
		q.next = q.now()
	}
	wait := q.next.Sub(q.now())
	if wait > most {
		return wait, false, nil
	}
	q.next = q.next.Add(each)
	return wait, true, nil
}

// crowded is a server that lets a new visitor in each minute.
func crowded(t *testing.T) (*Server, *time.Time, *queue) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	q := &queue{now: clock}
	s, _ := bare(t, func(d *Deps) {
		d.AdmitEvery, d.Now, d.Line, d.Cache = time.Minute, clock, q, held{}
		d.Proxies = []netip.Addr{netip.MustParseAddr("0.0.0.0")}
	})
	return s, &now, q
}

func TestWaitingRoom(t *testing.T) {
	s, now, q := crowded(t)
	look := func(b *browser) (int, http.Header, string) {
		resp, body := b.send(t, "GET", "/verify", nil)
		return resp.StatusCode, resp.Header, body
	}
	people := [4]*browser{}
	for i := range people {
		people[i] = &browser{s: s, from: "203.0.113.1"}
	}
	if status, _, _ := look(people[0]); status != 200 {
		t.Fatalf("the first waits: %d", status)
	}
	for i, want := range []string{"", "Sie stehen auf Platz 1. Es dauert noch etwa eine Minute.", "Sie stehen auf Platz 2. Es dauert noch etwa 2 Minuten.", "Sie stehen auf Platz 3. Es dauert noch etwa 3 Minuten."} {
		if i == 0 {
			continue
		}
		for range 2 { // whoever looks again keeps their place
			if _, _, body := look(people[i]); !strings.Contains(body, want) {
				t.Errorf("number %d: %s", i, body[strings.Index(body, "<main"):])
			}
		}
		if status, h, _ := look(people[i]); status != 429 || h.Get("Refresh") != "30" || h.Get("Retry-After") != "30" {
			t.Errorf("number %d: %d, %v", i, status, h)
		}
	}
	*now = now.Add(time.Minute)
	if a, _, _ := look(people[1]); a != 200 {
		t.Errorf("when it is their turn: %d", a)
	}
	if a, _, body := look(people[2]); a != 429 || !strings.Contains(body, "Platz 1") {
		t.Errorf("the next: %d", a)
	}
	// Who is in stays in while they come back, for as long as they like.
	for range 10 {
		*now = now.Add(insideLasts - time.Minute)
		if a, _, _ := look(people[0]); a != 200 {
			t.Fatalf("somebody in the middle of a form is sent out: %d", a)
		}
	}
	// A forged ticket or note is none.
	q.next = now.Add(time.Hour)
	for _, name := range []string{cookieInside, cookieTicket} {
		b := &browser{s: s, from: "203.0.113.1", cookies: map[string]string{"__Host-" + name: "abc-def." + encode(make([]byte, 18))}}
		if a, _, _ := look(b); a != 429 {
			t.Errorf("a forged %s: %d", name, a)
		}
	}
	for _, path := range []string{"/imprint", "/privacy", "/accessibility", "/jena/imprint"} {
		if resp, _ := (&browser{s: s, from: "203.0.113.1"}).send(t, "GET", path, nil); resp.StatusCode == 429 {
			t.Errorf("%s has a line before it", path)
		}
	}
	if resp, _ := (&browser{s: s, from: "203.0.113.1"}).send(t, "POST", "/theme", url.Values{}); resp.StatusCode == 429 {
		t.Error("who sends a form waits")
	}
	q.next = now.Add(longestWait + time.Second)
	if a, h, body := look(&browser{s: s, from: "203.0.113.1"}); a != 429 || strings.Contains(body, "Platz") || h.Get("Refresh") != "600" {
		t.Errorf("a full room: %d %s", a, body)
	}
	q.down = true
	if a, _, _ := look(&browser{s: s, from: "203.0.113.1"}); a != 200 {
		t.Errorf("without a line: %d", a)
	}
}

// Who has missed their time by little is let in, by much not.
func TestLateForTheirTurn(t *testing.T) {
	for late, want := range map[time.Duration]int{0: 200, lateLasts: 200, lateLasts + time.Second: 429} {
		s, now, q := crowded(t)
		q.next = now.Add(time.Minute)
		b := &browser{s: s, from: "203.0.113.1"}
		b.send(t, "GET", "/verify", nil)
		*now = now.Add(time.Minute + late)
		q.next = now.Add(time.Hour)
		if resp, _ := b.send(t, "GET", "/verify", nil); resp.StatusCode != want {
			t.Errorf("%s late: %d", late, resp.StatusCode)
		}
	}
}
