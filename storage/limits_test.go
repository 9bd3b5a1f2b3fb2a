package storage_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openlines-go/openlines/storage"
)

var nine = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func x(n int) string { return strings.Repeat("x", n) }

func key(n int) storage.Key { return storage.Key{Kind: "session", ID: fmt.Sprint(n)} }

// batch is a good one: a put, a delete, two events.
func batch() *storage.Batch {
	return &storage.Batch{
		ID: storage.BatchID{1},
		Puts: []storage.Put{{Record: storage.Record{
			Key: key(1), Open: true, At: nine, Terms: []string{"client:7", "line:support"}, Body: []byte(`{"state":"waiting"}`),
		}}},
		Deletes: []storage.Key{key(2)},
		Events:  []storage.Event{{Seq: 7, Body: []byte(`{}`)}, {Seq: 8, Body: []byte(`{}`)}},
		Due:     nine,
		Format:  1,
	}
}

type limitRow struct {
	name   string
	change func(*storage.Batch)
	want   error
	field  string // which the error names
}

// words are what kinds, ids and terms can be.
func wordRows(field string, set func(*storage.Batch, string)) (rows []limitRow) {
	for _, w := range []struct {
		name, word string
		want       error
	}{
		{"a byte", "x", nil},
		{"a blank", " ", nil},
		{"controls but NUL", "\x01\n\x7f", nil},
		{"at the limit", x(255), nil},
		{"at the limit in bytes", strings.Repeat("\u00E9", 127) + "x", nil},
		{"over the limit", x(256), storage.ErrTooLarge},
		{"over the limit in bytes", strings.Repeat("\u00E9", 128), storage.ErrTooLarge},
		{"empty", "", storage.ErrInvalid},
		{"NUL", "a\x00b", storage.ErrInvalid},
		{"lone continuation", "a\x80", storage.ErrInvalid},
		{"surrogate", "\xed\xa0\x80", storage.ErrInvalid},
		{"overlong", "\xc0\x80", storage.ErrInvalid},
	} {
		rows = append(rows, limitRow{field + ": " + w.name, func(b *storage.Batch) { set(b, w.word) }, w.want, field})
	}
	return rows
}

func bodyRows(field string, set func(*storage.Batch, []byte)) (rows []limitRow) {
	for _, r := range []struct {
		name, body string
		want       error
	}{
		{"empty", "", nil},
		{"not JSON", "anything", nil},
		{"at the limit", x(1 << 20), nil},
		{"over the limit", x(1<<20 + 1), storage.ErrTooLarge},
		{"NUL", "{\x00}", storage.ErrInvalid},
		{"not UTF-8", "{\xff}", storage.ErrInvalid},
		{"surrogate", "\xed\xa0\x80", storage.ErrInvalid},
	} {
		rows = append(rows, limitRow{field + ": " + r.name, func(b *storage.Batch) { set(b, []byte(r.body)) }, r.want, "Body"})
	}
	return rows
}

func timeRows(field string, set func(*storage.Batch, time.Time)) (rows []limitRow) {
	utc := func(year int) time.Time { return time.Date(year, 12, 31, 23, 59, 59, 999_999_000, time.UTC) }
	for _, r := range []struct {
		name string
		at   time.Time
		want error
	}{
		{"none", time.Time{}, nil},
		{"a microsecond", nine.Add(time.Microsecond), nil},
		{"a microsecond of the first year", time.Time{}.Add(time.Microsecond), nil},
		{"the last of the year 9999", utc(9999), nil},
		{"before 1970", utc(1969), nil},
		{"a nanosecond", nine.Add(time.Nanosecond), storage.ErrInvalid},
		{"a nanosecond less", nine.Add(-time.Nanosecond), storage.ErrInvalid},
		{"year 0", utc(0), storage.ErrInvalid},
		{"year -1", utc(-1), storage.ErrInvalid},
		{"year 10000", time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), storage.ErrInvalid},
		{"local", nine.In(time.FixedZone("CET", 3600)), storage.ErrInvalid},
		{"another zone without an offset", nine.In(time.FixedZone("WET", 0)), storage.ErrInvalid},
	} {
		rows = append(rows, limitRow{field + ": " + r.name, func(b *storage.Batch) { set(b, r.at) }, r.want, field})
	}
	return rows
}

