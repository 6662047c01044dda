package main

import "strconv"

// plan is one way to answer a question about a partner.
type plan struct {
	name          string
	Title         string
	configuration string // a file of configurations/
	// question groups plans: at one size, those with the same question must
	// have the same outputs.
	question string
	sizes    []int
	// emulator returns the flags of an emulator of a size.
	emulator func(size int) []string
	// limit is the percentage of a budget that may be used; 0 for plans
	// without a gate.
	limit   int
	variant variant
}

// variant is what a plan uses in place of the provider.
type variant int

const (
	withProvider variant = iota
	withReplay           // the command replay
	withFile             // the response of the API in a file
	withHTTP             // data "http"
)

func customers(count int) []string {
	return []string{"-customers", strconv.Itoa(count), "-over-budget", "10"}
}

func pages(count int) []string { return append(customers(count), "-page-size", "500") }

func utilization(records int) []string { return []string{"-utilization", strconv.Itoa(records)} }

var allSizes = []int{1, 1_000, 10_000, 50_000}

// plans are all that is measured, in the order of the report.
var plans = []plan{
	{name: "totals", Title: "totals, `include_records = false`", configuration: "totals.tf", question: "usage", sizes: allSizes, emulator: customers},
	{name: "totals_body", Title: "totals, in one body of 48 MB", configuration: "totals.tf", question: "usage", sizes: []int{100_000}, emulator: customers},
	{name: "totals_pages", Title: "totals, in pages of 500", configuration: "totals.tf", question: "usage", sizes: []int{100_000}, emulator: pages},
	{name: "gate", Title: "spend gate", configuration: "gate.tf", question: "usage", sizes: allSizes, emulator: customers, limit: 100},
	{name: "gate_file", Title: "spend gate by `jsondecode` of a file", configuration: "gate_file.tf", question: "usage", sizes: []int{10_000}, emulator: customers, limit: 100, variant: withFile},
	{name: "gate_http", Title: "spend gate by `data \"http\"` and `jsondecode`", configuration: "gate_http.tf", question: "usage", sizes: []int{10_000}, emulator: customers, limit: 100, variant: withHTTP},
	{name: "gate_many", Title: "spend gate, 20 % found", configuration: "gate.tf", question: "usage above 80 %", sizes: []int{10_000}, emulator: customers, limit: 80},
	{name: "gate_rules", Title: "spend gate with all rules, 20 % found", configuration: "gate_rules.tf", question: "all rules", sizes: []int{10_000}, emulator: customers, limit: 80},
	{name: "gate_forecast", Title: "spend gate with forecasts, Azure plans", configuration: "gate_forecast.tf", question: "forecasts", sizes: []int{10_000}, emulator: customers, limit: 125},
	{name: "gate_many_file", Title: "spend gate, 20 % found, by `jsondecode` of a file", configuration: "gate_file.tf", question: "usage above 80 %", sizes: []int{10_000}, emulator: customers, limit: 80, variant: withFile},
	{name: "records", Title: "full records", configuration: "records.tf", question: "usage", sizes: []int{1_000, 5_000, 10_000}, emulator: customers},
	{name: "records_replay", Title: "full records, replayed", configuration: "records.tf", question: "usage", sizes: []int{10_000}, emulator: customers, variant: withReplay},
	{name: "utilization", Title: "utilization, totals", configuration: "utilization.tf", question: "utilization", sizes: []int{1_000, 100_000, 1_000_000}, emulator: utilization},
}
