package desk

import (
	"slices"
	"time"

	"github.com/openlines-go/openlines/storage"
)

// MaxForget is how many records one command forgets.
const MaxForget = 500

// Forget deletes command ids that are older than OnceKept, dead letters that are older than DeadKept, and what came before a
// message that did not come within EarlyKept. The others of the keys stay.
type Forget struct{ Keys []storage.Key }

func (c Forget) name() string    { return "forget" }
func (c Forget) words() []string { return nil }

func (c Forget) act(d *Desk, by By) (any, error) {
	if by.Operator != "" {
		return nil, ErrDenied
	}
	keys := c.Keys[:min(len(c.Keys), MaxForget)]
	var missing []storage.Key
	for _, k := range keys {
		if d.onces.lacks(k) || d.messages.lacks(k) || d.effects.lacks(k) {
			missing = append(missing, k)
		}
	}
	if len(missing) > 0 {
		panic(&Miss{Keys: missing})
	}
	for _, k := range slices.Compact(slices.Clone(keys)) {
		if o := d.onces.peek(k.ID); k.Kind == d.onces.kind && o != nil && d.now.Sub(o.Done) > OnceKept {
			d.onces.drop(k.ID)
		}
		if m := d.messages.peek(k.ID); k.Kind == d.messages.kind && m != nil && m.Early && m.Number == 0 && d.now.Sub(m.At) > EarlyKept {
			d.messages.drop(k.ID)
		}
		if e := d.effects.peek(d.effects.parse(k.ID)); k.Kind == d.effects.kind && e != nil && e.outlived(d.now) {
			d.effects.drop(e.ID)
			d.tell(e.event(DeliveryDropped, e.Reason))
		}
	}
	return nil, nil
}

// Forgettable is the query for command ids that may be forgotten at a time, oldest first.
func Forgettable(at time.Time) storage.Query {
	return storage.Query{Kind: "once", Until: at.Add(-OnceKept), OldestFirst: true, Limit: MaxForget}
}
