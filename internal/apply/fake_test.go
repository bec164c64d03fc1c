package apply

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// world is the use case with everything around it in memory.
type world struct {
	*Service
	store *memory
	blobs *folder
	forms *catalogue
	clock time.Time
	ids   int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{blobs: &folder{}, forms: &catalogue{compiled: map[string]*formdef.Form{}}, clock: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	for _, service := range []string{"hundesteuer-anmeldung", "bewohnerparkausweis"} {
		p, err := formdef.Load(service, os.DirFS(path.Join("../../forms", service)))
		if err != nil {
			t.Fatal(err)
		}
		if w.forms.compiled[service], err = formdef.Compile(p); err != nil {
			t.Fatal(err)
		}
	}
	w.store = &memory{drafts: map[string]civic.Draft{}, files: map[string]*civic.CaseFile{}}
	now := func() time.Time { w.clock = w.clock.Add(time.Second); return w.clock }
	newID := func() string { w.ids++; return fmt.Sprintf("00000000-0000-7000-8000-%012d", w.ids) }
	w.Service = New(Deps{Drafts: w.store, Attachments: w.store, Corrections: w.store, Cases: w.store, Forms: w.forms, Seal: wax{}, Blobs: w.blobs, Now: now, NewID: newID})
	return w
}

// start begins an application; the actor holds its code.
func (w *world) start(t *testing.T, who civic.Actor, service string) (civic.Actor, string) {
	t.Helper()
	st, err := w.Start(t.Context(), who, Start{Tenant: "jena", Service: service, Lang: "de"})
	if err != nil {
		t.Fatal(err)
	}
	who.Subject.Codes = w.CodeHashes([]string{st.Code})
	return who, st.Dossier
}

// filled is an application with the answers of a sample that is ready to be sent.
func (w *world) filled(t *testing.T, who civic.Actor, service, sample string) (civic.Actor, string) {
	t.Helper()
	who, id := w.start(t, who, service)
	raw, err := os.ReadFile(path.Join("../../forms", service, "samples", sample+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var s struct{ Answers formdef.Answers }
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&s); err != nil {
		t.Fatal(err)
	}
	if err := w.Fill(t.Context(), who, id, s.Answers, func(string) (string, []byte) { return "Nachweis.pdf", pdf }); err != nil {
		t.Fatal(err)
	}
	return who, id
}

// sent is a case.
func (w *world) sent(t *testing.T, who civic.Actor) (civic.Actor, string) {
	t.Helper()
	who, id := w.filled(t, who, "hundesteuer-anmeldung", "gueltig-ein-hund")
	_, got, err := w.Submit(t.Context(), who, id, "de", Declaration{Given: true})
	if err != nil || len(got.Problems) > 0 {
		t.Fatal(err, got.Problems)
	}
	return who, id
}

// ask lets the office ask for corrections.
func (w *world) ask(id string, pointers ...string) {
	f := w.store.files[id]
	f.Case.State = civic.WaitingApplicant
	f.Case.Revision++
	f.Requests = append(f.Requests, civic.Request{ID: w.NewID(), Dossier: id, Pointers: pointers, Text: wax{}.seal(sealRequest, []byte("Bitte prüfen.")), Created: w.Now()})
}

var pdf = []byte("%PDF-1.4\n%%EOF\n")

func code(t *testing.T, err error, want civic.Code) {
	t.Helper()
	if got := civic.CodeOf(err); got != want {
		t.Errorf("%v is %q, not %q", err, got, want)
	}
}

// memory is a store that keeps to the contracts of Drafts, Attachments and Cases.
type memory struct {
	drafts  map[string]civic.Draft
	rows    []civic.Attachment
	files   map[string]*civic.CaseFile // by dossier
	numbers int
	before  func() // runs before the next save
}

func missing() error { return civic.Errorf(civic.NotFound, "error.not_found") }

func (m *memory) theirs(who civic.Subject, d civic.Dossier) bool {
	return d.Account != "" && d.Account == who.Account || slices.ContainsFunc(who.Codes, func(c []byte) bool { return bytes.Equal(c, d.CodeHash) })
}

func (m *memory) CreateDraft(_ context.Context, d civic.Draft) error {
	m.drafts[d.ID] = d
	return nil
}

func (m *memory) Draft(_ context.Context, who civic.Subject, id string) (civic.Draft, []civic.Attachment, error) {
	d, ok := m.drafts[id]
	if !ok || !m.theirs(who, d.Dossier) {
		return civic.Draft{}, nil, missing()
	}
	return d, m.attachmentsOf(id), nil
}

func (m *memory) SaveDraft(ctx context.Context, who civic.Subject, d civic.Draft) error {
	if do := m.before; do != nil {
		m.before = nil
		do()
	}
	old, _, err := m.Draft(ctx, who, d.ID)
	if err != nil {
		return err
	}
	if old.Revision != d.Revision || old.Submission != "" {
		return civic.Errorf(civic.Conflict, "error.draft.changed")
	}
	d.Revision++
	m.drafts[d.ID] = d
	return nil
}

func (m *memory) Discard(ctx context.Context, who civic.Subject, id string) error {
	if _, _, err := m.Draft(ctx, who, id); err != nil {
		return err
	}
	delete(m.drafts, id)
	return nil
}

func (m *memory) Mine(_ context.Context, who civic.Subject) (drafts []civic.Draft, cases []civic.Case, err error) {
	for _, d := range m.drafts {
		if m.shown(who, d.Dossier) && d.Submission == "" {
			drafts = append(drafts, d)
		}
	}
	for _, f := range m.files {
		if m.shown(who, f.Dossier) {
			cases = append(cases, f.Case)
		}
	}
	return drafts, cases, nil
}

func (m *memory) shown(who civic.Subject, d civic.Dossier) bool {
	return m.theirs(who, d) && (d.Account == "" || d.Account == who.Account)
}

func (m *memory) Claimed(_ context.Context, who civic.Subject) (bool, error) {
	for _, d := range m.drafts {
		if m.theirs(who, d.Dossier) && !m.shown(who, d.Dossier) {
			return true, nil
		}
	}
	return false, nil
}

func (m *memory) Forwards(_ context.Context, who civic.Subject, id, to string) (out []civic.Case, _ error) {
	for _, f := range m.files {
		if m.shown(who, f.Dossier) && (f.Case.ForwardedTo == id || f.Case.ID == to) {
			out = append(out, f.Case)
		}
	}
	return out, nil
}

func (m *memory) NextFileNumber(_ context.Context, _, prefix string, year int) (string, error) {
	m.numbers++
	return civic.FileNumber(prefix, year, int64(m.numbers)), nil
}

func (m *memory) Submit(ctx context.Context, who civic.Subject, f civic.Filing) (civic.Submission, error) {
	d, _, err := m.Draft(ctx, who, f.Draft.ID)
	if err != nil {
		return civic.Submission{}, err
	}
	if d.Submission != "" {
		return m.files[d.ID].Submissions[0], nil
	}
	d.Submission = f.Submission.ID
	m.drafts[d.ID] = d
	m.files[d.ID] = &civic.CaseFile{Case: f.Case, Dossier: d.Dossier, Submissions: []civic.Submission{f.Submission}, Payment: f.Payment, Events: f.Events}
	return f.Submission, nil
}

func (m *memory) SaveUpload(ctx context.Context, who civic.Subject, d civic.Draft, a civic.Attachment, jobs ...civic.Job) error {
	if err := m.SaveDraft(ctx, who, d); err != nil {
		return err
	}
	return m.AddAttachment(ctx, who, a, jobs...)
}

func (m *memory) SaveSent(ctx context.Context, who civic.Subject, d civic.Draft, a *civic.Attachment, jobs ...civic.Job) error {
	old, _, err := m.Draft(ctx, who, d.ID)
	if err != nil {
		return err
	}
	if old.Revision != d.Revision || old.Submission == "" {
		return civic.Errorf(civic.Conflict, "error.draft.changed")
	}
	old.Content = d.Content
	old.Revision++
	m.drafts[d.ID] = old
	if a == nil {
		return nil
	}
	return m.AddAttachment(ctx, who, *a, jobs...)
}

func (m *memory) AddAttachment(_ context.Context, _ civic.Subject, a civic.Attachment, _ ...civic.Job) error {
	m.rows = append(m.rows, a)
	return nil
}

func (m *memory) attachmentsOf(dossier string) (out []civic.Attachment) {
	for _, a := range m.rows {
		if a.Dossier == dossier {
			out = append(out, a)
		}
	}
	return out
}

func (m *memory) DeleteAttachment(_ context.Context, _ civic.Subject, dossier, id string) error {
	n := len(m.rows)
	m.rows = slices.DeleteFunc(m.rows, func(a civic.Attachment) bool {
		return a.ID == id && a.Dossier == dossier && m.drafts[dossier].Submission == ""
	})
	if len(m.rows) == n {
		return missing()
	}
	return nil
}

func (m *memory) MyCase(ctx context.Context, who civic.Subject, id string) (civic.CaseFile, error) {
	f, ok := m.files[id]
	if !ok || !m.theirs(who, f.Dossier) {
		return civic.CaseFile{}, missing()
	}
	out := *f
	var err error
	out.Attachments = m.attachmentsOf(id)
	return out, err
}

func (m *memory) ChangeMine(_ context.Context, _ civic.Subject, ch civic.CaseChange) error {
	if do := m.before; do != nil {
		m.before = nil
		do()
	}
	f := m.files[ch.Case.Dossier]
	if f.Case.Revision != ch.Was {
		return civic.Errorf(civic.Conflict, "error.case.changed")
	}
	f.Case, f.Events = ch.Case, append(f.Events, ch.Events...)
	if ch.Submission != nil {
		f.Submissions = append(f.Submissions, *ch.Submission)
	}
	if ch.Message != nil {
		f.Messages = append(f.Messages, *ch.Message)
	}
	m.rows = append(m.rows, ch.Attachments...)
	for i := range f.Requests {
		if ch.Request != nil && f.Requests[i].ID == ch.Request.ID {
			f.Requests[i] = *ch.Request
		}
	}
	return nil
}

func (m *memory) ReadMine(context.Context, civic.Subject, string) error { return nil }

func (m *memory) Claim(ctx context.Context, who civic.Subject, id string) error {
	d, _, err := m.Draft(ctx, who, id)
	d.Account = who.Account
	m.drafts[id] = d
	return err
}

func (m *memory) EnsureAccount(_ context.Context, issuer, subject string, organisation bool) (civic.Account, error) {
	return civic.Account{ID: issuer + "/" + subject, Issuer: issuer, Subject: subject, Organisation: organisation}, nil
}

// catalogue is one authority, Jena, with the forms that the product ships.
type catalogue struct {
	compiled map[string]*formdef.Form
	off      bool
}

var jena = civic.Tenant{ID: "t-jena", Slug: "jena", Name: "Stadt Jena", Live: true}

func (c *catalogue) Tenant(_ context.Context, slug string) (civic.Tenant, error) {
	if slug != jena.Slug {
		return civic.Tenant{}, missing()
	}
	return jena, nil
}

func (c *catalogue) TenantByID(context.Context, string) (civic.Tenant, error) { return jena, nil }

func (c *catalogue) Current(_ context.Context, _, service string) (civic.Offering, *formdef.Form, civic.Pins, error) {
	f, ok := c.compiled[service]
	if !ok || c.off {
		return civic.Offering{}, nil, civic.Pins{}, missing()
	}
	return civic.Offering{Tenant: jena.ID, Service: service, Enabled: true}, f, civic.Pins{Version: "1"}, nil
}

func (c *catalogue) Pinned(_ context.Context, _, service string, _ civic.Pins) (*formdef.Form, error) {
	return c.compiled[service], nil
}

// wax seals by naming the purpose, so that opening under another fails.
type wax struct {
	key   string // master key for MACs
	older []string
}

func (wax) seal(purpose string, plain []byte) []byte {
	return append([]byte("sealed "+purpose+"\n"), plain...)
}

func (wax) NewDossierKey(string, []byte, string) ([]byte, error) { return []byte("key"), nil }

func (w wax) Seal(_ civic.Keys, purpose string, plain []byte) ([]byte, error) {
	return w.seal(purpose, plain), nil
}

func (w wax) Open(_ civic.Keys, purpose string, sealed []byte) ([]byte, error) {
	plain, ok := bytes.CutPrefix(sealed, w.seal(purpose, nil))
	if !ok {
		return nil, errors.New("not sealed for " + purpose)
	}
	return plain, nil
}

func (w wax) SealReader(_ civic.Keys, purpose string, r io.Reader) io.Reader {
	return io.MultiReader(bytes.NewReader(w.seal(purpose, nil)), r)
}

func (w wax) OpenReader(_ civic.Keys, purpose string, sealed io.ReadSeeker, size int64) (io.ReadSeeker, error) {
	raw, err := io.ReadAll(sealed)
	if err != nil || int64(len(raw)) != size {
		return nil, fmt.Errorf("%d bytes of %d: %w", len(raw), size, err)
	}
	plain, err := w.Open(civic.Keys{}, purpose, raw)
	return bytes.NewReader(plain), err
}

func (wax) Sign(msg []byte) []byte { s := sha256.Sum256(msg); return s[:] }

func (w wax) MACs(purpose string, msg []byte) (out [][]byte) {
	for _, key := range append([]string{w.key}, w.older...) {
		s := sha256.Sum256([]byte(key + purpose + "\n" + string(msg)))
		out = append(out, s[:])
	}
	return out
}

// folder keeps blobs and knows which are open.
type folder struct {
	blobs map[string][]byte
	open  int
}

func (f *folder) Put(_ context.Context, key string, r io.Reader, _ int64) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if f.blobs == nil {
		f.blobs = map[string][]byte{}
	}
	f.blobs[key] = raw
	return nil
}

func (f *folder) Open(_ context.Context, key string) (io.ReadSeekCloser, error) {
	raw, ok := f.blobs[key]
	if !ok || !strings.HasPrefix(key, "a/") {
		return nil, missing()
	}
	f.open++
	return &handle{bytes.NewReader(raw), f}, nil
}

func (f *folder) Delete(_ context.Context, key string) error { delete(f.blobs, key); return nil }

type handle struct {
	*bytes.Reader
	f *folder
}

func (h *handle) Close() error { h.f.open--; return nil }
