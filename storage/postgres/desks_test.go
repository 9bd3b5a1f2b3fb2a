package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/postgres"
)

func TestSchemaNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"Desks", "1desk", "a-b", "a b", `a"b`, "a.b", "a;drop table x", "\x00", "\xff", "ä", "desks\n",
		"pg_desks", strings.Repeat("a", 64),
	} {
		if _, err := postgres.OpenDesks(t.Context(), pool(t), name); !errors.Is(err, storage.ErrInvalid) {
			t.Errorf("schema %q: %v, want ErrInvalid", name, err)
		}
	}
	base := freshName()
	for _, name := range []string{base + strings.Repeat("_", 63-len(base)), "_" + base} {
		t.Cleanup(func() { _ = dropSchema(pool(t), name) })
		d, err := postgres.OpenDesks(t.Context(), pool(t), name)
		if err != nil {
			t.Errorf("schema %q: %v", name, err)
			continue
		}
		if _, err := d.Open(t.Context(), "main"); err != nil {
			t.Error(err)
		}
	}
}

func TestSchemasStayApart(t *testing.T) {
	t.Parallel()
	for n := range 2 {
		d, err := postgres.OpenDesks(t.Context(), pool(t), mustSchema(t))
		if err != nil {
			t.Fatal(err)
		}
		s, err := d.Open(t.Context(), "main")
		if err != nil {
			t.Fatal(err)
		}
		b := batch(storage.Mark{}, session("1", fmt.Sprint(n)))
		mustCommit(t, s, b) // to an empty desk, each time
	}
}

