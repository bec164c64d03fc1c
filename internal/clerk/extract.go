package clerk

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"

	"antragswerk/internal/civic"
)

const (
	// plainBatch and answerBatch are how many cases are in memory at a time: without their answers, and with them.
	plainBatch  = 1000
	answerBatch = 100
)

// extract walks over the cases of a wish and turns them into rows. It keeps no more than a batch of them.
type extract struct {
	s        *Service
	who      civic.Actor
	tenant   civic.Tenant
	wish     Wish
	answers  bool              // some column is an answer
	services map[string]string // names in the wish's language
	groups   map[string]string // names
	labels   []civic.Label
	scope    Scope
	written  map[string]bool // services of the cases that were read
}

func (s *Service) extract(ctx context.Context, who civic.Actor, t civic.Tenant, w Wish) (*extract, error) {
	x := &extract{s: s, who: who, tenant: t, wish: w, services: map[string]string{}, groups: map[string]string{}, written: map[string]bool{}}
	if w.Chosen != "" {
		if _, _, _, err := s.bulkOf(ctx, who, t.ID, w.Chosen); err != nil {
			return nil, err
		}
	}
	var err error
	if x.scope, err = s.scopeOf(ctx, who, t.ID); err != nil {
		return nil, err
	}
	x.wish.Filter = x.scope.narrow(w.Filter)
	for _, g := range x.scope.Team.Groups {
		x.groups[g.ID] = g.Name
	}
	if x.labels, err = s.Labels.Labels(ctx, t.ID); err != nil {
		return nil, fmt.Errorf("clerk: labels: %w", err)
	}
	names, err := s.services(ctx, x.scope)
	if err != nil {
		return nil, err
	}
	for _, n := range names {
		x.services[n.Slug] = civic.Text(n.Name).In(w.Lang)
	}
	x.answers = slices.ContainsFunc(w.Columns, func(c string) bool { return c == AllAnswers || strings.HasPrefix(c, "/") })
	if w.Service != "" && x.answers {
		x.wish.Filter.Services = []string{w.Service}
	}
	return x, nil
}

// walk gives the next cases, none at the end.
type walk func(ctx context.Context) ([]civic.Case, error)

// all walks over the cases that the actor may see, batch by batch.
func (x *extract) all(batch int) walk {
	if x.wish.Chosen != "" {
		return x.chosen(batch)
	}
	f := x.wish.Filter
	f.After, f.Beside, f.Limit = "", "", batch
	if f.Sort == "changed" {
		f.Sort = "received" // what is changed meanwhile would leave its place, and the list
	}
	end := false
	return func(ctx context.Context) ([]civic.Case, error) {
		if end {
			return nil, nil
		}
		page, err := x.s.Many.Walks.CaseBatch(ctx, x.tenant.ID, f)
		if err != nil {
			return nil, fmt.Errorf("clerk: export: %w", err)
		}
		f.After = page.Next
		end = page.Next == ""
		return x.noted(page.Cases), nil
	}
}

// chosen walks over the cases of a bulk, whatever became of them, in their order.
func (x *extract) chosen(batch int) walk {
	states := []civic.BulkState{civic.ItemOpen, civic.ItemDone, civic.ItemFailed}
	after := int64(0)
	return func(ctx context.Context) ([]civic.Case, error) {
		for len(states) > 0 {
			items, err := x.s.Many.Bulks.BulkItems(ctx, x.tenant.ID, x.wish.Chosen, states[0], after, batch)
			if err != nil {
				return nil, fmt.Errorf("clerk: export: %w", err)
			}
			if len(items) == 0 {
				states, after = states[1:], 0
				continue
			}
			after = items[len(items)-1].Seq
			ids := make([]string, len(items))
			place := map[string]int{}
			for i, item := range items {
				ids[i], place[item.Case] = item.Case, i
			}
			cases, err := x.s.Many.Walks.CasesByID(ctx, x.tenant.ID, ids)
			if err != nil {
				return nil, fmt.Errorf("clerk: export: %w", err)
			}
			slices.SortFunc(cases, func(a, b civic.Case) int { return place[a.ID] - place[b.ID] })
			cases = slices.DeleteFunc(cases, func(c civic.Case) bool { return !x.wanted(c) })
			if len(cases) > 0 {
				return x.noted(cases), nil
			}
		}
		return nil, nil
	}
}

