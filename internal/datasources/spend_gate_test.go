package datasources

import (
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/providertest"
)

// readGate reads a gate over the customers of an answer.
func readGate(t *testing.T, body string, arguments providertest.Arguments) providertest.Result {
	t.Helper()
	return server(t, api{"/v1/customers/usagerecords": {body: body}}).Read(t, "partnercenter_spend_gate", arguments)
}

// rulesOf are the rules of findings, in order.
func rulesOf(t *testing.T, r providertest.Result, findings string) []string {
	t.Helper()
	rules := []string{}
	list, _ := r.Get(t, findings).([]any)
	for _, element := range list {
		finding, _ := element.(map[string]any)
		name, _ := finding["customer_name"].(string)
		rules = append(rules, strings.TrimSuffix(fmt.Sprint(finding["rule"], " ", name), " "))
	}
	return rules
}

func money(limits map[string]float64) map[string]tftypes.Value {
	values := map[string]tftypes.Value{}
	for code, limit := range limits {
		values[code] = tftypes.NewValue(tftypes.Number, big.NewFloat(limit))
	}
	return values
}

func TestSpendGate(t *testing.T) {
	t.Parallel()
	sample := testdata(t, "customer_usage_records/sample.json")
	whole := strings.Replace(sample, `"totalCount": 25`, `"totalCount": 4`, 1)
	const legacy, sweden, england, unlimited = "LEGACY AZURE CUSTOMER SE", "Modern Azure Customer SE", "Modern Azure Customer UK", "Test_Test_MA20190829_14"
	const swedenID, englandID = "B1B1B1B1-CCCC-DDDD-EEEE-F2F2F2F2F2F2", "d3d3d3d3-eeee-ffff-aaaa-b4b4b4b4b4b4"
	for name, test := range map[string]struct {
		body       string
		arguments  providertest.Arguments
		violations []string
		warnings   []string
	}{
		"a limit on the share fails those without a budget": {
			whole,
			providertest.Arguments{"max_percent_used": big.NewFloat(100)},
			[]string{"max_percent_used " + sweden, "has_budget " + legacy, "has_budget " + unlimited},
			nil,
		},
		"unless that is written": {
			whole,
			providertest.Arguments{"max_percent_used": big.NewFloat(100), "require_budget": false},
			[]string{"max_percent_used " + sweden},
			nil,
		},
		"a warning lets pass": {
			whole,
			providertest.Arguments{"customer_ids": providertest.List(englandID), "max_percent_used": big.NewFloat(100), "warn_percent_used": big.NewFloat(28)},
			nil,
			[]string{"warn_percent_used " + england},
		},
		"a list that is not whole": {
			sample, providertest.Arguments{"max_usd_total_cost": big.NewFloat(1000)}, []string{"complete"}, nil,
		},
		"which is allowed": {
			sample, providertest.Arguments{"max_usd_total_cost": big.NewFloat(1000), "allow_incomplete": true}, nil, []string{"complete"},
		},
		"a customer that is not listed": {
			whole, providertest.Arguments{"customer_ids": providertest.List(englandID, aCustomer), "max_percent_used": big.NewFloat(100)}, []string{"customer_found"}, nil,
		},
		"excluded": {
			whole, providertest.Arguments{"exclude_customer_ids": providertest.List(swedenID), "max_percent_used": big.NewFloat(100), "require_budget": false}, nil, nil,
		},
		"nobody": {
			whole,
			providertest.Arguments{"customer_ids": providertest.List(swedenID), "exclude_customer_ids": providertest.List(swedenID), "max_percent_used": big.NewFloat(100)},
			[]string{"not_empty"},
			nil,
		},
		"a currency without a limit": {
			whole, providertest.Arguments{"max_total_cost": money(map[string]float64{"GBP": 100})}, []string{"currency_limited"}, nil,
		},
		"a currency above its limit": {
			whole, providertest.Arguments{"max_total_cost": money(map[string]float64{"GBP": 100, "SEK": 120.5})}, []string{"max_total_cost"}, nil,
		},
		"a customer above USD": {
			whole, providertest.Arguments{"max_customer_usd_total_cost": big.NewFloat(33)}, []string{"max_customer_usd_total_cost " + england}, nil,
		},
		"a USD figure that is a filler": {
			`{"items":[{"resourceName":"Legacy","totalCost":22.86,"currencyLocale":"fr-FR","usdTotalCost":0}]}`,
			providertest.Arguments{"max_usd_total_cost": big.NewFloat(1000)},
			[]string{"usd_known Legacy"},
			nil,
		},
		"figures of years ago": {
			whole, providertest.Arguments{"max_data_age": "48h"}, []string{"max_data_age"}, nil,
		},
		"figures without a date": {
			`{"items":[{"resourceName":"A","totalCost":1,"currencyCode":"EUR"}]}`, providertest.Arguments{"max_data_age": "48h"}, []string{"data_age_known"}, nil,
		},
		"figures of today": {
			`{"items":[{"resourceName":"A","lastModifiedDate":"` + time.Now().Format(time.RFC3339) + `"}]}`, providertest.Arguments{"max_data_age": "48h"}, nil, nil,
		},
		"the same customer twice, in either case of the id": {
			`{"items":[{"resourceId":"` + swedenID + `","resourceName":"A","budget":{"amount":100},"totalCost":60,"currencyCode":"EUR","lastModifiedDate":"2026-11-19T00:00:00Z"},` +
				`{"resourceId":"` + strings.ToLower(swedenID) + `","resourceName":"A","budget":{"amount":100},"totalCost":60,"currencyCode":"EUR","lastModifiedDate":"2026-11-20T00:00:00Z"}]}`,
			providertest.Arguments{"max_percent_used": big.NewFloat(100)},
			[]string{"max_percent_used A"},
			nil,
		},
		"the same customer twice, with two budgets": {
			`{"items":[{"resourceId":"` + swedenID + `","resourceName":"A","budget":{"amount":100},"totalCost":60,"currencyCode":"EUR"},` +
				`{"resourceId":"` + swedenID + `","resourceName":"A","budget":{"amount":1000},"totalCost":60,"currencyCode":"EUR"}]}`,
			providertest.Arguments{"max_percent_used": big.NewFloat(100)},
			[]string{"one_budget A"},
			nil,
		},
		"a customer of whom the API does not say whether it has an Azure plan": {
			`{"items":[{"resourceId":"` + swedenID + `","resourceName":"A","budget":{"amount":100},"totalCost":600,"currencyCode":"EUR"},` +
				`{"resourceId":"` + englandID + `","resourceName":"B","budget":{"amount":100},"totalCost":600,"currencyCode":"EUR","isUpgraded":false}]}`,
			providertest.Arguments{"max_percent_used": big.NewFloat(100), "is_upgraded": true},
			[]string{"max_percent_used A"},
			nil,
		},
		"one date in the year 9999 is no date": {
			`{"items":[{"resourceName":"A","lastModifiedDate":"9999-12-31T00:00:00Z"},{"resourceName":"B","lastModifiedDate":"2019-09-17T17:08:11Z"}]}`,
			providertest.Arguments{"max_data_age": "48h"},
			[]string{"max_data_age"},
			nil,
		},
		"costs that cancel out in a currency without a limit": {
			`{"items":[{"resourceName":"A","totalCost":1000000,"currencyCode":"SEK"},{"resourceName":"B","totalCost":-1000000,"currencyCode":"SEK"},` +
				`{"resourceName":"C","totalCost":1000000},{"resourceName":"D","totalCost":-1000000}]}`,
			providertest.Arguments{"max_total_cost": money(map[string]float64{"EUR": 1})},
			[]string{"currency_limited", "currency_limited"},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := readGate(t, test.body, test.arguments).Succeed(t)
			if diff := cmp.Diff(append([]string{}, test.violations...), rulesOf(t, r, "violations")); diff != "" {
				t.Errorf("violations:\n%s", diff)
			}
			if diff := cmp.Diff(append([]string{}, test.warnings...), rulesOf(t, r, "warnings")); diff != "" {
				t.Errorf("warnings:\n%s", diff)
			}
			if got := r.Get(t, "passed"); got != (len(test.violations) == 0) {
				t.Errorf("passed is %v", got)
			}
		})
	}
}

