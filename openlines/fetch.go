package openlines

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/openlines-go/openlines/storage"
)

// pin fetches cold records for the batch. Absence is told to the desk only as of the very mark that it stands at.
func (e *Engine) pin(keys []storage.Key, pins int) error {
	if pins > maxPins {
		return fmt.Errorf("openlines: %d rounds of fetching did not end", pins)
	}
	for part := range slices.Chunk(keys, storage.MaxGet) {
		if err := e.pinSome(part); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) pinSome(keys []storage.Key) error {
	found, mark, err := e.store.Get(e.life, keys...)
	if err != nil {
		return err
	}
	if mark == e.mark() {
		e.mu.Lock()
		defer e.mu.Unlock()
		return e.desk.Pin(keys, found)
	}
	c, err := e.store.Changes(e.life, e.mark())
	if err != nil {
		return e.catchUp(e.life) // and the keys are found missing again
	}
	if err := e.absorb(c); err != nil {
		return err
	}
	newer := make(map[storage.Key]bool, len(c.Records)+len(c.Gone))
	asked := make(map[storage.Key]bool, len(keys))
	for _, k := range keys {
		asked[k] = true
	}
	var fresh []storage.Record
	for _, r := range c.Records {
		newer[r.Key] = true
		if asked[r.Key] {
			fresh = append(fresh, r)
		}
	}
	for _, k := range c.Gone {
		newer[k] = true
	}
	for _, r := range found {
		if !newer[r.Key] {
			fresh = append(fresh, r)
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.desk.Pin(nil, fresh)
}

// catchUp takes in what other nodes stored. The token is held.
func (e *Engine) catchUp(ctx context.Context) error {
	c, err := e.store.Changes(ctx, e.mark())
	switch {
	case errors.Is(err, storage.ErrBehind), errors.Is(err, storage.ErrRewound):
		e.log.Warn("openlines: loading the desk afresh", "why", err)
		fresh, err := e.load(ctx)
		if err != nil {
			return err
		}
		e.mu.Lock()
		e.desk = fresh
		e.mu.Unlock()
		e.stored.ring()
		return nil
	case err != nil:
		return err
	}
	return e.absorb(c)
}

func (e *Engine) absorb(c storage.Changes) error {
	if err := e.admit(c.Head); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	moved := c.Mark != e.desk.Head().Mark
	e.follow(c.Now)
	if !moved {
		return nil
	}
	defer e.stored.ring()
	return e.desk.Absorb(c)
}
