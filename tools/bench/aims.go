package main

import "math"

// aim is a limit for a ratio, or for memory.
type aim struct {
	Text     string
	Limit    float64
	Measured float64 // not a number if it was not
	CPU      float64 // the same of the computing time, which is not judged
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

// steady is how much more one more unit may take between the two largest sizes
// than between the smaller ones, to count as linear: medians of a few runs are
// not closer.
const steady = 1.25

// aims judges the results.
func aims(r results, starts []start) []aim {
	// The aims are of this many customers.
	const many = 10_000
	between := func(text string, limit float64, series, other string, size int) aim {
		a, b := r.find(series, many), r.find(other, size)
		return aim{text, limit, a.over(b), a.cpuOver(b)}
	}
	list := []aim{
		between("totals of 10,000 customers ÷ of one customer", 2, "totals", "totals", 1),
		between("gate over 10,000 customers ÷ the same by `jsondecode` of a file", 0.2, "gate", "jsondecode_file", many),
		between("gate over 10,000 customers ÷ the same by `data \"http\"` and `jsondecode`", 0.2, "gate", "jsondecode_http", many),
		between("gate over 10,000 customers, 10 findings ÷ totals of them", 1.1, "gate", "totals", many),
		between("gate over 10,000 customers, 20 % found ÷ totals of them", 1.1, "gate_many", "totals", many),
		between("gate over 10,000 customers, 20 % found ÷ the same by `jsondecode` of a file", 0.2, "gate_many", "jsondecode_file_many", many),
		between("gate over 10,000 customers, 20 % found ÷ from the bare server", 1.2, "gate_many", "gate_many_bare", many),
		between("full records of 10,000 customers ÷ from the bare server that encodes", 1.2, "records", "records_encoded", many),
		between("full records of 10,000 customers ÷ from the bare server", 1.2, "records", "records_bare", many),
	}
	handshake, schema := math.NaN(), math.NaN()
	if len(starts) == 2 {
		handshake, schema = ratio(starts[0].Handshake, starts[1].Handshake), ratio(starts[0].Schema, starts[1].Schema)
	}
	list = append(list,
		aim{"start of the process ÷ the scaffolding provider's", 1.25, handshake, math.NaN()},
		aim{"start to schema ÷ the scaffolding provider's", 1.25, schema, math.NaN()},
	)
	const most = 100_000
	list = append(list,
		aim{"MB of the provider for the totals of 100,000 customers in one body of 48 MB", 3*48 + 50, r.find("totals_body", most).providerMemory(), math.NaN()},
		aim{"MB of the provider for the totals of 100,000 customers in pages of 500", 80, r.find("totals_pages", most).providerMemory(), math.NaN()},
	)
	for _, g := range growths(r) {
		if g.Ours {
			list = append(list, aim{"linear: " + g.Title + ", CPU of one more among the most ÷ among fewer", steady, g.Ratio, g.Ratio})
		}
	}
	return list
}

// growth is how the computing time of one more unit changes with the size.
type growth struct {
	Title         string
	Ours          bool
	Sizes         [3]int
	First, Second float64 // microseconds a unit, between the sizes
	Ratio         float64
}

// growths are those of the series with three sizes or more, of their last three.
func growths(r results) []growth {
	var all []growth
	for _, s := range allSeries {
		n := len(s.sizes)
		if n < 3 {
			continue
		}
		sizes := [3]int(s.sizes[n-3:])
		small, middle, large := r.find(s.name, sizes[0]), r.find(s.name, sizes[1]), r.find(s.name, sizes[2])
		first, second := perUnit(small, middle), perUnit(middle, large)
		if math.IsNaN(first) || math.IsNaN(second) {
			continue
		}
		all = append(all, growth{s.title, !s.rival, sizes, first * 1e6, second * 1e6, second / first})
	}
	return all
}
