// Package openlines routes the conversations of a contact centre: it decides which operator gets which client, and keeps
// the queues, hours, limits, timers and texts that go with it.
//
// The host brings the channels, the screens and a database; an [Engine] brings the rest. [Open] loads a desk from a store
// and starts nothing. [Engine.Receive] takes a client's message, [Engine.As] acts as an operator, [Engine.Run] does what is
// due as time passes, and [Engine.Advance] does it when a test says so.
//
// # Nothing between your calls
//
// The engine decides when it is called, and only then. A server calls Run once, on a goroutine of its own: it fires
// deadlines, delivers messages and looks what other nodes have stored. Without Run nothing is delivered and no time-out
// happens until Advance.
//
// # Decide, store, tell
//
// Every act is decided in memory, taken back, stored, and applied once it is stored. When a method returns nil, what it did
// is in the store; if it returns an error for which [Final] is true, nothing was changed and asking again does not help.
// Any other error is worth another try, and trying again is harmless: a message is known by the channel's id of it, and any
// other act by a command id of your own ([Actor.Once]). Connectors are called after that, outside every lock, at least once
// for each message, in order within a chat. A message that its channel refuses for good, or fails to take for a day, is given up
// with an event; [Engine.DeadLetters] lists it, [Actor.RetryDelivery] sends it again. [Engine.Healthy] is for probes.
//
// # Many nodes
//
// Any number of engines may share one store. Each decides on what it has seen and stores only if nobody was faster; else it
// looks and decides again. There is no leader. A node that has to see what another has just stored asks with
// [Actor.AtLeast] and the revision that the other one reports.
//
// # Two versions
//
// Programs of two versions may share a desk, too: each writes the format of records that the desk has. [Engine.Upgrade]
// moves the desk to the newest one, once the last old program is gone; an older one gets [storage.ErrFormat] from then on.
//
// # Time
//
// All times are UTC in microseconds, read once per call. A [Clock] in [Config] stands above all; without one the system's
// clock is used, corrected by the store's if that has one. Every command first does what is due by its time, each deadline
// at its own time, so one jump of ten hours gives what six hundred of a minute give.
//
// # Rights
//
// An [Engine] acts as the host, who may do everything but speak to clients. [Engine.As] acts as an operator: members of a queue
// answer its clients without any right, and what else he may, his roles say ([Actor.PutRole], [desk.Right]); of what an act
// takes its own documentation tells. Only the host may say what clients and channels do, report leave and dismissal, deal with
// dead letters, and import. Questions take rights, too: an operator sees the open sessions that he takes part in, others by the
// right to view sessions or to read history, and lists leave out what he may not see. [Engine.AsService] acts as a program of the
// host's, by the roles that it has and no more.
//
// # Errors
//
// Branch with errors.Is on these; nothing else has a name. Refusals, for which Final is true, and nothing was changed:
//
//   - [ErrNotFound]: there is no such line, operator, chat, session, message or delivery
//   - [ErrNotConnected]: the account is connected to no line
//   - [ErrConnected]: the line has another account of this connector
//   - [ErrInactive]: the line is not active, or archived
//   - [ErrTaken]: a colleague was faster
//   - [ErrNotOffered]: the session is not offered to this operator
//   - [ErrFull]: the operator has all that his limits let him have
//   - [ErrOver]: the session, or what is done to it, is past that, or not there yet
//   - [ErrDenied]: the actor may not; errors.As gives [*Forbidden] with the right that he lacks, if one would do
//   - [ErrOnce]: the command id was used for something else
//   - [connector.ErrUnsupported]: the connector is registered without edits or deletions
//
// Worth another try, as are the other errors of package storage:
//
//   - [ErrBusy]: too many callers are waiting
//   - [ErrTooMany]: the desk has as many open sessions as it can
//   - [ErrUnknown]: it is not known whether it was stored; with the same message id or command id, trying again is harmless
//   - [ErrClosed]: this engine is closed; another one can do it
//
// And [ErrRunning]: a program calls Run twice. Five types carry more, and are Final: [*Invalid], input that is refused, names the
// field and the limit, never the value; [*Refused] is an act that the session's state does not allow; [*Forbidden] is an
// ErrDenied; [*TooSoon] tells when an act can be repeated; [*Conflict] is a change of settings that somebody else has changed
// meanwhile. So are [storage.ErrTooLarge] and [storage.ErrInvalid], of what no store can keep.
//
// # Concurrency
//
// Engine and Actor are safe for concurrent use. Callers who come at the same time share one turn at the store. A caller's
// context ends his waiting, never the turn of the others. What is given to an act is copied, and what a question answers is
// the caller's. Connectors, bots, the [Identifier] and the [Observer] are called concurrently, on goroutines of their own; one that
// panics or never returns harms nobody else.
package openlines
