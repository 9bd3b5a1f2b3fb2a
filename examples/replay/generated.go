package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/openlines-go/openlines/queue"
)

// The generated day looks like a working day of the bank: the figures are means of its days from Sunday to Thursday in
// February 1999. Arrivals are a Poisson process by the hour, services log-normal, patience exponential.
const (
	seed = 19990210

	meanArrivals = 1700

	medianService = 107.0 // seconds
	meanService   = 176.9
	meanPatience  = 345.0

	leftShare     = 1941.0 / 33344
	phantomShare  = 278.0 / 33344
	priorityShare = 9119.0 / 33344
)

// profile is the arrivals of each hour; only its shape counts.
var profile = [24]float64{
	4.8, 1.5, 0.7, 0.2, 0.2, 0.9, 5.0, 40.8, 96.2, 109.7, 126.2, 114.5,
	95.0, 121.2, 115.9, 114.3, 117.0, 95.3, 84.1, 67.2, 59.1, 62.3, 53.5, 40.8,
}

// roster is who is there when, in hours. It follows the profile loosely, as rosters do.
var roster = [][2]int{
	{0, 8},
	{7, 15}, {7, 15}, {7, 15}, {7, 15},
	{8, 16}, {8, 16}, {8, 16},
	{14, 22}, {14, 22}, {14, 22},
	{16, 24}, {16, 24}, {16, 24},
}

// generate makes a day. It is the same for everybody: the seed is fixed, and all times are whole seconds, so that the last
// bit of a floating-point library does not show.
func generate(date time.Time) *day {
	r := rand.New(rand.NewPCG(seed, 0))
	d := &day{date: date}
	total := 0.0
	for _, mean := range profile {
		total += mean
	}
	for hour, mean := range profile {
		pause := 3600 * total / (mean * meanArrivals)
		for at := r.ExpFloat64() * pause; at < 3600; at += r.ExpFloat64() * pause {
			d.arrival(r, time.Duration(hour)*time.Hour+time.Duration(at)*time.Second)
		}
	}
	arrange(d.callers)
	for i, hours := range roster {
		id := queue.OperatorID(fmt.Sprintf("op%02d", i+1))
		d.operators = append(d.operators, id)
		d.shifts = append(d.shifts, shift{
			operator: id, from: time.Duration(hours[0]) * time.Hour, to: time.Duration(hours[1]) * time.Hour,
		})
	}
	return d
}

func (d *day) arrival(r *rand.Rand, at time.Duration) {
	d.rows++
	kind := r.Float64()
	c := caller{row: d.rows - 1, enters: at, patience: patience(r), service: service(r)}
	if r.Float64() < priorityShare {
		c.credit = credit
	}
	switch {
	case kind < leftShare:
		d.left++
	case kind < leftShare+phantomShare:
		d.phantom++
	default:
		d.callers = append(d.callers, c)
	}
}

func patience(r *rand.Rand) time.Duration { return wholeSeconds(r.ExpFloat64() * meanPatience) }

// service draws from the log-normal distribution with the bank's median and mean.
func service(r *rand.Rand) time.Duration {
	sigma := math.Sqrt(2 * math.Log(meanService/medianService))
	return wholeSeconds(medianService * math.Exp(sigma*r.NormFloat64()))
}

// wholeSeconds rounds up: nobody hangs up or is done within no time.
func wholeSeconds(s float64) time.Duration { return time.Duration(math.Ceil(s)) * time.Second }
