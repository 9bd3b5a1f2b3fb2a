// Package filestore is a sample of a store: a desk in memory, and every turn as a line at the end of a file. It passes the
// whole suite of package storagetest and the engine's own tests, and shows what a store has to do in as few lines as that
// takes. STORES.md beside package storage is the guide that goes with it.
//
// It is complete but small: one process at a time, no turns, the file is never compacted, opening reads it all, and Find
// looks at every record.
package filestore
