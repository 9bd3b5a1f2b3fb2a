// Replay drives a day of a call centre through an engine on virtual time and prints how it went: a day of the bank data of
// the Technion SEELab, "Anonymous Bank", or, without data, a generated day that looks like one.
//
//	go run ./examples/replay
//	go run ./examples/replay -data FILE -day 990210 -mode strictly
//	go run ./examples/replay -operators 9 -limit 2 -json
//
// Every caller is a client who writes one message; the operator who is offered him answers at once and finishes when the
// recorded service is over. With a limit above 1 an operator talks with several at a time, each as long as alone. In mode
// all the operator who has been idle longest takes the call. A recorded caller who was served never gives up, since nobody
// knows how patient he was; if he still waits when the last operator has gone for the day, he hangs up then.
//
// The same input gives the same output, byte by byte; the time it took goes to standard error.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/openlines-go/openlines/queue"
)

func main() {
	began := time.Now()
	code := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr)
	if code == 0 {
		fmt.Fprintf(os.Stderr, "replayed in %.1f s\n", time.Since(began).Seconds())
	}
	os.Exit(code)
}

// order is the command line.
type order struct {
	setting
	data      string
	date      string
	operators int
	gap       time.Duration
	json      bool
}

// run does what the command line says and returns the exit code: 1 if the replay failed, 2 if the command line is wrong.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, err)
		return 2
	}
	if err := o.carryOut(ctx, stdout); err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

func parse(args []string, stderr io.Writer) (*order, error) {
	o := &order{}
	flags := flag.NewFlagSet("replay", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.data, "data", "",
		"`file` of the bank data of the Technion SEELab, Anonymous Bank; without it a day is generated")
	flags.StringVar(&o.date, "day", "990210", "`date` to replay, YYMMDD; it dates the generated day, too")
	mode := flags.String("mode", string(queue.Evenly), "how calls are distributed: evenly, strictly, all, round-robin or least-loaded")
	flags.IntVar(&o.limit, "limit", 1, "`sessions` that an operator has at a time; 0: no limit")
	flags.IntVar(&o.operators, "operators", 0, "`number` of operators present all day; 0: those of the day, in their shifts")
	flags.DurationVar(&o.gap, "g", 300*time.Second, "`pause` between two services from which on a bank operator counts as away")
	flags.BoolVar(&o.json, "json", false, "print one JSON object")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, err
		}
		return nil, fmt.Errorf("replay: read flags: %w", err)
	}
	o.mode = queue.Mode(*mode)
	switch {
	case flags.NArg() > 0:
		return nil, fmt.Errorf("replay: read flags: %q is no flag", flags.Arg(0))
	case !slices.Contains([]queue.Mode{queue.Evenly, queue.Strictly, queue.All, queue.RoundRobin, queue.LeastLoaded}, o.mode):
		return nil, fmt.Errorf("replay: read flags: -mode %q: want evenly, strictly, all, round-robin or least-loaded", o.mode)
	case o.limit < 0 || o.limit > queue.MaxLimit:
		return nil, fmt.Errorf("replay: read flags: -limit %d: want 0 to %d", o.limit, queue.MaxLimit)
	case o.operators < 0 || o.operators > maxOperators:
		return nil, fmt.Errorf("replay: read flags: -operators %d: want 0 to %d", o.operators, maxOperators)
	case o.gap < 0:
		return nil, fmt.Errorf("replay: read flags: -g %v: want no less than 0", o.gap)
	}
	return o, nil
}

// maxOperators is more than any day has callers.
const maxOperators = 10_000

func (o *order) carryOut(ctx context.Context, stdout io.Writer) error {
	d, err := o.load()
	if err != nil {
		return err
	}
	if o.operators > 0 {
		d.employ(o.operators)
	}
	told, err := drive(ctx, d, o.setting)
	if err != nil {
		return err
	}
	r, err := fold(d, o.setting, told)
	if err != nil {
		return err
	}
	if !o.json {
		return r.print(stdout)
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("replay: write the report: %w", err)
	}
	_, err = stdout.Write(append(text, '\n'))
	return err
}

func (o *order) load() (*day, error) {
	if o.data == "" {
		date, err := time.Parse("060102", o.date)
		if err != nil {
			return nil, fmt.Errorf("replay: generate a day: day %q: want YYMMDD", o.date)
		}
		return generate(date), nil
	}
	file, err := os.Open(o.data)
	if err != nil {
		return nil, fmt.Errorf("replay: read bank data: %w", err)
	}
	defer func() { _ = file.Close() }() // it was only read
	return readBank(file, o.date, o.gap)
}
