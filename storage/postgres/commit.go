package postgres

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/openlines-go/openlines/storage"
)

//go:embed commit.sql
var commitSQL string

// What a turn did to a key, in the order of its keys.
const (
	written       = 'w'
	createdClosed = 'c'
	deleted       = 'd'
)

// Commit stores b if the desk stands at b.Expect, or reports the head that b made if it was stored before.
func (s *Store) Commit(ctx context.Context, b *storage.Batch) (storage.Head, error) {
	h, err := s.commit(ctx, s.desks.pool, b)
	if errors.Is(err, errTaken) {
		err = s.taken(ctx, b)
	}
	if err != nil {
		return storage.Head{}, fmt.Errorf("postgres: commit: %w", err)
	}
	return h, nil
}

// errTaken tells that a key is taken. Whose is looked up when no connection is held any more: another may never come free.
var errTaken = errors.New("key is taken")

// commit runs one statement. In a pool it is its own transaction, and over when it returns.
func (s *Store) commit(ctx context.Context, q querier, b *storage.Batch) (storage.Head, error) {
	if err := b.Validate(); err != nil {
		return storage.Head{}, err
	}
	if b.Expect.Revision >= math.MaxInt64 {
		return storage.Head{}, storage.ErrConflict
	}
	h := head{batch: b.ID, due: due(b.Due), format: b.Format}
	err := q.QueryRow(ctx, s.desks.commitSQL, s.arguments(b)...).Scan(&h.revision, &h.events, &h.now)
	switch {
	case err == nil:
		return h.head(), nil
	case errors.Is(err, pgx.ErrNoRows):
		return s.settle(ctx, q, b)
	default:
		return storage.Head{}, refusal(err)
	}
}

func isText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

func (s *Store) arguments(b *storage.Batch) []any {
	n := len(b.Puts)
	kinds, ids, terms, bodies := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	open, fresh, same, ats := make([]bool, n), make([]bool, n), make([]bool, n), make([]int64, n)
	touched, acts := make([]storage.Key, 0, n+len(b.Deletes)), make([]byte, 0, n+len(b.Deletes))
	for i := range b.Puts {
		p := &b.Puts[i]
		kinds[i], ids[i], open[i], ats[i] = p.Kind, p.ID, p.Open, p.At.UnixMicro()
		terms[i], bodies[i], fresh[i], same[i] = literal(p.Terms), string(p.Body), p.Create, p.Same
		act := byte(written)
		if p.Create && !p.Open {
			act = createdClosed
		}
		touched, acts = append(touched, p.Key), append(acts, act)
	}
	for _, k := range b.Deletes {
		touched, acts = append(touched, k), append(acts, deleted)
	}
	first, events := int64(0), make([]string, len(b.Events))
	for i, e := range b.Events {
		events[i] = string(e.Body)
	}
	if len(b.Events) > 0 {
		first = clamp(b.Events[0].Seq)
	}
	goneKinds, goneIDs := split(b.Deletes)
	touchedKinds, touchedIDs := split(touched)
	return []any{
		s.desk, int64(b.Expect.Revision), b.Expect.Batch, b.ID, due(b.Due), b.Format, clamp(b.Trim), first, events,
		kinds, ids, open, ats, terms, bodies, fresh, same, goneKinds, goneIDs, touchedKinds, touchedIDs, string(acts),
	}
}

func clamp(n uint64) int64 { return int64(min(n, math.MaxInt64)) }

func split(keys []storage.Key) (kinds, ids []string) {
	kinds, ids = make([]string, len(keys)), make([]string, len(keys))
	for i, k := range keys {
		kinds[i], ids[i] = k.Kind, k.ID
	}
	return kinds, ids
}

// literal writes terms as an array literal: a parameter can be a list of lists only if all have one length.
func literal(terms []string) string {
	var b strings.Builder
	b.WriteByte('{')
	for i, t := range terms {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		_, _ = quoted.WriteString(&b, t) // a Builder does not fail
		b.WriteByte('"')
	}
	b.WriteByte('}')
	return b.String()
}

var quoted = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// settle tells why a batch moved nothing: it is stored already, or the desk does not take it.
func (s *Store) settle(ctx context.Context, q querier, b *storage.Batch) (storage.Head, error) {
	var desk, turn head
	var parent, batch *storage.BatchID
	var revision, events, format *int64
	err := q.QueryRow(ctx, s.in(`select d.revision, d.batch, d.events, d.format, `+now+`,
			t.parent, t.revision, t.batch, t.events, t.due, t.format
		from openlines.desk d left join openlines.turn t on t.desk = d.id and t.revision = $2
		where d.id = $1`), s.desk, int64(b.Expect.Revision)+1,
	).Scan(&desk.revision, &desk.batch, &desk.events, &desk.format, &turn.now,
		&parent, &revision, &batch, &events, &turn.due, &format)
	if err != nil {
		return storage.Head{}, gone(err)
	}
	at := desk.head()
	switch {
	case batch != nil && *batch == b.ID && *parent == b.Expect.Batch:
		turn.revision, turn.batch, turn.events, turn.format = *revision, *batch, *events, int(*format)
		return turn.head(), nil
	case at.Mark != b.Expect:
		return storage.Head{}, storage.ErrConflict
	case at.Format > b.Format:
		return storage.Head{}, storage.ErrFormat
	case len(b.Events) > 0 && b.Events[0].Seq != at.Events+1:
		return storage.Head{}, fmt.Errorf("%w: events: first is %d, want %d", storage.ErrInvalid, b.Events[0].Seq, at.Events+1)
	default: // the desk came to the mark only just now
		return storage.Head{}, storage.ErrConflict
	}
}

// refusal translates what the server said. Errors that say nothing about an earlier attempt stay as they are: unknown.
func refusal(err error) error {
	said, ok := errors.AsType[*pgconn.PgError](err)
	switch {
	case !ok:
		return err
	case said.Code == "23505" && (said.ConstraintName == "record_pkey" || said.ConstraintName == "term_pkey"):
		return errTaken // of a key that is taken the terms are, too
	case said.Code == "53100":
		return fmt.Errorf("%w: %w", storage.ErrFull, err)
	default:
		return err
	}
}

// taken looks for the key that refused b. It names the first key that b creates if it cannot tell.
func (s *Store) taken(ctx context.Context, b *storage.Batch) error {
	var created []storage.Key
	for _, p := range b.Puts {
		if p.Create {
			created = append(created, p.Key)
		}
	}
	if len(created) == 0 {
		return fmt.Errorf("%w: there are terms without a record", storage.ErrCorrupt)
	}
	found, _, err := s.Get(ctx, created[:min(len(created), storage.MaxGet)]...)
	if err != nil || len(found) == 0 {
		return &storage.ExistsError{Key: created[0]}
	}
	return &storage.ExistsError{Key: found[0].Key}
}
