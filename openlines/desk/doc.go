// Package desk is pure: a contact centre as a state machine in memory.
//
// A [Desk] holds lines, their queues, operators, connections, chats and the sessions open in them. A [Command] and a time
// go in; changed records, events and effects come out as a [Draft]. There is no goroutine, no I/O, no clock and no
// randomness inside, so the same commands at the same times always give the same desk.
//
// # A turn
//
// [Desk.Fire] does what is due, [Desk.Do] decides a command, as often as there are commands; [Desk.Cut] takes the net
// change out as a Draft and leaves the desk as it was before. The draft is stored by whoever drives the desk, and
// [Desk.Join] applies it once it is. So the memory always equals a stored revision. What other drivers stored comes in
// through [Desk.Absorb].
//
// # Records
//
// Everything that influences a decision is in the records: loading the records of a desk into an empty one gives a desk
// that answers every question and takes every decision alike. Rows are immutable; one index function per table is the
// only place where indexes change.
//
// # Cold records
//
// What is not part of the live state (closed sessions, old messages, chats without a session) is not kept in memory. A
// command that needs such a record changes nothing and returns a [*Miss] that names the key; the driver fetches it, hands
// it over with [Desk.Pin], and the command is decided again. Absence is never believed: what is decided because a record
// is not in memory is written with Create, and a store where it exists refuses the whole batch.
//
// # Who may
//
// [By] says who decides a command. Acts of an operator ask his rights first ([Right], [Role]); these only the host may decide:
// [Receive], [ClientEdits], [ClientDeletes], [ClientOpens], [ClientLeaves], [ClientRates], [Receipts], [Outcome], [RetryDelivery],
// [DropDelivery], [Resume], [Forget].
//
// # Errors
//
// Refusals are the sentinels of this package, [*Invalid], [*Forbidden] and [*session.Refused]; package openlines lists them all.
// ErrMoved and *Miss are for the driver: look again, and decide again. The desk is not safe for concurrent use.
package desk
