package gate

import (
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

// A resource is a usage record in the notation of a table: an empty number is not
// known, an empty group is none.
type resource struct{ group, cost, currency, usd string }

// mid is when half of November has passed.
var mid = time.Date(2026, time.November, 16, 0, 0, 0, 0, time.UTC)

func recordsOf(t *testing.T, date *time.Time, resources ...resource) []Record {
	t.Helper()
	var records []Record
	for _, r := range resources {
		records = append(records, Record{SubjectName: r.group, Currency: r.currency, Cost: number(t, r.cost), USDCost: number(t, r.usd), LastModified: date})
	}
	return records
}

func groupedOf(t *testing.T, date *time.Time, resources ...resource) AzureSubscription {
	t.Helper()
	return AzureSubscription{Name: "Shop", HasUsage: len(resources) > 0, Grouped: recordsOf(t, date, resources...)}
}

func evaluateShop(subscription AzureSubscription, rules AzureSubscriptionRules) *AzureSubscriptionVerdict {
	rules.Currency = "EUR"
	if rules.MaxFindings == 0 {
		rules.MaxFindings = 1000
	}
	return EvaluateAzureSubscription(subscription, rules, now)
}

// checkFindings compares all that a gate has found.
func checkFindings(t *testing.T, verdict *Verdict, violations, warnings []string) {
	t.Helper()
	if diff := cmp.Diff(append([]string{}, violations...), told(verdict.Violations())); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(append([]string{}, warnings...), told(verdict.Warnings())); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	if verdict.Passed() != (len(violations) == 0) {
		t.Errorf("passed is %t", verdict.Passed())
	}
}

func TestEvaluateAzureSubscription(t *testing.T) {
	t.Parallel()
	limit := func(text string) *decimal.Decimal { return number(t, text) }
	shop := []resource{{"rg-web", "60", "EUR", "66"}, {"RG-Web", "0.00000000000000000001", "EUR", "0.1"}, {"rg-data", "40", "EUR", "44"}}
	for name, test := range map[string]struct {
		resources  []resource
		rules      AzureSubscriptionRules
		violations []string
		warnings   []string
	}{
		"total: below":  {shop, AzureSubscriptionRules{MaxTotalCost: limit("100.00000000000000000002")}, nil, nil},
		"total: at":     {shop, AzureSubscriptionRules{MaxTotalCost: limit("100.00000000000000000001")}, nil, nil},
		"total: above":  {shop, AzureSubscriptionRules{MaxTotalCost: limit("100")}, []string{"max_total_cost: Shop: 100.00000000000000000001 EUR, limit 100.00 EUR"}, nil},
		"total: refund": {[]resource{{"rg", "-5", "EUR", "-5"}}, AzureSubscriptionRules{MaxTotalCost: limit("0")}, nil, nil},
		"total: not known": {
			[]resource{{"rg-web", "1", "EUR", "1"}, {"rg-web", "", "EUR", "1"}},
			AzureSubscriptionRules{MaxTotalCost: limit("1000000")},
			[]string{"max_total_cost: Shop in EUR: a cost is not known, limit 1000000.00 EUR"},
			nil,
		},
		"total warns: at":    {shop, AzureSubscriptionRules{WarnTotalCost: limit("100.00000000000000000001")}, nil, nil},
		"total warns: above": {shop, AzureSubscriptionRules{MaxTotalCost: limit("101"), WarnTotalCost: limit("80")}, nil, []string{"warn_total_cost: Shop: 100.00 EUR, limit 80.00 EUR"}},
		"total warns: above both": {
			shop, AzureSubscriptionRules{MaxTotalCost: limit("90"), WarnTotalCost: limit("80")}, []string{"max_total_cost: Shop: 100.00 EUR, limit 90.00 EUR"}, nil,
		},
		"total warns: not known": {
			[]resource{{"rg", "", "EUR", ""}}, AzureSubscriptionRules{WarnTotalCost: limit("80")}, nil, []string{"warn_total_cost: Shop in EUR: a cost is not known, limit 80.00 EUR"},
		},
		"forecast: below": {shop, AzureSubscriptionRules{MaxForecastTotalCost: limit("200.00000000000000000003")}, nil, nil},
		"forecast: at":    {shop, AzureSubscriptionRules{MaxForecastTotalCost: limit("200.00000000000000000002")}, nil, nil},
		"forecast: above": {
			shop,
			AzureSubscriptionRules{MaxForecastTotalCost: limit("200.00000000000000000001")},
			[]string{"max_forecast_total_cost: the forecast for Shop: 200.00000000000000000002 EUR, limit 200.00000000000000000001 EUR"},
			nil,
		},
		"forecast warns": {
			shop,
			AzureSubscriptionRules{MaxForecastTotalCost: limit("201"), WarnForecastTotalCost: limit("180")},
			nil,
			[]string{"warn_forecast_total_cost: the forecast for Shop: 200.00 EUR, limit 180.00 EUR"},
		},
		"forecast: of a refund": {[]resource{{"rg", "-5", "EUR", "-5"}}, AzureSubscriptionRules{MaxForecastTotalCost: limit("0")}, nil, nil},
		"forecast: not known": {
			[]resource{{"rg", "", "EUR", ""}},
			AzureSubscriptionRules{MaxForecastTotalCost: limit("180")},
			[]string{"max_forecast_total_cost: the forecast for Shop in EUR: a cost is not known, limit 180.00 EUR"},
			nil,
		},
		"group: below and at, in another case": {
			shop, AzureSubscriptionRules{MaxResourceGroupTotalCost: map[string]decimal.Decimal{"RG-WEB": *limit("60.00000000000000000001"), "RG-Data": *limit("41")}}, nil, nil,
		},
		"group: above": {
			shop,
			AzureSubscriptionRules{MaxResourceGroupTotalCost: map[string]decimal.Decimal{"RG-WEB": *limit("60")}},
			[]string{"max_resource_group_total_cost: RG-Web: 60.00000000000000000001 EUR, limit 60.00 EUR"},
			nil,
		},
		"group: not known": {
			[]resource{{"rg-web", "", "EUR", ""}, {"rg-data", "1", "EUR", "1"}},
			AzureSubscriptionRules{MaxResourceGroupTotalCost: map[string]decimal.Decimal{"rg-web": *limit("60"), "rg-data": *limit("1")}},
			[]string{"max_resource_group_total_cost: rg-web: a cost is not known, limit 60.00 EUR"},
			nil,
		},
		"group: without usage": {
			shop,
			AzureSubscriptionRules{MaxResourceGroupTotalCost: map[string]decimal.Decimal{"rg-404": *limit("60")}},
			nil,
			[]string{"resource_group_found: the resource group rg-404 has a limit, and no usage"},
		},
		"USD: at":    {shop, AzureSubscriptionRules{MaxUSDTotalCost: limit("110.1")}, nil, nil},
		"USD: above": {shop, AzureSubscriptionRules{MaxUSDTotalCost: limit("110.0999999999999999999")}, []string{"max_usd_total_cost: Shop: 110.1 USD, limit 110.0999999999999999999 USD"}, nil},
		"USD: not known": {
			[]resource{{"rg-web", "60", "EUR", "66"}, {"rg-data", "40", "EUR", ""}},
			AzureSubscriptionRules{MaxUSDTotalCost: limit("1000")},
			[]string{"usd_known: rg-data: the cost in USD is not known"},
			nil,
		},
		"another currency": {
			append([]resource{{"rg-web", "7", "USD", "7"}, {"rg-data", "0", "SEK", "0"}}, shop...),
			AzureSubscriptionRules{MaxTotalCost: limit("101")},
			[]string{"currency: RG-Web: 7.00 USD, and the limits are in EUR"},
			nil,
		},
		"another currency that cancels out": {
			[]resource{{"rg-web", "1000000", "", "7"}, {"rg-web", "-1000000", "", "7"}, {"rg-data", "", "USD", "7"}},
			AzureSubscriptionRules{MaxDataAge: new(1000 * time.Hour)},
			[]string{
				"currency: rg-web: 0 in a currency that is not known, and the limits are in EUR",
				"currency: rg-data: a cost in USD that is not known, and the limits are in EUR",
			},
			nil,
		},
		"another currency in a resource group with a limit": {
			[]resource{{"rg-web", "7", "USD", "7"}, {"rg-web", "50", "EUR", "7"}},
			AzureSubscriptionRules{MaxResourceGroupTotalCost: map[string]decimal.Decimal{"rg-web": *limit("49")}},
			[]string{
				"currency: rg-web: 7.00 USD, and the limits are in EUR",
				"max_resource_group_total_cost: rg-web: 50.00 EUR, limit 49.00 EUR",
			},
			nil,
		},
		"age: at":    {shop, AzureSubscriptionRules{MaxDataAge: new(now.Sub(mid))}, nil, nil},
		"age: above": {shop, AzureSubscriptionRules{MaxDataAge: new(now.Sub(mid) - 1)}, []string{"max_data_age: the newest figure is 108.0 hours old, limit 108 hours"}, nil},
		"no usage": {
			nil,
			AzureSubscriptionRules{MaxTotalCost: limit("0"), MaxForecastTotalCost: limit("0"), MaxUSDTotalCost: limit("0"), MaxDataAge: new(time.Hour)},
			nil,
			[]string{"has_usage: Shop has no usage in this billing period"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkFindings(t, evaluateShop(groupedOf(t, &mid, test.resources...), test.rules).Verdict, test.violations, test.warnings)
		})
	}
}

// A month begins and ends with an instant in UTC, in February of a leap year, too.
func TestEvaluateAzureSubscription_forecastDates(t *testing.T) {
	t.Parallel()
	const soon = "forecast_known: Shop: there is no forecast in the first day of a month, and the cost itself is compared"
	const unknown = "forecast_known: rg: there is no forecast of a cost without a date"
	above := func(amount string) []string {
		return []string{"max_forecast_total_cost: the forecast for Shop: " + amount + " EUR, limit 29.00 EUR"}
	}
	for name, test := range map[string]struct {
		cost, date           string // an empty date is none
		violations, warnings []string
		forecast             string
	}{
		"the first instant":                 {"29", "2028-02-01T00:00:00Z", nil, []string{soon}, ""},
		"a nanosecond before a day":         {"29", "2028-02-01T23:59:59.999999999Z", nil, []string{soon}, ""},
		"above, within the first day":       {"29.01", "2028-02-01T12:00:00Z", []string{"max_forecast_total_cost: Shop: 29.01 EUR, limit 29.00 EUR"}, []string{soon}, ""},
		"a day, at":                         {"1", "2028-02-02T00:00:00Z", nil, nil, "29"},
		"a day, above":                      {"1.00000000000000000001", "2028-02-02T00:00:00Z", above("29.00000000000000000029"), nil, "29.00000000000000000029"},
		"a day, in another offset":          {"1", "2028-02-02T01:00:00+01:00", nil, nil, "29"},
		"the last instant":                  {"29", "2028-02-29T23:59:59.999999999Z", above("29.00000000000001157407"), nil, "29.00000000000001157407"},
		"the next month":                    {"29", "2028-03-01T00:00:00Z", nil, []string{soon}, ""},
		"the last instant of 28 days":       {"28", "2027-03-01T00:00:00-00:00", nil, []string{soon}, ""},
		"half of 28 days":                   {"14.5", "2027-02-15T00:00:00Z", nil, nil, "29"},
		"nothing":                           {"0", "2028-02-01T12:00:00Z", nil, nil, "0"},
		"without a date":                    {"1", "", []string{unknown}, nil, ""},
		"nothing, without a date":           {"0", "", nil, nil, ""},
		"a day ahead of the clock":          {"1", "2028-03-16T00:00:00Z", nil, nil, "2.06666666666666666667"},
		"more than a day ahead":             {"1", "2028-03-16T00:00:00.000000001Z", []string{unknown}, nil, ""},
		"of the year 9999":                  {"1", "9999-12-31T00:00:00Z", []string{unknown}, nil, ""},
		"of the year 0002":                  {"1", "0002-01-02T00:00:00Z", above("31.00"), nil, "31"},
		"a cost that is not known":          {"", "2028-02-20T00:00:00Z", []string{"max_forecast_total_cost: the forecast for Shop in EUR: a cost is not known, limit 29.00 EUR"}, nil, ""},
		"a cost that is not known, undated": {"", "", []string{unknown}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var date *time.Time
			if test.date != "" {
				date = new(at(t, test.date))
			}
			rules := AzureSubscriptionRules{Currency: "EUR", MaxForecastTotalCost: number(t, "29"), MaxFindings: 10}
			verdict := EvaluateAzureSubscription(groupedOf(t, date, resource{"rg", test.cost, "EUR", "1"}), rules, at(t, "2028-03-15T00:00:00Z"))
			checkFindings(t, verdict.Verdict, test.violations, test.warnings)
			got := ""
			if verdict.ForecastCost != nil {
				got = verdict.ForecastCost.String()
			}
			if got != test.forecast {
				t.Errorf("the forecast is %q, want %q", got, test.forecast)
			}
		})
	}
}

