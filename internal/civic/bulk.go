package civic

import "time"

// BulkLimit is how many cases one Sammelaktion may hold.
const BulkLimit = 10000

// BulkLife is how long a bulk is kept: until its failures were seen to, and what was done can be looked up.
const BulkLife = 30 * 24 * time.Hour

// BulkKind is the step that a bulk takes with each of its cases.
type BulkKind string

// The kinds of bulks. BulkUndo takes back what another one did.
const (
	BulkAssign  BulkKind = "assign"
	BulkLabel   BulkKind = "label"
	BulkUnlabel BulkKind = "unlabel"
	BulkGroup   BulkKind = "group"
	BulkMessage BulkKind = "message"
	BulkDecide  BulkKind = "decide"
	BulkClose   BulkKind = "close"
	BulkUndo    BulkKind = "undo"
)

// Bulk (Sammelaktion) is one step with many cases: chosen first, then worked off case by case.
type Bulk struct {
	ID, Tenant string
	Kind       BulkKind // "" while its cases are chosen and nothing else
	Actor      string   // staff id
	Roles      []Role   // that the actor had at the start; each step is checked by them
	Params     Sealed   // JSON of what the step needs, under the tenant's key
	Undoes     string   // id of the bulk that this one takes back
	Undone     string   // id of the bulk that took this one back
	Created    time.Time
	Started    time.Time
	Finished   time.Time
	Cancelled  time.Time
	Counts     BulkCounts
}

// BulkCounts say how far a bulk is.
type BulkCounts struct{ Open, Done, Failed int }

// Total is how many cases it holds.
func (c BulkCounts) Total() int { return c.Open + c.Done + c.Failed }

// State of a bulk, from its timestamps: chosen, running, cancelled, finished.
func (b Bulk) State() string {
	switch {
	case b.Started.IsZero():
		return "chosen"
	case !b.Finished.IsZero():
		return "finished"
	case !b.Cancelled.IsZero():
		return "cancelled"
	}
	return "running"
}

// BulkState is how far an item is.
type BulkState string

// The states of an item.
const (
	ItemOpen   BulkState = "open"
	ItemDone   BulkState = "done"
	ItemFailed BulkState = "failed"
)

// BulkItem is one case of a bulk.
type BulkItem struct {
	Bulk, Case string
	Seq        int64 // from 1, in the order in which the cases were chosen
	Revision   int64 // of the case when it was chosen
	State      BulkState
	Was        string            // JSON of what a bulk that takes this one back must know, "" when nothing was changed
	Error      string            // catalogue key of why it failed
	Args       map[string]string // of the key; ids, states, times
	FileNumber string            // for lists, as the next two
	Service    string
	CaseState  CaseState
}

// RunBulk works off a bulk, or a part of it.
type RunBulk struct {
	Tenant string `json:"tenant"`
	Bulk   string `json:"bulk"`
}

// Kind names the job.
func (RunBulk) Kind() string { return "run_bulk" }

// BulkTurn is what becomes of a bulk that was started.
type BulkTurn string

// The turns. A bulk finishes only when no item is open; resuming tries again what failed.
const (
	BulkCancel BulkTurn = "cancelled"
	BulkResume BulkTurn = "resumed"
	BulkFinish BulkTurn = "finished"
)

// BulkItemGone is the key of the error of a step whose item was done before, or whose bulk was cancelled.
const BulkItemGone = "error.bulk.item"
