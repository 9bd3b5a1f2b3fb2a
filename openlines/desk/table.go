package desk

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/openlines-go/openlines/storage"
)

// change is one swap of one row: what the journal keeps, so that a batch can be taken back and applied again.
type change interface {
	back()
	again()
	row() any                                             // equal for changes of the same row
	net(first change) (*storage.Put, *storage.Key, error) // what the store has to do, from before first to after this
	settled()                                             // the change is stored
}

// journal is the batch under decision.
type journal struct{ log []change }

func (j *journal) rollback(to int) {
	for _, c := range slices.Backward(j.log[to:]) {
		c.back()
	}
	clear(j.log[to:])
	j.log = j.log[:to]
}

// table holds the rows of one kind. Rows are immutable: whoever changes one puts a copy. index(old, new) is the kind's
// whole index code, nil on either side for birth and death.
type table[K comparable, V any] struct {
	kind  string
	id    func(K) string
	parse func(id string) K // the inverse of id
	key   func(*V) K
	began func(*V) time.Time
	open  func(*V) bool     // nil: every row is live
	terms func(*V) []string // nil: none
	index func(old, new *V) // nil: none

	rows   map[K]*V
	absent map[K]bool // cold keys that the store does not have, as of the batch under decision
	pinned map[K]bool // cold rows that are in memory for the batch under decision
	relist map[K]bool // rows that the store lists under other terms: another version of this program wrote them
	j      *journal
}

func (t *table[K, V]) init(j *journal) {
	t.rows, t.absent, t.pinned, t.relist, t.j = map[K]*V{}, map[K]bool{}, map[K]bool{}, map[K]bool{}, j
	if t.index == nil {
		t.index = func(_, _ *V) {}
	}
}

func (t *table[K, V]) live(v *V) bool { return t.open == nil || t.open(v) }

// peek returns the row if it is in memory. Nil is not proof of absence in a table with cold rows: what is decided on it
// must put a row under the same key, which the store will refuse if it exists.
func (t *table[K, V]) peek(k K) *V { return t.rows[k] }

// get returns the row, nil if there is none. A cold row that is not in memory ends the command with a Miss.
func (t *table[K, V]) get(k K) *V {
	v := t.rows[k]
	if v == nil && t.open != nil && !t.absent[k] {
		panic(&Miss{Keys: []storage.Key{{Kind: t.kind, ID: t.id(k)}}})
	}
	return v
}

// getAll is get for many rows: those that are not in memory end the command with one Miss for all.
func (t *table[K, V]) getAll(keys []K) []*V {
	var missing []storage.Key
	rows := make([]*V, len(keys))
	for i, k := range keys {
		if rows[i] = t.rows[k]; rows[i] == nil && t.open != nil && !t.absent[k] {
			missing = append(missing, storage.Key{Kind: t.kind, ID: t.id(k)})
		}
	}
	if len(missing) > 0 {
		panic(&Miss{Keys: missing})
	}
	return rows
}

// lacks reports whether a key is one of this table's cold rows that is neither in memory nor known to be absent.
func (t *table[K, V]) lacks(key storage.Key) bool {
	if key.Kind != t.kind || t.open == nil {
		return false
	}
	k := t.parse(key.ID)
	return t.rows[k] == nil && !t.absent[k]
}

// prove ends the command with a Miss unless it is known that the store has no row of a key: it is for what is decided on
// absence and puts no row under the key.
func (t *table[K, V]) prove(k K) {
	if !t.absent[k] {
		panic(&Miss{Keys: []storage.Key{{Kind: t.kind, ID: t.id(k)}}})
	}
}

// put makes v the row of its key. It belongs to the table from now on.
func (t *table[K, V]) put(v *V) {
	k := t.key(v)
	t.write(k, v)
}

// drop deletes a row.
func (t *table[K, V]) drop(k K) { t.write(k, nil) }

func (t *table[K, V]) write(k K, v *V) {
	d := &delta[K, V]{t: t, k: k, old: t.rows[k], new: v, relist: t.relist[k]}
	t.swap(k, d.old, v)
	t.j.log = append(t.j.log, d)
}

func (t *table[K, V]) swap(k K, old, new *V) {
	if new == nil {
		delete(t.rows, k)
	} else {
		t.rows[k] = new
	}
	t.index(old, new)
}

