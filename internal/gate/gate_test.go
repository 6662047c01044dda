package gate

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

var now = time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)

func number(t *testing.T, text string) *decimal.Decimal {
	t.Helper()
	if text == "" {
		return nil
	}
	d, err := decimal.NewFromString(text)
	if err != nil {
		t.Fatal(err)
	}
	return &d
}

// A spender is a usage record in the notation of a table: an empty number is not
// known, an empty budget is none.
type spender struct{ name, cost, currency, usd, budget string }

func (s spender) record(t *testing.T) Record {
	t.Helper()
	modified := now.Add(-24 * time.Hour)
	return Record{
		SubjectID: "id-" + s.name, SubjectName: s.name, Currency: s.currency,
		Cost: number(t, s.cost), USDCost: number(t, s.usd), Budget: number(t, s.budget), LastModified: &modified,
	}
}

func spendOf(t *testing.T, spenders ...spender) spend {
	t.Helper()
	spend := spend{SpendList: SpendList{Listed: len(spenders)}}
	for _, s := range spenders {
		spend.Records = append(spend.Records, s.record(t))
	}
	return spend
}

// told are the rules and messages of findings.
func told(findings []Finding) []string {
	list := []string{}
	for _, f := range findings {
		list = append(list, f.Rule+": "+f.Message)
	}
	return list
}

