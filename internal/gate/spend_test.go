package gate

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

// limitsOf are limits by currency, or budgets by customer, in the notation of a
// table: "EUR 100, SEK 5".
func limitsOf(t *testing.T, text string) map[string]decimal.Decimal {
	t.Helper()
	limits := map[string]decimal.Decimal{}
	for entry := range strings.SplitSeq(text, ", ") {
		key, amount, _ := strings.Cut(entry, " ")
		limits[key] = *number(t, amount)
	}
	return limits
}

func checkVerdict(t *testing.T, verdict *Verdict, violations, warnings []string) {
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

// dated is a usage record of a customer with a date, as an Azure plan has it, or
// with the period of a legacy customer.
type dated struct{ name, cost, currency, budget, date, start, end string }

func (d dated) record(t *testing.T) Record {
	t.Helper()
	record := spender{d.name, d.cost, d.currency, "1", d.budget}.record(t)
	record.LastModified = nil
	if d.date != "" {
		date := at(t, d.date)
		record.LastModified, record.Period = &date, new(MonthOf(date))
	}
	if d.start != "" {
		record.Period = &Period{at(t, d.start), at(t, d.end)}
	}
	return record
}

func TestForecastRules(t *testing.T) {
	t.Parallel()
	both := func(t *testing.T) SpendRules {
		t.Helper()
		return SpendRules{MaxForecastPercentUsed: number(t, "100"), WarnForecastPercentUsed: number(t, "80")}
	}
	const half, firstDay = "2026-11-16T00:00:00Z", "2026-11-01T23:59:59.999999999Z"
	const early = "forecast_known: A: there is no forecast on the first day of a period, or right after its end: the cost itself is compared"
	for name, test := range map[string]struct {
		records              []dated
		rules                func(*testing.T) SpendRules
		violations, warnings []string
	}{
		"below":                  {[]dated{{"A", "39.99999999999999999999", "EUR", "100", half, "", ""}}, both, nil, nil},
		"at the warning":         {[]dated{{"A", "40", "EUR", "100", half, "", ""}}, both, nil, nil},
		"just above the warning": {[]dated{{"A", "40.00000000000000000001", "EUR", "100", half, "", ""}}, both, nil, []string{"warn_forecast_percent_used: A: forecast 80.00000000000000000002 EUR of 100.00 EUR (80.00 %), limit 80 %"}},
		"at the limit":           {[]dated{{"A", "50", "EUR", "100", half, "", ""}}, both, nil, []string{"warn_forecast_percent_used: A: forecast 100.00 EUR of 100.00 EUR (100.00 %), limit 80 %"}},
		"just above the limit":   {[]dated{{"A", "50.00000000000000000001", "EUR", "100", half, "", ""}}, both, []string{"max_forecast_percent_used: A: forecast 100.00000000000000000002 EUR of 100.00 EUR (100.00 %), limit 100 %"}, nil},
		"does not come out even": {[]dated{{"A", "1", "EUR", "1", "2026-11-08T00:00:00Z", "", ""}}, both, []string{"max_forecast_percent_used: A: forecast 4.29 EUR of 1.00 EUR (428.57 %), limit 100 %"}, nil},
		"the first instant":      {[]dated{{"A", "80", "EUR", "100", "2026-11-01T00:00:00Z", "", ""}}, both, nil, []string{early}},
		"the first day, above": {
			[]dated{{"A", "81", "EUR", "100", firstDay, "", ""}, {"B", "101", "EUR", "100", firstDay, "", ""}},
			both,
			[]string{"max_forecast_percent_used: B: forecast 101.00 EUR of 100.00 EUR (101.00 %), limit 100 %"},
			[]string{strings.Replace(early, "A:", "B:", 1), early, "warn_forecast_percent_used: A: forecast 81.00 EUR of 100.00 EUR (81.00 %), limit 80 %"},
		},
		"a day":                     {[]dated{{"A", "3", "EUR", "100", "2026-11-02T00:00:00Z", "", ""}}, both, nil, []string{"warn_forecast_percent_used: A: forecast 90.00 EUR of 100.00 EUR (90.00 %), limit 80 %"}},
		"the last instant":          {[]dated{{"A", "100", "EUR", "100", "2026-11-30T23:59:59.999999999Z", "", ""}}, both, []string{"max_forecast_percent_used: A: forecast 100.00000000000003858025 EUR of 100.00 EUR (100.00 %), limit 100 %"}, nil},
		"a leap February":           {[]dated{{"A", "50", "EUR", "100", "2024-02-15T12:00:00Z", "", ""}}, both, nil, []string{"warn_forecast_percent_used: A: forecast 100.00 EUR of 100.00 EUR (100.00 %), limit 80 %"}},
		"a leap February, above":    {[]dated{{"A", "50", "EUR", "100", "2024-02-15T11:59:59Z", "", ""}}, both, []string{"max_forecast_percent_used: A: forecast 100.00007982126422514705 EUR of 100.00 EUR (100.00 %), limit 100 %"}, nil},
		"a February of 28 days":     {[]dated{{"A", "50", "EUR", "100", "2026-02-15T00:00:00Z", "", ""}}, both, nil, []string{"warn_forecast_percent_used: A: forecast 100.00 EUR of 100.00 EUR (100.00 %), limit 80 %"}},
		"a legacy period":           {[]dated{{"A", "50", "EUR", "100", "2026-11-12T12:00:00Z", "2026-10-28T00:00:00Z", "2026-11-28T00:00:00Z"}}, both, nil, []string{"warn_forecast_percent_used: A: forecast 100.00 EUR of 100.00 EUR (100.00 %), limit 80 %"}},
		"no date":                   {[]dated{{"A", "0.01", "EUR", "100", "", "", ""}}, both, []string{"forecast_known: A: there is no forecast: a cost has no date"}, nil},
		"no date, and no cost":      {[]dated{{"A", "0", "EUR", "100", "", "", ""}}, both, nil, nil},
		"a date in the year 9999":   {[]dated{{"A", "0.01", "EUR", "100", "9999-12-31T00:00:00Z", "", ""}}, both, []string{"forecast_known: A: there is no forecast: a cost has no date"}, nil},
		"a period that has no end":  {[]dated{{"A", "1", "EUR", "100", half, "2026-11-01T00:00:00Z", "2026-11-01T00:00:00Z"}}, both, []string{"forecast_known: A: there is no forecast: the billing period of a cost is given as 2026-11-01 to 2026-11-01, and its date as 2026-11-16"}, nil},
		"a figure before it":        {[]dated{{"A", "1", "EUR", "100", half, "2026-11-17T00:00:00Z", "2026-12-17T00:00:00Z"}}, both, []string{"forecast_known: A: there is no forecast: the billing period of a cost is given as 2026-11-17 to 2026-12-17, and its date as 2026-11-16"}, nil},
		"not known, and a warning":  {[]dated{{"A", "1", "EUR", "100", "", "", ""}}, func(t *testing.T) SpendRules { t.Helper(); return SpendRules{WarnForecastPercentUsed: number(t, "80")} }, []string{"forecast_known: A: there is no forecast: a cost has no date"}, nil},
		"a cost that is not known":  {[]dated{{"A", "", "EUR", "100", half, "", ""}}, both, []string{"max_forecast_percent_used: A: the cost is not known"}, nil},
		"no budget":                 {[]dated{{"A", "1", "EUR", "", half, "", ""}}, both, []string{"has_budget: A: no budget"}, nil},
		"something of nothing":      {[]dated{{"A", "0.01", "EUR", "0", half, "", ""}}, both, []string{"max_forecast_percent_used: A: forecast 0.02 EUR of 0.00 EUR, limit 100 %"}, nil},
		"nothing of nothing":        {[]dated{{"A", "0", "EUR", "0", half, "", ""}}, both, nil, nil},
		"a refund does not grow":    {[]dated{{"A", "60", "EUR", "100", "2026-11-30T00:00:00Z", "", ""}, {"A", "-10", "EUR", "100", "2026-11-02T00:00:00Z", "", ""}}, func(t *testing.T) SpendRules { t.Helper(); return SpendRules{MaxForecastPercentUsed: number(t, "50")} }, []string{"max_forecast_percent_used: A: forecast 52.07 EUR of 100.00 EUR (52.07 %), limit 50 %"}, nil},
		"a negative budget":         {[]dated{{"A", "-6", "EUR", "-5", half, "", ""}, {"B", "0", "EUR", "-5", half, "", ""}}, both, []string{"max_forecast_percent_used: B: forecast 0 EUR of -5.00 EUR (0.00 %), limit 100 %"}, nil},
		"several records, together": {[]dated{{"A", "20", "EUR", "100", half, "", ""}, {"A", "31", "EUR", "100", "2026-11-12T12:00:00Z", "2026-10-28T00:00:00Z", "2026-11-28T00:00:00Z"}}, both, []string{"max_forecast_percent_used: A: forecast 102.00 EUR of 100.00 EUR (102.00 %), limit 100 %"}, nil},
		"two currencies":            {[]dated{{"A", "1", "EUR", "100", half, "", ""}, {"A", "1", "SEK", "100", half, "", ""}}, both, []string{"one_budget: A: several records name different budgets"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spend := spend{SpendList: SpendList{Listed: len(test.records)}}
			for _, record := range test.records {
				spend.Records = append(spend.Records, record.record(t))
			}
			rules := test.rules(t)
			rules.MaxFindings = 100
			checkVerdict(t, evaluateSpend(spend, rules, at(t, "2026-12-01T12:00:00Z")), test.violations, test.warnings)
		})
	}
}

func TestLimitsOfOnesOwn(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		spenders             []spender
		rules                func(*testing.T) SpendRules
		violations, warnings []string
	}{
		"a customer's cost: just below, at and just above": {
			[]spender{{"A", "99.99999999999999999999", "EUR", "1", ""}, {"B", "100", "EUR", "1", ""}, {"C", "100.00000000000000000001", "EUR", "1", ""}, {"D", "-1", "EUR", "1", ""}},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxCustomerTotalCost: limitsOf(t, "EUR 100, SEK 0")}
			},
			[]string{"max_customer_total_cost: C: 100.00000000000000000001 EUR, limit 100.00 EUR"},
			nil,
		},
		"a customer's cost in each of its currencies": {
			[]spender{{"A", "60", "EUR", "1", ""}, {"A", "60", "SEK", "1", ""}, {"A", "50", "EUR", "1", ""}},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxCustomerTotalCost: limitsOf(t, "EUR 100, SEK 59")}
			},
			[]string{"max_customer_total_cost: A: 110.00 EUR, limit 100.00 EUR", "max_customer_total_cost: A: 60.00 SEK, limit 59.00 SEK"},
			nil,
		},
		"a customer's cost in a currency without a limit": {
			[]spender{{"A", "1", "JPY", "1", ""}, {"B", "0", "JPY", "1", ""}, {"C", "1", "", "1", ""}, {"D", "5", "GBP", "1", ""}, {"D", "-5", "GBP", "1", ""}, {"E", "", "GBP", "1", ""}},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxCustomerTotalCost: limitsOf(t, "EUR 100, unknown 100")}
			},
			[]string{
				"currency_limited: D: there are costs in GBP, and max_customer_total_cost has no limit for it",
				"currency_limited: A: there are costs in JPY, and max_customer_total_cost has no limit for it",
				"currency_limited: C: the currency of a cost is not known",
				"currency_limited: E: there are costs in GBP, and max_customer_total_cost has no limit for it",
			},
			nil,
		},
		"a customer's cost that is not known": {
			[]spender{{"A", "", "EUR", "1", ""}},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxCustomerTotalCost: limitsOf(t, "EUR 100")}
			},
			[]string{"max_customer_total_cost: A: a cost is not known, limit 100.00 EUR"},
			nil,
		},
		"budgets of one's own": {
			[]spender{{"A", "11", "EUR", "1", "1000"}, {"B", "11", "EUR", "1", ""}, {"C", "11", "EUR", "1", "1"}, {"D", "11", "EUR", "1", "10"}},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxPercentUsed: number(t, "100"), Budgets: limitsOf(t, "id-A 10, id-B 11, id-C 10.99999999999999999999")}
			},
			[]string{
				"max_percent_used: A: 11.00 EUR of 10.00 EUR (110.00 %), limit 100 %",
				"max_percent_used: D: 11.00 EUR of 10.00 EUR (110.00 %), limit 100 %",
				"max_percent_used: C: 11 EUR of 10.99999999999999999999 EUR (100.00 %), limit 100 %",
			},
			nil,
		},
		"a budget of one's own of 0": {
			[]spender{{"A", "0.01", "EUR", "1", "1000"}, {"B", "0", "EUR", "1", "1000"}},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxPercentUsed: number(t, "100"), Budgets: limitsOf(t, "id-A 0, id-B 0")}
			},
			[]string{"max_percent_used: A: 0.01 EUR of 0.00 EUR, limit 100 %"},
			nil,
		},
		"a budget of one's own, where records name different ones": {
			[]spender{{"A", "60", "EUR", "1", "1000"}, {"A", "60", "EUR", "1", ""}},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxPercentUsed: number(t, "100"), Budgets: limitsOf(t, "id-A 100")}
			},
			[]string{"max_percent_used: A: 120.00 EUR of 100.00 EUR (120.00 %), limit 100 %"},
			nil,
		},
		"a budget of one's own, and costs in two currencies": {
			[]spender{{"A", "1", "EUR", "1", "1000"}, {"A", "0", "SEK", "1", "1000"}},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{WarnPercentUsed: number(t, "100"), Budgets: limitsOf(t, "id-A 100")}
			},
			[]string{"one_budget: A: its costs are in several currencies, and budgets has one amount"},
			nil,
		},
		"a budget of one's own, and a currency that is not known": {
			[]spender{{"A", "1", "", "1", "1000"}, {"B", "0", "", "1", "1000"}, {"C", "1", "", "1", "1000"}},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxForecastPercentUsed: number(t, "1000000"), Budgets: limitsOf(t, "id-A 100, id-B 100")}
			},
			[]string{
				"currency_limited: A: the currency of its cost is not known, and so neither that of its budget in budgets",
				"forecast_known: A: there is no forecast: the billing period of a cost is not known",
				"forecast_known: C: there is no forecast: the billing period of a cost is not known",
			},
			nil,
		},
		"a budget of one's own for nobody": {
			[]spender{{"A", "1", "EUR", "1", "1000"}},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxPercentUsed: number(t, "100"), Budgets: limitsOf(t, "id-B 100, id-A 100")}
			},
			[]string{"customer_found: customer id-B has a budget in budgets, and is not among the customers that are checked"},
			nil,
		},
		"a budget of one's own for nobody, which is allowed": {
			[]spender{{"A", "1", "EUR", "1", "1000"}},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxPercentUsed: number(t, "100"), Budgets: limitsOf(t, "id-B 100"), AllowMissing: true}
			},
			nil,
			[]string{"customer_found: customer id-B has a budget in budgets, and is not among the customers that are checked"},
		},
		"a negative budget, of which a higher limit is less": {
			[]spender{{"A", "-90", "EUR", "1", "-100"}},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxPercentUsed: number(t, "100"), WarnPercentUsed: number(t, "80")}
			},
			[]string{"max_percent_used: A: -90 EUR of -100.00 EUR (90.00 %), limit 100 %"},
			nil,
		},
		"a budget that is required, and in budgets": {
			[]spender{{"A", "1", "EUR", "1", ""}, {"B", "1", "EUR", "1", ""}},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{RequireBudget: new(true), Budgets: limitsOf(t, "id-A 100")}
			},
			[]string{"has_budget: B: no budget"},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkVerdict(t, evaluate(t, test.rules(t), test.spenders...), test.violations, test.warnings)
		})
	}
}

