package clerk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"antragswerk/internal/civic"
)

const sealBulk = "bulk"

// Order (Auftrag) is what a bulk does with each of its cases. It is sealed: a message or a letter may name somebody.
type Order struct {
	Kind        civic.BulkKind `json:"kind"`
	Assignee    string         `json:"assignee,omitempty"`
	Label       string         `json:"label,omitempty"`
	Group       string         `json:"group,omitempty"`
	Text        string         `json:"text,omitempty"`
	Outcome     civic.Outcome  `json:"outcome,omitempty"`
	Letter      string         `json:"letter,omitempty"`
	Name, Email string         // of who gave it
}

// Choose (auswählen) remembers the cases for a step with all of them; the result is the bulk's id. Cases that are not there (any
// more) are left out.
func (s *Service) Choose(ctx context.Context, who civic.Actor, tenant string, ids []string) (string, error) {
	sc, err := s.scopeOf(ctx, who, tenant)
	if err != nil {
		return "", err
	}
	found, err := s.Many.Walks.CasesByID(ctx, sc.Tenant.ID, ids)
	if err != nil {
		return "", fmt.Errorf("clerk: choose: %w", err)
	}
	found = slices.DeleteFunc(found, func(c civic.Case) bool { return !sc.sees(c.Service, nil) })
	place := make(map[string]int, len(ids))
	for i, id := range ids {
		place[id] = i
	}
	slices.SortFunc(found, func(a, b civic.Case) int { return place[a.ID] - place[b.ID] })
	return s.chosen(ctx, who, sc.Tenant, found)
}

// ChooseAll remembers all cases that the filter finds now: one that comes later is not among them.
func (s *Service) ChooseAll(ctx context.Context, who civic.Actor, tenant string, f civic.InboxFilter) (string, error) {
	sc, err := s.scopeOf(ctx, who, tenant)
	if err != nil {
		return "", err
	}
	t := sc.Tenant
	var all []civic.Case
	f = sc.narrow(f)
	f.After, f.Beside, f.Limit = "", "", walkPage
	for {
		page, err := s.Many.Walks.CaseBatch(ctx, t.ID, f)
		if err != nil {
			return "", fmt.Errorf("clerk: choose: %w", err)
		}
		for _, c := range page.Cases {
			all = append(all, civic.Case{ID: c.ID, Revision: c.Revision, Service: c.Service})
		}
		if len(all) > civic.BulkLimit {
			return "", civic.Errorf(civic.Invalid, "error.bulk.many", "limit", civic.BulkLimit)
		}
		if f.After = page.Next; f.After == "" {
			return s.chosen(ctx, who, t, all)
		}
	}
}

// walkPage is how many cases are read at a time by who walks over all of them.
const walkPage = 500

func (s *Service) chosen(ctx context.Context, who civic.Actor, t civic.Tenant, cases []civic.Case) (string, error) {
	if len(cases) == 0 {
		return "", civic.Errorf(civic.Invalid, "error.bulk.none")
	}
	items := make([]civic.BulkItem, len(cases))
	for i, c := range cases {
		items[i] = civic.BulkItem{Case: c.ID, Seq: int64(i + 1), Revision: c.Revision}
	}
	b := civic.Bulk{ID: s.NewID(), Tenant: t.ID, Actor: who.Staff.ID, Created: s.Now()}
	if err := s.Many.Bulks.CreateBulk(ctx, t.ID, b, items, nil); err != nil {
		return "", fmt.Errorf("clerk: choose: %w", err)
	}
	return b.ID, nil
}

// BulkView is a bulk as its page shows it.
type BulkView struct {
	Tenant    civic.Tenant
	Bulk      civic.Bulk
	Order     Order
	First     []civic.BulkItem // of those that are open
	Failed    []civic.BulkItem // a page of them
	More      int64            // after which item the next page of Failed begins, 0 there is none
	People    []civic.Colleague
	Labels    []Named
	Groups    []Named
	Templates []civic.Template
	Lead      bool
	Undoable  bool
	Undoes    civic.Bulk // the bulk that this one takes back
}

// Named is something to choose by its name.
type Named struct{ ID, Name string }

const (
	bulkSample = 5
	bulkPage   = 100
)

// bulkOf reads a bulk for who made it, or leads.
func (s *Service) bulkOf(ctx context.Context, who civic.Actor, tenant, id string) (civic.Tenant, civic.Bulk, Order, error) {
	t, err := s.office(ctx, who, tenant)
	if err != nil {
		return t, civic.Bulk{}, Order{}, err
	}
	b, err := s.Many.Bulks.Bulk(ctx, t.ID, id)
	if err != nil {
		return t, b, Order{}, err
	}
	if b.Actor != who.Staff.ID && (b.Started.IsZero() || !who.Has(tenant, civic.RoleLead)) {
		return t, b, Order{}, civic.Errorf(civic.NotFound, "error.not_found")
	}
	o, err := s.order(t, b)
	return t, b, o, err
}

