// Package failing is a way out that does not work: for tests of retries and of the dead state.
package failing

import (
	"context"
	"sync/atomic"

	"antragswerk/internal/civic"
)

// Connector fails Times times and then delivers; a negative number fails for ever. It is safe for concurrent use.
type Connector struct {
	Times    int
	NoRetry  bool // each failure says that trying again is useless
	attempts atomic.Int64
	parcels  atomic.Int64
}

type failure struct{ permanent bool }

func (failure) Error() string     { return "failing: as asked for" }
func (f failure) Permanent() bool { return f.permanent }

// Send fails or counts a delivery.
func (c *Connector) Send(context.Context, civic.Parcel) error {
	if n := int(c.attempts.Add(1)); c.Times < 0 || n <= c.Times {
		return failure{c.NoRetry}
	}
	c.parcels.Add(1)
	return nil
}

// Delivered is how many parcels arrived.
func (c *Connector) Delivered() int { return int(c.parcels.Load()) }

// Attempts is how often it was tried.
func (c *Connector) Attempts() int { return int(c.attempts.Load()) }
