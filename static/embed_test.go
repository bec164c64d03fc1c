package static

import (
	"errors"
	"testing"
	"testing/fstest"
)

func built() fstest.MapFS {
	return fstest.MapFS{
		"manifest.json":   {Data: []byte(`{"app.css": "app.abc.css", "bold.woff2": "bold.def.woff2"}`)},
		"app.abc.css":     {Data: []byte("body { margin: 0; padding: 0 }")},
		"app.abc.css.br":  {Data: []byte("brotli")},
		"app.abc.css.gz":  {Data: []byte("gzip")},
		"bold.def.woff2":  {Data: []byte("font")},
		"unlisted.css.gz": {Data: []byte("x")},
	}
}

func TestGetChoosesTheEncoding(t *testing.T) {
	a, err := open(built())
	if err != nil {
		t.Fatal(err)
	}
	for accept, want := range map[string]string{
		"gzip, deflate, br, zstd": "br", "gzip": "gzip", "": "", "br;q=0, gzip": "gzip", "br; q=0.000": "",
		"BR": "br", "identity": "", "gzip;q=0.5": "gzip", "broken": "", "br;q=x": "",
	} {
		body, mediaType, encoding, ok := a.Get("app.abc.css", accept)
		if !ok || encoding != want || mediaType != "text/css; charset=utf-8" || len(body) == 0 {
			t.Errorf("%q: %q %q %v, want %q", accept, encoding, mediaType, ok, want)
		}
	}
	if _, _, encoding, ok := a.Get("/static/bold.def.woff2", "br, gzip"); !ok || encoding != "" {
		t.Errorf("font: %q %v", encoding, ok)
	}
	for _, foreign := range []string{"", "unlisted.css.gz", "manifest.json", "../embed.go", "app.css"} {
		if _, _, _, ok := a.Get(foreign, ""); ok {
			t.Errorf("%q is served", foreign)
		}
	}
}

func TestURL(t *testing.T) {
	a, err := open(built())
	if err != nil {
		t.Fatal(err)
	}
	if got := a.URL("app.css"); got != "/static/app.abc.css" {
		t.Error(got)
	}
	if got := a.URL("none.css"); got != "" {
		t.Error(got)
	}
}

func TestOpenWithoutAssets(t *testing.T) {
	if _, err := open(fstest.MapFS{}); !errors.Is(err, ErrNotBuilt) {
		t.Errorf("want ErrNotBuilt, got %v", err)
	}
	broken := built()
	delete(broken, "app.abc.css")
	if _, err := open(broken); err == nil {
		t.Error("a missing file is no error")
	}
}

// The budget of a cold form page: 60 kB without fonts (the page itself has half of it), 110 kB with them.
func TestBudget(t *testing.T) {
	a, err := Open()
	if errors.Is(err, ErrNotBuilt) {
		t.Fatal("run \"make assets\" first: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	sizes := map[string]int{"app.css": 20_000, "app.js": 10_000, "regular.woff2": 24_000, "bold.woff2": 24_000}
	for name, limit := range sizes {
		body, _, _, ok := a.Get(a.URL(name), "gzip")
		if !ok || len(body) > limit {
			t.Errorf("%s: %d bytes on the wire, limit %d", name, len(body), limit)
		}
	}
}
