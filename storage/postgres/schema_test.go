package postgres_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/postgres"
)

// structure tells what a schema consists of, without its name.
func structure(t testing.TB, schema string) []string {
	t.Helper()
	rows, err := pool(t).Query(t.Context(), `
		select format('column %s.%s %s %s %s', table_name, column_name, data_type, is_nullable, coalesce(collation_name, ''))
			from information_schema.columns where table_schema = $1
		union all select indexdef from pg_indexes where schemaname = $1
		union all select 'view ' || viewname || definition from pg_views where schemaname = $1
		order by 1`, schema)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(all) == 0 {
		t.Fatalf("structure of the schema: %d parts, %v", len(all), err)
	}
	for i := range all {
		all[i] = strings.ReplaceAll(all[i], schema+".", "")
	}
	var numbers []int
	rows, err = pool(t).Query(t.Context(), "select number from "+schema+".migration order by number")
	if err == nil {
		numbers, err = pgx.CollectRows(rows, pgx.RowTo[int])
	}
	if err != nil {
		t.Fatal(err)
	}
	return append(all, fmt.Sprint("migrations ", numbers))
}

func TestManyMayOpenAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	schema := mustSchema(t)
	const nodes = 8
	failed := make([]error, nodes)
	wins := make([]bool, nodes)
	start := make(chan struct{})
	var all sync.WaitGroup
	for n := range nodes {
		config := pool(t).Config().Copy()
		config.MaxConns = 2
		node := mustPool(t, config)
		all.Go(func() {
			<-start
			d, err := postgres.OpenDesks(t.Context(), node, schema)
			if err != nil {
				failed[n] = err
				return
			}
			s, err := d.Open(t.Context(), fmt.Sprint("desk ", n%2))
			if err == nil {
				_, err = s.Commit(t.Context(), batch(storage.Mark{}))
				wins[n] = err == nil
			}
			if !errors.Is(err, storage.ErrConflict) {
				failed[n] = err
			}
		})
	}
	close(start)
	all.Wait()
	if err := errors.Join(failed...); err != nil {
		t.Fatal(err)
	}
	won := 0
	for _, win := range wins {
		if win {
			won++
		}
	}
	if won != 2 {
		t.Errorf("%d nodes made the first revision of their desk, want one for each of 2 desks", won)
	}
	if diff := cmp.Diff(structure(t, mustServer(t).schema), structure(t, schema)); diff != "" {
		t.Errorf("structure (-want +got):\n%s", diff)
	}
}

// A node that dies at any point of its start leaves a schema that the next node finishes.
func TestMigrationsAreResumed(t *testing.T) {
	t.Parallel()
	want := structure(t, mustServer(t).schema)
	for _, death := range []act{cut, swallow} {
		for point := 1; ; point++ {
			schema := mustSchema(t)
			n := 0
			_, dying := mustProxy(t, func(string) act {
				if n++; n == point {
					return death
				}
				return pass
			})
			_, err := postgres.OpenDesks(t.Context(), dying, schema)
			if err == nil { // it ended before that point
				if point < 10 {
					t.Errorf("only %d points", point)
				}
				break
			}
			if _, err := postgres.OpenDesks(t.Context(), pool(t), schema); err != nil {
				t.Fatalf("after one died at point %d: %v", point, err)
			}
			if diff := cmp.Diff(want, structure(t, schema)); diff != "" {
				t.Fatalf("structure after one died at point %d (-want +got):\n%s", point, diff)
			}
			dying.Close()
		}
	}
}

// The server takes the turn to migrate from a node that stands still.
func TestMigrationThatStalls(t *testing.T) {
	t.Parallel()
	schema := mustSchema(t)
	p, stalled := mustProxy(t, func(sql string) act {
		if strings.Contains(sql, "create view") {
			return hold
		}
		return pass
	})
	if _, err := postgres.OpenDesks(t.Context(), stalled, schema); err == nil {
		t.Fatal("a node opened without an answer")
	}
	began := time.Now()
	d, err := postgres.OpenDesks(t.Context(), pool(t), schema)
	if took := time.Since(began); err != nil || took < 3*time.Second || took > 20*time.Second {
		t.Errorf("the next node opened after %v, %v; want about 5 s", took, err)
	}
	for _, answer := range p.release() {
		if answer != "" && !strings.Contains(answer, "25P03") {
			t.Errorf("the stalled migration was answered %q", answer)
		}
	}
	if err == nil {
		_, err = d.Open(t.Context(), "main")
	}
	if diff := cmp.Diff(structure(t, mustServer(t).schema), structure(t, schema)); err != nil || diff != "" {
		t.Errorf("%v; structure (-want +got):\n%s", err, diff)
	}
}

func TestHalfMigratedSchemaIsFinished(t *testing.T) {
	t.Parallel()
	p, schema := pool(t), mustSchema(t)
	d, err := postgres.OpenDesks(t.Context(), p, schema)
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Open(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	head := mustCommit(t, s, batch(storage.Mark{}, session("1", "{}")))
	if _, err := p.Exec(t.Context(), strings.ReplaceAll(`drop view openlines.sessions, openlines.messages, openlines.operators;
		delete from openlines.migration where number > 1`, "openlines.", schema+".")); err != nil { // as version 1 was
		t.Fatal(err)
	}
	if d, err = postgres.OpenDesks(t.Context(), p, schema); err != nil {
		t.Fatal(err)
	}
	if s, err = d.Open(t.Context(), "main"); err != nil {
		t.Fatal(err)
	}
	found, mark, err := s.Get(t.Context(), storage.Key{Kind: "session", ID: "1"})
	if err != nil || mark != head.Mark || len(found) != 1 {
		t.Errorf("%v at %v, %v; want the record of before", found, mark, err)
	}
	if diff := cmp.Diff(structure(t, mustServer(t).schema), structure(t, schema)); diff != "" {
		t.Errorf("structure (-want +got):\n%s", diff)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	p, schema := pool(t), mustSchema(t)
	if _, err := postgres.OpenDesks(t.Context(), p, schema); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Exec(t.Context(), "insert into "+schema+".migration values ($1)", postgres.Versions+1); err != nil {
		t.Fatal(err)
	}
	before := structure(t, schema)
	_, err := postgres.OpenDesks(t.Context(), p, schema)
	want := fmt.Sprintf("has version %d, this program knows %d", postgres.Versions+1, postgres.Versions)
	if !errors.Is(err, storage.ErrFormat) || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want ErrFormat that tells: %s", err, want)
	}
	if diff := cmp.Diff(before, structure(t, schema)); diff != "" {
		t.Errorf("the refusal changed the schema (-want +got):\n%s", diff)
	}
}

// Tables of somebody else are left alone.
func TestForeignSchemaIsRefused(t *testing.T) {
	t.Parallel()
	p, schema := pool(t), mustSchema(t)
	if _, err := p.Exec(t.Context(), "create schema "+schema+" create table event (place text)"); err != nil {
		t.Fatal(err)
	}
	if _, err := postgres.OpenDesks(t.Context(), p, schema); err == nil {
		t.Fatal("a schema with a table event was taken")
	}
	var tables string
	err := p.QueryRow(t.Context(), "select string_agg(tablename, ' ') from pg_tables where schemaname = $1", schema).Scan(&tables)
	if err != nil || tables != "event" {
		t.Errorf("tables are now %q, %v", tables, err)
	}
}
