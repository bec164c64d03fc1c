package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"antragswerk/internal/civic"
)

func at() time.Time { return time.Date(2026, 3, 27, 9, 0, 0, 0, time.UTC) }

func parcel(target string) civic.Parcel {
	return civic.Parcel{ID: "d-1", Target: target, Secret: []byte("s3cret"), Tenant: "jena", Service: "hundesteuer-anmeldung", FileNumber: "HUST-2026-000001",
		Kind: civic.SubmissionFirst, Submitted: at(), Answers: []byte(`{"a":1}`), Digest: []byte{1, 2}, PDF: []byte("%PDF-1.7"),
		Files: []civic.ParcelFile{{ID: "f-1", Name: "Nachweis ä.pdf", MediaType: "application/pdf", Bytes: 5, SHA256: []byte{3},
			Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("12345")), nil }}}}
}

func TestPostsSignedParts(t *testing.T) {
	var seen []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Idempotency-Key"); got != "d-1" {
			t.Errorf("Idempotency-Key = %q", got)
		}
		mr, err := r.MultipartReader()
		if err != nil {
			t.Error(err)
			return
		}
		for {
			part, err := mr.NextPart()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Error(err)
				return
			}
			raw, _ := io.ReadAll(part)
			seen = append(seen, part.FormName()+" "+part.FileName()+" "+string(raw[:min(8, len(raw))]))
			if part.FormName() == "submission" {
				want := "v1=" + Sign([]byte("s3cret"), r.Header.Get("X-Antragswerk-Timestamp"), raw)
				if got := r.Header.Get("X-Antragswerk-Signature"); got != want {
					t.Errorf("signature = %s, want %s", got, want)
				}
				var b body
				if err := json.Unmarshal(raw, &b); err != nil || !bytes.Equal(b.Answers, []byte(`{"a":1}`)) || b.Digest != "0102" {
					t.Errorf("submission = %s (%v)", raw, err)
				}
			}
		}
	}))
	defer srv.Close()
	if err := New(Config{AllowPrivate: true, Now: at}).Send(context.Background(), parcel(srv.URL)); err != nil {
		t.Fatal(err)
	}
	want := []string{`submission submission.json {"id":"d`, "application HUST-2026-000001.pdf %PDF-1.7", "file Nachweis ä.pdf 12345"}
	if strings.Join(seen, "|") != strings.Join(want, "|") {
		t.Errorf("parts = %q, want %q", seen, want)
	}
}

func TestWhatIsPermanent(t *testing.T) {
	for status, want := range map[int]bool{400: true, 404: true, 410: true, 302: true, 408: false, 409: false, 429: false, 500: false, 503: false} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.WriteHeader(status)
		}))
		err := New(Config{AllowPrivate: true, Now: at}).Send(context.Background(), parcel(srv.URL))
		srv.Close()
		var p interface{ Permanent() bool }
		if !errors.As(err, &p) || p.Permanent() != want {
			t.Errorf("status %d: %v, want permanent %v", status, err, want)
		}
	}
}

func TestRefusesTheInside(t *testing.T) {
	srv := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("was reached") }))
	defer srv.Close()
	for _, target := range []string{srv.URL, strings.Replace(srv.URL, "127.0.0.1", "localhost", 1), "https://10.1.2.3/", "https://[::1]:9/", "https://169.254.169.254/x",
		"http://example.org/", "ftp://example.org", "https://", "https://100.64.0.1/", "https://[64:ff9b::a01:203]/"} {
		err := New(Config{Now: at}).Send(context.Background(), parcel(target))
		var p interface{ Permanent() bool }
		if !errors.As(err, &p) || !p.Permanent() {
			t.Errorf("%s: %v, want a permanent refusal", target, err)
		}
	}
}

func TestErrorsDoNotTellTheAddress(t *testing.T) {
	srv := httptest.NewServer(nil)
	srv.Close()
	err := New(Config{AllowPrivate: true, Now: at}).Send(context.Background(), parcel(srv.URL+"/token-in-the-path"))
	if err == nil || strings.Contains(err.Error(), "token-in-the-path") {
		t.Errorf("error = %v", err)
	}
}
