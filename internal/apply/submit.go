package apply

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// Submitted is a sent application.
type Submitted struct {
	Submission civic.Submission
	Problems   []formdef.Problem // what forbids it; then Submission is empty
}

// Declaration is what the citizen confirms on the check page: Seen is what that page posted in SeenField, so that nobody sends
// what they have not read.
type Declaration struct {
	Given bool
	Seen  []string
}

// ProblemMoved is the keyword of the problem that others have changed the draft since the check page was drawn.
const ProblemMoved = "moved"

// Submit freezes and sends the actor's draft. It returns when all of it is durable. A draft that was sent before (back
// button, double click) returns the same submission.
func (s *Service) Submit(ctx context.Context, who civic.Actor, dossier, lang string, declared Declaration) (*Application, Submitted, error) {
	for try := 0; ; try++ {
		a, sent, err := s.submit(ctx, who, dossier, lang, declared)
		if civic.CodeOf(err) == civic.Conflict && try < 5 {
			continue // another window saved in between: is it what was read on the check page?
		}
		return a, sent, err
	}
}

func (s *Service) submit(ctx context.Context, who civic.Actor, dossier, lang string, declared Declaration) (*Application, Submitted, error) {
	a, err := s.Open(ctx, who, dossier, lang)
	if err != nil {
		return nil, Submitted{}, err
	}
	if a.Draft.Submission != "" {
		sub, err := s.first(ctx, who, dossier)
		return a, Submitted{Submission: sub}, err
	}
	if a.Helper != nil && !a.Helper.MaySend {
		return a, Submitted{}, civic.Errorf(civic.Forbidden, "error.invitation.send")
	}
	problems := s.obstacles(a)
	if len(problems) > 0 {
		return a, Submitted{Problems: problems}, nil
	}
	if read, ok := readSeen(declared.Seen); ok && read.revision != a.Draft.Revision {
		return a, Submitted{Problems: []formdef.Problem{{Keyword: ProblemMoved}}}, nil
	}
	if !declared.Given {
		return a, Submitted{Problems: []formdef.Problem{{Pointer: "_declaration", Keyword: "declaration"}}}, nil
	}
	frozen, problems := a.Form.Freeze(a.State)
	if len(problems) > 0 {
		return a, Submitted{Problems: problems}, nil
	}
	filer := who
	if a.Helper != nil {
		filer.Identity = nil // what a helper's log-in proves says nothing of the applicant
	}
	filing, err := s.filing(ctx, filer, a, frozen)
	if err != nil {
		return a, Submitted{}, err
	}
	sub, err := s.Drafts.Submit(ctx, who.Subject, filing)
	if err != nil {
		return a, Submitted{}, err
	}
	return a, Submitted{Submission: sub}, nil
}

// obstacles are all problems of the form, and files that must be replaced.
func (s *Service) obstacles(a *Application) []formdef.Problem {
	problems := a.Form.Check(a.State)
	for _, urn := range a.Form.URNs(a.State.Answers) {
		f, known := a.State.Files[urn]
		if !known || f.Verdict == string(civic.VerdictInfected) {
			problems = append(problems, formdef.Problem{Pointer: s.pointerOf(a, urn), Keyword: "attachment", Label: f.Name, Params: map[string]string{"reason": "infected"}})
		}
	}
	return problems
}

func (s *Service) pointerOf(a *Application, urn string) string {
	for _, f := range a.Files {
		if f.URN() == urn {
			return f.Pointer
		}
	}
	return ""
}

