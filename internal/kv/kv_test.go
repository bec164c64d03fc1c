package kv_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/kv"
	"antragswerk/internal/kv/kvtest"
	"antragswerk/internal/testenv"
)

// clock stands still until it is moved.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

func (c *clock) pass(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.at = c.at.Add(d) }

func TestMemory(t *testing.T) {
	kvtest.Run(t, func(*testing.T) kvtest.Bench {
		c := &clock{at: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
		return kvtest.Bench{Store: kv.NewMemory(c.now), Pass: c.pass}
	})
}

func TestRedis(t *testing.T) {
	kvtest.Run(t, func(t *testing.T) kvtest.Bench {
		return kvtest.Bench{Store: openRedis(t, testenv.Redis(t)), Pass: time.Sleep}
	})
}

func openRedis(t testing.TB, url string) *kv.Redis {
	t.Helper()
	s, err := kv.OpenRedis(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestRedisCluster(t *testing.T) {
	url := testenv.RedisCluster(t)
	kvtest.Run(t, func(t *testing.T) kvtest.Bench {
		return kvtest.Bench{Store: openRedis(t, url+"&namespace="+strings.ReplaceAll(t.Name(), "/", "-")), Pass: time.Sleep}
	})
}

func TestNamespacesAreApart(t *testing.T) {
	one, two := openRedis(t, testenv.Redis(t)), openRedis(t, testenv.Redis(t))
	if err := one.Set(t.Context(), "a", []byte("1"), time.Minute); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := two.Get(t.Context(), "a"); ok || err != nil {
		t.Errorf("found in the other namespace: %v, %v", ok, err)
	}
	for range 2 {
		if ok, _, err := one.Allow(t.Context(), "b", 2, time.Hour); !ok || err != nil {
			t.Errorf("%v, %v", ok, err)
		}
	}
	if ok, _, err := two.Allow(t.Context(), "b", 2, time.Hour); !ok || err != nil {
		t.Errorf("limited by the other namespace: %v, %v", ok, err)
	}
}

func TestOpenBySchemes(t *testing.T) {
	if s, err := kv.Open(t.Context(), "", time.Now); err != nil {
		t.Error(err)
	} else if _, ok := s.(*kv.Memory); !ok {
		t.Errorf("no URL opens %T", s)
	}
	if s, err := kv.Open(t.Context(), testenv.Redis(t), time.Now); err != nil {
		t.Error(err)
	} else if r, ok := s.(*kv.Redis); !ok {
		t.Errorf("redis: opens %T", s)
	} else if err := r.Close(); err != nil {
		t.Error(err)
	}
	for _, url := range []string{"memcached://host", "redis://:Tr0ub4dor@host:port", "redis://:Tr0ub4dor@127.0.0.1/0?colour=red", "redis://:Tr0ub4dor@127.0.0.1:1/0?max_retries=-1"} {
		s, err := kv.Open(t.Context(), url, time.Now)
		if err == nil || s != nil {
			t.Errorf("%q: opened %T, %v", url, s, err)
		} else if strings.Contains(err.Error(), "Tr0ub4dor") {
			t.Errorf("%q: the error shows the password: %v", url, err)
		}
	}
}

func TestRedisThatDoesNotAnswerIsUnavailable(t *testing.T) {
	s := openRedis(t, testenv.Redis(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, getErr := s.Get(ctx, "a")
	_, _, allowErr := s.Allow(ctx, "a", 1, time.Second)
	_, subscribeErr := s.Subscribe(ctx, "a", func([]byte) {})
	for name, err := range map[string]error{
		"get": getErr, "set": s.Set(ctx, "a", nil, time.Second), "delete": s.Delete(ctx, "a"), "allow": allowErr,
		"publish": s.Publish(ctx, "a", nil), "subscribe": subscribeErr, "ping": s.Ping(ctx),
	} {
		if civic.CodeOf(err) != civic.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMemoryIsBounded(t *testing.T) {
	c := &clock{at: time.Unix(1, 0)}
	m := kv.NewMemory(c.now)
	value := make([]byte, kv.MaxValue)
	for i := range 100 {
		if err := m.Set(t.Context(), fmt.Sprint(i), value, time.Hour); err != nil {
			t.Fatal(err)
		}
		if _, ok, _ := m.Get(t.Context(), "0"); !ok {
			t.Fatalf("the value used most is gone after %d more", i)
		}
	}
	kept := 0
	for i := range 100 {
		if _, ok, _ := m.Get(t.Context(), fmt.Sprint(i)); ok {
			kept++
		}
	}
	if kept < 60 || kept > 64 {
		t.Errorf("%d MiB kept", kept)
	}
}

func TestSlowListenerHoldsNobodyUp(t *testing.T) {
	m := kv.NewMemory(time.Now)
	release := make(chan struct{})
	stop, err := m.Subscribe(t.Context(), "a", func([]byte) { <-release })
	if err != nil {
		t.Fatal(err)
	}
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		for range 10_000 {
			_ = m.Publish(context.WithoutCancel(t.Context()), "a", []byte("x"))
		}
	}()
	select {
	case <-sent:
	case <-time.After(5 * time.Second):
		t.Error("the publisher waits for its listener")
	}
	close(release)
	stop()
}

func BenchmarkAllow(b *testing.B) {
	for name, s := range map[string]kv.Store{"memory": kv.NewMemory(time.Now), "redis": openRedis(b, testenv.Redis(b))} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, _, err := s.Allow(b.Context(), "a", 1000, time.Second); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
