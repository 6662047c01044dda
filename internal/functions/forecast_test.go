package functions_test

import "testing"

const (
	november = `"2026-11-01T00:00:00Z"`
	december = `"2026-12-01T00:00:00Z"`
)

func TestForecast(t *testing.T) {
	t.Parallel()
	check(t, "forecast", []call{
		{name: "a third of the month", arguments: []string{"120.5682999999995904716", november, december, `"2026-11-11T00:00:00Z"`}, want: "361.7048999999987714148"},
		{name: "another offset", arguments: []string{"100", november, december, `"2026-11-10T16:00:00-08:00"`}, want: "300"},
		{name: "not even", arguments: []string{"1", november, december, `"2026-11-08T00:00:00Z"`}, want: "4.28571428571428571429"},
		{name: "a day", arguments: []string{"1", november, december, `"2026-11-02T00:00:00Z"`}, want: "30"},
		{name: "less than a day", arguments: []string{"1", november, december, `"2026-11-01T23:59:59Z"`}, want: "null"},
		{name: "before the start", arguments: []string{"1", november, december, `"2026-10-31T00:00:00Z"`}, want: "null"},
		{name: "at the end", arguments: []string{"7.25", november, december, december}, want: "7.25"},
		{name: "after the end", arguments: []string{"7.25", november, december, `"2027-01-01T00:00:00Z"`}, want: "7.25"},
		{name: "a refund", arguments: []string{"-1", november, december, `"2026-11-11T00:00:00Z"`}, want: "-3"},
		{name: "no cost", arguments: []string{"null", november, december, december}, fails: "cost is null", place: 0},
		{name: "start is a date", arguments: []string{"1", `"2026-11-01"`, december, december}, fails: `start is "2026-11-01"`, place: 1},
		{name: "end without an offset", arguments: []string{"1", november, `"2026-12-01T00:00:00"`, december}, fails: `end is "2026-12-01T00:00:00"`, place: 2},
		{name: "as_of is a word", arguments: []string{"1", november, december, `"today"`}, fails: `as_of is "today"`, place: 3},
		{name: "start with one digit", arguments: []string{"1", `"2026-11-01T0:00:00Z"`, december, december}, fails: "start is", place: 1},
		{name: "start with a comma", arguments: []string{"1", `"2026-11-01T00:00:00,5Z"`, december, december}, fails: "start is", place: 1},
		{name: "end with an offset of a day", arguments: []string{"1", november, `"2026-12-01T00:00:00+24:00"`, december}, fails: "end is", place: 2},
		{name: "as_of with 24 hours", arguments: []string{"1", november, december, `"2026-11-30T24:00:00Z"`}, fails: "as_of is", place: 3},
		{name: "two problems", arguments: []string{"1", `"yesterday"`, december, `"today"`}, fails: `as_of is "today"`, place: 1},
		{name: "end at the start", arguments: []string{"1", november, november, november}, fails: "not later than start", place: 2},
	})
}
