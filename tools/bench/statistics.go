package main

import (
	"math"
	"slices"
)

// sample is one run.
type sample struct {
	seconds float64
	cpu     float64
	memory  memory
}

// result is what was measured of a case, in the order of the runs.
type result struct {
	series

	size    int
	samples []sample
}

type results []result

func (r results) find(series string, size int) *result {
	for i := range r {
		if r[i].name == series && r[i].size == size {
			return &r[i]
		}
	}
	return nil
}

func (r *result) seconds() []float64 {
	return r.each(func(s sample) float64 { return s.seconds })
}

func (r *result) cpu() []float64 {
	return r.each(func(s sample) float64 { return s.cpu })
}

func (r *result) each(figure func(sample) float64) []float64 {
	figures := make([]float64, len(r.samples))
	for i, s := range r.samples {
		figures[i] = figure(s)
	}
	return figures
}

func (r *result) median() float64 { return median(r.seconds()) }

// peak is the highest memory of all runs.
func (r *result) peak() memory {
	var peak memory
	for _, s := range r.samples {
		peak.terraform = max(peak.terraform, s.memory.terraform)
		peak.provider = max(peak.provider, s.memory.provider)
	}
	return peak
}

// providerMemory is not a number if it was not measured.
func (r *result) providerMemory() float64 {
	if r == nil || r.peak().provider == 0 {
		return math.NaN()
	}
	return r.peak().provider
}

// median is not a number without values.
func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// ratio is the median of the ratios within each run: what slows a run down slows
// both down. It is not a number where either was not measured.
func ratio(one, other []float64) float64 {
	ratios := make([]float64, min(len(one), len(other)))
	for i := range ratios {
		ratios[i] = one[i] / other[i]
	}
	return median(ratios)
}

func (r *result) over(other *result) float64 {
	if r == nil || other == nil {
		return math.NaN()
	}
	return ratio(r.seconds(), other.seconds())
}

func (r *result) cpuOver(other *result) float64 {
	if r == nil || other == nil {
		return math.NaN()
	}
	return ratio(r.cpu(), other.cpu())
}

// perUnit is the computing time of one more unit between two sizes, in seconds.
func perUnit(small, large *result) float64 {
	if small == nil || large == nil {
		return math.NaN()
	}
	return (median(large.cpu()) - median(small.cpu())) / float64(large.size-small.size)
}
