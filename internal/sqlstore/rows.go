package sqlstore

import (
	"context"
	"strings"

	"antragswerk/internal/sqlstore/db"
)

// insert describes a multi-row INSERT: into is "INSERT INTO table (shared columns…, row columns…) VALUES ", then follows end.
type insert struct {
	into   string
	end    string
	shared []any // values of the first columns, the same in all rows
	rows   int
	row    func(i int) []any // values of the other columns
}

// maxParams bounds one statement: both engines slow down with very long ones.
const maxParams = 400

// exec inserts all rows in as few statements as maxParams allows and returns how many were new.
func (in insert) exec(ctx context.Context, to db.DBTX) (int64, error) {
	var total int64
	for i := 0; i < in.rows; {
		var q sqlText
		q, i = in.statement(i)
		res, err := to.ExecContext(ctx, q.String(), q.args...)
		if err != nil {
			return total, err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return total, err
		}
		total += n
	}
	return total, nil
}

// steps are the same statements, to travel with others.
func (in insert) steps() (steps []work) {
	for i := 0; i < in.rows; {
		var q sqlText
		q, i = in.statement(i)
		steps = append(steps, func(ctx context.Context, t *tx) error {
			_, err := t.sql.ExecContext(ctx, q.String(), q.args...)
			return err
		})
	}
	return steps
}

// statement inserts rows from the i-th on; it returns the first that found no room.
func (in insert) statement(i int) (q sqlText, next int) {
	q.add(in.into)
	var head strings.Builder
	for _, v := range in.shared {
		head.WriteString(q.arg(v) + ", ")
	}
	for first := true; i < in.rows && len(q.args) < maxParams; i, first = i+1, false {
		if !first {
			q.add(", ")
		}
		q.add("(", head.String())
		for j, v := range in.row(i) {
			if j > 0 {
				q.add(", ")
			}
			q.add(q.arg(v))
		}
		q.add(")")
	}
	q.add(" ", in.end)
	return q, i
}
