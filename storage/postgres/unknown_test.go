package postgres_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/postgres"
)

// through is a store of the same desk as s whose first commits go wrong as told; the others pass.
func through(t testing.TB, s storage.Store, acts ...act) (*proxy, storage.Turner) {
	t.Helper()
	p, pool := mustProxy(t, func(sql string) act {
		if len(acts) == 0 || !isCommit(sql) {
			return pass
		}
		next := acts[0]
		acts = acts[1:]
		return next
	})
	d, err := postgres.OpenDesks(t.Context(), pool, mustServer(t).schema)
	if err != nil {
		t.Fatal(err)
	}
	name, _ := desks.Load(s)
	again, err := d.Open(t.Context(), name.(string))
	if err != nil {
		t.Fatal(err)
	}
	return p, again.(storage.Turner)
}

func mustNotKnow(t testing.TB, err error) {
	t.Helper()
	if err == nil || storage.Definite(err) {
		t.Fatalf("the outcome is %v, want an error that is not definite", err)
	}
}

// timeless is a head without what differs from answer to answer.
func timeless(h storage.Head) storage.Head {
	h.Now = time.Time{}
	return h
}

// The same batch, committed again, gets the one answer that is true of all attempts.
func TestUnknownCommitIsCommittedAgain(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name      string
		first     act
		late      bool // the first attempt arrives before the second
		meanwhile bool // somebody else commits between the attempts
		want      error
	}{
		{name: "never sent", first: cut},
		{name: "never sent, others were faster", first: cut, meanwhile: true, want: storage.ErrConflict},
		{name: "answer lost", first: swallow},
		{name: "answer lost, others moved on", first: swallow, meanwhile: true},
		{name: "late, after the second", first: hold},
		{name: "late, before the second", first: hold, late: true},
		{name: "late, others were faster", first: hold, meanwhile: true, want: storage.ErrConflict},
		{name: "late, after others and before the second", first: hold, late: true, meanwhile: true, want: storage.ErrConflict},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			head := mustCommit(t, s, counted(storage.Changes{}, "before"))
			p, shaky := through(t, s, row.first)
			b := counted(storage.Changes{Head: head}, "mine")
			_, err := shaky.Commit(t.Context(), b)
			mustNotKnow(t, err)
			told := []string{`"before"`}
			if row.meanwhile {
				_, err := s.(storage.Turner).Turn(t.Context(), storage.Mark{}, func(c storage.Changes) (*storage.Batch, error) {
					return counted(c, "other"), nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			if row.late {
				p.release()
			}
			got, err := shaky.Commit(t.Context(), b)
			if !errors.Is(err, row.want) {
				t.Errorf("the second attempt: %v, want %v", err, row.want)
			}
			want := storage.Head{Mark: storage.Mark{Revision: 2, Batch: b.ID}, Events: 2}
			if diff := cmp.Diff(want, timeless(got)); row.want == nil && diff != "" {
				t.Errorf("head of the second attempt (-want +got):\n%s", diff)
			}
			p.release()
			if row.want == nil {
				told = append(told, `"mine"`)
			}
			if row.meanwhile {
				told = append(told, `"other"`)
			}
			wantTold(t, s, told...)
			if again, err := shaky.Commit(t.Context(), b); !errors.Is(err, row.want) || timeless(again) != timeless(got) {
				t.Errorf("the third attempt: %v, %v; want as the second: %v, %v", again, err, got, row.want)
			}
		})
	}
}

// A turn whose end was lost is settled by a commit of its batch.
func TestUnknownTurnIsCommittedAgain(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		acts []act // to the statement, and to the end of the transaction
	}{
		{"never sent", []act{cut}},
		{"answer lost", []act{swallow}},
		{"late", []act{hold}},
		{"end never sent", []act{pass, cut}},
		{"answer to the end lost", []act{pass, swallow}},
		{"late end", []act{pass, hold}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			p, shaky := through(t, s, row.acts...)
			var b *storage.Batch
			_, err := shaky.Turn(t.Context(), storage.Mark{}, func(c storage.Changes) (*storage.Batch, error) {
				b = counted(c, "mine")
				return b, nil
			})
			mustNotKnow(t, err)
			head, err := shaky.Commit(t.Context(), b) // waits until the server takes the desk from who is silent
			if err != nil || head.Mark != (storage.Mark{Revision: 1, Batch: b.ID}) {
				t.Errorf("the second attempt: %v, %v", head.Mark, err)
			}
			for _, answer := range p.release() {
				if answer != "" && !strings.Contains(answer, "25P03") {
					t.Errorf("what came late was answered %q", answer)
				}
			}
			wantTold(t, s, `"mine"`)
		})
	}
}

