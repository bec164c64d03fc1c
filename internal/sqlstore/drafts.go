package sqlstore

import (
	"context"
	"encoding/hex"

	"antragswerk/internal/civic"
	"antragswerk/internal/sqlstore/db"
)

// CreateDraft stores a new dossier with its draft.
func (s *Store) CreateDraft(ctx context.Context, d civic.Draft) error {
	return s.inTenant(d.Tenant).writeAll(ctx, "create draft",
		func(ctx context.Context, t *tx) error { return insertDossier(ctx, t, d.Dossier) },
		func(ctx context.Context, t *tx) error {
			return t.InsertDraft(ctx, db.InsertDraftParams{Dossier: d.ID, Tenant: d.Tenant, Version: d.Version, Overlay: d.Overlay, Revision: d.Revision,
				Updated: micros(d.Updated), Expires: micros(d.Expires), Content: full(d.Content)})
		})
}

func insertDossier(ctx context.Context, t *tx, d civic.Dossier) error {
	return t.InsertDossier(ctx, db.InsertDossierParams{ID: d.ID, Tenant: d.Tenant, Service: d.Service, Account: d.Account, Code: hex.EncodeToString(d.CodeHash),
		Ars: d.ARS, Lang: d.Lang, Created: micros(d.Created), Key: full(d.Key)})
}

// Draft returns the subject's draft, sent or not, with the attachments of its dossier, oldest first; or the one that they are
// invited to help with, with that invitation.
func (s *Store) Draft(ctx context.Context, who civic.Subject, dossier string) (d civic.Draft, files []civic.Attachment, err error) {
	scope := s.asInvited(who, named(dossier), toHelp)
	var inv *civic.Invitation
	steps := []work{
		func(ctx context.Context, t *tx) error {
			r, err := t.Draft(ctx, dossier)
			if err != nil {
				return err
			}
			d, err = toDraft(r.Draft, r.Dossier)
			return err
		},
		func(ctx context.Context, t *tx) error {
			rows, err := t.AttachmentsOf(ctx, dossier)
			files = each(rows, toAttachment)
			return err
		},
	}
	if len(hexed(who.Invited)) > 0 {
		steps = append(steps, func(ctx context.Context, t *tx) (err error) {
			inv, err = scope.invitation(ctx, t)
			return err
		})
	}
	if err = scope.readAll(ctx, "draft", steps...); err != nil {
		return civic.Draft{}, nil, err
	}
	if !who.Owns(d.Dossier) {
		if d.Invitation = inv; inv == nil {
			return civic.Draft{}, nil, errNotFound() // it has ended since the scope was opened: a helper must not pass for the owner
		}
	}
	return d, files, nil
}

// named keeps an empty dossier id from meaning "all": no dossier has the id that it becomes.
func named(dossier string) string {
	if dossier == "" {
		return "-"
	}
	return dossier
}

// SaveDraft stores content, ARS and account at Revision+1, and gives it another life. Conflict when the stored revision is not
// d.Revision or the draft was sent. The account is stored only if the dossier has none and the subject is it.
func (s *Store) SaveDraft(ctx context.Context, who civic.Subject, d civic.Draft) error {
	account := ""
	if d.Account == who.Account {
		account = who.Account
	}
	now, saved := s.Now(), int64(0)
	scope := s.asInvited(who, named(d.ID), toHelp)
	err := scope.writeAll(ctx, "save draft",
		func(ctx context.Context, t *tx) error {
			return t.SaveDossier(ctx, db.SaveDossierParams{Ars: d.ARS, Account: account, Dossier: d.ID, Tenant: d.Tenant, Was: d.Revision})
		},
		func(ctx context.Context, t *tx) (err error) {
			saved, err = t.SaveDraft(ctx, db.SaveDraftParams{Content: full(d.Content), Updated: micros(now), Expires: micros(now.Add(civic.DraftLife)),
				Dossier: d.ID, Tenant: d.Tenant, Was: d.Revision})
			return err
		})
	if err != nil || saved > 0 {
		return err
	}
	return scope.read(ctx, "save draft", func(ctx context.Context, t *tx) error { return notSaved(ctx, t, d.ID) })
}

// SaveUpload saves a draft as SaveDraft does, and with it the row of an upload that it refers to: both or neither.
func (s *Store) SaveUpload(ctx context.Context, who civic.Subject, d civic.Draft, a civic.Attachment, jobs ...civic.Job) error {
	account := ""
	if d.Account == who.Account {
		account = who.Account
	}
	return s.asInvited(who, named(d.ID), toHelp).write(ctx, "save upload", func(ctx context.Context, t *tx) error {
		err := t.SaveDossier(ctx, db.SaveDossierParams{Ars: d.ARS, Account: account, Dossier: d.ID, Tenant: t.tenant, Was: d.Revision})
		if err != nil {
			return err
		}
		now := s.Now()
		saved, err := t.SaveDraft(ctx, db.SaveDraftParams{Content: full(d.Content), Updated: micros(now), Expires: micros(now.Add(civic.DraftLife)),
			Dossier: d.ID, Tenant: t.tenant, Was: d.Revision})
		if err != nil {
			return err
		}
		if saved == 0 {
			return notSaved(ctx, t, d.ID)
		}
		if err := putAttachments(ctx, t, d.ID, []civic.Attachment{a}); err != nil {
			return err
		}
		return s.enqueue(ctx, t, jobs)
	})
}

