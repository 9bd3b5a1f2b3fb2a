// Command crm shows a line that asks the host's CRM who its clients are, has leads made of those whom it does not know, and
// tells it who is responsible for them.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"sync"
	"time"

	"github.com/benbjohnson/clock"
	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage/memory"
)

// crm is a CRM in memory. It is called concurrently, and can be told the same thing twice.
type crm struct {
	out   io.Writer
	mu    sync.Mutex
	items []*item
}

type item struct {
	openlines.Item
	client  string
	phone   string
	codes   []string // by which channels its client has come
	made    string   // the id of the draft that it was made of
	subject string
}

// Identify looks for the client by his phone number, and by the channel that he came by before.
func (c *crm) Identify(_ context.Context, q openlines.Question) (openlines.Identity, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var who openlines.Identity
	for _, i := range c.items {
		known := q.Phone != "" && i.phone == q.Phone
		for _, code := range i.codes {
			known = known || code == q.UserCode()
		}
		if known {
			who.Client, who.Found = i.client, append(who.Found, i.Item)
		}
	}
	return who, nil
}

// CreateItem makes a lead of a draft, once.
func (c *crm) CreateItem(_ context.Context, d openlines.ItemDraft) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, i := range c.items {
		if i.made == d.ID {
			return i.ID, nil
		}
	}
	i := &item{
		Item: openlines.Item{ID: fmt.Sprint("lead-", len(c.items)+1), Kind: d.Kind, Responsible: d.Responsible},
		made: d.ID,
	}
	if len(d.Messages) > 0 { // none yet, if an operator has begun it
		i.subject = d.Messages[0].Said.Text
	}
	i.client = "client of " + i.ID
	i.codes = []string{openlines.Question{Line: d.Line, Address: d.Address}.UserCode()}
	c.items = append(c.items, i)
	fmt.Fprintf(c.out, "   crm: %s %q from %s, %s is responsible\n", i.ID, i.subject, d.SourceName, i.Responsible)
	return i.ID, nil
}

// ChangeResponsible puts somebody else in charge of a lead.
func (c *crm) ChangeResponsible(_ context.Context, to openlines.Charge) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, i := range c.items {
		if i.ID == to.Item {
			i.Responsible = to.Responsible
			fmt.Fprintf(c.out, "   crm: %s is responsible for %s\n", i.Responsible, i.ID)
		}
	}
	return nil
}

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) error {
	mock := clock.NewMock() // a server leaves Clock out and has the real one
	mock.Set(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	known := &item{Item: openlines.Item{ID: "deal-1", Kind: desk.Deal, Responsible: "bob"}, client: "Ida", phone: "+49301234567"}
	e, err := openlines.Open(ctx, memory.New(), openlines.Config{
		Connectors: map[connector.ID]connector.Connector{"console": connector.Print(out)},
		Identifier: &crm{out: out, items: []*item{known}},
		Clock:      mock,
	})
	if err != nil {
		return err
	}
	defer e.Close()
	d := &demo{Engine: e, out: out}
	d.do(e.PutOperator(ctx, openlines.Operator{ID: "ann"}, openlines.Operator{ID: "bob"}, openlines.Operator{ID: "cid"}))
	d.do(e.PutLine(ctx, openlines.Line{
		ID: "sales", Name: "Sales", Queue: queue.Rules{Mode: queue.Strictly, Members: queue.Operators("ann", "cid")},
		CRM: openlines.CRM{Verify: true, Create: desk.Lead},
	}))
	d.do(e.Connect(ctx, "sales", "console", "main"))

	first := d.says(ctx, "77", "I need ten chairs")
	d.do(e.As("ann").Answer(ctx, first))
	d.do(e.Transfer(ctx, openlines.Transfer{Session: first, To: "cid", Assign: true}))
	d.advance(ctx)
	d.do(e.As("cid").Finish(ctx, first))
	mock.Add(time.Hour)
	d.says(ctx, "77", "And a table") // the CRM knows him by his channel

	second := d.says(ctx, "78", "Hello, it is me, 0049 30 123 45 67") // and her by her number
	d.do(e.As("bob").Send(ctx, second, "Hello Ida!"))
	d.says(ctx, "79", "My number is +49 (0)30 1234567")
	chats, _, err := e.ChatsOfItem(ctx, "deal-1", false, openlines.Page{})
	d.do(err)
	fmt.Fprintf(out, "deal-1 has %d chats\n", len(chats))
	all, err := e.FinishItem(ctx, "deal-1")
	d.do(err)
	for _, f := range all {
		s, err := e.Session(ctx, f.Session)
		d.do(errors.Join(f.Err, err))
		fmt.Fprintf(out, "   session %d: %s\n", f.Session, s.State)
	}
	d.advance(ctx)
	d.do(e.Check(ctx))
	return d.err
}

// demo does one step after the other, up to the first error.
type demo struct {
	*openlines.Engine
	out  io.Writer
	said int
	err  error
}

func (d *demo) do(err error) {
	if d.err == nil {
		d.err = err
	}
}

// advance does what is due: asks the CRM, and delivers. A server calls Run once instead.
func (d *demo) advance(ctx context.Context) {
	_, err := d.Advance(ctx)
	d.do(err)
}

// says lets a client write, and tells where his session stands.
func (d *demo) says(ctx context.Context, user, text string) session.ID {
	d.said++
	fmt.Fprintf(d.out, "from %s | %s\n", user, text)
	got, err := d.Receive(ctx, connector.Inbound{Connector: "console", Account: "main", User: user, ID: fmt.Sprint("m", d.said), Text: text})
	d.do(err)
	d.advance(ctx)
	why, err := d.Explain(ctx, got.Session)
	d.do(err)
	fmt.Fprintf(d.out, "   session %d: %s\n", got.Session, why)
	return got.Session
}
