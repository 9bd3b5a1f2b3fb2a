package storagetest

import (
	"fmt"
	"slices"
	"time"

	"github.com/openlines-go/openlines/storage"
)

func findRules() []rule {
	return []rule{
		{
			name:  "Find goes newest first, or oldest first",
			why:   "lists for people start with the newest, retention with the oldest",
			check: findOrder,
		},
		{
			name:  "records of one time are ordered by id, bytewise",
			why:   "an order that leaves ties open makes pages skip some and repeat others",
			check: findTies,
		},
		{
			name:  "all terms of a query must hold",
			why:   "a list of one client on one line must not show his other lines",
			check: findTerms,
		},
		{
			name:  "From is in, Until is out",
			why:   "days that touch must not count a session twice or never",
			check: findRange,
		},
		{
			name:  "Closed leaves out open records and still fills the page",
			why:   "retention deletes what it finds and stops at an empty page",
			check: findClosed,
		},
		{
			name:  "pages by cursor have no gap and no double",
			why:   "erasing a client page by page must reach every record",
			check: findPages,
		},
		{
			name:  "a cursor stays valid while records come and go",
			why:   "a desk does not stand still while somebody turns pages",
			check: findPagesUnderChange,
		},
		{
			name:  "a walk in vain ends, and goes on from there",
			why:   "two long lists that have nothing in common must not cost a list of conversations more than a page",
			check: findWalks,
		},
		{
			name:  "a record is found by its terms of now",
			why:   "a session that moved to another line must leave the old line's list",
			check: findMoved,
		},
	}
}

// timeline writes n records, each with the minute of its number, in an order that is neither rising nor falling.
func (p *probe) timeline(n int, make func(i int) storage.Put) {
	p.Helper()
	b := p.batch()
	for i := range n {
		b.Puts = append(b.Puts, make(i*7%n))
	}
	p.commit(b)
}

func findOrder(p *probe) {
	p.timeline(10, func(i int) storage.Put { return at(i, opened(fmt.Sprint(9-i), "line:a")) })
	newest := []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}
	oldest := slices.Sorted(slices.Values(newest))
	slices.Reverse(oldest)
	for _, terms := range [][]string{nil, {"line:a"}} {
		p.wantFound(storage.Query{Kind: kind, Terms: terms, Limit: 100}, newest...)
		p.wantFound(storage.Query{Kind: kind, Terms: terms, Limit: 100, OldestFirst: true}, oldest...)
		p.wantFound(storage.Query{Kind: kind, Terms: terms, Limit: 3}, newest[:3]...)
		p.wantFound(storage.Query{Kind: kind, Terms: terms, Limit: 3, OldestFirst: true}, oldest[:3]...)
	}
}

func findTies(p *probe) {
	rising := []string{"10", "9", "A", "Z", "a", "a b", "ab", "z", "é", "😀"}
	for _, id := range []string{"a", "é", "9", "z", "A", "ab", "10", "Z", "😀", "a b"} {
		p.write(opened(id, "line:a"))
	}
	falling := slices.Clone(rising)
	slices.Reverse(falling)
	for _, terms := range [][]string{nil, {"line:a"}} {
		p.wantFound(storage.Query{Kind: kind, Terms: terms, Limit: 100}, falling...)
		p.wantFound(storage.Query{Kind: kind, Terms: terms, Limit: 100, OldestFirst: true}, rising...)
		after := storage.Cursor{At: start, ID: "a"}
		p.wantFound(storage.Query{Kind: kind, Terms: terms, Limit: 2, After: after}, "Z", "A")
		p.wantFound(storage.Query{Kind: kind, Terms: terms, Limit: 2, After: after, OldestFirst: true}, "a b", "ab")
	}
}

