package storetest

import (
	"fmt"
	"testing"
	"time"

	"antragswerk/internal/civic"
)

// bulk starts one over new cases of Jena.
func (w *World) bulk(t *testing.T, n int) (civic.Bulk, []civic.Case) {
	t.Helper()
	var cases []civic.Case
	var items []civic.BulkItem
	for i := range n {
		c := w.Case(t, w.account(), w.Jena.ID, nil)
		cases = append(cases, c)
		items = append(items, civic.BulkItem{Case: c.ID, Seq: int64(i + 1), Revision: c.Revision})
	}
	b := civic.Bulk{ID: w.id("bulk"), Tenant: w.Jena.ID, Actor: "staff-1", Created: at(w.Store)}
	check(t, w.CreateBulk(t.Context(), w.Jena.ID, b, items, nil))
	b.Kind, b.Roles, b.Started, b.Params = civic.BulkLabel, []civic.Role{civic.RoleClerk, civic.RoleLead}, at(w.Store), civic.Sealed("order")
	check(t, w.StartBulk(t.Context(), w.Jena.ID, b, event(w.Jena.ID, "bulk.started"), civic.RunBulk{Tenant: w.Jena.ID, Bulk: b.ID}))
	return b, cases
}

func testBulks(t *testing.T, w *World) {
	ctx, jena := t.Context(), w.Jena.ID
	b, cases := w.bulk(t, 3)
	want(t, civic.Conflict, w.StartBulk(ctx, jena, b, event(jena, "bulk.started")))
	want(t, civic.Conflict, w.StartBulk(ctx, w.Gera.ID, b, event(jena, "bulk.started")))
	if n := w.jobs(t, "run_bulk"); n != 1 {
		t.Errorf("%d jobs", n)
	}
	step := func(c civic.Case, was int64) error {
		c.Labels, c.Revision = []string{"eilt"}, was+1
		return w.Change(ctx, jena, civic.CaseChange{Case: c, Was: was, Events: []civic.Event{event(jena, "case.labelled")},
			Item: &civic.BulkItem{Bulk: b.ID, Case: c.ID, Was: `{"labels":[]}`}})
	}
	check(t, step(cases[0], 1))
	// Done once: the step of a job that runs again leaves nothing behind, whatever the revision.
	want(t, civic.NotFound, step(cases[0], 2))
	file, err := w.CaseFile(ctx, jena, cases[0].ID)
	if check(t, err); file.Case.Revision != 2 || len(file.Events) != 2 {
		t.Errorf("the step was taken twice: %+v", file.Events)
	}
	check(t, w.FinishItem(ctx, jena, civic.BulkItem{Bulk: b.ID, Case: cases[1].ID, State: civic.ItemFailed, Error: "error.case.state", Args: map[string]string{"state": "decided"}}))
	check(t, w.FinishItem(ctx, jena, civic.BulkItem{Bulk: b.ID, Case: cases[0].ID, State: civic.ItemFailed, Error: "x"})) // it is done: that stays
	failed, err := w.BulkItems(ctx, jena, b.ID, civic.ItemFailed, 0, 10)
	if check(t, err); len(failed) != 1 || failed[0].Case != cases[1].ID || failed[0].Args["state"] != "decided" || failed[0].FileNumber != cases[1].FileNumber {
		t.Errorf("%+v", failed)
	}
	if turned, err := w.TurnBulk(ctx, jena, b.ID, civic.BulkFinish, event(jena, "bulk.finished")); err != nil || turned {
		t.Errorf("it finished with an open case (%v)", err)
	}
	turn := func(to civic.BulkTurn, want bool) {
		t.Helper()
		if turned, err := w.TurnBulk(ctx, jena, b.ID, to, event(jena, "bulk."+string(to))); err != nil || turned != want {
			t.Fatalf("%s: %v (%v)", to, turned, err)
		}
	}
	turn(civic.BulkCancel, true)
	turn(civic.BulkCancel, false)
	want(t, civic.NotFound, step(cases[2], 1)) // cancelled
	turn(civic.BulkResume, true)
	check(t, step(cases[2], 1))
	check(t, w.FinishItem(ctx, jena, civic.BulkItem{Bulk: b.ID, Case: cases[1].ID, State: civic.ItemDone})) // there was nothing to do
	turn(civic.BulkFinish, true)
	got, err := w.Bulk(ctx, jena, b.ID)
	if check(t, err); got.State() != "finished" || got.Counts != (civic.BulkCounts{Done: 3}) || len(got.Roles) != 2 || string(got.Params) != "order" {
		t.Errorf("%+v", got)
	}
	_, err = w.Bulk(ctx, w.Gera.ID, b.ID)
	want(t, civic.NotFound, err)

	undo := civic.Bulk{ID: w.id("bulk"), Kind: civic.BulkUndo, Actor: "staff-1", Undoes: b.ID, Created: at(w.Store), Started: at(w.Store)}
	check(t, w.CreateBulk(ctx, jena, undo, nil, []civic.Event{event(jena, "bulk.undone")}, civic.RunBulk{Tenant: jena, Bulk: undo.ID}))
	undo.ID = w.id("bulk")
	want(t, civic.Conflict, w.CreateBulk(ctx, jena, undo, nil, nil))
	got, err = w.Bulk(ctx, jena, b.ID)
	check(t, err)
	if items, err := w.BulkItems(ctx, jena, got.Undone, civic.ItemOpen, 0, 10); err != nil || len(items) != 2 || items[0].Was != `{"labels":[]}` {
		t.Errorf("what changed nothing is taken back, too: %+v (%v)", items, err)
	}
	mine, err := w.Bulks(ctx, jena, "staff-1", "", 10)
	check(t, err)
	if none, err := w.Bulks(ctx, jena, "somebody", "", 10); err != nil || len(none) != 0 || len(mine) < 2 || mine[0].ID < mine[1].ID {
		t.Errorf("%+v %+v (%v)", mine, none, err)
	}
	check(t, w.DeleteBulks(ctx, time.UnixMicro(0), at(w.Store).Add(time.Hour)))
	if _, err := w.Bulk(ctx, jena, b.ID); err != nil {
		t.Errorf("one that was started went with those that were not: %v", err)
	}
	check(t, w.DeleteBulks(ctx, at(w.Store).Add(time.Hour), time.UnixMicro(0)))
	_, err = w.Bulk(ctx, jena, b.ID)
	want(t, civic.NotFound, err)
}

