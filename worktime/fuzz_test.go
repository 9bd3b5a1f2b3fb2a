package worktime_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/worktime"
)

// What the decoder takes comes back the same from the encoder, and makes a
// calendar that answers; what it refuses, it refuses with a field.
func FuzzHours(f *testing.F) {
	for _, seed := range []string{
		documented, `{}`, `null`, `[]`, `{"week":{"mon-sun":[]}}`, `{"week":{"fri-mon":["22:00-06:00","05:00-24:00"]}}`,
		`{"zone":"Pacific/Apia","holidays":["02-29"],"dates":{"9999-12-31":["23:59-23:58"],"0001-01-01":null}}`,
		`{"week":{"mon":["25:00-26:00"]}}`, `{"week":{"mon":["9-"]}}`, `{"zone":"\u0000"}`, `{"week":{"":[""]}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var h, again worktime.Hours
		if err := json.Unmarshal(data, &h); err != nil {
			if json.Valid(data) && invalid(t, err) == "" {
				t.Error("an error without a problem")
			}
			return
		}
		encoded, err := json.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(encoded, &again); err != nil {
			t.Fatalf("%s: %v", encoded, err)
		}
		if diff := cmp.Diff(h, again); diff != "" {
			t.Errorf("(-first +second):\n%s", diff)
		}
		c, err := h.Calendar()
		if err != nil {
			return // the zone does not exist
		}
		at := utc("2026-05-01 10:00:00.5")
		first, ok := c.NextOpen(at)
		if ok && !c.Open(first) || !ok && c.Open(at) {
			t.Errorf("NextOpen = %v, %v", first, ok)
		}
		if last, ok := c.NextClose(at); ok && c.Open(last) {
			t.Errorf("NextClose = %v", last)
		}
		if due, ok := c.Add(at, 1e9); ok && c.Between(at, due) != 1e9 {
			t.Errorf("Add = %v", due)
		}
	})
}
