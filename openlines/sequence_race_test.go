package openlines_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/storage/memory"
)

// Settings that change all the time under load: every message is taken, and the desk is sound in the end.
func TestSettingsChangeUnderLoad(t *testing.T) {
	t.Parallel()
	l := sequenceLine()
	l.ID = openlinestest.DefaultLine
	d := openlinestest.New(t, l)
	ctx := t.Context()
	var group sync.WaitGroup
	for c := range 8 {
		group.Go(func() {
			for i := range 50 {
				if _, err := d.Receive(ctx, written(strconv.Itoa(c), strconv.Itoa(i), "Hello")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Go(func() {
		for i := range 100 {
			l := l.Clone()
			l.Queue.Mode = []queue.Mode{queue.Evenly, queue.Strictly, queue.All}[i%3]
			l.Queue.Limit.Max, l.Queue.OnlyAvailable = i%4, i%2 == 0
			if i%5 == 0 {
				l.Queue.Members = nil
			}
			if err := errors.Join(d.PutLine(ctx, l), d.PutSettings(ctx, openlines.Settings{MaxSessions: i % 7})); err != nil {
				t.Error(err)
			}
		}
	})
	group.Wait()
	if n, err := d.OpenSessions(ctx); n != 8 || err != nil {
		t.Errorf("%d sessions, %v", n, err)
	}
}

// Close, twice and with everything under way: calls end with an answer or ErrClosed, Run ends, what was answered is stored,
// and the next engine goes on.
func TestCloseInTheMiddle(t *testing.T) {
	t.Parallel()
	for range 20 {
		store := memory.New()
		config := openlines.Config{Connectors: map[connector.ID]connector.Connector{
			openlinestest.ConnectorID: connector.Func(func(context.Context, connector.Outbound) (connector.Receipt, error) {
				return connector.Receipt{}, nil
			}),
		}}
		e, err := openlines.Open(t.Context(), store, config)
		if err != nil {
			t.Fatal(err)
		}
		ctx := t.Context()
		l := sequenceLine()
		l.ID, l.Texts.Greeting = "support", "Hello"
		if err := errors.Join(e.PutLine(ctx, l), e.Connect(ctx, l.ID, openlinestest.ConnectorID, "support")); err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		group.Go(func() {
			if err := e.Run(ctx); err != nil && !errors.Is(err, openlines.ErrClosed) {
				t.Error(err)
			}
		})
		var mu sync.Mutex
		answered := map[string]bool{}
		for c := range 4 {
			group.Go(func() {
				for i := range 100 {
					id := strconv.Itoa(c) + "." + strconv.Itoa(i)
					_, err := e.Receive(ctx, written(strconv.Itoa(c), id, "Hello"))
					if errors.Is(err, openlines.ErrClosed) || errors.Is(err, openlines.ErrUnknown) {
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					answered[id] = true
					mu.Unlock()
				}
			})
		}
		for range 2 {
			group.Go(func() {
				if err := e.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		again, err := openlines.Open(ctx, store, config)
		if err != nil {
			t.Fatal(err)
		}
		for id := range answered {
			got, err := again.Receive(ctx, written(id[:1], id, "Hello"))
			if err != nil || !got.Duplicate {
				t.Errorf("%s was answered: %+v, %v", id, got, err)
			}
		}
		if err := errors.Join(again.Check(ctx), again.Close()); err != nil {
			t.Error(err)
		}
	}
}
