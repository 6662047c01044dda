package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

type bench struct {
	settings

	directory string
	// emulators are those that run, by their flags.
	emulators map[string]*emulator
	// outputs are the first ones of each question at each size.
	outputs map[string]string
}

// result is what was measured of a plan at one size.
type result struct {
	plan

	Size     int
	Requests int // of the last run, those to sign in included
	Times    []runTime
}

func (r *result) id() string { return fmt.Sprintf("%s/%d", r.name, r.Size) }

// runTime is what one run took: seconds by the clock, seconds of CPU of
// Terraform and its providers, and MB of the largest of them.
type runTime struct{ Seconds, CPU, Memory float64 }

func (r *result) Seconds() float64 { return r.median(func(t runTime) float64 { return t.Seconds }) }
func (r *result) CPU() float64     { return r.median(func(t runTime) float64 { return t.CPU }) }
func (r *result) Memory() float64  { return r.median(func(t runTime) float64 { return t.Memory }) }

// Fastest is the least seconds of all runs.
func (r *result) Fastest() float64 {
	fastest := math.NaN()
	for i, t := range r.Times {
		if i == 0 || t.Seconds < fastest {
			fastest = t.Seconds
		}
	}
	return fastest
}

func (r *result) median(figure func(runTime) float64) float64 {
	figures := make([]float64, len(r.Times))
	for i, t := range r.Times {
		figures[i] = figure(t)
	}
	return median(figures)
}

// median returns NaN without figures.
func median(figures []float64) float64 {
	if len(figures) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(figures))
	return sorted[len(sorted)/2]
}

// rounds are how often a short plan is run in each turn.
const rounds = 10

// isShort reports whether a plan takes so little time that what else the machine does
// is much of it.
func (r *result) isShort() bool { return r.Fastest() < 1 }

// measurePlans runs all plans in turn, again and again, so that what else the
// machine does slows all of them down. The first turn does not count.
func (b *bench) measurePlans(ctx context.Context) ([]*result, error) {
	var results []*result
	var workspaces []*workspace
	for _, p := range plans {
		for _, size := range p.sizes {
			r := &result{plan: p, Size: size}
			if !b.cases.MatchString(r.id()) || p.variant == withHTTP && b.httpProvider == "" {
				continue
			}
			w, err := b.prepare(ctx, p, size)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", r.id(), err)
			}
			results, workspaces = append(results, r), append(workspaces, w)
		}
	}
	for turn := range b.runs + 1 {
		for round := range rounds {
			for i, r := range results {
				if round > 0 && (b.runs == 1 || !r.isShort()) {
					continue
				}
				fmt.Fprintf(os.Stderr, "run %d of %d: %s\n", turn, b.runs, r.id())
				run, err := b.measurePlan(ctx, workspaces[i], r)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", r.id(), err)
				}
				if turn > 0 {
					r.Times = append(r.Times, run)
				}
			}
		}
	}
	return results, nil
}

func (b *bench) measurePlan(ctx context.Context, w *workspace, r *result) (runTime, error) {
	before, err := w.emulator.requests(ctx)
	if err != nil {
		return runTime{}, err
	}
	o, err := w.plan(ctx)
	if err != nil {
		return runTime{}, err
	}
	after, err := w.emulator.requests(ctx)
	if err != nil {
		return runTime{}, err
	}
	r.Requests = after - before
	return o.runTime, b.compareOutputs(r, outputsOf(o.text))
}

// prepare makes the workspace of a plan.
func (b *bench) prepare(ctx context.Context, p plan, size int) (*workspace, error) {
	e, err := b.emulator(ctx, p.emulator(size)...)
	if err != nil {
		return nil, err
	}
	w, err := b.newWorkspace(p.configuration, e)
	if err != nil {
		return nil, err
	}
	if p.limit > 0 {
		w.variables["limit"] = p.limit
	}
	switch p.variant {
	case withProvider:
	case withReplay:
		w.provider = filepath.Join(b.bin, "replay")
	case withFile:
		if err := e.save(ctx, "/v1/customers/usagerecords", filepath.Join(w.directory, "response.json")); err != nil {
			return nil, err
		}
	case withHTTP:
		w.variables["endpoint"], w.variables["token"] = e.variables["PARTNERCENTER_ENDPOINT"], e.token
	}
	return w, w.finish()
}

// compareOutputs fails unless the plans of a question have the same outputs.
func (b *bench) compareOutputs(r *result, outputs map[string]string) error {
	if len(outputs) == 0 {
		return errors.New("the plan has no outputs")
	}
	for name, value := range outputs {
		key := fmt.Sprintf("%s, %d: %s", r.question, r.Size, name)
		if first, ok := b.outputs[key]; ok && first != value {
			return fmt.Errorf("%s is %s, and was %s before", key, value, first)
		}
		b.outputs[key] = value
	}
	return nil
}

// emulator returns the emulator with these flags, and starts it if need be.
func (b *bench) emulator(ctx context.Context, flags ...string) (*emulator, error) {
	key := strings.Join(flags, " ")
	if b.emulators[key] == nil {
		e, err := startEmulator(ctx, b.program("partnercenter"), append([]string{"emulator", "-latency", b.latency.String()}, flags...)...)
		if err != nil {
			return nil, err
		}
		b.emulators[key] = e
	}
	return b.emulators[key], nil
}

func (b *bench) stopEmulators() {
	for _, e := range b.emulators {
		e.stop()
	}
	clear(b.emulators)
}
