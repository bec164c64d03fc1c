package seal

import (
	"container/list"
	"sync"
)

// keyCache holds the unwrapped keys used last, at most max; what falls out is overwritten. Callers get copies.
type keyCache struct {
	mu    sync.Mutex
	max   int
	items map[string]*list.Element
	order *list.List // most recent in front
}

type cachedKey struct {
	name string
	key  [keySize]byte
}

func newKeyCache(limit int) *keyCache {
	return &keyCache{max: limit, items: map[string]*list.Element{}, order: list.New()}
}

func (c *keyCache) get(name string) (key [keySize]byte, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.items[name]
	if !ok {
		return key, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*cachedKey).key, true
}

func (c *keyCache) put(name string, key [keySize]byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.items[name]; ok {
		c.order.MoveToFront(e)
		return
	}
	c.items[name] = c.order.PushFront(&cachedKey{name: name, key: key})
	for c.order.Len() > c.max {
		last := c.order.Back()
		old := c.order.Remove(last).(*cachedKey)
		delete(c.items, old.name)
		clear(old.key[:])
	}
}
