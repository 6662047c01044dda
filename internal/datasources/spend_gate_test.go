package datasources

import (
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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
	for i := range list {
		name, _ := r.Get(t, findings, i, "customer_name").(string)
		rules = append(rules, strings.TrimSuffix(fmt.Sprint(r.Get(t, findings, i, "rule"), " ", name), " "))
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
		"each within USD": {
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

func TestSpendGate_badArguments(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arguments providertest.Arguments
		blame     string
	}{
		"no rule":            {providertest.Arguments{"allow_empty": true}, "max_percent_used"},
		"a rule that is off": {providertest.Arguments{"require_budget": false}, "require_budget"},
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
	for _, want := range []string{"\nand 4 customers more.\n", "```mermaid\nxychart-beta"} {
		if !strings.Contains(report, want) {
			t.Errorf("there is no %q in\n%s", want, report)
		}
	}
}