func testWalks(t *testing.T, w *World) {
	ctx, jena := t.Context(), w.Jena.ID
	var ids []string
	for range 5 {
		ids = append(ids, w.Case(t, w.account(), jena, func(f *civic.Filing) { f.Submission.Answers = civic.Sealed("a" + f.Case.ID) }).ID)
	}
	found, err := w.CasesByID(ctx, jena, append(ids, "nobody"))
	if check(t, err); len(found) != 5 {
		t.Errorf("%d cases", len(found))
	}
	if foreign, err := w.CasesByID(ctx, w.Gera.ID, ids); err != nil || len(foreign) != 0 {
		t.Errorf("another authority finds %v (%v)", foreign, err)
	}
	page, err := w.CaseBatch(ctx, jena, civic.InboxFilter{Limit: 1000})
	if check(t, err); len(page.Cases) < 5 || page.Next != "" {
		t.Errorf("%d cases, next %q", len(page.Cases), page.Next)
	}
	c := found[0]
	c.Revision++
	amendment := civic.Submission{ID: w.id("s"), Pins: civic.Pins{Version: w.Version.ID}, Kind: civic.SubmissionAmendment, Answers: civic.Sealed("amended"), Created: at(w.Store).Add(time.Second)}
	check(t, w.Change(ctx, jena, civic.CaseChange{Case: c, Was: 1, Submission: &amendment, Attachments: []civic.Attachment{{ID: w.id("a"), BlobKey: "b", Name: civic.Sealed("n"), Created: at(w.Store)}}}))
	files, err := w.Answers(ctx, jena, ids)
	check(t, err)
	for _, id := range ids {
		want, attached := "a"+id, 0
		if id == c.ID {
			want, attached = "amended", 1
		}
		if f := files[id]; len(f.Submissions) != 1 || string(f.Submissions[0].Answers) != want || len(f.Attachments) != attached || f.Submissions[0].Version != w.Version.ID {
			t.Errorf("%s: %+v", id, f)
		}
	}
	if foreign, err := w.Answers(ctx, w.Gera.ID, ids); err != nil || len(foreign) != 0 {
		t.Errorf("another authority reads %v (%v)", foreign, err)
	}
}

