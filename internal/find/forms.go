package find

import (
	"container/list"
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// formCache keeps compiled forms by version, tenant and overlay; least recently used ones go first.
type formCache struct {
	mu    sync.Mutex
	max   int
	order *list.List // of *formEntry, newest first
	by    map[formKey]*list.Element
}

type formKey struct {
	version, tenant, service string
	overlay                  int64
}

type formEntry struct {
	key  formKey
	form *formdef.Form
}

func newFormCache(limit int) *formCache {
	return &formCache{max: limit, order: list.New(), by: map[formKey]*list.Element{}}
}

func (c *formCache) get(k formKey) (*formdef.Form, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.by[k]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*formEntry).form, true
}

func (c *formCache) put(k formKey, f *formdef.Form) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.by[k]; ok {
		return
	}
	c.by[k] = c.order.PushFront(&formEntry{k, f})
	if c.order.Len() > c.max {
		last := c.order.Back()
		delete(c.by, c.order.Remove(last).(*formEntry).key)
	}
}

// Current is the offering, its newest published form under the tenant's overlay, and the pins for a new draft;
// NotFound when the tenant or service is unknown, not live or switched off.
func (s *Service) Current(ctx context.Context, tenant, service string) (civic.Offering, *formdef.Form, civic.Pins, error) {
	d, err := s.directory(ctx)
	if err != nil {
		return civic.Offering{}, nil, civic.Pins{}, err
	}
	o, ok := d.offers[offerKey{tenant, service}]
	i, known := d.byTopic[service]
	if !ok || !known || !o.Enabled || !d.byID[tenant].Live {
		return civic.Offering{}, nil, civic.Pins{}, civic.Errorf(civic.NotFound, "error.service.off")
	}
	pins := civic.Pins{Version: d.topics[i].Version.ID, Overlay: o.OverlayVersion}
	form, err := s.Pinned(ctx, tenant, service, pins)
	return o, form, pins, err
}

// Pinned is the compiled form of a draft or submission, whatever has been published since. A case that was forwarded
// still pins the overlay of the authority it came from. A pinned overlay that is not there is an error inside: overlays are
// kept for ever, and a form without it would not be the one that was answered.
func (s *Service) Pinned(ctx context.Context, tenant, service string, pins civic.Pins) (*formdef.Form, error) {
	owner := tenant
	if pins.OverlayTenant != "" {
		owner = pins.OverlayTenant
	}
	key := formKey{pins.Version, owner, service, pins.Overlay}
	if pins.Overlay == 0 {
		key.tenant = ""
	}
	if f, ok := s.forms.get(key); ok {
		return f, nil
	}
	base, err := s.base(ctx, pins.Version, service)
	if err != nil {
		return nil, err
	}
	if pins.Overlay > 0 {
		raw, err := s.Store.Overlay(ctx, owner, service, pins.Overlay)
		if civic.CodeOf(err) == civic.NotFound {
			return nil, fmt.Errorf("find: overlay %d of %s for %s is pinned and not there", pins.Overlay, owner, service)
		}
		if err != nil {
			return nil, fmt.Errorf("find: overlay: %w", err)
		}
		base, err = Overlaid(base, raw)
		if err != nil {
			return nil, err
		}
	}
	s.forms.put(key, base)
	return base, nil
}

// Overlaid is a form with a stored overlay; entries that the version no longer knows are left out.
func Overlaid(f *formdef.Form, raw []byte) (*formdef.Form, error) {
	if len(raw) == 0 {
		return f, nil
	}
	var o formdef.Overlay
	if err := json.Unmarshal(raw, &o); err != nil {
		return nil, fmt.Errorf("find: overlay: %w", err)
	}
	with, _ := f.With(o)
	return with, nil
}

// base is a version without an overlay, compiled when it is asked for the first time and kept. Who asks meanwhile waits for that.
func (s *Service) base(ctx context.Context, version, service string) (*formdef.Form, error) {
	key := formKey{version: version, service: service}
	if f, ok := s.forms.get(key); ok {
		return f, nil
	}
	form, err, _ := s.compiling.Do(version, func() (any, error) {
		if f, ok := s.forms.get(key); ok { // compiled since we looked
			return f, nil
		}
		v, err := s.Store.FormVersion(context.WithoutCancel(ctx), version) // for all who wait, not for the first alone
		if err != nil {
			return nil, fmt.Errorf("find: version: %w", err)
		}
		_, f, err := Compile(v)
		if err != nil {
			return nil, err
		}
		s.forms.put(key, f)
		return f, nil
	})
	if err != nil {
		return nil, err
	}
	return form.(*formdef.Form), nil //nolint:errcheck // nothing else is compiled
}

// Form is the newest published form of a service without overlay.
func (s *Service) Form(ctx context.Context, service string) (*formdef.Form, error) {
	t, err := s.Topic(ctx, service)
	if err != nil {
		return nil, err
	}
	return s.base(ctx, t.Version.ID, service)
}
