// Package kvtest is what every key-value store must do, as a test suite.
package kvtest

import (
	"bytes"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/kv"
)

// Bench is an empty store and a way to let time pass for it.
type Bench struct {
	kv.Store
	Pass func(time.Duration)
}

// Run runs the suite; open returns an empty store for each test.
func Run(t *testing.T, open func(t *testing.T) Bench) {
	for _, c := range []struct {
		name string
		test func(*testing.T, Bench)
	}{
		{"Values", values},
		{"Expiry", expiry},
		{"Bounds", bounds},
		{"Burst", burst},
		{"Recovery", recovery},
		{"Counting", counting},
		{"Messages", messages},
		{"Stop", stop},
		{"Rooms", rooms},
		{"Line", line},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

func set(t *testing.T, s kv.Store, key, value string, ttl time.Duration) {
	t.Helper()
	if err := s.Set(t.Context(), key, []byte(value), ttl); err != nil {
		t.Fatal(err)
	}
}

// want checks a value; "-" means none.
func want(t *testing.T, s kv.Store, key, value string) {
	t.Helper()
	got, ok, err := s.Get(t.Context(), key)
	if err != nil || ok != (value != "-") || ok && string(got) != value {
		t.Errorf("%s: got %q, %v, %v; want %q", key, got, ok, err, value)
	}
}

func values(t *testing.T, s Bench) {
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	want(t, s, "a", "-")
	set(t, s, "a", "1", time.Minute)
	set(t, s, "b", "", time.Minute)
	set(t, s, "c", "\x00\xff", time.Minute)
	want(t, s, "a", "1")
	want(t, s, "b", "")
	want(t, s, "c", "\x00\xff")
	set(t, s, "a", "2", time.Minute)
	want(t, s, "a", "2")
	got, _, _ := s.Get(t.Context(), "a")
	got[0] = 'x'
	want(t, s, "a", "2")
	if err := s.Delete(t.Context(), "a", "b", "no such"); err != nil {
		t.Error(err)
	}
	if err := s.Delete(t.Context()); err != nil {
		t.Error(err)
	}
	want(t, s, "a", "-")
	want(t, s, "b", "-")
	want(t, s, "c", "\x00\xff")
}

func expiry(t *testing.T, s Bench) {
	const short = 2 * time.Second // long enough for a machine that does much else
	set(t, s, "short", "1", short)
	set(t, s, "long", "1", time.Hour)
	set(t, s, "renewed", "1", short)
	set(t, s, "renewed", "2", time.Hour)
	want(t, s, "short", "1")
	s.Pass(short + 100*time.Millisecond)
	want(t, s, "short", "-")
	want(t, s, "long", "1")
	want(t, s, "renewed", "2")
}

func bounds(t *testing.T, s Bench) {
	if err := s.Set(t.Context(), "max", make([]byte, kv.MaxValue), time.Minute); err != nil {
		t.Error(err)
	}
	if err := s.Set(t.Context(), "big", make([]byte, kv.MaxValue+1), time.Minute); civic.CodeOf(err) != civic.TooLarge {
		t.Errorf("big value: %v", err)
	}
	if err := s.Publish(t.Context(), "big", make([]byte, kv.MaxValue+1)); civic.CodeOf(err) != civic.TooLarge {
		t.Errorf("big message: %v", err)
	}
	for _, ttl := range []time.Duration{0, -time.Second} {
		if err := s.Set(t.Context(), "a", nil, ttl); civic.CodeOf(err) != civic.Invalid {
			t.Errorf("ttl %s: %v", ttl, err)
		}
	}
	for _, c := range []struct {
		burst int
		per   time.Duration
	}{{0, time.Second}, {-1, time.Second}, {1, 0}, {1, -time.Second}, {2, time.Microsecond}} {
		if ok, _, err := s.Allow(t.Context(), "a", c.burst, c.per); ok || civic.CodeOf(err) != civic.Invalid {
			t.Errorf("%d per %s: %v, %v", c.burst, c.per, ok, err)
		}
	}
}

func allow(t *testing.T, s kv.Store, key string, burst int, per time.Duration) (bool, time.Duration) {
	t.Helper()
	ok, wait, err := s.Allow(t.Context(), key, burst, per)
	if err != nil {
		t.Fatal(err)
	}
	if ok != (wait == 0) || wait < 0 {
		t.Errorf("allowed %v, but wait %s", ok, wait)
	}
	return ok, wait
}

func burst(t *testing.T, s Bench) {
	for i := range 5 {
		if ok, _ := allow(t, s, "a", 5, time.Hour); !ok {
			t.Errorf("event %d of 5 refused", i+1)
		}
	}
	for range 3 {
		if ok, wait := allow(t, s, "a", 5, time.Hour); ok || wait > 12*time.Minute || wait < 11*time.Minute {
			t.Errorf("event 6: %v, wait %s", ok, wait)
		}
	}
	if ok, _ := allow(t, s, "b", 5, time.Hour); !ok {
		t.Error("another key is refused too")
	}
}

func recovery(t *testing.T, s Bench) {
	const per = 400 * time.Millisecond // one each 200 ms
	allow(t, s, "a", 2, per)
	allow(t, s, "a", 2, per)
	ok, wait := allow(t, s, "a", 2, per)
	if ok {
		t.Fatal("no limit")
	}
	s.Pass(wait + 5*time.Millisecond)
	if ok, _ := allow(t, s, "a", 2, per); !ok {
		t.Error("refused after the time that was told to wait")
	}
	if ok, _ := allow(t, s, "a", 2, per); ok {
		t.Error("more came back than time passed")
	}
	s.Pass(2 * per)
	for i := range 3 {
		if ok, _ := allow(t, s, "a", 2, per); ok != (i < 2) {
			t.Errorf("after a rest, event %d: %v", i+1, ok)
		}
	}
}

// counting asks from many sides at once.
func counting(t *testing.T, s Bench) {
	var allowed atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10 {
				ok, _, err := s.Allow(t.Context(), "a", 25, time.Hour)
				if err != nil {
					t.Error(err)
				}
				if ok {
					allowed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if n := allowed.Load(); n != 25 {
		t.Errorf("%d of 80 allowed, want 25", n)
	}
}

const patience = 5 * time.Second

func messages(t *testing.T, s Bench) {
	type heard struct{ who, msg string }
	all := make(chan heard, 100)
	listen := func(who, topic string) {
		stop, err := s.Subscribe(t.Context(), topic, func(msg []byte) { all <- heard{who, string(msg)} })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(stop)
	}
	listen("first", "forms")
	listen("second", "forms")
	listen("other", "tenants")
	for i := range 3 {
		if err := s.Publish(t.Context(), "forms", fmt.Appendf(nil, "%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	next := map[string]int{}
	for range 6 {
		select {
		case h := <-all:
			if h.who == "other" || h.msg != fmt.Sprint(next[h.who]) {
				t.Errorf("%s heard %q after %d messages", h.who, h.msg, next[h.who])
			}
			next[h.who]++
		case <-time.After(patience):
			t.Fatalf("heard only %v", next)
		}
	}
	if err := s.Publish(t.Context(), "nobody listens", []byte("x")); err != nil {
		t.Error(err)
	}
}

func stop(t *testing.T, s Bench) {
	var got bytes.Buffer
	hearing := make(chan struct{}, 10)
	stop, err := s.Subscribe(t.Context(), "a", func(msg []byte) { got.Write(msg); hearing <- struct{}{} })
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Publish(t.Context(), "a", []byte("1")); err != nil {
		t.Fatal(err)
	}
	select {
	case <-hearing:
	case <-time.After(patience):
		t.Fatal("nothing heard")
	}
	stop()
	stop() // twice does no harm
	if err := s.Publish(t.Context(), "a", []byte("2")); err != nil {
		t.Error(err)
	}
	s.Pass(20 * time.Millisecond)
	if got.String() != "1" { // no lock: stop waited for the last call
		t.Errorf("heard %q", got.String())
	}
}
