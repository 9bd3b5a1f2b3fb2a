package postgres_test

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/openlines-go/openlines/storage"
)

const benchBody = `{"id":12345,"chat":678,"line":"support","state":"waiting",` +
	`"began":"2026-03-02T09:00:00Z","queued":"2026-03-02T09:00:00Z","first":1}`

// sizes are the puts of a turn: of one caller, and of some thirty whose commands an engine stores in one turn.
var sizes = []int{10, 300}

// BenchmarkCommit is a turn from the call to the disk: new records with two terms each, and one event.
func BenchmarkCommit(b *testing.B) {
	for _, puts := range sizes {
		b.Run(fmt.Sprintf("puts=%d", puts), func(b *testing.B) {
			s := open(b)
			var head storage.Head
			n := 0
			for b.Loop() {
				next := batch(head.Mark)
				for range puts {
					n++
					p := session(fmt.Sprint(n), benchBody, "client:7", "line:a")
					p.Create = true
					next.Puts = append(next.Puts, p)
				}
				next.Events = []storage.Event{{Seq: head.Events + 1, Body: []byte(benchBody)}}
				head = mustCommit(b, s, next)
			}
			report(b, puts)
		})
	}
}

// BenchmarkRaw writes the same rows by hand, with what is fastest for it here: one message to the server and back, one
// statement for each table.
func BenchmarkRaw(b *testing.B) {
	for _, puts := range sizes {
		b.Run(fmt.Sprintf("puts=%d", puts), func(b *testing.B) {
			p := pool(b)
			schema := pgx.Identifier{mustSchema(b)}.Sanitize()
			if _, err := p.Exec(b.Context(), `create schema `+schema+`
				create table record (kind text collate "C", id text collate "C", open bool not null, at bigint not null,
					terms text[] not null, body text not null, primary key (kind, id))
				create table term (kind text collate "C", term text collate "C", at bigint, id text collate "C",
					primary key (kind, term, at, id))
				create table event (seq bigint primary key, body text not null)
				create table turn (revision bigint primary key, kinds text[] not null, ids text[] not null)`); err != nil {
				b.Fatal(err)
			}
			n, turn := 0, 0
			for b.Loop() {
				kinds, ids := make([]string, puts), make([]string, puts)
				for i := range puts {
					n++
					kinds[i], ids[i] = "session", fmt.Sprint(n)
				}
				turn++
				var all pgx.Batch
				all.Queue(`insert into `+schema+`.record select kind, id, false, 1772442000000000, '{client:7,line:a}', $3
					from unnest($1::text[], $2::text[]) r(kind, id)`, kinds, ids, benchBody)
				all.Queue(`insert into `+schema+`.term select kind, term, 1772442000000000, id
					from unnest($1::text[], $2::text[]) r(kind, id), unnest('{"",client:7,line:a}'::text[]) term`, kinds, ids)
				all.Queue(`insert into `+schema+`.event values ($1, $2)`, turn, benchBody)
				all.Queue(`insert into `+schema+`.turn values ($1, $2, $3)`, turn, kinds, ids)
				if err := p.SendBatch(b.Context(), &all).Close(); err != nil { // one transaction
					b.Fatal(err)
				}
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
