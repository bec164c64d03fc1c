package kv

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"antragswerk/internal/civic"
)

// Redis is a store on a Redis or Valkey server or cluster.
type Redis struct {
	client redis.UniversalClient
	// prefix begins every key and topic; a letter follows that tells values, limits and topics apart.
	prefix string
}

var _ Store = (*Redis)(nil)

// allow is the whole of Allow in one step on the server, by the server's clock: KEYS[1] holds the time in microseconds when
// the allowance is whole again; ARGV are what one event costs and what may be used up. Returns -1, or how long to wait.
const allow = `
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local each, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local whole = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0)) + each
local wait = whole - now - burst
if wait > 0 then
  return wait
end
redis.call('SET', KEYS[1], string.format('%.0f', whole), 'PX', math.ceil((whole - now) / 1000))
return -1
`

// OpenRedis opens "redis://user:password@host:6379/0", or rediss: for TLS. The settings of go-redis may follow
// (?dial_timeout=2s, ?pool_size=50 …); ?addr=host:port, once or more, names further nodes and makes it a cluster;
// ?namespace=name keeps installations apart that share a server (antragswerk when it is not given).
func OpenRedis(ctx context.Context, raw string) (*Redis, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, errors.New("redis URL: not a URL of the form redis://user:password@host:6379/0") // the parser's error shows the password
	}
	query := u.Query()
	namespace := query.Get("namespace")
	if namespace == "" {
		namespace = "antragswerk"
	}
	query.Del("namespace")
	u.RawQuery = query.Encode()
	client, err := redisClient(u, query.Has("addr"))
	if err != nil {
		return nil, fmt.Errorf("redis URL: %w", err)
	}
	r := &Redis{client: client, prefix: namespace + ":"}
	if err := r.Ping(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("redis at %s: %w", u.Host, err), client.Close())
	}
	return r, nil
}

func redisClient(u *url.URL, cluster bool) (redis.UniversalClient, error) {
	if cluster {
		opts, err := redis.ParseClusterURL(u.String())
		if err != nil {
			return nil, err
		}
		return redis.NewClusterClient(opts), nil
	}
	opts, err := redis.ParseURL(u.String())
	if err != nil {
		return nil, err
	}
	return redis.NewClient(opts), nil
}

// Close gives the connections back.
func (r *Redis) Close() error { return r.client.Close() }

// Get asks for the value.
func (r *Redis) Get(ctx context.Context, key string) ([]byte, bool, error) {
	value, err := r.client.Get(ctx, r.prefix+"v:"+key).Bytes()
	switch {
	case errors.Is(err, redis.Nil):
		return nil, false, nil
	case err != nil:
		return nil, false, unavailable(err)
	}
	return value, true, nil
}

// Set keeps the value; Redis counts in milliseconds, so less than one becomes one.
func (r *Redis) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if err := checkValue(value); err != nil {
		return err
	}
	if err := checkTTL(ttl); err != nil {
		return err
	}
	if err := r.client.Set(ctx, r.prefix+"v:"+key, value, max(ttl, time.Millisecond)).Err(); err != nil {
		return unavailable(err)
	}
	return nil
}

// Delete sends one command per key in one go: a cluster refuses keys of several nodes in one command.
func (r *Redis) Delete(ctx context.Context, keys ...string) error {
	if len(keys) == 0 {
		return nil
	}
	_, err := r.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, key := range keys {
			p.Unlink(ctx, r.prefix+"v:"+key)
		}
		return nil
	})
	if err != nil {
		return unavailable(err)
	}
	return nil
}

// Allow runs as one script.
func (r *Redis) Allow(ctx context.Context, key string, burst int, per time.Duration) (bool, time.Duration, error) {
	each, err := interval(burst, per)
	if err != nil {
		return false, 0, err
	}
	micros := each.Microseconds()
	wait, err := redis.NewScript(allow).Run(ctx, r.client, []string{r.prefix + "l:" + key}, micros, micros*int64(burst)).Int64()
	switch {
	case err != nil:
		return false, 0, unavailable(err)
	case wait > 0:
		return false, time.Duration(wait) * time.Microsecond, nil
	}
	return true, 0, nil
}

// Publish sends msg to all nodes.
func (r *Redis) Publish(ctx context.Context, topic string, msg []byte) error {
	if err := checkValue(msg); err != nil {
		return err
	}
	if err := r.client.Publish(ctx, r.prefix+"t:"+topic, msg).Err(); err != nil {
		return unavailable(err)
	}
	return nil
}

// Subscribe holds one connection. It is made anew when it breaks; what was sent meanwhile is lost.
func (r *Redis) Subscribe(ctx context.Context, topic string, hear func([]byte)) (func(), error) {
	sub := r.client.Subscribe(ctx, r.prefix+"t:"+topic)
	if _, err := sub.Receive(ctx); err != nil { // the server's word that it listens
		return nil, unavailable(errors.Join(err, sub.Close()))
	}
	messages := sub.Channel(redis.WithChannelSize(backlog))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for msg := range messages {
			hear([]byte(msg.Payload))
		}
	}()
	return sync.OnceFunc(func() {
		_ = sub.Close() // says only that it was closed before
		<-ended
	}), nil
}

// Ping asks the server.
func (r *Redis) Ping(ctx context.Context) error {
	if err := r.client.Ping(ctx).Err(); err != nil {
		return unavailable(err)
	}
	return nil
}

func unavailable(cause error) error {
	return civic.Errorf(civic.Unavailable, "error.kv.unavailable").Because(cause)
}
