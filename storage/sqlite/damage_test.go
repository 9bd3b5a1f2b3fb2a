package sqlite_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/sqlite"
)

// contents is all that a store shows of itself.
type contents struct {
	Head    storage.Head
	Records []storage.Record
	Found   []storage.Record
	Events  []storage.Event
	Changes []storage.Record
	Gone    []storage.Key
}

func dumped(t testing.TB, s storage.Store) (c contents, err error) {
	t.Helper()
	c.Head, err = s.Scan(t.Context(), storage.All, func(r storage.Record) error {
		c.Records = append(c.Records, r)
		return nil
	})
	if err != nil {
		return c, err
	}
	if c.Found, _, err = s.Find(t.Context(), storage.Query{Kind: "session", Terms: []string{"line:a"}, Limit: 1000}); err != nil {
		return c, err
	}
	if c.Events, err = s.Events(t.Context(), 0, 1000); err != nil {
		return c, err
	}
	changes, err := s.Changes(t.Context(), storage.Mark{})
	c.Changes, c.Gone = changes.Records, changes.Gone
	return c, err
}

func mustDump(t testing.TB, s storage.Store) contents {
	t.Helper()
	c, err := dumped(t, s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// filled is a desk after some turns: its file after a proper close, the file and the log as a crash would have left them,
// and what it showed at each revision.
type filled struct {
	closed, file, log []byte
	past              []contents
}

func fill(t testing.TB) filled {
	t.Helper()
	path := filepath.Join(t.TempDir(), "desk.db")
	s := mustOpen(t, path)
	f := filled{past: []contents{mustDump(t, s)}}
	var head storage.Head
	for turn := range 6 {
		b := batch(head.Mark)
		for i := range 4 {
			b.Puts = append(b.Puts, session(fmt.Sprint(turn, "-", i), `{"text":"`+string(bytes.Repeat([]byte{'a'}, 150*i))+`"}`, "line:a"))
		}
		if turn > 0 {
			b.Puts = append(b.Puts, session("0-1", `{"again":true}`, "client:7"))
			b.Deletes = []storage.Key{{Kind: "session", ID: fmt.Sprint(turn-1, "-", 2)}}
		}
		b.Events = []storage.Event{{Seq: head.Events + 1, Body: []byte(`{"type":"begun"}`)}}
		head = mustCommit(t, s, b)
		f.past = append(f.past, mustDump(t, s))
		if turn == 2 { // so that pages are in the file and in the log
			if err := s.Tell(t.Context(), "wal_checkpoint(passive)"); err != nil {
				t.Fatal(err)
			}
		}
	}
	f.file, f.log = mustRead(t, path), mustRead(t, path+"-wal")
	mustClose(t, s)
	f.closed = mustRead(t, path)
	return f
}

func mustRead(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func mustWrite(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// damaged opens a file with a log, which may be nil. It returns what the store shows, nil if the file was refused: with a
// typed error, and left as it was. A store that opens and then says that it is damaged has refused, too.
func damaged(t testing.TB, name string, file, log []byte) *contents {
	t.Helper()
	path := filepath.Join(t.TempDir(), "desk.db")
	mustWrite(t, path, file)
	if log != nil {
		mustWrite(t, path+"-wal", log)
	}
	s, err := sqlite.Open(t.Context(), path)
	if err == nil {
		defer mustClose(t, s)
		c, err := dumped(t, s)
		if err == nil {
			return &c
		}
		if !errors.Is(err, storage.ErrCorrupt) {
			t.Errorf("%s: read: %v, want ErrCorrupt", name, err)
		}
		return nil
	}
	if !errors.Is(err, storage.ErrCorrupt) && !errors.Is(err, storage.ErrFormat) && !errors.Is(err, fs.ErrPermission) {
		t.Errorf("%s: open: %v, want a typed error", name, err)
	}
	if !bytes.Equal(mustRead(t, path), file) {
		t.Errorf("%s: the refused file has changed", name)
	}
	if log != nil && !bytes.Equal(mustRead(t, path+"-wal"), log) {
		t.Errorf("%s: the log of the refused file has changed", name)
	}
	return nil
}

// wantOneOf accepts a refusal or what the desk showed at one of the revisions; it reports whether it was a refusal.
func wantOneOf(t testing.TB, name string, got *contents, past ...contents) (refused bool) {
	t.Helper()
	if got == nil {
		return true
	}
	for _, want := range past {
		if reflect.DeepEqual(want, *got) {
			return false
		}
	}
	t.Errorf("%s: the desk shows what it never was (-last +got):\n%s", name, cmp.Diff(past[len(past)-1], *got))
	return false
}

func TestTruncatedFile(t *testing.T) {
	t.Parallel()
	f := fill(t)
	last := f.past[len(f.past)-1]
	for size := 1; size < len(f.closed); size += 1 + min(size, 1365) {
		name := fmt.Sprintf("%d of %d bytes", size, len(f.closed))
		if !wantOneOf(t, name, damaged(t, name, f.closed[:size], nil), last) {
			t.Errorf("%s: not refused", name)
		}
	}
	for _, size := range []int{0, 1, 100, 4096, len(f.file) - 1} {
		name := fmt.Sprintf("%d of %d bytes with a log", size, len(f.file))
		wantOneOf(t, name, damaged(t, name, f.file[:size], f.log), last)
	}
}

func TestFlippedBits(t *testing.T) {
	t.Parallel()
	f := fill(t)
	last := f.past[len(f.past)-1]
	refused := 0
	flip := func(at int, data []byte) []byte {
		data = bytes.Clone(data)
		data[at] ^= 1 << (at % 8)
		return data
	}
	for at := 0; at < len(f.closed); at += 1 + min(at/5, 1093) {
		name := fmt.Sprintf("byte %d of the file", at)
		if wantOneOf(t, name, damaged(t, name, flip(at, f.closed), nil), last) {
			refused++
		}
	}
	if refused < 20 {
		t.Errorf("%d flips were noticed; the test has lost its sting", refused)
	}
	for at := 0; at < 100; at += 17 {
		name := fmt.Sprintf("byte %d of the header, with a log", at)
		wantOneOf(t, name, damaged(t, name, flip(at, f.file), f.log), last)
	}
	for at := 0; at < len(f.log); at += 1 + min(at/2, 6007) {
		name := fmt.Sprintf("byte %d of the log", at)
		wantOneOf(t, name, damaged(t, name, f.file, flip(at, f.log)), f.past...)
	}
}

func TestHalfWrittenLog(t *testing.T) {
	t.Parallel()
	f := fill(t)
	revisions := map[uint64]bool{}
	for size := len(f.log); size > 0; size -= 7919 {
		name := fmt.Sprintf("%d of %d bytes of the log", size, len(f.log))
		got := damaged(t, name, f.file, f.log[:size])
		wantOneOf(t, name, got, f.past...)
		if got != nil {
			revisions[got.Head.Revision] = true
		}
	}
	unaware := bytes.Clone(f.file)
	unaware[18], unaware[19] = 1, 1 // the header says that there is no log
	wantOneOf(t, "a header without the log", damaged(t, "a header without the log", unaware, f.log), f.past[6])
	if !revisions[6] || len(revisions) < 3 {
		t.Errorf("recovered revisions %v, want the last one and earlier ones", revisions)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	f := fill(t)
	with := func(at int, text string) []byte {
		return append(append(bytes.Clone(f.closed[:at]), text...), f.closed[at+len(text):]...)
	}
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"text":                   {[]byte("a letter, and not a short one: " + string(bytes.Repeat([]byte("dear "), 1000))), storage.ErrCorrupt},
		"one byte":               {[]byte("x"), storage.ErrCorrupt},
		"zeros":                  {make([]byte, 8192), storage.ErrCorrupt},
		"newer version":          {with(60, "\x00\x00\x00\x02"), storage.ErrFormat},
		"no version":             {with(60, "\x00\x00\x00\x00"), storage.ErrCorrupt},
		"another application":    {with(68, "\x01\x02\x03\x04"), storage.ErrCorrupt},
		"another database":       {foreign(t, "create table song (title text); insert into song values ('la')"), storage.ErrCorrupt},
		"another empty database": {foreign(t, "pragma user_version = 7"), storage.ErrCorrupt},
		"a desk without tables":  {foreign(t, "pragma user_version = 1; pragma application_id = 1869638724"), storage.ErrCorrupt},
	} {
		path := filepath.Join(t.TempDir(), "desk.db")
		mustWrite(t, path, c.data)
		if _, err := sqlite.Open(t.Context(), path); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if !bytes.Equal(mustRead(t, path), c.data) {
			t.Errorf("%s: the file has changed", name)
		}
	}
	folder := t.TempDir()
	for path, want := range map[string]error{
		folder: storage.ErrInvalid, "": storage.ErrInvalid, "a\x00b": storage.ErrInvalid,
		filepath.Join(folder, "none", "desk.db"): fs.ErrPermission,
	} {
		if _, err := sqlite.Open(t.Context(), path); !errors.Is(err, want) {
			t.Errorf("path %q: %v, want %v", path, err, want)
		}
	}
}

// foreign is a database that somebody else made.
func foreign(t testing.TB, statements string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "foreign.db")
	mustExec(t, path, statements)
	return mustRead(t, path)
}

// mustExec changes a file behind the back of a store.
func mustExec(t testing.TB, path, statements string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(statements); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// Somebody died while he made the file: its first page is written, and a journal wants it undone. A larger file with a
// journal is none of ours.
func TestHalfMadeFile(t *testing.T) {
	t.Parallel()
	undo := append([]byte("\xd9\xd5\x05\xf9\x20\xa1\x63\xd7\x00\x00\x00\x00abcd\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x10\x00"), make([]byte, 484)...)
	path := filepath.Join(t.TempDir(), "desk.db")
	mustExec(t, path, "pragma journal_mode = wal")
	mustWrite(t, path+"-journal", undo)
	s := mustOpen(t, path)
	mustCommit(t, s, batch(storage.Mark{}, session("1", `{}`)))
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}

	other := filepath.Join(t.TempDir(), "other.db")
	data := foreign(t, "create table song (title text)")
	mustWrite(t, other, data)
	mustWrite(t, other+"-journal", undo)
	if _, err := sqlite.Open(t.Context(), other); !errors.Is(err, storage.ErrCorrupt) {
		t.Errorf("another database with a journal: %v, want ErrCorrupt", err)
	}
	if !bytes.Equal(mustRead(t, other), data) {
		t.Error("another database with a journal has changed")
	}
}

func TestOpenTakesAnEmptyFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "100% a?b#c.db")
	mustWrite(t, path, nil)
	s := mustOpen(t, path)
	mustCommit(t, s, batch(storage.Mark{}, session("1", `{}`)))
	mustClose(t, s)
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		t.Errorf("the desk is not in the file it was to be in: %v", err)
	}
	if head := mustDump(t, mustOpen(t, path)).Head; head.Revision != 1 {
		t.Errorf("revision %d after a restart, want 1", head.Revision)
	}
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{
		`update record set body = '{"text":"other"}' where id = '5-1'`,
		`update record set open = 1 where id = '5-1'`,
		`delete from record where id = '5-1'`,
		`delete from term where id = '5-1' and term = ''`,
		`update term set id = 'none' where id = '5-1' and term = 'line:a'`,
		`insert into term values ('session', 'line:b', 0, '5-1')`,
		`update event set body = '{"type":"ended"}' where seq = 3`,
		`delete from event where seq = 3`,
		`delete from event where seq = 6`,
		`delete from turn where revision = 4`,
		`delete from turn where revision = 6`,
		`delete from turn`,
		`update turn set touched = '[]' where revision = 4`,
		`update turn set batch = '00' where revision = 4`,
		`update desk set revision = 5`,
		`update desk set due = 1`,
		`delete from desk`,
	} {
		t.Run(wrong, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "desk.db")
			mustWrite(t, path, fill(t).closed)
			s := mustOpen(t, path)
			if err := s.Check(t.Context()); err != nil {
				t.Fatalf("before: %v", err)
			}
			mustExec(t, path, wrong)
			if err := s.Check(t.Context()); !errors.Is(err, storage.ErrCorrupt) {
				t.Errorf("Check: %v, want ErrCorrupt", err)
			}
			mustClose(t, s)
			if _, err := sqlite.Open(t.Context(), path); !errors.Is(err, storage.ErrCorrupt) {
				t.Errorf("Open: %v, want ErrCorrupt", err)
			}
		})
	}
}

func TestReadsNoticeWhatIsWrong(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "desk.db")
	mustWrite(t, path, fill(t).closed)
	s := mustOpen(t, path)
	mustExec(t, path, `delete from event where seq = 3; update record set body = '{}' where id = '5-1'; update turn set touched = '[]'`)
	for _, limit := range []int{2, 3, 1000} {
		if _, err := s.Events(t.Context(), 0, limit); errors.Is(err, storage.ErrCorrupt) != (limit > 2) {
			t.Errorf("Events without the third, limit %d: %v", limit, err)
		}
	}
	if _, _, err := s.Get(t.Context(), storage.Key{Kind: "session", ID: "5-1"}); !errors.Is(err, storage.ErrCorrupt) {
		t.Errorf("Get: %v, want ErrCorrupt", err)
	}
	if _, _, err := s.Find(t.Context(), storage.Query{Kind: "session", Limit: 1000}); !errors.Is(err, storage.ErrCorrupt) {
		t.Errorf("Find: %v, want ErrCorrupt", err)
	}
	if _, err := s.Changes(t.Context(), storage.Mark{}); !errors.Is(err, storage.ErrCorrupt) {
		t.Errorf("Changes: %v, want ErrCorrupt", err)
	}
}
