package clerk

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// Opinions finds what others are asked, by the code that they hold.
type Opinions interface {
	// OpinionByCode says whose case the opinion belongs to that one of the code's hashes opens; with an id, only that one.
	OpinionByCode(ctx context.Context, hashes [][]byte, id string) (civic.Opinion, error)
	// OpinionOpened remembers the first look; OpinionSeen records what was looked at.
	OpinionOpened(ctx context.Context, o civic.Opinion, ev civic.Event) error
	OpinionSeen(ctx context.Context, o civic.Opinion, ev civic.Event) error
}

const (
	maxAsked  = 20  // opinions of a case
	maxExpert = 120 // letters of a name
	expert    = "expert"
)

// Opinion is what somebody else is asked, opened.
type Opinion struct {
	civic.Opinion
	Address, Words, Labels string
	Said, By               string // the answer, and who gave it
	Files                  []Attachment
	Code                   string // "" when it opens nothing any more
}

// Consultation asks somebody outside of the office.
type Consultation struct {
	Pointers []string // of answers, as the latest submission shows them
	Email    string
	Question string
	Days     int // one of civic.OpinionLives
}

func (s *Service) openOpinions(f *File, k civic.Keys, list []civic.Opinion) error {
	for _, o := range list {
		x := Opinion{Opinion: o}
		for sealed, to := range map[*civic.Sealed]*string{&o.Email: &x.Address, &o.Question: &x.Words, &o.Answer: &x.Said, &o.Name: &x.By} {
			text, err := s.open(k, sealOpinion, *sealed)
			if err != nil {
				return err
			}
			*to = text
		}
		var labels []string
		for _, sub := range f.Submissions {
			if sub.ID == o.Submission {
				for _, l := range lines(marked(sub.Sections, o)) {
					labels = append(labels, l.Label)
				}
			}
		}
		x.Labels = strings.Join(labels, ", ")
		for _, a := range f.Attachments {
			if a.Message == o.Files() {
				x.Files = append(x.Files, a)
			}
		}
		if o.Waits(s.Now()) {
			x.Code = s.macs().InvitationCode(civic.Invitation{ID: o.ID, CodeHash: o.CodeHash})
		}
		f.Opinions = append(f.Opinions, x)
	}
	return nil
}

func (s *Service) macs() civic.MACs { return s.Seal.MACs }

// marked are the lines that the opinion shows, under the headings that have some. A row's heading may be an answer itself: there its
// number stands instead.
func marked(sections []formdef.Section, o civic.Opinion) []formdef.Section {
	var out []formdef.Section
	for _, sec := range sections {
		var rows, above []formdef.Line // above: headings over which nothing is shown yet
		for _, l := range sec.Rows {
			switch {
			case l.Heading:
				above = slices.DeleteFunc(above, func(h formdef.Line) bool { return h.Level >= l.Level })
				if n, err := strconv.Atoi(l.Pointer[strings.LastIndexByte(l.Pointer, '/')+1:]); err == nil {
					l.Label = fmt.Sprintf("%d.", n+1)
				}
				above = append(above, l)
			case o.Shows(l.Pointer):
				rows, above = append(append(rows, above...), l), nil
			}
		}
		if sec.Rows = rows; len(rows) > 0 {
			out = append(out, sec)
		}
	}
	return out
}

// Consult (um Stellungnahme bitten) asks another office or an expert about what is marked; they get a link by e-mail.
func (s *Service) Consult(ctx context.Context, who civic.Actor, at At, in Consultation) error {
	address, err := mail.ParseAddress(strings.TrimSpace(in.Email))
	if err != nil || len(in.Email) > 200 || address.Name != "" {
		return civic.Errorf(civic.Invalid, "error.desk.consult.email").At("email")
	}
	body, err := text("text", in.Question, maxText)
	if err != nil {
		return err
	}
	if !slices.Contains(civic.OpinionLives, in.Days) {
		return civic.Errorf(civic.Invalid, "error.desk.consult.days").At("days")
	}
	at.Revision = 0
	return s.change(ctx, who, at, func(f *File, ch *civic.CaseChange) error {
		if !f.Case.State.Desk() {
			return civic.Errorf(civic.Conflict, "error.case.state", "state", string(f.Case.State))
		}
		if len(f.Opinions) >= maxAsked {
			return civic.Errorf(civic.Invalid, "error.desk.consult.many", "max", maxAsked).At("email")
		}
		latest := f.Latest()
		var pointers []string
		for _, l := range lines(latest.Sections) {
			if l.Pointer != "" && slices.Contains(in.Pointers, l.Pointer) && !slices.Contains(pointers, l.Pointer) {
				pointers = append(pointers, l.Pointer)
			}
		}
		if len(pointers) == 0 {
			return civic.Errorf(civic.Invalid, "error.desk.consult.fields").At("fields")
		}
		question, err := s.filled(f, who, body, maxText, Filling{Kind: civic.TemplateMessage})
		if err != nil {
			return err
		}
		o := civic.Opinion{ID: s.NewID(), Case: f.Case.ID, Tenant: f.Tenant.ID, Dossier: f.Dossier.ID, Submission: latest.ID, Pointers: pointers, Author: who.Staff.ID,
			AuthorName: who.Staff.Name, Created: s.Now(), Expires: s.midnight(s.Now()).AddDate(0, 0, in.Days+1)}
		_, o.CodeHash = s.macs().NewInvitationCode(o.ID)
		k := keys(f.Tenant, f.Dossier.ID, f.Dossier.Key)
		if o.Email, err = s.seal(k, sealOpinion, address.Address); err != nil {
			return err
		}
		if o.Question, err = s.seal(k, sealOpinion, question); err != nil {
			return err
		}
		ch.Opinion = &o
		ch.Jobs = []civic.Job{civic.Notify{Tenant: f.Tenant.ID, Case: f.Case.ID, What: "opinion", Ref: o.ID}}
		s.touch(f, ch, who, "opinion.asked", map[string]string{"opinion": o.ID, "fields": fmt.Sprint(len(pointers))})
		return nil
	})
}

