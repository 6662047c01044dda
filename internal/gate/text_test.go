package gate

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

func TestSummary(t *testing.T) {
	t.Parallel()
	for want, spenders := range map[string][]spender{
		"Spend gate passed for 1 customer":                                                                                        {{"A", "1", "EUR", "1", "10"}},
		"Spend gate passed with warnings: A: 9.00 EUR of 10.00 EUR (90.00 %), limit 80 %":                                         {{"A", "9", "EUR", "1", "10"}},
		"Spend gate failed: A: 11.00 EUR of 10.00 EUR (110.00 %), limit 100 %":                                                    {{"A", "11", "EUR", "1", "10"}, {"B", "9", "EUR", "1", "10"}},
		"Spend gate failed: A: 11.00 EUR of 10.00 EUR (110.00 %), limit 100 %; B: 11.00 EUR of 10.00 EUR (110.00 %), limit 100 %": {{"B", "11", "EUR", "1", "10"}, {"A", "11", "EUR", "1", "10"}},
		"Spend gate failed: A: 11 ??? of 10 ??? (110.00 %), limit 100 %":                                                          {{"A", "11", "???", "1", "10"}},
	} {
		verdict := evaluate(t, SpendRules{MaxPercentUsed: number(t, "100"), WarnPercentUsed: number(t, "80")}, spenders...)
		if got := verdict.Summary(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestSummary_many(t *testing.T) {
	t.Parallel()
	var spenders []spender
	for name := range strings.FieldsSeq("A B C D E F G") {
		spenders = append(spenders, spender{name, "2", "EUR", "1", "1"})
	}
	spenders = append(spenders, spender{"H", "2", "EUR", "1", ""})
	summary := evaluate(t, SpendRules{MaxPercentUsed: number(t, "100"), RequireBudget: new(false)}, spenders...).Summary()
	if !strings.HasSuffix(summary, "E: 2.00 EUR of 1.00 EUR (200.00 %), limit 100 %; and 2 more (1 customer without a budget)") || strings.Contains(summary, "F:") {
		t.Error(summary)
	}
}

// Six customers above their budgets do not hide the seven other rules that failed.
func TestSummary_eachRule(t *testing.T) {
	t.Parallel()
	spend := spendOf(t,
		spender{"A", "2", "EUR", "1", "1"}, spender{"B", "2", "EUR", "1", "1"}, spender{"C", "2", "EUR", "1", "1"},
		spender{"D", "2", "EUR", "1", "1"}, spender{"E", "2", "EUR", "1", "1"}, spender{"F", "2", "EUR", "90", ""},
	)
	spend.Total, spend.Missing = new(int64(7)), []string{"g"}
	summary := evaluateSpend(spend, SpendRules{
		MaxPercentUsed: number(t, "100"), MaxUSDTotalCost: number(t, "1"), MaxCustomerUSDTotalCost: number(t, "80"),
		MaxTotalCost: map[string]decimal.Decimal{"EUR": *number(t, "1")},
	}, now).Summary()
	const want = "Spend gate failed: Partner Center lists 6 of 7 customers; all together: 95.00 USD, limit 1.00 USD; all together: 12.00 EUR, limit 1.00 EUR; " +
		"customer g is not listed; A: 2.00 EUR of 1.00 EUR (200.00 %), limit 100 %; F: no budget; F: 90.00 USD, limit 80.00 USD; and 4 more"
	if diff := cmp.Diff(want, summary); diff != "" {
		t.Error(diff)
	}
}

func TestGroupDigits(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "7": "7", "999.5 EUR": "999.5 EUR", "1000": "1,000", "-1234567.8901 EUR": "-1,234,567.8901 EUR", "100000 customers": "100,000 customers", "EUR": "EUR",
	} {
		if got := groupDigits(text); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
