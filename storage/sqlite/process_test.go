package sqlite_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/sqlite"
)

// The tests start their own binary again to have other processes; the variable tells it what to do there.
const actVariable = "OPENLINES_SQLITE_ACT"

// child is the life of such a process, on the file that its first argument names.
func child(act string, args []string) int {
	ctx := context.Background()
	s, err := sqlite.Open(ctx, args[0])
	if err == nil {
		switch act {
		case "count":
			err = count(ctx, s, turnsEach)
		case "commit":
			err = commitForEver(ctx, s)
		case "hold":
			err = hold(ctx, s)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, act+":", err)
		return 1
	}
	return 0
}

// process is a child that runs.
type process struct {
	*exec.Cmd
	out *bufio.Scanner
	in  io.Writer
}

func mustStart(t testing.TB, act, path string) *process {
	t.Helper()
	c := exec.CommandContext(context.Background(), os.Args[0], path)
	c.Env = append(os.Environ(), actVariable+"="+act)
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
	return &process{c, bufio.NewScanner(out), in}
}

// turnsEach is how often each process counts.
const turnsEach = 40

// count raises a number that a record keeps, turn by turn.
func count(ctx context.Context, s storage.Turner, turns int) error {
	var since storage.Mark
	n := 0
	for range turns {
		h, err := s.Turn(ctx, since, func(c storage.Changes) (*storage.Batch, error) {
			for _, r := range c.Records {
				if r.ID == "count" {
					n, _ = strconv.Atoi(string(r.Body))
				}
			}
			n++
			counter := session("count", strconv.Itoa(n))
			counter.Open = true
			b := batch(c.Mark, counter)
			b.Events = []storage.Event{{Seq: c.Events + 1, Body: []byte(strconv.Itoa(n))}}
			return b, nil
		})
		if err != nil {
			return err
		}
		since = h.Mark
	}
	return nil
}

func TestProcessesTakeTurns(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "desk.db")
	const others = 2
	var running []*process
	for range others { // on a file that none of them finds
		running = append(running, mustStart(t, "count", path))
	}
	s := mustOpen(t, path)
	if err := count(t.Context(), s, turnsEach); err != nil {
		t.Error(err)
	}
	for _, p := range running {
		if err := p.Wait(); err != nil {
			t.Error(err)
		}
	}
	want := strconv.Itoa((others + 1) * turnsEach)
	found, mark, err := s.Get(t.Context(), storage.Key{Kind: "session", ID: "count"})
	if err != nil || len(found) != 1 || string(found[0].Body) != want || fmt.Sprint(mark.Revision) != want {
		t.Errorf("%v at revision %d, %v; want the count %s", found, mark.Revision, err, want)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// hold takes a turn and does not decide before it is told to.
func hold(ctx context.Context, s storage.Turner) error {
	_, err := s.Turn(ctx, storage.Mark{}, func(c storage.Changes) (*storage.Batch, error) {
		fmt.Println("holding")
		_, _ = os.Stdin.Read(make([]byte, 1))
		return batch(c.Mark, session("held", `{}`)), nil
	})
	return err
}

func TestAnotherProcessHoldsTheDesk(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"decides", "dies"} {
		t.Run(end, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "desk.db")
			s := mustOpen(t, path)
			other := mustStart(t, "hold", path)
			if !other.out.Scan() {
				t.Fatal("the other process does not hold the desk")
			}
			hasty, cancel := context.WithTimeout(t.Context(), 600*time.Millisecond)
			defer cancel()
			b := batch(storage.Mark{}, session("mine", `{}`))
			if _, err := s.Commit(hasty, b); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Commit meanwhile: %v, want it to wait until its context ends", err)
			}
			if head := mustDump(t, s).Head; head.Revision != 0 {
				t.Errorf("a read meanwhile sees revision %d, want 0", head.Revision)
			}
			if end == "dies" {
				if err := other.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			} else if _, err := other.in.Write([]byte("x")); err != nil {
				t.Fatal(err)
			}
			_, err := s.Commit(t.Context(), b)
			if end == "dies" && err != nil {
				t.Errorf("Commit after the other died: %v", err)
			}
			if end == "decides" && !errors.Is(err, storage.ErrConflict) {
				t.Errorf("Commit after the other: %v, want ErrConflict", err)
			}
			_ = other.Wait()
		})
	}
}

// commitForEver tells each commit that was answered.
func commitForEver(ctx context.Context, s storage.Store) error {
	h, err := s.Scan(ctx, storage.Live, func(storage.Record) error { return nil })
	for err == nil {
		b := batch(h.Mark)
		for i := range 3 {
			b.Puts = append(b.Puts, session(fmt.Sprint(h.Revision+1, "-", i), `{}`, "line:a"))
		}
		b.Events = []storage.Event{{Seq: h.Events + 1, Body: []byte(`{}`)}}
		if h, err = s.Commit(ctx, b); err == nil {
			fmt.Println(h.Revision)
		}
	}
	return err
}

func TestKilledWhileCommitting(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "desk.db")
	acknowledged := 0
	for round := range 6 {
		p := mustStart(t, "commit", path)
		for answers := 0; answers < 5+11*round && p.out.Scan(); answers++ {
			acknowledged, _ = strconv.Atoi(p.out.Text())
		}
		if err := p.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for p.out.Scan() { // what it said until it was dead
			acknowledged, _ = strconv.Atoi(p.out.Text())
		}
		_ = p.Wait()
		s, err := sqlite.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Check(t.Context()); err != nil {
			t.Error(err)
		}
		seen := 0
		head, err := s.Scan(t.Context(), storage.All, func(storage.Record) error { seen++; return nil })
		if err != nil || head.Revision < uint64(acknowledged) || head.Revision > uint64(acknowledged)+1 {
			t.Errorf("revision %d, %v; %d was acknowledged", head.Revision, err, acknowledged)
		}
		if seen != 3*int(head.Revision) || head.Events != head.Revision {
			t.Errorf("%d records and %d events at revision %d", seen, head.Events, head.Revision)
		}
		mustClose(t, s)
	}
	if acknowledged < 100 {
		t.Errorf("only %d commits in all", acknowledged)
	}
}
