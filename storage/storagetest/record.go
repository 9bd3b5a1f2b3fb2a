package storagetest

import (
	"bytes"
	"strings"
	"time"

	"github.com/openlines-go/openlines/storage"
)

func recordRules() []rule {
	return []rule{
		{
			name:  "a record comes out as it went in",
			why:   "an engine that loads its records must stand where the one stood that wrote them",
			check: recordAsItWentIn,
		},
		{
			name:  "a body comes out byte for byte",
			why:   "bodies are compared and signed by others; a store that parses them loses numbers, order or escapes",
			check: bodyByteForByte,
		},
		{
			name:  "a body may have MaxBody bytes",
			why:   "the engine splits nothing below the limit that all stores share",
			check: bodyOfMaxBody,
		},
		{
			name:  "times are kept to the microsecond, in UTC, from year 1 to 9999",
			why:   "At orders every list and is part of its cursor: a time that changes on the way makes pages skip records",
			check: timesToTheMicrosecond,
		},
		{
			name:  "kinds, ids and terms are any UTF-8 text and stay apart",
			why:   "ids come from outside: text that a store interprets, folds or cuts mixes up two clients",
			check: hostileText,
		},
		{
			name:  "nothing given to a store is kept, nothing received is shared",
			why:   "engines reuse their buffers; shared memory changes records behind the revision's back",
			check: nothingShared,
		},
	}
}

func recordAsItWentIn(p *probe) {
	o := opened("open", "client:7", "line:a")
	c := closed("closed", "line:a")
	p.write(o, c)
	want := records(c, o)
	p.equal("Get", p.get("open", "closed"), want)
	_, all := p.scan(storage.All)
	p.equal("Scan(All)", all, want)
	p.equal("Find", sorted(p.find(storage.Query{Kind: kind, Terms: []string{"line:a"}, Limit: 10})), want)
	p.equal("Changes", p.changes(storage.Mark{}).Records, want)
}

func bodyByteForByte(p *probe) {
	for _, text := range []string{
		`null`, `true`, `""`, `0`, `[]`, `{}`,
		` { "b" : 1 , "a" : 2 } ` + "\n\t",
		`{"a":1,"a":2}`,
		`[1.0, 1e5, 123456789012345678901234567890, -0, 0.1000]`,
		`"\u0000 \ud800 \u00e9 \/ \\ \" '"`,
		`"é e` + "\u0301" + ` 😀 ` + "\u2028\uFEFF\uFFFD" + `"`,
		`"'; drop table record; -- $1 ? :a %s \x00 {1,2} NULL"`,
		"\"\x7f\"",
	} {
		put := body(text, opened("a"))
		b := p.batch(put)
		b.Events = []storage.Event{{Seq: p.head.Events + 1, Body: []byte(text)}}
		p.commit(b)
		p.equal("body", p.get("a"), records(put))
		p.equal("event", p.events(p.head.Events-1, 1), b.Events)
	}
}

func bodyOfMaxBody(p *probe) {
	large := []byte(`"` + strings.Repeat("é", (storage.MaxBody-2)/2) + `"`)
	b := p.batch(body(string(large), opened("a")))
	b.Events = []storage.Event{{Seq: 1, Body: large}}
	p.commit(b)
	if got := p.get("a"); len(got) != 1 || !bytes.Equal(got[0].Body, large) {
		p.Fatalf("body of %d bytes came back differently", len(large))
	}
	if got := p.events(0, 1); len(got) != 1 || !bytes.Equal(got[0].Body, large) {
		p.Fatalf("event of %d bytes came back differently", len(large))
	}
}

