package queue

import "time"

// Place orders those who wait: higher priority first, then the oldest wait, then the smaller id (rule 3.25, decision
// 14.14). Work that comes back keeps its Since.
//
// With Ageing, whoever waits gains one level of priority for each Ageing that he has waited, fractions included. Between
// sessions of one line this changes nothing with time, since all gain alike: a level is worth the Ageing, and who has the
// earlier Since − Priority × Ageing is first. That is why a line's queue is never sorted anew. Lines with another Ageing
// gain at another speed, so the order among them is that of an instant.
type Place struct {
	Priority int // at most MaxPriority, either sign, if there is Ageing
	Since    time.Time
	ID       int64
	Ageing   time.Duration // of the line, see [Rules.Ageing]; 0: none
}

// Before reports whether p is served before o, at any time. Both are of one line, or of lines with the same Ageing.
func (p Place) Before(o Place) bool {
	if p.Ageing > 0 {
		if a, b := p.aged(), o.aged(); a != b {
			return a < b
		}
	} else if p.Priority != o.Priority {
		return p.Priority > o.Priority
	}
	return p.older(o)
}

// BeforeAt reports whether p is served before o at an instant, whatever their lines.
func (p Place) BeforeAt(o Place, at time.Time) bool {
	if a, b := p.level(at), o.level(at); a != b {
		return a > b
	}
	return p.older(o)
}

func (p Place) older(o Place) bool {
	if !p.Since.Equal(o.Since) {
		return p.Since.Before(o.Since)
	}
	return p.ID < o.ID
}

// aged is Since − Priority × Ageing in microseconds, which fits by the limits of both.
func (p Place) aged() int64 {
	return p.Since.UnixMicro() - bounded(p.Priority)*p.Ageing.Microseconds()
}

// level is the priority with what it has gained, in millionths.
func (p Place) level(at time.Time) int64 {
	const one = 1_000_000
	level := bounded(p.Priority) * one
	if ageing := p.Ageing.Microseconds(); ageing > 0 {
		waited := at.Sub(p.Since).Microseconds()
		level += waited/ageing*one + waited%ageing*one/ageing
	}
	return level
}

func bounded(priority int) int64 { return int64(min(max(priority, -MaxPriority), MaxPriority)) }
