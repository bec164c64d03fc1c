package civic

// Filing is everything that a submission writes, in one transaction.
type Filing struct {
	Draft      Draft // the draft as read; its Submission must still be empty
	Submission Submission
	Case       Case
	Payment    *Payment
	Invitation *Invitation // of the second person who must confirm
	Events     []Event
	Terms      []IndexTerm
	Jobs       []Job
}

// CaseChange is one step on a case, in one transaction: the new value of the case and whatever came with it.
// It is refused with Conflict when the stored revision is not Was.
type CaseChange struct {
	Case         Case
	Was          int64
	Events       []Event
	Message      *Message
	Attachments  []Attachment // uploaded before; they belong to Message or to the amendment
	Request      *Request     // new, answered or recalled
	Submission   *Submission  // an amendment
	Note         *Note
	Called       []string      // staff who are called otherwise
	Mentions     []Mention     // whom the note calls
	Resubmission *Resubmission // new, or done
	Decision     *Decision
	Proposal     *Proposal // new, or checked
	Opinion      *Opinion  // new, answered or revoked
	Payment      *Payment
	Terms        []IndexTerm
	Untag        []IndexTerm // tags that the case has no longer
	Link         *CaseLink   // to another case; Beside is what happened there
	Beside       Event
	Item         *BulkItem // of the bulk that the step was taken for; it is done with the step, or nothing of both is
	Jobs         []Job
}

// Forwarding closes a case here and opens a new one at the responsible authority. What is sealed opens with the new
// dossier's key (the old one, wrapped anew); attachments have new ids and keep their blob keys. Messages go along,
// requests and notes stay.
type Forwarding struct {
	Closed      CaseChange
	Dossier     Dossier
	Case        Case
	Submissions []Submission
	Attachments []Attachment
	Messages    []Message
	Events      []Event
	Terms       []IndexTerm
	Jobs        []Job
}

// CaseFile is a case with all that belongs to it, oldest first. The store leaves out Notes, Proposals, Opinions and Deliveries for citizens.
type CaseFile struct {
	Case        Case
	Dossier     Dossier
	Submissions []Submission
	Attachments []Attachment
	Messages    []Message
	Requests    []Request
	Notes       []Note
	Proposals   []Proposal
	Opinions    []Opinion
	Decision    *Decision
	Payment     *Payment
	Events      []Event
	Deliveries  []Delivery
}

// Filed (Bestand) is a case with all that it has gathered, as a generator of inventories makes it.
type Filed struct {
	Dossier    Dossier
	Case       Case
	Submission Submission
	Messages   []Message
	Decision   *Decision
	Events     []Event
	Terms      []IndexTerm
}
