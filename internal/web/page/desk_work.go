package page

import (
	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
	"antragswerk/internal/locale"
)

// DeskWork is what a clerk knows and does besides the answers: tasks, other cases, annotations, the history.
type DeskWork struct {
	Checklist, Own []DeskTask
	OpenTasks, All int
	TaskText       string // typed into a task that could not be stored
	TaskError      string
	TaskDue        string
	TaskDueError   string
	TaskPeople     []Option

	Twins       []DeskRow
	Earlier     []DeskRow
	EarlierNext string // address, "" at the end
	Into        []DeskRow
	Merged      []DeskMerged

	Annotations []formdef.Section
	AnnotateURL string // "" when there is no form for them
	Annotated   string // by whom and when
	History     []DeskEvent
	HistoryTabs []DeskVersion
}

// DeskTask is something to do.
type DeskTask struct {
	ID, Text, Line string // Line: who and until when, or who did it
	Done, Late     bool
	Own            bool
}

// DeskRow is another case in a list.
type DeskRow struct {
	URL, Number, Service, About, Received string
	State                                 civic.CaseState
	CompareURL                            string
}

// DeskMerged is a case that went into this one, with its files and messages.
type DeskMerged struct {
	DeskRow
	Files    []DeskFile
	Messages []DeskMessage
}

// DeskCompare shows two cases side by side.
type DeskCompare struct {
	DeskStep
	Other      civic.Case
	OtherURL   string
	Facts      []DeskChange // of the cases themselves
	Differ     []DeskChange
	Same       int
	Text       string
	TextError  string
	Keep       string // id of the case that goes on
	MayMerge   bool
	RefuseURL  string // to the decision on the newer of both
	RefuseText string
}

func (w DeskWork) task(l *locale.Catalogue) []Input {
	return []Input{
		{Name: "task", Label: l.T("desk.task.text"), Value: w.TaskText, Error: w.TaskError, Required: true, MaxLength: 500},
		{Kind: formdef.WidgetDateNative, Name: "task_due", Label: l.T("desk.task.due"), Value: w.TaskDue, Error: w.TaskDueError, Width: 20},
		{Kind: formdef.WidgetSelect, Name: "task_assignee", Label: l.T("desk.task.assignee"), Options: w.TaskPeople, Required: true},
	}
}

func (c DeskCompare) keep(l *locale.Catalogue) Input {
	return Input{Kind: formdef.WidgetRadio, Name: "keep", Label: l.T("desk.merge.keep"), Required: true, Options: Options(c.Keep,
		c.Case.ID, c.Case.FileNumber, c.Other.ID, c.Other.FileNumber)}
}

func (c DeskCompare) message(l *locale.Catalogue) Input {
	return Input{Kind: formdef.WidgetTextArea, Name: "text", Label: l.T("desk.merge.text"), Hint: l.T("desk.merge.text.hint"), Value: c.Text, Error: c.TextError, Rows: 5, Required: true, MaxLength: 20000}
}

// DeskAnnotate is the office's own form on a case.
type DeskAnnotate struct {
	DeskStep
	View     formdef.View
	Revision int64 // of the annotations, not of the case
	Wrong    string
}

func (d DeskAnnotate) issues(l *locale.Catalogue) []Issue {
	out := Issues(l, d.View)
	if d.Wrong != "" {
		out = append(out, Issue{Text: d.Wrong})
	}
	return out
}

// AdminAnnotations lists services with the form in which clerks note what they find.
type AdminAnnotations struct{ Rows []Door }

// AdminAnnotation edits one.
type AdminAnnotation struct {
	Action, BackURL, Service                 string
	Schema, SchemaError, Layout, LayoutError string
}

func (a AdminAnnotation) inputs(l *locale.Catalogue) []Input {
	return []Input{
		{Kind: formdef.WidgetTextArea, Name: "schema", Label: l.T("admin.annotations.schema"), Hint: l.T("admin.annotations.schema.hint"), Value: a.Schema, Error: a.SchemaError, Rows: 14, MaxLength: 60000},
		{Kind: formdef.WidgetTextArea, Name: "ui", Label: l.T("admin.annotations.ui"), Hint: l.T("admin.annotations.ui.hint"), Value: a.Layout, Error: a.LayoutError, Rows: 6, MaxLength: 60000},
	}
}
