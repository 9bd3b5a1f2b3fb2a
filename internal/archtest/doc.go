// Package archtest holds the tests that keep the shape of this repository: who may import whom, which packages are
// pure, where the clock is read, how long a file may be and what a package may be called. It has no code of its own.
//
// The rules are functions over an [io/fs.FS], so the same rules that judge the repository are tested on small broken
// trees. The files are parsed in the test itself: what a child process such as go list reads is unknown to the test
// cache, and a forbidden import would pass as "(cached)".
//
// A new package starts in the list allowed. Adding it is a decision about the design, so it belongs into the same change
// as the page of ARCHITECTURE.md that tells about it.
package archtest
