package sqlstore

import (
	"context"
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// Cases returns one page of the tenant's inbox. A search is always by the time of receipt. NotFound when the case to begin
// after is not the tenant's.
func (s *Store) Cases(ctx context.Context, tenant string, f civic.InboxFilter) (page civic.InboxPage, err error) {
	in := inbox{tenant: tenant, filter: f, now: s.micros(), limit: f.Limit}
	if in.limit < 1 {
		in.limit = 50
	}
	in.limit = min(in.limit, 200)
	if err := in.order(); err != nil {
		return page, err
	}
	if strings.TrimSpace(f.Search) != "" {
		if in.terms, err = s.searchTerms(ctx, tenant, f.Search); err != nil {
			return page, wrap("cases", err)
		}
		if len(in.terms) == 0 {
			return page, nil // nothing but punctuation: it finds nothing
		}
	}
	for _, tag := range f.Tags {
		term, err := s.blindTerms(ctx, tenant, []civic.IndexTerm{tag})
		if err != nil {
			return page, wrap("cases", err)
		}
		in.terms = append(in.terms, term)
	}
	err = s.inTenant(tenant).read(ctx, "cases", func(ctx context.Context, t *tx) error {
		if err := in.rarestFirst(ctx, t); err != nil {
			return err
		}
		if err := in.beside(ctx, t); err != nil {
			return err
		}
		cases, err := scanCases(ctx, t, in.statement())
		if err != nil {
			return err
		}
		page = civic.InboxPage{Cases: cases}
		if len(cases) > in.limit {
			page.Cases = cases[:in.limit]
			page.Next = in.cursor(cases[in.limit-1])
		}
		return nil
	})
	return page, err
}

// searchTerms cuts and blinds a query.
func (s *Store) searchTerms(ctx context.Context, tenant, query string) ([][][]byte, error) {
	groups := queryTerms(query)
	out := make([][][]byte, len(groups))
	for i, g := range groups {
		terms, err := s.blind(ctx, tenant, g)
		if err != nil {
			return nil, err
		}
		out[i] = terms
	}
	return out, nil
}

// Counts counts the tenant's cases by state, those of denied services left out; a count over civic.CountCap says CountCap+1.
func (s *Store) Counts(ctx context.Context, tenant string, denied ...string) (counts civic.Counts, err error) {
	q := countsStatement(tenant, denied)
	err = s.inTenant(tenant).read(ctx, "counts", func(ctx context.Context, t *tx) error {
		rows, err := t.sql.QueryContext(ctx, q.String(), q.args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		counts = civic.Counts{}
		for rows.Next() {
			var state string
			var n int
			if err := rows.Scan(&state, &n); err != nil {
				return err
			}
			counts[civic.CaseState(state)] = n
		}
		return rows.Err()
	})
	return counts, err
}

func countsStatement(tenant string, denied []string) (q sqlText) {
	t := q.arg(tenant)
	seen := ""
	if len(denied) > 0 {
		seen = " AND service NOT IN " + q.in(denied)
	}
	for i, state := range civic.CaseStates {
		if i > 0 {
			q.add(" UNION ALL ")
		}
		place := q.arg(string(state))
		q.add("SELECT CAST(", place, " AS TEXT), COUNT(*) FROM (SELECT 1 FROM cases WHERE tenant = ", t, " AND state = ", place, seen,
			fmt.Sprintf(" LIMIT %d) AS few", civic.CountCap+1))
	}
	return q
}

// inbox builds the one statement whose text depends on the filter. The page is found through branches, each of which walks one
// index in order and stops after a page; a union of them is sorted and joined to the rows. Thus no filter sorts a tenant's cases.
type inbox struct {
	tenant string
	filter civic.InboxFilter
	now    int64
	limit  int
	column string     // sorted by
	number bool       // the column is text
	after  []any      // column's value and id of the last row of the page before
	terms  [][][]byte // groups of blind terms; a case has one of each
}

// order reads sort and cursor. A cursor belongs to one order.
func (in *inbox) order() error {
	columns := map[string]string{"": "received", "received": "received", "deadline": "deadline", "changed": "changed", "number": "file_number"}
	column, ok := columns[in.filter.Sort]
	if !ok {
		return civic.Errorf(civic.Invalid, "error.sort")
	}
	if strings.TrimSpace(in.filter.Search) != "" || len(in.filter.Tags) > 0 {
		column = "received"
	}
	in.column, in.number = column, column == "file_number"
	if in.filter.After == "" {
		return nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(in.filter.After)
	parts := strings.Split(string(raw), " ")
	if err != nil || len(parts) != 3 || parts[0] != in.column {
		return civic.Errorf(civic.Invalid, "error.cursor")
	}
	if in.number {
		in.after = []any{parts[1], parts[2]}
		return nil
	}
	at, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return civic.Errorf(civic.Invalid, "error.cursor").Because(err)
	}
	in.after = []any{at, parts[2]}
	return nil
}

// cursor names the last row of a page by the column it is sorted by.
func (in *inbox) cursor(c civic.Case) string {
	value := map[string]string{
		"received": strconv.FormatInt(micros(c.Received), 10), "changed": strconv.FormatInt(micros(c.Changed), 10),
		"deadline": strconv.FormatInt(deadlineMicros(c.Deadline), 10), "file_number": c.FileNumber,
	}[in.column]
	return base64.RawURLEncoding.EncodeToString([]byte(in.column + " " + value + " " + c.ID))
}

// beside lets the page begin after a case, as if it were the last row of the page before.
func (in *inbox) beside(ctx context.Context, t *tx) error {
	if in.filter.Beside == "" {
		return nil
	}
	r, err := t.CaseByID(ctx, db.CaseByIDParams{ID: in.filter.Beside, Tenant: in.tenant})
	if err != nil {
		return err
	}
	in.after = []any{map[string]any{"received": r.Case.Received, "changed": r.Case.Changed, "deadline": r.Case.Deadline, "file_number": r.Case.FileNumber}[in.column], r.Case.ID}
	return nil
}

// rarestFirst puts the group of terms with the fewest hits first: the branches walk it and look the others up.
func (in *inbox) rarestFirst(ctx context.Context, t *tx) error {
	if len(in.terms) < 2 {
		return nil
	}
	const enough = 2000 // counting further costs more than it saves
	var q sqlText
	tenant := q.arg(in.tenant)
	for i, group := range in.terms {
		if i > 0 {
			q.add(" UNION ALL ")
		}
		q.add(fmt.Sprintf("SELECT %d, COUNT(*) FROM (SELECT 1 FROM case_terms WHERE tenant = %s AND term IN %s LIMIT %d) AS few",
			i, tenant, q.blobs(group), enough))
	}
	rows, err := t.sql.QueryContext(ctx, q.String(), q.args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	rarest, least := 0, enough+1
	for rows.Next() {
		var i, n int
		if err := rows.Scan(&i, &n); err != nil {
			return err
		}
		if n < least {
			rarest, least = i, n
		}
	}
	in.terms[0], in.terms[rarest] = in.terms[rarest], in.terms[0]
	return rows.Err()
}

func (q *sqlText) blobs(values [][]byte) string {
	places := make([]string, len(values))
	for i, v := range values {
		places[i] = q.arg(v)
	}
	return "(" + strings.Join(places, ", ") + ")"
}

// statement selects a page and one row more, which tells whether there is a next page.
func (in *inbox) statement() (q sqlText) {
	tenant := q.arg(in.tenant)
	q.add("SELECT ", caseColumns, " FROM (")
	switch {
	case len(in.terms) > 0:
		for i, term := range in.terms[0] {
			in.branch(&q, i, tenant, term, nil)
		}
	case in.column == "received" && in.filter.Assignee == "" && len(in.filter.Services) == 0 && !in.filter.Unread && len(in.filter.States) > 0:
		for i := range in.filter.States {
			in.branch(&q, i, tenant, nil, in.filter.States[i:i+1])
		}
	default:
		in.branch(&q, 0, tenant, nil, in.filter.States)
	}
	q.add(") AS h JOIN cases c ON c.id = h.id AND c.tenant = ", tenant, " JOIN dossiers d ON d.id = c.dossier AND d.tenant = c.tenant ORDER BY ")
	in.orderBy(&q, "c", in.column, "id")
	q.add(" LIMIT ", q.arg(in.limit+1))
	return q
}

// branch adds one walk along an index: of a blind term, or of the cases.
func (in *inbox) branch(q *sqlText, i int, tenant string, term []byte, states []civic.CaseState) {
	if i > 0 {
		q.add(" UNION ")
	}
	table, id := "c", "id"
	q.add("SELECT id FROM (SELECT ")
	if term != nil {
		table, id = "t", "case_id"
		q.add("t.case_id AS id FROM case_terms t JOIN cases c ON c.id = t.case_id AND c.tenant = t.tenant WHERE t.tenant = ", tenant,
			" AND t.term = ", q.arg(term))
		for _, group := range in.terms[1:] {
			q.add(" AND EXISTS (SELECT 1 FROM case_terms o WHERE o.tenant = ", tenant, " AND o.term IN ", q.blobs(group),
				" AND o.received = t.received AND o.case_id = t.case_id)")
		}
		states = in.filter.States
	} else {
		q.add("c.id AS id FROM cases c WHERE c.tenant = ", tenant)
	}
	in.conditions(q, states)
	if in.after != nil {
		less := " < "
		if in.filter.Ascending {
			less = " > "
		}
		q.add(" AND (", table, ".", in.column, ", ", table, ".", id, ")", less, "(", q.arg(in.after[0]), ", ", q.arg(in.after[1]), ")")
	}
	q.add(" ORDER BY ")
	in.orderBy(q, table, in.column, id)
	q.add(" LIMIT ", q.arg(in.limit+1), fmt.Sprintf(") AS b%d", i))
}

func (in *inbox) orderBy(q *sqlText, table, column, id string) {
	down := " DESC"
	if in.filter.Ascending {
		down = ""
	}
	q.add(table, ".", column, down, ", ", table, ".", id, down)
}

// conditions adds the filter on cases c.
func (in *inbox) conditions(q *sqlText, states []civic.CaseState) {
	f := in.filter
	one := func(column string, values []string) {
		if len(values) == 1 {
			q.add(" AND c.", column, " = ", q.arg(values[0]))
		} else if len(values) > 1 {
			q.add(" AND c.", column, " IN ", q.in(values))
		}
	}
	one("state", each(states, func(s civic.CaseState) string { return string(s) }))
	one("service", f.Services)
	if len(f.Denied) > 0 {
		q.add(" AND c.service NOT IN ", q.in(f.Denied))
	}
	if f.Assignee != "" {
		one("assignee", []string{strings.TrimPrefix(f.Assignee, "none")})
	}
	one("assignee", f.Assignees)
	one("grp", f.Groups)
	if f.Unread {
		q.add(" AND c.unread")
	}
	if f.Overdue {
		q.add(" AND c.deadline < ", q.arg(in.now), " AND c.state NOT IN ('decided', 'closed', 'withdrawn', 'forwarded')")
	}
	if f.Escalated {
		q.add(" AND c.escalated > 0")
	}
	in.between(q, "received", f.From, f.To)
	in.between(q, "changed", f.ChangedFrom, f.ChangedTo)
	in.between(q, "deadline", f.DueFrom, f.DueTo)
	if !f.DueFrom.IsZero() && f.DueTo.IsZero() {
		q.add(" AND c.deadline < ", q.arg(int64(math.MaxInt64))) // which is none
	}
}

// between adds a span of time: from is in it, to is not.
func (in *inbox) between(q *sqlText, column string, from, to time.Time) {
	if !from.IsZero() {
		q.add(" AND c.", column, " >= ", q.arg(micros(from)))
	}
	if !to.IsZero() {
		q.add(" AND c.", column, " < ", q.arg(micros(to)))
	}
}