func TestExistingSchemaNeedsNoRightToMakeOne(t *testing.T) {
	t.Parallel()
	p, schema := pool(t), mustSchema(t)
	role := "openlines_role_" + schema[len(schema)-8:]
	for _, statement := range []string{
		"create schema " + schema, "create role " + role, "grant usage, create on schema " + schema + " to " + role,
	} {
		if _, err := p.Exec(t.Context(), statement); err != nil {
			t.Skipf("the tests' role may not make another: %v", err)
		}
	}
	t.Cleanup(func() {
		_ = dropSchema(p, schema)
		_, _ = p.Exec(context.Background(), "drop role "+role)
	})
	config := p.Config().Copy()
	config.ConnConfig.RuntimeParams["role"] = role
	limited := mustPool(t, config)
	d, err := postgres.OpenDesks(t.Context(), limited, schema)
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Open(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	mustCommit(t, s, batch(storage.Mark{}, session("1", "{}")))
	if _, err := postgres.OpenDesks(t.Context(), limited, freshName()); err == nil {
		t.Error("a role without the right made a schema")
	}
}

func mustPool(t testing.TB, config *pgxpool.Config) *pgxpool.Pool {
	t.Helper()
	p, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// What the server is cannot be changed by a test, what the session is can.
func TestServerMustBeFit(t *testing.T) {
	t.Parallel()
	schema := mustSchema(t)
	for setting, value := range map[string]string{
		"synchronous_commit": "off", "default_transaction_read_only": "on", "default_transaction_isolation": "repeatable read",
	} {
		config := pool(t).Config().Copy()
		config.ConnConfig.RuntimeParams[setting] = value
		_, err := postgres.OpenDesks(t.Context(), mustPool(t, config), schema)
		unfit, ok := errors.AsType[*postgres.ServerError](err)
		if !ok || unfit.Got != value || unfit.Setting != strings.Replace(setting, "default_transaction_read", "transaction_read", 1) {
			t.Errorf("%s = %s: %v, want a *ServerError of it", setting, value, err)
		}
	}
	for mode, want := range map[pgx.QueryExecMode]string{
		pgx.QueryExecModeExec: "exec", pgx.QueryExecModeSimpleProtocol: "simple protocol", pgx.QueryExecModeCacheDescribe: "",
	} {
		config := pool(t).Config().Copy()
		config.ConnConfig.DefaultQueryExecMode = mode
		_, err := postgres.OpenDesks(t.Context(), mustPool(t, config), mustServer(t).schema)
		unfit, ok := errors.AsType[*postgres.ServerError](err)
		if want == "" && err != nil || want != "" && (!ok || unfit.Got != want) {
			t.Errorf("mode %v: %v, want a *ServerError of %q", mode, err, want)
		}
	}
	var made int
	err := pool(t).QueryRow(t.Context(), "select count(*) from pg_namespace where nspname = $1", schema).Scan(&made)
	if err != nil || made != 0 {
		t.Errorf("%d schemas were made, %v", made, err)
	}
}

func TestServerMustKeepUTF8(t *testing.T) {
	t.Parallel()
	p, name := pool(t), freshName()
	if _, err := p.Exec(t.Context(), "create database "+name+" template template0 encoding 'SQL_ASCII' locale 'C'"); err != nil {
		t.Skipf("the tests' role may not make a database: %v", err)
	}
	t.Cleanup(func() {
		if err := dropDatabase(p, name); err != nil {
			t.Error(err)
		}
	})
	config := p.Config().Copy()
	config.ConnConfig.Database = name
	other := mustPool(t, config)
	defer other.Close()
	_, err := postgres.OpenDesks(t.Context(), other, "")
	if unfit, ok := errors.AsType[*postgres.ServerError](err); !ok || unfit.Setting != "server_encoding" || unfit.Got != "SQL_ASCII" {
		t.Errorf("%v, want a *ServerError of server_encoding", err)
	}
}

func TestDefaultSchema(t *testing.T) {
	t.Parallel()
	p, name := pool(t), freshName()
	if _, err := p.Exec(t.Context(), "create database "+name+" template template0"); err != nil {
		t.Skipf("the tests' role may not make a database: %v", err)
	}
	t.Cleanup(func() {
		if err := dropDatabase(p, name); err != nil {
			t.Error(err)
		}
	})
	config := p.Config().Copy()
	config.ConnConfig.Database = name
	other := mustPool(t, config)
	defer other.Close()
	s, err := postgres.Open(t.Context(), other, "main")
	if err != nil {
		t.Fatal(err)
	}
	head := mustCommit(t, s, batch(storage.Mark{}, session("1", "{}")))
	d, err := postgres.OpenDesks(t.Context(), other, postgres.DefaultSchema)
	if err != nil {
		t.Fatal(err)
	}
	again, err := d.Open(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	if _, mark, err := again.Get(t.Context()); err != nil || mark != head.Mark {
		t.Errorf("%v, %v; want %v", mark, err, head.Mark)
	}
}

func TestListAndDeleteDesks(t *testing.T) {
	t.Parallel()
	d, err := postgres.OpenDesks(t.Context(), pool(t), mustSchema(t))
	if err != nil {
		t.Fatal(err)
	}
	stores := map[string]storage.Store{}
	heads := map[string]storage.Head{}
	for _, name := range []string{"b", "ä", "a", "B"} {
		if stores[name], err = d.Open(t.Context(), name); err != nil {
			t.Fatal(err)
		}
		b := batch(storage.Mark{}, session("1", "{}", "line:a"))
		b.Events = []storage.Event{{Seq: 1, Body: []byte("{}")}}
		heads[name] = mustCommit(t, stores[name], b)
	}
	var names []string
	for after := ""; ; after = names[len(names)-1] {
		page, err := d.List(t.Context(), after, 3)
		if err != nil {
			t.Fatal(err)
		}
		if names = append(names, page...); len(page) < 3 {
			break
		}
	}
	if diff := cmp.Diff([]string{"B", "a", "b", "ä"}, names); diff != "" {
		t.Errorf("desks (-want +got):\n%s", diff)
	}
	if err := d.Delete(t.Context(), "never there"); err != nil {
		t.Error(err)
	}
	if err := d.Delete(t.Context(), "b"); err != nil {
		t.Fatal(err)
	}
	mustBeDeleted(t, stores["b"], heads["b"])
	fresh, err := d.Open(t.Context(), "b")
	if err != nil {
		t.Fatal(err)
	}
	if _, mark, err := fresh.Get(t.Context()); err != nil || mark != (storage.Mark{}) {
		t.Errorf("opened anew: %v, %v; want an empty desk", mark, err)
	}
	mustBeDeleted(t, stores["b"], heads["b"])
	if found, _, err := stores["a"].Get(t.Context(), storage.Key{Kind: "session", ID: "1"}); err != nil || len(found) != 1 {
		t.Errorf("the neighbour: %v, %v", found, err)
	}
	for _, name := range []string{"B", "a", "b", "ä"} {
		if err := d.Delete(t.Context(), name); err != nil {
			t.Error(err)
		}
	}
	for _, table := range []string{"desk", "record", "term", "event", "turn"} {
		var rows int
		if err := pool(t).QueryRow(t.Context(), "select count(*) from "+d.Schema()+"."+table).Scan(&rows); err != nil || rows != 0 {
			t.Errorf("%d rows of table %s are left, %v", rows, table, err)
		}
	}
}

func mustBeDeleted(t *testing.T, s storage.Store, head storage.Head) {
	t.Helper()
	ctx, b := t.Context(), batch(head.Mark)
	_, commit := s.Commit(ctx, b)
	_, turn := s.(storage.Turner).Turn(ctx, head.Mark, func(storage.Changes) (*storage.Batch, error) { return b, nil })
	_, changes := s.Changes(ctx, head.Mark)
	_, scan := s.Scan(ctx, storage.All, func(storage.Record) error { return nil })
	_, _, get := s.Get(ctx, storage.Key{Kind: "session", ID: "1"})
	_, events := s.Events(ctx, 0, 10)
	for method, err := range map[string]error{
		"Commit": commit, "Turn": turn, "Changes": changes, "Scan": scan, "Get": get, "Events": events,
	} {
		if !errors.Is(err, storage.ErrClosed) {
			t.Errorf("%s of a deleted desk: %v, want ErrClosed", method, err)
		}
	}
	found, _, err := s.Find(ctx, storage.Query{Kind: "session", Limit: 1})
	if err != nil || len(found) > 0 {
		t.Errorf("Find in a deleted desk: %v, %v", found, err)
	}
}

// Nobody leaves rows behind who writes while the desk is deleted.
func TestDeleteWhileOthersWrite(t *testing.T) {
	t.Parallel()
	d, err := postgres.OpenDesks(t.Context(), pool(t), mustSchema(t))
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		var writers sync.WaitGroup
		wrote := make(chan struct{}, 8) // no writer waits
		for w := range 4 {
			s, err := d.Open(t.Context(), "main")
			if err != nil {
				t.Fatal(err)
			}
			writers.Go(func() {
				var mark storage.Mark
				for n := 0; ; n++ {
					h, err := s.(storage.Turner).Turn(t.Context(), mark, func(c storage.Changes) (*storage.Batch, error) {
						b := batch(c.Mark, session(fmt.Sprint(w, n), "{}", "line:a"))
						b.Events = []storage.Event{{Seq: c.Events + 1, Body: []byte("{}")}}
						return b, nil
					})
					if n == 3 || err != nil {
						wrote <- struct{}{}
					}
					if errors.Is(err, storage.ErrClosed) {
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
					mark = h.Mark
				}
			})
		}
		<-wrote
		if err := d.Delete(t.Context(), "main"); err != nil {
			t.Error(err)
		}
		writers.Wait()
	}
	for _, table := range []string{"record", "term", "event", "turn"} {
		var rows int
		if err := pool(t).QueryRow(t.Context(), "select count(*) from "+d.Schema()+"."+table).Scan(&rows); err != nil || rows != 0 {
			t.Errorf("%d rows of table %s are left, %v", rows, table, err)
		}
	}
}

func TestDueDesks(t *testing.T) {
	t.Parallel()
	d, err := postgres.OpenDesks(t.Context(), pool(t), mustSchema(t))
	if err != nil {
		t.Fatal(err)
	}
	nine := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for name, due := range map[string]time.Time{
		"never": {}, "later": nine.Add(time.Microsecond), "b": nine, "a": nine, "first": nine.Add(-time.Hour),
	} {
		s, err := d.Open(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		b := batch(storage.Mark{})
		b.Due = due
		mustCommit(t, s, b)
	}
	if _, err := d.Open(t.Context(), "empty"); err != nil {
		t.Fatal(err)
	}
	want := []storage.DueDesk{{Name: "first", Due: nine.Add(-time.Hour)}, {Name: "a", Due: nine}, {Name: "b", Due: nine}}
	for limit := 1; limit <= 4; limit++ {
		got, err := d.Due(t.Context(), nine, limit)
		if diff := cmp.Diff(want[:min(limit, 3)], got); err != nil || diff != "" {
			t.Errorf("due desks, at most %d: %v (-want +got):\n%s", limit, err, diff)
		}
	}
	for _, limit := range []int{0, storage.MaxFind + 1} {
		if _, err := d.Due(t.Context(), nine, limit); !errors.Is(err, storage.ErrInvalid) {
			t.Errorf("Due of %d: %v, want ErrInvalid", limit, err)
		}
		if _, err := d.List(t.Context(), "", limit); !errors.Is(err, storage.ErrInvalid) {
			t.Errorf("List of %d: %v, want ErrInvalid", limit, err)
		}
	}
}
