package desk

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/openlines-go/openlines/storage"
)

// Format is the newest format of bodies that this version reads and writes. It reads and writes all before it, too, back to 1.
const Format = 1

// Miss says that a command needs cold records. Nothing was changed; fetch the keys, hand them over with [Desk.Pin], and
// decide again.
type Miss struct{ Keys []storage.Key }

// Error tells the kinds.
func (m *Miss) Error() string { return "desk: " + m.Keys[0].Kind + " record is not in memory" }

// Draft is the net change of a batch, cut out of the desk: to be stored, then joined.
type Draft struct {
	log    []change
	rows   []rowChange
	events []Event
	due    time.Time
	now    time.Time
}

type rowChange struct{ first, last change }

// Empty reports whether there is nothing to store.
func (dr *Draft) Empty() bool { return len(dr.rows) == 0 && len(dr.events) == 0 }

// Events returns the events of the batch.
func (dr *Draft) Events() []Event { return dr.events }

// Cut takes the net change since the last Cut or Join out of the desk and leaves it as it was before.
func (d *Desk) Cut() *Draft {
	dr := &Draft{log: append([]change(nil), d.j.log...), events: d.events, due: d.Next(), now: d.now}
	at := make(map[any]int, len(dr.log))
	for _, c := range dr.log {
		if i, again := at[c.row()]; again {
			dr.rows[i].last = c
			continue
		}
		at[c.row()] = len(dr.rows)
		dr.rows = append(dr.rows, rowChange{c, c})
	}
	d.j.rollback(0)
	d.events, d.now = nil, d.then
	d.forgetWork()
	return dr
}

// Changes returns how many changes of records the batch under decision has made so far.
func (d *Desk) Changes() int { return len(d.j.log) }

// Batch encodes the draft in a format, which is the desk's own unless it is upgraded. It reads no state of the desk and needs
// no lock.
func (dr *Draft) Batch(id storage.BatchID, expect storage.Mark, format int) (*storage.Batch, error) {
	b := &storage.Batch{ID: id, Expect: expect, Due: dr.due, Format: format}
	for _, r := range dr.rows {
		put, gone, err := r.last.net(r.first)
		if err != nil {
			return nil, err
		}
		if put != nil {
			b.Puts = append(b.Puts, *put)
		}
		if gone != nil {
			b.Deletes = append(b.Deletes, *gone)
		}
	}
	for _, e := range dr.events {
		body, err := json.Marshal(e)
		if err != nil {
			return nil, fmt.Errorf("desk: write event: %w: %w", storage.ErrInvalid, err)
		}
		b.Events = append(b.Events, storage.Event{Seq: e.Seq, Body: body})
	}
	return b, nil
}

// Join applies a draft that the store has accepted; h is what the store answered.
func (d *Desk) Join(dr *Draft, h storage.Head) {
	for _, c := range dr.log {
		c.again()
	}
	for _, c := range dr.log {
		c.settled()
	}
	d.head, d.now, d.then = h, dr.now, dr.now
	d.forgetWork()
	d.Unpin()
}

// LoadRecord takes a record of the live state into an empty desk; Begin ends the loading.
func (d *Desk) LoadRecord(r storage.Record) error { return d.take(r, false) }

// Begin tells the desk where in the store's history the records loaded stand.
func (d *Desk) Begin(h storage.Head) {
	d.head = h
	d.forgetWork()
}

// Pin hands over what the store has of the keys that a Miss or a refused Create named: the records found, and the keys
// asked for. They stay until the batch ends.
func (d *Desk) Pin(asked []storage.Key, found []storage.Record) error {
	have := make(map[storage.Key]bool, len(found))
	for _, r := range found {
		if err := d.take(r, true); err != nil {
			return err
		}
		have[r.Key] = true
	}
	for _, k := range asked {
		if !have[k] {
			d.noSuch(k)
		}
	}
	d.forgetWork()
	return nil
}

// Unpin lets go of all cold records, when a batch ends.
func (d *Desk) Unpin() {
	d.chats.unpin()
	d.aliases.unpin()
	d.sessions.unpin()
	d.messages.unpin()
	d.receipts.unpin()
	d.sents.unpin()
	d.clients.unpin()
	d.effects.unpin()
	d.onces.unpin()
	d.tallies.unpin()
	d.canned.unpin()
}

// Absorb takes in what other drivers stored since the desk's mark. There must be no batch under decision.
func (d *Desk) Absorb(c storage.Changes) error {
	for _, r := range c.Records {
		if err := d.take(r, false); err != nil {
			return err
		}
	}
	for _, k := range c.Gone {
		d.forget(k)
	}
	clear(d.chats.absent)
	clear(d.aliases.absent)
	clear(d.sessions.absent)
	clear(d.messages.absent)
	clear(d.receipts.absent)
	clear(d.sents.absent)
	clear(d.clients.absent)
	clear(d.effects.absent)
	clear(d.onces.absent)
	clear(d.tallies.absent)
	clear(d.canned.absent)
	d.head = c.Head
	d.forgetWork()
	return nil
}

// Head returns where the desk stands in the store's history.
func (d *Desk) Head() storage.Head { return d.head }
