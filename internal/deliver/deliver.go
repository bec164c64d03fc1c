// Package deliver is the use case that nobody waits for: what must happen after a request was answered. It hands
// submissions to the authority's other systems, mails applicants that something happened, scans uploads, and deletes what
// has expired. Its methods are the handlers of jobs: each may run more than once, and says with an error that it wants to
// run again. It may know civic, formdef and locale; it must not know which connectors there are.
package deliver

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// The purposes under which content is sealed.
const (
	sealDraft   = "draft"
	sealAnswers = "answers"
	sealName    = "name"
	sealFile    = "file"
	sealSecret  = "secret"
	sealReach   = "reach"
	sealOpinion = "opinion"
)

// Deps is what the use case works with.
type Deps struct {
	Deliveries Deliveries
	Expiry     Expiry
	Retained   Retained
	Periods    Periods
	// Invitations are those to confirm an application.
	Invitations Invitations
	// Subscriptions are mails about what is new in a view of the inbox; News counts it.
	Subscriptions Subscriptions
	News          News
	Tongues       Tongues
	Requests      Requests
	Offices       Offices
	Clocks        Clocks
	Figures       Figures
	// Chain is the chain of events; its heads are signed, and kept apart from it.
	Chain      Chain
	Signer     Signer
	Anchors    Anchors
	Team       Team
	Forms      Forms
	Seal       Opener
	Blobs      Blobs
	Connectors map[string]Connector // by id
	Mailer     Mailer
	Scanner    Scanner
	Printer    Printer
	Now        civic.Clock
	NewID      func() string
	Zone       *time.Location // where days begin and end; nil is UTC
	// Attempt tells which attempt of how many a job is on.
	Attempt func(ctx context.Context) (n, of int)
	// PublicURL is the platform's address, for links in mails; without a slash at its end.
	PublicURL string
}

// Service is safe for concurrent use.
type Service struct{ Deps }

// New makes the use case.
func New(d Deps) *Service {
	if d.Zone == nil {
		d.Zone = time.UTC
	}
	return &Service{d}
}

// permanent is a failure that no repetition mends.
type permanent struct{ error }

func (permanent) Permanent() bool { return true }
func (p permanent) Unwrap() error { return p.error }

// FanOut makes a submission's deliveries, one for each active route of its authority, and its notice.
func (s *Service) FanOut(ctx context.Context, job civic.FanOut) error {
	routes, err := s.Deliveries.Routes(ctx, job.Tenant)
	if err != nil {
		return fmt.Errorf("deliver: routes: %w", err)
	}
	var ds []civic.Delivery
	var jobs []civic.Job
	for _, r := range routes {
		if !r.Active || r.Service != "" && r.Service != job.Service {
			continue
		}
		d := civic.Delivery{ID: deliveryID(job.Submission, r.ID), Tenant: job.Tenant, Case: job.Case, Submission: job.Submission, Route: r.ID,
			Connector: r.Connector, Target: r.Target, Created: s.Now()}
		ds = append(ds, d)
		jobs = append(jobs, civic.Deliver{Tenant: job.Tenant, Delivery: d.ID})
	}
	if job.Notice != "" {
		jobs = append(jobs, civic.Notify{Tenant: job.Tenant, Case: job.Case, What: job.Notice, Ref: job.Submission})
	}
	if len(jobs) == 0 {
		return nil
	}
	if err := s.Deliveries.CreateDeliveries(ctx, job.Tenant, ds, jobs); err != nil {
		return fmt.Errorf("deliver: fan out: %w", err)
	}
	return nil
}

// deliveryID is the same whenever the same submission goes the same way, in the form of a UUID (version 8, RFC 9562).
func deliveryID(submission, route string) string {
	sum := sha256.Sum256([]byte(submission + "\n" + route))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80
	x := hex.EncodeToString(sum[:16])
	return x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:]
}

