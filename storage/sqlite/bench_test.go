package sqlite_test

import (
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/storagetest"
)

// BenchmarkLists is the first page of lists on a desk of a million closed sessions.
func BenchmarkLists(b *testing.B) { openlinestest.Lists(b, open, 1_000_000) }

func BenchmarkStore(b *testing.B) { storagetest.Bench(b, open) }

// BenchmarkEngine is a client's message from the call to the disk, beside the same rows written by hand.
func BenchmarkEngine(b *testing.B) {
	openlinestest.Throughput(b, open, func(t testing.TB) func(*storage.Batch) error { return mustRaw(t).write })
}

// BenchmarkRaw writes new rows by hand, as many as those of commit in BenchmarkStore: what SQLite itself can do here.
func BenchmarkRaw(b *testing.B) {
	for _, puts := range []int{1, 10, 300} {
		b.Run(fmt.Sprintf("puts=%d", puts), func(b *testing.B) {
			r := mustRaw(b)
			b.ReportAllocs()
			for b.Loop() {
				next := batch(storage.Mark{})
				for range puts {
					p := session(rand.Text(), `{"id":12345,"chat":678,"line":"support","state":"waiting"}`, "client:7", "line:a")
					p.Create = true
					next.Puts = append(next.Puts, p)
				}
				next.Events = []storage.Event{{Body: []byte(`{"id":12345,"chat":678,"line":"support"}`)}}
				if err := r.write(next); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*puts)/b.Elapsed().Seconds(), "puts/s")
		})
	}
}

// raw is a file in which rows are written by hand.
type raw struct {
	db                          *sql.DB
	record, forget, term, event *sql.Stmt
}

func mustRaw(t testing.TB) *raw {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "raw.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`create table record (kind text, id text, open int, at int, terms text, body text, primary key (kind, id));
		create table term (kind text, term text, at int, id text, primary key (kind, term, at, id)) without rowid;
		create table event (seq integer primary key, body text)`); err != nil {
		t.Fatal(err)
	}
	r := &raw{db: db}
	for text, into := range map[string]**sql.Stmt{
		`insert or replace into record values (?, ?, ?, ?, ?, ?)`: &r.record,
		`delete from term where kind = ? and term in (select value from json_each((select terms from record where kind = ? and id = ?)))
			and at = ? and id = ?`: &r.forget,
		`insert or ignore into term values (?, ?, ?, ?)`: &r.term, `insert into event (body) values (?)`: &r.event,
	} {
		if *into, err = db.Prepare(text); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// write writes the rows of a batch in one transaction.
func (r *raw) write(b *storage.Batch) error {
	tx, err := r.db.Begin()
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	record, forget, term, event := tx.Stmt(r.record), tx.Stmt(r.forget), tx.Stmt(r.term), tx.Stmt(r.event)
	for _, p := range b.Puts {
		at := p.At.UnixMicro()
		if !p.Create && !p.Same {
			if _, err := forget.Exec(p.Kind, p.Kind, p.ID, at, p.ID); err != nil {
				return err
			}
		}
		terms, err := json.Marshal(append([]string{""}, p.Terms...))
		if err != nil {
			return err
		}
		if _, err := record.Exec(p.Kind, p.ID, p.Open, at, string(terms), string(p.Body)); err != nil {
			return err
		}
		if p.Same {
			continue
		}
		for _, word := range append([]string{""}, p.Terms...) {
			if _, err := term.Exec(p.Kind, word, at, p.ID); err != nil {
				return err
			}
		}
	}
	for _, e := range b.Events {
		if _, err := event.Exec(string(e.Body)); err != nil {
			return err
		}
	}
	return tx.Commit()
}
