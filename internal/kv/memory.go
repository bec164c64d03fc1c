package kv

import (
	"bytes"
	"context"
	"sync"
	"time"

	"antragswerk/internal/civic"
)

// Bounds of the memory store.
const (
	memoryBytes  = 64 << 20 // of values, with their keys
	memoryLimits = 100_000  // keys with a rate limit
	entryCost    = 200      // bytes that an entry takes beside its key and value, about
	backlog      = 256      // messages that wait for one subscriber
)

// Memory is a store in this process. What was used longest ago goes when it is full.
type Memory struct {
	now civic.Clock

	mu     sync.Mutex
	values *recent[[]byte]
	limits *recent[time.Time] // when the allowance is whole again
	topics map[string]map[*subscriber]struct{}
	rooms  map[string]map[string]stay
}

var _ Store = (*Memory)(nil)

type subscriber struct{ messages chan []byte }

// NewMemory makes an empty store.
func NewMemory(now civic.Clock) *Memory {
	return &Memory{
		now: now, values: newRecent[[]byte](memoryBytes), limits: newRecent[time.Time](memoryLimits),
		topics: map[string]map[*subscriber]struct{}{},
	}
}

// Get returns a copy of the value.
func (m *Memory) Get(_ context.Context, key string) ([]byte, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.values.get(key, m.now())
	return bytes.Clone(value), ok, nil
}

// Set keeps a copy of the value.
func (m *Memory) Set(_ context.Context, key string, value []byte, ttl time.Duration) error {
	if err := checkValue(value); err != nil {
		return err
	}
	if err := checkTTL(ttl); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	kept := append([]byte{}, value...)
	m.values.put(key, kept, len(key)+len(value)+entryCost, m.now().Add(ttl))
	return nil
}

// Delete removes values.
func (m *Memory) Delete(_ context.Context, keys ...string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, key := range keys {
		m.values.remove(key)
	}
	return nil
}

// Allow keeps one time per key: when the allowance will be whole again if nothing more comes.
func (m *Memory) Allow(_ context.Context, key string, burst int, per time.Duration) (bool, time.Duration, error) {
	each, err := interval(burst, per)
	if err != nil {
		return false, 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	whole, ok := m.limits.get(key, now)
	if !ok {
		whole = now
	}
	whole = whole.Add(each)
	if wait := whole.Sub(now) - each*time.Duration(burst); wait > 0 {
		return false, wait, nil
	}
	m.limits.put(key, whole, 1, whole)
	return true, 0, nil
}

// Publish hands msg to the subscribers' queues.
func (m *Memory) Publish(_ context.Context, topic string, msg []byte) error {
	if err := checkValue(msg); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for s := range m.topics[topic] {
		select {
		case s.messages <- append([]byte{}, msg...):
		default: // too slow; the publisher must not wait for it
		}
	}
	return nil
}

// Subscribe starts a goroutine that ends with stop.
func (m *Memory) Subscribe(_ context.Context, topic string, hear func([]byte)) (func(), error) {
	s := &subscriber{messages: make(chan []byte, backlog)}
	m.mu.Lock()
	if m.topics[topic] == nil {
		m.topics[topic] = map[*subscriber]struct{}{}
	}
	m.topics[topic][s] = struct{}{}
	m.mu.Unlock()

	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for msg := range s.messages {
			hear(msg)
		}
	}()
	return sync.OnceFunc(func() {
		m.mu.Lock()
		delete(m.topics[topic], s)
		if len(m.topics[topic]) == 0 {
			delete(m.topics, topic)
		}
		close(s.messages) // under the lock, so that nobody publishes into a closed queue
		m.mu.Unlock()
		<-ended
	}), nil
}

// Ping always succeeds.
func (m *Memory) Ping(context.Context) error { return nil }
