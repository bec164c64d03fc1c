package storetest

import (
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"antragswerk/internal/civic"
)

// ended makes a case whose work has ended in that state.
func (w *World) ended(t *testing.T, who civic.Subject, state civic.CaseState) civic.Case {
	t.Helper()
	c := w.Case(t, who, w.Jena.ID, func(f *civic.Filing) {
		f.Terms = append(f.Terms, civic.IndexTerm{Field: "/name", Mode: "name", Text: "Mustermann"})
	})
	was := c.Revision
	c.State, c.Revision = state, was+1
	check(t, w.Change(t.Context(), w.Jena.ID, civic.CaseChange{Case: c, Was: was, Events: []civic.Event{event(w.Jena.ID, "case.closed")}}))
	return c
}

func retainedIDs(list []civic.Retained) (out []string) {
	for _, r := range list {
		out = append(out, r.Case)
	}
	return out
}

func testRetention(t *testing.T, w *World) {
	ctx, who, now := t.Context(), w.account(), at(w.Store)
	open := w.Case(t, who, w.Jena.ID, nil)
	c := w.ended(t, who, civic.Closed)
	list, err := w.CasesUnplanned(ctx, "", 10)
	if check(t, err); len(list) != 1 || list[0].Case != c.ID || list[0].State != civic.Closed || list[0].Version != w.Version.ID {
		t.Fatalf("%+v (not %s)", list, open.ID)
	}
	if list, err := w.CasesUnplanned(ctx, c.ID, 10); err != nil || len(list) != 0 {
		t.Errorf("%+v (%v)", list, err)
	}
	r := list[0]
	r.Erase = now.Add(-time.Hour)
	foreign, old := r, r
	old.Revision--
	check(t, w.PlanErasures(ctx, w.Gera.ID, []civic.Retained{foreign}))
	check(t, w.PlanErasures(ctx, w.Jena.ID, []civic.Retained{old}))
	if list, err = w.CasesUnplanned(ctx, "", 10); err != nil || len(list) != 1 {
		t.Fatalf("planned by others: %+v (%v)", list, err)
	}
	plan := func() {
		t.Helper()
		list, err := w.CasesUnplanned(ctx, "", 10)
		if check(t, err); len(list) != 1 {
			t.Fatalf("%+v", list)
		}
		r.Revision = list[0].Revision
		check(t, w.PlanErasures(ctx, w.Jena.ID, []civic.Retained{r}))
	}
	plan()
	// Nobody is erased before they were told.
	if list, err = w.CasesToErase(ctx, now, 10); err != nil || len(list) != 0 {
		t.Fatalf("erased untold: %+v (%v)", list, err)
	}
	_, err = w.EraseCase(ctx, r, now, event(w.Jena.ID, "case.erased"))
	want(t, civic.Conflict, err)
	if list, err = w.CasesToTell(ctx, now, 10); err != nil || !slices.Equal(retainedIDs(list), []string{c.ID}) {
		t.Fatalf("%+v (%v)", list, err)
	}
	tell := func() {
		t.Helper()
		r.Told = now
		said := civic.Message{ID: w.id("message"), Case: c.ID, Dossier: c.Dossier, FromOffice: true, Author: "system", Body: civic.Sealed("gone soon"), Created: now}
		check(t, w.ErasureTold(ctx, r, &said, event(w.Jena.ID, "case.erasure_told")))
		want(t, civic.NotFound, w.ErasureTold(ctx, r, nil, event(w.Jena.ID, "case.erasure_told")))
	}
	tell()
	// A change plans it anew; one that is held is in no list.
	f, err := w.CaseFile(ctx, w.Jena.ID, c.ID)
	if check(t, err); len(f.Messages) != 1 || !f.Case.Erase.Equal(r.Erase) {
		t.Fatalf("%+v", f)
	}
	step := func(hold civic.Hold) {
		t.Helper()
		f, err := w.CaseFile(ctx, w.Jena.ID, c.ID)
		check(t, err)
		next := f.Case
		next.Hold, next.Held, next.Revision = hold, now, next.Revision+1
		check(t, w.Change(ctx, w.Jena.ID, civic.CaseChange{Case: next, Was: f.Case.Revision, Events: []civic.Event{event(w.Jena.ID, "case.held")}}))
	}
	step(civic.HoldClaims)
	plan()
	if f, err = w.CaseFile(ctx, w.Jena.ID, c.ID); err != nil || f.Case.Hold != civic.HoldClaims || !f.Case.Held.Equal(now) {
		t.Fatalf("%+v (%v)", f.Case, err)
	}
	if list, err = w.CasesToTell(ctx, now, 10); err != nil || len(list) != 0 {
		t.Errorf("told although it is held: %+v (%v)", list, err)
	}
	want(t, civic.NotFound, w.ErasureTold(ctx, r, nil, event(w.Jena.ID, "case.erasure_told")))
	step("")
	plan()
	tell()
	// Another period plans anew what was planned.
	check(t, w.SaveRetentions(ctx, w.Jena.ID, []civic.Retention{{Service: "hundesteuer", Decided: 24, Withdrawn: 2, Relocation: 1}}, event(w.Jena.ID, "retention.changed")))
	check(t, w.SaveRetentions(ctx, w.Jena.ID, []civic.Retention{{Service: "hundesteuer", Decided: 36, Withdrawn: 2, Relocation: 1}}, event(w.Jena.ID, "retention.changed")))
	rules, err := w.Retentions(ctx, w.Jena.ID)
	if check(t, err); len(rules) != 1 || rules[0].Decided != 36 {
		t.Errorf("%+v", rules)
	}
	if rules, err = w.Retentions(ctx, w.Gera.ID); err != nil || len(rules) != 0 {
		t.Errorf("%+v (%v)", rules, err)
	}
	plan()
	tell()
	if list, err = w.CasesToErase(ctx, now, 10); err != nil || !slices.Equal(retainedIDs(list), []string{c.ID}) {
		t.Fatalf("%+v (%v)", list, err)
	}
}

