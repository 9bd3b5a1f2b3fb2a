// Package postgres keeps desks in a PostgreSQL database, for any number of nodes.
//
// A schema keeps many desks: [OpenDesks] names it, [Desks.Open] a desk in it. [Open] does both in the schema "openlines".
// The pool stays the caller's. [Desks.Import] fills a desk in one piece, [Desks.Delete] removes one with all that is in it,
// and [Desks.Due] tells which have work.
//
// # The server
//
// What is opened is looked at first, and refused with a [*ServerError]: the server has version 14 or newer and encoding
// UTF8, and is no replica, which would show desks as they were; the sessions of the pool may write, wait until a commit is
// on the disk (synchronous_commit is not off) and begin with isolation READ COMMITTED. That is looked at on one session, so
// all of a pool must be alike. The pool's way to execute statements is the driver's usual one, or cache_describe, which
// prepares nothing that a pooler between them could lose. With fsync off the server loses what it confirmed when the machine
// fails; nobody looks at that.
//
// # The schema
//
// It is made if it is missing, and its tables are brought to the version of this package by numbered migrations, each in a
// transaction of its own, while other nodes wait. Nodes may start at the same time, and die or stall meanwhile. A schema of
// a newer version is refused with [storage.ErrFormat]. Only a node that migrates needs the right to create.
//
// # Turns
//
// A commit is one statement. It moves the desk's row on if the mark is right, and everything else it writes hangs on
// that row, so a loser writes nothing and takes no other lock. Isolation is READ COMMITTED: whoever finds the row
// unchanged has a snapshot that is current. Each turn leaves a row with the keys it touched, from which engines catch up
// and a repeated batch is known again; rows are dropped after an hour, the last thousand excepted.
//
// [Store.Turn] locks the row instead, for at most five seconds in which nothing is heard of the holder: then the server ends
// the transaction, and what the holder decided is refused with [storage.ErrConflict]. Nobody waits longer than ten seconds
// for a turn. A commit waits as the pool's lock_timeout says; [NewPool] sets it.
//
// The clock of the server is the clock of the desk: every head tells it.
//
// # Unknown outcomes
//
// An error of Commit is definite only if it is one of the sentinels of package storage or a [*storage.ExistsError].
// Everything else, lock time-outs and serialization failures included, says nothing about attempts of the same batch
// that are still under way: commit it again. The driver calls an end of a transaction whose answer was lost safe to try
// again (pgconn.SafeToRetry); it is not asked.
//
// # Reports
//
// Bodies are kept as text, byte for byte, and the views sessions, messages and operators show them to people, with a column
// for each field that is asked for often and the whole as jsonb. They are for reading: who writes to a table by hand breaks
// desks. Give readers the right to the views alone:
//
//	grant usage on schema openlines to reports;
//	grant select on openlines.sessions, openlines.messages, openlines.operators to reports
//
// Sessions of each line and day, and the share of those that nobody answered in time:
//
//	select line, (began at time zone 'Europe/Berlin')::date as day, count(*) as sessions,
//	       round(avg(unanswered::int), 3) as unanswered
//	from openlines.sessions
//	where desk = 'main'
//	group by line, day
//	order by line, day
//
// How many seconds clients waited for the first reply, by the operator who gave it: the median, and what nine in ten did not
// exceed:
//
//	select operator, count(*) as sessions,
//	       percentile_cont(0.5) within group (order by seconds) as median,
//	       percentile_cont(0.9) within group (order by seconds) as nine_in_ten
//	from (
//	    select distinct on (s.id) m.operator, extract(epoch from m.at - s.began) as seconds
//	    from openlines.sessions s
//	    join openlines.messages m on m.desk = s.desk and m.session = s.id and m.by = 'operator'
//	    where s.desk = 'main'
//	    order by s.id, m.number
//	) first_replies
//	group by operator
//	order by operator
//
// Who has waited longest in each line, and how many wait:
//
//	select line, count(*) as waiting, min(queued) as since
//	from openlines.sessions
//	where desk = 'main' and open and state in ('waiting', 'offered')
//	group by line
//	order by since
package postgres