// Engines whose commits go wrong in all ways, again and again, end as if nothing had happened.
func TestEnginesSettleUnknownCommits(t *testing.T) {
	t.Parallel()
	s := open(t)
	name, _ := desks.Load(s)
	var mu sync.Mutex
	counts := map[act]int{}
	var stores []storage.Store
	var proxies []*proxy
	for node := range 2 {
		n := 0
		p, pool := mustProxy(t, func(sql string) act {
			if !isCommit(sql) {
				return pass
			}
			n++
			what := pass
			switch {
			case n%11 == 4:
				what = swallow
			case n%11 == 7:
				what = cut
			case n%11 == 9 && sql != endOfTurn && node == 0: // of node 1 would make the others wait five seconds each
				what = hold
			}
			mu.Lock()
			defer mu.Unlock()
			counts[what]++
			return what
		})
		p.mu.Lock()
		p.answered = func(sql string) {
			if isCommit(sql) {
				p.release()
			}
		}
		p.mu.Unlock()
		proxies = append(proxies, p)
		d, err := postgres.OpenDesks(t.Context(), pool, mustServer(t).schema)
		if err != nil {
			t.Fatal(err)
		}
		again, err := d.Open(t.Context(), name.(string))
		if err != nil {
			t.Fatal(err)
		}
		stores = append(stores, again)
	}
	unknown := share(t, 10, stores...)
	for _, p := range proxies {
		p.release()
	}
	mu.Lock()
	defer mu.Unlock()
	if counts[swallow] < 5 || counts[cut] < 5 || counts[hold] < 3 || unknown < counts[swallow] {
		t.Errorf("%d answers swallowed, %d commits cut, %d late; the engines saw %d unknown outcomes",
			counts[swallow], counts[cut], counts[hold], unknown)
	}
}

// A context that ends while a commit waits leaves its outcome unknown, and the batch can be committed again.
func TestCommitOfAContextThatEnds(t *testing.T) {
	t.Parallel()
	s := open(t)
	name, _ := desks.Load(s)
	tx, err := pool(t).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	if _, err := tx.Exec(t.Context(), "select from "+mustServer(t).schema+".desk where name = $1 for update", name); err != nil {
		t.Fatal(err)
	}
	hasty, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	b := counted(storage.Changes{}, "mine")
	_, err = s.Commit(hasty, b)
	mustNotKnow(t, err)
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	mustCommit(t, s, b)
	wantTold(t, s, `"mine"`)
}

// A holder that stalls on its way to the server, after it has decided, is refused as one that stalls while it decides.
func TestStalledStatementLosesTheTurn(t *testing.T) {
	t.Parallel()
	s := open(t)
	p, shaky := through(t, s)
	taken := make(chan struct{})
	deciding := make(chan struct{})
	p.mu.Lock()
	p.ask = func(sql string) act {
		if isCommit(sql) {
			<-taken
		}
		return pass
	}
	p.mu.Unlock()
	var mine storage.Head
	var won error
	go func() {
		defer close(taken)
		<-deciding
		mine, won = s.Commit(context.WithoutCancel(t.Context()), counted(storage.Changes{}, "mine"))
	}()
	_, err := shaky.Turn(t.Context(), storage.Mark{}, func(c storage.Changes) (*storage.Batch, error) {
		close(deciding)
		return counted(c, "theirs"), nil
	})
	<-taken
	if !errors.Is(err, storage.ErrConflict) {
		t.Errorf("the stalled turn: %v, want ErrConflict", err)
	}
	if won != nil || mine.Revision != 1 {
		t.Errorf("the other's commit: %v, %v", mine, won)
	}
	wantTold(t, s, `"mine"`)
}
