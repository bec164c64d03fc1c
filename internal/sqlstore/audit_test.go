package sqlstore_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// acrossTenants is the reviewed list of statements on tenants' tables that name no tenant, with the reason. Those in Go go by
// their first 48 letters. They run asSystem, or under the subject's own condition.
var acrossTenants = map[string]string{
	"SELECT r.version, r.overlay, r.revision, r.updat": "myDrafts: the subject's condition follows",
	"DraftsExpiring": "the sweep warns all owners", "ExpiredDrafts": "the sweep deletes all expired drafts",
	"PinnedDrafts": "the state counts drafts on a version of all authorities", "PinnedCases": "the state counts cases on a version of all authorities",
	"FROM dossiers d JOIN cases c ON c.dossier = d.id": "myCases: the subject's condition follows",
	"SELECT COUNT(*) FROM dossiers d WHERE":            "Claimed: the subject's condition follows",
	"SELECT id, tenant, email, oidc_group, roles FROM": "a login finds a person's roles in all tenants",
	"SELECT dossier AS id, tenant FROM invitations WH": "ownership: the code's condition follows", "FROM invitations i WHERE i.revoked = 0 AND i.exp": "a code is shown before its authority is known",
	"SELECT id, tenant FROM dossiers WHERE": "ownership: the subject's condition follows", "InvitationsDue": "the sweep reminds all who are awaited",
	"DeleteBulks": "the sweep deletes what is long done", "ExpiredExports": "the sweep deletes all files whose time is over",
	"RequestsDue": "the sweep reminds all applicants who are asked", "SELECT id, tenant, case_id FROM opinions WHERE r": "a code is shown before its authority is known",
	"CasesDeemed": "the sweep finds all cases whose silence means approval", "DueResubmissions": "the sweep tells all clerks",
	"CasesUnplanned": "the sweep plans erasures everywhere", "CasesToTell": "the sweep tells all applicants", "CasesToErase": "the sweep erases what is due, everywhere",
	"DeleteIdleAccounts": "accounts belong to no tenant; one that owns a dossier stays",
	"SubscriptionsDue":   "all whose time has come are mailed",
	"SELECT blob_key FROM attachments WHERE blob_key ": "the sweep of orphaned blobs knows keys only",
	"UnlinkedEvents": "the sequencer takes what has happened everywhere", "NewestLinked": "the sequencer asks where it stood", "AuditedTenants": "whose chains there are",
}

// systemScopes is the reviewed list of uses of asSystem, by reason.
var systemScopes = map[string]string{
	"directory": "public data", "form versions": "they belong to the state", "logins": "sessions and accounts belong to no tenant", "sweeping": "deletes what has expired, everywhere",
	"a login: roles in all tenants":                               "a person's appointments are found by e-mail before the tenant is known",
	"an invitation's code is shown before its authority is known": "it opens one row by 80 random bits",
	"a calendar's address":                                        "it finds one clerk by 256 random bits", "subscriptions to views are told everywhere": "one periodic job finds whom to mail; each mail is then made in its tenant",
	"the chain of events: one sequencer for all authorities": "it hashes what happened, whoever it belongs to, and writes each link in its tenant",
	"seeding": "first start", "creating an authority": "the state makes a tenant and says so in its own log",
}

// tenantTables hold what belongs to a tenant.
var tenantTables = []string{
	"teams",
	"absences",
	"turns",
	"mentions",
	"dossiers",
	"drafts",
	"attachments",
	"cases",
	"submissions",
	"messages",
	"requests",
	"notes",
	"decisions",
	"payments",
	"routes",
	"deliveries",
	"events",
	"case_terms",
	"file_counters",
	"feedback",
	"appointments",
	"colleagues",
	"offerings",
	"overlays",
	"logos",
	"invitations",
	"templates",
	"correspondence",
	"letter_drafts",
	"proposals",
	"opinions",
	"resubmissions",
	"figures",
	"case_links",
	"tasks",
	"annotations",
	"annotation_forms",
	"bulks",
	"bulk_items",
	"exports",
	"export_templates",
	"views",
	"desks",
	"view_subscriptions",
	"labels",
	"retentions",
	"audit_links",
	"audit_heads",
	"events_erased",
}

