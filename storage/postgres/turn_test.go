package postgres_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/postgres"
)

// The tests start their own binary again to have another process; the variable tells it the server.
const holderVariable = "OPENLINES_POSTGRES_HOLDER"

// holder is the life of that process: it takes the turn at the desk that its arguments name, decides when it is told to, and
// says what became of it. A refused batch is decided again.
func holder(address string, args []string) int {
	ctx := context.Background()
	pool, err := pgxpool.New(ctx, address)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer pool.Close()
	d, err := postgres.OpenDesks(ctx, pool, args[0])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	s, err := d.Open(ctx, args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for {
		_, err := s.(storage.Turner).Turn(ctx, storage.Mark{}, func(c storage.Changes) (*storage.Batch, error) {
			fmt.Println("holding")
			_, _ = os.Stdin.Read(make([]byte, 1))
			return counted(c, "theirs"), nil
		})
		switch {
		case err == nil:
			fmt.Println("stored")
			return 0
		case errors.Is(err, storage.ErrConflict):
			fmt.Println("conflict")
		default:
			fmt.Println(err)
			return 1
		}
	}
}

// counted is a batch with one new record and one event, to be stored on what c tells.
func counted(c storage.Changes, id string) *storage.Batch {
	p := session(id, "{}")
	p.Create = true
	b := batch(c.Mark, p)
	b.Events = []storage.Event{{Seq: c.Events + 1, Body: []byte(`"` + id + `"`)}}
	return b
}

type process struct {
	*exec.Cmd
	out *bufio.Scanner
	in  io.Writer
}

func mustHold(t testing.TB, desk string) *process {
	t.Helper()
	s := mustServer(t)
	c := exec.CommandContext(context.Background(), os.Args[0], s.schema, desk)
	c.Env = append(os.Environ(), holderVariable+"="+s.pool.Config().ConnString())
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() })
	p := &process{c, bufio.NewScanner(out), in}
	p.mustSay(t, "holding")
	return p
}

func (p *process) mustSay(t testing.TB, want string) {
	t.Helper()
	if !p.out.Scan() || p.out.Text() != want {
		t.Fatalf("the other process says %q, %v; want %q", p.out.Text(), p.out.Err(), want)
	}
}

func (p *process) mustSignal(t testing.TB, s syscall.Signal) {
	t.Helper()
	if err := p.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

func (p *process) mustDecide(t testing.TB) {
	t.Helper()
	if _, err := p.in.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
}

// A process that is stopped while it holds the turn loses it after five seconds, and what it decided then is refused.
func TestStoppedHolderLosesTheTurn(t *testing.T) {
	t.Parallel()
	for name, mine := range map[string]func(context.Context, storage.Turner) (storage.Head, error){
		"to a turn": func(ctx context.Context, s storage.Turner) (storage.Head, error) {
			return s.Turn(ctx, storage.Mark{}, func(c storage.Changes) (*storage.Batch, error) { return counted(c, "mine"), nil })
		},
		"to a commit": func(ctx context.Context, s storage.Turner) (storage.Head, error) {
			return s.Commit(ctx, counted(storage.Changes{}, "mine"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			desk, _ := desks.Load(s)
			other := mustHold(t, desk.(string))
			other.mustSignal(t, syscall.SIGSTOP)
			stopped := time.Now()
			head, err := mine(t.Context(), s.(storage.Turner))
			if took := time.Since(stopped); err != nil || took < 3*time.Second || took > 12*time.Second {
				t.Errorf("the turn came after %v, %v; want about 5 s", took, err)
			}
			other.mustSignal(t, syscall.SIGCONT)
			other.mustDecide(t)
			other.mustSay(t, "conflict")
			found, mark, err := s.Get(t.Context(), storage.Key{Kind: "session", ID: "mine"}, storage.Key{Kind: "session", ID: "theirs"})
			if err != nil || mark != head.Mark || len(found) != 1 {
				t.Errorf("%d records at %v, %v; want mine alone at %v", len(found), mark, err, head.Mark)
			}
			other.mustSay(t, "holding")
			other.mustDecide(t)
			other.mustSay(t, "stored")
			if err := other.Wait(); err != nil {
				t.Error(err)
			}
			wantTold(t, s, `"mine"`, `"theirs"`)
		})
	}
}

// A process that dies while it holds the turn keeps nobody waiting.
func TestKilledHolderLosesTheTurn(t *testing.T) {
	t.Parallel()
	s := open(t)
	desk, _ := desks.Load(s)
	other := mustHold(t, desk.(string))
	other.mustSignal(t, syscall.SIGKILL)
	killed := time.Now()
	mustCommit(t, s, counted(storage.Changes{}, "mine"))
	if took := time.Since(killed); took > 3*time.Second {
		t.Errorf("the turn came after %v", took)
	}
	wantTold(t, s, `"mine"`)
}

// wantTold compares the feed, and counts the records of its events.
func wantTold(t testing.TB, s storage.Store, want ...string) {
	t.Helper()
	events, err := s.Events(t.Context(), 0, storage.MaxFind)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, e := range events {
		if e.Seq != uint64(i)+1 {
			t.Errorf("event %d has number %d", i+1, e.Seq)
		}
		got = append(got, string(e.Body))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	found, _, err := s.Find(t.Context(), storage.Query{Kind: "session", Limit: storage.MaxFind})
	if err != nil || len(found) != len(want) {
		t.Errorf("%d records, %v; want %d", len(found), err, len(want))
	}
}

// Who holds the row longer than a turn may, and goes on doing something, makes others give up without a word on the outcome.
func TestTurnDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("waits ten seconds")
	}
	s := open(t)
	name, _ := desks.Load(s)
	tx, err := pool(t).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	if _, err := tx.Exec(t.Context(), "select from "+mustServer(t).schema+".desk where name = $1 for update", name); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	_, err = s.(storage.Turner).Turn(t.Context(), storage.Mark{}, func(c storage.Changes) (*storage.Batch, error) {
		return counted(c, "mine"), nil
	})
	if took := time.Since(began); err == nil || storage.Definite(err) || took < 8*time.Second || took > 14*time.Second {
		t.Errorf("%v after %v; want an error that is not definite after about 10 s", err, took)
	}
}