func findTerms(p *probe) {
	chat := at(9, opened("x", "line:a", "op:1"))
	chat.Kind = "chat"
	p.write(
		at(0, opened("0", "line:a")), at(1, opened("1", "line:a", "op:1")), at(2, opened("2", "line:a", "op:2")),
		at(3, opened("3", "line:b", "op:1")), at(4, closed("4", "day:1", "line:a", "op:1")), at(5, opened("5")), chat,
	)
	found := func(terms []string, want ...string) {
		p.Helper()
		p.wantFound(storage.Query{Kind: kind, Terms: terms, Limit: 100}, want...)
	}
	found([]string{"line:a"}, "4", "2", "1", "0")
	found([]string{"line:a", "op:1"}, "4", "1")
	found([]string{"op:1", "line:a"}, "4", "1")
	found([]string{"op:1", "op:1"}, "4", "3", "1")
	found([]string{"day:1", "line:a", "op:1"}, "4")
	found([]string{"line:a", "line:b"})
	found([]string{"line"})
	found([]string{"nowhere", "line:a"})
	found(nil, "5", "4", "3", "2", "1", "0")
	p.wantFound(storage.Query{Kind: "chat", Terms: []string{"line:a"}, Limit: 100}, "x")
	p.wantFound(storage.Query{Kind: "nothing", Limit: 100})
	p.wantFound(storage.Query{Kind: kind, Terms: []string{"line:a", "op:1"}, Limit: 1}, "4")
}

func findRange(p *probe) {
	p.timeline(10, func(i int) storage.Put { return at(i, opened(fmt.Sprint(i), "line:a")) })
	minute := func(i int) time.Time { return start.Add(time.Duration(i) * time.Minute) }
	for _, terms := range [][]string{nil, {"line:a"}} {
		q := storage.Query{Kind: kind, Terms: terms, From: minute(3), Until: minute(6), Limit: 100}
		p.wantFound(q, "5", "4", "3")
		q.From, q.Until = minute(3).Add(time.Microsecond), minute(6).Add(time.Microsecond)
		p.wantFound(q, "6", "5", "4")
		q.From, q.Until = minute(3).Add(1), minute(6).Add(1)
		p.wantFound(q, "6", "5", "4")
		q.From, q.Until = minute(8), time.Time{}
		p.wantFound(q, "9", "8")
		q.From, q.Until = time.Time{}, minute(2)
		p.wantFound(q, "1", "0")
		q.After = storage.Cursor{At: minute(1), ID: "1"}
		p.wantFound(q, "0")
		q.OldestFirst = true
		p.wantFound(q)
		q.From, q.Until, q.After, q.Limit = minute(3), minute(8), storage.Cursor{At: minute(4), ID: "4"}, 2
		p.wantFound(q, "5", "6")
		q.After = storage.Cursor{At: minute(0), ID: "0"}
		p.wantFound(q, "3", "4")
		q.From, q.Until, q.After = minute(6), minute(3), storage.Cursor{}
		p.wantFound(q)
	}
}

func findClosed(p *probe) {
	p.timeline(20, func(i int) storage.Put {
		put := at(i, closed(fmt.Sprintf("%02d", i), "line:a"))
		put.Open = i%4 != 0
		return put
	})
	for _, terms := range [][]string{nil, {"line:a"}} {
		p.wantFound(storage.Query{Kind: kind, Terms: terms, Closed: true, Limit: 3, OldestFirst: true}, "00", "04", "08")
		p.wantFound(storage.Query{Kind: kind, Terms: terms, Closed: true, Limit: 100}, "16", "12", "08", "04", "00")
	}
	p.write(at(4, opened("04", "line:a")), at(5, closed("05", "line:a")))
	p.wantFound(storage.Query{Kind: kind, Closed: true, Limit: 3, OldestFirst: true}, "00", "05", "08")
}

// pages turns pages to the end; between runs after each.
func (p *probe) pages(q storage.Query, between func(page int)) []string {
	p.Helper()
	var all []string
	for n := 1; ; n++ {
		page, next := p.page(q)
		all = append(all, ids(page)...)
		if next == (storage.Cursor{}) {
			return all
		}
		if n > 100 {
			p.Fatalf("pages without end")
		}
		q.After = next
		between(n)
	}
}

