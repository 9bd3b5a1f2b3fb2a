// Package sim runs several engines over one faulty store on virtual time, in one thread, from a seed.
//
// Engines are coroutines that hand over at every call of the store, so that another engine can decide and store between
// any two steps of one. The store below loses answers, loses commits, lets first attempts arrive after their retries,
// forgets history; connectors fail; engines are killed in the middle of a call and opened again; clients send the same
// message twice, to any engine. A seed gives the same run every time, so a failure is replayed by its number.
//
// While it runs and after everything has healed, the run is held to what the library promises: no command that was
// answered is lost, none is carried out twice, a chat has one open session and a session one owner, deadlines are not
// lost, messages go out in order, at least once, and loading the records gives the desk.
package sim
