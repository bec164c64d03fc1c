package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/civic"
)

// asking files a case that asks for something, as the person.
func (w *World) asking(t *testing.T, tenant, person, what string) civic.Case {
	t.Helper()
	return w.Case(t, w.account(), tenant, func(f *civic.Filing) {
		found := []civic.IndexTerm{{Field: "/what", Mode: "word", Text: what}}
		tags := civic.PersonTags("", person)
		f.Terms = slices.Concat(f.Terms, found, tags, civic.TwinTag("hundesteuer", tags, found))
	})
}

func idsOf(cases []civic.Case) (out []string) {
	for _, c := range cases {
		out = append(out, c.ID)
	}
	return out
}

func testTwins(t *testing.T, w *World) {
	ctx, jena := t.Context(), w.Jena.ID
	first := w.asking(t, jena, "Muster\nErika\n1964-08-12", "Bello")
	second := w.asking(t, jena, "muster\nERIKA\n1964-08-12", "bello")
	other := w.asking(t, jena, "Muster\nErika\n1964-08-12", "Hasso")
	stranger := w.asking(t, jena, "Weber\nUwe\n1964-08-12", "Bello")
	w.asking(t, w.Gera.ID, "Muster\nErika\n1964-08-12", "Bello")
	nameless := w.asking(t, jena, "", "Bello")
	w.asking(t, jena, "", "Bello")
	since := at(w.Store).Add(-civic.TwinAge)
	all := []string{first.ID, second.ID, other.ID, stranger.ID, nameless.ID}
	twins := func(tenant, id string) []string {
		t.Helper()
		list, err := w.Twins(ctx, tenant, id, since, 10)
		check(t, err)
		return idsOf(list)
	}
	if diff := cmp.Diff([]string{second.ID}, twins(jena, first.ID)); diff != "" {
		t.Error(diff)
	}
	if got := slices.Concat(twins(jena, other.ID), twins(jena, nameless.ID), twins(w.Gera.ID, first.ID)); got != nil {
		t.Errorf("found %v", got)
	}
	have, err := w.HaveTwins(ctx, jena, all, since)
	if diff := cmp.Diff(map[string]bool{first.ID: true, second.ID: true}, have); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if have, err = w.HaveTwins(ctx, w.Gera.ID, all, since); len(have) != 0 || err != nil {
		t.Errorf("%v %v", have, err)
	}
	// The person's other cases, whatever they ask for.
	page, err := w.Cases(ctx, jena, civic.InboxFilter{AnyTag: civic.PersonTags("nobody", "Muster\nErika\n1964-08-12")})
	if diff := cmp.Diff([]string{other.ID, second.ID, first.ID}, idsOf(page.Cases)); diff != "" || err != nil {
		t.Error(diff, err)
	}

	// Said to be distinct, they are no twins any more, from neither side; a third is of both.
	l := civic.CaseLink{Tenant: jena, Case: first.ID, Other: second.ID, Kind: civic.LinkDistinct, Author: "staff-1", AuthorName: "Kim Berger", Created: at(w.Store)}
	want(t, civic.NotFound, w.Link(ctx, w.Gera.ID, l, event(w.Gera.ID, "case.distinct"), event(w.Gera.ID, "case.distinct")))
	check(t, w.Link(ctx, jena, l, event(jena, "case.distinct"), event(jena, "case.distinct")))
	if got := slices.Concat(twins(jena, first.ID), twins(jena, second.ID)); got != nil {
		t.Errorf("found %v", got)
	}
	third := w.asking(t, jena, "Muster\nErika\n1964-08-12", "Bello")
	if diff := cmp.Diff([]string{second.ID, first.ID}, twins(jena, third.ID)); diff != "" {
		t.Error(diff)
	}

	// Merged, the step and the link are one transaction; both sides see it and have an event.
	merged, ev, err := third.Merge(clerkOf(jena), at(w.Store), first.ID)
	check(t, err)
	step := civic.CaseChange{Case: merged, Was: 99, Events: []civic.Event{ev}, Link: &civic.CaseLink{Case: third.ID, Other: first.ID, Kind: civic.LinkInto, Created: at(w.Store)},
		Beside: event(jena, "case.received_merged")}
	want(t, civic.Conflict, w.Change(ctx, jena, step))
	step.Was = 1
	check(t, w.Change(ctx, jena, step))
	links, err := w.Links(ctx, jena, first.ID)
	if err != nil || len(links) != 2 || links[1].Kind != civic.LinkHolds || links[1].Other != third.ID || links[1].Number != third.FileNumber || links[1].State != civic.Closed {
		t.Errorf("%+v %v", links, err)
	}
	if links, err = w.Links(ctx, jena, third.ID); err != nil || len(links) != 1 || links[0].Kind != civic.LinkInto {
		t.Errorf("%+v %v", links, err)
	}
	kept, err := w.CaseFile(ctx, jena, first.ID)
	if check(t, err); kept.Events[len(kept.Events)-1].Kind != "case.received_merged" || kept.Case.Revision != 1 {
		t.Errorf("%+v", kept.Events)
	}
	if links, err = w.Links(ctx, w.Gera.ID, first.ID); err != nil || len(links) != 0 {
		t.Errorf("%+v %v", links, err)
	}
}