func TestRules(t *testing.T) {
	t.Parallel()
	swede := spender{"Modern Azure Customer SE", "120.5682999999995904716", "SEK", "12.39999999999999985235", "20"}
	for name, test := range map[string]struct {
		spenders   []spender
		rules      func(*testing.T) SpendRules
		violations []string
		warnings   []string
	}{
		"percent: above": {
			[]spender{swede},
			func(t *testing.T) SpendRules { t.Helper(); return SpendRules{MaxPercentUsed: number(t, "100")} },
			[]string{"max_percent_used: Modern Azure Customer SE: 120.57 SEK of 20.00 SEK (602.84 %), limit 100 %"},
			nil,
		},
		"percent: at the limit, to the last digit": {
			[]spender{swede}, func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxPercentUsed: number(t, "602.841499999997952358")}
			}, nil, nil,
		},
		"percent: just above the limit": {
			[]spender{swede},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxPercentUsed: number(t, "602.841499999997952357999999999999")}
			},
			[]string{"max_percent_used: Modern Azure Customer SE: 120.5682999999995904716 SEK of 20.00 SEK (602.84 %), limit 602.8415 %"},
			nil,
		},
		"percent: just below the limit": {
			[]spender{swede},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxPercentUsed: number(t, "602.841499999997952358000000000001")}
			}, nil, nil,
		},
		"percent: nothing of a budget of 0": {
			[]spender{{"Nobody", "0", "EUR", "0", "0"}}, func(t *testing.T) SpendRules { t.Helper(); return SpendRules{MaxPercentUsed: number(t, "100")} }, nil, nil,
		},
		"percent: something of a budget of 0": {
			[]spender{{"Zero", "0.00000000000000000001", "EUR", "0", "0"}},
			func(t *testing.T) SpendRules { t.Helper(); return SpendRules{MaxPercentUsed: number(t, "100")} },
			[]string{"max_percent_used: Zero: 0.00000000000000000001 EUR of 0.00 EUR, limit 100 %"},
			nil,
		},
		"percent: a refund": {
			[]spender{{"Refund", "-5", "EUR", "-5", "10"}}, func(t *testing.T) SpendRules { t.Helper(); return SpendRules{MaxPercentUsed: number(t, "0")} }, nil, nil,
		},
		"percent: no budget": {
			[]spender{{"Free", "5", "EUR", "5", ""}},
			func(t *testing.T) SpendRules { t.Helper(); return SpendRules{MaxPercentUsed: number(t, "100")} },
			[]string{"has_budget: Free: no budget"},
			nil,
		},
		"percent: no budget, and none required": {
			[]spender{{"Free", "5", "EUR", "5", ""}}, func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxPercentUsed: number(t, "100"), RequireBudget: new(false)}
			}, nil, nil,
		},
		"percent: cost not known": {
			[]spender{{"Dark", "", "EUR", "", "10"}},
			func(t *testing.T) SpendRules { t.Helper(); return SpendRules{MaxPercentUsed: number(t, "100")} },
			[]string{"max_percent_used: Dark: the cost is not known"},
			nil,
		},
		"warning only": {
			[]spender{swede},
			func(t *testing.T) SpendRules { t.Helper(); return SpendRules{WarnPercentUsed: number(t, "80")} },
			nil,
			[]string{"warn_percent_used: Modern Azure Customer SE: 120.57 SEK of 20.00 SEK (602.84 %), limit 80 %"},
		},
		"warning: just below, at and just above": {
			[]spender{
				{"A", "79.99999999999999999999", "EUR", "1", "100"}, {"B", "80", "EUR", "1", "100"}, {"C", "80.00000000000000000001", "EUR", "1", "100"},
			},
			func(t *testing.T) SpendRules { t.Helper(); return SpendRules{WarnPercentUsed: number(t, "80")} },
			nil,
			[]string{"warn_percent_used: C: 80.00000000000000000001 EUR of 100.00 EUR (80.00 %), limit 80 %"},
		},
		"warning below the limit, worst first": {
			[]spender{{"B", "85", "EUR", "1", "100"}, {"A", "90", "EUR", "1", "100"}, {"C", "101", "EUR", "1", "100"}, {"D", "80", "EUR", "1", "100"}},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxPercentUsed: number(t, "100"), WarnPercentUsed: number(t, "80")}
			},
			[]string{"max_percent_used: C: 101.00 EUR of 100.00 EUR (101.00 %), limit 100 %"},
			[]string{"warn_percent_used: A: 90.00 EUR of 100.00 EUR (90.00 %), limit 80 %", "warn_percent_used: B: 85.00 EUR of 100.00 EUR (85.00 %), limit 80 %"},
		},
		"budget required by itself": {
			[]spender{swede, {"Free", "0", "EUR", "0", ""}},
			func(t *testing.T) SpendRules { t.Helper(); return SpendRules{RequireBudget: new(true)} },
			[]string{"has_budget: Free: no budget"},
			nil,
		},
		"USD: at the limit": {
			[]spender{{"A", "1", "EUR", "10.5", ""}, {"B", "1", "SEK", "-0.5", ""}}, func(t *testing.T) SpendRules { t.Helper(); return SpendRules{MaxUSDTotalCost: number(t, "10")} }, nil, nil,
		},
		"USD: just below": {
			[]spender{{"A", "1", "EUR", "10.5", ""}, {"B", "1", "SEK", "-0.50000000000000000001", ""}},
			func(t *testing.T) SpendRules { t.Helper(); return SpendRules{MaxUSDTotalCost: number(t, "10")} }, nil, nil,
		},
		"USD: just above": {
			[]spender{{"A", "1", "EUR", "10.5", ""}, {"B", "1", "SEK", "-0.49999999999999999999", ""}},
			func(t *testing.T) SpendRules { t.Helper(); return SpendRules{MaxUSDTotalCost: number(t, "10")} },
			[]string{"max_usd_total_cost: all together: 10.00000000000000000001 USD, limit 10.00 USD"},
			nil,
		},
		"USD: not known of a legacy customer": {
			[]spender{{"Legacy", "22.86", "EUR", "", ""}, {"A", "1", "EUR", "1", ""}},
			func(t *testing.T) SpendRules { t.Helper(); return SpendRules{MaxUSDTotalCost: number(t, "1000")} },
			[]string{"usd_known: Legacy: the cost in USD is not known"},
			nil,
		},
		"USD of each customer: just below, at and just above": {
			[]spender{{"A", "1", "EUR", "9.99999999999999999999", ""}, {"B", "1", "EUR", "10", ""}, {"C", "1", "SEK", "10.00000000000000000001", ""}, {"D", "1", "SEK", "-10.01", ""}},
			func(t *testing.T) SpendRules { t.Helper(); return SpendRules{MaxCustomerUSDTotalCost: number(t, "10")} },
			[]string{"max_customer_usd_total_cost: C: 10.00000000000000000001 USD, limit 10.00 USD"},
			nil,
		},
		"by currency: just below, at and just above": {
			[]spender{
				{"A", "60", "EUR", "1", ""},
				{"B", "39.99999999999999999999", "EUR", "1", ""},
				{"C", "110", "SEK", "1", ""},
				{"D", "-10", "SEK", "1", ""},
				{"E", "100.00000000000000000001", "CHF", "1", ""},
			},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxTotalCost: map[string]decimal.Decimal{"EUR": *number(t, "100"), "SEK": *number(t, "100"), "CHF": *number(t, "100")}}
			},
			[]string{"max_total_cost: all together: 100.00000000000000000001 CHF, limit 100.00 CHF"},
			nil,
		},
		"by currency: within, and above": {
			[]spender{{"A", "60", "EUR", "1", ""}, {"B", "50", "EUR", "1", ""}, {"C", "99", "SEK", "1", ""}},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxTotalCost: map[string]decimal.Decimal{"EUR": *number(t, "100"), "SEK": *number(t, "99"), "JPY": *number(t, "0")}}
			},
			[]string{"max_total_cost: all together: 110.00 EUR, limit 100.00 EUR"},
			nil,
		},
		"by currency: one without a limit": {
			[]spender{{"A", "1845023.4", "JPY", "1", ""}, {"Nothing", "0", "GBP", "0", ""}},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxTotalCost: map[string]decimal.Decimal{"EUR": *number(t, "100")}}
			},
			[]string{"currency_limited: there are costs in JPY, and max_total_cost has no limit for it"},
			nil,
		},
		"by currency: one that is not known, even with a limit of that name": {
			[]spender{{"A", "1", "", "1", ""}},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxTotalCost: map[string]decimal.Decimal{"unknown": *number(t, "100")}}
			},
			[]string{"currency_limited: there are costs whose currency is not known: A"},
			nil,
		},
		"by currency: costs without a limit that cancel out": {
			[]spender{{"A", "1000000", "JPY", "1", ""}, {"B", "-1000000", "JPY", "1", ""}, {"C", "5", "", "1", ""}, {"D", "-5", "", "1", ""}},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxTotalCost: map[string]decimal.Decimal{"EUR": *number(t, "100")}}
			},
			[]string{
				"currency_limited: there are costs whose currency is not known: C, D",
				"currency_limited: there are costs in JPY, and max_total_cost has no limit for it",
			},
			nil,
		},
		"by currency: a cost that is not known, without a limit": {
			[]spender{{"A", "", "JPY", "1", ""}},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxTotalCost: map[string]decimal.Decimal{"EUR": *number(t, "100")}}
			},
			[]string{"currency_limited: there are costs in JPY, and max_total_cost has no limit for it"},
			nil,
		},
		"by currency: a cost that is not known": {
			[]spender{{"A", "", "EUR", "1", ""}, {"B", "1", "EUR", "1", ""}},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxTotalCost: map[string]decimal.Decimal{"EUR": *number(t, "100")}}
			},
			[]string{"max_total_cost: all together in EUR: a cost is not known, limit 100.00 EUR"},
			nil,
		},
		"two records of a customer are compared together": {
			[]spender{{"Twice", "60", "EUR", "6", "100"}, {"B", "1", "EUR", "1", "100"}, {"Twice", "60", "EUR", "6", "100"}},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxPercentUsed: number(t, "100"), MaxCustomerUSDTotalCost: number(t, "10")}
			},
			[]string{
				"max_percent_used: Twice: 120.00 EUR of 100.00 EUR (120.00 %), limit 100 %",
				"max_customer_usd_total_cost: Twice: 12.00 USD, limit 10.00 USD",
			},
			nil,
		},
		"two records of a customer, the cost of one is not known": {
			[]spender{{"Twice", "1", "EUR", "6", "100"}, {"Twice", "", "EUR", "", "100"}},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxPercentUsed: number(t, "100"), MaxCustomerUSDTotalCost: number(t, "10")}
			},
			[]string{"usd_known: Twice: the cost in USD is not known", "max_percent_used: Twice: the cost is not known"},
			nil,
		},
		"two records of a customer that cancel out, without a limit": {
			[]spender{{"Twice", "1000000", "", "1", ""}, {"Twice", "-1000000", "", "1", ""}, {"Thrice", "1000000", "JPY", "1", ""}, {"Thrice", "-1000000", "JPY", "1", ""}},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxTotalCost: map[string]decimal.Decimal{"EUR": *number(t, "100")}}
			},
			[]string{
				"currency_limited: there are costs whose currency is not known: Twice",
				"currency_limited: there are costs in JPY, and max_total_cost has no limit for it",
			},
			nil,
		},
		"two records of a customer whose budgets differ": {
			[]spender{{"Twice", "1", "EUR", "1", "100"}, {"Twice", "1", "EUR", "1", "200"}},
			func(t *testing.T) SpendRules { t.Helper(); return SpendRules{WarnPercentUsed: number(t, "100")} },
			[]string{"one_budget: Twice: several records name different budgets"},
			nil,
		},
		"two records of a customer, one without a budget": {
			[]spender{{"Twice", "1", "EUR", "1", "100"}, {"Twice", "1", "EUR", "1", ""}},
			func(t *testing.T) SpendRules { t.Helper(); return SpendRules{RequireBudget: new(true)} },
			[]string{"one_budget: Twice: several records name different budgets"},
			nil,
		},
		"two records of a customer in two currencies have two budgets": {
			[]spender{{"Twice", "60", "EUR", "6", "100"}, {"Twice", "60", "SEK", "6", "100"}},
			func(t *testing.T) SpendRules { t.Helper(); return SpendRules{MaxPercentUsed: number(t, "100")} },
			[]string{"one_budget: Twice: several records name different budgets"},
			nil,
		},
		"budgets that differ, and no rule about budgets": {
			[]spender{{"Twice", "1", "EUR", "1", "100"}, {"Twice", "1", "EUR", "1", "200"}},
			func(t *testing.T) SpendRules { t.Helper(); return SpendRules{MaxUSDTotalCost: number(t, "100")} },
			nil,
			nil,
		},
		"a percentage is rounded once": {
			[]spender{{"A", "100.0049999", "EUR", "1", "100"}},
			func(t *testing.T) SpendRules { t.Helper(); return SpendRules{MaxPercentUsed: number(t, "100")} },
			[]string{"max_percent_used: A: 100.0049999 EUR of 100.00 EUR (100.00 %), limit 100 %"},
			nil,
		},
		"a limit that does not come out even": {
			[]spender{{"A", "70", "EUR", "1", "100"}},
			func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxPercentUsed: number(t, "66.666666666666666666666666666666666666666666666666666666666667")}
			},
			[]string{"max_percent_used: A: 70.00 EUR of 100.00 EUR (70.00 %), limit 66.6667 %"},
			nil,
		},
		"a negative budget": {
			[]spender{{"A", "0", "EUR", "1", "-5"}, {"B", "-6", "EUR", "1", "-5"}},
			func(t *testing.T) SpendRules { t.Helper(); return SpendRules{MaxPercentUsed: number(t, "100")} },
			[]string{"max_percent_used: A: 0 EUR of -5.00 EUR (0.00 %), limit 100 %"},
			nil,
		},
		"nobody": {
			nil, func(t *testing.T) SpendRules { t.Helper(); return SpendRules{MaxPercentUsed: number(t, "100")} },
			[]string{"not_empty: no customer is selected"},
			nil,
		},
		"nobody, which is allowed": {
			nil, func(t *testing.T) SpendRules {
				t.Helper()
				return SpendRules{MaxPercentUsed: number(t, "100"), AllowEmpty: true}
			},
			nil,
			[]string{"not_empty: no customer is selected"},
		},
		"data at the age": {
			[]spender{swede}, func(t *testing.T) SpendRules { t.Helper(); return SpendRules{MaxDataAge: new(24 * time.Hour)} }, nil, nil,
		},
		"data too old": {
			[]spender{swede},
			func(t *testing.T) SpendRules { t.Helper(); return SpendRules{MaxDataAge: new(24*time.Hour - 1)} },
			[]string{"max_data_age: the newest figure is 24.0 hours old, limit 24 hours"},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			verdict := evaluate(t, test.rules(t), test.spenders...)
			if diff := cmp.Diff(append([]string{}, test.violations...), told(verdict.Violations())); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(append([]string{}, test.warnings...), told(verdict.Warnings())); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
			if verdict.Passed() != (len(test.violations) == 0) {
				t.Errorf("passed is %t", verdict.Passed())
			}
		})
	}
}

