package dump

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/openlines-go/openlines/storage"
)

// Errors of reading, wrapped with the number of the line. None of them quotes what stands there.
var (
	ErrDamaged = errors.New("dump: truncated or altered")
	ErrVersion = errors.New("dump: written by a newer version")
)

// Read fills an empty desk with what was written. It reads to the end of r, and what is not exactly what [Write] wrote is
// [ErrDamaged], or [ErrVersion] if its first line says that a newer version wrote it. Then, and after any error of r, nothing
// is in the store. Errors of the store come as they are: [storage.ErrNotEmpty] is the most likely.
func Read(ctx context.Context, r io.Reader, s storage.Importer) error {
	d := &reader{in: bufio.NewReaderSize(r, 64<<10), sum: sha256.New()}
	head, err := d.head()
	if err == nil {
		err = s.Import(ctx, head, d.records, d.events)
	}
	switch {
	case d.err != nil:
		return fmt.Errorf("dump: read: line %d: %w", d.number, d.err)
	case errors.Is(err, storage.ErrInvalid): // each line is right, and together they are no desk
		return fmt.Errorf("dump: read: %w: %w", ErrDamaged, err)
	case err != nil:
		return fmt.Errorf("dump: read: %w", err)
	case !d.whole:
		return errors.New("dump: read: the store took a desk that it did not read to its end")
	}
	return nil
}

// reader reads a dump line by line, and remembers its first error.
type reader struct {
	in     *bufio.Reader
	sum    hash.Hash // of the lines so far
	line   []byte    // the present one, with its end
	again  []byte    // the present one, as it would be written
	unread bool      // the present line is not dealt with
	number int
	counts struct{ records, events uint64 }
	whole  bool
	err    error
}

// next reads a line.
func (d *reader) next() error {
	if d.unread {
		d.unread = false
		return nil
	}
	d.number++
	d.line = d.line[:0]
	for {
		part, err := d.in.ReadSlice('\n')
		if len(d.line)+len(part) > MaxLine {
			return fmt.Errorf("%w: %w", ErrDamaged, storage.ErrTooLarge)
		}
		d.line = append(d.line, part...)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, io.EOF):
			return fmt.Errorf("%w: no end", ErrDamaged)
		case !errors.Is(err, bufio.ErrBufferFull):
			return err
		}
	}
}

func (d *reader) is(prefix string) bool { return bytes.HasPrefix(d.line, []byte(prefix)) }

// accept ends a line that was read: it has to be what is written for its meaning. So nothing that package json forgives,
// such as names of another case, names twice or text that is not UTF-8, gets through.
func (d *reader) accept(again []byte, err error) error {
	d.again = again
	switch {
	case errors.Is(err, ErrVersion):
		return err
	case err != nil:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	case !bytes.Equal(d.line, again):
		return fmt.Errorf("%w: %w", ErrDamaged, errForm)
	}
	d.sum.Write(d.line)
	return nil
}

func (d *reader) head() (h storage.Head, err error) {
	if d.err = d.next(); d.err == nil {
		h, err = parseHead(d.line)
		d.err = d.accept(appendHead(d.again[:0], h), err)
	}
	return h, d.err
}

// records is the sequence of records, up to the first line that is something else.
func (d *reader) records(yield func(storage.Record, error) bool) {
	for d.err == nil {
		if d.err = d.next(); d.err != nil {
			break
		}
		if !d.is(recordPrefix) {
			d.unread = true
			return
		}
		r, err := parseRecord(d.line)
		if err == nil {
			err = r.Validate()
		}
		if d.err = d.accept(appendRecord(d.again[:0], &r), err); d.err != nil {
			break
		}
		d.counts.records++
		if !yield(r, nil) {
			return
		}
	}
	yield(storage.Record{}, d.err)
}

// events is the sequence of events, up to the last line and the end of everything.
func (d *reader) events(yield func(storage.Event, error) bool) {
	for d.err == nil {
		if d.err = d.next(); d.err != nil {
			break
		}
		if !d.is(eventPrefix) {
			if d.err = d.end(); d.err != nil {
				break
			}
			return
		}
		e, err := parseEvent(d.line)
		if err == nil {
			err = e.Validate()
		}
		if d.err = d.accept(appendEvent(d.again[:0], e), err); d.err != nil {
			break
		}
		d.counts.events++
		if !yield(e, nil) {
			return
		}
	}
	yield(storage.Event{}, d.err)
}

// end compares the last line with all before it, and wants nothing after it.
func (d *reader) end() error {
	if !d.is(endPrefix) {
		return fmt.Errorf("%w: %w", ErrDamaged, errForm)
	}
	if !bytes.Equal(d.line, appendEnd(d.again[:0], d.counts.records, d.counts.events, d.sum.Sum(nil))) {
		return fmt.Errorf("%w: counts or sum", ErrDamaged)
	}
	switch _, err := d.in.ReadByte(); {
	case err == nil:
		return fmt.Errorf("%w: more after the end", ErrDamaged)
	case !errors.Is(err, io.EOF):
		return err
	}
	d.whole = true
	return nil
}
