package functions_test

import "testing"

func TestFormatMoney(t *testing.T) {
	t.Parallel()
	check(t, "format_money", []call{
		{name: "two decimals", arguments: []string{"120.5683", `"SEK"`}, want: `"120.57 SEK"`},
		{name: "none", arguments: []string{"120.5683", `"JPY"`}, want: `"121 JPY"`},
		{name: "three", arguments: []string{"120.5683", `"KWD"`}, want: `"120.568 KWD"`},
		{name: "filled up", arguments: []string{"20", `"EUR"`}, want: `"20.00 EUR"`},
		{name: "half", arguments: []string{"0.125", `"EUR"`}, want: `"0.13 EUR"`},
		{name: "just below half", arguments: []string{"0.12499999999999999999999", `"EUR"`}, want: `"0.12 EUR"`},
		{name: "half of a refund", arguments: []string{"-0.125", `"EUR"`}, want: `"-0.13 EUR"`},
		{name: "no negative zero", arguments: []string{"-0.004", `"EUR"`}, want: `"0.00 EUR"`},
		{name: "a quotient", arguments: []string{"3.3333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333333", `"EUR"`}, want: `"3.33 EUR"`},
		{name: "unknown", arguments: []string{"1", `"EUO"`}, fails: `currency_code "EUO"`, place: 1},
		{name: "small letters", arguments: []string{"1", `"eur"`}, fails: `currency_code "eur"`, place: 1},
		{name: "none at all", arguments: []string{"1", `""`}, fails: "currency_code", place: 1},
		{name: "no amount", arguments: []string{"null", `"EUR"`}, fails: "amount is null", place: 0},
	})
}