func testExports(t *testing.T, w *World) {
	ctx, jena, now := t.Context(), w.Jena.ID, at(w.Store)
	e := civic.Export{ID: w.id("export"), Tenant: jena, Actor: "staff-1", Roles: []civic.Role{civic.RoleClerk}, Format: "xlsx", Spec: civic.Sealed("spec"), Run: "run-1", Created: now, Expires: now.Add(civic.ExportLife)}
	check(t, w.CreateExport(ctx, jena, e, civic.MakeExport{Tenant: jena, Export: e.ID, Run: e.Run}))
	check(t, w.BeatExport(ctx, jena, e.ID, "run-1", 500))
	want(t, civic.NotFound, w.BeatExport(ctx, w.Gera.ID, e.ID, "run-1", 500))
	again := e
	again.ID, again.Run = "again", "run-1"
	check(t, w.CreateExport(ctx, jena, again))
	again.Failed, again.Reason = now, "error.desk.left"
	check(t, w.EndExport(ctx, jena, again, event(jena, "export.failed")))
	if got, err := w.Export(ctx, jena, again.ID); err != nil || got.State(now) != "failed" || got.Reason != "error.desk.left" {
		t.Errorf("%+v (%v)", got, err)
	}
	check(t, w.RestartExport(ctx, jena, again.ID, "run-2"))
	if got, err := w.Export(ctx, jena, again.ID); err != nil || got.Reason != "" {
		t.Errorf("%+v (%v)", got, err)
	}
	check(t, w.DeleteExport(ctx, jena, again.ID))
	check(t, w.RestartExport(ctx, jena, e.ID, "run-2", civic.MakeExport{Tenant: jena, Export: e.ID, Run: "run-2"}))
	want(t, civic.NotFound, w.BeatExport(ctx, jena, e.ID, "run-1", 600)) // another run makes it
	e.Rows, e.Bytes, e.SHA256, e.Blob, e.Finished = 1234, 99, []byte{1, 2}, "x/1/run-1", now
	want(t, civic.NotFound, w.EndExport(ctx, jena, e, event(jena, "export.made")))
	e.Run, e.Blob, e.Services = "run-2", "x/1/run-2", []string{"hund", "kind"}
	check(t, w.EndExport(ctx, jena, e, event(jena, "export.made")))
	got, err := w.Export(ctx, jena, e.ID)
	if check(t, err); got.State(now) != "finished" || got.Rows != 1234 || string(got.SHA256) != "\x01\x02" || got.Blob != e.Blob || len(got.Services) != 2 || got.Services[1] != "kind" || string(got.Spec) != "spec" {
		t.Errorf("%+v", got)
	}
	want(t, civic.NotFound, w.CancelExport(ctx, jena, e.ID, event(jena, "export.cancelled")))
	want(t, civic.NotFound, w.RestartExport(ctx, jena, e.ID, "run-3"))
	_, err = w.Export(ctx, w.Gera.ID, e.ID)
	want(t, civic.NotFound, err)
	list, err := w.Exports(ctx, jena, "", "", 10)
	if check(t, err); len(list) != 1 {
		t.Errorf("%+v", list)
	}
	old, err := w.ExpiredExports(ctx, now.Add(civic.ExportLife+time.Hour), 10)
	if check(t, err); len(old) != 1 {
		t.Errorf("%+v", old)
	}
	check(t, w.DeleteExport(ctx, jena, e.ID))

	tpl := civic.ExportTemplate{ID: w.id("tpl"), Tenant: jena, Name: "Monatsliste", Format: "csv", Service: "hundesteuer", Columns: []string{"number", "/name"}, Roles: []civic.Role{civic.RoleLead}, Owner: "staff-1", Updated: now}
	check(t, w.SaveExportTemplate(ctx, tpl, event(jena, "export.template.saved")))
	tpl.Name = "Wochenliste"
	check(t, w.SaveExportTemplate(ctx, tpl, event(jena, "export.template.saved")))
	foreign := tpl
	foreign.Tenant = w.Gera.ID
	if err := w.SaveExportTemplate(ctx, foreign, event(w.Gera.ID, "export.template.saved")); err == nil {
		t.Error("another authority changed a template")
	}
	templates, err := w.ExportTemplates(ctx, jena)
	if check(t, err); len(templates) != 1 || fmt.Sprint(templates[0]) != fmt.Sprint(tpl) {
		t.Errorf("%+v, want %+v", templates, tpl)
	}
	want(t, civic.NotFound, w.DeleteExportTemplate(ctx, w.Gera.ID, tpl.ID, event(jena, "x")))
	check(t, w.DeleteExportTemplate(ctx, jena, tpl.ID, event(jena, "export.template.deleted")))
}