// filing is everything that the submission writes.
func (s *Service) filing(ctx context.Context, who civic.Actor, a *Application, frozen []byte) (civic.Filing, error) {
	meta, now := a.Form.Package.Form, s.Now()
	number, err := s.Drafts.NextFileNumber(ctx, a.Tenant.ID, meta.FilePrefix, now.Year())
	if err != nil {
		return civic.Filing{}, fmt.Errorf("apply: file number: %w", err)
	}
	sub, err := s.submission(who, a, frozen, now)
	if err != nil {
		return civic.Filing{}, err
	}
	sub.FileNumber, sub.Kind = number, civic.SubmissionFirst
	sub.Receipt = s.Seal.Sign(sub.SignedReceipt().Message())
	c := civic.Case{ID: sub.Case, Tenant: a.Tenant.ID, Dossier: a.Draft.Dossier.ID, Service: a.Draft.Service, FileNumber: number,
		State: civic.Received, Revision: 1, Received: now, Changed: now, Unread: true}
	c = s.timing(a.Tenant, a.Form).Start(c, now)
	var answers formdef.Answers
	if answers, err = parse(frozen); err != nil {
		return civic.Filing{}, err
	}
	terms := a.Form.IndexTerms(answers)
	if c.Columns, err = s.columns(a, terms); err != nil {
		return civic.Filing{}, err
	}
	var jobs []civic.Job
	job := civic.FanOut{Tenant: c.Tenant, Case: c.ID, Submission: sub.ID, Service: c.Service}
	if a.NoticeTo() != "" {
		job.Notice = "receipt"
	}
	found := indexed(terms)
	person := civic.PersonTags(a.Draft.Account, a.Form.Person(answers))
	found = slices.Concat(found, person, civic.TwinTag(c.Service, person, found), []civic.IndexTerm{{Field: "number", Mode: "number", Text: number}})
	f := civic.Filing{Draft: a.Draft, Submission: sub, Terms: found}
	if co := a.Form.Cosign(a.State); co != nil {
		inv, err := s.newInvitation(a.Tenant, a.Draft.Dossier, civic.PurposeCosign, "", co.Days)
		if err != nil {
			return civic.Filing{}, err
		}
		f.Invitation, c.State, c.Deadline, c.Fiction, c.Unread = &inv, civic.AwaitingCosign, time.Time{}, time.Time{}, false
		jobs = s.cosignJobs(a.Form, a.State.Answers, c, inv)
		if job.Notice != "" {
			jobs = append(jobs, civic.Notify{Tenant: c.Tenant, Case: c.ID, What: job.Notice, Ref: sub.ID})
		}
	} else {
		jobs = []civic.Job{job}
	}
	f.Jobs = jobs
	if due := a.Form.Fees(a.State); len(due) > 0 {
		f.Payment = s.payment(c, due, now)
		if meta.PayFirst && c.State == civic.Received {
			c.State = civic.AwaitingPayment
		}
	}
	f.Case = c
	data := map[string]string{"submission": sub.ID, "state": string(c.State)}
	if a.Helper != nil {
		data["invitation"] = a.Helper.ID
	}
	f.Events = []civic.Event{{ID: s.NewID(), Tenant: c.Tenant, Case: c.ID, Actor: who.Name(), Kind: "case.submitted", At: now, Data: data}}
	return f, nil
}

// submission freezes the answers of a first submission or an amendment.
func (s *Service) submission(who civic.Actor, a *Application, frozen []byte, now time.Time) (civic.Submission, error) {
	sealed, err := s.Seal.Seal(keys(a.Tenant, a.Draft.Dossier), sealAnswers, frozen)
	if err != nil {
		return civic.Submission{}, fmt.Errorf("apply: submission: %w", err)
	}
	answers, err := parse(frozen)
	if err != nil {
		return civic.Submission{}, err
	}
	reach, err := s.sealReach(a, answers)
	if err != nil {
		return civic.Submission{}, err
	}
	return civic.Submission{ID: s.NewID(), Dossier: a.Draft.Dossier.ID, Tenant: a.Tenant.ID, Case: s.NewID(), Pins: a.Draft.Pins,
		Answers: sealed, Reach: reach, Digest: digest(frozen, a.Form.URNs(answers), a.Files), Level: who.Level(), Created: now}, nil
}