func testTasks(t *testing.T, w *World) {
	ctx, jena, now := t.Context(), w.Jena.ID, at(w.Store)
	c := w.Case(t, w.account(), jena, nil)
	own := civic.Task{ID: w.id("task"), Case: c.ID, Tenant: jena, Dossier: c.Dossier, Body: civic.Sealed("call"), Assignee: "staff-2", AssigneeName: "Ute Kern", Due: now.Add(time.Hour), Author: "staff-1", AuthorName: "Kim Berger", Created: now}
	item := civic.Task{ID: w.id("task"), Case: c.ID, Tenant: jena, Dossier: c.Dossier, Item: "abc", Author: "staff-1", AuthorName: "Kim Berger", Created: now, Done: now, DoneBy: "staff-1", DoneByName: "Kim Berger"}
	want(t, civic.NotFound, w.SaveTask(ctx, w.Gera.ID, own, event(w.Gera.ID, "task.added")))
	check(t, w.SaveTask(ctx, jena, own, event(jena, "task.added")))
	check(t, w.SaveTask(ctx, jena, item, event(jena, "task.done")))
	twice := item
	twice.ID = w.id("task")
	if w.SaveTask(ctx, jena, twice, event(jena, "task.done")) == nil {
		t.Error("an item of the checklist has two rows")
	}
	own.Done, own.DoneBy, own.DoneByName = now, "staff-2", "Ute Kern"
	check(t, w.SaveTask(ctx, jena, own, event(jena, "task.done")))
	list, err := w.Tasks(ctx, jena, c.ID)
	if diff := cmp.Diff([]civic.Task{own, item}, list); diff != "" || err != nil {
		t.Error(diff, err)
	}
	own.Dropped = now
	check(t, w.SaveTask(ctx, jena, own, event(jena, "task.dropped")))
	if list, err = w.Tasks(ctx, jena, c.ID); len(list) != 1 || err != nil {
		t.Errorf("%+v %v", list, err)
	}
	if list, err = w.Tasks(ctx, w.Gera.ID, c.ID); len(list) != 0 || err != nil {
		t.Errorf("%+v %v", list, err)
	}
}

func testAnnotations(t *testing.T, w *World) {
	ctx, jena, now := t.Context(), w.Jena.ID, at(w.Store)
	c := w.Case(t, w.account(), jena, nil)
	none, err := w.Annotation(ctx, jena, c.ID)
	if none.Revision != 0 || err != nil {
		t.Errorf("%+v %v", none, err)
	}
	a := civic.Annotation{Case: c.ID, Tenant: jena, Dossier: c.Dossier, Content: civic.Sealed("{}"), Revision: 1, Author: "staff-1", AuthorName: "Kim Berger", Changed: now}
	want(t, civic.NotFound, w.SaveAnnotation(ctx, w.Gera.ID, a, event(w.Gera.ID, "annotation.saved")))
	check(t, w.SaveAnnotation(ctx, jena, a, event(jena, "annotation.saved")))
	want(t, civic.Conflict, w.SaveAnnotation(ctx, jena, a, event(jena, "annotation.saved")))
	a.Revision = 2
	check(t, w.SaveAnnotation(ctx, jena, a, event(jena, "annotation.saved")))
	got, err := w.Annotation(ctx, jena, c.ID)
	if diff := cmp.Diff(a, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	f := civic.AnnotationForm{Tenant: jena, Service: "hundesteuer", Schema: []byte(`{"type":"object"}`), Changed: now}
	check(t, w.SaveAnnotationForm(ctx, jena, f, event(jena, "annotation.form")))
	own, err := w.AnnotationForm(ctx, jena, "hundesteuer")
	if diff := cmp.Diff(&f, own); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if foreign, err := w.AnnotationForm(ctx, w.Gera.ID, "hundesteuer"); foreign != nil || err != nil {
		t.Errorf("%+v %v", foreign, err)
	}
	f.Schema = nil
	check(t, w.SaveAnnotationForm(ctx, jena, f, event(jena, "annotation.form")))
	if list, err := w.AnnotationForms(ctx, jena); len(list) != 0 || err != nil {
		t.Errorf("%v %v", list, err)
	}
}