// One figure without a date beside others that have one is forecast by nobody.
func TestEvaluateAzureSubscription_someDates(t *testing.T) {
	t.Parallel()
	subscription := groupedOf(t, &mid, resource{"rg-web", "1", "EUR", "1"})
	subscription.Grouped = append(subscription.Grouped, recordsOf(t, nil, resource{"rg-data", "5", "EUR", "1"}, resource{"rg-free", "0", "EUR", "0"})...)
	verdict := evaluateShop(subscription, AzureSubscriptionRules{WarnForecastTotalCost: number(t, "1000"), MaxDataAge: new(1000 * time.Hour)})
	checkFindings(t, verdict.Verdict, []string{"forecast_known: rg-data: there is no forecast of a cost without a date"}, nil)
	if verdict.ForecastCost != nil {
		t.Errorf("the forecast is %s", verdict.ForecastCost)
	}
}

// Only the resource groups that are selected are measured, and what may be in one.
func TestEvaluateAzureSubscription_selected(t *testing.T) {
	t.Parallel()
	web := resource{"rg-web", "60", "EUR", "66"}
	for name, test := range map[string]struct {
		missing              []string
		allowed              bool
		unlocated            []resource
		limits               map[string]decimal.Decimal
		violations, warnings []string
	}{
		"within":           {nil, false, nil, nil, nil, nil},
		"missing":          {[]string{"RG-404"}, false, nil, nil, []string{"resource_group_found: the resource group RG-404 has no usage"}, nil},
		"missing, allowed": {[]string{"RG-404"}, true, nil, nil, nil, []string{"resource_group_found: the resource group RG-404 has no usage"}},
		"missing, with a limit": {
			[]string{"RG-404"}, true, nil, map[string]decimal.Decimal{"rg-404": *number(t, "1")}, nil, []string{"resource_group_found: the resource group RG-404 has no usage"},
		},
		"a limit of another": {
			nil, false, nil,
			map[string]decimal.Decimal{"rg-data": *number(t, "1")},
			nil,
			[]string{"resource_group_found: the resource group rg-data has a limit, and is not checked: it is not in resource_group_names"},
		},
		"what may be in it":        {nil, false, []resource{{"", "40.01", "EUR", "1"}}, nil, []string{"max_total_cost: 1 resource group of Shop: 100.01 EUR, limit 100.00 EUR"}, nil},
		"a refund of nobody knows": {nil, false, []resource{{"", "-1", "EUR", "-1"}}, nil, []string{"max_total_cost: 1 resource group of Shop in EUR: a cost is not known, limit 100.00 EUR"}, nil},
		"nothing of nobody knows":  {nil, false, []resource{{"", "0", "EUR", "0"}}, map[string]decimal.Decimal{"rg-web": *number(t, "60")}, nil, nil},
		"what may have a limit": {
			nil, false,
			[]resource{{"", "10", "EUR", "1"}},
			map[string]decimal.Decimal{"rg-web": *number(t, "60")},
			[]string{"max_resource_group_total_cost: resources whose resource group is not known: each of them may be in a resource group with a limit"},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			subscription := groupedOf(t, &mid, web)
			subscription.Selected = []string{"RG-WEB", "rg-web"}
			if name == "missing" || strings.HasPrefix(name, "missing,") {
				subscription.Selected = []string{"RG-404", "rg-web"}
			}
			subscription.Missing, subscription.Unlocated = test.missing, recordsOf(t, &mid, test.unlocated...)
			rules := AzureSubscriptionRules{MaxTotalCost: number(t, "100"), AllowMissing: test.allowed, MaxResourceGroupTotalCost: test.limits}
			checkFindings(t, evaluateShop(subscription, rules).Verdict, test.violations, test.warnings)
		})
	}
}