var (
	guarded = regexp.MustCompile(`(?i)\b(FROM|JOIN|INTO|UPDATE)\s+(` + strings.Join(tenantTables, "|") + `)\b`)
	named   = regexp.MustCompile(`(?i)\btenant\b`)
)

func TestEveryStatementNamesItsTenant(t *testing.T) {
	used := map[string]bool{}
	statements := 0
	look := func(name, text string) {
		if !guarded.MatchString(text) {
			return
		}
		statements++
		if acrossTenants[name] != "" {
			used[name] = true
			return
		}
		// A name in the list of columns is no condition.
		if where := strings.Index(text, "WHERE"); where >= 0 && !strings.Contains(text, "INSERT") {
			text = text[where:]
		}
		if !named.MatchString(text) {
			t.Errorf("%s touches a tenant's table and names no tenant:\n%s", name, text)
		}
	}
	for name, text := range queries(t) {
		look(name, text)
	}
	for _, text := range literals(t) {
		name := strings.Join(strings.Fields(text), " ")
		look(name[:min(len(name), 48)], text)
	}
	for name := range acrossTenants {
		if !used[name] {
			t.Errorf("the reviewed statement %q is gone: take it off the list", name)
		}
	}
	if statements < 50 {
		t.Errorf("only %d statements were looked at", statements)
	}
}

// queries returns the statements of queries/ by name.
func queries(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("queries/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files (%v)", len(files), err)
	}
	all := map[string]string{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split(string(text), "-- name: ")[1:] {
			name, body, _ := strings.Cut(part, "\n")
			all[strings.Fields(name)[0]] = body
		}
	}
	return all
}

// literals returns the SQL in string literals of the package's Go files.
func literals(t *testing.T) (list []string) {
	t.Helper()
	forEachFile(t, func(f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				if text, err := strconv.Unquote(l.Value); err == nil && guarded.MatchString(text) {
					list = append(list, text)
				}
			}
			return true
		})
	})
	return list
}

func forEachFile(t *testing.T, look func(*ast.File)) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		look(f)
	}
}

// Nobody acts across tenants for a reason that was not reviewed, and nobody begins a transaction but the scopes.
func TestScopesAreTheOnlyWay(t *testing.T) {
	reasons := map[string]string{} // constant → reason
	forEachFile(t, func(f *ast.File) {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, spec := range g.Specs {
				v, ok := spec.(*ast.ValueSpec)
				if !ok || len(v.Values) != 1 {
					continue
				}
				if l, ok := v.Values[0].(*ast.BasicLit); ok && l.Kind == token.STRING {
					reasons[v.Names[0].Name], _ = strconv.Unquote(l.Value)
				}
			}
		}
	})
	uses := map[string]int{}
	forEachFile(t, func(f *ast.File) {
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			switch sel.Sel.Name {
			case "asSystem":
				reason := ""
				switch a := call.Args[0].(type) {
				case *ast.BasicLit:
					reason, _ = strconv.Unquote(a.Value)
				case *ast.Ident:
					reason = reasons[a.Name]
				}
				if systemScopes[reason] == "" {
					t.Errorf("asSystem(%q) was not reviewed", reason)
				}
				uses["asSystem"]++
			case "ExecContext", "QueryContext", "QueryRowContext", "PrepareContext":
				if pool, ok := sel.X.(*ast.SelectorExpr); ok && strings.HasSuffix(pool.Sel.Name, "DB") {
					t.Errorf("a statement runs on %s, outside of all scopes", pool.Sel.Name)
				}
			case "BeginTx", "Begin":
				uses["begin"]++
			case "Conn":
				uses["conn"]++
			}
			return true
		})
	})
	if uses["begin"] != 1 || uses["conn"] != 4 { // inTx; inTx, travel, the driver's connection in trip, and migrating
		t.Errorf("transactions begin in %d places, connections are taken in %d", uses["begin"], uses["conn"])
	}
	if uses["asSystem"] < 10 {
		t.Errorf("only %d uses of asSystem were looked at", uses["asSystem"])
	}
}
