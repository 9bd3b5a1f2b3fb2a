package openlines

import (
	"context"

	"github.com/openlines-go/openlines/openlines/desk"
)

// DeadLetters returns the deliveries that were given up and neither retried nor dropped since, newest message first, and the
// cursor of the next page; the zero cursor: that was all. of chooses those of one account of a connector; the zero Channel is
// all. They are kept for [desk.DeadKept].
func (e *Engine) DeadLetters(ctx context.Context, of Channel, p Page) ([]Effect, Cursor, error) {
	limit, err := p.limit()
	if err != nil {
		return nil, Cursor{}, err
	}
	q := desk.DeadLetters(of)
	q.After, q.Limit = p.After, limit
	found, next, err := e.find(ctx, q)
	if err != nil {
		return nil, Cursor{}, err
	}
	letters := make([]Effect, len(found))
	for i, r := range found {
		if letters[i], err = desk.DecodeEffect(r); err != nil {
			return nil, Cursor{}, err
		}
	}
	return letters, next, nil
}

// RetryDelivery sends a dead letter once more, as the next of its chat; see [desk.RetryDelivery]. Only the host may.
func (a Actor) RetryDelivery(ctx context.Context, id EffectID) error {
	return a.act(ctx, desk.RetryDelivery{Effect: id}, 0)
}

// DropDelivery forgets a dead letter. Only the host may.
func (a Actor) DropDelivery(ctx context.Context, id EffectID) error {
	return a.act(ctx, desk.DropDelivery{Effect: id}, 0)
}
