package clerk_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"slices"
	"testing"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
)

// exports is what a tray does not need to know.
type exports interface{ clerk.Exports }

// tray is one export.
type tray struct {
	exports
	export civic.Export
	ended  []civic.Event
}

func (y *tray) CreateExport(_ context.Context, _ string, e civic.Export, _ ...civic.Job) error {
	y.export = e
	return nil
}

func (y *tray) Export(context.Context, string, string) (civic.Export, error)    { return y.export, nil }
func (y *tray) BeatExport(context.Context, string, string, string, int64) error { return nil }
func (y *tray) EndExport(_ context.Context, _ string, e civic.Export, ev civic.Event) error {
	y.export, y.ended = e, append(y.ended, ev)
	return nil
}

func (r round) CaseBatch(_ context.Context, _ string, f civic.InboxFilter) (civic.InboxPage, error) {
	page, err := r.o.Cases(context.Background(), "jena", f)
	return page, err
}

func (s shelf) Delete(_ context.Context, key string) error {
	delete(s, key)
	return nil
}

// many is a desk on which a bulk of the first case, and an export, can be made by jobs.
func many(t *testing.T, b civic.Bulk) (*clerk.Service, *office, *heap, *tray) {
	t.Helper()
	s, o, blobs := desk(t)
	b.ID, b.Tenant, b.Actor = "b1", "jena", "anna"
	h, y := &heap{bulk: b, items: []civic.BulkItem{{Bulk: "b1", Case: "c1", Seq: 1, State: civic.ItemOpen}}}, &tray{}
	s.Many = clerk.Many{Bulks: h, Walks: round{o: o}, Exports: y, Templates: ledger{}, Trash: blobs, Word: func(_, key string) string { return key }, Attempt: func(context.Context) (int, int) { return 1, 3 },
		Sheet: func(_ string, w io.Writer, _ []civic.Column) (civic.Table, error) { return &printed{w: w}, nil }}
	return s, o, h, y
}

// printed is a table that is written as words.
type printed struct{ w io.Writer }

func (p *printed) Row(cells []civic.Cell) error {
	_, err := io.WriteString(p.w, cells[0].Text+"\n")
	return err
}
func (p *printed) Close() error { return nil }

// ways are how somebody can have left, or stayed, between the click and the job.
var ways = map[string]struct {
	change func(o *office)
	key    string // of a bulk's case, "" it is done
}{
	"appointed":              {func(*office) {}, ""},
	"dismissed":              {func(o *office) { o.appointed = nil }, "error.bulk.left"},
	"a clerk no more":        {func(o *office) { o.appointed[0].Roles = []civic.Role{civic.RoleAdmin} }, "error.bulk.left"},
	"never been here":        {func(o *office) { o.team = nil }, "error.bulk.left"},
	"by a group":             {func(o *office) { o.appointed, o.team[0].ByGroup = nil, []civic.Role{civic.RoleLead, civic.RoleClerk} }, ""},
	"outside the circle now": {func(o *office) { o.desk.Circles = map[string]civic.Circle{"hund": {People: []string{"otto"}}} }, "error.bulk.unseen"},
}

func here(o *office) {
	o.team = []civic.Colleague{{ID: "anna", Name: "Anna Adler", Email: "anna@jena.example"}}
	o.appointed = []civic.Appointment{{ID: "x", Email: "anna@jena.example", Roles: []civic.Role{civic.RoleClerk, civic.RoleLead}}}
}

// A bulk is worked off under what its author may when its turn comes.
func TestBulksAskAnew(t *testing.T) {
	for name, x := range ways {
		t.Run(name, func(t *testing.T) {
			s, o, h, _ := many(t, civic.Bulk{})
			here(o)
			o.labels = []civic.Label{{ID: "l1", Name: "eilig"}}
			who := staff("jena", civic.RoleClerk)
			who.Staff.Email = "anna@jena.example"
			want(t, s.StartBulk(t.Context(), who, "jena", "b1", clerk.Order{Kind: civic.BulkLabel, Label: "l1"}), "")
			x.change(o)
			want(t, s.RunBulk(t.Context(), civic.RunBulk{Tenant: "jena", Bulk: "b1"}), "")
			i := h.items[0]
			if state := map[bool]civic.BulkState{true: civic.ItemDone, false: civic.ItemFailed}[x.key == ""]; i.State != state || i.Error != x.key {
				t.Errorf("%s %q", i.State, i.Error)
			}
			if done := slices.Contains(o.files["c1"].Case.Labels, "l1"); done != (x.key == "") {
				t.Errorf("labelled: %v", done)
			}
			if !slices.Equal(h.turns, []civic.BulkTurn{civic.BulkFinish}) {
				t.Errorf("%v", h.turns)
			}
		})
	}
}

