package admin

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net"
	"net/url"
	"slices"

	"antragswerk/internal/civic"
)

// Connectors are the ways out that an authority can set up itself.
var Connectors = []string{"webhook", "email"}

// Ways is an authority's routes and what became of what went out on them.
type Ways struct {
	Tenant     civic.Tenant
	Routes     []civic.Route
	Deliveries []civic.Delivery
	Services   []Offer
}

// shownDeliveries is how many a page lists.
const shownDeliveries = 100

// Ways lists routes and deliveries, what has not arrived first.
func (s *Service) Ways(ctx context.Context, who civic.Actor, tenant string) (*Ways, error) {
	t, err := s.house(ctx, who, tenant)
	if err != nil {
		return nil, err
	}
	w := &Ways{Tenant: t}
	if w.Routes, err = s.d.Routes.Routes(ctx, t.ID); err != nil {
		return nil, fmt.Errorf("admin: routes: %w", err)
	}
	if w.Deliveries, err = s.d.Routes.Deliveries(ctx, t.ID, shownDeliveries); err != nil {
		return nil, fmt.Errorf("admin: deliveries: %w", err)
	}
	w.Services, err = s.Offers(ctx, who, tenant)
	return w, err
}

// NewRoute is what an admin sets up.
type NewRoute struct {
	Service   string // "" = all
	Connector string
	Target    string
}

// AddRoute sets up a route and returns the secret that signs what goes out on it; it is shown once and never again.
func (s *Service) AddRoute(ctx context.Context, who civic.Actor, tenant string, in NewRoute) (secret string, err error) {
	w, err := s.Ways(ctx, who, tenant)
	if err != nil {
		return "", err
	}
	if !slices.Contains(Connectors, in.Connector) {
		return "", civic.Errorf(civic.Invalid, "error.admin.connector").At("connector")
	}
	if in.Service != "" && !slices.ContainsFunc(w.Services, func(o Offer) bool { return o.Service == in.Service }) {
		return "", civic.Errorf(civic.Invalid, "error.admin.service").At("service")
	}
	if err := checkTarget(in.Connector, in.Target); err != nil {
		return "", err
	}
	r := civic.Route{ID: s.d.NewID(), Tenant: w.Tenant.ID, Service: in.Service, Connector: in.Connector, Target: in.Target, Active: true, Created: s.d.Now()}
	if in.Connector == "webhook" {
		raw := make([]byte, 32)
		_, _ = rand.Read(raw) // never fails (Go 1.24)
		secret = hex.EncodeToString(raw)
		if r.Secret, err = s.d.Seal.Seal(civic.Keys{Tenant: w.Tenant.ID, TenantKey: w.Tenant.Key}, sealSecret, []byte(secret)); err != nil {
			return "", fmt.Errorf("admin: route: %w", err)
		}
	}
	if err := s.d.Routes.SaveRoute(ctx, r, s.event(who, w.Tenant.ID, "route.added", map[string]string{"route": r.ID, "connector": r.Connector})); err != nil {
		return "", fmt.Errorf("admin: route: %w", err)
	}
	return secret, nil
}

// checkTarget refuses addresses that the connector cannot use. http is for the own machine only, as for tests.
func checkTarget(connector, target string) error {
	if connector == "email" {
		if !isEmail(target) {
			return civic.Errorf(civic.Invalid, "error.admin.email").At("target")
		}
		return nil
	}
	u, err := url.Parse(target)
	if err != nil || u.Host == "" || u.User != nil || len(target) > 500 {
		return civic.Errorf(civic.Invalid, "error.admin.target").At("target").Because(err)
	}
	local := u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback()
	if u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return civic.Errorf(civic.Invalid, "error.admin.target").At("target")
	}
	return nil
}

