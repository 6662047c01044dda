package main

import (
	"maps"
	"math"
	"strings"
	"testing"
	"time"
)

func TestPlansOfAQuestionMustAgree(t *testing.T) {
	t.Parallel()
	b := &bench{outputs: map[string]string{}}
	small, large := &result{plan: plan{question: "usage"}, Size: 10}, &result{plan: plan{question: "usage"}, Size: 20}
	for _, test := range []struct {
		result  *result
		outputs map[string]string
		fails   bool
	}{
		{small, map[string]string{"customers": "10", "over_limit": "2"}, false},
		{small, map[string]string{"customers": "10", "over_limit": "2"}, false},
		{small, map[string]string{"over_limit": "3"}, true},
		{large, map[string]string{"customers": "20"}, false},
		{large, map[string]string{}, true},
	} {
		if err := b.compareOutputs(test.result, test.outputs); (err != nil) != test.fails {
			t.Errorf("%v: %v", test.outputs, err)
		}
	}
}

func TestOutputsAreReadFromThePlan(t *testing.T) {
	t.Parallel()
	const text = `data.x.all: Read complete after 0s

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
	if got := outputsOf(text); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestReadsOfAnExportMustAgree(t *testing.T) {
	t.Parallel()
	b := &bench{outputs: map[string]string{}}
	small, large := &result{Size: 10}, &result{Size: 50}
	for _, test := range []struct {
		result *result
		found  string
		fails  bool
	}{
		{small, "10 rows, 1.5 EUR", false},
		{small, "10 rows, 1.5 EUR", false},
		{small, "10 rows, 1.6 EUR", true},
		{small, "9 rows, 1.5 EUR", true},
		{small, "10 rows", false}, // It adds nothing up.
		{small, "", true},
		{large, "50 rows, 7.5 EUR", false},
	} {
		if err := b.compareExport(test.result, test.found); (err != nil) != test.fails {
			t.Errorf("%q: %v", test.found, err)
		}
	}
}

// example has ratios of 1.5 and 0.25, growth of 1.35, and one failed read.
func example() report {
	return report{
		Date: "2026-11-20", System: "2 cores", Terraform: "1.11.4", Revision: "dev", Latency: 20 * time.Millisecond,
		Plans: []*result{
			measured("totals", 1, 0.2, 0.2, 0.2),
			measured("totals", 1_000, 0.2, 0.2, 0.2),
			measured("totals", 10_000, 0.3, 3, 0.3),
			measured("totals", 50_000, 0.9),
			measured("gate", 10_000, 0.3, 0.3, 0.33),
			measured("gate_file", 10_000, 1.2, 1.2, 1.2),
			measured("gate_forecast", 10_000, 0.3),
		},
		Quotas: []quotaResult{{Title: "ours", PerSecond: 4, Requests: 300, Failed: 1, Seconds: 72.5}, {Title: "theirs", PerSecond: 4, Requests: 300, Failed: 50, Seconds: 145, http: true}},
		Exports: []*result{
			{plan: plan{name: "usage", Title: "usage"}, Size: 1_000_000, Times: []runTime{{Seconds: 3, CPU: 6, Memory: 60}, {Seconds: 2, CPU: 6, Memory: 60}, {Seconds: 3, CPU: 6, Memory: 60}}},
			{plan: plan{name: "usage_one"}, Size: 1_000_000, Times: []runTime{{Seconds: 4, CPU: 5, Memory: 60}}},
			{plan: plan{name: "tokens"}, Size: 1_000_000, Times: []runTime{{Seconds: 4, CPU: 8, Memory: 60}}},
			{plan: plan{name: "usage_long"}, Size: 5_000_000, Times: []runTime{{Seconds: 15, CPU: 33, Memory: 101}}},
		},
		Starts: []startResult{{"ours", 11, 20}, {"theirs", 11, 10}},
	}
}

// measured is a result with these seconds, half of them CPU.
func measured(name string, size int, seconds ...float64) *result {
	r := &result{Size: size, Requests: 2}
	for _, p := range plans {
		if p.name == name {
			r.plan = p
		}
	}
	for _, s := range seconds {
		r.Times = append(r.Times, runTime{Seconds: s, CPU: s / 2, Memory: 60})
	}
	return r
}

func TestAims(t *testing.T) {
	t.Parallel()
	verdicts := map[string]string{}
	for _, a := range example().Aims() {
		verdicts[a.Text] = number(a.Measured) + " " + a.Verdict()
	}
	for text, want := range map[string]string{
		"totals of 10,000 customers ÷ of one customer":                                     "1.50 met",
		"gate over 10,000 customers ÷ the same by `jsondecode` of a file":                  "0.25 **not met**",
		"gate over 10,000 customers ÷ the same by `data \"http\"` and `jsondecode`":        "– not measured",
		"MB for the totals of 1,000,000 utilization records":                               "– not measured",
		"CPU of one more, among the most ÷ among fewer: totals, `include_records = false`": "1.35 **not met**",
		"requests of a gate with forecasts over Azure plans − of the totals":               "0.00 met",
		"quota of 4 a second: reads that fail":                                             "1.00 **not met**",
		"quota of 4 a second: time of the plan ÷ of the quota itself":                      "1.00 met",
		"quota of 1 a second: reads that fail":                                             "– not measured",
		"MB for the usage of an export of 1,000,000 rows":                                  "60.0 met",
		"MB for the usage of an export of 5,000,000 rows":                                  "101.0 **not met**",
		"usage of 1,000,000 rows ÷ inflating and tokenizing them":                          "0.50 met",
		"usage of 1,000,000 rows ÷ with one blob at a time":                                "0.50 met",
		"CPU of the usage of 5,000,000 rows ÷ 5 × of 1,000,000":                            "1.10 met",
		"start of the process ÷ the scaffolding provider's":                                "1.00 met",
		"start to schema ÷ the scaffolding provider's":                                     "2.00 **not met**",
	} {
		if verdicts[text] != want {
			t.Errorf("%s: %q, want %q of %v", text, verdicts[text], want, verdicts)
		}
	}
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	text, err := example().markdown()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\n| Terraform | 1.11.4 |\n",
		"\n| totals, `include_records = false` | 10,000 | 0.30 | 0.15 | 60 | 2 |\n",
		"\n| ours | 4 | 300 | 1 | 72.5 | 72.5 | 1.00 |\n",
		"\n| usage | 1,000,000 | 3.00 | 6.00 | 60 |\n",
		"\n| ours | 11.0 | 20.0 |\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	// A blank line in a table ends it.
	if strings.Contains(text, "\n\n\n") || strings.Contains(text, "<no value>") {
		t.Error(text)
	}
}

func TestMedian(t *testing.T) {
	t.Parallel()
	if got := median([]float64{9, 1, 2}); got != 2 {
		t.Errorf("got %v, want 2", got)
	}
	if got := median(nil); !math.IsNaN(got) {
		t.Errorf("median of nothing is %v", got)
	}
}

func TestThousands(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 999: "999", 1_000: "1,000", 1_000_000: "1,000,000"} {
		if got := thousands(n); got != want {
			t.Errorf("%d is %s", n, got)
		}
	}
}