// The state is the same in whichever order the API lists the records of a customer.
func TestSpendGate_orderOfRecords(t *testing.T) {
	t.Parallel()
	records := []string{
		`{"resourceId":"` + aCustomer + `","resourceName":"A","totalCost":60,"currencyCode":"EUR","isUpgraded":true,"lastModifiedDate":"2026-11-20T00:00:00Z"}`,
		`{"resourceId":"` + strings.ToUpper(aCustomer) + `","resourceName":"B","totalCost":70,"currencyCode":"SEK","isUpgraded":true,"lastModifiedDate":"2026-11-20T00:00:00Z"}`,
		`{"resourceId":"` + aCustomer + `","resourceName":"C","totalCost":80,"isUpgraded":true,"lastModifiedDate":"2026-11-20T00:00:00Z"}`,
	}
	arguments := providertest.Arguments{"max_customer_total_cost": money(map[string]float64{"EUR": 1, "SEK": 1})}
	read := func() any {
		return readGate(t, `{"items":[`+strings.Join(records, ",")+`]}`, arguments).Succeed(t).Get(t)
	}
	before := read()
	slices.Reverse(records)
	if diff := cmp.Diff(before, read()); diff != "" {
		t.Error(diff)
	}
}

func TestSpendGate_badArguments(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arguments providertest.Arguments
		blame     string
	}{
		"no rule":            {providertest.Arguments{"allow_empty": true}, "max_percent_used"},
		"a rule that is off": {providertest.Arguments{"require_budget": false}, "require_budget"},
		"infinite":           {providertest.Arguments{"max_usd_total_cost": new(big.Float).SetInf(false)}, "max_usd_total_cost"},
		"infinite in a map":  {providertest.Arguments{"max_total_cost": map[string]tftypes.Value{"EUR": tftypes.NewValue(tftypes.Number, new(big.Float).SetInf(false))}}, "max_total_cost"},
		"too many findings":  {providertest.Arguments{"max_data_age": "2h", "max_findings": 10001}, "max_findings"},
		"negative":           {providertest.Arguments{"max_usd_total_cost": big.NewFloat(-1)}, "max_usd_total_cost"},
		"warns too late":     {providertest.Arguments{"max_percent_used": big.NewFloat(80), "warn_percent_used": big.NewFloat(80)}, "warn_percent_used"},
		"no currency":        {providertest.Arguments{"max_total_cost": money(map[string]float64{"Euro": 1})}, "max_total_cost"},
		"unknown":            {providertest.Arguments{"max_total_cost": money(map[string]float64{"unknown": 1})}, "max_total_cost"},
		"negative in a map":  {providertest.Arguments{"max_total_cost": money(map[string]float64{"EUR": -1})}, "max_total_cost"},
		"empty map":          {providertest.Arguments{"max_total_cost": money(nil)}, "max_total_cost"},
		"no duration":        {providertest.Arguments{"max_data_age": "2 days"}, "max_data_age"},
		"no time at all":     {providertest.Arguments{"max_data_age": "0s"}, "max_data_age"},
		"empty list":         {providertest.Arguments{"max_data_age": "2h", "customer_ids": providertest.List()}, "customer_ids"},
		"not a GUID":         {providertest.Arguments{"max_data_age": "2h", "exclude_customer_ids": providertest.List("contoso")}, "exclude_customer_ids"},
	} {
		failure := server(t, refuseAll(t)).Read(t, "partnercenter_spend_gate", test.arguments).Fail(t)
		t.Log(name, failure.Summary, failure.Detail)
		checkBlame(t, failure, test.blame)
	}
}

