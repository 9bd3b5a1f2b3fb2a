package postgres_test

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/storagetest"
)

// BenchmarkLists is the first page of lists on a desk of a million closed sessions.
func BenchmarkLists(b *testing.B) { openlinestest.Lists(b, open, 1_000_000) }

func BenchmarkStore(b *testing.B) { storagetest.Bench(b, open) }

// BenchmarkEngine is a client's message from the call to the disk, beside the same rows written by hand.
func BenchmarkEngine(b *testing.B) {
	openlinestest.Throughput(b, open, byHand)
}

// byHand writes the rows of a batch with what is fastest for it here: one message to the server and back, which is one
// transaction, and one statement for each table.
func byHand(t testing.TB) func(*storage.Batch) error {
	t.Helper()
	p := pool(t)
	schema := pgx.Identifier{"openlines_hand_" + rand.Text()}.Sanitize()
	for _, statement := range []string{
		`create schema ` + schema,
		`create table ` + schema + `.record (kind text collate "C", id text collate "C", open bool not null, at bigint not null,
			terms text[] not null, body text not null, primary key (kind, id))`,
		`create table ` + schema + `.term (kind text collate "C", term text collate "C", at bigint, id text collate "C",
			primary key (kind, term, at, id))`,
		`create table ` + schema + `.event (seq bigint primary key, body text not null)`,
		`create table ` + schema + `.turn (revision bigint primary key, kinds text[] not null, ids text[] not null)`,
	} {
		if _, err := p.Exec(context.Background(), statement); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if _, err := p.Exec(context.Background(), `drop schema `+schema+` cascade`); err != nil {
			t.Error(err)
		}
	})
	forget := `delete from ` + schema + `.term t using unnest($1::text[], $2::text[]) k(kind, id), ` + schema + `.record r
		where r.kind = k.kind and r.id = k.id and t.kind = r.kind and t.id = r.id and t.at = r.at and t.term = any(r.terms)`
	record := `insert into ` + schema + `.record
		select kind, id, open, at, string_to_array(terms, e'\x1f'), body
		from unnest($1::text[], $2::text[], $3::bool[], $4::bigint[], $5::text[], $6::text[]) r(kind, id, open, at, terms, body)
		on conflict (kind, id) do update set open = excluded.open, terms = excluded.terms, body = excluded.body`
	term := `insert into ` + schema + `.term select * from unnest($1::text[], $2::text[], $3::bigint[], $4::text[])`
	event := `insert into ` + schema + `.event select * from unnest($1::bigint[], $2::text[])`
	turn := `insert into ` + schema + `.turn values ($1, $2, $3)`
	return func(b *storage.Batch) error {
		var kinds, ids, terms, bodies, moved, movedIDs, termKinds, words, termIDs, events []string
		var opens []bool
		var ats, termAts, seqs []int64
		for _, put := range b.Puts {
			at := put.At.UnixMicro()
			kinds, ids, opens, ats = append(kinds, put.Kind), append(ids, put.ID), append(opens, put.Open), append(ats, at)
			all := append([]string{""}, put.Terms...)
			terms, bodies = append(terms, strings.Join(all, "\x1f")), append(bodies, string(put.Body))
			if !put.Create && !put.Same {
				moved, movedIDs = append(moved, put.Kind), append(movedIDs, put.ID)
			}
			for _, w := range all {
				if !put.Same {
					termKinds, words = append(termKinds, put.Kind), append(words, w)
					termAts, termIDs = append(termAts, at), append(termIDs, put.ID)
				}
			}
		}
		for _, e := range b.Events {
			seqs, events = append(seqs, int64(e.Seq)), append(events, string(e.Body))
		}
		var batch pgx.Batch
		if len(moved) > 0 {
			batch.Queue(forget, moved, movedIDs)
		}
		batch.Queue(record, kinds, ids, opens, ats, terms, bodies)
		batch.Queue(term, termKinds, words, termAts, termIDs)
		batch.Queue(event, seqs, events)
		batch.Queue(turn, int64(b.Expect.Revision)+1, kinds, ids)
		return p.SendBatch(context.Background(), &batch).Close()
	}
}
