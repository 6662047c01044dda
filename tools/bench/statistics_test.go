package main

import (
	"math"
	"testing"
)

func TestMedian(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		values []float64
		want   float64
	}{
		{[]float64{3}, 3},
		{[]float64{9, 1, 2}, 2},
		{[]float64{4, 1, 2, 100}, 3},
	} {
		if got := median(test.values); got != test.want {
			t.Errorf("median(%v) = %v, want %v", test.values, got, test.want)
		}
	}
	if got := median(nil); !math.IsNaN(got) {
		t.Errorf("median of nothing is %v", got)
	}
}

func TestRatiosAreWithinARun(t *testing.T) {
	t.Parallel()
	// The second run was slow for both, the third was of one only.
	one, other := measured("totals", 1, 2, 20, 7), measured("empty", 0, 1, 10)
	if got := one.over(other); got != 2 {
		t.Errorf("ratio %v, want 2", got)
	}
	if got := one.over(nil); !math.IsNaN(got) {
		t.Errorf("ratio to nothing is %v", got)
	}
	if got := (*result)(nil).over(one); !math.IsNaN(got) {
		t.Errorf("ratio of nothing is %v", got)
	}
}

func TestPerUnitLeavesTheFixedCostOut(t *testing.T) {
	t.Parallel()
	if got := perUnit(measured("totals", 1_000, 3), measured("totals", 11_000, 5)); got != 0.0001 {
		t.Errorf("%v s a customer, want 0.0001", got)
	}
}

// measured is a result with these seconds, half of them computing.
func measured(name string, size int, seconds ...float64) *result {
	r := &result{size: size}
	for _, s := range allSeries {
		if s.name == name {
			r.series = s
		}
	}
	for _, s := range seconds {
		r.samples = append(r.samples, sample{seconds: s, cpu: s / 2})
	}
	return r
}
