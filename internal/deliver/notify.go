package deliver

import (
	"context"
	"fmt"

	"antragswerk/internal/civic"
	"antragswerk/internal/locale"
)

// Notify mails the applicant that something happened, to the address that the application names, else to the proven one of
// the account that it was sent with; where there is neither, the platform alone tells. The mail names file number and office;
// what the office wrote or decided is read on the platform only.
func (s *Service) Notify(ctx context.Context, job civic.Notify) error {
	submission := "" // the latest
	if job.What == "receipt" || job.What == "answered" {
		submission = job.Ref
	}
	o, err := s.open(ctx, job.Tenant, job.Case, submission)
	if civic.CodeOf(err) == civic.NotFound {
		return nil // erased meanwhile: there is nobody to tell
	}
	if err != nil {
		return err
	}
	if asks(job.What) {
		return s.invite(ctx, job, o)
	}
	if job.What == "opinion" {
		return s.consult(ctx, job, o)
	}
	to := o.form.Email(o.answers)
	if to == "" {
		to = o.reach.Email
	}
	if to == "" {
		return nil
	}
	l := locale.For(o.file.Dossier.Lang)
	args := []any{"office", o.tenant.Name, "service", serviceName(o.form, o.file.Case.Service, l.Tag), "number", o.file.Case.FileNumber,
		"url", s.PublicURL + "/me/" + o.file.Dossier.ID}
	if chases(job.What) {
		r := open(o, job.Ref)
		if r == nil {
			return nil // answered or taken back meanwhile
		}
		args = append(args, "date", l.Date(r.Due))
	}
	if job.What == "erasure" {
		args = append(args, "date", l.Date(o.file.Case.Erase))
	}
	key := "mail." + job.What
	if !l.Has(key + ".subject") {
		return permanent{fmt.Errorf("deliver: there is no mail %q", job.What)}
	}
	text := l.T(key+".text", args...)
	if terms := o.form.Package.Form.Cosign; job.What == "receipt" && terms != nil && o.file.Case.State == civic.AwaitingCosign {
		text += "\n\n" + l.T("mail.receipt.cosign", "who", terms.Who.In(l.Tag), "office", o.tenant.Name)
	}
	m := civic.Mail{ID: deliveryID(job.Ref, job.What), To: to, FromName: o.tenant.Name, ReplyTo: o.tenant.Profile.Email,
		Subject: l.T(key+".subject", args...), Text: l.T("mail.greeting") + "\n\n" + text + "\n\n" + l.T("mail.footer", args...) + "\n"}
	if job.What == "receipt" {
		pdf, err := s.receipt(ctx, o, l.Tag)
		if err != nil {
			return err
		}
		m.Files = []civic.MailFile{{Name: o.file.Case.FileNumber + ".pdf", MediaType: "application/pdf", Body: pdf}}
	}
	return s.mail(ctx, m)
}

// mail sends; what the server will never take is not tried again.
func (s *Service) mail(ctx context.Context, m civic.Mail) error {
	err := s.Mailer.Send(ctx, m)
	if civic.CodeOf(err) == civic.Invalid {
		return permanent{err}
	}
	if err != nil {
		return fmt.Errorf("deliver: mail: %w", err)
	}
	return nil
}
