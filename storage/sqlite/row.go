package sqlite

import (
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"time"

	"github.com/openlines-go/openlines/storage"
)

// row is a row on its way to its sum. Words have no NUL, so two different rows are never the same bytes.
type row []byte

func (r row) text(s string) row { return append(append(r, s...), 0) }

func (r row) number(n int64) row { return binary.LittleEndian.AppendUint64(r, uint64(n)) }

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sum guards a row against damage that SQLite cannot see.
func (r row) sum() int64 { return int64(crc32.Checksum(r, castagnoli)) }

// want compares a stored sum with that of the row.
func (r row) want(stored int64, table string) error {
	if r.sum() != stored {
		return fmt.Errorf("%w: a row of table %s is not what was written", storage.ErrCorrupt, table)
	}
	return nil
}

func sumOfRecord(r *storage.Record, terms string) row {
	open := int64(0)
	if r.Open {
		open = 1
	}
	line := make(row, 0, len(r.Kind)+len(r.ID)+len(terms)+len(r.Body)+20)
	return append(line.text(r.Kind).text(r.ID).number(open).number(r.At.UnixMicro()).text(terms), r.Body...)
}

func sumOfEvent(e storage.Event) row {
	return append(make(row, 0, len(e.Body)+8).number(int64(e.Seq)), e.Body...)
}

// head is the row of the desk or of a turn.
type head struct {
	revision, events, trimmed int64
	batch                     string
	due                       sql.Null[int64]
	format                    int64
}

func headOf(h storage.Head) head {
	out := head{
		revision: int64(h.Revision), events: int64(h.Events), batch: hex.EncodeToString(h.Batch[:]), format: int64(h.Format),
	}
	if !h.Due.IsZero() {
		out.due = sql.Null[int64]{V: h.Due.UnixMicro(), Valid: true}
	}
	return out
}

func (h head) head() (storage.Head, error) {
	out := storage.Head{
		Mark: storage.Mark{Revision: uint64(h.revision)}, Events: uint64(h.events), Format: int(h.format),
	}
	if h.due.Valid {
		out.Due = moment(h.due.V)
	}
	if n, err := hex.Decode(out.Batch[:], []byte(h.batch)); err != nil || n != len(out.Batch) {
		return storage.Head{}, fmt.Errorf("%w: a batch is not 16 bytes", storage.ErrCorrupt)
	}
	return out, nil
}

func (h head) sum(more ...string) row {
	var line row
	line = line.number(h.revision).number(h.events).number(h.trimmed).text(h.batch).number(h.format)
	if h.due.Valid {
		line = line.number(h.due.V)
	}
	for _, m := range more {
		line = line.text(m)
	}
	return line
}

// standing reads the head of the desk and the number of the last event that was forgotten.
func standing(ctx context.Context, c *conn) (h storage.Head, trimmed uint64, err error) {
	var r head
	var sum int64
	err = c.one(ctx, `select revision, batch, events, trimmed, due, format, sum from desk`, nil,
		&r.revision, &r.batch, &r.events, &r.trimmed, &r.due, &r.format, &sum)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		err = fmt.Errorf("%w: no desk in the file", storage.ErrCorrupt)
	case err == nil:
		err = r.sum().want(sum, "desk")
	}
	if err != nil {
		return storage.Head{}, 0, err
	}
	h, err = r.head()
	return h, uint64(r.trimmed), err
}

const columns = `r.kind, r.id, r.open, r.at, r.terms, r.body, r.sum`

// record reads a row of the columns.
func record(rows *sql.Rows) (storage.Record, error) {
	var r storage.Record
	var at, sum int64
	var terms string
	if err := rows.Scan(&r.Kind, &r.ID, &r.Open, &at, &terms, &r.Body, &sum); err != nil {
		return storage.Record{}, err
	}
	r.At = moment(at)
	if err := sumOfRecord(&r, terms).want(sum, "record"); err != nil {
		return storage.Record{}, err
	}
	var err error
	r.Terms, err = words(terms)
	return r, err
}

func words(terms string) (list []string, err error) {
	if terms == "[]" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(terms), &list); err != nil {
		return nil, fmt.Errorf("%w: terms: %w", storage.ErrCorrupt, err)
	}
	return list, nil
}

func listed(terms []string) string {
	if len(terms) == 0 {
		return "[]"
	}
	return array(terms)
}

// array writes a list of strings, or of lists of them, as JSON.
func array[T []string | [][2]string | [][3]string](list T) string {
	text, _ := json.Marshal(list) // strings cannot fail
	return string(text)
}

func moment(micros int64) time.Time { return time.UnixMicro(micros).UTC() }
