// Package sqlite keeps a desk in one file, for programs that want nothing to run beside them. It is written in Go alone.
//
// The file is a SQLite database that people can read: tables desk, record, term, event and turn, and the views sessions,
// messages and operators. While it is open, a log (-wal) and an index of it (-shm) stand beside it; they belong to it.
//
// # Turns
//
// A commit is one transaction. It takes the file's write lock, compares the mark, writes, and is answered when the log is on
// the disk. Nothing of the desk is kept in memory, so any number of stores, in one process or in several on the same
// machine, may share a file: they take turns as nodes do at a database. Who waits longer than ten seconds for the lock gets
// an error that is not definite. A process that is stopped while it writes stops the others' writing, not their reading; one
// that dies does not. The file must be on a local disk: the log needs memory that processes share.
//
// Reads never wait for writers nor make them wait. They see every commit that was answered before they began.
//
// # Unknown outcomes
//
// An error of Commit is definite only if it is one of the sentinels of package storage or a [*storage.ExistsError]. A full
// disk is [storage.ErrFull], and nothing was written. When the disk fails to confirm a write, the outcome of that commit is
// unknown and the store ends: every later call is refused with [storage.ErrClosed]. Open the file again to learn what it
// kept.
//
// # Damage
//
// Each row carries a sum, which every read compares, so what is read is what was written or [storage.ErrCorrupt]. A
// file of up to 16 MiB is checked whole when it is opened, which takes about half a second; a larger one in its header
// and head alone, since reading all of it would make every start slow: call [Store.Check] at times. If the end of the
// log is damaged, the desk is that of an earlier revision, as after a loss of power on a disk that lies. A file that
// lost all its bytes, log and all, is a new file. Nothing that is refused is changed: it can still be looked into or
// repaired.
//
// Do not copy the file while it is open; [Store.Backup] does that. Do not open it with anything but SQLite in the process
// that has a store of it: closing it would take the locks from the store.
package sqlite
