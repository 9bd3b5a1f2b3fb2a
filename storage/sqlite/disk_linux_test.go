package sqlite_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"unsafe"

	"github.com/openlines-go/openlines/storage"
	"github.com/openlines-go/openlines/storage/sqlite"
)

// apart runs f on a thread of its own, which dies with it, and with it what prepare did to the thread.
func apart(t *testing.T, prepare func() error, f func()) {
	t.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // for good: a locked thread ends with its goroutine
		err := prepare()
		if err == nil {
			f()
		}
		done <- err
	}()
	if err := <-done; err != nil {
		t.Skipf("this system does not let a test break the disk: %v", err)
	}
}

// failing makes system calls of the calling thread fail, as a broken disk does; those that write only if they write more
// than the few bytes by which the runtime of Go wakes its threads.
func failing(with syscall.Errno, calls ...uintptr) func() error {
	const (
		load, equal, greater, answer = 0x20, 0x15, 0x25, 0x06
		allow, fail                  = 0x7fff0000, 0x00050000
		number, size                 = 0, 32 // places of the call and of its third argument
	)
	type instruction struct {
		code   uint16
		jt, jf uint8
		k      uint32
	}
	program := []instruction{{code: load, k: number}}
	for _, c := range calls {
		if c == syscall.SYS_WRITE || c == syscall.SYS_PWRITE64 {
			program = append(program, instruction{equal, 0, 4, uint32(c)}, instruction{code: load, k: size},
				instruction{greater, 0, 1, 16}, instruction{code: answer, k: fail | uint32(with)}, instruction{code: answer, k: allow})
			continue
		}
		program = append(program, instruction{equal, 0, 1, uint32(c)}, instruction{code: answer, k: fail | uint32(with)})
	}
	program = append(program, instruction{code: answer, k: allow})
	return func() error {
		filter := struct {
			length  uint16
			program *instruction
		}{uint16(len(program)), &program[0]}
		const noNewPrivileges, seccomp, filterMode = 38, 22, 2
		if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, noNewPrivileges, 1, 0); errno != 0 {
			return errno
		}
		if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, seccomp, filterMode, uintptr(unsafe.Pointer(&filter))); errno != 0 {
			return errno
		}
		return nil
	}
}

// The disk says no when it is asked to confirm: the commit's outcome is unknown, and the store acknowledges nothing more,
// although the disk confirms again.
func TestTheDiskDoesNotConfirm(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "desk.db")
	s := mustOpen(t, path)
	head := mustCommit(t, s, batch(storage.Mark{}, session("1", `{}`)))
	b := batch(head.Mark, session("2", `{}`))
	apart(t, failing(syscall.EIO, syscall.SYS_FSYNC, syscall.SYS_FDATASYNC), func() {
		if _, err := s.Commit(t.Context(), b); err == nil || storage.Definite(err) {
			t.Errorf("Commit: %v, want an error that is not definite", err)
		}
	})
	for name, call := range calls(t, s) {
		if err := call(); !errors.Is(err, storage.ErrClosed) {
			t.Errorf("%s afterwards: %v, want ErrClosed", name, err)
		}
	}
	mustClose(t, s)
	s = mustOpen(t, path)
	if again := mustDump(t, s).Head; again.Mark != head.Mark && again.Mark != (storage.Mark{Revision: 2, Batch: b.ID}) {
		t.Errorf("revision %d after a restart", again.Revision)
	}
	if head, err := s.Commit(t.Context(), b); err != nil || head.Revision != 2 {
		t.Errorf("the same batch after a restart: revision %d, %v", head.Revision, err)
	}
}

// The disk is full while the log is written: nothing of the batch is there, and it goes on when there is space.
func TestTheDiskIsFull(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "desk.db")
	s := mustOpen(t, path)
	head := mustCommit(t, s, batch(storage.Mark{}, session("1", `{}`)))
	before := mustDump(t, s)
	b := batch(head.Mark)
	for i := range 100 {
		b.Puts = append(b.Puts, session(fmt.Sprint("big", i), `{}`, "line:a"))
	}
	apart(t, failing(syscall.ENOSPC, syscall.SYS_WRITE, syscall.SYS_PWRITE64, syscall.SYS_FALLOCATE, syscall.SYS_FTRUNCATE), func() {
		if _, err := s.Commit(t.Context(), b); !errors.Is(err, storage.ErrFull) {
			t.Errorf("Commit: %v, want ErrFull", err)
		}
	})
	wantOneOf(t, "after a full disk", new(mustDump(t, s)), before)
	mustCommit(t, s, b)
	mustClose(t, s)
	if head := mustDump(t, mustOpen(t, path)).Head; head.Revision != 2 {
		t.Errorf("revision %d after a restart, want 2", head.Revision)
	}
}

func TestReadOnlyFolder(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "folder")
	path := filepath.Join(folder, "desk.db")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	s := mustOpen(t, path)
	mustCommit(t, s, batch(storage.Mark{}, session("1", `{}`)))
	mustClose(t, s)
	data := mustRead(t, path)
	if err := os.Chmod(path, 0o444); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(folder, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(folder, 0o755) })
	if err := os.Chmod(filepath.Dir(filepath.Dir(folder)), 0o755); err != nil {
		t.Fatal(err)
	}
	apart(t, nobody, func() {
		for _, path := range []string{path, filepath.Join(folder, "new.db")} {
			if _, err := sqlite.Open(t.Context(), path); !errors.Is(err, fs.ErrPermission) {
				t.Errorf("Open: %v, want fs.ErrPermission", err)
			}
		}
	})
	if string(mustRead(t, path)) != string(data) {
		t.Error("the file has changed")
	}
	if list, err := os.ReadDir(folder); err != nil || len(list) != 1 {
		t.Errorf("%v in the folder, %v; want the desk alone", list, err)
	}
}

// nobody takes from the calling thread the right of root to write everywhere.
func nobody() error {
	if os.Geteuid() != 0 {
		return nil
	}
	syscall.RawSyscall(syscall.SYS_SETFSUID, 65534, 0, 0)
	if now, _, _ := syscall.RawSyscall(syscall.SYS_SETFSUID, 65534, 0, 0); now != 65534 {
		return errors.New("setfsuid has no effect")
	}
	return nil
}
