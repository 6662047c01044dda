package functions_test

import "testing"

func TestPercentUsed(t *testing.T) {
	t.Parallel()
	check(t, "percent_used", []call{
		{name: "over", arguments: []string{"120.5682999999995904716", "20"}, want: "602.84"},
		{name: "half a hundredth", arguments: []string{"0.00005", "1"}, want: "0.01"},
		{name: "just below", arguments: []string{"0.00004999999999999999999", "1"}, want: "0"},
		{name: "half of a refund", arguments: []string{"-0.00005", "1"}, want: "-0.01"},
		{name: "nothing", arguments: []string{"0", "100"}, want: "0"},
		{name: "budget of 0", arguments: []string{"1", "0"}, want: "null"},
		{name: "budget below 0", arguments: []string{"50", "-100"}, want: "null"},
		{name: "no end of digits", arguments: []string{"1e700", "1"}, fails: "cost is larger or smaller", place: 0},
		{name: "no budget", arguments: []string{"1", "null"}, want: "null"},
		{name: "no cost", arguments: []string{"null", "1"}, fails: "cost is null", place: 0},
	})
}
