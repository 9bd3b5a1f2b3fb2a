package openlines

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// Host code is called here and nowhere else: on a goroutine of its own, so that one that panics, ends its goroutine or never
// comes back takes nobody with it.

var (
	errPanicked = errors.New("openlines: the connector panicked")
	errHung     = errors.New("openlines: the connector ignores the end of its context")

	errNoBot        = errors.New("openlines: no such bot here")
	errLate         = &connector.Failure{Permanent: true, Err: errors.New("openlines: the window of the channel has ended")}
	errNoIdentifier = &connector.Failure{Permanent: true, Err: errors.New("openlines: nobody here tells who a client is")}
)

// fenced runs host code on a goroutine of its own and sends one error when it is over. A panic, and the goroutine's end by
// runtime.Goexit, are errPanicked; each is logged once, without what it says.
func (e *Engine) fenced(who string, f func() error) <-chan error {
	over := make(chan error, 1)
	go func() {
		returned, err := false, errPanicked
		defer func() {
			if !returned {
				_ = recover() // nil if it was runtime.Goexit
				e.log.Error("openlines: host code panicked", "what", who, "stack", string(debug.Stack()))
			}
			over <- err
		}()
		err = f()
		returned = true
	}()
	return over
}

// deliver hands a message to its connector, and keeps the channel's ids of it.
func (e *Engine) deliver(ctx context.Context, m connector.Outbound, ids *[]string) (late <-chan error, err error) {
	c := e.connectors[m.To.Connector]
	if c == nil {
		return nil, fmt.Errorf("openlines: no connector %q here", m.To.Connector)
	}
	return e.limited(ctx, "connector "+string(m.To.Connector), func(ctx context.Context) error {
		got, err := c.Deliver(ctx, m)
		*ids = got.IDs()
		return err
	})
}

// identify asks the host who a client is.
func (e *Engine) identify(ctx context.Context, q Question, who **desk.Identity) (late <-chan error, err error) {
	if e.identifier == nil {
		return nil, errNoIdentifier
	}
	return e.limited(ctx, "identifier", func(ctx context.Context) error {
		got, err := e.identifier.Identify(ctx, q)
		if err == nil {
			err = got.Validate()
		}
		if err == nil {
			got = got.Clone()
			*who = &got
		}
		return err
	})
}

// charge tells the host who is responsible for an item.
func (e *Engine) charge(ctx context.Context, c Charge) (late <-chan error, err error) {
	if c.Item == "" {
		return nil, nil // none was made
	}
	keeper, can := e.identifier.(ResponsibleChanger)
	if !can {
		return nil, connector.ErrUnsupported
	}
	return e.limited(ctx, "identifier", func(ctx context.Context) error { return keeper.ChangeResponsible(ctx, c) })
}

// attach tells the host which items a chat has been linked to.
func (e *Engine) attach(ctx context.Context, a Attachment) (late <-chan error, err error) {
	keeper, can := e.identifier.(ItemAttacher)
	if !can {
		return nil, connector.ErrUnsupported
	}
	return e.limited(ctx, "identifier", func(ctx context.Context) error { return keeper.Attach(ctx, a) })
}

// draft is what the host is told to make an item of.
func (e *Engine) draft(ctx context.Context, f desk.Effect, found []storage.Record) (ItemDraft, error) {
	log, _, err := e.find(ctx, f.Log())
	if err != nil {
		return ItemDraft{}, err
	}
	return f.Item(found, log)
}

// createItem asks the host to make an item of its CRM.
func (e *Engine) createItem(ctx context.Context, d ItemDraft, item *string) (late <-chan error, err error) {
	creator, can := e.identifier.(ItemCreator)
	if !can {
		return nil, errNoIdentifier
	}
	return e.limited(ctx, "identifier", func(ctx context.Context) error {
		id, err := creator.CreateItem(ctx, d)
		if err == nil {
			err = connector.CheckID("Item", id)
		}
		*item = id
		return err
	})
}