// What is in no resource group counts towards the total, and towards no resource
// group, whatever that is called.
func TestEvaluateAzureSubscription_ungrouped(t *testing.T) {
	t.Parallel()
	subscription := groupedOf(t, &mid, resource{"rg-web", "60", "EUR", "66"}, resource{ungrouped, "1", "EUR", "1"})
	subscription.Ungrouped = recordsOf(t, &mid, resource{"", "30", "EUR", "33"}, resource{"", "20", "EUR", "22"})
	verdict := evaluateShop(subscription, AzureSubscriptionRules{
		MaxTotalCost: number(t, "100"), MaxResourceGroupTotalCost: map[string]decimal.Decimal{"rg-web": *number(t, "60"), ungrouped: *number(t, "1")},
	})
	checkFindings(t, verdict.Verdict, []string{"max_total_cost: Shop: 111.00 EUR, limit 100.00 EUR"}, nil)
	if verdict.TotalCost.String() != "111" || verdict.USDTotalCost.String() != "122" || verdict.ForecastCost.String() != "222" {
		t.Errorf("the figures are %s, %s, %s", verdict.TotalCost, verdict.USDTotalCost, verdict.ForecastCost)
	}
}

// A figure from which something is missing is none.
func TestEvaluateAzureSubscription_unknownFigures(t *testing.T) {
	t.Parallel()
	for name, other := range map[string]resource{
		"cost": {"rg", "", "EUR", "1"}, "currency": {"rg", "1", "", "1"}, "another currency": {"rg", "1", "USD", "1"}, "unknown in another": {"rg", "", "USD", "1"},
	} {
		verdict := evaluateShop(groupedOf(t, &mid, resource{"rg", "5", "EUR", ""}, other), AzureSubscriptionRules{MaxTotalCost: number(t, "100")})
		if verdict.TotalCost != nil || verdict.USDTotalCost != nil || verdict.ForecastCost != nil || verdict.Passed() {
			t.Errorf("%s: %v, %v, %v, passed is %t", name, verdict.TotalCost, verdict.USDTotalCost, verdict.ForecastCost, verdict.Passed())
		}
	}
}

