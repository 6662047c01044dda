package functions_test

import (
	"strings"
	"testing"
)

func TestExactSum(t *testing.T) {
	t.Parallel()
	check(t, "exact_sum", []call{
		{name: "a thousand cents", arguments: []string{"[" + strings.Repeat("0.01,", 999) + "0.01]"}, want: "10"},
		{name: "binary fractions", arguments: []string{"[1.1, 2.2]"}, want: "3.3"},
		{name: "many digits", arguments: []string{"[99999999999999999999.99999999999999999, 120.5682999999995904716]"}, want: "100000000000000000120.5682999999995904616"},
		{name: "refunds", arguments: []string{"[-0.3, 0.1, 0.2]"}, want: "0"},
		{name: "large and small", arguments: []string{"[1e100, 1e-40]"}, want: "1" + strings.Repeat("0", 100) + "." + strings.Repeat("0", 39) + "1"},
		{name: "one", arguments: []string{"[120.5682999999995904716]"}, want: "120.5682999999995904716"},
		{name: "none", arguments: []string{"[]"}, want: "0"},
		{name: "null", arguments: []string{"[1, 2, null, 4]"}, fails: "Element 2 of numbers is null", place: 0},
		{name: "too large to be written", arguments: []string{"[1, 1e700]"}, fails: "Element 1 of numbers is larger or smaller", place: 0},
		{name: "too small to be written", arguments: []string{"[1e-700]"}, fails: "Element 0 of numbers is larger or smaller", place: 0},
		{name: "large ones that cancel", arguments: []string{"[1e400, -1e400]"}, want: "0"},
		{name: "not finite", arguments: []string{`["Inf"]`}, fails: "Element 0 of numbers is not a decimal number", place: 0},
	})
}

// A sum that would be rounded on its way to Terraform is none.
func TestExactSum_tooLong(t *testing.T) {
	t.Parallel()
	check(t, "exact_sum", []call{
		{name: "150 digits", arguments: []string{"[1e100, 1e-49]"}, want: "1" + strings.Repeat("0", 100) + "." + strings.Repeat("0", 48) + "1"},
		{name: "161 digits", arguments: []string{"[1e100, 1e-60]"}, fails: "more digits than Terraform can take exactly", place: 0},
	})
}
