package clerk_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
)

// drawer keeps what the desk knows beside its cases.
type drawer struct {
	twins  []civic.Case
	links  []civic.CaseLink
	tasks  []civic.Task
	note   civic.Annotation
	form   *civic.AnnotationForm
	events []civic.Event
}

func (d *drawer) Twins(context.Context, string, string, time.Time, int) ([]civic.Case, error) {
	return d.twins, nil
}

func (d *drawer) HaveTwins(_ context.Context, _ string, ids []string, _ time.Time) (map[string]bool, error) {
	found := map[string]bool{}
	for _, id := range ids {
		found[id] = len(d.twins) > 0 && id == "c1"
	}
	return found, nil
}

func (d *drawer) Links(_ context.Context, _, id string) (out []civic.CaseLink, err error) {
	for _, l := range d.links {
		if l.Case == id {
			out = append(out, l)
		}
		if l.Other == id {
			out = append(out, l.Mirror())
		}
	}
	return out, nil
}

func (d *drawer) Link(_ context.Context, _ string, l civic.CaseLink, here, there civic.Event) error {
	d.links, d.events = append(d.links, l), append(d.events, here, there)
	return nil
}

func (d *drawer) Tasks(context.Context, string, string) ([]civic.Task, error) { return d.tasks, nil }

func (d *drawer) SaveTask(_ context.Context, _ string, k civic.Task, ev civic.Event) error {
	d.events = append(d.events, ev)
	for i := range d.tasks {
		if d.tasks[i].ID == k.ID {
			d.tasks[i] = k
			return nil
		}
	}
	d.tasks = append(d.tasks, k)
	return nil
}

func (d *drawer) Annotation(context.Context, string, string) (civic.Annotation, error) {
	return d.note, nil
}

func (d *drawer) SaveAnnotation(_ context.Context, _ string, a civic.Annotation, ev civic.Event) error {
	if a.Revision != d.note.Revision+1 {
		return civic.Errorf(civic.Conflict, "error.case.changed")
	}
	d.note, d.events = a, append(d.events, ev)
	return nil
}

func (d *drawer) AnnotationForm(context.Context, string, string) (*civic.AnnotationForm, error) {
	return d.form, nil
}

func (d *drawer) AnnotationForms(context.Context, string) ([]string, error) { return nil, nil }

func (d *drawer) SaveAnnotationForm(_ context.Context, _ string, f civic.AnnotationForm, ev civic.Event) error {
	if d.form, d.events = &f, append(d.events, ev); len(f.Schema) == 0 {
		d.form = nil
	}
	return nil
}

// lens makes pictures of which a test can read how they were made.
type lens struct{}

func (lens) Shrink(_ context.Context, r io.ReadSeeker, most int) ([]byte, error) {
	raw, err := io.ReadAll(r)
	if !strings.HasPrefix(string(raw), "picture") {
		return nil, civic.Errorf(civic.Invalid, "error.desk.preview")
	}
	return append([]byte("small "), raw...), err
}

func (lens) Turn(_ context.Context, picture []byte, degrees int) ([]byte, error) {
	return append([]byte("turned "), picture...), nil
}

func TestPreviewIsMadeOnceAndRecordedOnce(t *testing.T) {
	s, o, blobs := desk(t)
	ctx, who := t.Context(), staff("jena", civic.RoleClerk)
	file := o.files["c1"]
	file.Attachments[0].MediaType = "image/png"
	blobs["a/d1/a1"] = []byte("picture")
	see := func(size string, turn int) string {
		t.Helper()
		raw, err := s.Preview(ctx, who, "jena", "c1", "a1", size, turn)
		want(t, err, "")
		return string(raw)
	}
	if got := see("s", 0); got != "small picture" || len(o.seen) != 0 {
		t.Errorf("a thumbnail is %q and left %v", got, o.seen)
	}
	if got := see("m", 90); got != "turned small picture" || len(o.seen) != 1 || o.seen[0].Kind != "attachment.opened" {
		t.Errorf("%q %v", got, o.seen)
	}
	file.Events = append(file.Events, o.seen...)
	blobs["a/d1/a1"] = []byte("gone")
	if got := see("m", 0); got != "small picture" || len(o.seen) != 1 {
		t.Errorf("%q %v: it was kept, and turning it is not opening it anew", got, o.seen)
	}
	file.Events[len(file.Events)-1].At = now.Add(-time.Hour)
	if see("m", 0); len(o.seen) != 2 {
		t.Errorf("an hour later it is opened anew: %v", o.seen)
	}
	for _, x := range []struct {
		size string
		turn int
	}{{"xl", 0}, {"m", 45}} {
		_, err := s.Preview(ctx, who, "jena", "c1", "a1", x.size, x.turn)
		want(t, err, civic.NotFound)
	}
	file.Attachments[0].MediaType = "application/pdf"
	_, err := s.Preview(ctx, who, "jena", "c1", "a1", "m", 0)
	want(t, err, civic.Invalid)
	file.Attachments[0].Verdict = civic.VerdictInfected
	_, err = s.Preview(ctx, who, "jena", "c1", "a1", "m", 0)
	want(t, err, civic.Forbidden)
	_, err = s.Preview(ctx, staff("gera", civic.RoleClerk), "jena", "c1", "a1", "s", 0)
	want(t, err, civic.NotFound)
}

