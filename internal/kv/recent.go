package kv

import (
	"container/list"
	"time"
)

// recent keeps values with an expiry, bounded by their cost: what was used longest ago goes first.
type recent[V any] struct {
	bound, cost int
	items       map[string]*list.Element
	order       *list.List // most recent in front
}

type entry[V any] struct {
	key     string
	value   V
	cost    int
	expires time.Time
}

func newRecent[V any](bound int) *recent[V] {
	return &recent[V]{bound: bound, items: map[string]*list.Element{}, order: list.New()}
}

func (r *recent[V]) get(key string, now time.Time) (value V, ok bool) {
	e, ok := r.items[key]
	if !ok {
		return value, false
	}
	found := e.Value.(*entry[V])
	if !now.Before(found.expires) {
		r.remove(key)
		return value, false
	}
	r.order.MoveToFront(e)
	return found.value, true
}

func (r *recent[V]) put(key string, value V, cost int, expires time.Time) {
	r.remove(key)
	r.items[key] = r.order.PushFront(&entry[V]{key: key, value: value, cost: cost, expires: expires})
	r.cost += cost
	for r.cost > r.bound {
		r.remove(r.order.Back().Value.(*entry[V]).key)
	}
}

func (r *recent[V]) remove(key string) {
	if e, ok := r.items[key]; ok {
		r.cost -= e.Value.(*entry[V]).cost
		r.order.Remove(e)
		delete(r.items, key)
	}
}