// load takes a record from the store: live rows stay, cold ones only if pin is set or somebody pinned them before.
func (t *table[K, V]) load(r storage.Record, pin bool) error {
	v := new(V)
	if err := json.Unmarshal(r.Body, v); err != nil {
		return fmt.Errorf("desk: read %s record: %w: %w", t.kind, storage.ErrCorrupt, err)
	}
	k := t.key(v)
	if t.id(k) != r.ID {
		return fmt.Errorf("desk: read %s record: %w", t.kind, storage.ErrCorrupt)
	}
	delete(t.absent, k)
	if t.live(v) {
		delete(t.pinned, k)
	} else {
		if !pin && !t.pinned[k] {
			v = nil
		} else {
			t.pinned[k] = true
		}
	}
	delete(t.relist, k)
	if v != nil && t.terms != nil && !slices.Equal(t.sorted(v), r.Terms) {
		t.relist[k] = true
	}
	if old := t.rows[k]; old != nil || v != nil {
		t.swap(k, old, v)
	}
	return nil
}

// forget removes a row that another driver deleted.
func (t *table[K, V]) forget(id string) {
	k := t.parse(id)
	delete(t.pinned, k)
	delete(t.relist, k)
	if v := t.rows[k]; v != nil {
		t.swap(k, v, nil)
	}
}

func (t *table[K, V]) missing(id string) { t.absent[t.parse(id)] = true }

// unpin lets go of the cold rows of a batch.
func (t *table[K, V]) unpin() {
	for k := range t.pinned { // order does not matter: cold rows are in no index
		if v := t.rows[k]; v != nil && !t.live(v) {
			t.swap(k, v, nil)
			delete(t.relist, k)
		}
	}
	clear(t.pinned)
	clear(t.absent)
}

func (t *table[K, V]) encode(v *V) (storage.Record, error) {
	var body bytes.Buffer
	form := json.NewEncoder(&body)
	form.SetEscapeHTML(false) // "<" would take six bytes
	if err := form.Encode(v); err != nil {
		return storage.Record{}, fmt.Errorf("desk: write %s record: %w: %w", t.kind, storage.ErrInvalid, err)
	}
	r := storage.Record{Key: storage.Key{Kind: t.kind, ID: t.id(t.key(v))}, Open: t.live(v), At: t.began(v), Body: bytes.TrimSuffix(body.Bytes(), []byte("\n"))}
	if t.terms != nil {
		r.Terms = t.sorted(v)
	}
	return r, nil
}

func (t *table[K, V]) sorted(v *V) []string {
	terms := t.terms(v)
	slices.Sort(terms)
	return slices.Compact(terms)
}

// delta is a change of a table.
type delta[K comparable, V any] struct {
	t        *table[K, V]
	k        K
	old, new *V
	relist   bool // old is not listed under its terms
}

type rowKey[K comparable, V any] struct {
	t *table[K, V]
	k K
}

func (d *delta[K, V]) back()    { d.t.swap(d.k, d.new, d.old) }
func (d *delta[K, V]) again()   { d.t.swap(d.k, d.old, d.new) }
func (d *delta[K, V]) row() any { return rowKey[K, V]{d.t, d.k} }

func (d *delta[K, V]) settled() {
	delete(d.t.relist, d.k)
	if d.new != nil && !d.t.live(d.new) {
		d.t.pinned[d.k] = true
	}
}

func (d *delta[K, V]) net(first change) (*storage.Put, *storage.Key, error) {
	old, relist := first.(*delta[K, V]).old, first.(*delta[K, V]).relist
	switch {
	case old == nil && d.new == nil:
		return nil, nil, nil
	case d.new == nil:
		return nil, &storage.Key{Kind: d.t.kind, ID: d.t.id(d.k)}, nil
	}
	r, err := d.t.encode(d.new)
	if err != nil {
		return nil, nil, err
	}
	put := &storage.Put{Record: r, Create: old == nil}
	if old != nil && d.t.live(old) == r.Open {
		put.Same = d.t.terms == nil || !relist && slices.Equal(d.t.sorted(old), r.Terms)
	}
	return put, nil, nil
}

// records returns the rows in memory as records, in the order of their ids.
func (t *table[K, V]) records() ([]storage.Record, error) {
	all := make([]storage.Record, 0, len(t.rows))
	for _, v := range t.rows {
		r, err := t.encode(v)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b storage.Record) int { return strings.Compare(a.ID, b.ID) })
	return all, nil
}

func sortedKeys[K cmp.Ordered, V any](rows map[K]V) []K { return slices.Sorted(maps.Keys(rows)) }