// sealReach keeps with a submission how its sender's log-in says that they can be reached, as far as the answers do not; nil
// when nothing is left of it.
func (s *Service) sealReach(a *Application, answers formdef.Answers) (civic.Sealed, error) {
	reach := a.Reach
	if a.Form.Email(answers) != "" {
		reach.Email = ""
	}
	if a.Form.Addressee(answers) != nil {
		reach.To = nil
	}
	if reach.Empty() {
		return nil, nil
	}
	raw, err := json.Marshal(reach)
	if err != nil {
		return nil, fmt.Errorf("apply: reach: %w", err)
	}
	sealed, err := s.Seal.Seal(keys(a.Tenant, a.Draft.Dossier), sealReach, raw)
	if err != nil {
		return nil, fmt.Errorf("apply: reach: %w", err)
	}
	return sealed, nil
}

// digest is SHA-256 over the frozen bytes and the SHA-256 of each attachment in the order of the answers.
func digest(frozen []byte, urns []string, files []Attachment) []byte {
	by := map[string][]byte{}
	for _, f := range files {
		by[f.URN()] = f.SHA256
	}
	h := sha256.New()
	h.Write(frozen)
	for _, u := range urns {
		h.Write(by[u])
	}
	return h.Sum(nil)
}

func parse(frozen []byte) (formdef.Answers, error) {
	var c content
	a, err := decodeAnswers([]byte(`{"answers":`+string(frozen)+`}`), &c)
	if err != nil {
		return nil, fmt.Errorf("apply: frozen answers: %w", err)
	}
	return a, nil
}

func indexed(terms []formdef.IndexTerm) []civic.IndexTerm {
	out := make([]civic.IndexTerm, 0, len(terms)+1)
	for _, t := range terms {
		out = append(out, civic.IndexTerm{Field: t.Pointer, Mode: t.Mode, Text: t.Text})
	}
	return out
}

// columns are the answers that the inbox shows, sealed.
func (s *Service) columns(a *Application, terms []formdef.IndexTerm) (civic.Sealed, error) {
	shown := map[string]string{}
	for _, t := range terms {
		if t.Column {
			shown[t.Pointer] = strings.TrimPrefix(shown[t.Pointer]+", "+t.Shown, ", ")
		}
	}
	if len(shown) == 0 {
		return nil, nil
	}
	raw, err := json.Marshal(shown)
	if err != nil {
		return nil, fmt.Errorf("apply: columns: %w", err)
	}
	sealed, err := s.Seal.Seal(keys(a.Tenant, a.Draft.Dossier), sealColumns, raw)
	if err != nil {
		return nil, fmt.Errorf("apply: columns: %w", err)
	}
	return sealed, nil
}

func (s *Service) payment(c civic.Case, due []formdef.FeeDue, now time.Time) *civic.Payment {
	p := &civic.Payment{ID: s.NewID(), Case: c.ID, Tenant: c.Tenant, Created: now}
	for _, d := range due {
		p.Cents += d.Cents
		p.Items = append(p.Items, civic.PaymentItem{Code: d.Code, Label: d.Label, Cents: d.Cents})
	}
	return p
}

// first is the first submission of a dossier that was sent before.
func (s *Service) first(ctx context.Context, who civic.Actor, dossier string) (civic.Submission, error) {
	f, err := s.Cases.MyCase(ctx, who.Subject, dossier)
	if err != nil {
		return civic.Submission{}, err
	}
	if len(f.Submissions) == 0 {
		return civic.Submission{}, fmt.Errorf("apply: dossier %s has a case without a submission", dossier)
	}
	return f.Submissions[0], nil
}

// timing is by when the office has to be done with what the form asks for.
func (s *Service) timing(t civic.Tenant, f *formdef.Form) civic.Timing {
	d := f.Package.Form.Deadline
	return civic.Timing{Calendar: t.Calendar(s.Zone), Decide: civic.Span(d.Span), Deemed: civic.Span(d.Silence())}
}
