package gate

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Until an exception ends, what would be a violation is a warning that says so. From
// then on it is a violation that says so.
func TestExceptions(t *testing.T) {
	t.Parallel()
	above := spender{"Above", "11", "EUR", "11", "10"}
	free := spender{"Free", "1", "EUR", "1", ""}
	const aboveText = "max_percent_used: Above: 11.00 EUR of 10.00 EUR (110.00 %), limit 100 %"
	for name, test := range map[string]struct {
		exceptions           []Exception
		violations, warnings []string
		summary              string
	}{
		"not ended": {
			[]Exception{{SubjectID: "id-Above", Until: now.Add(1), Reason: "a migration,\nby hand"}},
			nil,
			[]string{aboveText + ", excepted until 2026-11-20T12:00:00.000000001Z (a migration, by hand)"},
			"Spend gate passed with warnings: Above: 11.00 EUR of 10.00 EUR (110.00 %), limit 100 %, excepted until 2026-11-20T12:00:00.000000001Z (a migration, by hand) (1 customer without a budget, 1 customer excepted)",
		},
		"ended at this very instant": {
			[]Exception{{SubjectID: "id-Above", Until: now, Reason: "::error::"}},
			[]string{aboveText + ", the exception until 2026-11-20T12:00:00Z (: :error: :) has ended"},
			nil,
			"Spend gate failed: Above: 11.00 EUR of 10.00 EUR (110.00 %), limit 100 %, the exception until 2026-11-20T12:00:00Z (: :error: :) has ended (1 customer without a budget)",
		},
		"of somebody else": {
			[]Exception{{SubjectID: "id-Free", Until: now.Add(time.Hour), Reason: "a migration"}},
			[]string{aboveText},
			nil,
			"Spend gate failed: Above: 11.00 EUR of 10.00 EUR (110.00 %), limit 100 % (1 customer without a budget, 1 customer excepted)",
		},
		"several, one of which has not ended": {
			[]Exception{
				{SubjectID: "id-Above", Until: now.Add(-time.Hour), Reason: "old"},
				{SubjectID: "id-Above", Until: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), Reason: "new"},
				{SubjectID: "id-Above", Until: now.Add(-2 * time.Hour), Reason: "older"},
			},
			nil,
			[]string{aboveText + ", excepted until 2026-12-01 (new)"},
			"Spend gate passed with warnings: Above: 11.00 EUR of 10.00 EUR (110.00 %), limit 100 %, excepted until 2026-12-01 (new) (1 customer without a budget, 1 customer excepted)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rules := SpendRules{MaxPercentUsed: number(t, "100"), RequireBudget: new(false), Exceptions: test.exceptions}
			verdict := evaluate(t, rules, above, free)
			if diff := cmp.Diff(append([]string{}, test.violations...), told(verdict.Violations())); diff != "" {
				t.Errorf("violations (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(append([]string{}, test.warnings...), told(verdict.Warnings())); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.summary, verdict.Summary()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// An exception for a customer that is not checked does nothing, and does not count.
func TestExceptions_notChecked(t *testing.T) {
	t.Parallel()
	rules := SpendRules{
		MaxPercentUsed: number(t, "100"), MaxFindings: 100,
		Exceptions: []Exception{{SubjectID: "id-B", Until: now.Add(time.Hour), Reason: "b"}, {SubjectID: "id-A", Until: now.Add(2 * time.Hour), Reason: "a"}},
	}
	verdict := evaluateSpend(spendOf(t, spender{"A", "2", "EUR", "1", "1"}), rules, now)
	if got := verdict.Summary(); !strings.HasSuffix(got, " (a) (1 customer excepted)") {
		t.Error(got)
	}
	for _, want := range []string{"1 warned, 1 excepted.", "\n- id-B (not checked): excepted until ", "\n- A: excepted until "} {
		if got := verdict.Markdown(); !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

// Whatever is found about an excepted customer is excepted, also that it is not
// listed. What is found about all is not.
func TestExceptions_reach(t *testing.T) {
	t.Parallel()
	spend := spendOf(t, spender{"A", "2", "EUR", "", "1"})
	spend.Missing = []string{"gone"}
	until := now.Add(time.Hour)
	rules := SpendRules{
		MaxPercentUsed: number(t, "100"), MaxCustomerUSDTotalCost: number(t, "1"), MaxDataAge: new(time.Hour), MaxFindings: 100,
		Exceptions: []Exception{{SubjectID: "gone", Until: until, Reason: "b"}, {SubjectID: "id-A", Until: until, Reason: "a"}},
	}
	verdict := evaluateSpend(spend, rules, now)
	if diff := cmp.Diff([]string{"max_data_age: the newest figure is 24.0 hours old, limit 1 hour"}, told(verdict.Violations())); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		"customer_found: customer gone is not listed, excepted until 2026-11-20T13:00:00Z (b)",
		"usd_known: A: the cost in USD is not known, excepted until 2026-11-20T13:00:00Z (a)",
		"max_percent_used: A: 2.00 EUR of 1.00 EUR (200.00 %), limit 100 %, excepted until 2026-11-20T13:00:00Z (a)",
	}, told(verdict.Warnings())); diff != "" {
		t.Error(diff)
	}
	const want = "**Spend gate failed**: 1 rule about all customers failed, 0 of 1 customer failed, 1 warned, 1 not listed, 2 excepted. Spend: 2.00 EUR. " +
		"Limits: 100 % of each budget, 1.00 USD per customer, a budget for each customer, figures at most 1 hour old. Figures: 2026-11-19 12:00 UTC.\n\n" +
		"- **max_data_age**: the newest figure is 24.0 hours old, limit 1 hour\n" +
		"- customer_found (warning): customer gone is not listed, excepted until 2026-11-20T13&#58;00&#58;00Z (b)\n\n" +
		"Exceptions:\n\n" +
		"- gone: excepted until 2026-11-20T13&#58;00&#58;00Z (b)\n" +
		"- A: excepted until 2026-11-20T13&#58;00&#58;00Z (a)\n\n" +
		"| customer | spend | budget | used | state |\n|---|--:|--:|--:|---|\n" +
		"| A | 2.00 EUR | 1.00 EUR | 200.00 % | warned: usd_known, max_percent_used (limit 100 %), excepted until 2026-11-20T13:00:00Z |\n"
	if diff := cmp.Diff(want, verdict.Markdown()); diff != "" {
		t.Error(diff)
	}
}
