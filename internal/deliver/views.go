package deliver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"antragswerk/internal/civic"
	"antragswerk/internal/locale"
)

// sealView is the purpose under which a view's body is sealed, with the authority's key.
const sealView = "view"

// Subscriptions is what mails about views need.
type Subscriptions interface {
	// SubscriptionsDue lists at most limit subscriptions whose time has come, in all authorities.
	SubscriptionsDue(ctx context.Context, now time.Time, limit int) ([]civic.Subscription, error)
	// SubscriptionTold moves one on from was, with the job that mails; NotFound when it has moved or ended.
	SubscriptionTold(ctx context.Context, x civic.Subscription, was time.Time, job civic.ViewMail) error
	// Subscriber finds the view, the person's settings and address; NotFound when one of them is gone.
	Subscriber(ctx context.Context, tenant, staff, view string) (civic.View, civic.Desk, civic.Colleague, error)
}

// News counts what is new in somebody's view, of what they may see (clerk).
type News interface {
	CountNews(ctx context.Context, who civic.Actor, tenant, staff string, view civic.ViewFilter, from, to time.Time) (civic.Hits, error)
	CountCalls(ctx context.Context, who civic.Actor, tenant, staff string, from, to time.Time) (notes, decisions int, err error)
}

// Tongues knows in which language staff want to be written to.
type Tongues interface {
	// StaffLangs are the languages that were chosen, by address.
	StaffLangs(ctx context.Context, tenant string) (map[string]string, error)
}

// staffLang is the language of a mail to a colleague: their own, else the office's.
func staffLang(chosen string) *locale.Catalogue {
	if chosen == "" {
		chosen = civic.MailLangs[0]
	}
	return locale.For(chosen)
}

// tell makes the mails of all subscriptions whose time has come, one job each, so that one that fails keeps no other waiting.
func (s *Service) tell(ctx context.Context) error {
	now := s.Now()
	due, err := s.Subscriptions.SubscriptionsDue(ctx, now, sweepPage)
	if err != nil {
		return fmt.Errorf("deliver: views: %w", err)
	}
	var failed []error
	for _, x := range due {
		was := x.Since
		x.Since, x.Next = now, x.After(now, s.Zone)
		job := civic.ViewMail{Tenant: x.Tenant, Staff: x.Staff, View: x.View, From: was.UnixMicro(), To: now.UnixMicro()}
		if err := s.Subscriptions.SubscriptionTold(ctx, x, was, job); err != nil && civic.CodeOf(err) != civic.NotFound {
			failed = append(failed, fmt.Errorf("deliver: views: %w", err))
		}
	}
	return errors.Join(failed...)
}

// ViewMail tells a clerk how many cases of a view are new or have changed and were opened by nobody yet. The mail holds a number and
// a link, no case; nothing new is no mail, and so is an address of somebody who has not been at the desk for long.
func (s *Service) ViewMail(ctx context.Context, job civic.ViewMail) error {
	v, desk, who, err := s.Subscriptions.Subscriber(ctx, job.Tenant, job.Staff, job.View)
	if civic.CodeOf(err) == civic.NotFound {
		return nil // the view, the person or the wish is gone
	}
	if err != nil {
		return fmt.Errorf("deliver: view: %w", err)
	}
	if job.View == civic.ViewCalls {
		return s.callMail(ctx, job, desk, who)
	}
	if who.Email == "" || s.Now().Sub(desk.Seen) > civic.Gone || !subscribed(desk, job.View) {
		return nil
	}
	t, err := s.Forms.TenantByID(ctx, job.Tenant)
	if err != nil {
		return fmt.Errorf("deliver: view: %w", err)
	}
	l := staffLang(desk.Lang)
	if v, err = s.look(t, v, job.View, l); err != nil {
		return err
	}
	n, err := s.News.CountNews(ctx, civic.Actor{System: true}, job.Tenant, job.Staff, v.Filter, time.UnixMicro(job.From).UTC(), time.UnixMicro(job.To).UTC())
	if civic.CodeOf(err) == civic.Forbidden {
		return nil // who subscribed has left the office
	}
	if err != nil {
		return fmt.Errorf("deliver: view: %w", err)
	}
	if n.N == 0 {
		return nil
	}
	amount := l.Number(strconv.Itoa(n.N))
	if n.More {
		amount = l.T("desk.over", "n", amount)
	}
	base := s.PublicURL + "/desk/" + t.Slug
	text := "mail.view.text"
	if v.Name == "" {
		text = "mail.view.own"
	}
	args := []any{"amount", amount, "view", v.Name, "office", t.Name, "url", base + "?view=" + job.View, "settings", base + "/settings"}
	return s.mail(ctx, civic.Mail{ID: deliveryID(job.Staff+job.View, strconv.FormatInt(job.To, 10)), To: who.Email, FromName: t.Name,
		Subject: l.Plural("mail.view.subject", n.N, args...), Text: l.T("mail.greeting") + "\n\n" + l.Plural(text, n.N, args...) + "\n\n" + l.T("mail.view.footer", args...) + "\n"})
}

func subscribed(d civic.Desk, view string) bool {
	for _, x := range d.Subscriptions {
		if x.View == view {
			return true
		}
	}
	return false
}

// look opens a view; one that everybody has is known. The name that somebody gave to another stays here: it may be a person's.
func (s *Service) look(t civic.Tenant, v civic.View, id string, l *locale.Catalogue) (civic.View, error) {
	for _, u := range civic.UsualViews() {
		if u.ID == id {
			u.Name = l.T("desk.view." + id)
			return u, nil
		}
	}
	raw, err := s.Seal.Open(civic.Keys{Tenant: t.ID, TenantKey: t.Key}, sealView, v.Body)
	if err == nil {
		err = json.Unmarshal(raw, &v.Look)
	}
	if err != nil {
		return v, permanent{fmt.Errorf("deliver: view %s: %w", v.ID, err)}
	}
	v.Name = ""
	return v, nil
}
