// Package session is pure: the life of one conversation, from the client's first message to its close.
//
// [Session] is the record, [Session.Step] the only way to move it: an [Act] and a time go in, the moved record comes
// out. The table state × act decides every cell; a cell that is not allowed is refused with [*Refused] and moves nothing.
// Deadlines are times in the record ([Session.Due]), computed from [Rules] when they begin. The package says what is to
// be said as an enum ([Text]), never the words.
//
// Who holds a session and to whom it is offered is not known here: a state tells only that somebody does.
package session
