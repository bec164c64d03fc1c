package clerk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"antragswerk/internal/civic"
)

// Write (schreiben) sends the citizen a message, with files that Keep has stored before.
func (s *Service) Write(ctx context.Context, who civic.Actor, at At, message string, files []civic.Attachment) error {
	body, err := text("text", message, maxText)
	if err != nil {
		return err
	}
	at.adds = true
	return s.change(ctx, who, at, func(f *File, ch *civic.CaseChange) error {
		if f.Case.State == civic.Forwarded {
			return civic.Errorf(civic.Conflict, "error.desk.forwarded")
		}
		body, err := s.filled(f, who, body, maxText, Filling{Kind: civic.TemplateMessage})
		if err != nil {
			return err
		}
		sealed, err := s.seal(keys(f.Tenant, f.Dossier.ID, f.Dossier.Key), sealMessage, body)
		if err != nil {
			return err
		}
		m := civic.Message{ID: s.NewID(), Case: f.Case.ID, Tenant: f.Tenant.ID, Dossier: f.Dossier.ID, FromOffice: true,
			Author: who.Staff.ID, AuthorName: who.Staff.Name, Body: sealed, Created: s.Now()}
		ch.Message, ch.Attachments = &m, nil
		ch.Jobs = []civic.Job{civic.Notify{Tenant: f.Tenant.ID, Case: f.Case.ID, What: "message", Ref: m.ID}}
		for _, a := range files {
			if a.Dossier != f.Dossier.ID {
				return civic.Errorf(civic.NotFound, "error.not_found")
			}
			a.Message = m.ID
			ch.Attachments = append(ch.Attachments, a)
			if s.Scans {
				ch.Jobs = append(ch.Jobs, civic.ScanAttachment{Tenant: a.Tenant, Attachment: a.ID})
			}
		}
		ch.Terms = []civic.IndexTerm{{Field: "message", Mode: "word", Text: body}}
		s.touch(f, ch, who, "message.sent", map[string]string{"message": m.ID})
		return nil
	})
}

// Question is what the citizen is asked to correct.
type Question struct {
	Pointers []string          // of fields, as File.Fields lists them
	Comments map[string]string // by pointer: what is wrong there
	Text     string            // what is wrong and what to do; may be empty when every field has its comment
	Due      time.Time
}

// maxDue is the farthest day for an answer, from today.
const maxDue = 365 * 24 * time.Hour

// Ask (nachfordern) asks the citizen to correct fields or add attachments by a day; the case waits for the answer.
func (s *Service) Ask(ctx context.Context, who civic.Actor, at At, q Question) error {
	today := s.midnight(s.Now())
	if q.Due.Before(today) || q.Due.After(today.Add(maxDue)) {
		return civic.Errorf(civic.Invalid, "error.desk.due").At("due")
	}
	house, err := s.Letters.Correspondence(ctx, at.Tenant)
	if err != nil {
		return fmt.Errorf("clerk: correspondence: %w", err)
	}
	return s.change(ctx, who, at, func(f *File, ch *civic.CaseChange) error {
		if err := f.free(); err != nil {
			return err
		}
		known := lines(f.Fields())
		var pointers []string
		for _, l := range known {
			if l.Pointer != "" && slices.Contains(q.Pointers, l.Pointer) && !slices.Contains(pointers, l.Pointer) {
				pointers = append(pointers, l.Pointer)
			}
		}
		if len(pointers) == 0 {
			return civic.Errorf(civic.Invalid, "error.desk.fields").At("fields")
		}
		r := civic.Request{ID: s.NewID(), Case: f.Case.ID, Tenant: f.Tenant.ID, Dossier: f.Dossier.ID, Pointers: pointers, Due: q.Due, Created: s.Now()}
		if remind := q.Due.AddDate(0, 0, -house.Remind); house.Remind > 0 && remind.After(s.Now()) {
			r.Remind = remind
		}
		if err := s.word(f, who, q, &r); err != nil {
			return err
		}
		next, ev, err := f.Case.Ask(who, s.Now(), r.ID)
		if err != nil {
			return err
		}
		ch.Case, ch.Events, ch.Request = next, []civic.Event{ev}, &r
		ch.Jobs = []civic.Job{civic.Notify{Tenant: f.Tenant.ID, Case: f.Case.ID, What: "request", Ref: r.ID}}
		return nil
	})
}