func TestBundle(t *testing.T) {
	s, o, blobs := desk(t)
	file := o.files["c1"]
	bad, odd := file.Attachments[0], file.Attachments[0]
	bad.ID, bad.BlobKey, bad.Verdict = "a8", "a/d1/a8", civic.VerdictInfected
	odd.ID, odd.BlobKey, odd.Name = "a9", "a/d1/a9", civic.Sealed("kd/name:../../etc/pass wd.p/df")
	file.Attachments = append(file.Attachments, bad, odd)
	blobs["a/d1/a9"] = []byte("odd")
	words := clerk.BundleWords{Messages: "Nachrichten", LeftOut: "Nicht enthalten", Infected: "Schadsoftware:"}
	b, err := s.Bundle(t.Context(), staff("jena", civic.RoleClerk), "jena", "c1", words)
	want(t, err, "")
	raw, err := io.ReadAll(b.Body)
	want(t, err, "")
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		got[f.Name] = string(body)
		if err = errors.Join(err, r.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(map[string]string{"Nachrichten/01-impf.pdf": "%PDF", "Nachrichten/03-df": "odd",
		"Nicht enthalten.txt": "Schadsoftware:\r\n\r\nNachrichten/02-impf.pdf\r\n"}, got); diff != "" {
		t.Error(diff)
	}
	if o.seen[0].Kind != "attachments.downloaded" {
		t.Errorf("%v", o.seen)
	}
	// A file that cannot be read breaks the bundle off: half of one must not look whole.
	delete(blobs, "a/d1/a9")
	b, err = s.Bundle(t.Context(), staff("jena", civic.RoleClerk), "jena", "c1", words)
	want(t, err, "")
	if _, err := io.ReadAll(b.Body); err == nil {
		t.Error("a bundle that lacks a file ends as if it were whole")
	}
	_, err = s.Bundle(t.Context(), staff("gera", civic.RoleClerk), "jena", "c1", words)
	want(t, err, civic.NotFound)
}

// second is another case like the first.
func second(o *office) *civic.CaseFile {
	f := *o.files["c1"]
	f.Case.ID, f.Case.FileNumber = "c2", "HUST-2026-000002"
	o.files["c2"] = &f
	o.drawer.twins = []civic.Case{f.Case}
	return &f
}

func TestMerge(t *testing.T) {
	s, o, _ := desk(t)
	ctx, who := t.Context(), staff("jena", civic.RoleClerk)
	dup := second(o)
	in, err := s.Inbox(ctx, who, "jena", clerk.Ask{})
	if want(t, err, ""); !in.Rows[0].Twin {
		t.Error("the inbox says nothing of a possible duplicate")
	}
	f, err := s.Open(ctx, who, "jena", "c1", "de")
	want(t, err, "")
	b, err := s.Beside(ctx, who, f, "")
	if want(t, err, ""); len(b.Twins) != 1 || b.Twins[0].Case.ID != "c2" || b.Twins[0].Service["de"] != "Hundesteuer" {
		t.Errorf("%+v", b)
	}
	c, err := s.Compare(ctx, who, "jena", "c1", "c2", "de")
	if want(t, err, ""); len(c.Differ) != 0 || c.Same != 2 {
		t.Errorf("%+v, %d agree", c.Differ, c.Same)
	}
	at := clerk.At{Tenant: "jena", Case: "c2", Lang: "de"}
	want(t, s.Merge(ctx, who, at, "c1", " "), civic.Invalid)
	want(t, s.Merge(ctx, who, at, "c2", "Doppelt"), civic.Conflict)
	want(t, s.Merge(ctx, who, at, "c7", "Doppelt"), civic.NotFound)
	want(t, s.Merge(ctx, staff("gera", civic.RoleClerk), at, "c1", "Doppelt"), civic.NotFound)
	want(t, s.Merge(ctx, who, at, "c1", "Doppelt"), "")
	last := o.changes[len(o.changes)-1]
	if dup.Case.State != civic.Closed || last.Link.Kind != civic.LinkInto || last.Link.Other != "c1" || string(last.Message.Body) != "kd/message:Doppelt" || last.Beside.Kind != "case.received_merged" {
		t.Errorf("%+v", last)
	}
	if diff := cmp.Diff([]civic.Job{civic.Notify{Tenant: "jena", Case: "c2", What: "message", Ref: last.Message.ID}}, last.Jobs); diff != "" {
		t.Error(diff)
	}
	want(t, s.Merge(ctx, who, at, "c1", "Noch einmal"), civic.Conflict) // it is closed
	o.drawer.links = []civic.CaseLink{*last.Link}
	want(t, s.Merge(ctx, who, clerk.At{Tenant: "jena", Case: "c1", Lang: "de"}, "c2", "Im Kreis"), civic.Conflict)
	want(t, s.Distinct(ctx, who, at, "c1"), civic.Conflict)
	if b, err = s.Beside(ctx, who, f, ""); err != nil || len(b.Merged) != 1 || b.Merged[0].Messages[0].Text != "Guten Tag" || len(b.Merged[0].Attachments) != 1 {
		t.Errorf("%+v %v", b, err)
	}
}

// What somebody may see is divided by service: no merge carries files and messages across, and a link that was made before some
// other circle holds does not shut the page.
func TestMergeStaysWithinTheService(t *testing.T) {
	s, o, _ := desk(t)
	ctx, who := t.Context(), staff("jena", civic.RoleClerk)
	second(o).Case.Service = "unterhalt"
	at := clerk.At{Tenant: "jena", Case: "c2", Lang: "de"}
	want(t, s.Merge(ctx, who, at, "c1", "Doppelt"), civic.Conflict)
	o.drawer.links = []civic.CaseLink{{Tenant: "jena", Case: "c2", Other: "c1", Kind: civic.LinkInto}}
	o.desk.Circles = map[string]civic.Circle{"unterhalt": {People: []string{"jana"}}}
	f, err := s.Peek(ctx, who, "jena", "c1", "de")
	want(t, err, "")
	if b, err := s.Beside(ctx, who, f, ""); err != nil || len(b.Merged) != 0 {
		t.Errorf("%+v %v", b.Merged, err)
	}
}

func TestDistinct(t *testing.T) {
	s, o, _ := desk(t)
	ctx, who := t.Context(), staff("jena", civic.RoleClerk)
	second(o)
	want(t, s.Distinct(ctx, who, at(0), "c1"), civic.Conflict)
	want(t, s.Distinct(ctx, who, at(0), "c9"), civic.NotFound)
	want(t, s.Distinct(ctx, who, at(0), "c2"), "")
	if l := o.drawer.links[0]; l.Kind != civic.LinkDistinct || l.Other != "c2" || len(o.drawer.events) != 2 || o.drawer.events[1].Case != "c2" {
		t.Errorf("%+v %+v", l, o.drawer.events)
	}
}

func TestTasks(t *testing.T) {
	s, o, _ := desk(t)
	ctx, who := t.Context(), staff("jena", civic.RoleClerk)
	list := func() clerk.Worklist {
		t.Helper()
		f, err := s.Peek(ctx, who, "jena", "c1", "de")
		want(t, err, "")
		w, err := s.Worklist(ctx, who, f)
		want(t, err, "")
		return w
	}
	w := list()
	if len(w.Checklist) != 1 || w.Open() != 1 || w.Checklist[0].Text != "Ist der Hund geimpft?" {
		t.Fatalf("%+v", w)
	}
	item := w.Checklist[0].Item
	want(t, s.Tick(ctx, who, at(0), item, true), "")
	want(t, s.Tick(ctx, who, at(0), item, true), "") // a colleague was faster: nothing more happens
	if w = list(); w.Open() != 0 || w.Checklist[0].DoneByName != "Anna Adler" || len(o.drawer.events) != 1 {
		t.Errorf("%+v %v", w, o.drawer.events)
	}
	want(t, s.Tick(ctx, who, at(0), item, false), "")
	want(t, s.DropTask(ctx, who, at(0), item), "") // an item of the checklist stays
	want(t, s.AddTask(ctx, who, at(0), clerk.NewTask{Text: " "}), civic.Invalid)
	want(t, s.AddTask(ctx, who, at(0), clerk.NewTask{Text: "Anrufen", Due: now.AddDate(0, 0, -1)}), civic.Invalid)
	want(t, s.AddTask(ctx, who, at(0), clerk.NewTask{Text: "Anrufen", Assignee: "fremd"}), civic.Invalid)
	want(t, s.AddTask(ctx, who, at(0), clerk.NewTask{Text: strings.Repeat("x", 501)}), civic.Invalid)
	o.team = append(o.team, civic.Colleague{ID: "otto", Name: "Otto"})
	o.desk.Circles = map[string]civic.Circle{"hund": {People: []string{"anna"}}}
	want(t, s.AddTask(ctx, who, at(0), clerk.NewTask{Text: "Anrufen", Assignee: "otto"}), civic.Invalid) // may not know of the case
	want(t, s.AddTask(ctx, who, at(0), clerk.NewTask{Text: "Anrufen", Due: now.Add(time.Hour), Assignee: "anna"}), "")
	if w = list(); w.Of() != 2 || w.Own[0].Text != "Anrufen" || !w.Own[0].Mine || strings.Contains(string(o.drawer.tasks[1].Body), "kd/task:Anrufen") == false {
		t.Errorf("%+v", w)
	}
	want(t, s.DropTask(ctx, who, at(0), w.Own[0].ID), "")
	want(t, s.Tick(ctx, who, at(0), "", true), civic.NotFound)
	want(t, s.Tick(ctx, staff("gera", civic.RoleClerk), at(0), item, true), civic.NotFound)
	if diff := cmp.Diff([]string{"task.added", "task.done", "task.dropped", "task.reopened"}, kinds(o.drawer.events)); diff != "" {
		t.Error(diff)
	}
}

func TestAnnotations(t *testing.T) {
	s, o, _ := desk(t)
	ctx, who, admin := t.Context(), staff("jena", civic.RoleClerk), staff("jena", civic.RoleAdmin)
	_, _, err := s.Annotate(ctx, who, at(0), nil)
	want(t, err, civic.NotFound) // nobody has written a form
	const form = `{"type":"object","required":["ort"],"properties":{"ort":{"type":"string","title":"Geprüft in"}}}`
	want(t, s.SetAnnotationForm(ctx, who, "jena", "hund", form, ""), civic.Forbidden)
	for _, bad := range []string{"{", `{"type":"object","properties":{"x":{"type":"array","title":"X","items":{"type":"object","properties":{"y":{"type":"string","title":"Y"}}}}}}`,
		`{"type":"object","properties":{"x":{"type":"string","title":"X","format":"file-urn"}}}`, `{"$ref":"https://example.org/x"}`} {
		want(t, s.SetAnnotationForm(ctx, admin, "jena", "hund", bad, ""), civic.Invalid)
	}
	want(t, s.SetAnnotationForm(ctx, admin, "jena", "hund", form, "{"), civic.Invalid)
	want(t, s.SetAnnotationForm(ctx, admin, "jena", "katze", form, ""), civic.NotFound)
	want(t, s.SetAnnotationForm(ctx, admin, "jena", "hund", form, ""), "")

	_, problems, err := s.Annotate(ctx, who, at(0), map[string][]string{"/ort": {""}})
	if want(t, err, ""); len(problems) != 1 || o.drawer.note.Revision != 0 {
		t.Errorf("%+v %+v", problems, o.drawer.note)
	}
	_, problems, err = s.Annotate(ctx, who, at(0), map[string][]string{"/ort": {"Winzerla"}})
	if want(t, err, ""); problems != nil || string(o.drawer.note.Content) != `kd/annotation:{"ort":"Winzerla"}` || o.drawer.note.Revision != 1 {
		t.Errorf("%+v %+v", problems, o.drawer.note)
	}
	a, _, err := s.Annotate(ctx, who, at(0), map[string][]string{"/ort": {"Lobeda"}})
	if want(t, err, civic.Conflict); a.State.Answers["ort"] != "Lobeda" || a.Revision != 1 {
		t.Errorf("what was typed is lost: %+v", a)
	}
	want(t, s.SetAnnotationForm(ctx, admin, "jena", "hund", "", ""), "")
	if o.drawer.form != nil {
		t.Error("the own form stays")
	}
}
