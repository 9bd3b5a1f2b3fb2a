package openlines

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/memory"
	"github.com/openlines-go/openlines/worktime"
)

// A panic in the desk fails the command that hits it, and nobody else in its turn. Invariant I-64.
func TestDefectFailsTheGuiltyCommandOnly(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	e, err := Open(ctx, memory.New(), Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	var guilty *desk.Answer // a nil pointer: the command panics as soon as it is decided
	batch := []*waiter{
		{command: desk.PutOperators{Operators: []Operator{{ID: "ann"}}}},
		{command: guilty},
		{command: desk.PutOperators{Operators: []Operator{{ID: "bob"}}}},
	}
	for _, w := range batch {
		w.at, w.done = e.now(), make(chan struct{})
	}
	e.token <- struct{}{}
	e.run(batch)
	<-e.token
	for i, w := range batch {
		<-w.done
		if guilty := i == 1; errors.Is(w.err, errDefect) != guilty || !guilty && w.err != nil {
			t.Errorf("command %d: %v", i, w.err)
		}
	}
	if err := e.Report(ctx, Report{Operator: "bob"}); err != nil {
		t.Error("the engine does not go on:", err)
	}
	if err := e.Check(ctx); err != nil {
		t.Error(err)
	}
}

// A command that no store can take fails alone, for good. Invariant I-64.
func TestPoisonFailsAlone(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	e, err := Open(ctx, memory.New(), Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	huge := worktime.Hours{Dates: map[string][]string{}}
	for day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); len(huge.Dates) < worktime.MaxDates; day = day.AddDate(0, 0, 1) {
		for h := range worktime.MaxIntervals {
			huge.Dates[day.Format(time.DateOnly)] = append(huge.Dates[day.Format(time.DateOnly)], fmt.Sprintf("%02d:00-%02d:30", h, h))
		}
	}
	batch := []*waiter{
		{command: desk.PutOperators{Operators: []Operator{{ID: "ann"}}}},
		{command: desk.PutLine{Line: Line{ID: "huge", Hours: huge}}},
		{command: desk.PutOperators{Operators: []Operator{{ID: "bob"}}}},
	}
	for _, w := range batch {
		w.at, w.done = e.now(), make(chan struct{})
	}
	e.token <- struct{}{}
	e.run(batch)
	<-e.token
	if batch[0].err != nil || batch[2].err != nil || !errors.Is(batch[1].err, storage.ErrTooLarge) || !Final(batch[1].err) {
		t.Errorf("%v, %v, %v; want only the second to fail, for good", batch[0].err, batch[1].err, batch[2].err)
	}
}

// Invariant I-60: the queue of callers has a bound, and who comes to it full gets a typed error.
func TestCallersBeyondTheLimitAreBusy(t *testing.T) {
	t.Parallel()
	e, err := Open(context.Background(), memory.New(), Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for range MaxWaiting {
		if err := e.enqueue(context.Background(), &waiter{}); err != nil {
			t.Fatal(err)
		}
	}
	_, err = e.Receive(context.Background(), connector.Inbound{Connector: "web", Account: "main", User: "77", ID: "m", Text: "help"})
	if !errors.Is(err, ErrBusy) || Final(err) {
		t.Errorf("%v, want ErrBusy, worth another try", err)
	}
}

// A caller whose command is being decided when he goes away does not know what came of it.
func TestTakenCommandIsUnknownToWhoGoesAway(t *testing.T) {
	t.Parallel()
	e, err := Open(context.Background(), memory.New(), Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	w := &waiter{taken: true, done: make(chan struct{})}
	if err := e.abandon(w, context.Canceled); !errors.Is(err, ErrUnknown) || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want ErrUnknown because of the context", err)
	}
	w.err = ErrTaken
	close(w.done)
	if err := e.abandon(w, context.Canceled); !errors.Is(err, ErrTaken) {
		t.Errorf("%v, want the answer that is there", err)
	}
}

// Turns are bounded: a thousand and more callers are served in several, and all of them.
func TestTurnTakesBoundedBatches(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	largest, commands := 0, 0
	var mu sync.Mutex
	e, err := Open(ctx, memory.New(), Config{Observer: Observer{Turn: func(i TurnInfo) {
		mu.Lock()
		defer mu.Unlock()
		largest, commands = max(largest, i.Commands), commands+i.Commands
	}}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	var all []*waiter
	for range 2*MaxBatch + 10 {
		w := &waiter{at: e.now(), command: desk.Tick{}, done: make(chan struct{})}
		all = append(all, w)
		if err := e.enqueue(context.Background(), w); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.PutOperator(ctx, Operator{ID: "ann"}); err != nil {
		t.Fatal(err)
	}
	for _, w := range all {
		<-w.done
	}
	mu.Lock()
	defer mu.Unlock()
	if largest != MaxBatch || commands != len(all)+1 {
		t.Errorf("largest turn %d of %d commands, want %d of %d", largest, commands, MaxBatch, len(all)+1)
	}
}
