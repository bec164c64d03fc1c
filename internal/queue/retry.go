package queue

import (
	"context"
	"time"

	"github.com/riverqueue/river/rivertype"

	"antragswerk/internal/civic"
)

// maxAttempts is how often a job is tried before it is given up: about half a week with the default pauses, so that a weekend's
// outage of the other side costs nothing.
const maxAttempts = 24

// deliveryAttempts is how often one delivery is tried before it is dead and a person sees it: about eight hours.
const deliveryAttempts = 12

func attemptsOf(j civic.Job) int {
	if _, ok := j.(civic.Deliver); ok {
		return deliveryAttempts
	}
	return maxAttempts
}

// pause is the default back-off.
func pause(attempt int) time.Duration {
	const first, most = 15 * time.Second, 6 * time.Hour
	if attempt > 11 {
		return most
	}
	return min(first<<max(attempt-1, 0), most)
}

// retries tells River when to run a failed job again.
type retries struct {
	backoff func(attempt int) time.Duration
	now     civic.Clock
}

// NextRetry counts the pause from the failure: River takes its own policy for a time that has passed.
func (r retries) NextRetry(job *rivertype.JobRow) time.Time {
	return r.now().Add(r.backoff(job.Attempt))
}

type attempt struct{ n, of int }

type attemptKey struct{}

// Attempt tells a handler which attempt this is (from 1) and how many there are; when n equals most, there is no other. Outside of
// a handler it is 1 of 1.
func Attempt(ctx context.Context) (n, most int) {
	if a, ok := ctx.Value(attemptKey{}).(attempt); ok {
		return a.n, a.of
	}
	return 1, 1
}