// A customer of budgets that is missing already has one finding, not two.
func TestBudgets_missing(t *testing.T) {
	t.Parallel()
	spend := spendOf(t, spender{"A", "1", "EUR", "1", "1000"})
	spend.Missing = []string{"gone"}
	rules := SpendRules{MaxPercentUsed: number(t, "100"), Budgets: limitsOf(t, "gone 100"), MaxFindings: 100}
	checkVerdict(t, evaluateSpend(spend, rules, now), []string{"customer_found: customer gone is not listed"}, nil)
	if spend.Records[0].Budget.String() != "1000" {
		t.Error("the records have changed")
	}
}

// An exception is for one customer, and what is not known of it is not known of all
// together.
func TestExceptions_usd(t *testing.T) {
	t.Parallel()
	exceptions := []Exception{{SubjectID: "id-A", Until: now.Add(time.Hour), Reason: "legacy"}}
	spenders := []spender{{"A", "1", "EUR", "", ""}, {"B", "1", "EUR", "1", ""}}
	const warning = "usd_known: A: the cost in USD is not known, excepted until 2026-11-20T13:00:00Z (legacy)"
	checkVerdict(t, evaluate(t, SpendRules{MaxUSDTotalCost: number(t, "100"), Exceptions: exceptions}, spenders...),
		[]string{"max_usd_total_cost: all together in USD: a cost is not known, limit 100.00 USD"}, []string{warning})
	checkVerdict(t, evaluate(t, SpendRules{MaxCustomerUSDTotalCost: number(t, "100"), Exceptions: exceptions}, spenders...),
		nil, []string{warning})
}

