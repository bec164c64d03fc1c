package clerk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/clerk"
	"antragswerk/internal/formdef"
)

const schema = `{"type":"object","required":["name"],"properties":{
	"name":{"type":"string","title":"Familienname","x-autocomplete":"family-name"},
	"strasse":{"type":"string","title":"Straße","x-autocomplete":"street-address"},
	"ort":{"type":"string","title":"Ort","x-autocomplete":"address-level2"},
	"hund":{"type":"string","title":"Rufname"}}}`

const ui = `{"type":"Categorization","elements":[{"type":"Category","label":"Angaben","elements":[
	{"type":"Control","scope":"#/properties/name"},{"type":"Control","scope":"#/properties/hund"},{"type":"Control","scope":"#/properties/strasse"},{"type":"Control","scope":"#/properties/ort"}]}]}`

// newForm is a small form: two questions on one page.
func newForm(t *testing.T) *formdef.Form {
	t.Helper()
	p := &formdef.Package{Slug: "hund", Schema: json.RawMessage(schema), UI: json.RawMessage(ui)}
	p.Service.Name = formdef.Text{"de": "Hundesteuer"}
	p.Form.FilePrefix = "HUST"
	p.Form.Deadline.Days = 30
	p.Form.Checklist = map[string][]string{"de": {"Ist der Hund geimpft?"}}
	p.Form.Index = []formdef.IndexField{{Pointer: "/name", Mode: "name", Column: true}, {Pointer: "/hund", Mode: "word", Column: true}}
	f, err := formdef.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// office is a store with one tenant's cases; race makes the next change lose against somebody else.
type office struct {
	board
	files     map[string]*civic.CaseFile
	changes   []civic.CaseChange
	seen      []civic.Event
	forwards  []civic.Forwarding
	race      func(*civic.CaseFile)
	team      []civic.Colleague
	appointed []civic.Appointment
	drawer    drawer
	desk      civic.TeamView
	turns     map[string]int64
	called    []civic.Called
	denied    []string          // services that the last list left out
	asked     civic.InboxFilter // the last list's
	letters   *written
}

func (o *office) Team(context.Context, string, string) (civic.TeamView, error) { return o.desk, nil }

func (o *office) SaveTeam(_ context.Context, _ string, t civic.Team, _ civic.Event) error {
	if t.Revision != o.desk.Revision {
		return civic.Errorf(civic.Conflict, "error.team.changed")
	}
	t.Revision++
	o.desk.Team = t
	return nil
}

func (o *office) SaveAbsence(_ context.Context, a civic.Absence, _ civic.Event) error {
	o.desk.Absences = append(o.desk.Absences, a)
	return nil
}

func (o *office) DeleteAbsence(_ context.Context, _, id string, _ civic.Event) error {
	o.desk.Absences = slices.DeleteFunc(o.desk.Absences, func(a civic.Absence) bool { return a.ID == id })
	return nil
}

func (o *office) NextTurn(_ context.Context, _, rule string) (int64, error) {
	if o.turns == nil {
		o.turns = map[string]int64{}
	}
	o.turns[rule]++
	return o.turns[rule], nil
}

func (o *office) Mentions(context.Context, string, string, string, int) ([]civic.Called, error) {
	return o.called, nil
}

func (o *office) MentionsSeen(context.Context, string, string, string) error { return nil }

func (o *office) Colleagues(context.Context, string) ([]civic.Colleague, error) {
	return slices.Clone(o.team), nil
}

func (o *office) Appointments(context.Context, string) ([]civic.Appointment, error) {
	return o.appointed, nil
}

func (o *office) SaveColleague(_ context.Context, _ string, c civic.Colleague, until []string) error {
	o.team = append(slices.DeleteFunc(o.team, func(k civic.Colleague) bool { return k.ID == c.ID }), c)
	for _, f := range o.files {
		if slices.Contains(until, f.Case.Assignee) {
			f.Case.Assignee, f.Case.AssigneeName = c.ID, c.Name
		}
	}
	return nil
}

func (o *office) Cases(_ context.Context, tenant string, f civic.InboxFilter) (civic.InboxPage, error) {
	var p civic.InboxPage
	o.listed = f
	list := []string{"c1", "c2", "c3"}
	if f.Ascending {
		slices.Reverse(list)
	}
	if f.Beside != "" {
		list = list[slices.Index(list, f.Beside)+1:]
	}
	o.denied, o.asked = f.Denied, f
	for _, id := range list {
		if x, ok := o.files[id]; ok && x.Case.Tenant == tenant && !slices.Contains(f.Denied, x.Case.Service) && within(f, x.Case.Deadline) {
			p.Cases = append(p.Cases, x.Case)
		}
	}
	return p, nil
}

// within tells whether a deadline lies in the time that a filter asks for.
func within(f civic.InboxFilter, due time.Time) bool {
	return (f.DueFrom.IsZero() || !due.Before(f.DueFrom)) && (f.DueTo.IsZero() || due.Before(f.DueTo))
}

func (o *office) CaseFile(_ context.Context, tenant, id string) (civic.CaseFile, error) {
	f, ok := o.files[id]
	if !ok || f.Case.Tenant != tenant {
		return civic.CaseFile{}, civic.Errorf(civic.NotFound, "error.not_found")
	}
	return *f, nil
}

func (o *office) Seen(_ context.Context, _, _ string, ev civic.Event) error {
	o.seen = append(o.seen, ev)
	return nil
}

func (o *office) Change(_ context.Context, _ string, ch civic.CaseChange) error {
	f := o.files[ch.Case.ID]
	if o.race != nil {
		o.race(f)
		o.race = nil
	}
	if f.Case.Revision != ch.Was {
		return civic.Errorf(civic.Conflict, "error.moved")
	}
	f.Case = ch.Case
	f.Events = append(f.Events, ch.Events...)
	put(f, ch)
	o.changes = append(o.changes, ch)
	return nil
}

func (o *office) Forward(_ context.Context, _ string, f civic.Forwarding) error {
	o.forwards = append(o.forwards, f)
	return nil
}

func (o *office) NextFileNumber(_ context.Context, tenant, prefix string, year int) (string, error) {
	return civic.FileNumber(prefix, year, 7), nil
}

// town knows two tenants that offer the same form, and one that does not.
type town struct {
	form *formdef.Form
	off  string
}

func (d town) TenantByID(_ context.Context, id string) (civic.Tenant, error) {
	for _, t := range []civic.Tenant{{ID: "jena", Slug: "jena", Name: "Stadt Jena", Live: true, Key: []byte("kj")}, {ID: "gera", Slug: "gera", Name: "Stadt Gera", Live: true, Key: []byte("kg")}, {ID: "ulla", Slug: "ulla", Name: "Ulla", Live: true}} {
		if t.ID == id {
			return t, nil
		}
	}
	return civic.Tenant{}, civic.Errorf(civic.NotFound, "error.not_found")
}

func (d town) Current(_ context.Context, tenant, _ string) (civic.Offering, *formdef.Form, civic.Pins, error) {
	if tenant == d.off {
		return civic.Offering{}, nil, civic.Pins{}, civic.Errorf(civic.NotFound, "error.service.off")
	}
	return civic.Offering{Enabled: true}, d.form, civic.Pins{}, nil
}

func (d town) Pinned(context.Context, string, string, civic.Pins) (*formdef.Form, error) {
	return d.form, nil
}
func (d town) Form(context.Context, string) (*formdef.Form, error) { return d.form, nil }
func (d town) OfferingsOf(_ context.Context, tenant string) ([]civic.Offering, error) {
	return []civic.Offering{{Tenant: tenant, Service: "hund"}}, nil
}

func (d town) AllTenants(ctx context.Context) ([]civic.Tenant, error) {
	var out []civic.Tenant
	for _, id := range []string{"jena", "gera", "ulla"} {
		t, err := d.TenantByID(ctx, id)
		out = append(out, t)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// wax seals by writing key and purpose before the text, so that a wrong one shows.
type wax struct{}

func lock(k civic.Keys, purpose string) string { return string(k.DossierKey) + "/" + purpose + ":" }

func (wax) RewrapDossierKey(from, to civic.Keys) ([]byte, error) { return from.DossierKey, nil }
func (wax) Seal(k civic.Keys, purpose string, plain []byte) ([]byte, error) {
	return []byte(lock(k, purpose) + string(plain)), nil
}

func (wax) Open(k civic.Keys, purpose string, sealed []byte) ([]byte, error) {
	plain, ok := strings.CutPrefix(string(sealed), lock(k, purpose))
	if !ok {
		return nil, fmt.Errorf("wrong key for %s", purpose)
	}
	return []byte(plain), nil
}
func (wax) SealReader(_ civic.Keys, _ string, r io.Reader) io.Reader { return r }
func (wax) OpenReader(_ civic.Keys, _ string, s io.ReadSeeker, _ int64) (io.ReadSeeker, error) {
	_, err := s.Seek(0, io.SeekStart)
	return s, err
}

// press keeps the letters that it prints.
type press struct{ letters []civic.Letter }

func (p *press) Letter(_ context.Context, l civic.Letter) ([]byte, error) {
	p.letters = append(p.letters, l)
	return []byte("%PDF letter"), nil
}

// shelf keeps blobs in memory.
type shelf map[string][]byte

type book struct{ *bytes.Reader }

func (book) Close() error { return nil }

func (s shelf) Put(_ context.Context, key string, r io.Reader, _ int64) error {
	raw, err := io.ReadAll(r)
	if err == nil {
		s[key] = raw
	}
	return err
}

func (s shelf) Open(_ context.Context, key string) (io.ReadSeekCloser, error) {
	raw, ok := s[key]
	if !ok {
		return nil, civic.Errorf(civic.NotFound, "error.blob.missing")
	}
	return book{bytes.NewReader(raw)}, nil
}

var now = time.Date(2026, 3, 27, 9, 0, 0, 0, time.UTC)

// desk is a service with one case: received, two submissions, a message, an attachment.
func desk(t *testing.T) (*clerk.Service, *office, shelf) {
	t.Helper()
	k := civic.Keys{DossierKey: []byte("kd")}
	seal := func(purpose, s string) civic.Sealed { return civic.Sealed(lock(k, purpose) + s) }
	o := &office{files: map[string]*civic.CaseFile{"c1": {
		Case: civic.Case{ID: "c1", Tenant: "jena", Dossier: "d1", Service: "hund", FileNumber: "HUST-2026-000001", State: civic.Received, Revision: 3,
			Received: now.AddDate(0, 0, -10), Deadline: now.AddDate(0, 0, 3), Key: []byte("kd"), Columns: seal("columns", `{"/hund":"Bello","/name":"Schulz"}`)},
		Dossier: civic.Dossier{ID: "d1", Tenant: "jena", Key: []byte("kd"), CodeHash: []byte("h")},
		Submissions: []civic.Submission{{ID: "s1", Kind: civic.SubmissionFirst, Answers: seal("answers", `{"name":"Schulz","hund":"Belo"}`)},
			{ID: "s2", Kind: civic.SubmissionAmendment, Answers: seal("answers", `{"name":"Schulz","hund":"Bello"}`)}},
		Messages: []civic.Message{{ID: "m1", Author: "citizen", Body: seal("message", "Guten Tag")}},
		Attachments: []civic.Attachment{
			{ID: "a1", Tenant: "jena", Dossier: "d1", BlobKey: "a/d1/a1", Message: "m1", Bytes: 4, MediaType: "application/pdf", Name: seal("name", "impf.pdf"), Verdict: civic.VerdictClean},
			{ID: "a2", Tenant: "jena", Dossier: "d1", BlobKey: "a/d1/a2", Bytes: 4, MediaType: "application/pdf", Name: seal("name", "verworfen.pdf"), Verdict: civic.VerdictClean}, // no answer refers to it
		},
		Events: []civic.Event{{Kind: "case.submitted", Actor: "citizen"}},
	}}}
	blobs := shelf{"a/d1/a1": []byte("%PDF")}
	n := 0
	return clerk.New(clerk.Deps{Store: o, Team: o, Teams: o, Views: o, Labels: o, Work: &o.drawer, Margins: &o.drawer, Pictures: lens{}, Forms: town{form: newForm(t), off: "ulla"}, Seal: wax{}, Blobs: blobs, Letters: o, Drafts: o, Asked: o, Signet: stamp{}, Words: words, Now: func() time.Time { return now },
		NewID: func() string { n++; return fmt.Sprintf("id%d", n) }}), o, blobs
}

func staff(tenant string, roles ...civic.Role) civic.Actor {
	return civic.Actor{Staff: &civic.Staff{ID: "anna", Name: "Anna Adler", Roles: map[string][]civic.Role{tenant: roles}}}
}

func at(revision int64) clerk.At {
	return clerk.At{Tenant: "jena", Case: "c1", Revision: revision, Lang: "de"}
}

func want(t *testing.T, err error, code civic.Code) {
	t.Helper()
	if civic.CodeOf(err) != code {
		t.Fatalf("error %v, want code %q", err, code)
	}
}

func kinds(events []civic.Event) []string {
	var out []string
	for _, e := range events {
		out = append(out, e.Kind)
	}
	slices.Sort(out)
	return out
}

func (h *hands) HandOver(_ context.Context, _ string, x civic.HandOver) (int64, error) {
	h.last = x
	return 1, nil
}

func fieldOf(err error) string {
	var e *civic.Error
	if errors.As(err, &e) {
		return e.Field
	}
	return ""
}
