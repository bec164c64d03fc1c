package email

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"antragswerk/internal/civic"
)

type outbox struct {
	mails []civic.Mail
	err   error
}

func (o *outbox) Send(_ context.Context, m civic.Mail) error {
	o.mails = append(o.mails, m)
	return o.err
}

func file(size int) civic.ParcelFile {
	return civic.ParcelFile{Name: "a.pdf", MediaType: "application/pdf", Bytes: int64(size),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(strings.Repeat("x", size))), nil }}
}

func TestSmallFilesGoAlongLargeOnesWait(t *testing.T) {
	o := &outbox{}
	c := New(Config{Mailer: o})
	p := civic.Parcel{ID: "1", Target: "amt@example.org", FileNumber: "A-2026-000001", Service: "Hundesteuer", PDF: []byte("%PDF"), Answers: []byte("{}"), Files: []civic.ParcelFile{file(100)}}
	if err := c.Send(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	p.Files = []civic.ParcelFile{file(6 << 20), file(6 << 20)}
	if err := c.Send(context.Background(), p); err != nil {
		t.Fatal(err)
	}
	if n := len(o.mails[0].Files); n != 3 {
		t.Errorf("small: %d files, want JSON, PDF and the attachment", n)
	}
	if n := len(o.mails[1].Files); n != 2 || !strings.Contains(o.mails[1].Text, "2 Anlagen sind zu groß") {
		t.Errorf("large: %d files, text %q", n, o.mails[1].Text)
	}
}

// The subject is read in a list of mails: what it is about and for whom, in words, and nothing about the person.
func TestSubject(t *testing.T) {
	o := &outbox{}
	for _, kind := range []civic.SubmissionKind{civic.SubmissionFirst, civic.SubmissionAmendment} {
		err := New(Config{Mailer: o}).Send(t.Context(), civic.Parcel{Kind: kind, FileNumber: "HUST-2026-000001", Service: "hundesteuer-anmeldung", ServiceName: "Hundesteuer: Anmeldung",
			TenantName: "Stadt Jena", Answers: []byte(`{"name":"Öztürk"}`)})
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []string{"Neuer Antrag HUST-2026-000001: Hundesteuer: Anmeldung, Stadt Jena", "Ergänzung zu HUST-2026-000001: Hundesteuer: Anmeldung, Stadt Jena"} {
		if m := o.mails[i]; m.Subject != want || strings.Contains(m.Text, "hundesteuer-anmeldung") {
			t.Errorf("subject %q, text %q", m.Subject, m.Text)
		}
	}
}

func TestRefusedMailIsPermanent(t *testing.T) {
	for code, want := range map[civic.Code]bool{civic.Invalid: true, civic.Unavailable: false} {
		err := New(Config{Mailer: &outbox{err: civic.Errorf(code, "error.mail.refused")}}).Send(context.Background(), civic.Parcel{})
		var p interface{ Permanent() bool }
		if !errors.As(err, &p) || p.Permanent() != want {
			t.Errorf("%s: %v, want permanent %v", code, err, want)
		}
	}
}
