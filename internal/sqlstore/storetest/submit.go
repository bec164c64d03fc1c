package storetest

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/civic"
)

func testFileNumbers(t *testing.T, w *World) {
	const callers, each = 8, 25
	var mu sync.Mutex
	seen := map[string]bool{}
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for range each {
				n, err := w.NextFileNumber(background(t), w.Jena.ID, "HUST", 2026)
				mu.Lock()
				if err != nil || seen[n] {
					t.Errorf("%q again (%v)", n, err)
				}
				seen[n] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	first, err := w.NextFileNumber(t.Context(), w.Gera.ID, "HUST", 2026)
	if check(t, err); first != "HUST-2026-000001" {
		t.Errorf("another tenant begins with %s", first)
	}
}

func testSubmit(t *testing.T, w *World) {
	who := w.anonymous()
	f := w.Filing(w.Draft(t, who, w.Jena.ID))
	f.Payment = &civic.Payment{ID: "p1", Case: f.Case.ID, Tenant: w.Jena.ID, Cents: 1250, Items: []civic.PaymentItem{{Code: "fee", Label: "Gebühr", Cents: 1250}}, Created: at(w.Store)}
	got, err := w.Submit(t.Context(), who, f)
	check(t, err)
	if d := cmp.Diff(f.Submission, got); d != "" {
		t.Error(d)
	}
	again := w.Filing(f.Draft)
	got, err = w.Submit(t.Context(), who, again)
	check(t, err)
	if d := cmp.Diff(f.Submission, got); d != "" {
		t.Errorf("the second submit returns something else: %s", d)
	}
	if n := w.jobs(t, "fan_out"); n != 1 {
		t.Errorf("%d jobs", n)
	}
	file, err := w.MyCase(t.Context(), who, f.Draft.ID)
	check(t, err)
	f.Case.Key = f.Draft.Key
	if d := cmp.Diff(f.Case, file.Case); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]civic.Submission{f.Submission}, file.Submissions); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(f.Payment, file.Payment); d != "" {
		t.Error(d)
	}
	if len(file.Events) != 1 || file.Events[0].ID == "" || file.Events[0].Data["submission"] != f.Submission.ID {
		t.Errorf("%+v", file.Events)
	}
	// A number that exists is refused as a whole.
	third := w.Filing(w.Draft(t, who, w.Jena.ID))
	third.Case.FileNumber = f.Case.FileNumber
	if _, err = w.Submit(t.Context(), who, third); err == nil {
		t.Error("two cases have one number")
	}
	if d, _, err := w.Store.Draft(t.Context(), who, third.Draft.ID); err != nil || d.Submission != "" {
		t.Errorf("a refused submission left %+v (%v)", d, err)
	}
	// The filing's tenant must be the draft's.
	fourth := w.Filing(w.Draft(t, who, w.Jena.ID))
	fourth.Draft.Tenant = w.Gera.ID
	_, err = w.Submit(t.Context(), who, fourth)
	want(t, civic.NotFound, err)
}

func testSubmitTwice(t *testing.T, w *World) {
	who := w.account()
	for range 10 {
		d := w.Draft(t, who, w.Jena.ID)
		got := make([]civic.Submission, 4)
		errs := make([]error, len(got))
		var wg sync.WaitGroup
		for i := range got {
			f := w.Filing(d)
			wg.Go(func() { got[i], errs[i] = w.Submit(background(t), who, f) })
		}
		wg.Wait()
		for i := range got {
			check(t, errs[i])
			if got[i].ID != got[0].ID {
				t.Fatalf("two clicks, two submissions: %s and %s", got[0].ID, got[i].ID)
			}
		}
	}
	if n := len(w.inbox(t, w.Jena.ID, civic.InboxFilter{})); n != 10 {
		t.Errorf("%d cases of 10 drafts", n)
	}
}

func testSubmitMany(t *testing.T, w *World) {
	const n = 200
	who := w.account()
	filings := make([]civic.Filing, n)
	for i := range filings {
		filings[i] = w.Filing(w.Draft(t, who, w.Jena.ID), civic.IndexTerm{Mode: "word", Text: "Hund Hütte Halter"})
	}
	var wg sync.WaitGroup
	for i := range filings {
		wg.Go(func() {
			if _, err := w.Submit(background(t), who, filings[i]); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	seen := map[string]bool{}
	for _, id := range w.inbox(t, w.Jena.ID, civic.InboxFilter{Limit: 30}) {
		seen[id] = true
	}
	if len(seen) != n || w.jobs(t, "fan_out") != n {
		t.Errorf("%d cases and %d jobs of %d submissions", len(seen), w.jobs(t, "fan_out"), n)
	}
}
