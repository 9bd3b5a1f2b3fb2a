package storagetest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/openlines-go/openlines/storage"
)

func scanRules() []rule {
	return []rule{
		{
			name:  "Scan(Live) gives what is open now",
			why:   "an engine loads this and nothing else: a session missing there is forgotten, a closed one comes back to life",
			check: scanLive,
		},
		{
			name:  "Scan goes in key order, bytewise",
			why:   "two exports of one desk must be equal, on any store",
			check: scanOrder,
		},
		{
			name:  "Scan gives one revision, that of its head",
			why:   "an engine catches up from the head of its scan; what it saw of a later turn it would apply twice",
			check: scanOneRevision,
		},
		{
			name:  "an error of each ends the scan and is returned as it is",
			why:   "callers stop a scan by it and look for it",
			check: scanEnds,
		},
	}
}

func getRules() []rule {
	return []rule{
		{
			name:  "Get gives those that exist, each once",
			why:   "the engine tells from what is missing that it must create",
			check: getExisting,
		},
		{
			name:  "Get, Scan and Changes tell the same mark",
			why:   "an engine pins what it fetched only if it stands at the same mark",
			check: sameMark,
		},
		{
			name:  "Get reads thousands of keys at once",
			why:   "one turn fetches all that its commands miss in one call",
			check: getMany,
		},
		{
			name:  "a read sees every commit that was answered before",
			why:   "who got his answer looks for what he wrote",
			check: readYourWrites,
		},
	}
}

func scanLive(p *probe) {
	p.write(opened("born open"), closed("born closed"), opened("closes"), closed("opens"), opened("goes"))
	p.write(closed("closes"), opened("opens"))
	p.erase("goes")
	_, live := p.scan(storage.Live)
	p.equal("Scan(Live)", live, records(opened("born open"), opened("opens")))
	_, all := p.scan(storage.All)
	p.equal("Scan(All)", all, records(closed("born closed"), opened("born open"), closed("closes"), opened("opens")))
}

func scanOrder(p *probe) {
	var want []storage.Record
	for _, k := range []string{"B", "a", "aa", "é"} {
		for _, id := range []string{"10", "9", "A", "a", "a b", "ab", "é", "😀"} {
			put := opened(id)
			put.Kind = k
			want = append(want, put.Record)
		}
	}
	for _, r := range slices.Backward(want) {
		p.write(storage.Put{Record: r})
	}
	for _, scope := range []storage.Scope{storage.Live, storage.All} {
		_, got := p.scan(scope)
		p.equal("records", got, want)
	}
}

func scanOneRevision(p *probe) {
	for i := range 100 {
		p.write(opened(fmt.Sprintf("%03d", i)))
	}
	before := p.head
	var want []storage.Record
	_, want = p.scan(storage.All)

	var got []storage.Record
	head, err := p.store.Scan(p.Context(), storage.All, func(r storage.Record) error {
		if len(got) == 1 {
			p.write(body(`{"v":2}`, closed("099")), opened("050b"))
			p.erase("098")
		}
		got = append(got, r)
		return nil
	})
	p.ok("Scan", err)
	p.equal("mark of a scan during which others wrote", head.Mark, before.Mark)
	p.equal("records of it", got, want)
}

func scanEnds(p *probe) {
	p.write(opened("a"), opened("b"), opened("c"))
	stop := errors.New("stop")
	calls := 0
	_, err := p.store.Scan(p.Context(), storage.Live, func(storage.Record) error {
		calls++
		if calls == 2 {
			return stop
		}
		return nil
	})
	if err != stop { //nolint:errorlint // as it is, not wrapped
		p.Fatalf("Scan: error %v, want that of each", err)
	}
	p.equal("calls of each", calls, 2)
	p.write(opened("d"))
}

func getExisting(p *probe) {
	other := opened("a")
	other.Kind = "chat"
	p.write(opened("a"), closed("b"), other)
	got, mark, err := p.store.Get(p.Context(), key("b"), key("nobody"), key("a"), key("b"), key("a"))
	p.ok("Get", err)
	p.equal("records", sorted(got), records(opened("a"), closed("b")))
	p.equal("mark", mark, p.head.Mark)
	got, mark, err = p.store.Get(p.Context())
	p.ok("Get of no key", err)
	p.equal("records", got, []storage.Record(nil))
	p.equal("mark", mark, p.head.Mark)
	got, _, err = p.store.Get(p.Context(), key(""), key("a\x00"), key("\xff"), storage.Key{}, key("a"))
	p.ok("Get of keys that cannot exist", err)
	p.equal("records", got, records(opened("a")))
}

func sameMark(p *probe) {
	for range 3 {
		p.write(opened("a"))
		_, mark, err := p.store.Get(p.Context(), key("a"))
		p.ok("Get", err)
		head, _ := p.scan(storage.Live)
		p.equal("mark of Get", mark, p.head.Mark)
		p.equal("mark of Scan", head.Mark, p.head.Mark)
		p.equal("mark of Changes", p.changes(p.head.Mark).Mark, p.head.Mark)
	}
}

func getMany(p *probe) {
	b := p.batch()
	var wanted []storage.Key
	var names []string
	for i := range storage.MaxGet / 2 {
		name := fmt.Sprintf("%05d", i)
		b.Puts = append(b.Puts, closed(name))
		names = append(names, name)
		wanted = append(wanted, key("no"+name), key(name))
	}
	p.commit(b)
	got, _, err := p.store.Get(p.Context(), wanted...)
	p.ok("Get", err)
	p.equal("ids", ids(sorted(got)), names)
}

func readYourWrites(p *probe) {
	for i := range 20 {
		text := fmt.Sprint(i)
		before := p.head.Mark
		b := p.batch(body(text, opened("a", "line:a")))
		b.Events = []storage.Event{{Seq: p.head.Events + 1, Body: []byte(text)}}
		p.commit(b)
		want := records(b.Puts...)
		p.equal("Get", p.get("a"), want)
		p.equal("Find", p.find(storage.Query{Kind: kind, Terms: []string{"line:a"}, Limit: 1}), want)
		p.equal("Changes", p.changes(before).Records, want)
		_, live := p.scan(storage.Live)
		p.equal("Scan", live, want)
		p.equal("Events", p.events(uint64(i), 10), b.Events)
	}
}