// SaveSent stores the content of a sent draft, and with it the row of an upload (nil: none): both or neither. Nothing else of the
// draft changes, nor does what was sent.
func (s *Store) SaveSent(ctx context.Context, who civic.Subject, d civic.Draft, a *civic.Attachment, jobs ...civic.Job) error {
	return s.asSubject(who, named(d.ID)).write(ctx, "save sent", func(ctx context.Context, t *tx) error {
		saved, err := t.SaveSent(ctx, db.SaveSentParams{Content: full(d.Content), Dossier: d.ID, Tenant: t.tenant, Was: d.Revision})
		if err != nil {
			return err
		}
		if saved == 0 {
			return civic.Errorf(civic.Conflict, "error.draft.changed")
		}
		if a == nil {
			return nil
		}
		if err := putAttachments(ctx, t, d.ID, []civic.Attachment{*a}); err != nil {
			return err
		}
		return s.enqueue(ctx, t, jobs)
	})
}

// notSaved says why a draft could not be changed: it was sent, it has moved on, or there is none.
func notSaved(ctx context.Context, t *tx, dossier string) error {
	sent, err := t.DraftSubmission(ctx, db.DraftSubmissionParams{Dossier: dossier, Tenant: t.tenant})
	switch {
	case err != nil:
		return err
	case sent != "":
		return civic.Errorf(civic.Conflict, "error.draft.sent")
	}
	return civic.Errorf(civic.Conflict, "error.draft.changed")
}

// Discard deletes an unsent draft with its uploads' rows and its key; its blobs are swept.
func (s *Store) Discard(ctx context.Context, who civic.Subject, dossier string) error {
	return s.asSubject(who, named(dossier)).write(ctx, "discard", func(ctx context.Context, t *tx) error {
		_, err := deleteUnsent(ctx, t, dossier)
		return err
	})
}

// deleteUnsent deletes a dossier that was not sent and returns its blob keys. The draft goes first: a submission that is
// under way holds its row, so the two cannot pass each other.
func deleteUnsent(ctx context.Context, t *tx, dossier string) ([]string, error) {
	n, err := t.DeleteUnsent(ctx, db.DeleteUnsentParams{Dossier: dossier, Tenant: t.tenant})
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, notSaved(ctx, t, dossier)
	}
	blobs, err := t.DeleteAttachmentsOf(ctx, db.DeleteAttachmentsOfParams{Dossier: dossier, Tenant: t.tenant})
	if err != nil {
		return nil, err
	}
	return blobs, t.DeleteDossier(ctx, db.DeleteDossierParams{Dossier: dossier, Tenant: t.tenant})
}

// AddAttachment stores the row of an upload; its bytes are durable already.
func (s *Store) AddAttachment(ctx context.Context, who civic.Subject, a civic.Attachment, jobs ...civic.Job) error {
	return s.asSubject(who, named(a.Dossier)).write(ctx, "add attachment", func(ctx context.Context, t *tx) error {
		if err := putAttachments(ctx, t, a.Dossier, []civic.Attachment{a}); err != nil {
			return err
		}
		return s.enqueue(ctx, t, jobs)
	})
}

// putAttachments stores rows of uploads. One that exists only learns which message it came with.
func putAttachments(ctx context.Context, t *tx, dossier string, list []civic.Attachment) error {
	_, err := insert{
		into: `INSERT INTO attachments (dossier, tenant, id, pointer, message, name, blob_key, bytes, media_type, sha256, verdict, from_office, created)
			VALUES `,
		end:    "ON CONFLICT (id) DO UPDATE SET message = excluded.message WHERE attachments.dossier = excluded.dossier AND attachments.tenant = excluded.tenant",
		shared: []any{dossier, t.tenant},
		rows:   len(list),
		row: func(i int) []any {
			a := list[i]
			return []any{a.ID, a.Pointer, a.Message, full(a.Name), a.BlobKey, a.Bytes, a.MediaType, full(a.SHA256), string(a.Verdict), a.FromOffice,
				micros(a.Created)}
		},
	}.exec(ctx, t.sql)
	return err
}

// DeleteAttachment removes the row of an attachment of an unsent draft; the blob is swept.
func (s *Store) DeleteAttachment(ctx context.Context, who civic.Subject, dossier, id string) error {
	return s.asInvited(who, named(dossier), toHelp).write(ctx, "delete attachment", func(ctx context.Context, t *tx) error {
		return one(t.DeleteAttachment(ctx, db.DeleteAttachmentParams{ID: id, Dossier: dossier, Tenant: t.tenant}))
	})
}
