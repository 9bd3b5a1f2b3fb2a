package main

import (
	"cmp"
	"container/heap"
	"time"

	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// kind is what happens next. At the same instant the kinds happen in this order: whoever becomes free is there for the
// client who was about to hang up, and nobody is given to an operator who goes home.
type kind int

const (
	talkEnds kind = iota
	shiftEnds
	shiftBegins
	hangsUp
	arrives
)

// step is one thing that will happen.
type step struct {
	at       time.Duration
	kind     kind
	order    int // of planning: the last tie-break
	caller   int // place in day.callers: of hangsUp and arrives
	operator queue.OperatorID
	session  session.ID // of talkEnds
}

// plan is what will happen, the next step on top. It implements [heap.Interface].
type plan struct {
	steps   []step
	planned int
}

func (p *plan) add(s step) {
	s.order = p.planned
	p.planned++
	heap.Push(p, s)
}

func (p *plan) next() step { return heap.Pop(p).(step) }

// Len is part of [heap.Interface].
func (p *plan) Len() int { return len(p.steps) }

// Less orders steps by time, kind and planning.
func (p *plan) Less(i, j int) bool {
	a, b := p.steps[i], p.steps[j]
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.kind, b.kind), cmp.Compare(a.order, b.order)) < 0
}

// Swap is part of [heap.Interface].
func (p *plan) Swap(i, j int) { p.steps[i], p.steps[j] = p.steps[j], p.steps[i] }

// Push is part of [heap.Interface].
func (p *plan) Push(s any) { p.steps = append(p.steps, s.(step)) }

// Pop is part of [heap.Interface].
func (p *plan) Pop() any {
	last := len(p.steps) - 1
	s := p.steps[last]
	p.steps = p.steps[:last]
	return s
}
