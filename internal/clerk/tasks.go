package clerk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"antragswerk/internal/civic"
)

const sealTask = "task"

// maxTask limits what a task says, maxTasks how many of an office's own a case has.
const (
	maxTask  = 500
	maxTasks = 100
)

// Task is something to do on a case, opened.
type Task struct {
	civic.Task
	Text string
	Late bool
	Mine bool
}

// Worklist (Aufgaben) is the form's checklist and what the office has added.
type Worklist struct {
	Checklist, Own []Task
	People         []civic.Colleague // to give a task to: who may know of the case, the actor first
}

// Open counts what is still to be done.
func (w Worklist) Open() (n int) {
	for _, t := range slices.Concat(w.Checklist, w.Own) {
		if t.Done.IsZero() {
			n++
		}
	}
	return n
}

// Of counts all.
func (w Worklist) Of() int { return len(w.Checklist) + len(w.Own) }

// itemID is what a line of the checklist is known by: its German text, so that a new version of the form keeps the ticks of what
// it still asks.
func itemID(german string) string {
	sum := sha256.Sum256([]byte(german))
	return hex.EncodeToString(sum[:8])
}

// Worklist reads the tasks of a case that was opened before.
func (s *Service) Worklist(ctx context.Context, who civic.Actor, f *File) (w Worklist, err error) {
	if _, err := s.office(ctx, who, f.Tenant.ID); err != nil {
		return w, err
	}
	stored, err := s.Work.Tasks(ctx, f.Tenant.ID, f.Case.ID)
	if err != nil {
		return w, fmt.Errorf("clerk: tasks: %w", err)
	}
	if w.People, err = s.Assignees(ctx, who, f); err != nil {
		return w, err
	}
	ticked := map[string]civic.Task{}
	k := keys(f.Tenant, f.Dossier.ID, f.Dossier.Key)
	today := s.midnight(s.Now())
	for _, t := range stored {
		if t.Item != "" {
			ticked[t.Item] = t
			continue
		}
		body, err := s.open(k, sealTask, t.Body)
		if err != nil {
			return w, err
		}
		w.Own = append(w.Own, Task{t, body, t.Done.IsZero() && !t.Due.IsZero() && s.midnight(t.Due).Before(today), t.Assignee == who.Staff.ID})
	}
	german := f.Form.Package.Form.Checklist["de"]
	words := f.Form.Package.Form.Checklist[f.state.Lang]
	for i, item := range german {
		t := ticked[itemID(item)]
		t.Item = itemID(item)
		if len(words) == len(german) {
			item = words[i]
		}
		w.Checklist = append(w.Checklist, Task{Task: t, Text: item})
	}
	return w, nil
}

// Tick (abhaken) says that something is done, or is not: id names a task, or an item of the checklist.
func (s *Service) Tick(ctx context.Context, who civic.Actor, at At, id string, done bool) error {
	return s.task(ctx, who, at, id, func(t *civic.Task) string {
		if done == !t.Done.IsZero() {
			return "" // a colleague was faster
		}
		if t.Done, t.DoneBy, t.DoneByName = (time.Time{}), "", ""; !done {
			return "task.reopened"
		}
		t.Done, t.DoneBy, t.DoneByName = s.Now(), who.Staff.ID, who.Staff.Name
		return "task.done"
	})
}

// DropTask (Aufgabe entfernen) takes away a task that the office added.
func (s *Service) DropTask(ctx context.Context, who civic.Actor, at At, id string) error {
	return s.task(ctx, who, at, id, func(t *civic.Task) string {
		if t.Item != "" {
			return ""
		}
		t.Dropped = s.Now()
		return "task.dropped"
	})
}

// task changes one; do returns the kind of its event, "" when nothing is to be stored.
func (s *Service) task(ctx context.Context, who civic.Actor, at At, id string, do func(*civic.Task) string) error {
	f, err := s.file(ctx, who, at.Tenant, at.Case, at.Lang)
	if err != nil {
		return err
	}
	w, err := s.Worklist(ctx, who, f)
	if err != nil {
		return err
	}
	all := slices.Concat(w.Checklist, w.Own)
	i := slices.IndexFunc(all, func(t Task) bool { return id != "" && (t.ID == id || t.Item == id) })
	if i < 0 {
		return civic.Errorf(civic.NotFound, "error.not_found")
	}
	t := all[i].Task
	if t.ID == "" { // the first tick of an item of the checklist
		t = civic.Task{ID: s.NewID(), Case: f.Case.ID, Tenant: f.Tenant.ID, Dossier: f.Dossier.ID, Item: t.Item, Author: who.Staff.ID, AuthorName: who.Staff.Name, Created: s.Now()}
	}
	kind := do(&t)
	if kind == "" {
		return nil
	}
	if err := s.Work.SaveTask(ctx, f.Tenant.ID, t, s.event(f.Case, who, kind, map[string]string{"task": t.ID})); err != nil {
		return fmt.Errorf("clerk: task: %w", err)
	}
	return nil
}

// NewTask is what somebody wants done.
type NewTask struct {
	Text     string
	Due      time.Time // zero: any time
	Assignee string    // staff id, "" nobody in particular
}

// AddTask (Aufgabe anlegen) adds to the list of a case.
func (s *Service) AddTask(ctx context.Context, who civic.Actor, at At, n NewTask) error {
	body, err := text("task", n.Text, maxTask)
	if err != nil {
		return err
	}
	if !n.Due.IsZero() && (n.Due.Before(s.midnight(s.Now())) || n.Due.After(s.Now().Add(maxDue))) {
		return civic.Errorf(civic.Invalid, "error.desk.due").At("task_due")
	}
	f, err := s.file(ctx, who, at.Tenant, at.Case, at.Lang)
	if err != nil {
		return err
	}
	w, err := s.Worklist(ctx, who, f)
	if err != nil {
		return err
	}
	if len(w.Own) >= maxTasks {
		return civic.Errorf(civic.Invalid, "error.desk.tasks", "n", maxTasks).At("task")
	}
	t := civic.Task{ID: s.NewID(), Case: f.Case.ID, Tenant: f.Tenant.ID, Dossier: f.Dossier.ID, Due: n.Due, Author: who.Staff.ID, AuthorName: who.Staff.Name, Created: s.Now()}
	if n.Assignee != "" {
		i := slices.IndexFunc(w.People, func(p civic.Colleague) bool { return p.ID == n.Assignee })
		if i < 0 {
			return civic.Errorf(civic.Invalid, "error.desk.colleague").At("task_assignee")
		}
		t.Assignee, t.AssigneeName = w.People[i].ID, w.People[i].Name
	}
	if t.Body, err = s.seal(keys(f.Tenant, f.Dossier.ID, f.Dossier.Key), sealTask, body); err != nil {
		return err
	}
	if err := s.Work.SaveTask(ctx, f.Tenant.ID, t, s.event(f.Case, who, "task.added", map[string]string{"task": t.ID})); err != nil {
		return fmt.Errorf("clerk: task: %w", err)
	}
	return nil
}