// SwitchRoute turns a route on or off.
func (s *Service) SwitchRoute(ctx context.Context, who civic.Actor, tenant, id string, on bool) error {
	t, err := s.house(ctx, who, tenant)
	if err != nil {
		return err
	}
	list, err := s.d.Routes.Routes(ctx, t.ID)
	if err != nil {
		return fmt.Errorf("admin: routes: %w", err)
	}
	i := slices.IndexFunc(list, func(r civic.Route) bool { return r.ID == id })
	if i < 0 {
		return civic.Errorf(civic.NotFound, "error.not_found")
	}
	list[i].Active = on
	kind := "route.off"
	if on {
		kind = "route.on"
	}
	return s.d.Routes.SaveRoute(ctx, list[i], s.event(who, t.ID, kind, map[string]string{"route": id}))
}

// RemoveRoute deletes a route; deliveries under way keep their address.
func (s *Service) RemoveRoute(ctx context.Context, who civic.Actor, tenant, id string) error {
	t, err := s.house(ctx, who, tenant)
	if err != nil {
		return err
	}
	return s.d.Routes.DeleteRoute(ctx, t.ID, id, s.event(who, t.ID, "route.removed", map[string]string{"route": id}))
}

// Resend sends a delivery that did not arrive once more, to an address that may have been mended.
func (s *Service) Resend(ctx context.Context, who civic.Actor, tenant, id, target string) error {
	t, err := s.house(ctx, who, tenant)
	if err != nil {
		return err
	}
	d, err := s.d.Routes.Delivery(ctx, t.ID, id)
	if err != nil {
		return err
	}
	if d.State() == "delivered" {
		return civic.Errorf(civic.Conflict, "error.admin.delivered")
	}
	if target != "" {
		d.Target = target
	}
	if err := checkTarget(d.Connector, d.Target); err != nil {
		return err
	}
	return s.d.Routes.Resend(ctx, d, s.event(who, t.ID, "delivery.resent", map[string]string{"delivery": id}), civic.Deliver{Tenant: t.ID, Delivery: id})
}

// shownFeedback is how many a page lists.
const shownFeedback = 200

// Feedback is what a visitor wrote, opened.
type Feedback struct {
	civic.Feedback
	Words string
}

// Feedback lists what visitors wrote, newest first.
func (s *Service) Feedback(ctx context.Context, who civic.Actor, tenant string) ([]Feedback, error) {
	t, err := s.house(ctx, who, tenant)
	if err != nil {
		return nil, err
	}
	list, err := s.d.Tenants.FeedbackOf(ctx, t.ID, shownFeedback)
	if err != nil {
		return nil, fmt.Errorf("admin: feedback: %w", err)
	}
	var out []Feedback
	for _, f := range list {
		plain, err := s.d.Seal.Open(civic.Keys{Tenant: t.ID, TenantKey: t.Key}, sealFeedback, f.Text)
		if err != nil {
			return nil, fmt.Errorf("admin: feedback: %w", err)
		}
		out = append(out, Feedback{f, string(plain)})
	}
	return out, nil
}

// maxFeedback limits what a visitor writes, in bytes.
const maxFeedback = 10_000

// GiveFeedback takes what a visitor writes about a page; barrier says that something could not be used.
func (s *Service) GiveFeedback(ctx context.Context, tenant, path, text string, barrier bool) error {
	t, err := s.d.Directory.TenantByID(ctx, tenant)
	if err != nil {
		return err
	}
	if text == "" || len(text) > maxFeedback {
		return civic.Errorf(civic.Invalid, "error.admin.feedback", "max", maxFeedback).At("text")
	}
	sealed, err := s.d.Seal.Seal(civic.Keys{Tenant: t.ID, TenantKey: t.Key}, sealFeedback, []byte(text))
	if err != nil {
		return fmt.Errorf("admin: feedback: %w", err)
	}
	return s.d.Tenants.AddFeedback(ctx, civic.Feedback{ID: s.d.NewID(), Tenant: t.ID, Path: path, Barrier: barrier, Text: sealed, Created: s.d.Now()})
}