func timesToTheMicrosecond(p *probe) {
	for _, moment := range []time.Time{
		{},
		time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC),
		time.Date(1582, 10, 10, 1, 2, 3, 999_999_000, time.UTC),
		time.Date(1969, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
		time.UnixMicro(1).UTC(),
		time.Date(2026, 3, 29, 1, 30, 0, 1000, time.UTC),
		time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
	} {
		put := opened(moment.String())
		put.At = moment
		b := p.batch(put)
		b.Deletes = keys(ids(p.find(storage.Query{Kind: kind, Limit: 1}))...)
		b.Due = moment
		p.wantTime("Due that Commit returned", p.commit(b).Due, moment)
		p.wantTime("At that Get returned", p.only(p.get(put.ID)).At, moment)
		p.wantTime("At that Find returned", p.only(p.find(storage.Query{Kind: kind, Limit: 1})).At, moment)
		p.wantTime("Due that Changes returned", p.changes(p.head.Mark).Due, moment)
		head, _ := p.scan(storage.Live)
		p.wantTime("Due that Scan returned", head.Due, moment)
	}
}

func (p *probe) wantTime(what string, got, want time.Time) {
	p.Helper()
	if !got.Equal(want) || got.Location() != time.UTC || got.IsZero() != want.IsZero() {
		p.Fatalf("%s: %v, want %v", what, got, want)
	}
}

// hostile is text that stores have stumbled over, in bytewise order.
var hostile = []string{
	"\x01\n\t\r", " ", " a", `"`, `""`, "$1", "%", "'", "''; drop table desk; --", "*", "0", "00", "?", "A", "B", "NULL", `\`, `\'`, `\x00`,
	`\xff`, "_", "a", "a ", "a b", "a\u0301", "a😀", "b", "null", strings.Repeat("x", storage.MaxKey), "{1,2}", "{}", "\x7f",
	"ß", "á", "é", "ı", "Ａ", "\uFFFD", "😀", "\U0010FFFF",
}

func hostileText(p *probe) {
	b := p.batch()
	var want []storage.Record
	for _, text := range hostile {
		put := opened(text, text)
		b.Puts = append(b.Puts, put)
		want = append(want, put.Record)
	}
	for _, text := range hostile {
		put := opened("x")
		put.Kind = text
		b.Puts = append(b.Puts, put)
	}
	p.commit(b)

	p.equal("Get", p.get(hostile...), want)
	p.equal("Changes", p.changes(storage.Mark{}).Records, sorted(records(b.Puts...)))
	p.equal("Find, oldest first", ids(p.find(storage.Query{Kind: kind, Limit: 100, OldestFirst: true})), hostile)
	for _, text := range hostile {
		p.wantFound(storage.Query{Kind: kind, Terms: []string{text}, Limit: 10}, text)
		p.wantFound(storage.Query{Kind: text, Limit: 10}, "x")
	}
	_, all := p.scan(storage.All)
	p.equal("Scan", all, sorted(records(b.Puts...)))

	p.erase(hostile...)
	p.equal("Get of deleted ids", p.get(hostile...), []storage.Record(nil))
}

func nothingShared(p *probe) {
	put := opened("a", "t1", "t2")
	b := p.batch(put)
	b.Events = []storage.Event{{Seq: 1, Body: []byte(`{"v":1}`)}}
	p.commit(b)
	want := p.dump()

	spoil(b.Puts[0].Record)
	clear(b.Events[0].Body)
	p.equal("desk after the batch was overwritten", p.dump(), want)

	overwrite := func(r storage.Record) error { spoil(r); return nil }
	_, err := p.store.Scan(p.Context(), storage.All, overwrite)
	p.ok("Scan", err)
	for _, r := range p.get("a") {
		spoil(r)
	}
	for _, r := range p.find(storage.Query{Kind: kind, Limit: 1}) {
		spoil(r)
	}
	for _, r := range p.changes(storage.Mark{}).Records {
		spoil(r)
	}
	for _, e := range p.events(0, 1) {
		clear(e.Body)
	}
	p.equal("desk after what it gave was overwritten", p.dump(), want)
	p.equal("record after it was overwritten", p.get("a"), want.Records)
}

func spoil(r storage.Record) {
	clear(r.Body)
	for i := range r.Terms {
		r.Terms[i] = "spoilt"
	}
}
