package main

import (
	"fmt"
	"math"
	"slices"
)

// aim is a limit for a ratio or a figure.
type aim struct {
	Text     string
	Limit    float64
	Measured float64 // NaN if it was not measured
}

func (a aim) Verdict() string {
	switch {
	case math.IsNaN(a.Measured):
		return "not measured"
	case a.Measured <= a.Limit:
		return "met"
	}
	return "**not met**"
}

// linear is how much more CPU one more unit may take between the two largest
// sizes than between the smaller ones: medians of a few runs are not closer.
const linear = 1.25

// Aims judges what was measured.
func (r report) Aims() []aim {
	ratio := func(text string, limit float64, one, other string) aim {
		return aim{text, limit, r.ratio(one, other)}
	}
	aims := []aim{
		ratio("totals of 10,000 customers ÷ of one customer", 2, "totals/10000", "totals/1"),
		ratio("gate over 10,000 customers ÷ totals of them", 1.1, "gate/10000", "totals/10000"),
		ratio("gate over 10,000 customers ÷ the same by `jsondecode` of a file", 0.2, "gate/10000", "gate_file/10000"),
		ratio("gate over 10,000 customers ÷ the same by `data \"http\"` and `jsondecode`", 0.2, "gate/10000", "gate_http/10000"),
		ratio("gate over 10,000 customers, 20 % found ÷ totals of them", 1.1, "gate_many/10000", "totals/10000"),
		ratio("gate over 10,000 customers with all rules, 20 % found ÷ totals of them", 1.15, "gate_rules/10000", "totals/10000"),
		{"requests of a gate with forecasts over Azure plans − of the totals", 0, r.requests("gate_forecast/10000") - r.requests("totals/10000")},
		ratio("gate over 10,000 customers, 20 % found ÷ the same by `jsondecode` of a file", 0.2, "gate_many/10000", "gate_many_file/10000"),
		ratio("full records of 10,000 customers ÷ the same, replayed", 1.2, "records/10000", "records_replay/10000"),
		{"MB for the totals of 100,000 customers in one body of 48 MB", 3*48 + 50, r.find("totals_body/100000").Memory()},
		{"MB for the totals of 100,000 customers in pages of 500", 80, r.find("totals_pages/100000").Memory()},
		{"MB for the totals of 1,000,000 utilization records", 80, r.find("utilization/1000000").Memory()},
	}
	for _, p := range plans {
		if len(p.sizes) >= 3 {
			aims = append(aims, aim{"CPU of one more, among the most ÷ among fewer: " + p.Title, linear, r.growth(p)})
		}
	}
	for _, q := range quotas {
		aims = append(aims, r.quotaAims(q.perSecond)...)
	}
	aims = append(aims, r.exportAims()...)
	handshake, schema := math.NaN(), math.NaN()
	if len(r.Starts) == 2 {
		handshake, schema = r.Starts[0].Handshake/r.Starts[1].Handshake, r.Starts[0].Schema/r.Starts[1].Schema
	}
	return append(aims,
		aim{"start of the process ÷ the scaffolding provider's", 1.25, handshake},
		aim{"start to schema ÷ the scaffolding provider's", 1.25, schema},
	)
}

// exportAims are those of an export of the full size. They compare the fastest runs, since
// what else the machine does makes times longer only.
func (r report) exportAims() []aim {
	const speedOfTwo = 1.6
	usage, long := r.find("usage/1000000"), r.find("usage_long/5000000")
	return []aim{
		{"MB for the usage of an export of 1,000,000 rows", 100, usage.Memory()},
		{"MB for the usage of an export of 5,000,000 rows", 100, long.Memory()},
		{"usage of 1,000,000 rows ÷ inflating and tokenizing them", 1.5, usage.Fastest() / r.find("tokens/1000000").Fastest()},
		{"usage of 1,000,000 rows ÷ with one blob at a time", 1 / speedOfTwo, usage.Fastest() / r.find("usage_one/1000000").Fastest()},
		{"CPU of the usage of 5,000,000 rows ÷ 5 × of 1,000,000", linear, long.CPU() / (exportTimes * usage.CPU())},
	}
}

// find returns a result without runs, all of whose figures are NaN, if it was not
// measured.
func (r report) find(id string) *result {
	for _, p := range slices.Concat(r.Plans, r.Exports) {
		if p.id() == id {
			return p
		}
	}
	return &result{}
}

// ratio is the median of how much longer one plan took than another in the same turn:
// what slows one of them down slows the other down, too.
func (r report) ratio(one, other string) float64 {
	var ratios []float64
	others := r.find(other).Times
	for i, t := range r.find(one).Times {
		if i < len(others) {
			ratios = append(ratios, t.Seconds/others[i].Seconds)
		}
	}
	return median(ratios)
}

// requests is how many a plan makes, or NaN if it was not measured.
func (r report) requests(id string) float64 {
	found := r.find(id)
	if len(found.Times) == 0 {
		return math.NaN()
	}
	return float64(found.Requests)
}

// growth compares the CPU of one more unit between the last three sizes.
func (r report) growth(p plan) float64 {
	var found [3]*result
	for i, size := range p.sizes[len(p.sizes)-3:] {
		found[i] = r.find((&result{plan: p, Size: size}).id())
	}
	perUnit := func(small, large *result) float64 {
		return (large.CPU() - small.CPU()) / float64(large.Size-small.Size)
	}
	return perUnit(found[1], found[2]) / perUnit(found[0], found[1])
}

func (r report) quotaAims(perSecond int) []aim {
	failed, ratio := math.NaN(), math.NaN()
	for _, q := range r.Quotas {
		if q.PerSecond == perSecond && !q.http {
			failed, ratio = float64(q.Failed), q.Ratio()
		}
	}
	under := fmt.Sprintf("quota of %d a second: ", perSecond)
	return []aim{
		{under + "reads that fail", 0, failed},
		{under + "time of the plan ÷ of the quota itself", 1.1, ratio},
	}
}
