package deliver

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
)

// ReceiptPDF is the application as a PDF: receipt and answers of a submission (§ 9a(4) OZG). frozen are its answers, opened.
func (s *Service) ReceiptPDF(ctx context.Context, f civic.CaseFile, sub civic.Submission, frozen []byte, lang string) ([]byte, error) {
	o, err := s.openFile(ctx, f, sub, frozen)
	if err != nil {
		return nil, err
	}
	return s.receipt(ctx, o, lang)
}

func (s *Service) receipt(ctx context.Context, o *opened, lang string) ([]byte, error) {
	l := locale.For(lang)
	doc := civic.ReceiptDocument{Lang: l.Tag, Title: l.T("document.receipt.title"), Tenant: o.tenant.Name, Service: serviceName(o.form, o.file.Case.Service, l.Tag),
		FileNumber: o.file.Case.FileNumber, Submitted: l.DateTime(o.sub.Created), Intro: []string{l.T("document.receipt.intro", "office", o.tenant.Name)},
		Footer: l.T("document.receipt.footer", "office", o.tenant.Name), Created: o.sub.Created}
	doc.Facts = [][2]string{{l.T("document.number"), doc.FileNumber}, {l.T("document.service"), doc.Service}, {l.T("document.office"), doc.Tenant},
		{l.T("document.received"), doc.Submitted}}
	if p := o.file.Payment; p != nil {
		doc.Facts = append(doc.Facts, [2]string{l.T("document.fee"), l.Money(p.Cents)})
	}
	if signed := o.sub.SignedReceipt(); signed.Code() != "" {
		doc.VerifyURL = s.PublicURL + signed.VerifyPath()
		doc.Check = [][2]string{{l.T("document.signed.number"), signed.FileNumber}, {l.T("document.digest"), grouped(hex.EncodeToString(signed.Digest))},
			{l.T("document.signed.time"), signed.Time()}, {l.T("document.signature"), grouped(base64.StdEncoding.EncodeToString(signed.Signature))}}
	}
	state := formdef.State{Answers: o.answers, Files: o.names, Now: o.sub.Created, Lang: l.Tag}
	for _, sec := range o.form.Summary(state, false) {
		doc.Sections = append(doc.Sections, section(l, sec))
	}
	pdf, err := s.Printer.Receipt(ctx, doc)
	if err != nil {
		return nil, fmt.Errorf("deliver: receipt: %w", err)
	}
	return pdf, nil
}

// grouped sets eight characters together, which somebody who types them from paper can keep in mind.
func grouped(s string) string {
	var parts []string
	for part := range slices.Chunk([]byte(s), 8) {
		parts = append(parts, string(part))
	}
	return strings.Join(parts, " ")
}

func serviceName(f *formdef.Form, slug, lang string) string {
	if f.Package == nil {
		return slug
	}
	return f.Package.Service.Name.In(lang)
}

func section(l *locale.Catalogue, sec formdef.Section) civic.DocumentSection {
	out := civic.DocumentSection{Title: sec.Title}
	for _, line := range sec.Rows {
		row := civic.DocumentRow{Label: line.Label, Value: line.Value, Heading: line.Heading}
		if line.Key != "" {
			row.Value = l.T("choice." + line.Key)
		}
		var files []string
		for _, f := range line.Files {
			files = append(files, f.Name)
		}
		if len(files) > 0 {
			row.Value = strings.Join(files, "\n")
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// LetterPDF is the decision's letter under the authority's letterhead, to whom the latest answers name.
func (s *Service) LetterPDF(ctx context.Context, f civic.CaseFile, markdown, lang string) ([]byte, error) {
	if len(f.Submissions) == 0 {
		return nil, fmt.Errorf("deliver: letter: case %s has no submission", f.Case.ID)
	}
	o, err := s.openFile(ctx, f, f.Submissions[len(f.Submissions)-1], nil)
	if err != nil {
		return nil, err
	}
	house, err := s.Offices.Correspondence(ctx, o.tenant.ID)
	if err != nil {
		return nil, fmt.Errorf("deliver: letter: %w", err)
	}
	var logo []byte
	if o.tenant.LogoType != "" {
		if _, logo, err = s.Offices.Logo(ctx, o.tenant.ID); err != nil && civic.CodeOf(err) != civic.NotFound {
			return nil, fmt.Errorf("deliver: logo: %w", err)
		}
	}
	l := locale.For(lang)
	doc := civic.Letter{Logo: logo, Lang: l.Tag, Title: l.T("document.letter.title"), FileNumber: f.Case.FileNumber, Head: civic.Letterhead(o.tenant, house), To: o.addressee(),
		Body: markdown, Footer: house.Footer(o.tenant)}
	if f.Decision != nil {
		doc.Date, doc.Created = l.Date(f.Decision.Created), f.Decision.Created
	}
	pdf, err := s.Printer.Letter(ctx, doc)
	if err != nil {
		return nil, fmt.Errorf("deliver: letter: %w", err)
	}
	return pdf, nil
}

// addressee are the lines in an envelope's window: of the answers, else of the log-in; nil when neither has an address.
func (o *opened) addressee() []string {
	if to := o.form.Addressee(o.answers); to != nil {
		return to
	}
	return o.reach.To
}