func TestRules_list(t *testing.T) {
	t.Parallel()
	spend := spendOf(t, spender{"A", "1", "EUR", "1", "10"})
	spend.Total, spend.Missing = new(int64(25)), []string{"some-id"}
	rules := SpendRules{MaxPercentUsed: number(t, "100"), MaxFindings: 100}
	findings := []string{"complete: Partner Center lists 1 of 25 customers", "customer_found: customer some-id is not listed"}

	verdict := evaluateSpend(spend, rules, now)
	if diff := cmp.Diff(findings, told(verdict.Violations())); diff != "" {
		t.Error(diff)
	}
	rules.AllowIncomplete, rules.AllowMissing = true, true
	verdict = evaluateSpend(spend, rules, now)
	if diff := cmp.Diff(findings, told(verdict.Warnings())); diff != "" {
		t.Error(diff)
	}
	if verdict.Status() != "warned" || !verdict.Passed() {
		t.Error(verdict.Status())
	}
}

// A date more than a day ahead of the clock is no date.
func TestRules_futureDates(t *testing.T) {
	t.Parallel()
	spend := spendOf(t, spender{"A", "1", "EUR", "1", "10"}, spender{"B", "1", "EUR", "1", "10"})
	old := now.Add(-49 * time.Hour)
	rules := SpendRules{MaxDataAge: new(48 * time.Hour), MaxFindings: 100}
	for ahead, want := range map[time.Duration]string{
		24 * time.Hour:   "",
		24*time.Hour + 1: "max_data_age: the newest figure is 49.0 hours old, limit 48 hours",
	} {
		spend.Records[0].LastModified, spend.Records[1].LastModified = new(now.Add(ahead)), &old
		got := strings.Join(told(evaluateSpend(spend, rules, now).Violations()), "; ")
		if got != want {
			t.Errorf("a figure %s ahead of the clock: %q, want %q", ahead, got, want)
		}
	}
	spend.Records[0].LastModified, spend.Records[1].LastModified = new(time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)), nil
	if diff := cmp.Diff([]string{"data_age_known: no figure says how old it is"}, told(evaluateSpend(spend, rules, now).Violations())); diff != "" {
		t.Error(diff)
	}
}

