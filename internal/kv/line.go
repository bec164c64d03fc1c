package kv

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"

	"antragswerk/internal/civic"
)

// Line gives out times, one after the other.
type Line interface {
	// Reserve takes the next free time of a line that moves on by one every each, and returns how long it is until then. ok is
	// false, and nothing is taken, when it is longer than most.
	Reserve(ctx context.Context, key string, each, most time.Duration) (wait time.Duration, ok bool, err error)
}

func checkLine(each, most time.Duration) error {
	if each < time.Microsecond || most < 0 {
		return civic.Errorf(civic.Invalid, "error.kv.limit")
	}
	return nil
}

// Reserve keeps the next free time among the limits.
func (m *Memory) Reserve(_ context.Context, key string, each, most time.Duration) (time.Duration, bool, error) {
	if err := checkLine(each, most); err != nil {
		return 0, false, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	next, ok := m.limits.get("line "+key, now)
	if !ok {
		next = now
	}
	wait := next.Sub(now)
	if wait > most {
		return wait, false, nil
	}
	next = next.Add(each)
	m.limits.put("line "+key, next, 1, next)
	return wait, true, nil
}

// reserve is the whole of Reserve in one step on the server, by the server's clock: KEYS[1] holds the next free time in
// microseconds; ARGV are each and most. Returns how long it is until then, and whether it was taken.
const reserve = `
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local each, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local at = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0))
if at - now > most then
  return {at - now, 0}
end
redis.call('SET', KEYS[1], string.format('%.0f', at + each), 'PX', math.ceil((at + each - now) / 1000))
return {at - now, 1}
`

// Reserve runs as one script.
func (r *Redis) Reserve(ctx context.Context, key string, each, most time.Duration) (time.Duration, bool, error) {
	if err := checkLine(each, most); err != nil {
		return 0, false, err
	}
	got, err := redis.NewScript(reserve).Run(ctx, r.client, []string{r.prefix + "l:line " + key}, each.Microseconds(), most.Microseconds()).Int64Slice()
	if err != nil || len(got) != 2 {
		return 0, false, unavailable(err)
	}
	return time.Duration(got[0]) * time.Microsecond, got[1] == 1, nil
}
