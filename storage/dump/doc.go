// Package dump writes a desk as lines of JSON, and reads them into an empty desk: to move from one store to another, to keep
// a copy that outlives all of them, to look at what there is with the tools for text.
//
//	{"openlines":"desk","version":1,"revision":7,"batch":"4f…","events":2,"due":"2026-03-02T09:00:45Z","format":1}
//	{"record":"line","id":"support","open":true,"at":"2026-03-02T09:00:00Z","body":{"id":"support"}}
//	{"record":"session","id":"1","open":true,"at":"2026-03-02T09:00:00Z","terms":["line:support"],"body":{"id":1}}
//	{"event":1,"body":{"seq":1,"type":"line-put"}}
//	{"event":2,"body":{"seq":2,"type":"started"}}
//	{"records":2,"events":2,"sha256":"9b…"}
//
// The first line is where the desk stands. Records follow in key order, then events; those before the first were trimmed. The
// last line counts both and has the SHA-256 of all that stands before it. A body that is JSON in one line stands there as it
// is, byte for byte; any other is a string under the name text. There is one way to write each line, and no other is read.
//
// [Write] and [Read] need as much memory for a desk of any size. What is read is refused whole, with nothing left in the
// store, if it ends too soon, goes on too long, or is not what was written in a single byte. The sum is no signature: it does
// not hold against somebody who makes a new one. A dump has all that the desk knows about clients; keep it as you keep the
// desk.
package dump
