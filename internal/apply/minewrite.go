package apply

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// DocumentRule is the upload rule for documents that go with a message.
func DocumentRule() formdef.FileRule { return documents }

// AddDocument stores a file that will go with the next message; it is attached to nothing yet. before are those that
// were added for the same message.
func (s *Service) AddDocument(ctx context.Context, who civic.Actor, up Upload, before []civic.Attachment) (civic.Attachment, error) {
	m, err := s.Case(ctx, who, up.Dossier, "de", false)
	if err != nil {
		return civic.Attachment{}, err
	}
	if err := writable(m.File.Case); err != nil {
		return civic.Attachment{}, err
	}
	files := slices.Clone(m.Files)
	for _, a := range before {
		files = append(files, Attachment{Attachment: a})
	}
	if err := room(files, documents, up.Pointer); err != nil {
		return civic.Attachment{}, err
	}
	return s.store(ctx, m.Tenant, m.File.Dossier, up, documents)
}

// writable tells whether the citizen may still write: not when the office's work has ended.
func writable(c civic.Case) error {
	if st := c.State; st == civic.Closed || st == civic.Withdrawn || st == civic.Forwarded {
		return civic.Errorf(civic.Conflict, "error.case.closed")
	}
	return nil
}

// Write sends a message to the office, with documents that were added before. Text may be empty when there are some.
func (s *Service) Write(ctx context.Context, who civic.Actor, dossier, text string, docs []civic.Attachment) error {
	return s.write(ctx, who, dossier, "message.received", "", text, docs)
}

// Rectify (Berichtigung verlangen, Art. 16 DSGVO) tells the office what is wrong; head says to it what is asked for. What was sent
// stays as it is: the office adds the correction, or opens the answers for one.
func (s *Service) Rectify(ctx context.Context, who civic.Actor, dossier, head, text string) error {
	return s.write(ctx, who, dossier, "rectification.asked", head+"\n\n", text, nil)
}

func (s *Service) write(ctx context.Context, who civic.Actor, dossier, kind, head, text string, docs []civic.Attachment) error {
	text = strings.TrimSpace(text)
	if text == "" && len(docs) == 0 {
		return civic.Errorf(civic.Invalid, "error.message.empty").At("text")
	}
	if utf8.RuneCountInString(text) > maxMessage {
		return civic.Errorf(civic.TooLarge, "error.message.long", "max", maxMessage).At("text")
	}
	text = head + text
	return s.change(ctx, who, dossier, func(m *MyCase, ch *civic.CaseChange) error {
		if err := writable(m.File.Case); err != nil {
			return err
		}
		body, err := s.Seal.Seal(keys(m.Tenant, m.File.Dossier), sealMessage, []byte(text))
		if err != nil {
			return fmt.Errorf("apply: message: %w", err)
		}
		c := m.File.Case
		msg := civic.Message{ID: s.NewID(), Case: c.ID, Tenant: c.Tenant, Dossier: c.Dossier, Author: "citizen", Body: body, Created: s.Now()}
		for i := range docs {
			docs[i].Message, docs[i].Pointer = msg.ID, ""
			ch.Jobs = append(ch.Jobs, s.scanJobs(docs[i])...)
		}
		c.Revision, c.Changed, c.Unread = c.Revision+1, s.Now(), true
		ch.Case, ch.Message, ch.Attachments = c, &msg, docs
		ch.Terms = []civic.IndexTerm{{Field: "message", Mode: "word", Text: text}}
		ch.Events = []civic.Event{s.event(who, c, kind, map[string]string{"message": msg.ID, "documents": fmt.Sprint(len(docs))})}
		return nil
	})
}

// Withdraw ends the application by its applicant's will.
func (s *Service) Withdraw(ctx context.Context, who civic.Actor, dossier string) error {
	return s.change(ctx, who, dossier, func(m *MyCase, ch *civic.CaseChange) error {
		c, ev, err := m.File.Case.Withdraw(who, s.Now())
		if err != nil {
			return err
		}
		ev.ID = s.NewID()
		ch.Case, ch.Events = c, []civic.Event{ev}
		ch.Jobs = []civic.Job{civic.Notify{Tenant: c.Tenant, Case: c.ID, What: "withdrawn", Ref: c.ID}}
		return nil
	})
}

// change takes a step on the actor's case; when a clerk changed it in between, the step is taken again on what is there.
func (s *Service) change(ctx context.Context, who civic.Actor, dossier string, step func(*MyCase, *civic.CaseChange) error) error {
	for try := 0; ; try++ {
		m, err := s.Case(ctx, who, dossier, "de", false)
		if err != nil {
			return err
		}
		ch := civic.CaseChange{Was: m.File.Case.Revision}
		if err := step(m, &ch); err != nil {
			return err
		}
		err = s.Cases.ChangeMine(ctx, who.Subject, ch)
		if civic.CodeOf(err) == civic.Conflict && try < 3 {
			continue
		}
		return err
	}
}

func (s *Service) event(who civic.Actor, c civic.Case, kind string, data map[string]string) civic.Event {
	return civic.Event{ID: s.NewID(), Tenant: c.Tenant, Case: c.ID, Actor: who.Name(), Kind: kind, Data: data, At: s.Now()}
}
