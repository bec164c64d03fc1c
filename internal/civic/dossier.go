package civic

import (
	"strings"
	"time"
)

// Dossier (Akte des Antragstellers) is what a draft, its uploads, its submissions and the case have in common.
type Dossier struct {
	ID, Tenant, Service string
	Key                 []byte // dossier key, wrapped by the tenant's
	Account             string // owner's account id, "" for anonymous
	CodeHash            []byte // MAC of the recovery code
	ARS                 string // of the place the matter is about, "" unknown
	Lang                string // the language it was started in
	Created             time.Time
}

// Draft (Entwurf) is an application that was not sent yet. Content is sealed JSON of {answers, typed}.
type Draft struct {
	Dossier
	Pins
	Content    Sealed
	Revision   int64 // optimistic lock
	Updated    time.Time
	Expires    time.Time // 30 days after the last change, § 8a OZG
	Submission string    // set once it was sent: then it is read only
	// Invitation is what opened it to somebody who was invited to help; nil for its owner.
	Invitation *Invitation
}

// DraftLife is how long a draft lives after its last change (§ 8a(2) OZG).
const DraftLife = 30 * 24 * time.Hour

// Submission (Antrag) is frozen: exact bytes of the answers, both pins, digest.
type Submission struct {
	ID, Dossier, Tenant, Case string
	Pins
	Kind       SubmissionKind
	Request    string // the request it answers, for an amendment
	Answers    Sealed // the exact frozen bytes
	Reach      Sealed // JSON of Reach, nil without a log-in
	Digest     []byte // SHA-256 over the frozen bytes and the attachments' SHA-256 in order
	Receipt    []byte // Ed25519 signature over digest, file number and time
	FileNumber string
	Level      Level // assurance level of the login it was sent with
	Created    time.Time
}

// SubmissionKind tells the first from what came later.
type SubmissionKind string

// The kinds of submissions.
const (
	SubmissionFirst     SubmissionKind = "first"
	SubmissionAmendment SubmissionKind = "amendment"
)

// Attachment (Anlage) is an uploaded file; the bytes lie sealed in the blob store.
type Attachment struct {
	ID, Dossier, Tenant string
	Pointer             string // the file field, "" for a document added to a message
	Message             string // the message it came with, or ""
	Name                Sealed // file name as uploaded
	BlobKey             string
	Bytes               int64  // plain size
	MediaType           string // by content
	SHA256              []byte // of the plain bytes
	Verdict             Verdict
	FromOffice          bool
	Created             time.Time
}

// URN returns how answers refer to the attachment: by the id that it was uploaded with. That is the end of its blob key,
// which stays the same when a case is forwarded and the row gets a new id.
func (a Attachment) URN() string {
	if i := strings.LastIndexByte(a.BlobKey, '/'); i >= 0 {
		return "urn:uuid:" + a.BlobKey[i+1:]
	}
	return "urn:uuid:" + a.ID
}

// Verdict is what the scanner said.
type Verdict string

// The verdicts.
const (
	VerdictWaiting   Verdict = "waiting"
	VerdictClean     Verdict = "clean"
	VerdictInfected  Verdict = "infected"
	VerdictUnscanned Verdict = "unscanned" // there is no scanner; whoever opens it is told
)

// IndexTerm is a piece of text to find a case by; the store tokenises, stems and blinds it.
type IndexTerm struct {
	Field string // pointer, or "number", "message", "note"; of a tag: "label", "group"
	Mode  string // word | name | number | exact | tag | field: a tag is found by its field and text alone, and so is a value of a field
	Text  string
}

// PreviewSizes are the sizes of previews that the desk makes, and what is the longest side of each in pixels.
var PreviewSizes = map[string]int{"s": 240, "m": 1200, "l": 2400}

// PreviewKey is where a preview of that size of an attachment lies in the blob store: beside the folder of the attachments, so
// that the sweep finds it by the attachment's own key.
func PreviewKey(blobKey, size string) (string, error) {
	rest, ok := strings.CutPrefix(blobKey, "a/")
	if !ok || size == "" {
		return "", Errorf(NotFound, "error.not_found")
	}
	return "p/" + size + "/" + rest, nil
}

// PreviewOf is the key of the attachment that a preview was made of.
func PreviewOf(key string) (blobKey string, ok bool) {
	rest, ok := strings.CutPrefix(key, "p/")
	if !ok {
		return "", false
	}
	_, rest, ok = strings.Cut(rest, "/")
	return "a/" + rest, ok
}
