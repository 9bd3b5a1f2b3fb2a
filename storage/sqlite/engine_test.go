//go:build !race

package sqlite_test

import (
	"database/sql"
	"fmt"
	"testing"

	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/openlines/openlinestest"
	"github.com/openlines-go/openlines/storage"
)

// A desk on a file is the desk in memory, record by record and event by event, and nobody notices that the program was
// started anew.
func TestTenThousandMessagesAreTheSameAsInMemory(t *testing.T) {
	t.Parallel()
	var path string
	feed := openlinestest.SameAsMemory(t, func(t testing.TB) storage.Store {
		s := open(t)
		path = paths.of(s)
		return s
	}, func(t testing.TB, s storage.Store) storage.Store {
		mustClose(t, mustOpen(t, path)) // a visitor
		return reopen(t, s)
	}, allMessages)
	wantReadable(t, path, feed)
}

// wantReadable asks the views what a person would ask.
func wantReadable(t testing.TB, path string, events []openlines.Event) {
	t.Helper()
	sessions := 0
	for _, e := range events {
		if e.Type == desk.SessionStarted {
			sessions++
		}
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for query, want := range map[string]string{
		`select count(*) from messages where "by" = 'client' and text = 'help'`:                fmt.Sprint(allMessages),
		`select count(*) from sessions where line = 'support' and state is not null`:           fmt.Sprint(sessions),
		`select count(*) from sessions where open <> (ended is null)`:                          "0",
		`select group_concat(name, '+') from (select name from operators order by id)`:         "Ann+Bob+Cid+Dan",
		`select count(*) > 9 from sessions where ended is not null`:                            "1",
		`select min(at) from messages`:                                                         "2026-03-02T09:00:01.500Z",
		`select since from operators where id = 'ann'`:                                         "2026-03-02T09:00:00.000Z",
		`select count(distinct chat) from messages where session in (select id from sessions)`: "300",
	} {
		var got string
		if err := db.QueryRow(query).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %s, %v; want %s", query, got, err, want)
		}
	}
}
