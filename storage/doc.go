// Package storage is the contract between a desk and the place that keeps it.
//
// A store keeps records, a feed of events, and one number, the revision, that every commit moves on by one. It knows
// nothing of lines, chats or sessions. All writing goes through [Store.Commit]; there is no other way to change a desk.
// One Store keeps one desk; a place that keeps many is a [Desks].
//
// # Records
//
// A [Record] is the current truth about one thing: a line, an operator, a chat, a session, a message. Its body is JSON
// that the store gives back byte for byte and never looks into. Open records are the live state, which an engine loads
// at its start ([Scan] of [Live]); the others are cold and read by key ([Store.Get]) or by term ([Store.Find]).
//
// # Turns
//
// A [Batch] is everything one turn changes: it is stored whole or not at all. It names the [Mark] it was decided on, and
// a store whose desk stands elsewhere refuses it ([ErrConflict]). Two engines can therefore decide at the same time, on
// different machines, and only one of them wins; the other reads what happened ([Store.Changes]) and decides again.
//
// # Unknown outcomes
//
// A commit can fail without anyone knowing whether it was stored: the answer was lost. The only safe reaction is to
// commit the same batch again, as often as it takes. Commit is idempotent for that: if the desk's history already has
// the batch right after the mark it expects, it writes nothing and reports success. Looking for the batch and then
// deciding anew doubles commands when the first attempt arrives late.
//
// # Absence
//
// A decision that rests on something not being there (a new message, a new chat) is written with [Put.Create]: a taken
// key refuses the whole batch with [*ExistsError]. Uniqueness therefore holds in the store, and a new message costs no
// read.
//
// # Moving
//
// A store that is an [Importer] takes a whole desk in, in one piece: from package dump, which writes a desk as lines of JSON,
// or from wherever the sequences come. The desk keeps its mark, its events and its format. So it can leave any store for
// any other, and its history goes on there.
//
// # Formats
//
// The head names the format of the bodies, which the store does not look into either. A desk goes on in the format that it
// has until somebody commits a batch of a newer one; from then on batches of older formats are refused ([ErrFormat]). So
// programs of two versions can share a desk until the last old one has been replaced.
//
// # For those who write a store
//
// STORES.md in this directory is the guide, examples/filestore the sample. Implement [Store]; run the cases of package
// storagetest against it. Call [Batch.Validate] first in Commit, so that all
// stores refuse the same batches. Keep the turns of at least an hour and at least the last [KeptTurns], so that engines
// can catch up and a batch can be committed again. Cut nothing: times come in UTC with microseconds, bodies go out as
// they came in. Never answer success before the batch is as durable as the store promises to be.
package storage
