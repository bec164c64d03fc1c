package sqlstore

import (
	"context"
	"database/sql"
	"strings"
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
func (in insert) exec(ctx context.Context, t *sql.Tx) (int64, error) {
	var total int64
	for i := 0; i < in.rows; {
		q := sqlText{}
		q.add(in.into)
		var head strings.Builder
		for _, v := range in.shared {
			head.WriteString(q.arg(v) + ", ")
		}
		for first := true; i < in.rows && len(q.args) < maxParams; i, first = i+1, false {
			if !first {
				q.add(", ")
			}
			values := in.row(i)
			places := make([]string, len(values))
			for j, v := range values {
				places[j] = q.arg(v)
			}
			q.add("(", head.String(), strings.Join(places, ", "), ")")
		}
		q.add(" ", in.end)
		res, err := t.ExecContext(ctx, q.String(), q.args...)
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