// noted remembers of which services something goes out.
func (x *extract) noted(cases []civic.Case) []civic.Case {
	for _, c := range cases {
		x.written[c.Service] = true
	}
	return cases
}

// wanted tells whether a chosen case belongs into the list: answers are those of one service.
func (x *extract) wanted(c civic.Case) bool {
	return x.scope.sees(c.Service, nil) && (len(x.wish.Filter.Services) == 0 || slices.Contains(x.wish.Filter.Services, c.Service))
}

// those walks over cases that were read before.
func (x *extract) those(cases []civic.Case) walk {
	return func(context.Context) ([]civic.Case, error) {
		some := cases[:min(len(cases), answerBatch)]
		cases = cases[len(some):]
		return some, nil
	}
}

// first reads the first cases, and tells whether there are more.
func (x *extract) first(ctx context.Context, most int) (cases []civic.Case, more bool, err error) {
	next := x.all(plainBatch)
	for {
		some, err := next(ctx)
		if err != nil {
			return nil, false, err
		}
		if cases = append(cases, some...); len(cases) > most {
			return cases[:most], true, nil
		}
		if len(some) == 0 {
			return cases, false, nil
		}
	}
}

// table writes the rows of all that next gives; beat is told how many there are so far.
func (x *extract) table(ctx context.Context, w io.Writer, next walk, beat func(rows int64) error) error {
	head, err := x.head(ctx)
	if err != nil {
		return err
	}
	table, err := x.s.Many.Sheet(x.wish.Format, w, head)
	if err != nil {
		return fmt.Errorf("clerk: export: %w", err)
	}
	var rows int64
	for {
		cases, err := next(ctx)
		if err != nil {
			return err
		}
		if len(cases) == 0 {
			return table.Close()
		}
		lines, err := x.lines(ctx, cases, head)
		if err != nil {
			return err
		}
		for _, line := range lines {
			if err := table.Row(line); err != nil {
				return fmt.Errorf("clerk: export: %w", err)
			}
		}
		if rows += int64(len(lines)); beat != nil {
			if err := beat(rows); err != nil {
				return err
			}
		}
	}
}

// lines makes the rows of a batch: content is opened by as many hands as there are processors.
func (x *extract) lines(ctx context.Context, cases []civic.Case, head []civic.Column) ([][]civic.Cell, error) {
	var files map[string]civic.CaseFile
	if x.answers {
		ids := make([]string, len(cases))
		for i, c := range cases {
			ids[i] = c.ID
		}
		var err error
		if files, err = x.s.Many.Walks.Answers(ctx, x.tenant.ID, ids); err != nil {
			return nil, fmt.Errorf("clerk: export: %w", err)
		}
	}
	lines := make([][]civic.Cell, len(cases))
	cells := make([]civic.Cell, len(cases)*len(head))
	sealed := x.answers || slices.ContainsFunc(head, func(c civic.Column) bool { return c.Key == "about" })
	hands := 1
	if sealed {
		hands = min(runtime.GOMAXPROCS(0), len(cases))
	}
	errs := make([]error, hands)
	var group sync.WaitGroup
	for h := range hands {
		group.Go(func() {
			for i := h; i < len(cases) && errs[h] == nil && ctx.Err() == nil; i += hands {
				lines[i] = cells[i*len(head) : (i+1)*len(head)]
				errs[h] = x.line(ctx, lines[i], cases[i], files[cases[i].ID], head)
			}
		})
	}
	group.Wait()
	for _, err := range append(errs, ctx.Err()) {
		if err != nil {
			return nil, err
		}
	}
	return lines, nil
}