func findPages(p *probe) {
	var rising []string
	for i := range 31 {
		rising = append(rising, fmt.Sprintf("%02d", i))
	}
	p.timeline(31, func(i int) storage.Put { return at(i/5, opened(rising[i], "line:a")) })
	falling := slices.Clone(rising)
	slices.Reverse(falling)
	for _, terms := range [][]string{nil, {"line:a"}} {
		for _, limit := range []int{1, 2, 5, 7, 31} {
			q := storage.Query{Kind: kind, Terms: terms, Limit: limit}
			p.equal("ids of all pages", p.pages(q, func(int) {}), falling)
			q.OldestFirst = true
			p.equal("ids of all pages", p.pages(q, func(int) {}), rising)
		}
	}
}

func findPagesUnderChange(p *probe) {
	p.timeline(20, func(i int) storage.Put { return at(2*i, opened(fmt.Sprintf("%02d", i), "line:a")) })
	q := storage.Query{Kind: kind, Terms: []string{"line:a"}, Limit: 4}
	got := p.pages(q, func(page int) {
		switch page {
		case 1: // after 19 18 17 16: the cursor's record goes, one before it and one behind it come
			p.erase("16")
			p.write(at(39, opened("before", "line:a")), at(31, opened("behind", "line:a")))
		case 2: // after behind 15 14 13: what comes next goes, what was given changes
			p.erase("12")
			p.write(at(30, body(`{"v":2}`, closed("15", "line:a"))))
		case 3: // after 11 10 09 08
			p.write(at(16, opened("08")), at(10, opened("05", "line:b")))
		}
	})
	p.equal("ids of all pages", got, []string{
		"19", "18", "17", "16", "behind", "15", "14", "13", "11", "10", "09", "08", "07", "06", "04", "03", "02", "01", "00",
	})
}

// findWalks looks for what two lists have in common at one place alone, and for what is closed among much that is open.
func findWalks(p *probe) {
	const n = 400
	name := func(i int) string { return fmt.Sprintf("%03d", i) }
	p.timeline(n+1, func(i int) storage.Put {
		put := at(i, opened(name(i), "all", []string{"even", "odd"}[i%2]))
		if i == 7 {
			put = at(i, closed(name(i), "all", "even", "odd"))
		}
		return put
	})
	for _, q := range []storage.Query{
		{Kind: kind, Terms: []string{"even", "odd"}}, {Kind: kind, Terms: []string{"all"}, Closed: true}, {Kind: kind, Closed: true},
	} {
		for _, walk := range []int{1, 10, 64} {
			for _, oldest := range []bool{false, true} {
				q.Limit, q.Walk, q.OldestFirst, q.After = 5, walk, oldest, storage.Cursor{}
				var found []string
				pages := 1
				for ; ; pages++ {
					page, next := p.page(q)
					found = append(found, ids(page)...)
					if next == (storage.Cursor{}) {
						break
					}
					if pages > n+2 {
						p.Fatalf("pages without end")
					}
					q.After = next
				}
				p.equal("ids of all pages", found, []string{name(7)})
				if least := n / 2 / walk; pages < least {
					p.Fatalf("%d pages of %d entries each cannot have gone through %d", pages, walk, n/2)
				}
			}
		}
	}
	page, next := p.page(storage.Query{Kind: kind, Terms: []string{"all"}, Limit: 100, Walk: 3})
	p.equal("ids of a walk that is shorter than the page", ids(page), []string{name(n), name(n - 1), name(n - 2)})
	p.equal("where it ended", next, storage.Cursor{At: at(n-2, closed("")).At, ID: name(n - 2)})
}

func findMoved(p *probe) {
	p.write(at(1, opened("a", "line:a", "op:1")), at(2, opened("b", "line:a")))
	p.write(at(1, opened("a", "line:b", "op:1")))
	found := func(term string, want ...string) {
		p.Helper()
		p.wantFound(storage.Query{Kind: kind, Terms: []string{term}, Limit: 10}, want...)
	}
	found("line:a", "b")
	found("line:b", "a")
	found("op:1", "a")
	p.write(at(1, opened("a")), at(2, opened("b", "line:a", "line:b", "line:c")))
	found("line:a", "b")
	found("line:b", "b")
	found("line:c", "b")
	found("op:1")
	p.write(at(1, opened("a", "line:a")))
	found("line:a", "b", "a")
}
