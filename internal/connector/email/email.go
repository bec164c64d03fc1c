// Package email is a way out for authorities without another system: a submission as a mail to their mailbox, with the PDF
// and the answers attached, and the attachments as long as they are small enough for mail.
package email

import (
	"context"
	"fmt"
	"io"
	"strings"

	"antragswerk/internal/civic"
)

// maxFiles is how much of attachments goes into a mail, in bytes; many servers take no more than 20 MB after encoding.
const maxFiles = 10 << 20

// Mailer sends a mail.
type Mailer interface {
	Send(ctx context.Context, m civic.Mail) error
}

// Config holds what the connector needs.
type Config struct{ Mailer Mailer }

// Connector mails parcels.
type Connector struct{ cfg Config }

// New makes a connector.
func New(cfg Config) *Connector { return &Connector{cfg} }

// Send mails the parcel. The subject names service, authority and file number, never a person.
func (c *Connector) Send(ctx context.Context, p civic.Parcel) error {
	m := civic.Mail{ID: p.ID, To: p.Target, Subject: fmt.Sprintf("Neuer Antrag %s: %s, %s", p.FileNumber, p.ServiceName, p.TenantName)}
	if p.Kind == civic.SubmissionAmendment {
		m.Subject = fmt.Sprintf("Ergänzung zu %s: %s, %s", p.FileNumber, p.ServiceName, p.TenantName)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "Behörde: %s\nLeistung: %s (%s)\nAktenzeichen: %s\nEingegangen: %s\n\n", p.TenantName, p.ServiceName, p.LeiKa, p.FileNumber, p.Submitted.Format("02.01.2006 15:04 MST"))
	m.Files = append(m.Files, civic.MailFile{Name: p.FileNumber + ".json", MediaType: "application/json", Body: p.Answers})
	if len(p.PDF) > 0 {
		m.Files = append(m.Files, civic.MailFile{Name: p.FileNumber + ".pdf", MediaType: "application/pdf", Body: p.PDF})
	}
	total := int64(0)
	for _, f := range p.Files {
		total += f.Bytes
	}
	if total > maxFiles {
		fmt.Fprintf(&text, "%d Anlagen sind zu groß für eine E-Mail. Sie liegen im Postkorb der Plattform.\n", len(p.Files))
	} else if err := attach(&m, p.Files); err != nil {
		return err
	}
	text.WriteString("Der vollständige Vorgang liegt im Postkorb der Plattform.\n")
	m.Text = text.String()
	if err := c.cfg.Mailer.Send(ctx, m); err != nil {
		return sendError{err}
	}
	return nil
}

func attach(m *civic.Mail, files []civic.ParcelFile) error {
	for _, f := range files {
		r, err := f.Open()
		if err != nil {
			return fmt.Errorf("email: attachment: %w", err)
		}
		body, err := io.ReadAll(io.LimitReader(r, maxFiles))
		_ = r.Close()
		if err != nil {
			return fmt.Errorf("email: attachment: %w", err)
		}
		m.Files = append(m.Files, civic.MailFile{Name: f.Name, MediaType: f.MediaType, Body: body})
	}
	return nil
}

// sendError tells mails that the server will never take from those that may arrive later.
type sendError struct{ cause error }

func (e sendError) Error() string { return "email: " + e.cause.Error() }
func (e sendError) Unwrap() error { return e.cause }

// Permanent tells that trying again without a change is useless.
func (e sendError) Permanent() bool { return civic.CodeOf(e.cause) == civic.Invalid }