// Unconsult (Bitte zurückziehen) shuts out somebody who was asked, at once.
func (s *Service) Unconsult(ctx context.Context, who civic.Actor, at At, id string) error {
	at.Revision = 0
	return s.change(ctx, who, at, func(f *File, ch *civic.CaseChange) error {
		i := slices.IndexFunc(f.Opinions, func(o Opinion) bool { return o.ID == id })
		if i < 0 {
			return civic.Errorf(civic.NotFound, "error.not_found")
		}
		o := f.Opinions[i].Opinion
		if o.Revoked.IsZero() {
			o.Revoked = s.Now()
		}
		ch.Opinion = &o
		s.touch(f, ch, who, "opinion.revoked", map[string]string{"opinion": id})
		return nil
	})
}

// Asked is what somebody who is asked sees of a case: what is marked, the question, and nothing else.
type Asked struct {
	Opinion  Opinion
	Tenant   civic.Tenant
	Service  string // its name
	Sections []formdef.Section
	Waits    bool // an answer is awaited
	file     *File
}

// AcceptOpinion checks the code of somebody who is asked; NotFound when it is none.
func (s *Service) AcceptOpinion(ctx context.Context, code string) (id, written string, err error) {
	hashes := s.macs().InvitationHashes(code)
	if hashes == nil {
		return "", "", civic.Errorf(civic.NotFound, "error.not_found")
	}
	o, err := s.Asked.OpinionByCode(ctx, hashes, "")
	return o.ID, civic.ReadCode(code), err
}

// AskedOf opens what the actor, who holds its code, is asked. That it was opened is recorded once.
func (s *Service) AskedOf(ctx context.Context, who civic.Actor, id, lang string) (*Asked, error) {
	found, err := s.Asked.OpinionByCode(ctx, who.Subject.Invited, id)
	if err != nil {
		return nil, err
	}
	t, err := s.Forms.TenantByID(ctx, found.Tenant)
	if err != nil {
		return nil, err
	}
	raw, err := s.Store.CaseFile(ctx, t.ID, found.Case)
	if err != nil {
		return nil, err
	}
	f, err := s.fileOf(ctx, t, raw, lang)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(f.Opinions, func(o Opinion) bool { return o.ID == id })
	if i < 0 || !f.Opinions[i].Live(s.Now()) || !f.Case.State.Desk() && f.Opinions[i].Answered.IsZero() {
		return nil, civic.Errorf(civic.NotFound, "error.opinion.over") // decided without it, or withdrawn
	}
	a := &Asked{Opinion: f.Opinions[i], Tenant: t, Service: f.Form.Package.Service.Name.In(lang), Waits: f.Opinions[i].Answered.IsZero(), file: f}
	for _, sub := range f.Submissions {
		if sub.ID == a.Opinion.Submission {
			a.Sections = marked(sub.Sections, a.Opinion.Opinion)
		}
	}
	if a.Opinion.Opened.IsZero() {
		ev := s.event(f.Case, who, "opinion.opened", map[string]string{"opinion": id})
		ev.Actor = expert
		if err := s.Asked.OpinionOpened(ctx, a.Opinion.Opinion, ev); err != nil {
			return nil, fmt.Errorf("clerk: opinion: %w", err)
		}
	}
	return a, nil
}