// Who led when they started a bulk and is a clerk now gives no colleague's cases to others.
func TestBulksKnowRolesThatAreGone(t *testing.T) {
	s, o, h, _ := many(t, civic.Bulk{})
	here(o)
	o.team = append(o.team, civic.Colleague{ID: "bert", Name: "Bert"})
	lead := staff("jena", civic.RoleClerk, civic.RoleLead)
	lead.Staff.Email = "anna@jena.example"
	want(t, s.StartBulk(t.Context(), lead, "jena", "b1", clerk.Order{Kind: civic.BulkAssign, Assignee: "bert"}), "")
	o.appointed[0].Roles = []civic.Role{civic.RoleClerk}
	want(t, s.RunBulk(t.Context(), civic.RunBulk{Tenant: "jena", Bulk: "b1"}), "")
	if h.items[0].Error != "error.desk.lead" || o.files["c1"].Case.Assignee != "" {
		t.Errorf("%+v %q", h.items[0], o.files["c1"].Case.Assignee)
	}
}

// An export is made of what its author may see when its turn comes, and fetched by who may see all of it then.
func TestExportsAskAnew(t *testing.T) {
	for name, x := range ways {
		t.Run(name, func(t *testing.T) {
			s, o, _, y := many(t, civic.Bulk{})
			here(o)
			s.Many.Papers = paper{}
			ctx, who := t.Context(), staff("jena", civic.RoleClerk)
			who.Staff.Email = "anna@jena.example"
			_, id, err := s.Export(ctx, who, "jena", clerk.Wish{Format: civic.FormatPDF})
			if want(t, err, ""); id == "" || y.export.Actor != "anna" {
				t.Fatalf("%q %+v", id, y.export)
			}
			x.change(o)
			err = s.MakeExport(ctx, civic.MakeExport{Tenant: "jena", Export: id, Run: y.export.Run})
			if x.key == "error.bulk.left" {
				if want(t, err, civic.Forbidden); y.export.Reason != "error.desk.left" || y.export.Failed.IsZero() || y.export.Blob != "" {
					t.Errorf("%+v", y.export)
				}
				return
			}
			want(t, err, "")
			if seen := []string{"hund"}; x.key == "" != slices.Equal(y.export.Services, seen) {
				t.Errorf("of %v", y.export.Services)
			}
		})
	}
}

func TestFetchingAsksAnew(t *testing.T) {
	for name, x := range map[string]struct {
		services []string
		circles  map[string]civic.Circle
		code     civic.Code
	}{
		"open":                            {[]string{"hund"}, nil, ""},
		"closed since":                    {[]string{"hund"}, map[string]civic.Circle{"hund": {People: []string{"otto"}}}, civic.Forbidden},
		"another was closed":              {[]string{"hund"}, map[string]civic.Circle{"kind": {People: []string{"otto"}}}, ""},
		"nobody knows what is in it":      {nil, map[string]civic.Circle{"kind": {People: []string{"otto"}}}, civic.Forbidden},
		"nobody knows, and all is theirs": {nil, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, o, _, y := many(t, civic.Bulk{})
			y.export = civic.Export{ID: "e1", Tenant: "jena", Actor: "anna", Format: civic.FormatCSV, Blob: "x/e1/r", Services: x.services, Finished: now, Expires: now.Add(time.Hour)}
			want(t, s.Blobs.Put(t.Context(), "x/e1/r", io.LimitReader(zeros{}, 4), 4), "")
			o.desk.Circles = x.circles
			d, err := s.FetchExport(t.Context(), staff("jena", civic.RoleClerk), "jena", "e1")
			if want(t, err, x.code); err == nil {
				want(t, d.Body.Close(), "")
			}
		})
	}
}

