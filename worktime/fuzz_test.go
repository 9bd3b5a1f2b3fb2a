package worktime_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/internal/corpus"
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
	addSeeds(f, "hours")
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

// addSeeds adds what the corpus has for a decoder.
func addSeeds(f *testing.F, decoder string) {
	f.Helper()
	seeds, err := corpus.Seeds("json", decoder)
	if err != nil || len(seeds) == 0 {
		f.Fatalf("%d seeds, %v", len(seeds), err)
	}
	for _, s := range seeds {
		f.Add([]byte(s))
	}
}

// mustSurvive decodes, encodes and decodes again: what is accepted stays the same. It reports whether it was accepted.
func mustSurvive[V any](t *testing.T, data []byte) (first V, accepted bool) {
	t.Helper()
	if err := json.Unmarshal(data, &first); err != nil {
		return first, false
	}
	encoded, err := json.Marshal(first)
	if err != nil {
		t.Fatal(err)
	}
	var second V
	if err := json.Unmarshal(encoded, &second); err != nil {
		t.Fatalf("%s: %v", encoded, err)
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("(-first +second):\n%s", diff)
	}
	return first, true
}

func FuzzPresence(f *testing.F) {
	addSeeds(f, "presence")
	f.Fuzz(func(t *testing.T, data []byte) {
		p, accepted := mustSurvive[worktime.Presence](t, data)
		if !accepted {
			var untouched worktime.Presence
			if err := json.Unmarshal(data, &untouched); json.Valid(data) && invalid(t, err) == "" || untouched != (worktime.Presence{}) {
				t.Errorf("%+v, %v", untouched, err)
			}
			return
		}
		if err := p.Validate(); err != nil {
			t.Errorf("accepted: %v", err)
		}
	})
}

// Facts that are valid make a verdict whose end has a form.
func FuzzFacts(f *testing.F) {
	addSeeds(f, "facts")
	f.Fuzz(func(t *testing.T, data []byte) {
		facts, accepted := mustSurvive[worktime.Facts](t, data)
		if !accepted || facts.Validate() != nil {
			return
		}
		for _, p := range []worktime.Presence{{}, worktime.OpenTab(), {Explicit: true, Browser: worktime.Never - 1, Mobile: worktime.Never}} {
			verdict, until := p.Available(facts, facts.BrowserUsedAt)
			if _, err := until.MarshalJSON(); err != nil || verdict == "" || verdict != worktime.Available && !until.IsZero() {
				t.Errorf("%q until %v, %v", verdict, until, err)
			}
		}
	})
}

func FuzzHolidays(f *testing.F) {
	addSeeds(f, "holidays")
	f.Fuzz(func(t *testing.T, data []byte) {
		dates, err := worktime.Holidays(data)
		if err != nil {
			if invalid(t, err) == "" {
				t.Error("an error without a problem")
			}
			return
		}
		if err := (worktime.Hours{Holidays: dates}).Validate(); err != nil {
			t.Errorf("not fit for hours: %v", err)
		}
	})
}

// Hours of the reference product are read into hours that are valid, but for a zone that does not exist, or refused.
func FuzzReference(f *testing.F) {
	f.Add("Europe/Berlin", "9", "18.00", "SA,SU", "01.05,24.12.2026")
	f.Add("", "23:59", "0", "", "")
	f.Add("\x00", "24:00", "-1", "XX", "31.02")
	f.Add(" ", "\u0663", "9:0", "mo,MO", "1.1.0")
	f.Fuzz(func(t *testing.T, zone, from, to, off, holidays string) {
		h, err := worktime.Reference{
			Zone: zone, From: from, To: to, DaysOff: strings.Split(off, ","), Holidays: strings.Split(holidays, ","),
		}.Hours()
		if err != nil {
			if invalid(t, err) == "" || !reflect.DeepEqual(h, worktime.Hours{}) {
				t.Errorf("%v, %v", h, err)
			}
			return
		}
		h.Zone = ""
		c, err := h.Calendar()
		if err != nil {
			t.Fatalf("%+v: %v", h, err)
		}
		if last, ok := c.NextClose(time.Unix(0, 0)); ok && c.Open(last) {
			t.Errorf("NextClose = %v", last)
		}
	})
}