// order opens what a bulk does; before it is started, nothing.
func (s *Service) order(t civic.Tenant, b civic.Bulk) (o Order, err error) {
	raw, err := s.open(keys(t, "", nil), sealBulk, b.Params)
	if err != nil || raw == "" {
		return o, err
	}
	if err := json.Unmarshal([]byte(raw), &o); err != nil {
		return o, fmt.Errorf("clerk: bulk: %w", err)
	}
	return o, nil
}

// Bulk shows a bulk; failures from after the item given.
func (s *Service) Bulk(ctx context.Context, who civic.Actor, tenant, id string, after int64) (*BulkView, error) {
	t, b, o, err := s.bulkOf(ctx, who, tenant, id)
	if err != nil {
		return nil, err
	}
	sc, err := s.scopeOf(ctx, who, tenant)
	if err != nil {
		return nil, err
	}
	v := &BulkView{Tenant: t, Bulk: b, Order: o, Lead: sc.leadsAny(), Undoable: s.undoable(b) == nil}
	for _, g := range sc.Team.Groups {
		v.Groups = append(v.Groups, Named{g.ID, g.Name})
	}
	labels, err := s.Labels.Labels(ctx, t.ID)
	if err != nil {
		return nil, fmt.Errorf("clerk: labels: %w", err)
	}
	for _, l := range labels {
		v.Labels = append(v.Labels, Named{l.ID, l.Name})
	}
	if v.Templates, err = s.Templates(ctx, who, t.ID); err != nil {
		return nil, err
	}
	if v.People, err = s.people(ctx, who, t.ID); err != nil {
		return nil, err
	}
	if b.Undoes != "" {
		if v.Undoes, err = s.Many.Bulks.Bulk(ctx, t.ID, b.Undoes); err != nil && civic.CodeOf(err) != civic.NotFound {
			return nil, err
		}
	}
	if v.First, err = s.Many.Bulks.BulkItems(ctx, t.ID, id, civic.ItemOpen, 0, bulkSample); err != nil {
		return nil, err
	}
	if v.Failed, err = s.Many.Bulks.BulkItems(ctx, t.ID, id, civic.ItemFailed, after, bulkPage+1); err != nil {
		return nil, err
	}
	if len(v.Failed) > bulkPage {
		v.Failed = v.Failed[:bulkPage]
		v.More = v.Failed[bulkPage-1].Seq
	}
	hidden := func(i civic.BulkItem) bool { return i.Service != "" && !sc.sees(i.Service, nil) } // a lead's, of a colleague's bulk
	v.First, v.Failed = slices.DeleteFunc(v.First, hidden), slices.DeleteFunc(v.Failed, hidden)
	return v, nil
}

// Bulks lists what was started, newest first: the actor's own, a lead sees everybody's. next is the id to go on from, "" at the end.
func (s *Service) Bulks(ctx context.Context, who civic.Actor, tenant, before string) (list []civic.Bulk, people []civic.Colleague, next string, err error) {
	t, err := s.office(ctx, who, tenant)
	if err != nil {
		return nil, nil, "", err
	}
	const page = 25
	if list, err = s.Many.Bulks.Bulks(ctx, t.ID, s.ownOnly(who, tenant), before, page+1); err != nil {
		return nil, nil, "", err
	}
	if len(list) > page {
		list, next = list[:page], list[page-1].ID
	}
	people, err = s.people(ctx, who, t.ID)
	return list, people, next, err
}

// ownOnly is whose bulks and exports somebody sees: a lead everybody's.
func (s *Service) ownOnly(who civic.Actor, tenant string) string {
	if who.Has(tenant, civic.RoleLead) {
		return ""
	}
	return who.Staff.ID
}

// StartBulk begins to do with each of the chosen cases what was ordered. Whether each allows it is seen when its turn comes.
func (s *Service) StartBulk(ctx context.Context, who civic.Actor, tenant, id string, o Order) error {
	t, b, _, err := s.bulkOf(ctx, who, tenant, id)
	if err != nil {
		return err
	}
	if b.State() != "chosen" || b.Actor != who.Staff.ID {
		return civic.Errorf(civic.Conflict, "error.bulk.started")
	}
	if o, err = s.checkedOrder(ctx, who, t, b, o); err != nil {
		return err
	}
	if err := s.present(ctx, who, t.ID); err != nil {
		return err
	}
	o.Name, o.Email = who.Staff.Name, who.Staff.Email
	if b.Params, err = s.sealOrder(t, o); err != nil {
		return err
	}
	b.Kind, b.Roles, b.Started = o.Kind, who.Staff.Roles[t.ID], s.Now()
	return s.Many.Bulks.StartBulk(ctx, t.ID, b, s.tenantEvent(t.ID, who, "bulk.started", map[string]string{"bulk": b.ID, "step": string(o.Kind), "count": fmt.Sprint(b.Counts.Total())}),
		civic.RunBulk{Tenant: t.ID, Bulk: b.ID})
}

