package e2e

import (
	"errors"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"syscall"
	"testing"
)

// secondNode runs another node of the same installation until the test ends.
func (w *World) secondNode(t *testing.T) *World {
	t.Helper()
	other := &World{Dir: w.Dir}
	var shared []string
	for _, line := range w.env {
		if strings.HasPrefix(line, "DATABASE_URL=") || strings.HasPrefix(line, "REDIS_URL=") {
			shared = append(shared, line)
		}
	}
	must(t, other.prepare(shared), other.launch())
	t.Cleanup(func() { other.stop(t) })
	return other
}

// at is the same browser at another node.
func (v *Visitor) at(w *World) *Visitor {
	return &Visitor{t: v.t, w: w, http: v.http, jar: v.jar, Lang: v.Lang}
}

// cookie is the value of a cookie of this browser.
func (v *Visitor) cookie(name string) string {
	u, err := url.Parse(v.w.URL)
	if err != nil {
		v.t.Fatal(err)
	}
	for _, c := range v.jar.Cookies(u) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// with is another browser that holds a cookie of this value.
func (w *World) with(t *testing.T, name, value string) *Visitor {
	t.Helper()
	u, err := url.Parse(w.URL)
	must(t, err)
	v := w.NewVisitor(t)
	v.jar.SetCookies(u, []*http.Cookie{{Name: name, Value: value, Path: "/"}})
	return v
}

// What is said at one node holds at once at the other: a role that is taken away, a log-out, a log-in that takes an older
// session's place, and how often somebody may try, whichever node is started anew meanwhile.
func TestTwoNodes(t *testing.T) {
	atOnce(t)
	w := Start(t, Config{Postgres: true, Redis: true})
	other := w.secondNode(t)
	status := func(v *Visitor, path string) int {
		t.Helper()
		got, _, err := v.Probe(http.MethodGet, path, nil)
		must(t, err)
		return got
	}

	// Roles.
	clerk, admin := w.staff(t, "clerk-erfurt", "/desk/erfurt"), w.staff(t, "admin-jena", "/admin/jena/staff")
	there := clerk.at(other)
	if got := status(there, "/desk/jena"); got == 200 {
		t.Fatal("a stranger is let in")
	}
	must(t, admin.post("/admin/jena/staff", fields("_csrf", admin.csrf(t), "name", "clerk-erfurt@demo.invalid", "roles", "clerk")))
	if got := status(there, "/desk/jena"); got != 200 {
		t.Errorf("whoever was appointed gets status %d", got)
	}
	must(t, admin.Go("/admin/jena/staff"))
	id := "" // of the one appointment that there is
	for _, f := range admin.forms {
		if strings.HasSuffix(attr(f.node, "action"), "/staff/dismiss") {
			id = f.values(nil).Get("id")
		}
	}
	must(t, admin.post("/admin/jena/staff/dismiss", fields("_csrf", admin.csrf(t), "id", id)))
	if got := status(there, "/desk/jena"); got != 403 && got != 404 {
		t.Errorf("whoever was dismissed gets status %d", got)
	}

	// A log-in makes a session of its own, whatever cookie was there before, and ends the one before.
	planted := strings.Repeat("A", 43)
	fixed := w.with(t, "aw_staff", planted)
	must(t, fixed.Go("/desk/erfurt"), fixed.LogIn("clerk-erfurt"))
	if fixed.cookie("aw_staff") == planted || status(w.with(t, "aw_staff", planted), "/desk/erfurt") != 303 {
		t.Error("the session is one that somebody else has chosen")
	}
	first := clerk.cookie("aw_staff")
	must(t, clerk.Go("/auth/staff/login?return=/desk/erfurt"), clerk.LogIn("clerk-erfurt"))
	if clerk.cookie("aw_staff") == first || status(other.with(t, "aw_staff", first), "/desk/erfurt") != 303 {
		t.Error("the session before the log-in still holds")
	}

	// A log-out.
	last := clerk.cookie("aw_staff")
	copied := other.with(t, "aw_staff", last)
	if got := status(copied, "/desk/erfurt"); got != 200 {
		t.Fatalf("status %d", got)
	}
	must(t, clerk.post("/auth/staff/logout", fields("_csrf", clerk.csrf(t))))
	if got := status(copied, "/desk/erfurt"); got != 303 {
		t.Errorf("after the log-out the other node answers %d", got)
	}

	// Limits.
	jar, err := cookiejar.New(nil)
	must(t, err)
	one := &Visitor{t: t, w: w, jar: jar, Lang: "de", http: &http.Client{Jar: jar}} // from the one address of this machine
	try := func(w *World) int {
		t.Helper()
		v := one.at(w)
		got, _, err := v.Probe(http.MethodPost, "/me/recover", fields("_csrf", one.csrf(t), "code", "AAAA-AAAA-AAAA-AAAA"))
		must(t, err)
		return got
	}
	for n := 1; n <= 10; n++ {
		if got := try([]*World{w, other}[n%2]); got == 429 {
			t.Fatalf("try %d of 10 is refused", n)
		}
	}
	must(t, errors.Join(w.end(syscall.SIGTERM), w.launch()))
	if a, b := try(w), try(other); a != 429 || b != 429 {
		t.Errorf("after a restart: %d, at the other node %d", a, b)
	}
}