// Whatever table has a row of the case or its dossier has none after the erasure, and whoever makes a new one finds it here.
func testErasure(t *testing.T, w *World) {
	ctx, who, now := t.Context(), w.account(), at(w.Store)
	c := w.ended(t, who, civic.Closed)
	kept := w.ended(t, who, civic.Closed)
	check(t, w.AddAttachment(ctx, who, civic.Attachment{ID: "att", Dossier: c.Dossier, Tenant: c.Tenant, BlobKey: "a/1/x", Created: now}))
	cols, kinds := w.columns(t)
	for table, has := range cols { // a row in each table, as far as one can be made without knowing it
		if table != "case_terms" && table != "events" && has["case_id"] {
			w.plant(t, table, has, kinds, c)
		}
	}
	r := civic.Retained{Tenant: c.Tenant, Case: c.ID, Dossier: c.Dossier, Revision: c.Revision, Erase: now}
	check(t, w.PlanErasures(ctx, c.Tenant, []civic.Retained{r}))
	r.Told = now
	check(t, w.ErasureTold(ctx, r, nil, event(c.Tenant, "case.erasure_told")))
	foreign := r
	foreign.Tenant = w.Gera.ID
	_, err := w.EraseCase(ctx, foreign, now, event(w.Gera.ID, "case.erased"))
	want(t, civic.Conflict, err)
	_, err = w.EraseCase(ctx, r, now.Add(-time.Second), event(c.Tenant, "case.erased"))
	want(t, civic.Conflict, err) // not yet
	blobs, err := w.EraseCase(ctx, r, now, event(c.Tenant, "case.erased"))
	if check(t, err); !slices.Equal(blobs, []string{"a/1/x"}) {
		t.Errorf("%q", blobs)
	}
	for table, has := range cols {
		if table == "events" { // who did what, without content
			continue
		}
		for _, col := range []string{"case_id", "other", "dossier", "id"} {
			if !has[col] || kinds[table+"."+col] != "text" {
				continue
			}
			var n, rest int
			value := c.ID
			if col == "dossier" || table == "dossiers" {
				value = c.Dossier
			}
			other := map[bool]string{true: kept.Dossier, false: kept.ID}[value == c.Dossier]
			w.system(t, func(x *sql.Tx) {
				check(t, x.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+table+" WHERE "+col+" = $1", value).Scan(&n))
				check(t, x.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+table+" WHERE "+col+" = $1", other).Scan(&rest))
			})
			if n > 0 {
				t.Errorf("%s.%s still knows the case", table, col)
			}
			if (table == "cases" && col == "id" || table == "case_terms" && col == "case_id" || table == "submissions" && col == "case_id") && rest == 0 {
				t.Errorf("%s.%s has lost another case", table, col)
			}
		}
	}
	_, err = w.CaseFile(ctx, c.Tenant, c.ID)
	want(t, civic.NotFound, err)
	if found := w.inbox(t, c.Tenant, civic.InboxFilter{Search: "Mustermann"}); !slices.Equal(found, []string{kept.ID}) {
		t.Errorf("found %v", found)
	}
	events, err := w.TenantEvents(ctx, c.Tenant, "", 1)
	if check(t, err); len(events) != 1 || events[0].Kind != "case.erased" || events[0].Case != c.ID {
		t.Errorf("%+v", events)
	}
}

