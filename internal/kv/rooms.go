package kv

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"antragswerk/internal/civic"
)

// Rooms says who is where right now. Who does not enter again in time is gone, and so is everybody after a restart.
type Rooms interface {
	// Enter says that somebody is in a room for ttl at most; who is there already stays there since they came.
	Enter(ctx context.Context, room string, who civic.Guest, ttl time.Duration) error
	// Leave says that somebody is gone; who was not there is no error.
	Leave(ctx context.Context, room, who string) error
	// Inside lists who is in each of the rooms, who came first first; empty rooms are left out.
	Inside(ctx context.Context, rooms ...string) (map[string][]civic.Guest, error)
}

// maxRooms is how many rooms memory keeps before it looks for empty ones.
const maxRooms = 10_000

// stay is a guest in memory.
type stay struct {
	civic.Guest
	until time.Time
}

// Enter keeps the time at which the guest came.
func (m *Memory) Enter(_ context.Context, room string, who civic.Guest, ttl time.Duration) error {
	if err := checkTTL(ttl); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	if m.rooms == nil || len(m.rooms) > maxRooms {
		m.sweepRooms(now)
	}
	if m.rooms[room] == nil {
		m.rooms[room] = map[string]stay{}
	}
	who.Since = now
	if old, ok := m.rooms[room][who.ID]; ok && now.Before(old.until) {
		who.Since = old.Since
	}
	m.rooms[room][who.ID] = stay{who, now.Add(ttl)}
	return nil
}

func (m *Memory) sweepRooms(now time.Time) {
	kept := map[string]map[string]stay{}
	for room, guests := range m.rooms {
		for id, g := range guests {
			if !now.Before(g.until) {
				delete(guests, id)
			}
		}
		if len(guests) > 0 {
			kept[room] = guests
		}
	}
	m.rooms = kept
}

// Leave removes the guest.
func (m *Memory) Leave(_ context.Context, room, who string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if delete(m.rooms[room], who); len(m.rooms[room]) == 0 {
		delete(m.rooms, room)
	}
	return nil
}

// Inside leaves out whose time is over.
func (m *Memory) Inside(_ context.Context, rooms ...string) (map[string][]civic.Guest, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := map[string][]civic.Guest{}
	for _, room := range rooms {
		for _, g := range m.rooms[room] {
			if m.now().Before(g.until) {
				out[room] = append(out[room], g.Guest)
			}
		}
		civic.ByArrival(out[room])
	}
	return out, nil
}

// enter is the whole of Enter in one step on the server, by its clock in milliseconds: a room is a hash whose fields are guests, with
// "since until name". It lives as long as its last guest at most.
const enter = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local since, ttl = now, tonumber(ARGV[3])
local old = redis.call('HGET', KEYS[1], ARGV[1])
if old then
  local was, til = string.match(old, '^(%d+) (%d+) ')
  if til and tonumber(til) > now then since = tonumber(was) end
end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f %.0f ', since, now + ttl) .. ARGV[2])
if redis.call('PTTL', KEYS[1]) < ttl then redis.call('PEXPIRE', KEYS[1], ttl) end
return 0
`

// Enter runs as one script.
func (r *Redis) Enter(ctx context.Context, room string, who civic.Guest, ttl time.Duration) error {
	if err := checkTTL(ttl); err != nil {
		return err
	}
	err := redis.NewScript(enter).Run(ctx, r.client, []string{r.prefix + "r:" + room}, who.ID, who.Name, max(ttl, time.Millisecond).Milliseconds()).Err()
	if err != nil {
		return unavailable(err)
	}
	return nil
}

// Leave removes the field; Redis removes an empty hash.
func (r *Redis) Leave(ctx context.Context, room, who string) error {
	if err := r.client.HDel(ctx, r.prefix+"r:"+room, who).Err(); err != nil {
		return unavailable(err)
	}
	return nil
}

// Inside asks for all rooms, and for the server's time, in one go.
func (r *Redis) Inside(ctx context.Context, rooms ...string) (map[string][]civic.Guest, error) {
	out := map[string][]civic.Guest{}
	if len(rooms) == 0 {
		return out, nil
	}
	asked := make([]*redis.MapStringStringCmd, len(rooms))
	var clock *redis.TimeCmd
	_, err := r.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		clock = p.Time(ctx)
		for i, room := range rooms {
			asked[i] = p.HGetAll(ctx, r.prefix+"r:"+room)
		}
		return nil
	})
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, unavailable(err)
	}
	for i, room := range rooms {
		for id, value := range asked[i].Val() {
			if g, until, ok := guestOf(id, value); ok && clock.Val().Before(until) {
				out[room] = append(out[room], g)
			}
		}
		civic.ByArrival(out[room])
	}
	return out, nil
}

func guestOf(id, value string) (g civic.Guest, until time.Time, ok bool) {
	parts := strings.SplitN(value, " ", 3)
	if len(parts) != 3 {
		return g, until, false
	}
	since, err := strconv.ParseInt(parts[0], 10, 64)
	end, err2 := strconv.ParseInt(parts[1], 10, 64)
	return civic.Guest{ID: id, Name: parts[2], Since: time.UnixMilli(since).UTC()}, time.UnixMilli(end), err == nil && err2 == nil
}
