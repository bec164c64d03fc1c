package apply

import (
	"context"
	"io"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// Drafts keeps what was not sent yet, and sends it. Every method but CreateDraft and NextFileNumber acts for a subject:
// what is not theirs is NotFound.
type Drafts interface {
	CreateDraft(ctx context.Context, d civic.Draft) error
	// Draft is the draft, sent or not, with the attachments of its dossier, oldest first; or one that the subject is invited to
	// help with, with that invitation. So are SaveDraft, SaveUpload, DeleteAttachment and, where it may send, Submit.
	Draft(ctx context.Context, who civic.Subject, dossier string) (civic.Draft, []civic.Attachment, error)
	// SaveDraft stores content, ARS and account at Revision+1; Conflict when the stored revision is not d.Revision.
	SaveDraft(ctx context.Context, who civic.Subject, d civic.Draft) error
	// Discard deletes an unsent draft with its key; its blobs are swept.
	Discard(ctx context.Context, who civic.Subject, dossier string) error
	// Mine lists the subject's dossiers, newest change first, at most 200: drafts without content, cases without files; those
	// that belong to another account by now are left out.
	Mine(ctx context.Context, who civic.Subject) ([]civic.Draft, []civic.Case, error)
	// NextFileNumber reserves a number; numbers are unique per tenant, prefix and year and may have gaps.
	NextFileNumber(ctx context.Context, tenant, prefix string, year int) (string, error)
	// Submit stores all of f in one transaction. A draft that was sent before returns its first submission and stores nothing;
	// Conflict when the stored draft's revision is not f.Draft.Revision.
	Submit(ctx context.Context, who civic.Subject, f civic.Filing) (civic.Submission, error)
}

// Attachments keeps the rows of uploads; the bytes were stored durably before.
type Attachments interface {
	AddAttachment(ctx context.Context, who civic.Subject, a civic.Attachment, jobs ...civic.Job) error
	// SaveUpload is AddAttachment and Drafts.SaveDraft in one transaction.
	SaveUpload(ctx context.Context, who civic.Subject, d civic.Draft, a civic.Attachment, jobs ...civic.Job) error
	// DeleteAttachment removes the row of an attachment of an unsent draft; the blob is swept.
	DeleteAttachment(ctx context.Context, who civic.Subject, dossier, id string) error
}

// Cases is the citizen's side of the case.
type Cases interface {
	MyCase(ctx context.Context, who civic.Subject, dossier string) (civic.CaseFile, error)
	// ChangeMine applies a step that the citizen took.
	ChangeMine(ctx context.Context, who civic.Subject, ch civic.CaseChange) error
	// ReadMine marks the office's messages and the decision of the dossier as read now, once.
	ReadMine(ctx context.Context, who civic.Subject, dossier string) error
	// Claim makes the account the owner of an anonymous dossier that the subject holds by its code.
	Claim(ctx context.Context, who civic.Subject, dossier string) error
	// Claimed tells whether one of the subject's codes opened a dossier that belongs to another account by now.
	Claimed(ctx context.Context, who civic.Subject) (bool, error)
	// Forwards returns those of the subject's cases that were forwarded to the case id, and the one with the id to.
	Forwards(ctx context.Context, who civic.Subject, id, to string) ([]civic.Case, error)
	EnsureAccount(ctx context.Context, issuer, subject string, organisation bool) (civic.Account, error)
}

// Invitations keeps whom an applicant has invited: to help with a draft, or to confirm what was sent.
type Invitations interface {
	// Invite stores an invitation to the subject's own dossier; those of its purpose that wait end when it replaces them.
	Invite(ctx context.Context, who civic.Subject, i civic.Invitation, replaces bool, ev civic.Event, jobs ...civic.Job) error
	// InvitationsOf lists those to the subject's own dossier, oldest first, whatever became of them.
	InvitationsOf(ctx context.Context, who civic.Subject, dossier string) ([]civic.Invitation, error)
	// Uninvite ends one at once; NotFound when it has ended before.
	Uninvite(ctx context.Context, who civic.Subject, dossier, id string, ev civic.Event) error
	// InvitationByCode is the live invitation that the code's hashes open, with its dossier; NotFound without one.
	InvitationByCode(ctx context.Context, hashes [][]byte) (civic.Invitation, civic.Dossier, error)
	// InvitationOpened remembers the first use.
	InvitationOpened(ctx context.Context, i civic.Invitation, ev civic.Event) error
	// CosignFile is the case that the subject is invited to confirm; NotFound for anybody else, its applicant too.
	CosignFile(ctx context.Context, who civic.Subject, dossier string) (civic.CaseFile, civic.Invitation, error)
	// Cosign stores an invited person's answer with the step of the case that it makes; Conflict when it was answered before.
	Cosign(ctx context.Context, who civic.Subject, id string, answer civic.Consent, ch civic.CaseChange) error
}

// Forms finds tenants, offerings and compiled forms; it caches.
type Forms interface {
	Tenant(ctx context.Context, slug string) (civic.Tenant, error)
	TenantByID(ctx context.Context, id string) (civic.Tenant, error)
	// Current is the offering, its newest published version and the pins for a new draft; NotFound when it is switched off.
	Current(ctx context.Context, tenant, service string) (civic.Offering, *formdef.Form, civic.Pins, error)
	// Pinned is the compiled form of a draft or submission.
	Pinned(ctx context.Context, tenant, service string, pins civic.Pins) (*formdef.Form, error)
}

// Sealer encrypts and signs (internal/seal).
type Sealer interface {
	NewDossierKey(tenant string, tenantKey []byte, dossier string) ([]byte, error)
	Seal(k civic.Keys, purpose string, plain []byte) ([]byte, error)
	Open(k civic.Keys, purpose string, sealed []byte) ([]byte, error)
	SealReader(k civic.Keys, purpose string, r io.Reader) io.Reader
	OpenReader(k civic.Keys, purpose string, sealed io.ReadSeeker, size int64) (io.ReadSeeker, error)
	Sign(msg []byte) []byte
	// MACs returns the MAC under every master key, the current first.
	MACs(purpose string, msg []byte) [][]byte
}

// Blobs keeps the sealed bytes of attachments (internal/blob); BlobInfo is satisfied through wire.go.
type Blobs interface {
	// Put streams r to key and returns when it is durable; size is -1 when unknown. A failing reader leaves nothing behind.
	Put(ctx context.Context, key string, r io.Reader, size int64) error
	Open(ctx context.Context, key string) (io.ReadSeekCloser, error)
	Delete(ctx context.Context, key string) error
}
