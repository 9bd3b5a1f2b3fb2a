package openlines

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/storage"
)

// PutCanned adds responses to the list of a line ([desk.Line.Canned]), or replaces those of the same ids, at most
// [desk.MaxCannedPut] at once (rule 7.21). It takes the right [desk.MayUseCanned] there; by default members of the queue have it.
func (a Actor) PutCanned(ctx context.Context, line LineID, responses ...Canned) error {
	size := 0
	responses = slices.Clone(responses)
	for i, r := range responses {
		size += len(r.Text) + 4096*len(r.Files)
		responses[i] = r.Clone()
	}
	return a.act(ctx, desk.PutCanned{Line: line, Canned: responses}, size)
}

// DropCanned takes a response out of the list of a line. Who may is as in PutCanned.
func (a Actor) DropCanned(ctx context.Context, line LineID, id string) error {
	return a.act(ctx, desk.DropCanned{Line: line, ID: id}, 0)
}

// SaveCanned keeps a message of a chat, by its number, as a response in the list of the line where the chat's latest session is,
// and returns the response's id. A client's message is found among the latest [storage.MaxFind] of the chat. It takes the right
// [desk.MayUseCanned], and to be one who may read the message.
func (a Actor) SaveCanned(ctx context.Context, id session.ChatID, message int64) (string, error) {
	c := desk.SaveCanned{Chat: id, Number: message}
	err := a.act(ctx, c, 0)
	if errors.Is(err, ErrNotFound) { // a client's is named by the channel's id of it
		if c.Record, err = a.recordOf(ctx, id, message); err == nil {
			err = a.act(ctx, c, 0)
		}
	}
	if err != nil {
		return "", err
	}
	return desk.CannedFrom(id, message), nil
}

// recordOf looks for the record of a message.
func (a Actor) recordOf(ctx context.Context, id session.ChatID, message int64) (string, error) {
	q := desk.MessagesOf(id)
	q.Limit = storage.MaxFind
	found, _, err := a.engine.find(ctx, q)
	if err != nil {
		return "", err
	}
	for _, r := range found {
		if m, err := desk.DecodeMessage(r); err != nil {
			return "", err
		} else if m.Number == message {
			return r.ID, nil
		}
	}
	return "", ErrNotFound
}

// Canned returns the responses of a line's list whose title or text has some words in it, capital letters or not, newest first;
// without words all. It takes the right [desk.MayUseCanned] there.
func (a Actor) Canned(ctx context.Context, line LineID, words string, p Page) ([]Canned, Cursor, error) {
	limit, err := p.limit()
	if err != nil {
		return nil, Cursor{}, err
	}
	var q storage.Query
	err = a.look(ctx, func(d *desk.Desk) error {
		list, err := d.CannedList(a.by, line)
		q = desk.CannedOf(list)
		return err
	})
	if err != nil {
		return nil, Cursor{}, err
	}
	q.After, q.Limit = p.After, desk.MaxCanned // a list is no longer, so this is the rest of it
	found, _, err := a.engine.find(ctx, q)
	if err != nil {
		return nil, Cursor{}, err
	}
	words = strings.ToLower(words)
	var some []Canned
	last := Cursor{}
	for _, r := range found {
		c, err := desk.DecodeCanned(r)
		switch {
		case err != nil:
			return nil, Cursor{}, err
		case !strings.Contains(strings.ToLower(c.Title+"\n"+c.Text), words):
		case len(some) == limit:
			return some, last, nil
		default:
			some, last = append(some, c), Cursor{At: r.At, ID: r.ID}
		}
	}
	return some, Cursor{}, nil
}
