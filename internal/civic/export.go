package civic

import "time"

// ExportLife is how long a file that was made stays for downloading.
const ExportLife = 7 * 24 * time.Hour

// ExportTemplate (Exportvorlage) is what a list holds, by name.
type ExportTemplate struct {
	ID, Tenant, Name string
	Format           string
	Service          string   // whose answers its columns may name, "" any
	Columns          []string // keys: number, state … of every case, or pointers of answers
	Roles            []Role   // who may use it; empty: everybody at the desk
	Owner            string   // staff id; leads edit all
	Updated          time.Time
}

// Export is a list, or files, on their way out, made by a job and kept sealed for a while.
type Export struct {
	ID, Tenant string
	Actor      string // staff id
	Roles      []Role // that the actor had when it was asked for
	Template   string // id, "" none
	Format     string
	Spec       Sealed // JSON of what it holds, under the tenant's key: a search may name a person
	Run        string // of the job that makes it now; an older one stops
	Rows       int64
	Bytes      int64
	SHA256     []byte // of the file as it is downloaded
	Blob       string // key, "" before it is finished
	Created    time.Time
	Beat       time.Time // when its job was last seen
	Finished   time.Time
	Failed     time.Time
	Cancelled  time.Time
	Expires    time.Time
	Services   []string // whose cases are in it, once it is finished
	Reason     string   // key of the text why it failed, "" something inside
}

// stalled is from when a job that was not seen is thought to have died.
const stalled = 2 * time.Minute

// State of an export, from its timestamps: running, stalled, finished, failed, cancelled.
func (e Export) State(now time.Time) string {
	switch {
	case !e.Cancelled.IsZero():
		return "cancelled"
	case !e.Finished.IsZero():
		return "finished"
	case !e.Failed.IsZero():
		return "failed"
	case now.Sub(e.Beat) > stalled:
		return "stalled"
	}
	return "running"
}

// MakeExport makes an export's file.
type MakeExport struct {
	Tenant string `json:"tenant"`
	Export string `json:"export"`
	Run    string `json:"run"`
}

// Kind names the job.
func (MakeExport) Kind() string { return "make_export" }
