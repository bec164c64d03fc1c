package sqlstore

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"antragswerk/internal/civic"
)

// How a page is found. A way is one index of the cases, or of their terms, walked from one place or several (its heads); it covers
// some of the filter's conditions, and each of its heads may be in the order that is wanted. Three ways, tried in turn:
//
//   - exact: a way in order covers all conditions. A page of each head is all that is read.
//   - gather: the way with the fewest entries has no more than few. They are read, filtered, sorted.
//   - walk: everything is frequent. The best way in order is walked and the rest of the filter looked at on the way, but no
//     further than inbox.walk entries: a page may end short, and its cursor says where to look on.
//
// Which way has the fewest entries is counted, not guessed: counting stops at few.
type way struct {
	table  string   // cases c, or case_terms t
	id     string   // its column with the case's id
	heads  []head   // where it is walked from
	entry  []head   // the same in fewer parts, in no order
	covers []string // names of conditions
	column string   // that each head is in order of, with the id after it; "" none
	whole  bool     // all cases, or about: nothing to count
	twice  bool     // a case may be found from several heads
}

// head is where an index is entered: the conditions of its first columns.
type head []condition

// condition is a part of the filter: what a column must be. Asked in passing, of rows that another index finds, it is written so
// that no index can answer it: neither engine's planner then leaves the way that was chosen.
type condition struct {
	name   string
	column string
	test   func(q *sqlText) // what stands after the column
}

func (c condition) add(q *sqlText) {
	q.add(c.column)
	c.test(q)
}

func (c condition) inPassing(q *sqlText) {
	switch c.column {
	case "":
	case "c.unread":
		q.add("(CASE WHEN c.unread THEN 1 ELSE 0 END) = 1")
		return
	case "c.labels": // most have none: PostgreSQL takes an equation of what it has no numbers of for rare, and would begin with it
		q.add("(CASE WHEN c.labels = '' THEN 0 ELSE 1 END) <> 1")
		return
	case "c.received", "c.changed", "c.deadline", "c.escalated":
		q.add(c.column, " + 0")
	default:
		q.add(c.column, " || ''")
	}
	c.test(q)
}

const (
	few      = 1000 // entries that are gathered and sorted
	maxHeads = 18
)

func literal(name, column, test string) condition {
	return condition{name, column, func(q *sqlText) { q.add(test) }}
}

// among asks for one of some values.
func among[T any](name, column string, values ...T) condition {
	return condition{name, column, func(q *sqlText) {
		if len(values) == 1 {
			q.add(" = ", q.arg(values[0]))
			return
		}
		q.add(" IN (")
		for i, v := range values {
			if i > 0 {
				q.add(", ")
			}
			q.add(q.arg(v))
		}
		q.add(")")
	}}
}

// states are those that a case must be in to get through, all nine when it does not matter.
func (in *inbox) states() []string {
	list := in.filter.States
	if len(list) == 0 {
		list = civic.CaseStates
	}
	if in.filter.Overdue {
		list = slices.DeleteFunc(slices.Clone(list), func(s civic.CaseState) bool { return !s.Open() })
	}
	return each(list, func(s civic.CaseState) string { return string(s) })
}

// ways are those that this filter has.
func (in *inbox) ways() (list []way) {
	f := in.filter
	cases := func(column string, heads []head, covers ...string) way {
		return way{table: "cases c", id: "c.id", heads: heads, entry: heads, covers: covers, column: column}
	}
	for i, group := range in.terms {
		if in.either(i) {
			continue // no index knows of both
		}
		p := way{table: "case_terms t", id: "t.case_id", column: "received", covers: []string{termName(i)}, twice: len(group) > 1}
		for _, term := range group {
			p.heads = append(p.heads, head{among(termName(i), "t.term", term)})
		}
		p.entry = p.heads
		list = append(list, p)
	}
	if people := in.assignees(); len(people) > 0 {
		list = append(list, in.byState("received", "assignee", people))
	}
	if len(f.Services) > 0 {
		list = append(list, in.byState("received", "service", f.Services))
	}
	if len(f.Groups) > 0 && !slices.Contains(f.Groups, "") {
		var heads []head
		for _, g := range f.Groups {
			heads = append(heads, head{among("group", "c.grp", g), literal("group", "c.grp", " <> ''")})
		}
		list = append(list, cases("received", heads, "group", "received"))
	}
	if f.Unread {
		list = append(list, cases("received", []head{{literal("unread", "c.unread", "")}}, "unread", "received"))
	}
	if f.Escalated {
		list = append(list, cases("received", []head{{literal("escalated", "c.escalated", " > 0")}}, "escalated", "received"))
	}
	some := len(in.states()) < len(civic.CaseStates)
	for _, column := range []string{"received", "deadline", "changed", "file_number"} {
		p := in.byState(column, "", nil)
		p.whole = len(in.span(column, "c.")) == 0 && (!some || column != "received") // one of the four is counted
		list = append(list, p)
	}
	all := cases("received", []head{nil}, "received")
	all.whole = f.From.IsZero() && f.To.IsZero()
	return append(list, all)
}

