package desk

import (
	"time"

	"github.com/openlines-go/openlines/storage"
)

// DeadKept is how long a dead letter is kept: a delivery that was given up, and that nobody has retried or dropped.
const DeadKept = 30 * 24 * time.Hour

// deadTerm is what dead letters are found by; live effects have no terms.
const deadTerm = "dead"

func deadTerms(e *Effect) []string {
	if e.live() {
		return nil
	}
	return []string{deadTerm, e.term(), chatTerm(e.Chat)}
}

func (c Channel) term() string { return "connection:" + connectionKey(c.Connector, c.Account) }

// live reports whether the effect is still to be done.
func (e *Effect) live() bool { return e.Dead.IsZero() }

// bury gives an effect up: it becomes a dead letter, and its lane goes on.
func (d *Desk) bury(e *Effect, reason string) {
	next := *e
	next.Node, next.Lease = "", time.Time{}
	next.Dead, next.Reason = d.now, reason
	d.effects.put(&next)
	d.tell(next.event(DeliveryFailed, reason))
	if e.Kind == Delivery {
		m := d.messages.get(messageKey(e.Chat, "", e.Message))
		d.undelivered(m, reason)
		d.unsaid(m, false)
	}
	d.settled(&next)
	d.editMissed(&next, true)
	if e.Kind == AskItem {
		d.unmade(e)
	}
}

// RetryDelivery makes a dead letter live again, under the same id: it goes out next in its lane, and is given up after
// another GiveUpAfter. One that is live already stays as it is.
type RetryDelivery struct{ Effect EffectID }

func (c RetryDelivery) name() string    { return "retry-delivery" }
func (c RetryDelivery) words() []string { return []string{number(c.Effect)} }

// hosted returns an effect for an act that only the host may do.
func (d *Desk) hosted(id EffectID, by By) (*Effect, error) {
	if by.Operator != "" {
		return nil, ErrDenied
	}
	if e := d.effects.get(id); e != nil {
		return e, nil
	}
	return nil, ErrNotFound
}

func (c RetryDelivery) act(d *Desk, by By) (any, error) {
	e, err := d.hosted(c.Effect, by)
	if err != nil || e.live() {
		return nil, err
	}
	next := *e
	next.Dead, next.Reason, next.Failures = time.Time{}, "", 0
	next.Revived, next.Due = d.now, d.now
	d.effects.put(&next)
	d.tell(next.event(DeliveryRetried, ""))
	return nil, nil
}

// DropDelivery forgets a dead letter. One that is live is refused with ErrOver: it may be under way.
type DropDelivery struct{ Effect EffectID }

func (c DropDelivery) name() string    { return "drop-delivery" }
func (c DropDelivery) words() []string { return []string{number(c.Effect)} }

func (c DropDelivery) act(d *Desk, by By) (any, error) {
	e, err := d.hosted(c.Effect, by)
	switch {
	case err != nil:
		return nil, err
	case e.live():
		return nil, ErrOver
	}
	d.effects.drop(e.ID)
	d.tell(e.event(DeliveryDropped, e.Reason))
	return nil, nil
}

// DeadLetters is the query for the deliveries that were given up, newest first: those of a channel, or of all channels if
// it is zero.
func DeadLetters(of Channel) storage.Query {
	q := storage.Query{Kind: "effect", Terms: []string{deadTerm}}
	if of != (Channel{}) {
		q.Terms = append(q.Terms, of.term())
	}
	return q
}

// ForgettableDead is the query for dead letters that may have had their time, oldest first; OldDead tells which of them have.
func ForgettableDead(at time.Time) storage.Query {
	q := DeadLetters(Channel{})
	q.Until, q.OldestFirst, q.Limit = at.Add(-DeadKept), true, MaxForget
	return q
}

// OldDead returns the keys of those dead letters that were given up longer than DeadKept ago. A query cannot tell: a letter
// that was retried has begun long before it was given up.
func OldDead(found []storage.Record, at time.Time) ([]storage.Key, error) {
	var old []storage.Key
	for _, r := range found {
		e, err := DecodeEffect(r)
		if err != nil {
			return nil, err
		}
		if e.outlived(at) {
			old = append(old, r.Key)
		}
	}
	return old, nil
}

func (e *Effect) outlived(at time.Time) bool { return !e.live() && at.Sub(e.Dead) > DeadKept }

// DecodeEffect reads an effect's record.
func DecodeEffect(r storage.Record) (Effect, error) { return decode[Effect](r, "effect") }
