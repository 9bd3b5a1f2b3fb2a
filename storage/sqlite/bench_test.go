package sqlite_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/openlines-go/openlines/storage"
)

const benchBody = `{"id":12345,"chat":678,"line":"support","state":"waiting","began":"2026-03-02T09:00:00Z","queued":"2026-03-02T09:00:00Z","first":1}`

// sizes are the puts of a turn: of one caller, and of 64 whose commands an engine stores in one turn.
var sizes = []int{10, 640}

// fresh is a turn of new records with two terms each, and one event.
func fresh(at storage.Head, number *atomic.Int64, puts int) *storage.Batch {
	next := batch(at.Mark)
	for range puts {
		p := session(fmt.Sprint(number.Add(1)), benchBody, "client:7", "line:a")
		p.Create = true
		next.Puts = append(next.Puts, p)
	}
	next.Events = []storage.Event{{Seq: at.Events + 1, Body: []byte(benchBody)}}
	return next
}

// BenchmarkCommit is a turn from the call to the disk.
func BenchmarkCommit(b *testing.B) {
	for _, puts := range sizes {
		b.Run(fmt.Sprintf("puts=%d", puts), func(b *testing.B) {
			s := mustOpen(b, filepath.Join(b.TempDir(), "desk.db"))
			var number atomic.Int64
			var head storage.Head
			b.ReportAllocs()
			for b.Loop() {
				head = mustCommit(b, s, fresh(head, &number, puts))
			}
			report(b, puts)
		})
	}
}

// BenchmarkTurn is a turn of ten puts of each of many callers who stand in line. Everybody has to hear what the others did
// while he waited.
func BenchmarkTurn(b *testing.B) {
	for _, callers := range []int{1, 64} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			s := mustOpen(b, filepath.Join(b.TempDir(), "desk.db"))
			var number atomic.Int64
			b.ReportAllocs()
			work := make(chan struct{})
			var group sync.WaitGroup
			for range callers {
				group.Go(func() {
					var head storage.Head
					var err error
					for range work {
						if head, err = s.Turn(b.Context(), head.Mark, func(c storage.Changes) (*storage.Batch, error) {
							return fresh(c.Head, &number, 10), nil
						}); err != nil {
							b.Error(err)
						}
					}
				})
			}
			b.ResetTimer()
			for range b.N {
				work <- struct{}{}
			}
			close(work)
			group.Wait()
			report(b, 10)
		})
	}
}

// BenchmarkRaw writes the same rows by hand: what SQLite itself can do here.
func BenchmarkRaw(b *testing.B) {
	for _, puts := range sizes {
		b.Run(fmt.Sprintf("puts=%d", puts), func(b *testing.B) {
			db := mustRaw(b)
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				if err := writeRaw(db, n, puts); err != nil {
					b.Fatal(err)
				}
				n += puts
			}
			report(b, puts)
		})
	}
}

func report(b *testing.B, puts int) {
	b.Helper()
	commits := float64(b.N) / b.Elapsed().Seconds()
	b.ReportMetric(commits, "commits/s")
	b.ReportMetric(commits*float64(puts), "puts/s")
}

type raw struct {
	db                  *sql.DB
	record, term, event *sql.Stmt
}

func mustRaw(b *testing.B) *raw {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "raw.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`create table record (kind text, id text, open int, at int, terms text, body text, primary key (kind, id));
		create table term (kind text, term text, at int, id text, primary key (kind, term, at, id)) without rowid;
		create table event (seq integer primary key, body text)`); err != nil {
		b.Fatal(err)
	}
	r := &raw{db: db}
	for text, into := range map[string]**sql.Stmt{
		`insert into record values (?, ?, ?, ?, ?, ?)`: &r.record, `insert into term values (?, ?, ?, ?)`: &r.term,
		`insert into event (body) values (?)`: &r.event,
	} {
		if *into, err = db.Prepare(text); err != nil {
			b.Fatal(err)
		}
	}
	return r
}

func writeRaw(r *raw, n, puts int) error {
	tx, err := r.db.Begin()
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	record, term, event := tx.Stmt(r.record), tx.Stmt(r.term), tx.Stmt(r.event)
	for i := range puts {
		id := fmt.Sprint(n + i)
		if _, err := record.Exec("session", id, false, 1772442000000000, `["client:7","line:a"]`, benchBody); err != nil {
			return err
		}
		for _, word := range []string{"", "client:7", "line:a"} {
			if _, err := term.Exec("session", word, 1772442000000000, id); err != nil {
				return err
			}
		}
	}
	if _, err := event.Exec(benchBody); err != nil {
		return err
	}
	return tx.Commit()
}