// byState is a way along an index of the state and a column that it is in order of, or of another column before them.
func (in *inbox) byState(column, name string, values []string) way {
	states := in.states()
	p := way{table: "cases c", id: "c.id", covers: []string{"state", name}, column: column}
	var entry head
	if name != "" {
		entry = append(entry, among(name, "c."+name, values...))
	}
	if len(states) < len(civic.CaseStates) {
		entry = append(entry, among("state", "c.state", states...))
	}
	for _, s := range states {
		state := among("state", "c.state", s)
		if name == "" {
			p.heads = append(p.heads, head{state})
		}
		for _, v := range values {
			p.heads = append(p.heads, head{among(name, "c."+name, v), state})
		}
	}
	if p.entry = []head{entry}; name == "" {
		p.entry = p.heads
	}
	if len(p.heads) > maxHeads {
		p.heads, p.column = nil, "" // good to gather, too many to walk
		return p
	}
	p.covers = append(p.covers, column)
	return p
}

// either tells that a group of terms is one half of a condition: a case has no label, or one of them.
func (in *inbox) either(group int) bool {
	return in.filter.Unlabelled && len(in.filter.AnyTag) > 0 && group == len(in.terms)-1
}

func termName(i int) string { return fmt.Sprint("term", i) }

func (in *inbox) assignees() []string {
	people := in.filter.Assignees
	if in.filter.Assignee != "" {
		people = []string{strings.TrimPrefix(in.filter.Assignee, "none")}
	}
	return people
}

// rest are the conditions that a way does not cover.
func (in *inbox) rest(p way) []condition {
	return slices.DeleteFunc(in.conditions(), func(c condition) bool { return slices.Contains(p.covers, c.name) })
}

// choose returns the statement of the page and, when it may end short, the column's value and the id up to which it looks.
func (in *inbox) choose(ctx context.Context, t *tx) (q sqlText, end []any, err error) {
	ways := in.ways()
	for _, p := range slices.Backward(ways) { // all cases in one walk before all states in nine
		if p.column == in.column && len(in.rest(p)) == 0 {
			return in.walked(p, nil), nil, nil
		}
	}
	counts, err := in.count(ctx, t, ways)
	if err != nil {
		return q, nil, err
	}
	best, walk := -1, -1
	for i, p := range ways {
		if best < 0 || counts[i] < counts[best] {
			best = i
		}
		if p.column == in.column && (walk < 0 || counts[i] < counts[walk]) {
			walk = i
		}
	}
	if counts[best] <= few {
		return in.gathered(ways[best]), nil, nil
	}
	if end, err = in.bound(ctx, t, ways[walk]); err != nil {
		return q, nil, err
	}
	return in.walked(ways[walk], end), end, nil
}

// count counts the entries of each way, up to one more than few; of all cases it says two more.
func (in *inbox) count(ctx context.Context, t *tx, ways []way) ([]int, error) {
	counts := make([]int, len(ways))
	for i := range ways {
		counts[i] = few + 2
	}
	rows, err := t.led(ctx, in.led, in.counting(ways))
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		counts[r[0]] = r[1]
	}
	return counts, nil
}

// led makes the transaction follow the ways of lists, and runs a query of numbers, if it is one.
func (t *tx) led(ctx context.Context, led string, q sqlText) (list [][]int, err error) {
	var steps []work
	if led != "" {
		steps = append(steps, func(ctx context.Context, t *tx) error {
			_, err := t.sql.ExecContext(ctx, led)
			return err
		})
	}
	if len(q.text) > 0 {
		steps = append(steps, func(ctx context.Context, t *tx) error {
			rows, err := t.sql.QueryContext(ctx, q.String(), q.args...)
			if err != nil {
				return err
			}
			defer func() { _ = rows.Close() }()
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			list = nil
			for rows.Next() {
				row, into := make([]int, len(columns)), make([]any, len(columns))
				for i := range row {
					into[i] = &row[i]
				}
				if err := rows.Scan(into...); err != nil {
					return err
				}
				list = append(list, row)
			}
			return rows.Err()
		})
	}
	err = t.together(ctx, steps...)
	return list, err
}

// counting is the statement that does so, empty when there is nothing to count.
func (in *inbox) counting(ways []way) (q sqlText) {
	in.countingInto(&q, ways, 0)
	return q
}

func (in *inbox) countingInto(q *sqlText, ways []way, from int) {
	tenant := ""
	for i, p := range ways {
		if p.whole {
			continue
		}
		if tenant == "" {
			tenant = q.arg(in.tenant)
		}
		if len(q.text) > 0 {
			q.add(" UNION ALL ")
		}
		q.add(fmt.Sprintf("SELECT %d, COUNT(*) FROM (", from+i))
		for j, h := range in.parts(p) {
			if j > 0 {
				q.add(" UNION ALL ")
			}
			in.part(q, p, h, "1", tenant, fmt.Sprint("e", j), few+1)
		}
		q.add(fmt.Sprintf(" LIMIT %d) AS w%d", few+1, from+i))
	}
}

// bound is where a walk along the way ends: the nearest of the places that its heads come to after their share of entries. Nil
// when they end before.
func (in *inbox) bound(ctx context.Context, t *tx, p way) (end []any, err error) {
	q := in.boundary(p)
	rows, err := t.sql.QueryContext(ctx, q.String(), q.args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id, number string
		var at int64
		end = []any{&at, &id}
		if in.number {
			end[0] = &number
		}
		if err := rows.Scan(end...); err != nil {
			return nil, err
		}
		if end = []any{at, id}; in.number {
			end[0] = number
		}
	}
	return end, rows.Err()
}
