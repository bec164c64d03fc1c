package sqlstore_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"antragswerk/internal/queue"
	"antragswerk/internal/sqlstore"
)

// publicBytes are columns of bytes that everybody may read: forms, their changes by an authority, its logo.
var publicBytes = []string{"annotation_forms.schema", "annotation_forms.ui", "form_versions.package", "logos.body", "offerings.overlay", "overlays.overlay"}

var (
	secrecyRow = regexp.MustCompile("(?m)^\\| `(\\w+)` \\| (.*) \\| (.*) \\|$")
	ticked     = regexp.MustCompile("`(\\w+)`")
)

// Whoever adds a column says in docs/secrecy.md who can read it; bytes are sealed, blind, a key or a digest.
func TestEveryColumnIsClassified(t *testing.T) {
	text, err := os.ReadFile("../../docs/secrecy.md")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{} // table.column → class
	for _, row := range secrecyRow.FindAllStringSubmatch(string(text), -1) {
		put := func(class, columns string) {
			for _, c := range ticked.FindAllStringSubmatch(columns, -1) {
				name := row[1] + "." + c[1]
				if said[name] != "" {
					t.Errorf("docs/secrecy.md names %s twice", name)
				}
				said[name] = class
			}
		}
		for _, part := range strings.Split(row[2], ";") {
			class, columns, _ := strings.Cut(strings.TrimSpace(part), ":")
			put(class, columns)
		}
		put("plain", row[3])
	}
	file := filepath.Join(t.TempDir(), "schema.db")
	if err := sqlstore.Migrate(t.Context(), "sqlite:"+file, queue.Migrate); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT m.name, p.name, p.type FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	there := 0
	for rows.Next() {
		var table, column, kind string
		if err := rows.Scan(&table, &column, &kind); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(table, "river_") || strings.HasPrefix(table, "goose_") || strings.HasPrefix(table, "sqlite_") {
			continue
		}
		there++
		name := table + "." + column
		switch class := said[name]; class {
		case "":
			t.Errorf("%s stands in no row of docs/secrecy.md: who can read it?", name)
		case "plain", "login", "staff":
			if kind == "BYTEA" && !slices.Contains(publicBytes, name) {
				t.Errorf("%s holds bytes and is %s: seal it, or name it among the public ones with a reason", name, class)
			}
		case "sealed", "office":
			if kind != "BYTEA" {
				t.Errorf("%s is said to be sealed, yet holds %s", name, kind)
			}
		case "blind", "key", "digest":
		default:
			t.Errorf("%s: %q is no class of docs/secrecy.md", name, class)
		}
		delete(said, name)
	}
	if err := rows.Err(); err != nil || there < 300 {
		t.Errorf("only %d columns were looked at (%v)", there, err)
	}
	for name := range said {
		t.Errorf("docs/secrecy.md names %s, which is not there", name)
	}
}
