package admin_test

import (
	"context"
	"errors"
	"testing"

	"antragswerk/internal/civic"
)

// shelf keeps periods.
type shelf struct {
	list   []civic.Retention
	events []civic.Event
}

func (s *shelf) Retentions(context.Context, string) ([]civic.Retention, error) { return s.list, nil }

func (s *shelf) SaveRetentions(_ context.Context, tenant string, list []civic.Retention, ev civic.Event) error {
	s.list, s.events = append(s.list, list...), append(s.events, ev)
	return nil
}

func TestRegister(t *testing.T) {
	s, h := newHall(t)
	kept := &h.shelf
	ctx, who := t.Context(), staff("J", civic.RoleAdmin)
	h.routes = []civic.Route{{ID: "r", Tenant: "J", Connector: "webhook", Active: true}, {ID: "off", Tenant: "J", Connector: "email"}}
	list, err := s.Register(ctx, who, "J")
	want(t, err, "")
	if len(list) != len(h.offers["J"]) || list[0].Own || list[0].Period != list[0].Usual || len(list[0].Connectors) != 1 || list[0].Connectors[0] != "webhook" {
		t.Fatalf("%+v", list)
	}
	first := list[0].Service
	for field, r := range map[string]civic.Retention{"decided": {Withdrawn: 1, Relocation: 1}, "withdrawn": {Decided: 1, Withdrawn: -1, Relocation: 1},
		"relocation": {Decided: 1, Withdrawn: 1, Relocation: civic.LongestMonths + 1}} {
		r.Service = first
		err := s.SetRetention(ctx, who, "J", r)
		want(t, err, civic.Invalid)
		var e *civic.Error
		if !errors.As(err, &e) || e.Field != field {
			t.Errorf("%v does not name %s", err, field)
		}
	}
	good := civic.Retention{Service: first, Decided: 60, Withdrawn: 3, Relocation: 2}
	want(t, s.SetRetention(ctx, staff("J", civic.RoleClerk), "J", good), civic.Forbidden)
	want(t, s.SetRetention(ctx, staff("L", civic.RoleAdmin), "J", good), civic.NotFound)
	want(t, s.SetRetention(ctx, who, "J", civic.Retention{Service: "none", Decided: 1, Withdrawn: 1, Relocation: 1}), civic.NotFound)
	want(t, s.SetRetention(ctx, who, "J", good), "")
	x, err := s.Processing(ctx, who, "J", first)
	want(t, err, "")
	if !x.Own || x.Period.Decided != 60 || x.Period.Tenant != "J" || kept.events[0].Kind != "retention.changed" {
		t.Errorf("%+v %+v", x, kept.events)
	}
}