// word seals what a request says, as a whole and on each of its fields.
func (s *Service) word(f *File, who civic.Actor, q Question, r *civic.Request) error {
	in := Filling{Kind: civic.TemplateRequest, Due: q.Due}
	comments := map[string]string{}
	for _, p := range r.Pointers {
		comment := strings.TrimSpace(q.Comments[p])
		if comment == "" {
			continue
		}
		in.field = commentField(p)
		comment, err := s.filled(f, who, comment, maxComment, in)
		if err != nil {
			return err
		}
		comments[p] = comment
	}
	body, err := text("text", q.Text, maxText)
	if err != nil && (strings.TrimSpace(q.Text) != "" || len(comments) < len(r.Pointers)) {
		return err
	}
	in.field = ""
	if body, err = s.filled(f, who, body, maxText, in); err != nil {
		return err
	}
	k := keys(f.Tenant, f.Dossier.ID, f.Dossier.Key)
	if r.Text, err = s.seal(k, sealRequest, body); err != nil || len(comments) == 0 {
		return err
	}
	raw, err := json.Marshal(comments)
	if err != nil {
		return fmt.Errorf("clerk: comments: %w", err)
	}
	r.Comments, err = s.seal(k, sealComment, string(raw))
	return err
}

// maxComment limits what is said of one field, in bytes.
const maxComment = 2_000

// commentField names the input of a field's comment.
func commentField(pointer string) string { return "comment:" + pointer }

// openComments opens what a request says of its fields.
func (s *Service) openComments(k civic.Keys, sealed civic.Sealed) (map[string]string, error) {
	raw, err := s.open(k, sealComment, sealed)
	if err != nil || raw == "" {
		return nil, err
	}
	var out map[string]string
	if err := json.Unmarshal([]byte(raw), &out); err != nil {
		return nil, fmt.Errorf("clerk: comments: %w", err)
	}
	return out, nil
}

// filled fills the placeholders of what a clerk wrote, and measures it again.
func (s *Service) filled(f *File, who civic.Actor, body string, limit int, in Filling) (string, error) {
	if strings.Contains(body, "{{") {
		var err error
		if body, err = s.Fill(f, who, body, in); err != nil {
			return "", err
		}
	}
	if len(body) > limit {
		return "", civic.Errorf(civic.Invalid, "error.desk.long", "limit", limit).At(in.at())
	}
	return body, nil
}

// Recall (Nachforderung zurücknehmen) stops waiting for the answer.
func (s *Service) Recall(ctx context.Context, who civic.Actor, at At) error {
	return s.change(ctx, who, at, func(f *File, ch *civic.CaseChange) error {
		next, ev, err := f.Case.Recall(who, s.Now())
		if err != nil {
			return err
		}
		ch.Case, ch.Events, ch.Request = next, []civic.Event{ev}, s.recalled(f)
		return nil
	})
}

// recalled is the open request, taken back; nil when none waits.
func (s *Service) recalled(f *File) *civic.Request {
	r := f.OpenRequest()
	if r == nil {
		return nil
	}
	back := r.Request
	back.Recalled = s.Now()
	return &back
}

// Note (vermerken) writes for colleagues only.
func (s *Service) Note(ctx context.Context, who civic.Actor, at At, note string) error {
	body, err := text("text", note, maxText)
	if err != nil {
		return err
	}
	at.adds = true
	return s.change(ctx, who, at, func(f *File, ch *civic.CaseChange) error {
		sealed, err := s.seal(keys(f.Tenant, f.Dossier.ID, f.Dossier.Key), sealNote, body)
		if err != nil {
			return err
		}
		ch.Note = &civic.Note{ID: s.NewID(), Case: f.Case.ID, Tenant: f.Tenant.ID, Dossier: f.Dossier.ID, Author: who.Staff.ID,
			AuthorName: who.Staff.Name, Body: sealed, Created: s.Now()}
		ch.Terms = []civic.IndexTerm{{Field: "note", Mode: "word", Text: body}}
		if ch.Mentions, err = s.called(ctx, who, f, body, ch.Note.ID); err != nil {
			return err
		}
		s.touch(f, ch, who, "note.written", map[string]string{"note": ch.Note.ID})
		return nil
	})
}
