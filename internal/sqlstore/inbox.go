package sqlstore

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// Cases returns one page of the tenant's inbox, whatever is combined, in time that does not grow with the tenant: inboxway.go says
// how. NotFound when the case to begin after is not the tenant's.
func (s *Store) Cases(ctx context.Context, tenant string, f civic.InboxFilter) (civic.InboxPage, error) {
	return s.cases(ctx, tenant, f, 200)
}

// cases is a page of at most most cases.
func (s *Store) cases(ctx context.Context, tenant string, f civic.InboxFilter, most int) (page civic.InboxPage, err error) {
	in := inbox{tenant: tenant, filter: f, now: s.micros(), limit: f.Limit, walk: s.dialect.walk, led: s.dialect.led}
	if in.limit < 1 {
		in.limit = 50
	}
	in.limit = min(in.limit, most)
	if err := in.order(); err != nil {
		return page, err
	}
	var some bool
	if in.terms, some, err = s.termsOf(ctx, tenant, f); err != nil || !some || len(in.states()) == 0 {
		return page, wrap("cases", err)
	}
	err = s.inTenant(tenant).read(ctx, "cases", func(ctx context.Context, t *tx) error {
		if err := in.beside(ctx, t); err != nil {
			return err
		}
		q, end, err := in.choose(ctx, t)
		if err != nil {
			return err
		}
		cases, err := scanCases(ctx, t, q)
		if err != nil {
			return err
		}
		page = civic.InboxPage{Cases: cases}
		switch {
		case len(cases) > in.limit:
			page.Cases = cases[:in.limit]
			page.Next = in.cursor(cases[in.limit-1])
		case end != nil:
			page.Next, page.Short = in.cursorAt(end[0], end[1]), true
		}
		return nil
	})
	return page, err
}

// termsOf are the groups of blind terms of a filter's search and tags; some is false when a search of nothing but punctuation finds
// nothing.
func (s *Store) termsOf(ctx context.Context, tenant string, f civic.InboxFilter) (groups [][][]byte, some bool, err error) {
	if strings.TrimSpace(f.Search) != "" {
		if groups, err = s.searchTerms(ctx, tenant, f.Search); err != nil || len(groups) == 0 {
			return nil, false, err
		}
	}
	for _, tag := range f.Tags {
		terms, err := s.blindTerms(ctx, tenant, []civic.IndexTerm{tag})
		if err != nil {
			return nil, false, err
		}
		groups = append(groups, terms)
	}
	if len(f.AnyTag) > 0 {
		terms, err := s.blindTerms(ctx, tenant, f.AnyTag)
		if err != nil {
			return nil, false, err
		}
		groups = append(groups, terms)
	}
	return groups, true, nil
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

// inbox is a page to find.
type inbox struct {
	tenant string
	filter civic.InboxFilter
	now    int64
	limit  int
	walk   int        // how many entries of an index are looked at before a page ends short
	led    string     // of the dialect
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
	value := map[string]any{"received": micros(c.Received), "changed": micros(c.Changed), "deadline": deadlineMicros(c.Deadline), "file_number": c.FileNumber}[in.column]
	return in.cursorAt(value, c.ID)
}

func (in *inbox) cursorAt(value, id any) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s %v %v", in.column, value, id))
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
