package session

import "time"

// Response tells how long a session's client waited for replies (rules 11.11, 11.12, 11.14): from the first message without a
// reply to the next of an operator. Times are microseconds.
type Response struct {
	N       int   `json:"n"` // replies that were owed
	First   int64 `json:"first,omitempty"`
	Sum     int64 `json:"sum,omitempty"`
	Longest int64 `json:"longest,omitempty"`
}

func (r Response) after(wait time.Duration) Response {
	took := max(wait.Microseconds(), 0)
	if r.N == 0 {
		r.First = took
	}
	return Response{N: r.N + 1, First: r.First, Sum: r.Sum + took, Longest: max(r.Longest, took)}
}