// An exception is from all rules.
func TestEvaluateAzureSubscription_exceptions(t *testing.T) {
	t.Parallel()
	subscription := groupedOf(t, &mid, resource{"rg-web", "60", "EUR", "66"}, resource{"rg-data", "1", "USD", ""})
	subscription.Missing = []string{"rg-404"}
	rules := AzureSubscriptionRules{
		MaxTotalCost: number(t, "1"), MaxUSDTotalCost: number(t, "1"), MaxForecastTotalCost: number(t, "1"), MaxDataAge: new(time.Hour),
		MaxResourceGroupTotalCost: map[string]decimal.Decimal{"rg-web": *number(t, "1")},
	}
	without := evaluateShop(subscription, rules)
	rules.Exceptions = []Exception{{Until: now, Reason: "an old one"}, {Until: now.Add(1), Reason: "a migration"}}
	excepted := evaluateShop(subscription, rules)
	if !excepted.Passed() || excepted.WarningCount() != without.ViolationCount() || without.ViolationCount() != 8 {
		t.Errorf("%d warnings for %d violations", excepted.WarningCount(), without.ViolationCount())
	}
	for _, message := range append(excepted.Messages(), excepted.Summary()) {
		if !strings.Contains(message, "excepted until 2026-11-20T12:00:00.000000001Z (a migration)") {
			t.Error(message)
		}
	}
	rules.Exceptions = rules.Exceptions[:1]
	ended := evaluateShop(subscription, rules)
	for _, message := range ended.Messages() {
		if !strings.HasSuffix(message, ", the exception until 2026-11-20T12:00:00Z (an old one) has ended") {
			t.Error(message)
		}
	}
	if ended.ViolationCount() != without.ViolationCount() {
		t.Errorf("%d violations", ended.ViolationCount())
	}
}

