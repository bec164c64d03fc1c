package deliver

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
)

// remindBefore is how long before its end people are reminded of a co-signature.
const remindBefore = 3 * 24 * time.Hour

// remind reminds of co-signatures that are awaited, once each, and lets applications go to the desk that nobody has confirmed in
// time. One that fails keeps no other from its turn.
func (s *Service) remind(ctx context.Context) error {
	due, err := s.Invitations.InvitationsDue(ctx, s.Now().Add(remindBefore), sweepPage)
	if err != nil {
		return fmt.Errorf("deliver: remind: %w", err)
	}
	var failed []error
	for _, i := range due {
		if !s.Now().Before(i.Expires) {
			err = s.missed(ctx, i)
		} else {
			err = s.Invitations.InvitationReminded(ctx, i, civic.Notify{Tenant: i.Tenant, Case: i.Case, What: "cosign_reminder", Ref: i.ID},
				civic.Notify{Tenant: i.Tenant, Case: i.Case, What: "cosign_waiting", Ref: i.ID})
		}
		if code := civic.CodeOf(err); err != nil && code != civic.NotFound && code != civic.Conflict { // else: answered meanwhile
			failed = append(failed, fmt.Errorf("deliver: remind: invitation %s: %w", i.ID, err))
		}
	}
	return errors.Join(failed...)
}

// missed brings an application to the desk that nobody has confirmed in time.
func (s *Service) missed(ctx context.Context, i civic.Invitation) error {
	o, err := s.open(ctx, i.Tenant, i.Case, "")
	if err != nil {
		return err
	}
	meta, was := o.form.Package.Form, o.file.Case
	unpaid := meta.PayFirst && o.file.Payment != nil && o.file.Payment.State() == "awaiting"
	next, ev, err := was.Cosigned(civic.Actor{System: true}, s.Now(), civic.ConsentMissed, unpaid, s.timing(o.tenant, o.form))
	if err != nil {
		return err
	}
	ev.ID = s.NewID()
	ev.Data["invitation"] = i.ID
	job := civic.FanOut{Tenant: next.Tenant, Case: next.ID, Submission: o.sub.ID, Service: next.Service}
	if o.form.Email(o.answers) != "" || o.reach.Email != "" {
		job.Notice = "cosign_missed"
	}
	return s.Invitations.CosignMissed(ctx, i, civic.CaseChange{Case: next, Was: was.Revision, Events: []civic.Event{ev}, Jobs: []civic.Job{job}})
}

// asks tells the notices about a co-signature that name its invitation.
func asks(what string) bool {
	return what == "cosign" || what == "cosign_reminder" || what == "cosign_waiting"
}

// invite mails about a co-signature that is awaited: the second person gets the code, which stands in no address that a log holds,
// the applicant a reminder. What has been answered or ended meanwhile is not mailed.
func (s *Service) invite(ctx context.Context, job civic.Notify, o *opened) error {
	i, err := s.Invitations.Invitation(ctx, job.Tenant, job.Ref)
	if err != nil {
		return fmt.Errorf("deliver: invite: %w", err)
	}
	to := o.form.CosignEmail(o.answers)
	if job.What == "cosign_waiting" {
		if to = o.form.Email(o.answers); to == "" {
			to = o.reach.Email
		}
	}
	if to == "" || i.Consent != "" || !i.Live(s.Now()) || o.file.Case.State != civic.AwaitingCosign {
		return nil
	}
	code := civic.MACs(s.Seal.MACs).InvitationCode(i)
	if code == "" {
		return permanent{errors.New("the key of an invitation's code is gone")}
	}
	l := locale.For(o.file.Dossier.Lang)
	args := []any{"office", o.tenant.Name, "service", serviceName(o.form, o.file.Case.Service, l.Tag), "date", l.Date(i.Expires), "number", o.file.Case.FileNumber,
		"code", code, "page", s.PublicURL + "/invited", "link", s.PublicURL + "/invited#" + code, "url", s.PublicURL + "/me/" + o.file.Dossier.ID}
	key := "mail." + job.What
	return s.mail(ctx, civic.Mail{ID: deliveryID(job.Ref, job.What), To: to, FromName: o.tenant.Name, Subject: l.T(key+".subject", args...),
		Text: strings.Join([]string{l.T("mail.greeting"), l.T(key+".text", args...), l.T("mail.footer", args...)}, "\n\n") + "\n"})
}

// timing is by when the office has to be done with what the form asks for.
func (s *Service) timing(t civic.Tenant, f *formdef.Form) civic.Timing {
	d := f.Package.Form.Deadline
	return civic.Timing{Calendar: t.Calendar(s.Zone), Decide: civic.Span(d.Span), Deemed: civic.Span(d.Silence())}
}
