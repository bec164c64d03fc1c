package civic

import (
	"io"
	"time"
)

// Parcel is what a connector sends: one submission, opened.
type Parcel struct {
	ID          string // delivery id, the idempotency key
	Target      string // address
	Secret      []byte // for signing
	Tenant      string // slug
	TenantName  string
	Service     string // slug
	ServiceName string // in German, for people
	LeiKa       string
	FileNumber  string
	CaseID      string
	Kind        SubmissionKind
	Submitted   time.Time
	Answers     []byte // the exact frozen bytes
	Digest      []byte
	Files       []ParcelFile
	PDF         []byte // the application as PDF
}

// ParcelFile is an attachment; Open streams the plain bytes. The answers refer to it as urn:uuid: and its ID.
type ParcelFile struct {
	ID, Name, MediaType string
	Bytes               int64
	SHA256              []byte
	Open                func() (io.ReadCloser, error)
}

// Mail is one e-mail; Subject and the first lines of Text never hold personal data.
type Mail struct {
	ID, To, Subject, Text string
	ReplyTo               string
	FromName              string
	Files                 []MailFile
}

// MailFile is a mail's attachment.
type MailFile struct {
	Name, MediaType string
	Body            []byte
}

// ReceiptDocument is what a receipt or an application print shows, already worded.
type ReceiptDocument struct {
	Lang, Title, Tenant, Service string
	FileNumber                   string
	Submitted                    string // worded date and time
	Intro                        []string
	Facts                        [][2]string // label, value
	Sections                     []DocumentSection
	Footer                       string
	VerifyURL                    string      // for the QR code, "" without one
	Check                        [][2]string // label, value: what the signature covers, for checking without the code
	Created                      time.Time   // date in the file's properties; equal input makes equal bytes
}

// DocumentSection is a heading with lines.
type DocumentSection struct {
	Title string
	Rows  []DocumentRow
}

// DocumentRow is one line; Heading starts a repeated item.
type DocumentRow struct {
	Label, Value string
	Heading      bool
}

// Letter is a decision or message as a document: Markdown body under a letterhead.
type Letter struct {
	Lang, Title, FileNumber, Date string
	Head                          []string // authority's name and address
	Logo                          []byte   // its logo (PNG, JPEG, WebP), nil without one
	To                            []string // addressee's lines
	Body                          string   // Markdown
	Footer                        string
	Created                       time.Time // date in the file's properties; equal input makes equal bytes
}
