package web

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"antragswerk/internal/civic"
)

// FuzzUploadMetadata reads what a tus client says of its file; what is read can be written and read back.
func FuzzUploadMetadata(f *testing.F) {
	for _, s := range []string{"", "filename d29ybGQ=", "filename d29ybGQ=,field L2E=", "filename", "a b c", ",", " ==,x", "name " + strings.Repeat("QUFB", 200)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		read, ok := readMetadata(header)
		if !ok {
			return
		}
		var pairs [][2]string
		for k, v := range read {
			pairs = append(pairs, [2]string{k, v})
		}
		again, ok := readMetadata(writeMetadata(pairs))
		if !ok || !cmp.Equal(read, again) {
			t.Errorf("%q: %v, then %v", header, read, again)
		}
	})
}

// FuzzInboxFilter reads a filter from any address and writes it into one: the address says the same.
func FuzzInboxFilter(f *testing.F) {
	for _, s := range []string{"q=m%C3%BCller&state=received&state=&only=overdue", "field:/name=x&due=week", "due_from=2026-02-30&due_to=x", "group=&label=a&label=a", "only=unread&only=overdue"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		q, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		once := filterQuery(filterOf(q), civic.View{})
		again := filterQuery(filterOf(once), civic.View{})
		if diff := cmp.Diff(once, again); diff != "" {
			t.Errorf("%q: %s", query, diff)
		}
	})
}