func (s *Service) sealOrder(t civic.Tenant, o Order) (civic.Sealed, error) {
	raw, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	return s.seal(keys(t, "", nil), sealBulk, string(raw))
}

func (s *Service) tenantEvent(tenant string, who civic.Actor, kind string, data map[string]string) civic.Event {
	return civic.Event{ID: s.NewID(), Tenant: tenant, Actor: who.Name(), Kind: kind, Data: data, At: s.Now()}
}

// checkedOrder refuses what would fail with every case, and names the field.
func (s *Service) checkedOrder(ctx context.Context, who civic.Actor, t civic.Tenant, b civic.Bulk, o Order) (Order, error) {
	clean := Order{Kind: o.Kind}
	var err error
	switch o.Kind {
	case civic.BulkAssign:
		clean.Assignee = o.Assignee
		err = s.mayAssign(ctx, who, t, o.Assignee)
	case civic.BulkLabel, civic.BulkUnlabel:
		clean.Label = o.Label
		if list, e := s.Labels.Labels(ctx, t.ID); e != nil {
			err = fmt.Errorf("clerk: labels: %w", e)
		} else if !slices.ContainsFunc(list, func(l civic.Label) bool { return l.ID == o.Label }) {
			err = civic.Errorf(civic.Invalid, "error.bulk.label").At("label")
		}
	case civic.BulkGroup:
		clean.Group = o.Group
		if sc, e := s.scopeOf(ctx, who, t.ID); e != nil {
			err = e
		} else if _, known := sc.Team.Group(o.Group); o.Group != "" && !known {
			err = civic.Errorf(civic.Invalid, "error.desk.group").At("group")
		}
	case civic.BulkMessage:
		if clean.Text, err = text("text", o.Text, maxText); err == nil {
			err = s.fills(ctx, who, t, b, clean)
		}
	case civic.BulkDecide:
		if !slices.Contains(Outcomes, o.Outcome) {
			return clean, civic.Errorf(civic.Invalid, "error.desk.outcome").At("outcome")
		}
		clean.Outcome = o.Outcome
		if clean.Letter, err = text("letter", o.Letter, maxLetter); err == nil {
			err = s.fills(ctx, who, t, b, clean)
		}
	case civic.BulkClose:
	default:
		err = civic.Errorf(civic.Invalid, "error.bulk.kind").At("kind")
	}
	return clean, err
}

// mayAssign tells whether the actor may give cases to somebody: everybody to themselves, a lead to all, a group's lead those of the
// group.
func (s *Service) mayAssign(ctx context.Context, who civic.Actor, t civic.Tenant, to string) error {
	people, err := s.people(ctx, who, t.ID)
	if err != nil {
		return err
	}
	sc, err := s.scopeOf(ctx, who, t.ID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(people, func(p civic.Colleague) bool { return p.ID == to }) {
		return civic.Errorf(civic.Invalid, "error.desk.colleague").At("assignee")
	}
	if to != who.Staff.ID && !sc.leadsAny() {
		return civic.Errorf(civic.Forbidden, "error.desk.lead").At("assignee")
	}
	return nil
}

// BulkPreview fills in what was written for the first of the cases, when nothing is wrong with the order.
func (s *Service) BulkPreview(ctx context.Context, who civic.Actor, tenant, id string, o Order) (string, error) {
	t, b, _, err := s.bulkOf(ctx, who, tenant, id)
	if err != nil {
		return "", err
	}
	if o, err = s.checkedOrder(ctx, who, t, b, o); err != nil {
		return "", err
	}
	return s.sample(ctx, who, t.ID, b.ID, o)
}

// fills tries the placeholders with the first of the cases. One that has no value there may have one in others.
func (s *Service) fills(ctx context.Context, who civic.Actor, t civic.Tenant, b civic.Bulk, o Order) error {
	_, err := s.sample(ctx, who, t.ID, b.ID, o)
	var e *civic.Error
	if asError(err, &e) && (e.Key == "error.desk.placeholder.empty" || e.Key == "error.bulk.none") {
		return nil
	}
	return err
}

// sample fills in what was written for the first of the chosen cases that can be read.
func (s *Service) sample(ctx context.Context, who civic.Actor, tenant, id string, o Order) (string, error) {
	items, err := s.Many.Bulks.BulkItems(ctx, tenant, id, civic.ItemOpen, 0, bulkSample)
	if err != nil {
		return "", err
	}
	for _, i := range items {
		f, err := s.file(ctx, who, tenant, i.Case, "de")
		switch code := civic.CodeOf(err); {
		case code == civic.NotFound || code == civic.Forbidden:
			continue
		case err != nil:
			return "", err
		}
		if o.Kind == civic.BulkDecide {
			return s.Letter(ctx, f, who, Verdict{Outcome: o.Outcome, Letter: o.Letter})
		}
		return s.filled(f, who, o.Text, maxText, Filling{Kind: civic.TemplateMessage, field: "text"})
	}
	return "", civic.Errorf(civic.Conflict, "error.bulk.none")
}