func TestEvaluateAzureSubscription_report(t *testing.T) {
	t.Parallel()
	subscription := groupedOf(t, &mid, resource{"rg-web", "1060", "EUR", "66"}, resource{"rg-data", "40", "EUR", "44"})
	subscription.Ungrouped = recordsOf(t, &mid, resource{"", "5", "EUR", "5"})
	subscription.Name = "Shop |\n::error::"
	const head = "| resource group | spend | limit | used | state |\n|---|--:|--:|--:|---|\n"
	for name, test := range map[string]struct {
		rules   AzureSubscriptionRules
		summary string
		want    string
	}{
		"passed": {
			AzureSubscriptionRules{MaxTotalCost: number(t, "2000"), WarnForecastTotalCost: number(t, "4000")},
			"Azure subscription gate passed for Shop | : :error: :",
			"**Azure subscription gate passed**: 0 of 2 resource groups failed. Spend: 1,105.00 EUR. Limits: 2,000.00 EUR all together, a warning above a forecast of 4,000.00 EUR. Figures: 2026-11-16 00:00 UTC.\n\n" +
				head +
				"| rg-web | 1,060.00 EUR | none |  | no limit of its own |\n" +
				"| rg-data | 40.00 EUR | none |  | no limit of its own |\n" +
				"| resources in no resource group | 5.00 EUR | none |  | no limit of its own |\n\n" +
				"```mermaid\n" + `%%{init: {"themeVariables": {"xyChart": {"plotColorPalette": "#388bfd, #f85149"}}}}%%` + "\n" +
				"xychart-beta horizontal\n    title \"Cost so far, in EUR\"\n" +
				"    x-axis [\"rg-web, 1060.00 EUR\", \"rg-data, 40.00 EUR\", \"resources in no resourc…, 5.00 EUR\"]\n" +
				"    y-axis \"EUR\" 0 --> 1060\n    bar [1060.00, 40.00, 5.00]\n```\n",
		},
		"failed": {
			AzureSubscriptionRules{MaxTotalCost: number(t, "1000"), MaxResourceGroupTotalCost: map[string]decimal.Decimal{"rg-web": *number(t, "1000"), "rg-data": *number(t, "50")}},
			"Azure subscription gate failed: Shop | : :error: : : 1105.00 EUR, limit 1000.00 EUR; rg-web: 1060.00 EUR, limit 1000.00 EUR",
			"**Azure subscription gate failed**: 1 rule about the Azure subscription failed, 1 of 2 resource groups failed. Spend: 1,105.00 EUR. " +
				"Limits: 1,000.00 EUR all together, those of 2 resource groups. Figures: 2026-11-16 00:00 UTC.\n\n" +
				"- **max_total_cost**: Shop &#124; : &#58;error: : : 1105.00 EUR, limit 1000.00 EUR\n\n" +
				head +
				"| rg-web | 1,060.00 EUR | 1,000.00 EUR | 106.00 % | **failed**: max_resource_group_total_cost (1,060.00 EUR, limit 1,000.00 EUR) |\n" +
				"| rg-data | 40.00 EUR | 50.00 EUR | 80.00 % | within limits |\n" +
				"| resources in no resource group | 5.00 EUR | none |  | no limit of its own |\n\n" +
				"```mermaid\n" + `%%{init: {"themeVariables": {"xyChart": {"plotColorPalette": "#388bfd, #f85149"}}}}%%` + "\n" +
				"xychart-beta horizontal\n    title \"Limit used, in percent; the line is the limit\"\n" +
				"    x-axis [\"rg-web, 106.00 %\", \"rg-data, 80.00 %\"]\n" +
				"    y-axis \"%\" 0 --> 106\n    bar [106.00, 80.00]\n    line [100, 100]\n```\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			verdict := evaluateShop(subscription, test.rules)
			if diff := cmp.Diff(test.summary, verdict.Summary()); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.want, verdict.Markdown()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// FuzzEvaluateAzureSubscription holds the verdict on two resource groups against
// fractions, and their names within the report.
func FuzzEvaluateAzureSubscription(f *testing.F) {
	f.Add("Shop", "rg-web", "120.5682999999995904716", "EUR", "240", "200", "100", int64(1794787200))
	f.Add("", "RG-Other", "20", "EUR", "41", "82", "20", int64(1794787200))
	f.Add("x", "rg", "20.00000000000000000001", "eur", "20", "20", "20", int64(1793491200))
	f.Add("x", "rg", "0", "", "1", "1", "0", int64(253402214400))
	f.Add("x", "rg", "-5", "EUR", "0", "0", "0", int64(0))
	f.Add("x", "rg", "", "EUR", "100", "100", "100", int64(1794787200))
	f.Add("a|b\n`c` <img src=x> ::error::", "[l](http://x) **B** @all \u202e\"]; end www.example.com ##vso[", "99", "EUR", "1", "100", "1", int64(1795219200))
	f.Fuzz(func(t *testing.T, name, group, cost, currency, total, forecast, own string, seconds int64) {
		rules := AzureSubscriptionRules{Currency: "EUR", MaxTotalCost: anyDecimal(total), MaxForecastTotalCost: anyDecimal(forecast), MaxFindings: 100}
		ownLimit := anyDecimal(own)
		if rules.MaxTotalCost == nil || rules.MaxForecastTotalCost == nil || ownLimit == nil || groupID(group) == "" || groupID(group) == "rg-other" {
			t.Skip("a rule that is off is no rule")
		}
		rules.MaxResourceGroupTotalCost = map[string]decimal.Decimal{group: *ownLimit}
		date := time.Unix(seconds%(1<<40), 0)
		record := Record{SubjectName: group, Currency: currency, Cost: anyDecimal(cost), LastModified: &date}
		other := Record{SubjectName: "rg-other", Currency: "EUR", Cost: new(decimal.NewFromInt(1)), LastModified: &date}
		verdict := EvaluateAzureSubscription(AzureSubscription{Name: name, HasUsage: true, Grouped: []Record{record, other}}, rules, now)
		if want := keepsAll(record, rules, *ownLimit); verdict.Passed() != want {
			t.Errorf("passed is %t, want %t: %v", verdict.Passed(), want, verdict.Messages())
		}
		again := EvaluateAzureSubscription(AzureSubscription{Name: name, HasUsage: true, Grouped: []Record{other, record}}, rules, now)
		if diff := cmp.Diff(verdict.Messages(), again.Messages()); diff != "" {
			t.Errorf("the order matters:\n%s", diff)
		}
		checkLines(t, verdict.Verdict)
	})
}

// keepsAll tells in fractions whether a resource group, beside another that costs 1
// EUR, keeps within all limits.
func keepsAll(r Record, rules AzureSubscriptionRules, own decimal.Decimal) bool {
	date := r.LastModified.UTC()
	switch {
	case r.Cost == nil, r.Currency != "EUR" && !r.Cost.IsZero(), date.Sub(now) > 24*time.Hour:
		return false
	}
	cost := new(big.Rat)
	if r.Currency == "EUR" {
		cost = r.Cost.Rat()
	}
	if cost.Cmp(own.Rat()) > 0 {
		return false
	}
	total := new(big.Rat).Add(cost, big.NewRat(1, 1))
	begin := time.Date(date.Year(), date.Month(), 1, 0, 0, 0, 0, time.UTC)
	elapsed, length := date.Unix()-begin.Unix(), begin.AddDate(0, 1, 0).Unix()-begin.Unix()
	forecast := total
	if elapsed >= 24*60*60 && total.Sign() > 0 {
		forecast = new(big.Rat).Mul(total, big.NewRat(length, elapsed))
	}
	return total.Cmp(rules.MaxTotalCost.Rat()) <= 0 && forecast.Cmp(rules.MaxForecastTotalCost.Rat()) <= 0
}