// AskedFile opens an attachment among what is marked, or among what the actor answered with.
func (s *Service) AskedFile(ctx context.Context, who civic.Actor, id, file string) (*Download, error) {
	a, err := s.AskedOf(ctx, who, id, "de")
	if err != nil {
		return nil, err
	}
	urn := "urn:uuid:" + file
	shown := slices.ContainsFunc(lines(a.Sections), func(l formdef.Line) bool {
		return slices.ContainsFunc(l.Files, func(x formdef.File) bool { return x.URN == urn })
	})
	i := slices.IndexFunc(a.file.Attachments, func(x Attachment) bool {
		return x.URN() == urn && (x.Message == "" && shown || x.Message == a.Opinion.Opinion.Files())
	})
	if i < 0 {
		return nil, civic.Errorf(civic.NotFound, "error.not_found")
	}
	x := a.file.Attachments[i]
	if x.Verdict == civic.VerdictInfected {
		return nil, civic.Errorf(civic.Forbidden, "error.desk.infected")
	}
	body, err := s.plain(ctx, keys(a.Tenant, a.file.Dossier.ID, a.file.Dossier.Key), sealFile, x.BlobKey)
	if err != nil {
		return nil, err
	}
	ev := s.event(a.file.Case, who, "attachment.opened", map[string]string{"attachment": x.ID, "opinion": id})
	ev.Actor = expert
	if err := s.Asked.OpinionSeen(ctx, a.Opinion.Opinion, ev); err != nil {
		return nil, errors.Join(fmt.Errorf("clerk: opinion: %w", err), body.Close())
	}
	return &Download{x.FileName, x.MediaType, x.Bytes, x.Verdict, body}, nil
}

// KeepAsked stores a file for the answer; what no answer refers to in the end is swept.
func (s *Service) KeepAsked(ctx context.Context, who civic.Actor, id string, up Upload) (civic.Attachment, error) {
	a, err := s.AskedOf(ctx, who, id, "de")
	if err != nil {
		return civic.Attachment{}, err
	}
	if !a.Waits {
		return civic.Attachment{}, civic.Errorf(civic.Conflict, "error.opinion.answered")
	}
	x, err := s.keep(ctx, a.file, up)
	x.FromOffice = false
	return x, err
}

// AnswerAsked (Stellung nehmen) stores the answer on the case, which is new to its office then.
func (s *Service) AnswerAsked(ctx context.Context, who civic.Actor, id, name, answer string, files []civic.Attachment) error {
	name = strings.Join(strings.Fields(name), " ")
	if n := utf8.RuneCountInString(name); n < 2 || n > maxExpert || !utf8.ValidString(name) {
		return civic.Errorf(civic.Invalid, "error.opinion.name", "max", maxExpert).At("name")
	}
	body, err := text("text", answer, maxText)
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		err := s.answerAsked(ctx, who, id, name, body, files)
		if civic.CodeOf(err) == civic.Conflict && MovedOf(err) == nil && try < maxTries {
			if a, again := s.AskedOf(ctx, who, id, "de"); again == nil && a.Waits {
				continue // somebody worked on the case in between
			}
		}
		return err
	}
}

func (s *Service) answerAsked(ctx context.Context, who civic.Actor, id, name, body string, files []civic.Attachment) error {
	a, err := s.AskedOf(ctx, who, id, "de")
	if err != nil {
		return err
	}
	if !a.Waits {
		return civic.Errorf(civic.Conflict, "error.opinion.answered")
	}
	f, o := a.file, a.Opinion.Opinion
	k := keys(f.Tenant, f.Dossier.ID, f.Dossier.Key)
	o.Answered = s.Now()
	if o.Name, err = s.seal(k, sealOpinion, name); err != nil {
		return err
	}
	if o.Answer, err = s.seal(k, sealOpinion, body); err != nil {
		return err
	}
	ch := civic.CaseChange{Case: f.Case, Was: f.Case.Revision, Opinion: &o, Terms: []civic.IndexTerm{{Field: "message", Mode: "word", Text: body}}}
	for _, x := range files {
		if x.Dossier != f.Dossier.ID {
			return civic.Errorf(civic.NotFound, "error.not_found")
		}
		x.Message = o.Files()
		ch.Attachments = append(ch.Attachments, x)
		if s.Scans {
			ch.Jobs = append(ch.Jobs, civic.ScanAttachment{Tenant: x.Tenant, Attachment: x.ID})
		}
	}
	ch.Case.Unread = true
	s.touch(f, &ch, who, "opinion.answered", map[string]string{"opinion": id, "documents": fmt.Sprint(len(files))})
	ch.Events[0].Actor = expert
	if err := s.Store.Change(ctx, f.Tenant.ID, ch); err != nil {
		return fmt.Errorf("clerk: opinion: %w", err)
	}
	return nil
}
