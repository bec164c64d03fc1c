package clerk

import (
	"context"
	"io"
	"time"

	"antragswerk/internal/civic"
)

// Bulks keeps steps with many cases.
type Bulks interface {
	// CreateBulk stores a bulk with its cases; one that undoes another takes over what that has done.
	CreateBulk(ctx context.Context, tenant string, b civic.Bulk, items []civic.BulkItem, events []civic.Event, jobs ...civic.Job) error
	Bulk(ctx context.Context, tenant, id string) (civic.Bulk, error)
	// Bulks lists what was started, newest first, older than the id before: of the actor, or everybody's ("").
	Bulks(ctx context.Context, tenant, actor, before string, limit int) ([]civic.Bulk, error)
	BulkItems(ctx context.Context, tenant, bulk string, state civic.BulkState, after int64, limit int) ([]civic.BulkItem, error)
	// StartBulk says what is done with the chosen cases, once.
	StartBulk(ctx context.Context, tenant string, b civic.Bulk, ev civic.Event, jobs ...civic.Job) error
	// TurnBulk tells whether the bulk stood where the turn begins.
	TurnBulk(ctx context.Context, tenant, id string, turn civic.BulkTurn, ev civic.Event, jobs ...civic.Job) (bool, error)
	FinishItem(ctx context.Context, tenant string, i civic.BulkItem) error
}

// Walks reads many cases, in larger steps than pages have.
type Walks interface {
	CaseBatch(ctx context.Context, tenant string, f civic.InboxFilter) (civic.InboxPage, error)
	CasesByID(ctx context.Context, tenant string, ids []string) ([]civic.Case, error)
	// Answers returns the latest submission and the attachments of each of the cases.
	Answers(ctx context.Context, tenant string, cases []string) (map[string]civic.CaseFile, error)
	DeleteBulks(ctx context.Context, before, unstarted time.Time) error
}

// Exports keeps what leaves the house, and what was asked for.
type Exports interface {
	CreateExport(ctx context.Context, tenant string, e civic.Export, jobs ...civic.Job) error
	Export(ctx context.Context, tenant, id string) (civic.Export, error)
	Exports(ctx context.Context, tenant, actor, before string, limit int) ([]civic.Export, error)
	// BeatExport says how far a run is; NotFound when it shall stop.
	BeatExport(ctx context.Context, tenant, id, run string, rows int64) error
	EndExport(ctx context.Context, tenant string, e civic.Export, ev civic.Event) error
	CancelExport(ctx context.Context, tenant, id string, ev civic.Event) error
	RestartExport(ctx context.Context, tenant, id, run string, jobs ...civic.Job) error
}

// ExportTemplates keeps what lists hold, by name, and sweeps old exports.
type ExportTemplates interface {
	ExportTemplates(ctx context.Context, tenant string) ([]civic.ExportTemplate, error)
	SaveExportTemplate(ctx context.Context, e civic.ExportTemplate, ev civic.Event) error
	DeleteExportTemplate(ctx context.Context, tenant, id string, ev civic.Event) error
	RecordExport(ctx context.Context, tenant string, ev civic.Event) error
	ExpiredExports(ctx context.Context, at time.Time, limit int) ([]civic.Export, error)
	DeleteExport(ctx context.Context, tenant, id string) error
}

// Papers prints a case for an export (deliver).
type Papers interface {
	ReceiptPDF(ctx context.Context, f civic.CaseFile, sub civic.Submission, frozen []byte, lang string) ([]byte, error)
	LetterPDF(ctx context.Context, f civic.CaseFile, markdown, lang string) ([]byte, error)
}

// Trash deletes blobs.
type Trash interface {
	Delete(ctx context.Context, key string) error
}

// Many is what many cases at once and lists need beside the rest.
type Many struct {
	Bulks     Bulks
	Walks     Walks
	Exports   Exports
	Templates ExportTemplates
	Papers    Papers
	Trash     Trash
	// Sheet begins a table (internal/sheet).
	Sheet func(format string, w io.Writer, head []civic.Column) (civic.Table, error)
	// Word gives a catalogue's word in a language.
	Word func(lang, key string) string
	// Attempt tells which attempt of a job this is, and of how many.
	Attempt func(context.Context) (n, most int)
}
