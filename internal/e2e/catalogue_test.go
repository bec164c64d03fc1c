package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestEveryServiceIsApplied sends one whole application for each service that is shipped, from its page in Jena, which as a
// kreisfreie Stadt answers for all of them, to the receipt.
func TestEveryServiceIsApplied(t *testing.T) {
	atOnce(t)
	w := Start(t, Config{})
	folders, err := filepath.Glob(filepath.Join("..", "..", "forms", "*", "form.yaml"))
	must(t, err)
	if len(folders) < 22 {
		t.Fatalf("%d services, want at least 22", len(folders))
	}
	for _, file := range folders {
		dir := filepath.Dir(file)
		service := filepath.Base(dir)
		t.Run(service, func(t *testing.T) {
			settings, err := os.ReadFile(file)
			must(t, err)
			name, s := firstValid(t, service)
			must(t, s.today())
			v := w.NewVisitor(t)
			if strings.HasPrefix(string(settings), "assurance: none") {
				_, err = v.begin("jena", service)
				must(t, err)
			} else {
				must(t, v.Go("/jena/"+service), v.Follow("Anmelden"), v.LogIn("citizen-high"), v.Press("Antrag beginnen"))
			}
			must(t, v.completeWith(s, name))
			number, err := v.send()
			must(t, err)
			if prefix := regexp.MustCompile(`(?m)^filePrefix: (\w+)`).FindStringSubmatch(string(settings))[1]; !strings.Contains(number, prefix) {
				t.Errorf("the file number is %s, want one with %s", number, prefix)
			}
		})
	}
}

// firstValid is the first sample, by name, that is a whole application.
func firstValid(t *testing.T, service string) (string, *sample) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "forms", service, "samples", "*.json"))
	must(t, err)
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".json")
		s, err := readSample(service, name)
		must(t, err)
		if s.Expect == "valid" {
			return name, s
		}
	}
	t.Fatal("no sample is valid")
	return "", nil
}

var day = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

// today moves the dates of a sample that is played on a certain day as far as that day is from today.
func (s *sample) today() error {
	if s.Now == "" {
		return nil
	}
	then, err := time.Parse(time.DateOnly, s.Now)
	if err != nil {
		return err
	}
	passed := int(time.Now().UTC().Truncate(24*time.Hour).Sub(then).Hours() / 24)
	var move func(v any) any
	move = func(v any) any {
		switch v := v.(type) {
		case map[string]any:
			for k := range v {
				v[k] = move(v[k])
			}
		case []any:
			for i := range v {
				v[i] = move(v[i])
			}
		case string:
			if at, err := time.Parse(time.DateOnly, v); err == nil && day.MatchString(v) {
				return at.AddDate(0, 0, passed).Format(time.DateOnly)
			}
		}
		return v
	}
	s.Answers = move(s.Answers)
	return nil
}
