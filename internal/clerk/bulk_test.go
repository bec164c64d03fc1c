package clerk_test

import (
	"context"
	"io"
	"slices"
	"testing"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
)

// bulks is what a heap does not need to know.
type bulks interface{ clerk.Bulks }

// heap is one bulk with its items.
type heap struct {
	bulks
	bulk  civic.Bulk
	items []civic.BulkItem
	turns []civic.BulkTurn
}

func (h *heap) Bulk(context.Context, string, string) (civic.Bulk, error) { return h.bulk, nil }

func (h *heap) BulkItems(_ context.Context, _, _ string, state civic.BulkState, after int64, _ int) (out []civic.BulkItem, err error) {
	for _, i := range h.items {
		if i.State == state && i.Seq > after {
			out = append(out, i)
		}
	}
	return out, nil
}

func (h *heap) StartBulk(_ context.Context, _ string, b civic.Bulk, _ civic.Event, _ ...civic.Job) error {
	h.bulk = b
	return nil
}

func (h *heap) FinishItem(_ context.Context, _ string, i civic.BulkItem) error {
	for n := range h.items {
		if h.items[n].Case == i.Case && h.items[n].State == civic.ItemOpen {
			h.items[n] = i
		}
	}
	return nil
}

func (h *heap) TurnBulk(_ context.Context, _, _ string, turn civic.BulkTurn, _ civic.Event, _ ...civic.Job) (bool, error) {
	h.turns = append(h.turns, turn)
	return true, nil
}

// pile is a desk with a bulk of its first case.
func pile(t *testing.T, b civic.Bulk) (*clerk.Service, *office, *heap) {
	t.Helper()
	s, o, _ := desk(t)
	b.ID, b.Tenant, b.Actor = "b1", "jena", "anna"
	h := &heap{bulk: b}
	for _, state := range []civic.BulkState{civic.ItemOpen, civic.ItemFailed} {
		h.items = append(h.items, civic.BulkItem{Bulk: "b1", Case: "c1", Seq: 1, State: state, FileNumber: "HUST-2026-000001", Service: "hund"})
	}
	s.Many = clerk.Many{Bulks: h}
	return s, o, h
}

// walks is what a list of chosen cases does not need to know.
type walks interface{ clerk.Walks }

// round gives the cases that are asked for by their ids.
type round struct {
	walks
	o *office
}

func (r round) CasesByID(_ context.Context, _ string, ids []string) (out []civic.Case, err error) {
	for _, id := range ids {
		out = append(out, r.o.files[id].Case)
	}
	return out, nil
}

// rows is a table that was written.
type rows [][]civic.Cell

func (r *rows) Row(cells []civic.Cell) error { *r = append(*r, slices.Clone(cells)); return nil }
func (r *rows) Close() error                 { return nil }

// ledger takes what is recorded for granted.
type ledger struct{ templates }

// templates is what a list without a template does not need to know.
type templates interface{ clerk.ExportTemplates }

func (ledger) RecordExport(context.Context, string, civic.Event) error { return nil }

func TestListsNameLabels(t *testing.T) {
	s, o, h := pile(t, civic.Bulk{})
	h.items = h.items[:1]
	o.labels = []civic.Label{{ID: "l1", Name: "eilig"}, {ID: "l2", Name: "Widerspruch"}}
	o.files["c1"].Case.Labels = []string{"l2", "gone", "l1"}
	var out rows
	s.Many = clerk.Many{Bulks: h, Walks: round{o: o}, Templates: ledger{}, Word: func(_, key string) string { return key },
		Sheet: func(string, io.Writer, []civic.Column) (civic.Table, error) { return &out, nil }}
	x, _, err := s.Export(t.Context(), staff("jena", civic.RoleClerk), "jena", clerk.Wish{Chosen: "b1", Format: civic.FormatCSV, Columns: []string{"labels"}})
	want(t, err, "")
	want(t, x.Write(t.Context(), io.Discard), "")
	if len(out) != 1 || out[0][0].Text != "eilig, Widerspruch" {
		t.Errorf("%v", out)
	}
}

func TestBulkLabelsAreTheAuthoritys(t *testing.T) {
	s, o, h := pile(t, civic.Bulk{})
	o.labels = []civic.Label{{ID: "l1", Name: "eilig"}}
	ctx, who := t.Context(), staff("jena", civic.RoleClerk)
	for _, kind := range []civic.BulkKind{civic.BulkLabel, civic.BulkUnlabel} {
		for _, label := range []string{"", "l2", "<b>"} {
			err := s.StartBulk(ctx, who, "jena", "b1", clerk.Order{Kind: kind, Label: label})
			if want(t, err, civic.Invalid); fieldOf(err) != "label" {
				t.Errorf("%s %q: %v", kind, label, err)
			}
		}
	}
	want(t, s.StartBulk(ctx, who, "jena", "b1", clerk.Order{Kind: civic.BulkLabel, Label: "l1"}), "")
	if h.bulk.Kind != civic.BulkLabel {
		t.Errorf("%+v", h.bulk)
	}
}

// A lead looks at a colleague's bulk, but not at cases of services that are not for the lead.
func TestBulkHidesWhatIsNotTheLeads(t *testing.T) {
	s, o, _ := pile(t, civic.Bulk{Kind: civic.BulkClose, Started: now, Finished: now})
	for circle, most := range map[string]int{"anna": 0, "lena": 1} {
		o.desk.Circles = map[string]civic.Circle{"hund": {People: []string{circle}}}
		v, err := s.Bulk(t.Context(), person("lena", civic.RoleLead), "jena", "b1", 0)
		if want(t, err, ""); len(v.First) != most || len(v.Failed) != most {
			t.Errorf("a service for %s: %v %v", circle, v.First, v.Failed)
		}
	}
}

func TestNobodyGoesOnUnderRolesThatAreGone(t *testing.T) {
	s, _, h := pile(t, civic.Bulk{Kind: civic.BulkAssign, Roles: []civic.Role{civic.RoleClerk, civic.RoleLead}, Started: now, Cancelled: now.Add(time.Minute)})
	want(t, s.ResumeBulk(t.Context(), staff("jena", civic.RoleClerk), "jena", "b1"), civic.Forbidden)
	want(t, s.CancelBulk(t.Context(), staff("jena", civic.RoleClerk), "jena", "b1"), "")
	want(t, s.ResumeBulk(t.Context(), staff("jena", civic.RoleLead, civic.RoleClerk), "jena", "b1"), "")
	if len(h.turns) != 2 {
		t.Errorf("%v", h.turns)
	}
}
