package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func example() report {
	return report{
		About: about{Date: "2026-11-20", Command: "make bench", Latency: "20ms", Machine: "2 cores", Versions: []version{{"Terraform", "1.11.4"}}},
		Results: results{
			*measured("empty", 0, 0.1, 0.1, 0.1),
			*measured("totals", 1, 0.2, 0.2, 0.2),
			*measured("totals", 1_000, 0.2, 0.2, 0.2),
			*measured("totals", 10_000, 0.3, 3, 0.3),
			*measured("totals", 50_000, 0.9),
			*measured("gate", 10_000, 0.3, 0.3, 0.33),
			*measured("records", 10_000, 6, 6, 6),
			*measured("records_bare", 10_000, 4, 4, 4),
			*measured("jsondecode_file", 10_000, 1.2, 1.2, 1.2),
		},
		Starts: []start{{"ours", []float64{10, 12}, []float64{20, 20}}, {"theirs", []float64{10, 12}, []float64{10, 10}}},
	}
}

func TestAimsAreJudged(t *testing.T) {
	t.Parallel()
	verdicts := map[string]string{}
	for _, a := range example().Aims() {
		verdicts[a.Text] = number(a.Measured) + " " + a.Verdict()
	}
	for text, want := range map[string]string{
		"totals of 10,000 customers ÷ of one customer":                                            "1.50 met",
		"gate over 10,000 customers ÷ the same by `jsondecode` of a file":                         "0.25 **not met**",
		"gate over 10,000 customers ÷ the same by `data \"http\"` and `jsondecode`":               " not measured",
		"full records of 10,000 customers ÷ from the bare server":                                 "1.50 **not met**",
		"start of the process ÷ the scaffolding provider's":                                       "1.00 met",
		"start to schema ÷ the scaffolding provider's":                                            "2.00 **not met**",
		"linear: totals, `include_records = false`, CPU of one more among the most ÷ among fewer": "1.35 **not met**",
	} {
		if verdicts[text] != want {
			t.Errorf("%s: %q, want %q of %v", text, verdicts[text], want, verdicts)
		}
	}
}

func TestItSaysWhereSomethingElseIsFaster(t *testing.T) {
	t.Parallel()
	want := []string{
		"full records, 10,000: 5.00 × gate by `jsondecode`, file (6.00 s and 1.20 s)",
		"full records, 10,000: 1.50 × full records, bare server (6.00 s and 4.00 s)",
	}
	if got := example().Behind(); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	text, err := example().markdown()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\n| date | 2026-11-20 |\n",
		"\n| Terraform | 1.11.4 |\n",
		"\n| empty configuration |  | 3 | 0.10 | 0.10–0.10 | 0.05 | 1.00 |  |  |  |  |  |\n",
		"\n| totals, `include_records = false` | 10,000 | 3 | 0.30 | 0.30–3.00 | 0.15 | 3.00 | 0.25 |  |  |  |  |\n",
		"\n| full records | 10,000 | 3 | 6.00 | 6.00–6.00 | 3.00 | 60.0 | 5.00 |  | 1.50 |  |  |\n",
		"\n| ours | 2 | 11 | 20 |\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	// A blank line within a table ends it, and two of them are one too many.
	if strings.Contains(text, "\n\n\n") || strings.Contains(text, "<no value>") {
		t.Error(text)
	}
}

func TestThePlotHasALineASeries(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	r := example()
	r.Results = append(r.Results, *measured("gate", 1, 0.2), *measured("gate", 1_000, 0.3))
	if err := write(directory, r); err != nil {
		t.Fatal(err)
	}
	plot, err := os.ReadFile(filepath.Join(directory, "BENCHMARKS.svg"))
	if err != nil {
		t.Fatal(err)
	}
	for title, want := range map[string]bool{"totals, ": true, "spend gate, few": true, "full records": false} {
		if strings.Contains(string(plot), title) != want {
			t.Errorf("%q is drawn: %v", title, !want)
		}
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
