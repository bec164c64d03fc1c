package sqlstore

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"antragswerk/internal/civic"
)

// conditions are the parts of the filter, on cases c.
func (in *inbox) conditions() (list []condition) {
	f := in.filter
	oneOf := func(name, column string, values []string) {
		if len(values) > 0 {
			list = append(list, among(name, column, values...))
		}
	}
	if states := in.states(); len(states) < len(civic.CaseStates) {
		oneOf("state", "c.state", states)
	}
	oneOf("service", "c.service", f.Services)
	if len(f.Denied) > 0 {
		list = append(list, condition{"denied", "c.service", func(q *sqlText) { q.add(" NOT IN ", q.in(f.Denied)) }})
	}
	oneOf("assignee", "c.assignee", in.assignees())
	oneOf("group", "c.grp", f.Groups)
	if f.Unread {
		list = append(list, literal("unread", "c.unread", ""))
	}
	if f.Escalated {
		list = append(list, literal("escalated", "c.escalated", " > 0"))
	}
	for _, column := range []string{"received", "changed", "deadline"} {
		list = append(list, in.span(column, "c.")...)
	}
	if f.Unlabelled && len(f.AnyTag) == 0 {
		list = append(list, literal("labels", "c.labels", " = ''"))
	}
	for i, group := range in.terms {
		list = append(list, condition{termName(i), "", func(q *sqlText) {
			if in.either(i) {
				q.add("(c.labels = '' OR ")
				defer q.add(")")
			}
			// The OFFSET keeps PostgreSQL from turning the question round and reading all of the group's entries.
			q.add("EXISTS (SELECT 1 FROM case_terms o WHERE o.tenant = c.tenant AND o.term IN ", q.blobs(group),
				" AND o.received = c.received AND o.case_id = c.id LIMIT 1 OFFSET 0)")
		}})
	}
	return list
}

// span are the bounds that the filter sets to a column of time: from is in it, to is not.
func (in *inbox) span(column, alias string) (list []condition) {
	from, to := in.bounds(column)
	if from > math.MinInt64 {
		list = append(list, condition{column, alias + column, func(q *sqlText) { q.add(" >= ", q.arg(from)) }})
	}
	if to < math.MaxInt64 || column == "deadline" && from > math.MinInt64 { // of deadlines the highest is none
		list = append(list, condition{column, alias + column, func(q *sqlText) { q.add(" < ", q.arg(to)) }})
	}
	return list
}

// bounds are the same as numbers, the least and the greatest where there is none.
func (in *inbox) bounds(column string) (from, to int64) {
	f := in.filter
	b := map[string][2]time.Time{"received": {f.From, f.To}, "changed": {f.ChangedFrom, f.ChangedTo}, "deadline": {f.DueFrom, f.DueTo}}[column]
	from, to = math.MinInt64, math.MaxInt64
	if !b[0].IsZero() {
		from = micros(b[0])
	}
	if !b[1].IsZero() {
		to = micros(b[1])
	}
	if column == "deadline" && f.Overdue {
		to = min(to, in.now)
	}
	return from, to
}

// enter adds the conditions of a head of a way: the tenant, the head's own, and the span of the column that it is in order of.
func (in *inbox) enter(q *sqlText, p way, h head, tenant string, span []condition) {
	q.add(p.alias(), "tenant = ", tenant)
	for _, c := range append(slices.Clone(h), span...) {
		q.add(" AND ")
		c.add(q)
	}
}

// part adds the select of a part of a way's entries, under the name.
func (in *inbox) part(q *sqlText, w way, h head, what, tenant, name string, limit int) {
	span := in.span(w.column, w.alias())
	q.add("SELECT * FROM (SELECT ", what, " FROM ", w.table, " WHERE ")
	in.enter(q, w, h, tenant, span)
	if len(span) > 0 { // in this order there is one index that does not look at what is outside of the span
		in.orderBy(q, w.alias()+w.column, w.id)
	}
	q.add(fmt.Sprintf(" LIMIT %d) AS %s", limit, name))
}

// parts are the heads of a way where it is not walked in order: in as few parts as there can be, unless a span makes an order needed.
func (in *inbox) parts(w way) []head {
	if len(in.span(w.column, w.alias())) > 0 {
		return w.heads
	}
	return w.entry
}

func (p way) alias() string { return p.table[len(p.table)-1:] + "." }

// stretch are the bounds between which a page lies: where the page before it ended, or the filter's own bound when that is nearer,
// and on the other side the end up to which it may look, or the filter's. Only one on each side: of two, SQLite may take the worse.
func (in *inbox) stretch(column, alias, id string, end []any) (list []condition) {
	from, to := in.bounds(column)
	row := func(sign string, at []any) condition {
		return condition{column, "", func(q *sqlText) {
			q.add("(", alias, column, ", ", id, ")", sign, "(", q.arg(at[0]), ", ", q.arg(at[1]), ")")
		}}
	}
	past, before := " < ", " >= "
	if in.filter.Ascending {
		past, before = " > ", " <= "
	}
	low, high := in.after, end
	if !in.filter.Ascending {
		low, high = end, in.after
	}
	var under, over []condition // the filter's own
	for _, c := range in.span(column, alias) {
		var q sqlText
		if c.test(&q); strings.Contains(q.String(), "<") {
			over = append(over, c)
		} else {
			under = append(under, c)
		}
	}
	switch at, isTime := first(low); {
	case low == nil || isTime && at < from:
		list = append(list, under...)
	case in.filter.Ascending:
		list = append(list, row(past, low))
	default:
		list = append(list, row(before, low))
	}
	switch at, isTime := first(high); {
	case high == nil || isTime && len(over) > 0 && at >= to:
		list = append(list, over...)
	case in.filter.Ascending:
		list = append(list, row(before, high))
	default:
		list = append(list, row(past, high))
	}
	return list
}