// An exception for nobody is none for all.
func TestExceptions_forNobody(t *testing.T) {
	t.Parallel()
	rules := SpendRules{MaxPercentUsed: number(t, "100"), Exceptions: []Exception{{Until: now.Add(time.Hour), Reason: "a migration"}}}
	checkVerdict(t, evaluate(t, rules, spender{"A", "11", "EUR", "1", "10"}), []string{"max_percent_used: A: 11.00 EUR of 10.00 EUR (110.00 %), limit 100 %"}, nil)
}

// A customer with an exception still counts in the totals of all.
func TestExceptions_totals(t *testing.T) {
	t.Parallel()
	exceptions := []Exception{{SubjectID: "id-A", Until: now.Add(time.Hour), Reason: "a migration"}}
	rules := SpendRules{MaxTotalCost: limitsOf(t, "EUR 100"), MaxUSDTotalCost: number(t, "100"), Exceptions: exceptions}
	checkVerdict(t, evaluate(t, rules, spender{"A", "101", "EUR", "101", ""}),
		[]string{"max_usd_total_cost: all together: 101.00 USD, limit 100.00 USD", "max_total_cost: all together: 101.00 EUR, limit 100.00 EUR"}, nil)
}

func TestMarkdown_ownLimits(t *testing.T) {
	t.Parallel()
	spend := spend{Records: []Record{
		dated{"Forecast", "60", "EUR", "100", "2026-11-16T00:00:00Z", "", ""}.record(t),
		dated{"Keeps", "1", "EUR", "100", "2026-11-16T00:00:00Z", "", ""}.record(t),
		dated{"Excepted", "600", "EUR", "", "2026-11-16T00:00:00Z", "", ""}.record(t),
		dated{"No budget", "0", "SEK", "", "2026-11-16T00:00:00Z", "", ""}.record(t),
	}, SpendList: SpendList{Listed: 4}}
	report := evaluateSpend(spend, SpendRules{
		MaxForecastPercentUsed: number(t, "100"), WarnForecastPercentUsed: number(t, "80"), MaxCustomerTotalCost: limitsOf(t, "EUR 500"), RequireBudget: new(false),
		Budgets: limitsOf(t, "id-Keeps 50, gone 1"), MaxFindings: 100, AllowMissing: true,
		Exceptions: []Exception{
			{SubjectID: "id-Excepted", Until: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), Reason: "a | migration"},
			{SubjectID: "id-Forecast", Until: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Reason: "a launch"},
		},
	}, now).Markdown()
	const want = "**Spend gate failed**: 1 of 4 customers failed, 1 warned, 2 without a budget, 1 with a budget but not checked, 1 excepted. Spend: 661.00 EUR, 0.00 SEK. " +
		"Limits: a forecast of 100 % of each budget, a warning above a forecast of 80 % of each budget, 500.00 EUR per customer. Figures: 2026-11-16 00:00 UTC.\n\n" +
		"- customer_found (warning): customer gone has a budget in budgets, and is not among the customers that are checked\n\n" +
		"Exceptions:\n\n" +
		"- Excepted: excepted until 2026-12-01 (a &#124; migration)\n" +
		"- Forecast: the exception until 2026-11-01 (a launch) has ended\n\n" +
		"| customer | spend | budget | used | state |\n|---|--:|--:|--:|---|\n" +
		"| Forecast | 60.00 EUR | 100.00 EUR | 60.00 % | **failed**: max_forecast_percent_used (120.00 %, limit 100 %), the exception until 2026-11-01 has ended |\n" +
		"| Excepted | 600.00 EUR | none |  | warned: max_customer_total_cost (600.00 EUR, limit 500.00 EUR), excepted until 2026-12-01 |\n" +
		"| Keeps | 1.00 EUR | 50.00 EUR | 2.00 % | within limits |\n" +
		"| No budget | 0.00 SEK | none |  | no budget |\n"
	table, _, _ := strings.Cut(report, "\n```mermaid")
	if diff := cmp.Diff(want, table); diff != "" {
		t.Error(diff)
	}
}
