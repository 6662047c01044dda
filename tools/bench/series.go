package main

import "strconv"

// series is one way to ask one question, of partners of several sizes.
type series struct {
	name  string
	title string
	sizes []int
	// configuration is a file of configurations/.
	configuration string
	// family groups the series that answer the same question: at one size, what
	// they put out under one name must be the same.
	family string
	// emulator are the flags that make a partner of a size.
	emulator func(size int) []string
	// rival is what one would use in place of the provider.
	rival bool
	// bare takes the bare provider in place of the real one.
	bare  bool
	steps []step
	// Other answers to the same question, which this one is compared with, by
	// the names of their series.
	file, http, plain string
}

var customerSizes = []int{1, 1_000, 10_000, 50_000}

const (
	fewOver  = 10 // customers over their budget
	throttle = 20 // one of so many answers is a 429
)

func large(customers int) []string {
	return []string{"-customers", strconv.Itoa(customers), "-over-budget", strconv.Itoa(fewOver)}
}

func paged(customers int) []string { return append(large(customers), "-page-size", "500") }

func throttled(customers int) []string {
	return append(large(customers), "-throttle-every", strconv.Itoa(throttle))
}

// plansOf has enough customers to find a number of plans in use.
func plansOf(plans int) []string { return large(2 * plans) }

func used(records int) []string { return []string{"-utilization", strconv.Itoa(records)} }

func nobody(int) []string { return nil }

// allSeries is everything that is measured, in the order of the report.
var allSeries = []series{
	{
		name: "empty", title: "empty configuration", sizes: []int{0}, configuration: "empty.tf",
		emulator: nobody, rival: true,
	},
	{
		name: "totals", title: "totals, `include_records = false`", sizes: customerSizes, configuration: "totals.tf",
		family: "customers", emulator: large, file: "jsondecode_file", http: "jsondecode_http",
	},
	{
		name: "totals_body", title: "totals, in one body of 48 MB", sizes: []int{100_000}, configuration: "totals.tf",
		family: "customers", emulator: large,
	},
	{
		name: "totals_pages", title: "totals, in pages of 500", sizes: []int{100_000}, configuration: "totals.tf",
		family: "customers", emulator: paged,
	},
	{
		name: "gate", title: "spend gate, few findings", sizes: customerSizes, configuration: "gate.tf",
		family: "customers", emulator: large, steps: []step{limit(100)}, file: "jsondecode_file", http: "jsondecode_http",
	},
	{
		name: "gate_many", title: "spend gate, 20 % found", sizes: customerSizes, configuration: "gate.tf",
		family: "customers at 80 %", emulator: large, steps: []step{limit(80)}, file: "jsondecode_file_many", plain: "gate_many_bare",
	},
	{
		name: "gate_many_bare", title: "spend gate, 20 % found, bare server", sizes: []int{10_000}, configuration: "gate.tf",
		family: "customers at 80 %", emulator: large, rival: true, bare: true, steps: []step{limit(80), recordGate},
	},
	{
		name: "records", title: "full records", sizes: customerSizes, configuration: "records.tf",
		family: "customers", emulator: large, file: "jsondecode_file", http: "jsondecode_http", plain: "records_bare",
	},
	{
		name: "records_bare", title: "full records, bare server", sizes: customerSizes, configuration: "records.tf",
		family: "customers", emulator: large, rival: true, bare: true, steps: []step{recordCustomers},
	},
	{
		name: "records_encoded", title: "full records, bare server that encodes", sizes: []int{10_000}, configuration: "records.tf",
		family: "customers", emulator: large, rival: true, bare: true, steps: []step{recordCustomers, encode},
	},
	{
		name: "jsondecode_file", title: "gate by `jsondecode`, file", sizes: customerSizes, configuration: "jsondecode_file.tf",
		family: "customers", emulator: large, rival: true, steps: []step{limit(100), answerFile},
	},
	{
		name: "jsondecode_file_many", title: "gate by `jsondecode`, file, 20 % found", sizes: []int{10_000}, configuration: "jsondecode_file.tf",
		family: "customers at 80 %", emulator: large, rival: true, steps: []step{limit(80), answerFile},
	},
	{
		name: "jsondecode_http", title: "gate by `jsondecode`, `data \"http\"`", sizes: customerSizes, configuration: "jsondecode_http.tf",
		family: "customers", emulator: large, rival: true, steps: []step{limit(100), byHTTP},
	},
	{
		name: "summaries", title: "summaries by `for_each`", sizes: []int{125, 500}, configuration: "summaries.tf",
		family: "summaries", emulator: large, steps: []step{eachCustomer}, http: "summaries_http", plain: "summaries_bare",
	},
	{
		name: "summaries_bare", title: "summaries by `for_each`, bare server", sizes: []int{125, 500}, configuration: "summaries.tf",
		family: "summaries", emulator: large, rival: true, bare: true, steps: []step{eachCustomer, recordSummaries},
	},
	{
		name: "summaries_http", title: "summaries by `for_each`, `data \"http\"`", sizes: []int{125, 500}, configuration: "summaries_http.tf",
		family: "summaries", emulator: large, rival: true, steps: []step{eachCustomer, byHTTP},
	},
	{
		name: "throttled", title: "summaries, 5 % of answers 429", sizes: []int{500}, configuration: "summaries.tf",
		family: "summaries", emulator: throttled, steps: []step{eachCustomer}, http: "throttled_http",
	},
	{
		name: "throttled_http", title: "summaries, 5 % of answers 429, `data \"http\"`", sizes: []int{500}, configuration: "summaries_http.tf",
		family: "summaries", emulator: throttled, rival: true, steps: []step{eachCustomer, byHTTP},
	},
	{
		name: "meters", title: "meters of subscriptions by `for_each`", sizes: []int{200}, configuration: "meters.tf",
		family: "meters", emulator: plansOf, steps: []step{eachPlan}, http: "meters_http", plain: "meters_bare",
	},
	{
		name: "meters_bare", title: "meters of subscriptions by `for_each`, bare server", sizes: []int{200}, configuration: "meters.tf",
		family: "meters", emulator: plansOf, rival: true, bare: true, steps: []step{eachPlan, recordMeters},
	},
	{
		name: "meters_http", title: "meters of subscriptions by `for_each`, `data \"http\"`", sizes: []int{200}, configuration: "meters_http.tf",
		family: "meters", emulator: plansOf, rival: true, steps: []step{eachPlan, byHTTP},
	},
	{
		name: "utilization", title: "utilization, totals", sizes: []int{1_000, 100_000, 1_000_000}, configuration: "utilization.tf",
		family: "utilization", emulator: used, steps: []step{legacySubscription},
	},
}
