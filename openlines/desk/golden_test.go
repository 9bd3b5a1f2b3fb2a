package desk

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/dump"
	"github.com/openlines-go/openlines/storage/memory"
)

// goldenBodies are what the golden desk of format 1 has: its records, and its events as records of kind "event".
func goldenBodies(t *testing.T) (records []storage.Record, events []storage.Event) {
	t.Helper()
	text, err := os.ReadFile("../testdata/golden/format-1.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	store := memory.New()
	if err := dump.Read(t.Context(), bytes.NewReader(text), store); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Scan(t.Context(), storage.All, func(r storage.Record) error {
		records = append(records, r)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for after := uint64(0); ; after = events[len(events)-1].Seq {
		page, err := store.Events(t.Context(), after, storage.MaxFind)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			return records, events
		}
		events = append(events, page...)
	}
}

// Whatever a program of format 1 has written is understood: read and written again, each record is the same in all that the
// store keeps of it. A field that is renamed is lost here, and a new one that is not left out while it is zero shows up.
func TestGoldenRecordsAreWrittenAsTheyWere(t *testing.T) {
	t.Parallel()
	records, events := goldenBodies(t)
	d := New()
	for _, r := range records {
		if err := d.take(r, true); err != nil {
			t.Fatal(err)
		}
	}
	again := map[storage.Key]storage.Record{}
	for _, k := range d.kinds { // the order does not matter
		all, err := k.records()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all {
			again[r.Key] = r
		}
	}
	for _, r := range records {
		if diff := cmp.Diff(r, again[r.Key]); diff != "" {
			t.Errorf("%s %s (-golden +again):\n%s", r.Kind, r.ID, diff)
		}
	}
	var jobs []jobKind
	for _, j := range d.jobs.rows { // sorted below
		jobs = append(jobs, j.Kind)
	}
	slices.Sort(jobs) // nothing else in the golden desk depends on their names
	if diff := cmp.Diff([]jobKind{archiveJob, disconnectJob, handOverJob, presenceJob, releaseJob, reviewJob, settleJob}, jobs); diff != "" {
		t.Errorf("jobs (-known +golden):\n%s", diff)
	}
	if len(again) != len(records) {
		t.Errorf("%d records, want %d", len(again), len(records))
	}
	for _, e := range events {
		read, err := DecodeEvent(e)
		if err != nil {
			t.Fatal(err)
		}
		if body, err := json.Marshal(read); err != nil || !bytes.Equal(body, e.Body) {
			t.Errorf("event %d: %s, %v; want %s", e.Seq, body, err, e.Body)
		}
	}
}

// Every kind of record is in the golden desk, and every field of it with a value: what is not there could be renamed unseen.
// A new field needs an act in the drive of the golden desk, and a golden desk that has it.
func TestGoldenDeskHasEverything(t *testing.T) {
	t.Parallel()
	records, events := goldenBodies(t)
	bodies := map[string][][]byte{}
	for _, r := range records {
		bodies[r.Kind] = append(bodies[r.Kind], r.Body)
	}
	for _, e := range events {
		bodies["event"] = append(bodies["event"], e.Body)
	}
	rows := map[string]reflect.Type{"event": reflect.TypeFor[Event]()}
	for _, table := range reflect.ValueOf(New()).Elem().Fields() {
		if table.Kind() == reflect.Struct && table.FieldByName("kind").IsValid() {
			rows[table.FieldByName("kind").String()] = table.FieldByName("rows").Type().Elem().Elem()
		}
	}
	if want := 1 + len(New().kinds); len(rows) != want {
		t.Fatalf("%d kinds, want %d", len(rows), want)
	}
	for kind, row := range rows {
		full := reflect.New(row).Elem()
		fill(full)
		body, err := json.Marshal(full.Addr().Interface())
		if err != nil {
			t.Fatal(err)
		}
		want, have := paths(t, body, nil), map[string]bool{}
		for _, body := range bodies[kind] {
			for path := range paths(t, body, want) {
				have[path] = true
			}
		}
		for path := range want {
			if !have[path] {
				t.Errorf("no %s has %s", kind, path)
			}
		}
	}
}

// anyKey stands for the keys of a map.
const anyKey = "*"

// fill gives every field a value.
func fill(v reflect.Value) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)))
		return
	case json.RawMessage:
		v.SetBytes([]byte(`true`))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for _, field := range v.Fields() {
			fill(field)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Map:
		value := reflect.New(v.Type().Elem()).Elem()
		fill(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf(anyKey).Convert(v.Type().Key()), value)
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(time.Hour))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Uint64:
		v.SetUint(7)
	default:
		panic("no value of " + v.Type().String())
	}
}

// paths are those of all values of a body. like has anyKey where a map is.
func paths(t *testing.T, body []byte, like map[string]bool) map[string]bool {
	t.Helper()
	var root any
	if err := json.Unmarshal(body, &root); err != nil {
		t.Fatal(err)
	}
	maps := map[string]bool{}
	for path := range like {
		if before, _, is := strings.Cut(path, "."+anyKey); is {
			maps[before] = true
		}
	}
	found := map[string]bool{}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for key, value := range v {
				if maps[path] {
					key = anyKey
				}
				walk(strings.TrimPrefix(path+"."+key, "."), value)
			}
			if len(v) == 0 || like[path] {
				found[path] = true // of any form
			}
		case []any:
			for _, value := range v {
				walk(path+"[]", value)
			}
		default:
			found[path] = true
		}
	}
	walk("", root)
	return found
}
