package kvtest

import (
	"testing"
	"time"

	"antragswerk/internal/civic"
)

// A line gives out each time once, moves on with the clock, and gives out none that is too far away.
func line(t *testing.T, s Bench) {
	reserve := func(key string, most time.Duration) (time.Duration, bool) {
		t.Helper()
		wait, ok, err := s.Reserve(t.Context(), key, time.Hour, most)
		if err != nil {
			t.Fatal(err)
		}
		return wait, ok
	}
	near := func(got, want time.Duration) bool { return got <= want && got > want-time.Minute }
	for i := range 3 {
		if wait, ok := reserve("a", 10*time.Hour); !ok || !near(wait, time.Duration(i)*time.Hour) {
			t.Errorf("number %d waits for %s, %v", i+1, wait, ok)
		}
	}
	for range 2 {
		if wait, ok := reserve("a", 2*time.Hour); ok || !near(wait, 3*time.Hour) {
			t.Errorf("what is too far away is given out: %s, %v", wait, ok)
		}
	}
	if wait, ok := reserve("a", 4*time.Hour); !ok || !near(wait, 3*time.Hour) {
		t.Errorf("a refused time is gone: %s, %v", wait, ok)
	}
	if wait, ok := reserve("b", 0); !ok || wait != 0 {
		t.Errorf("another line: %s, %v", wait, ok)
	}
	if _, ok, err := s.Reserve(t.Context(), "c", 100*time.Millisecond, time.Hour); err != nil || !ok {
		t.Errorf("%v, %v", ok, err)
	}
	s.Pass(300 * time.Millisecond)
	if wait, ok, err := s.Reserve(t.Context(), "c", 100*time.Millisecond, 0); err != nil || !ok || wait != 0 {
		t.Errorf("a line that nobody stands in: %s, %v, %v", wait, ok, err)
	}
	if _, ok, err := s.Reserve(t.Context(), "d", 0, time.Hour); ok || civic.CodeOf(err) != civic.Invalid {
		t.Errorf("a line that stands still: %v, %v", ok, err)
	}
}