// Deliver tries one delivery. What was delivered or is dead is not sent again; the last failure makes it dead, which a
// person sees.
func (s *Service) Deliver(ctx context.Context, job civic.Deliver) error {
	d, err := s.Deliveries.Delivery(ctx, job.Tenant, job.Delivery)
	if err != nil {
		return fmt.Errorf("deliver: %w", err)
	}
	if !d.Delivered.IsZero() || !d.Dead.IsZero() {
		return nil // a person who sends a dead one again clears Dead first
	}
	sent := s.send(ctx, d)
	d.Attempts, d.Tried, d.LastError = d.Attempts+1, s.Now(), ""
	kind := ""
	switch n, of := s.Attempt(ctx); {
	case sent == nil:
		d.Delivered, kind = d.Tried, "delivery.delivered"
	case n >= of || isPermanent(sent):
		d.Dead, kind = d.Tried, "delivery.dead"
		d.LastError = sent.Error()
	default:
		d.LastError = sent.Error()
	}
	var ev *civic.Event
	if kind != "" {
		ev = &civic.Event{ID: s.NewID(), Tenant: d.Tenant, Case: d.Case, Actor: "system", Kind: kind, At: d.Tried,
			Data: map[string]string{"delivery": d.ID, "connector": d.Connector}}
	}
	if err := s.Deliveries.SaveDelivery(ctx, d, ev); err != nil {
		return fmt.Errorf("deliver: %w", err)
	}
	return sent
}

func isPermanent(err error) bool {
	var p interface{ Permanent() bool }
	return errors.As(err, &p) && p.Permanent()
}

func (s *Service) send(ctx context.Context, d civic.Delivery) error {
	c, ok := s.Connectors[d.Connector]
	if !ok {
		return permanent{fmt.Errorf("there is no connector %q", d.Connector)}
	}
	p, err := s.parcel(ctx, d)
	if err != nil {
		return err
	}
	return c.Send(ctx, p)
}

// parcel opens what a delivery carries.
func (s *Service) parcel(ctx context.Context, d civic.Delivery) (civic.Parcel, error) {
	o, err := s.open(ctx, d.Tenant, d.Case, d.Submission)
	if err != nil {
		return civic.Parcel{}, err
	}
	p := civic.Parcel{ID: d.ID, Target: d.Target, Tenant: o.tenant.Slug, TenantName: o.tenant.Name, Service: o.file.Case.Service,
		ServiceName: serviceName(o.form, o.file.Case.Service, "de"), FileNumber: o.file.Case.FileNumber,
		CaseID: d.Case, Kind: o.sub.Kind, Submitted: o.sub.Created, Answers: o.frozen, Digest: o.sub.Digest}
	if o.form.Package != nil {
		p.LeiKa = o.form.Package.Service.LeiKa
	}
	if p.Secret, err = s.secret(ctx, o.tenant, d.Route); err != nil {
		return p, err
	}
	urns := o.form.URNs(o.answers)
	for _, a := range o.file.Attachments {
		if !slices.Contains(urns, a.URN()) || a.Verdict == civic.VerdictInfected {
			continue
		}
		if a.Verdict == civic.VerdictWaiting {
			return p, errors.New("an attachment is still being scanned")
		}
		p.Files = append(p.Files, civic.ParcelFile{ID: strings.TrimPrefix(a.URN(), "urn:uuid:"), Name: o.names[a.URN()].Name, MediaType: a.MediaType, Bytes: a.Bytes, SHA256: a.SHA256,
			Open: func() (io.ReadCloser, error) { return s.plain(ctx, o.keys, a) }})
	}
	p.PDF, err = s.receipt(ctx, o, "de")
	return p, err
}

// secret is the route's signing secret; none when the route is gone.
func (s *Service) secret(ctx context.Context, t civic.Tenant, route string) ([]byte, error) {
	routes, err := s.Deliveries.Routes(ctx, t.ID)
	if err != nil {
		return nil, fmt.Errorf("deliver: routes: %w", err)
	}
	for _, r := range routes {
		if r.ID == route && len(r.Secret) > 0 {
			raw, err := s.Seal.Open(civic.Keys{Tenant: t.ID, TenantKey: t.Key}, sealSecret, r.Secret)
			if err != nil {
				return nil, fmt.Errorf("deliver: secret: %w", err)
			}
			return raw, nil
		}
	}
	return nil, nil
}

