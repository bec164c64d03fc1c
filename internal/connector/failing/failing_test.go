package failing

import (
	"errors"
	"testing"

	"antragswerk/internal/civic"
)

func TestFails(t *testing.T) {
	for _, tt := range []struct {
		name      string
		connector *Connector
		fails     int
		permanent bool
		delivered int
	}{
		{"never", &Connector{}, 0, false, 4},
		{"twice", &Connector{Times: 2}, 2, false, 2},
		{"for ever", &Connector{Times: -1, NoRetry: true}, 4, true, 0},
	} {
		fails := 0
		for range 4 {
			err := tt.connector.Send(t.Context(), civic.Parcel{})
			if err == nil {
				continue
			}
			fails++
			var p interface{ Permanent() bool }
			if !errors.As(err, &p) || p.Permanent() != tt.permanent {
				t.Errorf("%s: %v", tt.name, err)
			}
		}
		if fails != tt.fails || tt.connector.Delivered() != tt.delivered || tt.connector.Attempts() != 4 {
			t.Errorf("%s: failed %d times, delivered %d of %d", tt.name, fails, tt.connector.Delivered(), tt.connector.Attempts())
		}
	}
}
