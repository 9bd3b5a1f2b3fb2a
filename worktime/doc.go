// Package worktime is pure: it tells from data and an instant whether a line
// is open and whether an operator is available. It reads no clock, starts no
// goroutine, and does no I/O but loading a time zone.
//
// # Working hours
//
// [Hours] is configuration: a zone, a week, holidays and dated exceptions, the
// same in Go and in JSON. [Hours.Calendar] compiles it once; a [Calendar] then
// answers: is it open, when does it open and close, when is an amount of open
// time over, how much open time lies between two instants.
//
// # Local time
//
// An interval is the set of instants whose local reading, date and time of
// day, lies in it, its start included and its end not. All else follows:
//
//   - An interval over the hour that a fall back repeats is open in both passes.
//   - One that lies in the gap of a spring forward does not happen that day,
//     and on a date that a zone skipped nothing happens at all.
//   - 24:00 is the end of the local day, wherever the zone puts it; a day of 23
//     or 25 hours counts as such. Durations are elapsed time, never wall time.
//
// An interval belongs to the date on which it starts. "22:00-06:00" is one
// shift that ends on the next morning (rule 7.15): a holiday takes away the
// shifts that start on it, and leaves the one that runs into it.
//
// # Availability
//
// [Facts] is what a host has reported about one operator, [Presence] how long
// each fact holds (rules 4.3 to 4.12). [Presence.Available] joins the two at an
// instant, and says until when the answer holds without a new fact.
//
// # Zones
//
// Zones are the names of the IANA database and are found as
// [time.LoadLocation] finds them: a program that may run where there is no such
// database imports time/tzdata.
package worktime