func TestSpendGate_argumentsAreEverywhere(t *testing.T) {
	t.Parallel()
	checkArgumentsAreEverywhere(t, GateAttributes(), "gate_test.go", "gate-spend.md", "spend-gate")
}

// checkArgumentsAreEverywhere checks that each argument of a gate has a test with real
// Terraform, an input of both modules, and a line in the guide.
func checkArgumentsAreEverywhere(t *testing.T, arguments map[string]schema.Attribute, test, guide, module string) {
	t.Helper()
	for argument := range arguments {
		for file, mention := range map[string]string{
			"internal/provider/" + test:                          argument + " = ",
			"templates/guides/" + guide:                          "`" + argument + "`",
			"examples/modules/" + module + "/variables.tf":       `variable "` + argument + `"`,
			"examples/modules/" + module + "/main.tf":            "= var." + argument + "\n",
			"examples/modules/" + module + "/README.md":          "`" + argument + "`",
			"examples/modules/" + module + "-apply/variables.tf": `variable "` + argument + `"`,
			"examples/modules/" + module + "-apply/main.tf":      "= var." + argument + "\n",
			"examples/modules/" + module + "-apply/README.md":    "`" + argument + "`",
		} {
			content, err := os.ReadFile("../../" + file)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(content), mention) {
				t.Errorf("%s does not have %s", file, mention)
			}
		}
	}
}

