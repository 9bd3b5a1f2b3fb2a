// Package postgres keeps desks in a PostgreSQL database, for any number of nodes.
//
// One database keeps many desks; [Open] names one and creates the tables when they are missing, in the first schema of
// the search path. The pool stays the caller's. The server must be the primary: a read replica would show desks as they
// were. Version 14 or newer, encoding UTF8.
//
// # Turns
//
// A commit is one statement. It moves the desk's row on if the mark is right, and everything else it writes hangs on
// that row, so a loser writes nothing and takes no other lock. Isolation is READ COMMITTED: whoever finds the row
// unchanged has a snapshot that is current. Each turn leaves a row with the keys it touched, from which engines catch up
// and a repeated batch is known again; rows are dropped after an hour, the last thousand excepted.
//
// The clock of the server is the clock of the desk: every head tells it.
//
// # Unknown outcomes
//
// An error of Commit is definite only if it is one of the sentinels of package storage or a [*storage.ExistsError].
// Everything else, lock time-outs and serialization failures included, says nothing about attempts of the same batch
// that are still under way: commit it again.
//
// # Bodies
//
// Bodies are kept as text, so that people can read them. A body with a NUL byte or invalid UTF-8, which JSON never has,
// is refused with [storage.ErrInvalid].
package postgres
