package clerk

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"path"
	"strings"

	"antragswerk/internal/civic"
)

// archive writes a ZIP with a folder of each case: what was applied for and the decision as PDF and, of FormatZIP, the attachments;
// and an index of what is in it, and of what had to stay out.
func (x *extract) archive(ctx context.Context, w io.Writer, beat func(int64) error) error {
	z := zip.NewWriter(w)
	var index [][]civic.Cell
	next := x.all(answerBatch)
	for rows := int64(0); ; {
		cases, err := next(ctx)
		if err != nil {
			return err
		}
		if len(cases) == 0 {
			break
		}
		for _, c := range cases {
			if rows++; rows > civic.BulkLimit {
				return civic.Errorf(civic.Invalid, "error.bulk.many", "limit", civic.BulkLimit)
			}
			b := caseFolder{extract: x, zip: z, names: map[string]bool{}}
			if err := b.add(ctx, c); err != nil {
				return err
			}
			index = append(index, b.index...)
			if err := beat(rows); err != nil {
				return err
			}
		}
	}
	if err := x.index(z, index); err != nil {
		return err
	}
	return z.Close()
}

// index is the list of all files, for Excel.
func (x *extract) index(z *zip.Writer, rows [][]civic.Cell) error {
	part, err := z.Create("index.csv")
	if err != nil {
		return err
	}
	var head []civic.Column
	for _, key := range []string{"number", "file", "kind", "bytes", "sha256", "note"} {
		head = append(head, civic.Column{Key: key, Name: x.s.Many.Word(x.wish.Lang, "export.index."+key)})
	}
	table, err := x.s.Many.Sheet(civic.FormatExcel, part, head)
	if err != nil {
		return fmt.Errorf("clerk: export: %w", err)
	}
	for _, row := range rows {
		if err := table.Row(row); err != nil {
			return err
		}
	}
	return table.Close()
}

// caseFolder is one case on its way into an archive.
type caseFolder struct {
	*extract
	zip   *zip.Writer
	names map[string]bool
	index [][]civic.Cell
	file  civic.CaseFile
}

// line notes a file, or why it is not there.
func (b *caseFolder) line(name, kind string, bytes int64, sum []byte, note string) {
	if note != "" {
		note = b.s.Many.Word(b.wish.Lang, "export.note."+note)
	}
	size := civic.Cell{Kind: civic.CellNumber}
	if bytes > 0 {
		size.Text = fmt.Sprint(bytes)
	}
	b.index = append(b.index, []civic.Cell{{Text: b.file.Case.FileNumber}, {Text: name}, {Text: b.s.Many.Word(b.wish.Lang, "export.kind."+kind)}, size,
		{Text: fmt.Sprintf("%x", sum)}, {Text: note}})
}

// add writes a case's files.
func (b *caseFolder) add(ctx context.Context, c civic.Case) error {
	raw, err := b.s.seen(ctx, b.scope, c.ID)
	if civic.CodeOf(err) == civic.NotFound {
		return nil // not the actor's to see (any more)
	}
	if err != nil {
		return fmt.Errorf("clerk: export: %w", err)
	}
	f, err := b.s.fileOf(ctx, b.tenant, raw, b.wish.Lang)
	if err != nil {
		return err
	}
	if !b.scope.sees(f.Case.Service, f.Form) {
		return nil
	}
	b.file = raw
	if err := b.papers(ctx, f); err != nil {
		return err
	}
	if b.wish.Format != civic.FormatZIP {
		return nil
	}
	list, err := b.s.withMerged(ctx, b.who, f)
	if err != nil {
		return err
	}
	for i, x := range list {
		folder := "Anlagen/"
		if i > 0 {
			folder += x.Case.FileNumber + "/"
		}
		for _, a := range x.Attachments {
			if err := b.attachment(ctx, x, folder, a); err != nil {
				return err
			}
		}
	}
	return nil
}

// papers prints the application and the decision.
func (b *caseFolder) papers(ctx context.Context, f *File) error {
	sub := f.Latest().Submission
	frozen, err := b.s.Seal.Open(keys(f.Tenant, f.Dossier.ID, f.Dossier.Key), sealAnswers, sub.Answers)
	if err != nil {
		return fmt.Errorf("clerk: export: %w", err)
	}
	pdf, err := b.s.Many.Papers.ReceiptPDF(ctx, b.file, sub, frozen, b.wish.Lang)
	if err != nil {
		return fmt.Errorf("clerk: export: %w", err)
	}
	if err := b.put("Antrag.pdf", "application", pdf); err != nil || f.Decision == nil {
		return err
	}
	if pdf, err = b.s.Many.Papers.LetterPDF(ctx, b.file, f.Decision.Markdown, "de"); err != nil {
		return fmt.Errorf("clerk: export: %w", err)
	}
	return b.put("Bescheid.pdf", "decision", pdf)
}

func (b *caseFolder) put(name, kind string, body []byte) error {
	name = b.free(name)
	w, err := b.zip.Create(name)
	if err != nil {
		return err
	}
	_, err = w.Write(body)
	b.line(name, kind, int64(len(body)), nil, "")
	return err
}

// free is a name in the case's folder that no other file has.
func (b *caseFolder) free(name string) string {
	base, end := strings.TrimSuffix(name, path.Ext(name)), path.Ext(name)
	at := b.file.Case.FileNumber + "/" + name
	for n := 2; b.names[strings.ToLower(at)]; n++ {
		at = fmt.Sprintf("%s/%s (%d)%s", b.file.Case.FileNumber, base, n, end)
	}
	b.names[strings.ToLower(at)] = true
	return at
}

// attachment streams an attachment, opened on the way. An infected one stays shut.
func (b *caseFolder) attachment(ctx context.Context, f *File, folder string, a Attachment) error {
	name := bundled(a.FileName)
	if a.Verdict == civic.VerdictInfected {
		b.line(b.file.Case.FileNumber+"/"+folder+name, "attachment", a.Bytes, a.SHA256, "infected")
		return nil
	}
	name = b.free(folder + name)
	if err := b.s.packOne(ctx, b.zip, keys(f.Tenant, f.Dossier.ID, f.Dossier.Key), name, a); err != nil {
		return err
	}
	note := ""
	if a.Verdict != civic.VerdictClean {
		note = "unscanned"
	}
	b.line(name, "attachment", a.Bytes, a.SHA256, note)
	return nil
}
