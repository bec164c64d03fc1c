// Package find is the use case of anybody who looks for an office: search by topic and place, the pages that tell about
// a service, who is responsible, and the compiled form of an offering. It works on a directory: an immutable copy in
// memory of everything public (tenants, places, published services, offerings), replaced when the store's version of it
// grows. It may know civic and formdef; it must not know adapters or HTTP.
package find

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"antragswerk/internal/civic"
)

// Deps is what the use case works with.
type Deps struct {
	Store Store
	Now   civic.Clock
	// Fresh is how long the directory is believed without asking the store for its version.
	Fresh time.Duration
	// Forms is how many compiled forms with a municipality's overlay are kept.
	Forms int
}

// Service answers what anybody may know. It is safe for concurrent use.
type Service struct {
	Deps
	current atomic.Pointer[directory]
	checked atomic.Int64 // microseconds of the last look at the version
	reload  sync.Mutex
	forms   *formCache
	// compiling lets many who ask for a form that nobody has asked for yet wait for one compilation.
	compiling singleflight.Group
}

// New makes the use case; the directory is read at the first question.
func New(d Deps) *Service {
	if d.Fresh == 0 {
		d.Fresh = 500 * time.Millisecond
	}
	if d.Forms == 0 {
		d.Forms = 512
	}
	return &Service{Deps: d, forms: newFormCache(d.Forms)}
}

// Invalidate makes the next question look at the store again; called after a change on this node.
func (s *Service) Invalidate() { s.checked.Store(0) }

// directory returns the copy, reading it anew when the store has a newer one.
func (s *Service) directory(ctx context.Context) (*directory, error) {
	d := s.current.Load()
	now := s.Now().UnixMicro()
	if d != nil && now-s.checked.Load() < s.Fresh.Microseconds() {
		return d, nil
	}
	if d != nil && !s.reload.TryLock() {
		return d, nil // somebody is looking already
	}
	if d == nil {
		s.reload.Lock()
	}
	defer s.reload.Unlock()
	version, err := s.Store.DirectoryVersion(ctx)
	if err != nil {
		if d != nil {
			return d, nil // an old directory is better than none
		}
		return nil, fmt.Errorf("find: directory: %w", err)
	}
	if d = s.current.Load(); d == nil || d.version != version {
		if d, err = readDirectory(ctx, s.Store, version, d); err != nil {
			return nil, err
		}
		s.current.Store(d)
	}
	s.checked.Store(now)
	return d, nil
}