// plain streams an attachment, opened.
func (s *Service) plain(ctx context.Context, k civic.Keys, a civic.Attachment) (io.ReadCloser, error) {
	raw, err := s.Blobs.Open(ctx, a.BlobKey)
	if err != nil {
		return nil, fmt.Errorf("deliver: attachment: %w", err)
	}
	size, err := raw.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = raw.Seek(0, io.SeekStart)
	}
	var r io.ReadSeeker
	if err == nil {
		r, err = s.Seal.OpenReader(k, sealFile, raw, size)
	}
	if err != nil {
		_ = raw.Close()
		return nil, fmt.Errorf("deliver: attachment: %w", err)
	}
	return struct {
		io.Reader
		io.Closer
	}{r, raw}, nil
}

// opened is a submission with everything around it, opened.
type opened struct {
	file    civic.CaseFile
	sub     civic.Submission
	tenant  civic.Tenant
	keys    civic.Keys
	form    *formdef.Form
	frozen  []byte
	answers formdef.Answers
	names   map[string]formdef.File
	reach   civic.Reach
}

// open reads a case and opens the submission, the latest one when its id is "".
func (s *Service) open(ctx context.Context, tenant, id, submission string) (*opened, error) {
	f, err := s.Deliveries.CaseFile(ctx, tenant, id)
	if err != nil {
		return nil, fmt.Errorf("deliver: case: %w", err)
	}
	i := len(f.Submissions) - 1
	if submission != "" {
		i = slices.IndexFunc(f.Submissions, func(x civic.Submission) bool { return x.ID == submission })
	}
	if i < 0 {
		return nil, permanent{fmt.Errorf("deliver: case %s lacks its submission", id)}
	}
	return s.openFile(ctx, f, f.Submissions[i], nil)
}

// openFile opens a submission of a case that was read before; frozen saves opening the answers again.
func (s *Service) openFile(ctx context.Context, f civic.CaseFile, sub civic.Submission, frozen []byte) (*opened, error) {
	o := &opened{file: f, sub: sub, frozen: frozen, names: map[string]formdef.File{}}
	var err error
	if o.tenant, err = s.Forms.TenantByID(ctx, f.Case.Tenant); err != nil {
		return nil, fmt.Errorf("deliver: tenant: %w", err)
	}
	if o.form, err = s.Forms.Pinned(ctx, sub.Tenant, f.Case.Service, sub.Pins); err != nil {
		return nil, fmt.Errorf("deliver: form: %w", err)
	}
	o.keys = civic.Keys{Tenant: o.tenant.ID, Dossier: f.Dossier.ID, TenantKey: o.tenant.Key, DossierKey: f.Dossier.Key}
	if o.frozen == nil {
		if o.frozen, err = s.Seal.Open(o.keys, sealAnswers, sub.Answers); err != nil {
			return nil, fmt.Errorf("deliver: answers: %w", err)
		}
	}
	if o.answers, err = decode(o.frozen); err != nil {
		return nil, fmt.Errorf("deliver: answers: %w", err)
	}
	if len(sub.Reach) > 0 {
		raw, err := s.Seal.Open(o.keys, sealReach, sub.Reach)
		if err != nil {
			return nil, fmt.Errorf("deliver: reach: %w", err)
		}
		if err := json.Unmarshal(raw, &o.reach); err != nil {
			return nil, fmt.Errorf("deliver: reach: %w", err)
		}
	}
	for _, a := range f.Attachments {
		name, err := s.Seal.Open(o.keys, sealName, a.Name)
		if err != nil {
			return nil, fmt.Errorf("deliver: file name: %w", err)
		}
		o.names[a.URN()] = formdef.File{URN: a.URN(), Name: string(name), MediaType: a.MediaType, Bytes: a.Bytes, Verdict: string(a.Verdict)}
	}
	return o, nil
}

// decode reads answers with exact numbers.
func decode(raw []byte) (formdef.Answers, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var a formdef.Answers
	err := dec.Decode(&a)
	return a, err
}