func puts(n int) func(*storage.Batch) {
	return func(b *storage.Batch) {
		b.Puts, b.Deletes = make([]storage.Put, n), nil
		for i := range b.Puts {
			b.Puts[i].Key = key(i)
		}
	}
}

func deletes(n int) func(*storage.Batch) {
	return func(b *storage.Batch) {
		b.Puts, b.Deletes = nil, make([]storage.Key, n)
		for i := range b.Deletes {
			b.Deletes[i] = key(i)
		}
	}
}

func events(seqs ...uint64) func(*storage.Batch) {
	return func(b *storage.Batch) {
		b.Events = nil
		for _, seq := range seqs {
			b.Events = append(b.Events, storage.Event{Seq: seq})
		}
	}
}

func manyEvents(n int) func(*storage.Batch) {
	seqs := make([]uint64, n)
	for i := range seqs {
		seqs[i] = uint64(i + 1)
	}
	return events(seqs...)
}

func terms(words ...string) func(*storage.Batch) {
	return func(b *storage.Batch) { b.Puts[0].Terms = words }
}

func manyTerms(n int) func(*storage.Batch) {
	words := make([]string, n)
	for i := range words {
		words[i] = fmt.Sprintf("term:%03d", i)
	}
	return terms(words...)
}

func limitRows() []limitRow {
	return slices.Concat(
		wordRows("Kind", func(b *storage.Batch, w string) { b.Puts[0].Kind = w }),
		wordRows("ID", func(b *storage.Batch, w string) { b.Puts[0].Key.ID = w }),
		wordRows("Terms", func(b *storage.Batch, w string) { b.Puts[0].Terms = []string{w} }),
		wordRows("Kind", func(b *storage.Batch, w string) { b.Deletes[0].Kind = w }),
		wordRows("ID", func(b *storage.Batch, w string) { b.Deletes[0].ID = w }),
		bodyRows("put", func(b *storage.Batch, body []byte) { b.Puts[0].Body = body }),
		bodyRows("event", func(b *storage.Batch, body []byte) { b.Events[1].Body = body }),
		timeRows("At", func(b *storage.Batch, at time.Time) { b.Puts[0].At = at }),
		timeRows("Due", func(b *storage.Batch, at time.Time) { b.Due = at }),
		[]limitRow{
			{"nothing but an id", func(b *storage.Batch) { *b = storage.Batch{ID: storage.BatchID{15: 1}} }, nil, ""},
			{"no id", func(b *storage.Batch) { b.ID = storage.BatchID{} }, storage.ErrInvalid, "ID"},
			{"puts at the limit", puts(8192), nil, ""},
			{"puts over the limit", puts(8193), storage.ErrTooLarge, "puts"},
			{"deletes at the limit", deletes(8192), nil, ""},
			{"deletes over the limit", deletes(8193), storage.ErrTooLarge, "deletes"},
			{"events at the limit", manyEvents(8192), nil, ""},
			{"events over the limit", manyEvents(8193), storage.ErrTooLarge, "events"},
			{"events from any number", events(1<<63, 1<<63+1), nil, ""},
			{"event 0", events(0, 1), storage.ErrInvalid, "event 0"},
			{"event left out", events(7, 9), storage.ErrInvalid, "event 1"},
			{"event twice", events(7, 7), storage.ErrInvalid, "event 1"},
			{"events backwards", events(8, 7), storage.ErrInvalid, "event 1"},
			{"event left out later", events(1, 2, 3, 5), storage.ErrInvalid, "event 3"},
			{"events after the last number", events(1<<64-1, 0), storage.ErrInvalid, "event 1"},
			{"put twice", func(b *storage.Batch) { b.Puts = append(b.Puts, b.Puts[0]) }, storage.ErrInvalid, "put 1"},
			{"put and deleted", func(b *storage.Batch) { b.Deletes = []storage.Key{key(2), key(1)} }, storage.ErrInvalid, "delete 1"},
			{"deleted twice", func(b *storage.Batch) { b.Deletes = []storage.Key{key(2), key(2)} }, storage.ErrInvalid, "delete 1"},
			{"same id of another kind", func(b *storage.Batch) { b.Deletes[0] = storage.Key{Kind: "chat", ID: "1"} }, nil, ""},
			{"parts that only join alike", func(b *storage.Batch) { b.Deletes[0] = storage.Key{Kind: "sessio", ID: "n1"} }, nil, ""},
			{"ids of another case", func(b *storage.Batch) {
				b.Puts[0].Key.ID, b.Deletes[0].ID = "a", "A"
			}, nil, ""},
			{"no terms", terms(), nil, ""},
			{"terms at the limit", manyTerms(160), nil, ""},
			{"terms over the limit", manyTerms(161), storage.ErrTooLarge, "Terms"},
			{"terms sorted bytewise", terms("B", "a", "\u00E9"), nil, ""},
			{"terms not sorted", terms("b", "a"), storage.ErrInvalid, "Terms"},
			{"terms not sorted bytewise", terms("a", "B"), storage.ErrInvalid, "Terms"},
			{"terms doubled", terms("a", "a"), storage.ErrInvalid, "Terms"},
			{"a later put is looked at", func(b *storage.Batch) {
				b.Puts = append(b.Puts, storage.Put{Record: storage.Record{Key: key(3), At: nine.Add(1)}})
			}, storage.ErrInvalid, "put 1"},
		},
	)
}