// paper prints nothing.
type paper struct{}

func (paper) ReceiptPDF(context.Context, civic.CaseFile, civic.Submission, []byte, string) ([]byte, error) {
	return []byte("%PDF"), nil
}

func (paper) LetterPDF(context.Context, civic.CaseFile, string, string) ([]byte, error) {
	return []byte("%PDF"), nil
}

// A group move that took a case from somebody gives it back to them when it is undone, unless somebody has it by now or may not know of it.
func TestUndoneGroupMovesGiveBack(t *testing.T) {
	for name, x := range map[string]struct {
		assignee string // by now
		circles  map[string]civic.Circle
		has      string
		state    civic.BulkState
	}{
		"nobody has it":         {"", nil, "bert", civic.ItemDone},
		"somebody took it":      {"anna", nil, "anna", civic.ItemFailed},
		"they kept it":          {"bert", nil, "bert", civic.ItemDone},
		"closed to them by now": {"", map[string]civic.Circle{"hund": {People: []string{"anna"}}}, "", civic.ItemDone},
	} {
		t.Run(name, func(t *testing.T) {
			s, o, h, _ := many(t, civic.Bulk{Kind: civic.BulkGroup, Undoes: "b0", Started: now, Roles: []civic.Role{civic.RoleClerk}, Params: civic.Sealed(`/bulk:{"kind":"group","group":"g2"}`)})
			here(o)
			o.team = append(o.team, civic.Colleague{ID: "bert", Name: "Bert"})
			o.desk.Team = civic.Team{Groups: []civic.Group{{ID: "g1", Members: []string{"anna", "bert"}}, {ID: "g2", Members: []string{"anna", "bert"}}}, Circles: x.circles}
			c := &o.files["c1"].Case
			c.State, c.Group, c.Assignee = civic.InProgress, "g2", x.assignee
			h.items[0].Was = `{"assignee":"bert","group":"g1"}`
			want(t, s.RunBulk(t.Context(), civic.RunBulk{Tenant: "jena", Bulk: "b1"}), "")
			group := map[civic.BulkState]string{civic.ItemDone: "g1", civic.ItemFailed: "g2"}[x.state]
			if h.items[0].State != x.state || c.Assignee != x.has || c.Group != group {
				t.Errorf("%s %s: %q in %s", h.items[0].State, h.items[0].Error, c.Assignee, c.Group)
			}
			if x.has == "bert" && x.assignee == "" && c.AssigneeName != "Bert" {
				t.Errorf("by name: %q", c.AssigneeName)
			}
		})
	}
}

// The files of a case are those of the cases that were merged with it, too.
func TestBundlesHoldMergedCases(t *testing.T) {
	s, o, blobs := desk(t)
	other := *o.files["c1"]
	other.Case.ID, other.Case.FileNumber = "c2", "HUST-2026-000002"
	other.Attachments = slices.Clone(other.Attachments[:1])
	other.Attachments[0].BlobKey = "a/d2/a1"
	blobs["a/d2/a1"] = []byte("other")
	o.files["c2"] = &other
	o.drawer.links = []civic.CaseLink{{Case: "c2", Other: "c1", Kind: civic.LinkInto}}
	b, err := s.Bundle(t.Context(), staff("jena", civic.RoleClerk), "jena", "c1", clerk.BundleWords{Messages: "Nachrichten"})
	want(t, err, "")
	raw, err := io.ReadAll(b.Body)
	want(t, err, "")
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	want(t, err, "")
	var names []string
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	if !slices.Equal(names, []string{"Nachrichten/01-impf.pdf", "HUST-2026-000002/Nachrichten/01-impf.pdf"}) {
		t.Errorf("%v", names)
	}
	if len(o.seen) != 2 || o.seen[1].Case != "c2" {
		t.Errorf("recorded: %+v", o.seen)
	}
	o.desk.Circles = nil
	b, err = s.Bundle(t.Context(), staff("jena", civic.RoleClerk), "jena", "c2", clerk.BundleWords{})
	want(t, err, "")
	_, err = io.Copy(io.Discard, b.Body)
	want(t, err, "")
}