// Terraform calculates with binary fractions of 512 bits, which have more digits
// than Terraform's protocol carries exactly. As a limit they are numbers like any other.
func TestSpendGate_calculatedLimits(t *testing.T) {
	t.Parallel()
	calculate := func(a, b string, f func(z, a, b *big.Float) *big.Float) *big.Float {
		parse := func(text string) *big.Float {
			number, _, err := big.ParseFloat(text, 10, 512, big.ToNearestEven)
			if err != nil {
				t.Fatal(err)
			}
			return number
		}
		return f(new(big.Float).SetPrec(512), parse(a), parse(b))
	}
	const customer = `{"items":[{"resourceId":"1","resourceName":"A","budget":{"amount":100},"totalCost":%s,"currencyCode":"EUR","usdTotalCost":1}]}`
	for name, test := range map[string]struct {
		cost  string
		limit *big.Float
		fails bool
	}{
		"100 * 1.05, at":    {"105", calculate("100", "1.05", (*big.Float).Mul), false},
		"100 * 1.05, above": {"105.000000000000000000000000000000000000001", calculate("100", "1.05", (*big.Float).Mul), true},
		"200 / 3, below":    {"66.66", calculate("200", "3", (*big.Float).Quo), false},
		"200 / 3, above":    {"66.67", calculate("200", "3", (*big.Float).Quo), true},
		"10 / 3, above":     {"3.34", calculate("10", "3", (*big.Float).Quo), true},
		"1e100":             {"1000", calculate("1e50", "1e50", (*big.Float).Mul), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for rule, fails := range map[string]bool{"max_percent_used": test.fails, "warn_percent_used": false} {
				r := readGate(t, fmt.Sprintf(customer, test.cost), providertest.Arguments{rule: test.limit}).Succeed(t)
				if got := r.Get(t, "passed"); got != !fails {
					t.Errorf("%s: passed is %v", rule, got)
				}
			}
			limits := map[string]tftypes.Value{"EUR": tftypes.NewValue(tftypes.Number, test.limit)}
			if got := readGate(t, fmt.Sprintf(customer, test.cost), providertest.Arguments{"max_total_cost": limits}).Succeed(t).Get(t, "passed"); got != !test.fails {
				t.Errorf("max_total_cost: passed is %v", got)
			}
		})
	}
}