func TestBatchValidate(t *testing.T) {
	t.Parallel()
	for _, row := range limitRows() {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			b := batch()
			row.change(b)
			mustRefuse(t, b.Validate(), row.want, row.field)
		})
	}
}

// mustRefuse compares an error with the sentinel that it has to be, and no other.
func mustRefuse(tb testing.TB, err, want error, field string) {
	tb.Helper()
	for _, is := range []error{storage.ErrInvalid, storage.ErrTooLarge} {
		if errors.Is(err, is) != (is == want) {
			tb.Fatalf("%v, want %v", err, want)
		}
	}
	if want == nil && err != nil {
		tb.Fatal(err)
	}
	if want != nil && (!strings.Contains(err.Error(), field) || !storage.Definite(err)) {
		tb.Errorf("%q does not name %s, or is not definite", err, field)
	}
}

func TestQueryValidate(t *testing.T) {
	t.Parallel()
	with := func(change func(*storage.Query)) storage.Query {
		q := storage.Query{Kind: "session", Terms: []string{"line:support"}, Limit: 10}
		change(&q)
		return q
	}
	many := func(n int) []string { return slices.Repeat([]string{"a"}, n) }
	for _, test := range []struct {
		name  string
		query storage.Query
		want  error
		field string
	}{
		{"plain", with(func(*storage.Query) {}), nil, ""},
		{"whole", with(func(q *storage.Query) {
			q.From, q.Until, q.OldestFirst, q.Closed, q.After = nine, nine, true, true, storage.Cursor{At: nine, ID: x(255)}
		}), nil, ""},
		{"no kind", with(func(q *storage.Query) { q.Kind = "" }), storage.ErrInvalid, "Kind"},
		{"kind at the limit", with(func(q *storage.Query) { q.Kind = x(255) }), nil, ""},
		{"kind over the limit", with(func(q *storage.Query) { q.Kind = x(256) }), storage.ErrTooLarge, "Kind"},
		{"kind with NUL", with(func(q *storage.Query) { q.Kind = "\x00" }), storage.ErrInvalid, "Kind"},
		{"kind not UTF-8", with(func(q *storage.Query) { q.Kind = "\xff" }), storage.ErrInvalid, "Kind"},
		{"no terms", with(func(q *storage.Query) { q.Terms = nil }), nil, ""},
		{"terms in any order, doubled", with(func(q *storage.Query) { q.Terms = []string{"b", "a", "b"} }), nil, ""},
		{"terms at the limit", with(func(q *storage.Query) { q.Terms = many(160) }), nil, ""},
		{"terms over the limit", with(func(q *storage.Query) { q.Terms = many(161) }), storage.ErrTooLarge, "Terms"},
		{"empty term", with(func(q *storage.Query) { q.Terms = []string{"a", ""} }), storage.ErrInvalid, "Terms"},
		{"term over the limit", with(func(q *storage.Query) { q.Terms = []string{x(256)} }), storage.ErrTooLarge, "Terms"},
		{"term not UTF-8", with(func(q *storage.Query) { q.Terms = []string{"\xed\xa0\x80"} }), storage.ErrInvalid, "Terms"},
		{"cursor that no record has: nanoseconds", with(func(q *storage.Query) { q.After.At = nine.Add(1) }), storage.ErrInvalid, "After.At"},
		{"cursor beyond the calendar", with(func(q *storage.Query) { q.After.At = nine.AddDate(9000, 0, 0) }), storage.ErrInvalid, "After.At"},
		{"cursor over the limit", with(func(q *storage.Query) { q.After.ID = x(256) }), storage.ErrTooLarge, "After.ID"},
		{"cursor not UTF-8", with(func(q *storage.Query) { q.After.ID = "\x80" }), storage.ErrInvalid, "After.ID"},
		{"cursor with NUL", with(func(q *storage.Query) { q.After.ID = "a\x00" }), storage.ErrInvalid, "After.ID"},
		{"limit 1", with(func(q *storage.Query) { q.Limit = 1 }), nil, ""},
		{"limit 1000", with(func(q *storage.Query) { q.Limit = 1000 }), nil, ""},
		{"limit 0", with(func(q *storage.Query) { q.Limit = 0 }), storage.ErrInvalid, "Limit"},
		{"limit -1", with(func(q *storage.Query) { q.Limit = -1 }), storage.ErrInvalid, "Limit"},
		{"walk 1000", with(func(q *storage.Query) { q.Walk = 1000 }), nil, ""},
		{"walk -1", with(func(q *storage.Query) { q.Walk = -1 }), storage.ErrInvalid, "Walk"},
		{"walk 1001", with(func(q *storage.Query) { q.Walk = 1001 }), storage.ErrInvalid, "Walk"},
		{"limit 1001", with(func(q *storage.Query) { q.Limit = 1001 }), storage.ErrInvalid, "Limit"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			mustRefuse(t, test.query.Validate(), test.want, test.field)
		})
	}
}