// plant puts a row of the case into a table of which only the columns are known.
func (w *World) plant(t *testing.T, table string, has map[string]bool, kinds map[string]string, c civic.Case) {
	t.Helper()
	var names, values []string
	var args []any
	bulk := w.id("bulk")
	if has["bulk"] {
		w.system(t, func(x *sql.Tx) {
			_, err := x.ExecContext(t.Context(), `INSERT INTO bulks (id, tenant, kind, actor, roles, undoes, undone, created, started, finished, cancelled, params)
				VALUES ($1, $2, '', '', '', '', '', 0, 0, 0, 0, $3)`, bulk, c.Tenant, []byte("x"))
			check(t, err)
		})
	}
	for col := range has {
		v := any(int64(1))
		switch {
		case col == "case_id", col == "other":
			v = c.ID
		case col == "dossier":
			v = c.Dossier
		case col == "tenant":
			v = c.Tenant
		case col == "bulk":
			v = bulk
		case kinds[table+"."+col] == "text":
			v = "x" + w.id("p")
		case kinds[table+"."+col] == "boolean":
			v = false
		case kinds[table+"."+col] == "bytea":
			v = []byte("x")
		}
		args = append(args, v)
		names, values = append(names, col), append(values, "$"+strconv.Itoa(len(args)))
	}
	w.system(t, func(x *sql.Tx) {
		_, err := x.ExecContext(t.Context(), "INSERT INTO "+table+" ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(values, ", ")+")", args...) // #nosec G202 -- names of the schema
		if err != nil {
			t.Fatalf("%s: %v", table, err)
		}
	})
}

// system does something across all tenants.
func (w *World) system(t *testing.T, do func(*sql.Tx)) {
	t.Helper()
	x, err := w.DB().BeginTx(t.Context(), nil)
	check(t, err)
	defer func() { _ = x.Rollback() }() // where do has failed
	if w.Kind() == "postgres" {
		_, err := x.ExecContext(t.Context(), "SELECT set_config('app.system', 'test', true)")
		check(t, err)
	}
	do(x)
	check(t, x.Commit())
}

// columns lists the columns of our tables, and the kind of each as "table.column".
func (w *World) columns(t *testing.T) (map[string]map[string]bool, map[string]string) {
	t.Helper()
	text := "SELECT m.name, p.name, p.type FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table'"
	if w.Kind() == "postgres" {
		text = "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
	}
	rows, err := w.DB().QueryContext(t.Context(), text)
	check(t, err)
	defer func() { _ = rows.Close() }()
	cols, kinds := map[string]map[string]bool{}, map[string]string{}
	for rows.Next() {
		var table, col, kind string
		check(t, rows.Scan(&table, &col, &kind))
		if strings.HasPrefix(table, "river_") || strings.HasPrefix(table, "goose_") {
			continue
		}
		if cols[table] == nil {
			cols[table] = map[string]bool{}
		}
		cols[table][col], kinds[table+"."+col] = true, strings.ToLower(kind)
	}
	check(t, rows.Err())
	if len(cols) < 40 {
		t.Fatalf("only %d tables", len(cols))
	}
	return cols, kinds
}

func testIdleAccounts(t *testing.T, w *World) {
	ctx, now := t.Context(), at(w.Store)
	used, err := w.EnsureAccount(ctx, "iss", "used", false)
	check(t, err)
	_, err = w.EnsureAccount(ctx, "iss", "idle", false)
	check(t, err)
	w.Draft(t, civic.Subject{Account: used.ID}, w.Jena.ID)
	if n, err := w.DeleteIdleAccounts(ctx, now.Add(-time.Hour), 10); err != nil || n != 0 {
		t.Errorf("%d (%v)", n, err)
	}
	if n, err := w.DeleteIdleAccounts(ctx, now.Add(time.Hour), 10); err != nil || n != 1 {
		t.Errorf("%d (%v)", n, err)
	}
	again, err := w.EnsureAccount(ctx, "iss", "used", false)
	if check(t, err); again.ID != used.ID {
		t.Error("an account with a draft is gone")
	}
}