// Percentages of findings are rounded to 4 decimals, the limit like the figure.
func TestSpendGate_percentages(t *testing.T) {
	t.Parallel()
	twoThirds := new(big.Float).SetPrec(512).Quo(big.NewFloat(200).SetPrec(512), big.NewFloat(3).SetPrec(512))
	const body = `{"items":[{"resourceId":"1","resourceName":"A","budget":{"amount":3},"totalCost":2.5000001,"currencyCode":"EUR"}]}`
	for list, rule := range map[string]string{"violations": "max_percent_used", "warnings": "warn_percent_used"} {
		r := readGate(t, body, providertest.Arguments{rule: twoThirds}).Succeed(t)
		actual, limit := r.Get(t, list, 0, "actual"), r.Get(t, list, 0, "limit")
		if actual != json.Number("83.3333") || limit != json.Number("66.6667") {
			t.Errorf("%s: %v, limit %v", rule, actual, limit)
		}
	}
}

// The lists are bounded; the counts, the verdict and the summary are not.
func TestSpendGate_maxFindings(t *testing.T) {
	t.Parallel()
	var items []string
	for i := range 300 {
		items = append(items, fmt.Sprintf(`{"resourceId":"%d","resourceName":"Customer %03d","totalCost":%d,"currencyCode":"EUR","budget":{"amount":100}}`, i, i, 90+i))
	}
	body := `{"items":[` + strings.Join(items, ",") + `]}`
	for limit, want := range map[int][2]int{-1: {100, 10}, 0: {0, 0}, 3: {3, 3}, 10_000: {289, 10}} {
		arguments := providertest.Arguments{"max_percent_used": big.NewFloat(100), "warn_percent_used": big.NewFloat(90)}
		if limit >= 0 {
			arguments["max_findings"] = limit
		}
		r := readGate(t, body, arguments).Succeed(t)
		if got := [2]int{len(rulesOf(t, r, "violations")), len(rulesOf(t, r, "warnings"))}; got != want {
			t.Errorf("max_findings = %d: %v findings are listed, want %v", limit, got, want)
		}
		if messages, _ := r.Get(t, "messages").([]any); len(messages) != want[0]+want[1] {
			t.Errorf("max_findings = %d: %d messages", limit, len(messages))
		}
		if r.Get(t, "violation_count") != json.Number("289") || r.Get(t, "warning_count") != json.Number("10") || r.Get(t, "passed") != false {
			t.Errorf("max_findings = %d: %v violations, %v warnings", limit, r.Get(t, "violation_count"), r.Get(t, "warning_count"))
		}
		report, _ := r.Get(t, "report_markdown").(string)
		if !strings.HasPrefix(report, "**Spend gate failed**: 289 of 300 customers failed, 10 warned.") {
			t.Error(report)
		}
	}
}

// A name that somebody else has chosen stays in its cell, and in its diagram.
func TestSpendGate_report(t *testing.T) {
	t.Parallel()
	var items []string
	for i := range 23 {
		items = append(items, fmt.Sprintf(`{"resourceId":"%d","resourceName":"Customer %02d","totalCost":%d,"currencyCode":"EUR","budget":{"amount":10}}`, i, i, i))
	}
	items = append(items, `{"resourceId":"evil","resourceName":"a|b\n\u0060c\u0060 <img src=x> [l](http://x) **B** @all \u202edesrever\"]; end","totalCost":99,"currencyCode":"EUR","budget":{"amount":1}}`)
	r := readGate(t, `{"items":[`+strings.Join(items, ",")+`]}`, providertest.Arguments{"max_percent_used": big.NewFloat(100)}).Succeed(t)
	report, _ := r.Get(t, "report_markdown").(string)
	r.Golden(t, "spend_gate/report.golden.json")
	for _, bad := range []string{"a|b", "<img", "`c`", "](http", "**B**", "@all", "\u202e"} {
		if strings.Contains(report, bad) {
			t.Errorf("%q breaks out:\n%s", bad, report)
		}
	}
	for _, want := range []string{"\nand 4 customers more.\n", "```mermaid\n%%{init: ", "\nxychart-beta horizontal\n"} {
		if !strings.Contains(report, want) {
			t.Errorf("there is no %q in\n%s", want, report)
		}
	}
}
