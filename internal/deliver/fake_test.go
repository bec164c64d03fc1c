package deliver_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/deliver"
	"antragswerk/internal/formdef"
)

const schema = `{"type":"object","properties":{
	"name":{"type":"string","title":"Familienname","x-autocomplete":"family-name"},
	"mail":{"type":"string","format":"email","title":"E-Mail"},
	"strasse":{"type":"string","title":"Straße","x-autocomplete":"street-address"},
	"ort":{"type":"string","title":"Ort","x-autocomplete":"address-level2"},
	"nachweis":{"type":"string","format":"file-urn","title":"Nachweis","x-attachment":{"maxBytes":1000,"mediaTypes":["application/pdf"],"maxFiles":1}}}}`

const ui = `{"type":"Categorization","elements":[{"type":"Category","label":"Angaben","elements":[
	{"type":"Control","scope":"#/properties/name"},{"type":"Control","scope":"#/properties/mail"},{"type":"Control","scope":"#/properties/strasse"},{"type":"Control","scope":"#/properties/ort"},{"type":"Control","scope":"#/properties/nachweis"}]}]}`

func newForm(t *testing.T) *formdef.Form {
	t.Helper()
	p := &formdef.Package{Slug: "hund", Schema: json.RawMessage(schema), UI: json.RawMessage(ui)}
	p.Service.Name, p.Service.LeiKa = formdef.Text{"de": "Hundesteuer", "en": "Dog tax"}, "99102013060000"
	f, err := formdef.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// world is everything around the use case, in memory.
type world struct {
	now time.Time

	file       civic.CaseFile
	routes     []civic.Route
	deliveries map[string]civic.Delivery
	jobs       []civic.Job
	events     []civic.Event
	verdicts   map[string]civic.Verdict

	expiring, expired []civic.Draft
	warned, deleted   []string
	until             []time.Time
	known             []string // blob keys that a row refers to
	sessionsBefore    time.Time

	invitations []civic.Invitation
	missed      []civic.CaseChange
	house       civic.Correspondence
	marked      []civic.Request

	tenant    civic.Tenant // its settings; the rest is said by TenantByID
	people    []civic.Colleague
	langs     map[string]string
	appointed []civic.Appointment
	changes   []civic.CaseChange
	waiting   []civic.Waiting
	counted   civic.Figures
	countedAt string
	countings int
	mailed    time.Time

	blobs map[string]string
	form  *formdef.Form

	mails    []civic.Mail
	mailErr  error
	scanErr  error
	scanned  string
	printed  []civic.ReceiptDocument
	letters  []civic.Letter
	parcels  []civic.Parcel
	sendErr  error
	attempt  int
	attempts int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{
		now: time.Date(2026, 11, 24, 9, 15, 0, 0, time.UTC), deliveries: map[string]civic.Delivery{}, verdicts: map[string]civic.Verdict{},
		form: newForm(t), attempt: 1, attempts: 12,
		blobs: map[string]string{"a/d1/a1": lock("file", "%PDF")},
		routes: []civic.Route{
			{ID: "r1", Tenant: "jena", Connector: "hook", Target: "https://one.example", Active: true, Secret: []byte("kj//secret:hush")},
			{ID: "r2", Tenant: "jena", Connector: "hook", Target: "https://two.example", Service: "other", Active: true},
			{ID: "r3", Tenant: "jena", Connector: "hook", Target: "https://three.example"},
			{ID: "r4", Tenant: "jena", Connector: "gone", Target: "x", Service: "hund", Active: true},
		},
	}
	w.file = civic.CaseFile{
		Case:    civic.Case{ID: "c1", Tenant: "jena", Dossier: "d1", Service: "hund", FileNumber: "HUST-2026-000001", State: civic.Received},
		Dossier: civic.Dossier{ID: "d1", Tenant: "jena", Service: "hund", Key: []byte("kd"), Lang: "de"},
		Submissions: []civic.Submission{
			{ID: "s1", Dossier: "d1", Tenant: "jena", Case: "c1", Kind: civic.SubmissionFirst, Digest: []byte{1, 2}, Created: w.now,
				Answers: []byte(lock("answers", `{"name":"Öztürk","mail":"erika@demo.invalid","nachweis":"urn:uuid:a1"}`))},
			{ID: "s2", Dossier: "d1", Tenant: "jena", Case: "c1", Kind: civic.SubmissionAmendment, Created: w.now,
				Answers: []byte(lock("answers", `{"name":"Öztürk-Weiß","mail":"neu@demo.invalid"}`))},
		},
		Attachments: []civic.Attachment{
			{ID: "a1", Dossier: "d1", Tenant: "jena", BlobKey: "a/d1/a1", Bytes: 4, MediaType: "application/pdf", Name: []byte(lock("name", "Impfung.pdf")), Verdict: civic.VerdictClean},
			{ID: "a2", Dossier: "d1", Tenant: "jena", BlobKey: "a/d1/a2", Name: []byte(lock("name", "Fremd.pdf")), Verdict: civic.VerdictClean},
		},
	}
	return w
}

func (w *world) service() *deliver.Service {
	return deliver.New(deliver.Deps{
		Deliveries: w, Expiry: w, Invitations: w, Requests: w, Offices: w, Clocks: w, Figures: w, Team: w, Tongues: w, Forms: w, Seal: wax{}, Blobs: w, Connectors: map[string]deliver.Connector{"hook": hook{w}}, Mailer: post{w}, Scanner: w, Printer: press{w},
		Now: func() time.Time { return w.now }, NewID: func() string { return "id" }, PublicURL: "https://antraege.example.org",
		Attempt: func(context.Context) (int, int) { return w.attempt, w.attempts },
	})
}

func notFound() error { return civic.Errorf(civic.NotFound, "error.not_found") }

func (w *world) CaseFile(_ context.Context, tenant, id string) (civic.CaseFile, error) {
	if tenant != w.file.Case.Tenant || id != w.file.Case.ID {
		return civic.CaseFile{}, notFound()
	}
	return w.file, nil
}

func (w *world) Routes(_ context.Context, tenant string) (list []civic.Route, _ error) {
	for _, r := range w.routes {
		if r.Tenant == tenant {
			list = append(list, r)
		}
	}
	return list, nil
}

func (w *world) CreateDeliveries(_ context.Context, _ string, ds []civic.Delivery, jobs []civic.Job) error {
	for _, d := range ds {
		if _, ok := w.deliveries[d.ID]; !ok {
			w.deliveries[d.ID] = d
		}
	}
	w.jobs = append(w.jobs, jobs...)
	return nil
}

func (w *world) Delivery(_ context.Context, _, id string) (civic.Delivery, error) {
	d, ok := w.deliveries[id]
	if !ok {
		return d, notFound()
	}
	return d, nil
}

func (w *world) SaveDelivery(_ context.Context, d civic.Delivery, ev *civic.Event) error {
	w.deliveries[d.ID] = d
	if ev != nil {
		w.events = append(w.events, *ev)
	}
	return nil
}

func (w *world) AttachmentByID(_ context.Context, _, id string) (civic.Attachment, civic.Dossier, error) {
	for _, a := range w.file.Attachments {
		if a.ID == id {
			return a, w.file.Dossier, nil
		}
	}
	return civic.Attachment{}, civic.Dossier{}, notFound()
}

func (w *world) SetVerdict(_ context.Context, _, id string, v civic.Verdict, ev civic.Event) error {
	w.verdicts[id] = v
	w.events = append(w.events, ev)
	return nil
}

func (w *world) DraftsExpiring(_ context.Context, before time.Time, _ int) (list []civic.Draft, _ error) {
	for _, d := range w.expiring {
		if d.Expires.Before(before) && !slices.Contains(w.warned, d.Dossier.ID) {
			list = append(list, d)
		}
	}
	return list, nil
}

func (w *world) MarkWarned(_ context.Context, d civic.Draft) error {
	w.warned, w.until = append(w.warned, d.ID), append(w.until, d.Expires)
	return nil
}

func (w *world) ExpiredDrafts(context.Context, time.Time, time.Time, int) ([]civic.Draft, error) {
	list := w.expired
	w.expired = nil
	return list, nil
}

func (w *world) DeleteDossier(_ context.Context, _, dossier string) ([]string, error) {
	w.deleted = append(w.deleted, dossier)
	return []string{"a/" + dossier + "/x"}, nil
}

func (w *world) UnknownBlobs(_ context.Context, keys []string) (unknown []string, _ error) {
	for _, k := range keys {
		if !slices.Contains(w.known, k) {
			unknown = append(unknown, k)
		}
	}
	return unknown, nil
}

func (w *world) DeleteSessionsBefore(_ context.Context, t time.Time) (int, error) {
	w.sessionsBefore = t
	return 1, nil
}

func (w *world) TenantByID(_ context.Context, id string) (civic.Tenant, error) {
	if id != "jena" {
		return civic.Tenant{}, notFound()
	}
	return civic.Tenant{ID: "jena", Slug: "jena", Name: "Stadt Jena", Key: []byte("kj"), Profile: civic.Profile{Street: "Am Anger 15", Zip: "07743", City: "Jena"}}, nil
}

func (w *world) Pinned(context.Context, string, string, civic.Pins) (*formdef.Form, error) {
	return w.form, nil
}

func (w *world) Open(_ context.Context, key string) (io.ReadSeekCloser, error) {
	body, ok := w.blobs[key]
	if !ok {
		return nil, notFound()
	}
	return blob{strings.NewReader(body)}, nil
}

func (w *world) Delete(_ context.Context, key string) error {
	delete(w.blobs, key)
	return nil
}

func (w *world) List(_ context.Context, prefix, after string, limit int) (keys []string, _ error) {
	for k := range w.blobs {
		if strings.HasPrefix(k, prefix) && k > after {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys[:min(len(keys), limit)], nil
}

func (w *world) Scan(_ context.Context, r io.Reader) (civic.Verdict, string, error) {
	raw, err := io.ReadAll(r)
	w.scanned = string(raw)
	return civic.VerdictInfected, "Eicar", errors.Join(err, w.scanErr)
}

type blob struct{ *strings.Reader }

func (blob) Close() error { return nil }

// wax seals by writing keys and purpose before the text, so that a wrong one shows.
type wax struct{}

func lock(purpose, plain string) string { return "kj/kd/" + purpose + ":" + plain }

func (wax) MACs(purpose string, msg []byte) [][]byte {
	sum := sha256.Sum256([]byte(purpose + string(msg)))
	return [][]byte{sum[:]}
}

func (wax) Open(k civic.Keys, purpose string, sealed []byte) ([]byte, error) {
	plain, ok := bytes.CutPrefix(sealed, fmt.Appendf(nil, "%s/%s/%s:", k.TenantKey, k.DossierKey, purpose))
	if !ok {
		return nil, fmt.Errorf("wrong key for %s", purpose)
	}
	return plain, nil
}

func (wax) Seal(k civic.Keys, purpose string, plain []byte) ([]byte, error) {
	return fmt.Appendf(nil, "%s/%s/%s:%s", k.TenantKey, k.DossierKey, purpose, plain), nil
}

func (x wax) OpenReader(k civic.Keys, purpose string, sealed io.ReadSeeker, size int64) (io.ReadSeeker, error) {
	raw, err := io.ReadAll(sealed)
	if err != nil || int64(len(raw)) != size {
		return nil, fmt.Errorf("size %d of %d: %w", size, len(raw), err)
	}
	plain, err := x.Open(k, purpose, raw)
	return bytes.NewReader(plain), err
}

// hook is the connector.
type hook struct{ w *world }

func (h hook) Send(_ context.Context, p civic.Parcel) error {
	h.w.parcels = append(h.w.parcels, p)
	return h.w.sendErr
}

// post is the mailer.
type post struct{ w *world }

func (p post) Send(_ context.Context, m civic.Mail) error {
	p.w.mails = append(p.w.mails, m)
	return p.w.mailErr
}

// press is the printer.
type press struct{ w *world }

func (p press) Receipt(_ context.Context, r civic.ReceiptDocument) ([]byte, error) {
	p.w.printed = append(p.w.printed, r)
	return []byte("%PDF receipt"), nil
}

func (p press) Letter(_ context.Context, l civic.Letter) ([]byte, error) {
	p.w.letters = append(p.w.letters, l)
	return []byte("%PDF letter"), nil
}

// lasting is a failure that no repetition mends.
type lasting struct{}

func (lasting) Error() string   { return "no" }
func (lasting) Permanent() bool { return true }
