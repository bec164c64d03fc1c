package clerk

import (
	"context"
	"slices"
	"strings"

	"antragswerk/internal/civic"
)

var stage = civic.StageProposed

// Proposed is the proposal that waits for a second pair of eyes, nil without one.
func (f *File) Proposed() *Proposal {
	if st := f.Case.State; st != civic.InProgress && st != civic.WaitingApplicant {
		return nil
	}
	for i := range f.Proposals {
		if f.Proposals[i].Open() {
			return &f.Proposals[i]
		}
	}
	return nil
}

// free refuses a step while a proposal waits: its letter was written for the case as it is.
func (f *File) free() error {
	if f.Proposed() != nil {
		return civic.Errorf(civic.Conflict, "error.desk.proposed")
	}
	return nil
}

func (s *Service) openProposals(f *File, k civic.Keys, list []civic.Proposal) error {
	for _, p := range list {
		letter, err := s.open(k, sealLetter, p.Letter)
		if err != nil {
			return err
		}
		why, err := s.open(k, sealNote, p.Note)
		if err != nil {
			return err
		}
		f.Proposals = append(f.Proposals, Proposal{p, letter, why})
	}
	return nil
}

// Propose (vorschlagen) freezes a decision's letter for somebody else to look at.
func (s *Service) Propose(ctx context.Context, who civic.Actor, at At, v Verdict) error {
	return s.change(ctx, who, at, func(f *File, ch *civic.CaseChange) error {
		if err := f.free(); err != nil {
			return err
		}
		if _, _, err := f.Case.Decide(who, s.Now(), v.Outcome); err != nil {
			return err // what cannot be decided cannot be proposed
		}
		letter, err := s.Letter(ctx, f, who, v)
		if err != nil {
			return err
		}
		p := civic.Proposal{ID: s.NewID(), Case: f.Case.ID, Tenant: f.Tenant.ID, Dossier: f.Dossier.ID, Outcome: v.Outcome, Author: who.Staff.ID,
			AuthorName: who.Staff.Name, Created: s.Now()}
		if p.Letter, err = s.seal(keys(f.Tenant, f.Dossier.ID, f.Dossier.Key), sealLetter, letter); err != nil {
			return err
		}
		ch.Proposal, ch.Terms = &p, []civic.IndexTerm{stage}
		if ch.Called, err = s.signers(ctx, who, f); err != nil {
			return err
		}
		s.touch(f, ch, who, "decision.proposed", map[string]string{"proposal": p.ID, "outcome": string(p.Outcome)})
		return nil
	})
}

// Approve (freigeben) sends a proposed decision as it was proposed. Nobody approves their own.
func (s *Service) Approve(ctx context.Context, who civic.Actor, at At, proposal string) error {
	return s.check(ctx, who, at, proposal, func(f *File, p *Proposal, ch *civic.CaseChange) error {
		if p.Author == who.Staff.ID {
			return civic.Errorf(civic.Forbidden, "error.desk.own")
		}
		ch.Proposal = s.checked(who, p, "approved")
		err := s.decide(ctx, who, f, ch, civic.Decision{Outcome: p.Outcome, Author: p.Author, AuthorName: p.AuthorName, Approver: who.Staff.ID,
			ApproverName: who.Staff.Name}, p.Markdown)
		if err == nil {
			ch.Events[0].Data["proposal"], ch.Events[0].Data["author"] = p.ID, p.Author
		}
		return err
	})
}

// Return (zurückweisen) sends a proposal back to its author, with a reason.
func (s *Service) Return(ctx context.Context, who civic.Actor, at At, proposal, why string) error {
	body, err := text("why", why, maxText)
	if err != nil {
		return err
	}
	return s.check(ctx, who, at, proposal, func(f *File, p *Proposal, ch *civic.CaseChange) error {
		if p.Author == who.Staff.ID {
			return civic.Errorf(civic.Forbidden, "error.desk.own")
		}
		back := s.checked(who, p, "returned")
		var err error
		if back.Note, err = s.seal(keys(f.Tenant, f.Dossier.ID, f.Dossier.Key), sealNote, body); err != nil {
			return err
		}
		ch.Proposal, ch.Case.Unread = back, true
		s.touch(f, ch, who, "decision.returned", map[string]string{"proposal": p.ID})
		return nil
	})
}

// Retract (Vorschlag zurückziehen) takes a proposal back; its author may, and a lead.
func (s *Service) Retract(ctx context.Context, who civic.Actor, at At, proposal string) error {
	return s.check(ctx, who, at, proposal, func(f *File, p *Proposal, ch *civic.CaseChange) error {
		if p.Author != who.Staff.ID && !f.Lead {
			return civic.Errorf(civic.Forbidden, "error.desk.lead")
		}
		ch.Proposal = s.checked(who, p, "withdrawn")
		s.touch(f, ch, who, "decision.retracted", map[string]string{"proposal": p.ID})
		return nil
	})
}

// check takes a step with the proposal that waits; NotFound when it is another one by now.
func (s *Service) check(ctx context.Context, who civic.Actor, at At, proposal string, do func(*File, *Proposal, *civic.CaseChange) error) error {
	return s.change(ctx, who, at, func(f *File, ch *civic.CaseChange) error {
		p := f.Proposed()
		if p == nil || p.ID != proposal {
			return civic.Errorf(civic.Conflict, "error.desk.proposal.gone")
		}
		ch.Untag = []civic.IndexTerm{stage}
		return do(f, p, ch)
	})
}

func (s *Service) checked(who civic.Actor, p *Proposal, verdict string) *civic.Proposal {
	out := p.Proposal
	out.Checked, out.Checker, out.CheckerName, out.Verdict = s.Now(), who.Staff.ID, who.Staff.Name, verdict
	return &out
}

// Returned is the reason why the newest proposal was sent back, nil when it was not.
func (f *File) Returned() *Proposal {
	if n := len(f.Proposals); n > 0 && f.Proposals[n-1].Verdict == "returned" && f.Decision == nil {
		return &f.Proposals[n-1]
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.SortFunc(out, strings.Compare)
	return out
}