// A name is no identity: records without an id are not added up, since a refund of
// one would hide what another has spent.
func TestRules_withoutID(t *testing.T) {
	t.Parallel()
	spend := spendOf(t, spender{"X", "590", "EUR", "590", "100"}, spender{"X", "-500", "EUR", "-580", "100"})
	spend.Records[0].SubjectID, spend.Records[1].SubjectID = "", ""
	rules := SpendRules{MaxPercentUsed: number(t, "100"), MaxCustomerUSDTotalCost: number(t, "100"), MaxFindings: 100}
	want := []string{
		"max_percent_used: X: 590.00 EUR of 100.00 EUR (590.00 %), limit 100 %",
		"max_customer_usd_total_cost: X: 590.00 USD, limit 100.00 USD",
	}
	if diff := cmp.Diff(want, told(evaluateSpend(spend, rules, now).Violations())); diff != "" {
		t.Error(diff)
	}
}

// The newest record with a name gives the name.
func TestRules_names(t *testing.T) {
	t.Parallel()
	spend := spendOf(t, spender{"Old", "60", "EUR", "1", "100"}, spender{"New", "60", "EUR", "1", "100"}, spender{"", "60", "EUR", "1", "100"})
	for i := range spend.Records {
		spend.Records[i].SubjectID, spend.Records[i].LastModified = "id", new(now.Add(time.Duration(i)*time.Hour))
	}
	want := []string{"max_percent_used: New: 180.00 EUR of 100.00 EUR (180.00 %), limit 100 %"}
	if diff := cmp.Diff(want, told(evaluateSpend(spend, SpendRules{MaxPercentUsed: number(t, "100"), MaxFindings: 1}, now).Violations())); diff != "" {
		t.Error(diff)
	}
}

// Undated figures beside dated ones do not count; without any date, nothing is
// known of the age.
func TestRules_dates(t *testing.T) {
	t.Parallel()
	spend := spendOf(t, spender{"A", "1", "EUR", "1", "10"}, spender{"B", "1", "EUR", "1", "10"})
	rules := SpendRules{MaxDataAge: new(48 * time.Hour), MaxFindings: 100}
	spend.Records[0].LastModified = nil
	if verdict := evaluateSpend(spend, rules, now); !verdict.Passed() {
		t.Error(told(verdict.Violations()))
	}
	spend.Records[1].LastModified = nil
	if diff := cmp.Diff([]string{"data_age_known: no figure says how old it is"}, told(evaluateSpend(spend, rules, now).Violations())); diff != "" {
		t.Error(diff)
	}
}