// first is the time that a place in an order begins with.
func first(place []any) (at int64, isTime bool) {
	if place != nil {
		at, isTime = place[0].(int64)
	}
	return at, isTime
}

func (in *inbox) orderBy(q *sqlText, column, id string) {
	down := " DESC"
	if in.filter.Ascending {
		down = ""
	}
	q.add(" ORDER BY ", column, down, ", ", id, down)
}

// A CROSS JOIN is joined as it stands by SQLite, which has no statistics and would else walk a tenant's cases for the sake of their
// order; to PostgreSQL it says nothing.

// page adds what makes a page of the ids that the text between select and page finds: one row more, which tells whether there is a
// next page.
func (in *inbox) page(q *sqlText, tenant string, ids func()) {
	q.add("SELECT ", caseColumns, " FROM (")
	ids()
	q.add(") AS h CROSS JOIN cases c CROSS JOIN dossiers d WHERE c.id = h.id AND c.tenant = ", tenant, " AND d.id = c.dossier AND d.tenant = c.tenant")
	in.orderBy(q, "c."+in.column, "c.id")
	q.add(" LIMIT ", q.arg(in.limit+1))
}

// walked finds a page along a way in order: a page of each of its heads.
func (in *inbox) walked(p way, end []any) (q sqlText) {
	tenant := q.arg(in.tenant)
	rest, alias := in.rest(p), p.alias()
	union := " UNION ALL "
	if p.twice {
		union = " UNION "
	}
	in.page(&q, tenant, func() {
		for i, h := range p.heads {
			if i > 0 {
				q.add(union)
			}
			q.add("SELECT id FROM (SELECT ", p.id, " AS id FROM ", p.table)
			if alias == "t." && len(rest) > 0 {
				q.add(" CROSS JOIN cases c WHERE c.id = t.case_id AND c.tenant = t.tenant AND ")
			} else {
				q.add(" WHERE ")
			}
			in.enter(&q, p, h, tenant, in.stretch(in.column, alias, p.id, end))
			for _, c := range rest {
				q.add(" AND ")
				c.inPassing(&q)
			}
			in.orderBy(&q, alias+in.column, p.id)
			q.add(" LIMIT ", q.arg(in.limit+1), fmt.Sprintf(") AS b%d", i))
		}
	})
	return q
}

// gathered finds a page among the few entries of a way.
func (in *inbox) gathered(p way) (q sqlText) {
	tenant := q.arg(in.tenant)
	q.add("WITH few AS MATERIALIZED (")
	union := " UNION ALL "
	if p.twice {
		union = " UNION "
	}
	for i, h := range in.parts(p) {
		if i > 0 {
			q.add(union)
		}
		in.part(&q, p, h, p.id+" AS id", tenant, fmt.Sprint("f", i), 2*few) // some may have come since they were counted
	}
	q.add(") ")
	in.page(&q, tenant, func() {
		q.add("SELECT c.id AS id FROM few CROSS JOIN cases c WHERE c.id = few.id AND c.tenant = ", tenant)
		for _, c := range in.rest(p) {
			q.add(" AND ")
			c.inPassing(&q)
		}
		if in.after != nil {
			for _, c := range in.stretch(in.column, "c.", "c.id", nil) {
				q.add(" AND ")
				c.inPassing(&q)
			}
		}
		in.orderBy(&q, "c."+in.column, "c.id")
		q.add(" LIMIT ", q.arg(in.limit+1))
	})
	return q
}

// steps are how many entries of a way a page may look at: fewer when each is looked up among the terms too.
func (in *inbox) steps(p way) int {
	if slices.ContainsFunc(in.rest(p), func(c condition) bool { return strings.HasPrefix(c.name, "term") }) {
		return in.walk / 4
	}
	return in.walk
}

// boundary finds where a walk along a way ends.
func (in *inbox) boundary(p way) (q sqlText) {
	tenant := q.arg(in.tenant)
	alias := p.alias()
	q.add("SELECT k, id FROM (")
	for i, h := range p.heads {
		if i > 0 {
			q.add(" UNION ALL ")
		}
		q.add("SELECT k, id FROM (SELECT ", alias, in.column, " AS k, ", p.id, " AS id FROM ", p.table, " WHERE ")
		in.enter(&q, p, h, tenant, in.stretch(in.column, alias, p.id, nil))
		in.orderBy(&q, alias+in.column, p.id)
		q.add(fmt.Sprintf(" LIMIT 1 OFFSET %d) AS b%d", max(in.steps(p)/len(p.heads), in.limit), i))
	}
	q.add(") AS bounds")
	in.orderBy(&q, "k", "id")
	q.add(" LIMIT 1")
	return q
}

func (q *sqlText) blobs(values [][]byte) string {
	places := make([]string, len(values))
	for i, v := range values {
		places[i] = q.arg(v)
	}
	return "(" + strings.Join(places, ", ") + ")"
}
