package apply

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// maxMessage is the length of a message in letters.
const maxMessage = 10000

// Entry is a line of "my applications": a draft, or a case.
type Entry struct {
	Dossier string
	Tenant  civic.Tenant
	Service string
	Form    *formdef.Form
	Draft   *civic.Draft
	Case    *civic.Case
}

// Mine lists what the actor has begun and sent, newest change first.
func (s *Service) Mine(ctx context.Context, who civic.Actor) ([]Entry, error) {
	if who.Subject.Empty() {
		return nil, nil
	}
	drafts, cases, err := s.Drafts.Mine(ctx, who.Subject)
	if err != nil {
		return nil, err
	}
	var out []Entry
	for _, d := range drafts {
		e := Entry{Dossier: d.Dossier.ID, Service: d.Service, Draft: &d}
		if e.Form, err = s.Forms.Pinned(ctx, d.Tenant, d.Service, d.Pins); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	for _, c := range cases {
		e := Entry{Dossier: c.Dossier, Service: c.Service, Case: &c}
		if _, e.Form, _, err = s.Forms.Current(ctx, c.Tenant, c.Service); err != nil && civic.CodeOf(err) != civic.NotFound {
			return nil, err
		}
		out = append(out, e)
	}
	for i := range out {
		tenant := ""
		if out[i].Draft != nil {
			tenant = out[i].Draft.Tenant
		} else {
			tenant = out[i].Case.Tenant
		}
		if out[i].Tenant, err = s.Forms.TenantByID(ctx, tenant); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(out, func(a, b Entry) int { return cmp.Compare(b.changed(), a.changed()) })
	return out, nil
}

func (e Entry) changed() int64 {
	if e.Draft != nil {
		return e.Draft.Updated.UnixMicro()
	}
	return e.Case.Changed.UnixMicro()
}

// MyCase is the citizen's view of a sent application, opened.
type MyCase struct {
	File     civic.CaseFile
	Tenant   civic.Tenant
	Form     *formdef.Form // of the latest submission
	Frozen   []byte        // the latest submission's answers
	State    formdef.State
	Files    []Attachment
	Messages []Message
	Requests []Request
	Reach    civic.Reach // of the log-in that it was sent with
	Letter   string      // Markdown of the decision, "" without one
	// Before and After are where it was forwarded from and to, nil unless the actor may see that case.
	Before, After *Forwarded
}

// Forwarded is the same application at another authority.
type Forwarded struct {
	Case   civic.Case
	Tenant civic.Tenant
}

// Message is a message, opened, with its files.
type Message struct {
	civic.Message
	Text  string
	Files []Attachment
}

// Request is a request, opened.
type Request struct {
	civic.Request
	Words    string
	Comments map[string]string // by pointer: what is wrong there
}

// OpenRequest is the request that waits for an answer, nil without one.
func (m MyCase) OpenRequest() *Request {
	for i := range m.Requests {
		if m.Requests[i].Open() {
			return &m.Requests[i]
		}
	}
	return nil
}

// Latest is the newest submission.
func (m MyCase) Latest() civic.Submission { return m.File.Submissions[len(m.File.Submissions)-1] }

// Case opens the actor's case and marks what the office sent as read when read is true.
func (s *Service) Case(ctx context.Context, who civic.Actor, dossier, lang string, read bool) (*MyCase, error) {
	f, err := s.Cases.MyCase(ctx, who.Subject, dossier)
	if err != nil {
		return nil, err
	}
	m, err := s.fileOf(ctx, f)
	if err != nil {
		return nil, err
	}
	if err := owns(m.Form, f.Dossier, who); err != nil {
		return nil, err
	}
	if err := s.openCase(m, lang); err != nil {
		return nil, err
	}
	if err := s.forwards(ctx, who, m); err != nil {
		return nil, err
	}
	if read {
		if err := s.Cases.ReadMine(ctx, who.Subject, dossier); err != nil {
			return nil, fmt.Errorf("apply: read: %w", err)
		}
	}
	return m, nil
}

// fileOf finds tenant and form of a case; nothing of it is opened.
func (s *Service) fileOf(ctx context.Context, f civic.CaseFile) (_ *MyCase, err error) {
	f.Attachments = slices.DeleteFunc(f.Attachments, civic.Attachment.Expert)
	m := &MyCase{File: f}
	if m.Tenant, err = s.Forms.TenantByID(ctx, f.Case.Tenant); err != nil {
		return nil, err
	}
	if len(f.Submissions) == 0 {
		return nil, fmt.Errorf("apply: case %s has no submission", f.Case.ID)
	}
	latest := m.Latest()
	if m.Form, err = s.Forms.Pinned(ctx, latest.Tenant, f.Case.Service, latest.Pins); err != nil {
		return nil, err
	}
	return m, nil
}

// Arrived tells that it was forwarded from elsewhere: it never was a draft here.
func (m *MyCase) Arrived() bool {
	return slices.ContainsFunc(m.File.Events, func(e civic.Event) bool { return e.Kind == "case.arrived" })
}

// forwards finds the cases that this one was forwarded to and from; only the few that were ask the store.
func (s *Service) forwards(ctx context.Context, who civic.Actor, m *MyCase) error {
	c := m.File.Case
	if c.ForwardedTo == "" && !m.Arrived() {
		return nil
	}
	cases, err := s.Cases.Forwards(ctx, who.Subject, c.ID, c.ForwardedTo)
	if err != nil {
		return fmt.Errorf("apply: forwards: %w", err)
	}
	for _, other := range cases {
		t, err := s.Forms.TenantByID(ctx, other.Tenant)
		if err != nil {
			return err
		}
		if f := (&Forwarded{other, t}); other.ForwardedTo == c.ID {
			m.Before = f
		} else {
			m.After = f
		}
	}
	return nil
}

// openCase opens everything sealed of a case.
func (s *Service) openCase(m *MyCase, lang string) error {
	k := keys(m.Tenant, m.File.Dossier)
	open := func(purpose string, sealed civic.Sealed) (string, error) {
		raw, err := s.Seal.Open(k, purpose, sealed)
		if err != nil {
			return "", fmt.Errorf("apply: case: %s: %w", purpose, err)
		}
		return string(raw), nil
	}
	frozen, err := open(sealAnswers, m.Latest().Answers)
	if err != nil {
		return err
	}
	m.Frozen = []byte(frozen)
	if sealed := m.Latest().Reach; len(sealed) > 0 {
		raw, err := open(sealReach, sealed)
		if err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(raw), &m.Reach); err != nil {
			return fmt.Errorf("apply: case: reach: %w", err)
		}
	}
	if m.Files, err = s.named(m.Tenant, m.File.Dossier, m.File.Attachments); err != nil {
		return err
	}
	m.State = formdef.State{Files: views(m.Files), Now: s.Now(), Lang: lang}
	if m.State.Answers, err = parse(m.Frozen); err != nil {
		return err
	}
	m.Files = referred(m.Files, m.State.Answers)
	for _, msg := range m.File.Messages {
		text, err := open(sealMessage, msg.Body)
		if err != nil {
			return err
		}
		m.Messages = append(m.Messages, Message{msg, text, filesOf(m.Files, msg.ID)})
	}
	for _, r := range m.File.Requests {
		text, err := open(sealRequest, r.Text)
		if err != nil {
			return err
		}
		x := Request{Request: r, Words: text}
		if len(r.Comments) > 0 {
			raw, err := open(sealComment, r.Comments)
			if err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(raw), &x.Comments); err != nil {
				return fmt.Errorf("apply: case: comments: %w", err)
			}
		}
		m.Requests = append(m.Requests, x)
	}
	if d := m.File.Decision; d != nil {
		m.Letter, err = open(sealLetter, d.Letter)
	}
	return err
}

// Answers opens what one submission of the case said, word for word, e.g. the first for its receipt.
func (s *Service) Answers(m *MyCase, sub civic.Submission) (frozen []byte, st formdef.State, err error) {
	if frozen, err = s.Seal.Open(keys(m.Tenant, m.File.Dossier), sealAnswers, sub.Answers); err != nil {
		return nil, st, fmt.Errorf("apply: case: %s: %w", sealAnswers, err)
	}
	st = m.State
	st.Answers, err = parse(frozen)
	return frozen, st, err
}

func filesOf(files []Attachment, message string) []Attachment {
	var out []Attachment
	for _, f := range files {
		if f.Message == message && message != "" {
			out = append(out, f)
		}
	}
	return out
}

// documents is what may be sent along with a message, without being asked.
var documents = formdef.FileRule{MaxBytes: 10 << 20, MaxFiles: 10, MediaTypes: []string{"application/pdf", "image/jpeg", "image/png", "image/webp", "text/plain"}}
