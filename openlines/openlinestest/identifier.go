package openlinestest

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/queue"
)

var (
	_ openlines.ResponsibleChanger = (*Identifier)(nil)
	_ openlines.ItemReader         = (*Identifier)(nil)
	_ openlines.ItemAttacher       = (*Identifier)(nil)
)

// Identifier is a host's CRM that knows the clients it was told of. It can be told to fail, and to take its time. It is safe
// for concurrent use. The zero Identifier knows nobody.
type Identifier struct {
	clock *Clock

	mu      sync.Mutex
	known   map[string]openlines.Identity
	fails   int
	takes   time.Duration
	asked   []openlines.Question
	drafts  []openlines.ItemDraft
	charges []openlines.Charge

	attached []openlines.Attachment

	readers map[string][]queue.OperatorID
}

var errCRM = errors.New("openlinestest: the CRM is away")

// Knows tells it who a user of the channel is, or the owner of a phone number or an e-mail address, which count more.
func (i *Identifier) Knows(user string, who openlines.Identity) {
	i.mu.Lock()
	defer i.mu.Unlock()
	known := maps.Clone(i.known)
	if known == nil {
		known = map[string]openlines.Identity{}
	}
	known[user] = who
	i.known = known
}

// Fail makes the next n questions fail. [Always] does not end.
func (i *Identifier) Fail(n int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.fails = n
}

// Takes makes an answer take so long, on the clock of the Desk.
func (i *Identifier) Takes(d time.Duration) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.takes = d
}

// Asked returns the questions so far, oldest first.
func (i *Identifier) Asked() []openlines.Question {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]openlines.Question(nil), i.asked...)
}

// Drafts returns what items were made of, in that order.
func (i *Identifier) Drafts() []openlines.ItemDraft {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]openlines.ItemDraft(nil), i.drafts...)
}

// Charges returns what it was told about who is responsible.
func (i *Identifier) Charges() []openlines.Charge {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]openlines.Charge(nil), i.charges...)
}

// ChangeResponsible notes who is responsible.
func (i *Identifier) ChangeResponsible(_ context.Context, c openlines.Charge) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.fails > 0 {
		i.fails--
		return errCRM
	}
	i.charges = append(i.charges, c)
	return nil
}

// Attached returns what it was told about items that chats are linked to.
func (i *Identifier) Attached() []openlines.Attachment {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]openlines.Attachment(nil), i.attached...)
}

// Attach notes which items a chat is linked to.
func (i *Identifier) Attach(_ context.Context, a openlines.Attachment) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.fails > 0 {
		i.fails--
		return errCRM
	}
	i.attached = append(i.attached, a)
	return nil
}

// Readers tells it who may read an item. One of which nothing was told everybody may.
func (i *Identifier) Readers(item string, who ...queue.OperatorID) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.readers == nil {
		i.readers = map[string][]queue.OperatorID{}
	}
	i.readers[item] = who
}

// MayRead answers as it was told.
func (i *Identifier) MayRead(_ context.Context, operator queue.OperatorID, item string) (bool, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	who, told := i.readers[item]
	return !told || slices.Contains(who, operator), nil
}

// CreateItem makes an item that is named by the draft's id, and by whoever is responsible.
func (i *Identifier) CreateItem(_ context.Context, d openlines.ItemDraft) (string, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.fails > 0 {
		i.fails--
		return "", errCRM
	}
	i.drafts = append(i.drafts, d)
	return "item-" + d.ID + "-of-" + string(d.Responsible), nil
}

// Identify answers by what it knows.
func (i *Identifier) Identify(_ context.Context, q openlines.Question) (openlines.Identity, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.asked = append(i.asked, q)
	if i.takes > 0 && i.clock != nil {
		i.clock.Set(i.clock.Now().Add(i.takes))
	}
	if i.fails > 0 {
		i.fails--
		return openlines.Identity{}, errCRM
	}
	for _, key := range []string{q.Phone, q.Email} {
		if who := i.known[key]; key != "" && who.Client != "" {
			return who, nil
		}
	}
	return i.known[q.Address.User], nil
}
