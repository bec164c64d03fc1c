// Package kv keeps what may be lost: caches, rate limits, who is where, and word between nodes that something changed.
//
// There are two stores, memory for one process and Redis for several. Nothing here is the truth: a value may be gone before
// its time, a message may not arrive, a counter may start again, and nobody may lose a login or a form through it.
package kv

import (
	"context"
	"fmt"
	"strings"
	"time"

	"antragswerk/internal/civic"
)

// Store is a small key-value store. Errors: TooLarge for a value over MaxValue, Invalid for a time to live or a limit that
// is not positive, Unavailable when the store does not answer (the caller decides whether that means yes or no).
type Store interface {
	// Get returns the value and whether there is one.
	Get(ctx context.Context, key string) ([]byte, bool, error)
	// Set keeps the value for ttl at most.
	Set(ctx context.Context, key string, value []byte, ttl time.Duration) error
	// Delete removes values; those that are not there are no error.
	Delete(ctx context.Context, keys ...string) error
	// Allow tells whether one more event of the key is allowed now, else after how long: burst events at once, and in the
	// long run burst events every per (the generic cell rate algorithm). A refused event does not count.
	Allow(ctx context.Context, key string, burst int, per time.Duration) (ok bool, retryAfter time.Duration, err error)
	// Publish sends msg to all who listen to the topic now, on this node and the others.
	Publish(ctx context.Context, topic string, msg []byte) error
	// Subscribe calls hear with each message, one after the other, until stop is called, which waits for a hear that is
	// running and therefore must not be called from within it. Who is slow misses messages.
	Subscribe(ctx context.Context, topic string, hear func(msg []byte)) (stop func(), err error)
	// Ping tells whether the store answers.
	Ping(ctx context.Context) error
	Rooms
	Line
}

// MaxValue is the most bytes that a value or a message may have.
const MaxValue = 1 << 20

// Open chooses the store by the URL's scheme: none for memory, "redis:" or "rediss:" (TLS) for Redis, see OpenRedis.
// The clock is for memory; Redis has its own.
func Open(ctx context.Context, url string, now civic.Clock) (Store, error) {
	openRedis := func() (Store, error) { return OpenRedis(ctx, url) }
	schemes := map[string]func() (Store, error){
		"":       func() (Store, error) { return NewMemory(now), nil },
		"redis":  openRedis,
		"rediss": openRedis,
	}
	scheme, _, _ := strings.Cut(url, ":")
	open, ok := schemes[scheme]
	if !ok {
		return nil, fmt.Errorf("kv URL: the scheme must be redis: or rediss:, not %q; leave it empty for memory", scheme)
	}
	store, err := open()
	if err != nil {
		return nil, err // and not the typed nil beside it
	}
	return store, nil
}

func checkValue(value []byte) error {
	if len(value) > MaxValue {
		return civic.Errorf(civic.TooLarge, "error.kv.value")
	}
	return nil
}

func checkTTL(ttl time.Duration) error {
	if ttl <= 0 {
		return civic.Errorf(civic.Invalid, "error.kv.ttl")
	}
	return nil
}

// interval is the time that one event costs, in whole microseconds, as Redis counts.
func interval(burst int, per time.Duration) (time.Duration, error) {
	each := time.Duration(0)
	if burst > 0 {
		each = (per / time.Duration(burst)).Truncate(time.Microsecond)
	}
	if each <= 0 {
		return 0, civic.Errorf(civic.Invalid, "error.kv.limit")
	}
	return each, nil
}
