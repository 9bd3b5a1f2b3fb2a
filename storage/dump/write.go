package dump

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/openlines-go/openlines/storage"
)

// ErrTrimmed reports that events were trimmed while they were read, so that the dump would lack some that the desk had.
// Nothing was written; write again.
var ErrTrimmed = errors.New("dump: events were trimmed meanwhile")

// page is how many events are read at once. Each can have a body of storage.MaxBody.
const page = 64

// Write writes the desk that s keeps, as of one revision, while engines go on. Everything is read into a file of the folder
// for temporary files first (see [os.TempDir]), and then copied to w: where the desk stands is known last and has to be said
// first, and a slow w does not hold the store's snapshot. So nothing is written to w unless the dump is whole; an error of w
// itself leaves there what it took.
func Write(ctx context.Context, w io.Writer, s storage.Store) error {
	spool, err := os.CreateTemp("", "openlines-*.dump")
	if err != nil {
		return fmt.Errorf("dump: write: %w", err)
	}
	gone := os.Remove(spool.Name()) == nil // where that is possible, also a program that is killed leaves nothing
	err = write(ctx, w, s, spool)
	if failed := spool.Close(); err == nil {
		err = failed
	}
	if !gone {
		err = errors.Join(err, os.Remove(spool.Name()))
	}
	if err != nil {
		return fmt.Errorf("dump: write: %w", err)
	}
	return nil
}

func write(ctx context.Context, w io.Writer, s storage.Store, spool *os.File) error {
	d := draft{spool: bufio.NewWriterSize(spool, 64<<10)}
	if err := d.read(ctx, s); err != nil {
		return err
	}
	if err := d.spool.Flush(); err != nil {
		return err
	}
	if _, err := spool.Seek(0, io.SeekStart); err != nil {
		return err
	}
	sum := sha256.New()
	lines := io.MultiReader(bytes.NewReader(appendHead(nil, d.head)), spool)
	if _, err := io.Copy(io.MultiWriter(w, sum), whileIn{ctx, lines}); err != nil {
		return err
	}
	_, err := io.Copy(w, bytes.NewReader(appendEnd(nil, d.records, d.events, sum.Sum(nil))))
	return err
}

// whileIn reads until a context ends.
type whileIn struct {
	ctx context.Context
	io.Reader
}

func (r whileIn) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

// draft is a dump whose head is not written yet.
type draft struct {
	spool           *bufio.Writer
	line            []byte
	head            storage.Head
	last            storage.Key
	records, events uint64
}

// read takes the desk out of its store. What could not be read back is not written.
func (d *draft) read(ctx context.Context, s storage.Store) error {
	trimmed, err := trimmedOf(ctx, s) // before the scan, so that it shows if events go meanwhile
	if err != nil {
		return err
	}
	if d.head, err = s.Scan(ctx, storage.All, d.record); err != nil {
		return err
	}
	for last := trimmed; last < d.head.Events; {
		events, err := s.Events(ctx, last, page)
		switch {
		case errors.Is(err, storage.ErrBehind):
			return ErrTrimmed
		case err != nil:
			return err
		case len(events) == 0:
			return fmt.Errorf("events: %w: missing", storage.ErrCorrupt)
		}
		for _, e := range events {
			if last == d.head.Events {
				break // later ones belong to later revisions
			}
			if err := d.event(last, e); err != nil {
				return err
			}
			last++
		}
	}
	return nil
}

func (d *draft) record(r storage.Record) error {
	if err := r.Validate(); err != nil {
		return fmt.Errorf("a record of kind %.32q: %w: %w", r.Kind, storage.ErrCorrupt, err)
	}
	if d.records > 0 && (r.Kind < d.last.Kind || r.Kind == d.last.Kind && r.ID <= d.last.ID) {
		return fmt.Errorf("a record of kind %q: %w: not in key order", r.Kind, storage.ErrCorrupt)
	}
	d.records++
	d.last = storage.Key{Kind: strings.Clone(r.Kind), ID: strings.Clone(r.ID)}
	d.line = appendRecord(d.line[:0], &r)
	_, err := d.spool.Write(d.line)
	return err
}

func (d *draft) event(last uint64, e storage.Event) error {
	if err := e.Validate(); err != nil || e.Seq != last+1 {
		return fmt.Errorf("event after %d: %w", last, storage.ErrCorrupt)
	}
	d.events++
	d.line = appendEvent(d.line[:0], e)
	_, err := d.spool.Write(d.line)
	return err
}

// trimmedOf finds the number of the last event that was trimmed, by halving: no store is asked for it.
func trimmedOf(ctx context.Context, s storage.Store) (uint64, error) {
	low, high := uint64(0), uint64(storage.MaxNumber) // it is in low … high
	for middle := low; low < high; middle = low + (high-low)/2 {
		switch _, err := s.Events(ctx, middle, 1); {
		case errors.Is(err, storage.ErrBehind):
			low = middle + 1
		case err != nil:
			return 0, err
		default:
			high = middle
		}
	}
	return low, nil
}
