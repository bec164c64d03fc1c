package deliver

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/locale"
)

// dueNoon is how long a request's last day goes on after the moment that is stored of it, which is noon.
const dueNoon = 12 * time.Hour

// chase (erinnern) reminds applicants of requests before the last day, and tells applicant and office when it has passed. One that
// fails keeps no other from its turn.
func (s *Service) chase(ctx context.Context) error {
	due, err := s.Requests.RequestsDue(ctx, s.Now().Add(-dueNoon), sweepPage)
	if err != nil {
		return fmt.Errorf("deliver: chase: %w", err)
	}
	var failed []error
	for _, r := range due {
		if err := s.chaseOne(ctx, r); err != nil && civic.CodeOf(err) != civic.NotFound { // not found: answered meanwhile
			failed = append(failed, fmt.Errorf("deliver: chase: request %s: %w", r.ID, err))
		}
	}
	return errors.Join(failed...)
}

func (s *Service) chaseOne(ctx context.Context, r civic.Request) error {
	was, kind, what := r.Reminded, "request.reminded", "request_reminder"
	lapsed := !s.Now().Before(r.Due.Add(dueNoon))
	if lapsed {
		r.Lapsed, kind, what = s.Now(), "request.lapsed", "request_lapsed"
	} else {
		r.Reminded = s.Now()
	}
	house, err := s.Offices.Correspondence(ctx, r.Tenant)
	if err != nil {
		return err
	}
	var jobs []civic.Job
	if !lapsed || !house.Silent {
		jobs = append(jobs, civic.Notify{Tenant: r.Tenant, Case: r.Case, What: what, Ref: r.ID})
	}
	ev := civic.Event{ID: s.NewID(), Tenant: r.Tenant, Case: r.Case, Actor: "system", Kind: kind, At: s.Now(), Data: map[string]string{"request": r.ID}}
	return s.Requests.MarkRequest(ctx, r, was, ev, jobs...)
}

// chases tells the notices about a request that waits.
func chases(what string) bool { return what == "request_reminder" || what == "request_lapsed" }

// open is the request of that id, nil when it does not wait any more.
func open(o *opened, id string) *civic.Request {
	for _, r := range o.file.Requests {
		if r.ID == id && r.Open() && o.file.Case.State == civic.WaitingApplicant {
			return &r
		}
	}
	return nil
}

// consult mails somebody who is asked for an opinion: the code stands in no address that a log holds. Neither subject nor text say
// whom the case is about.
func (s *Service) consult(ctx context.Context, job civic.Notify, o *opened) error {
	for _, x := range o.file.Opinions {
		if x.ID != job.Ref {
			continue
		}
		if !x.Waits(s.Now()) {
			return nil // taken back or answered meanwhile
		}
		to, err := s.Seal.Open(o.keys, sealOpinion, x.Email)
		if err != nil {
			return fmt.Errorf("deliver: consult: %w", err)
		}
		code := civic.MACs(s.Seal.MACs).InvitationCode(civic.Invitation{ID: x.ID, CodeHash: x.CodeHash})
		if code == "" {
			return permanent{errors.New("the key of an opinion's code is gone")}
		}
		l := locale.For("de") // between offices
		args := []any{"office", o.tenant.Name, "service", serviceName(o.form, o.file.Case.Service, l.Tag), "date", l.Date(x.Expires.Add(-time.Second)), "clerk", x.AuthorName,
			"code", code, "page", s.PublicURL + "/invited", "link", s.PublicURL + "/invited#" + code}
		return s.mail(ctx, civic.Mail{ID: deliveryID(job.Ref, job.What), To: string(to), FromName: o.tenant.Name, ReplyTo: o.tenant.Profile.Email,
			Subject: l.T("mail.opinion.subject", args...), Text: strings.Join([]string{l.T("mail.greeting"), l.T("mail.opinion.text", args...), l.T("mail.footer", args...)}, "\n\n") + "\n"})
	}
	return permanent{fmt.Errorf("there is no opinion %s", job.Ref)}
}
