package openlines

import (
	"context"

	"github.com/openlines-go/openlines/storage"
)

// Upgrade moves the desk to the newest format that this program knows. Until then engines of this program write the format
// that the desk has, so that programs of two versions can share it: upgrade when the last old one is gone. Those that are
// not get [storage.ErrFormat] from then on, from every act and question, and Run ends with it; what they had stored stays.
// There is no way back but a dump that was made before. A desk that has the newest format is left as it is.
func (e *Engine) Upgrade(ctx context.Context) error {
	return e.do(ctx, &waiter{upgrade: true})
}

// admit refuses a desk whose format this program does not know, and remembers that for those who ask the memory.
func (e *Engine) admit(h storage.Head) error {
	newer := h.Format > e.format
	if e.outdated.Swap(newer) != newer {
		e.stored.ring() // feeds that wait learn it too
	}
	if newer {
		return storage.ErrFormat
	}
	return nil
}

// understands reports storage.ErrFormat if the desk was in a format by mark that this program does not know: what was read
// before may be in it. It asks the store only if the desk has moved on from what is in memory.
func (e *Engine) understands(ctx context.Context, by storage.Mark) error {
	if e.outdated.Load() {
		return storage.ErrFormat
	}
	if by.Revision <= e.Revision() {
		return nil
	}
	c, err := e.store.Changes(ctx, by)
	if err != nil {
		return err
	}
	if c.Format > e.format {
		return e.admit(c.Head)
	}
	return nil
}

// understandsNow is understands for reads that do not tell their mark.
func (e *Engine) understandsNow(ctx context.Context) error {
	_, mark, err := e.store.Get(ctx)
	if err != nil {
		return err
	}
	return e.understands(ctx, mark)
}
