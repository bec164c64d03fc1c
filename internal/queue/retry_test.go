package queue

import (
	"testing"
	"time"

	"antragswerk/internal/civic"
)

func TestPause(t *testing.T) {
	for attempt, want := range map[int]time.Duration{0: 15 * time.Second, 1: 15 * time.Second, 2: 30 * time.Second, 5: 4 * time.Minute, 11: 15 * 1024 * time.Second, 12: 6 * time.Hour, 99: 6 * time.Hour} {
		if got := pause(attempt); got != want {
			t.Errorf("after attempt %d: %v, want %v", attempt, got, want)
		}
	}
	var total time.Duration
	for n := 1; n < attemptsOf(civic.Deliver{}); n++ {
		total += pause(n)
	}
	if total < 8*time.Hour || total > 9*time.Hour {
		t.Errorf("a delivery is dead after %v", total)
	}
}
