package clerk

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"antragswerk/internal/civic"
	"antragswerk/internal/formdef"
)

// head names the columns. AllAnswers becomes one for each question.
func (x *extract) head(ctx context.Context) ([]civic.Column, error) {
	known, err := x.s.answerColumns(ctx, x.wish.Service, x.wish.Lang)
	if err != nil {
		return nil, err
	}
	var head []civic.Column
	add := func(c civic.Column) {
		if !slices.ContainsFunc(head, func(h civic.Column) bool { return h.Key == c.Key }) {
			head = append(head, c)
		}
	}
	for _, key := range x.wish.Columns {
		switch {
		case key == AllAnswers:
			for _, c := range known {
				add(civic.Column{Key: c.Pointer, Name: c.Label})
			}
		case strings.HasPrefix(key, "/"):
			name := key
			if i := slices.IndexFunc(known, func(c formdef.Column) bool { return c.Pointer == key }); i >= 0 {
				name = known[i].Label
			}
			add(civic.Column{Key: key, Name: name})
		default:
			add(civic.Column{Key: key, Name: x.s.Many.Word(x.wish.Lang, "export.col."+key)})
		}
	}
	return head, nil
}

// line fills one row.
func (x *extract) line(ctx context.Context, cells []civic.Cell, c civic.Case, file civic.CaseFile, head []civic.Column) error {
	var data map[string][]formdef.Datum
	if x.answers {
		var err error
		if data, err = x.data(ctx, c, file); err != nil {
			return err
		}
	}
	for i, col := range head {
		if strings.HasPrefix(col.Key, "/") {
			cells[i] = x.answer(data[col.Key])
			continue
		}
		cell, err := x.cell(ctx, c, col.Key)
		if err != nil {
			return err
		}
		cells[i] = cell
	}
	return nil
}

// cell is what a column says of a case.
func (x *extract) cell(ctx context.Context, c civic.Case, key string) (civic.Cell, error) {
	switch key {
	case "number":
		return civic.Cell{Text: c.FileNumber}, nil
	case "service":
		if name := x.services[c.Service]; name != "" {
			return civic.Cell{Text: name}, nil
		}
		return civic.Cell{Text: c.Service}, nil
	case "state":
		return civic.Cell{Text: x.s.Many.Word(x.wish.Lang, "case.state."+string(c.State))}, nil
	case "received":
		return civic.Cell{Kind: civic.CellTime, Time: c.Received.In(x.s.Zone)}, nil
	case "changed":
		return civic.Cell{Kind: civic.CellTime, Time: c.Changed.In(x.s.Zone)}, nil
	case "deadline":
		if c.Deadline.IsZero() {
			return civic.Cell{}, nil
		}
		return civic.Cell{Kind: civic.CellDate, Time: c.Deadline.In(x.s.Zone)}, nil
	case "assignee":
		return civic.Cell{Text: c.AssigneeName}, nil
	case "group":
		return civic.Cell{Text: x.groups[c.Group]}, nil
	case "labels":
		var names []string
		for _, l := range x.labels {
			if slices.Contains(c.Labels, l.ID) {
				names = append(names, l.Name)
			}
		}
		return civic.Cell{Text: strings.Join(names, ", ")}, nil
	case "about":
		text, err := x.s.about(ctx, x.tenant, c)
		return civic.Cell{Text: text}, err
	}
	return civic.Cell{Text: c.ID}, nil
}

// answer is one cell of an answer: several of a list stand below each other.
func (x *extract) answer(list []formdef.Datum) civic.Cell {
	if len(list) == 1 {
		switch d := list[0]; {
		case d.Number != "":
			return civic.Cell{Kind: civic.CellNumber, Text: d.Number}
		case !d.Date.IsZero():
			return civic.Cell{Kind: civic.CellDate, Time: d.Date}
		}
	}
	var parts []string
	for _, d := range list {
		switch {
		case d.Key != "" && d.Text == "":
			parts = append(parts, x.s.Many.Word(x.wish.Lang, "choice."+d.Key))
		case d.Files != nil:
			for _, f := range d.Files {
				parts = append(parts, f.Name)
			}
		default:
			parts = append(parts, d.Text)
		}
	}
	return civic.Cell{Text: strings.Join(parts, "\n")}
}

// data opens a case's latest answers, by the form that they were given in.
func (x *extract) data(ctx context.Context, c civic.Case, file civic.CaseFile) (map[string][]formdef.Datum, error) {
	if len(file.Submissions) == 0 {
		return nil, fmt.Errorf("clerk: export: case %s has no submission", c.ID)
	}
	sub := file.Submissions[len(file.Submissions)-1]
	form, err := x.s.Forms.Pinned(ctx, x.tenant.ID, c.Service, sub.Pins)
	if err != nil {
		return nil, err
	}
	k := keys(x.tenant, c.Dossier, c.Key)
	raw, err := x.s.Seal.Open(k, sealAnswers, sub.Answers)
	if err != nil {
		return nil, fmt.Errorf("clerk: export: %w", err)
	}
	state := formdef.State{Answers: formdef.Answers{}, Files: map[string]formdef.File{}, Now: x.s.Now(), Lang: x.wish.Lang}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&state.Answers); err != nil {
		return nil, fmt.Errorf("clerk: export: %w", err)
	}
	for _, a := range file.Attachments {
		name, err := x.s.open(k, sealName, a.Name)
		if err != nil {
			return nil, err
		}
		state.Files[a.URN()] = formdef.File{URN: a.URN(), Name: name, MediaType: a.MediaType, Bytes: a.Bytes, Verdict: string(a.Verdict)}
	}
	return form.Data(state), nil
}
