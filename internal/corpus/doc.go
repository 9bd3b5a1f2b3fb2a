// Package corpus is hostile input as data: what a channel, a host, a clock or a browser may hand over, and what has to come
// of it, in files of one JSON object per line.
//
// An [Entry] belongs to one of 160 categories and is input for one decoder (What, In, Want), or names the tests that do what
// the category asks for (Tests), or says why the category is none of this library's (Why). Strings of the input are
// expressions ([Bytes]), so that a line can hold bytes that are no text, and a megabyte, without being either.
//
// The sections are payloads (1–26), contents of messages (27–62), sequences and races (63–86), ids (87–112), time (113–138)
// and configuration (139–160). Package openlinestest runs the entries through decoders, desk and store.
package corpus
