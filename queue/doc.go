// Package queue is pure: it decides which operator of a line is asked next, and nothing else.
//
// [Rules] is what an administrator sets: the members in order, the [Mode], how long an offer lasts, the limit. [Queue] is
// the line's members at work: who is free, when each was last asked or answered, and how many sessions he has. It knows members
// by id, with a free bit, a stamp and a load that its owner keeps; it knows neither working time nor conversations. [Place] is the order in which
// those who wait are served.
//
// Choosing costs O(log n) for n members, setting a member as well, so a line of 100,000 operators routes like one of ten.
// Nothing is random: the same members, bits and stamps give the same choice.
package queue
