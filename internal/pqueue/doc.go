// Package pqueue is a priority queue whose elements are found, moved and removed by key in logarithmic time.
//
// It is deterministic as long as the order is total: two queues with the same elements give them in the same order,
// however they got there.
package pqueue
