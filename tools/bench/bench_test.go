package main

import (
	"maps"
	"testing"
)

func TestSeriesOfAFamilyMustAgree(t *testing.T) {
	t.Parallel()
	b := &bench{outputs: map[string]string{}}
	gate, file, bare := &benchCase{series: series{family: "customers"}, size: 10}, &benchCase{series: series{family: "customers"}, size: 10}, &benchCase{series: series{family: "customers"}, size: 20}
	for _, test := range []struct {
		of      *benchCase
		outputs map[string]string
		fails   bool
	}{
		{gate, map[string]string{"customers": "10", "over_limit": "2"}, false},
		{file, map[string]string{"customers": "10", "over_limit": "2"}, false},
		{file, map[string]string{"over_limit": "3"}, true},
		{bare, map[string]string{"customers": "20"}, false},
		{bare, map[string]string{}, true},
	} {
		if err := b.compare(test.of, test.outputs); (err != nil) != test.fails {
			t.Errorf("%v: %v", test.outputs, err)
		}
	}
}

func TestOutputsAreReadOffAPlan(t *testing.T) {
	t.Parallel()
	const said = `data.x.all: Read complete after 0s

Changes to Outputs:
  + customers  = 10000
  + over_limit = 10
  + who        = "5feceb66ffc8"

You can apply this plan to save these new output values to the Terraform
state, without changing any real infrastructure.
╷
│ Warning: Check block assertion failed
`
	want := map[string]string{"customers": "10000", "over_limit": "10", "who": `"5feceb66ffc8"`}
	if got := outputsOf(said); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestEverySeriesHasWhatItIsComparedWith(t *testing.T) {
	t.Parallel()
	families := map[string]string{}
	for _, s := range allSeries {
		families[s.name] = s.family
		if _, err := configurations.ReadFile("configurations/" + s.configuration); err != nil {
			t.Error(err)
		}
	}
	for _, s := range allSeries {
		for _, other := range []string{s.file, s.http, s.plain} {
			if family, ok := families[other]; other != "" && (!ok || family != s.family) {
				t.Errorf("%s is compared with %q, of %q", s.name, other, family)
			}
		}
	}
}
