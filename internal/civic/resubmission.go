package civic

import "time"

// Resubmission (Wiedervorlage) is a day on which a clerk wants to see a case again.
type Resubmission struct {
	ID, Case, Tenant, Dossier string
	Staff, StaffName          string
	Due                       time.Time // the beginning of its day
	Created, Done             time.Time
	Why                       Sealed

	// What lists show besides, and open Why with.
	FileNumber, Service string
	Key                 []byte
}

// Waiting says how many resubmissions of a clerk are due and were not told of.
type Waiting struct {
	Tenant, Staff string
	Count         int
}
