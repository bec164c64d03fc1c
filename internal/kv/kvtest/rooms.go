package kvtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"antragswerk/internal/civic"
)

// Who enters is there until they leave or their time is over, since they came; a second room is another one.
func rooms(t *testing.T, s Bench) {
	ctx := t.Context()
	enter := func(room, id string, ttl time.Duration) {
		t.Helper()
		if err := s.Enter(ctx, room, civic.Guest{ID: id, Name: "Klara Akte, " + id}, ttl); err != nil {
			t.Fatal(err)
		}
	}
	inside := func(want string) map[string][]civic.Guest {
		t.Helper()
		all, err := s.Inside(ctx, "one", "two", "three")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, room := range []string{"one", "two", "three"} {
			for _, g := range all[room] {
				got = append(got, room+":"+g.ID)
				if g.Name != "Klara Akte, "+g.ID {
					t.Errorf("%+v", g)
				}
			}
			if list, ok := all[room]; ok && len(list) == 0 {
				t.Errorf("%s is empty and listed", room)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("inside are %v, want %s", got, want)
		}
		return all
	}
	inside("")
	if all, err := s.Inside(ctx); err != nil || len(all) != 0 {
		t.Errorf("no room: %v %v", all, err)
	}
	enter("one", "anna", 2*time.Second)
	s.Pass(50 * time.Millisecond)
	enter("one", "bert", 20*time.Second)
	enter("two", "anna", 20*time.Second)
	first := inside("one:anna one:bert two:anna")["one"][0].Since
	s.Pass(100 * time.Millisecond)
	enter("one", "anna", 2*time.Second) // still there
	if again := inside("one:anna one:bert two:anna")["one"][0].Since; !again.Equal(first) {
		t.Errorf("came at %v, then at %v", first, again)
	}
	s.Pass(2200 * time.Millisecond)
	inside("one:bert two:anna")
	enter("one", "anna", 20*time.Second) // back
	if again := inside("one:bert one:anna two:anna")["one"][1].Since; !again.After(first) {
		t.Errorf("who comes back was never gone: %v", again)
	}
	for _, leave := range [][2]string{{"one", "bert"}, {"one", "bert"}, {"three", "nobody"}} {
		if err := s.Leave(ctx, leave[0], leave[1]); err != nil {
			t.Fatal(err)
		}
	}
	inside("one:anna two:anna")
	if err := s.Enter(ctx, "one", civic.Guest{ID: "x"}, 0); civic.CodeOf(err) != civic.Invalid {
		t.Error(fmt.Sprint("no time to live: ", err))
	}
}