// tellBot tells a bot what the client wrote.
func (e *Engine) tellBot(ctx context.Context, c BotCall) (late <-chan error, err error) {
	bot := e.bots[c.Bot]
	if bot == nil {
		return nil, errNoBot
	}
	ctx, cancel := context.WithTimeout(ctx, desk.BotWithin)
	defer cancel()
	return e.limited(ctx, "bot "+string(c.Bot), func(ctx context.Context) error { return bot.Handle(ctx, c) })
}

// notify has operators told of something. Who has which role is looked up now.
func (e *Engine) notify(ctx context.Context, f desk.Effect, found []storage.Record) (late <-chan error, err error) {
	if e.notifier == nil {
		return nil, connector.ErrUnsupported
	}
	dialog := ""
	if f.Session != 0 {
		dialog = e.dialog("")(f.Session)
	}
	e.mu.RLock()
	n, err := e.desk.Notice(f, found, dialog)
	e.mu.RUnlock()
	if err != nil || len(n.To) == 0 {
		return nil, err
	}
	return e.limited(ctx, "notifier", func(ctx context.Context) error { return e.notifier.Notify(ctx, n) })
}

// dialog returns what tells what stands for a session in texts that go out by a channel, see [Config]. The host is asked once.
func (e *Engine) dialog(to connector.ID) func(session.ID) string {
	known := map[session.ID]string{}
	return func(id session.ID) string {
		text, asked := known[id]
		if !asked {
			text = cmp.Or(e.link(id, to), strconv.FormatInt(int64(id), 10))
			known[id] = text
		}
		return text
	}
}

// link asks the host for what stands for a session; empty if it has nothing that can go out, or hangs.
func (e *Engine) link(id session.ID, to connector.ID) string {
	if e.links == nil || e.unlinked.Load() > 0 {
		return ""
	}
	link := ""
	over := e.fenced("links", func() error {
		link = e.links(id, to)
		return nil
	})
	alarm := realAlarm(linkGrace)
	defer alarm.Stop()
	select {
	case err := <-over:
		if err != nil || len(link) > MaxLink || connector.CleanText(link, MaxLink).Mended {
			return ""
		}
		return link
	case <-alarm.C:
	}
	e.unlinked.Add(1)
	e.log.Error("openlines: the host's links do not return")
	go func() {
		<-over
		e.unlinked.Add(-1)
	}()
	return ""
}

// limited calls host code with a time limit. If it has not returned soon after that, late is where its error comes one day;
// until then what it writes is its own.
func (e *Engine) limited(ctx context.Context, who string, f func(context.Context) error) (late <-chan error, err error) {
	ctx, cancel := context.WithTimeout(ctx, CallTimeout)
	over := e.fenced(who, func() error {
		defer cancel()
		return f(ctx)
	})
	select {
	case err := <-over:
		return nil, err
	case <-ctx.Done():
	}
	alarm := realAlarm(callGrace)
	defer alarm.Stop()
	select {
	case err := <-over:
		return nil, err
	case <-alarm.C:
		return over, errHung
	}
}

// guarded tells the observer something, who may panic and may ask. As long as a call of it hangs, nobody waits for the others.
func (e *Engine) guarded(tell func()) {
	if e.life.Err() != nil {
		return
	}
	select {
	case e.observing <- struct{}{}:
	default:
		return
	}
	over := e.fenced("observer", func() error {
		defer func() { <-e.observing }()
		tell()
		return nil
	})
	if e.mute.Load() > 0 {
		return
	}
	alarm := realAlarm(observerGrace)
	defer alarm.Stop()
	select {
	case <-over:
	case <-alarm.C:
		e.mute.Add(1)
		e.log.Error("openlines: the observer does not return")
		go func() {
			<-over
			e.mute.Add(-1)
		}()
	}
}