// Ids, terms, bodies and times are the desk's own: no log has them.
func TestValidateDoesNotTellValues(t *testing.T) {
	t.Parallel()
	const secret = "anna@example.org"
	for _, change := range []func(*storage.Batch){
		func(b *storage.Batch) { b.Puts[0].Key.ID = secret + "\x00" },
		func(b *storage.Batch) { b.Puts[0].Key.ID = secret + x(300) },
		func(b *storage.Batch) { b.Puts[0].Terms = []string{secret, secret} },
		func(b *storage.Batch) { b.Puts[0].Terms = []string{secret + "\xff"} },
		func(b *storage.Batch) { b.Puts[0].Body = []byte(secret + "\x00") },
		func(b *storage.Batch) { b.Events[0].Body = []byte(secret + "\xff") },
		func(b *storage.Batch) { b.Deletes[0].ID = secret + "\x00" },
		func(b *storage.Batch) {
			b.Deletes = []storage.Key{{Kind: "session", ID: secret}, {Kind: "session", ID: secret}}
		},
		func(b *storage.Batch) {
			b.Puts[0].Key.ID = secret
			b.Puts = append(b.Puts, b.Puts[0])
		},
	} {
		b := batch()
		change(b)
		if err := b.Validate(); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%v", err)
		}
	}
}

func TestQueryTakes(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	r := storage.Record{Key: storage.Key{Kind: "session", ID: "1"}, Open: true, At: noon, Terms: []string{"line:a", "op:1"}}
	for _, test := range []struct {
		name string
		q    storage.Query
		want bool
	}{
		{"its kind", storage.Query{Kind: "session"}, true},
		{"another kind", storage.Query{Kind: "chat"}, false},
		{"its terms", storage.Query{Kind: "session", Terms: []string{"op:1", "line:a"}}, true},
		{"a term it has not", storage.Query{Kind: "session", Terms: []string{"op:1", "line:b"}}, false},
		{"from its time on", storage.Query{Kind: "session", From: noon}, true},
		{"from a later time on", storage.Query{Kind: "session", From: noon.Add(1)}, false},
		{"until its time", storage.Query{Kind: "session", Until: noon}, false},
		{"until a later time", storage.Query{Kind: "session", Until: noon.Add(1)}, true},
		{"closed ones", storage.Query{Kind: "session", Closed: true}, false},
	} {
		if got := test.q.Takes(r); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
	early, late := storage.Cursor{At: noon, ID: "10"}, storage.Cursor{At: noon, ID: "9"} // by id, bytewise
	if newest := (storage.Query{}); newest.Compare(early, late) <= 0 || newest.Compare(late, early) >= 0 || newest.Compare(early, early) != 0 {
		t.Error("newest first: not the later one first")
	}
	if oldest := (storage.Query{OldestFirst: true}); oldest.Compare(early, late) >= 0 || oldest.Compare(early, storage.Cursor{At: noon.Add(1)}) >= 0 {
		t.Error("oldest first: not the earlier one first")
	}
}
