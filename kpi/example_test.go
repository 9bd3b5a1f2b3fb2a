package kpi_test

import (
	"fmt"
	"time"

	"github.com/openlines-go/openlines/kpi"
)

func ExampleSummarize() {
	waits := []time.Duration{5 * time.Second, 40 * time.Second, 0, 15 * time.Second}
	s := kpi.Summarize(waits)
	fmt.Println(s.N, s.Mean, s.P50, s.P90, s.Max)
	fmt.Println(kpi.Quantile(waits, 0.25))
	// Output:
	// 4 15s 10s 32.5s 40s
	// 3.75s
}

func ExampleServiceLevel() {
	contacts := []kpi.Contact{
		{Wait: 8 * time.Second, Served: true, Operator: "ann"},
		{Wait: 50 * time.Second, Served: true, Operator: "bob"},
		{Wait: 3 * time.Second},
		{Wait: 90 * time.Second},
	}
	for _, of := range []kpi.Basis{kpi.OfServed, kpi.OfOffered, kpi.OfPatient} {
		s := kpi.ServiceLevel(contacts, 20*time.Second, of)
		fmt.Printf("%s: %d of %d, %.2f\n", of, s.Part, s.Of, s.Ratio())
	}
	fmt.Println("gave up:", kpi.Abandonment(contacts).Ratio())
	// Output:
	// of-served: 1 of 2, 0.50
	// of-offered: 1 of 4, 0.25
	// of-patient: 1 of 3, 0.33
	// gave up: 0.5
}

func ExampleHandled() {
	contacts := []kpi.Contact{
		{Served: true, Operator: "ann"}, {Served: true, Operator: "ann"}, {Served: true, Operator: "ann"},
		{Served: true, Operator: "bob"}, {Served: false},
	}
	var counts []int
	for _, l := range kpi.Handled(contacts, "ann", "bob", "carl") {
		fmt.Println(l.Operator, l.Handled)
		counts = append(counts, l.Handled)
	}
	s := kpi.SpreadOf(counts)
	fmt.Printf("range %d, cv %.2f, gini %.2f\n", s.Range, s.CV, s.Gini)
	// Output:
	// ann 3
	// bob 1
	// carl 0
	// range 3, cv 0.94, gini 0.50
}

func ExampleNorms() {
	ten := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	talk := []kpi.Message{
		{At: ten, From: kpi.Client},
		{At: ten, From: kpi.Automatic}, // "one of us is with you in a moment" is no reply
		{At: ten.Add(3 * time.Minute), From: kpi.Operator},
		{At: ten.Add(10 * time.Minute), From: kpi.Client},
		{At: ten.Add(11 * time.Minute), From: kpi.Operator},
	}
	exchanges := kpi.Exchanges(talk)
	t := kpi.Responses(exchanges, nil)
	fmt.Println("initial", t.Initial, "total", t.Total, "average", t.Average, "maximum", t.Maximum)

	norms := kpi.Norms{Initial: 2 * time.Minute, Further: 5 * time.Minute}
	for _, e := range norms.Overdue(exchanges, nil, ten.Add(time.Hour)) {
		deadline, _ := norms.Deadline(e, nil)
		fmt.Println("asked", e.Asked.Format("15:04"), "overdue since", deadline.Format("15:04"))
	}
	// Output:
	// initial 3m0s total 4m0s average 2m0s maximum 3m0s
	// asked 10:00 overdue since 10:02
}
