package gate

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

// Three hundred of ten thousand customers above their budgets: the first line says
// so, and the table begins with the worst of them.
func TestMarkdown_many(t *testing.T) {
	t.Parallel()
	var spenders []spender
	for i := range 10_000 {
		spent := "50"
		if i%33 == 0 && i < 9900 {
			spent = strconv.Itoa(200 + i)
		}
		spenders = append(spenders, spender{fmt.Sprintf("Customer %04d", i), spent, "EUR", "1", "100"})
	}
	verdict := evaluate(t, SpendRules{MaxPercentUsed: number(t, "100"), MaxFindings: 100}, spenders...)
	first, rest, _ := strings.Cut(verdict.Markdown(), "\n")
	const want = "**Spend gate failed**: 300 of 10,000 customers failed. Spend: 2,025,050.00 EUR. Limits: 100 % of each budget, a budget for each customer. Figures: 2026-11-19 12:00 UTC."
	if diff := cmp.Diff(want, first); diff != "" {
		t.Error(diff)
	}
	if rows := strings.Count(rest, "| **failed**: max_percent_used (limit 100 %) |\n"); rows != 100 || !strings.Contains(rest, "\nand 9,900 customers more, 200 of them failed.\n") {
		t.Errorf("%d rows:\n%s", rows, rest)
	}
	if verdict.ViolationCount() != 300 || len(verdict.Violations()) != 100 || len(verdict.Messages()) != 100 {
		t.Errorf("%d violations, %d listed, %d messages", verdict.ViolationCount(), len(verdict.Violations()), len(verdict.Messages()))
	}
	if worst := verdict.Violations()[0].SubjectName; worst != "Customer 9867" {
		t.Errorf("the worst is %s", worst)
	}
}

// Nobody is within limits who has none, and who failed is in the table, however
// many others have used more of their budgets.
func TestMarkdown_states(t *testing.T) {
	t.Parallel()
	high := spender{"High", "602", "EUR", "602", "100"}
	low := spender{"Low", "1", "EUR", "1", "100"}
	free := spender{"Free", "1", "EUR", "1", ""}
	for name, test := range map[string]struct {
		rules    SpendRules
		spenders []spender
		want     []string
	}{
		"no limit of its own": {
			SpendRules{MaxUSDTotalCost: number(t, "1000")},
			[]spender{high, free},
			[]string{"High: no limit of its own", "Free: no limit of its own"},
		},
		"shares": {
			SpendRules{MaxPercentUsed: number(t, "100"), RequireBudget: new(false)},
			[]spender{low, high, free},
			[]string{"High: **failed**: max_percent_used (limit 100 %)", "Low: within limits", "Free: no budget"},
		},
		"a requirement is no limit": {
			SpendRules{RequireBudget: new(true)},
			[]spender{high, free},
			[]string{"Free: **failed**: has_budget", "High: has a budget"},
		},
		"a cost of its own, without a budget": {
			SpendRules{MaxPercentUsed: number(t, "1000"), MaxCustomerUSDTotalCost: number(t, "600"), RequireBudget: new(false)},
			[]spender{low, high, free},
			[]string{"High: **failed**: max_customer_usd_total_cost (602.00 USD, limit 600.00 USD)", "Low: within limits", "Free: within limits, no budget"},
		},
		"several rules": {
			SpendRules{MaxPercentUsed: number(t, "100"), WarnPercentUsed: number(t, "0.5"), MaxCustomerUSDTotalCost: number(t, "0.5")},
			[]spender{low},
			[]string{"Low: **failed**: max_customer_usd_total_cost (1.00 USD, limit 0.50 USD); warned: warn_percent_used (limit 0.5 %)"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, statesIn(evaluate(t, test.rules, test.spenders...).Markdown())); diff != "" {
				t.Error(diff)
			}
		})
	}

	spenders := []spender{{"Failed", "1", "EUR", "1000", "100"}}
	for i := range 30 {
		spenders = append(spenders, spender{fmt.Sprintf("Customer %02d", i), "99", "EUR", "1", "100"})
	}
	states := statesIn(evaluate(t, SpendRules{MaxPercentUsed: number(t, "100"), MaxCustomerUSDTotalCost: number(t, "500")}, spenders...).Markdown())
	if !strings.HasPrefix(states[0], "Failed: **failed**") || len(states) != 20 {
		t.Errorf("%d rows, first: %s", len(states), states[0])
	}
}

// statesIn are the first and the last column of the table.
func statesIn(report string) []string {
	var states []string
	for line := range strings.Lines(report) {
		if cells := strings.Split(strings.TrimSpace(line), " | "); len(cells) == 5 && !strings.HasPrefix(line, "| customer") {
			states = append(states, strings.TrimPrefix(cells[0], "| ")+": "+strings.TrimSuffix(cells[4], " |"))
		}
	}
	return states
}

// What is about all customers is told above the table, and is no state of a
// customer without an id.
func TestMarkdown_general(t *testing.T) {
	t.Parallel()
	spend := spendOf(t, spender{"A", "5", "EUR", "1", "100"}, spender{"B", "1", "", "", ""})
	spend.Records[0].SubjectID = ""
	spend.Records[1].LastModified = new(now.Add(-30 * time.Hour))
	spend.Total, spend.Missing = new(int64(3)), []string{"c", "d"}
	report := evaluateSpend(spend, SpendRules{
		MaxTotalCost: map[string]decimal.Decimal{"EUR": *number(t, "4000")}, MaxPercentUsed: number(t, "100"), RequireBudget: new(false),
		MaxDataAge: new(time.Hour), AllowMissing: true, MaxFindings: 1,
	}, now).Markdown()
	const want = "**Spend gate failed**: 3 rules about all customers failed, 0 of 2 customers failed, 1 without a budget, 2 not listed. Spend: 1 in a currency that is not known, 5.00 EUR. " +
		"Limits: 100 % of each budget, 4,000.00 EUR all together, figures at most 1 hour old. Figures: 2026-11-19 06:00 to 2026-11-19 12:00 UTC.\n\n" +
		"- **complete**: Partner Center lists 2 of 3 customers\n" +
		"- **currency_limited**: there are costs whose currency is not known: B\n" +
		"- **max_data_age**: the newest figure is 24.0 hours old, limit 1 hour\n" +
		"- customer_found (warning): customer c is not listed\n" +
		"- customer_found (warning): customer d is not listed\n\n" +
		"| customer | spend | budget | used | state |\n|---|--:|--:|--:|---|\n" +
		"| A | 5.00 EUR | 100.00 EUR | 5.00 % | within limits |\n" +
		"| B | 1 | none |  | no budget |\n"
	if diff := cmp.Diff(want, report); diff != "" {
		t.Error(diff)
	}
}

// The bars of a chart begin at nothing, so that their lengths compare, and each
// customer has one of its own.
func TestMarkdown_chart(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		spenders []spender
		want     []string
	}{
		"close together": {
			[]spender{{"A", "101", "EUR", "1", "100"}, {"B", "100.5", "EUR", "1", "100"}},
			[]string{`x-axis ["A, 101.00 %", "B, 100.50 %"]`, `y-axis "%" 0 --> 101`, `bar [101.00, 100.50]`, `line [100, 100]`},
		},
		"within the budget": {
			[]spender{{"A", "3", "EUR", "1", "100"}, {"B", "2", "EUR", "1", "100"}},
			[]string{`x-axis ["A, 3.00 %", "B, 2.00 %"]`, `y-axis "%" 0 --> 100`, `bar [3.00, 2.00]`, `line [100, 100]`},
		},
		"one far above the others": {
			[]spender{{"A", "6028.4", "EUR", "1", "100"}, {"B", "99.999", "EUR", "1", "100"}},
			[]string{`x-axis ["A, 6028.40 %", "B, 100.00 %"]`, `y-axis "%" 0 --> 200`, `bar [200.00, 100.00]`, `line [100, 100]`},
		},
		"a limit near": {
			[]spender{{"A", "150", "EUR", "1", "100"}, {"B", "20", "EUR", "1", "100"}},
			[]string{`x-axis ["A, 150.00 %", "B, 20.00 %"]`, `y-axis "%" 0 --> 150`, `bar [150.00, 20.00]`, `line [100, 100]`},
		},
		"a refund has used nothing": {
			[]spender{{"A", "3", "EUR", "1", "100"}, {"C", "2", "EUR", "1", "100"}, {"B", "-3", "EUR", "1", "100"}},
			[]string{`x-axis ["A, 3.00 %", "C, 2.00 %"]`, `y-axis "%" 0 --> 100`, `bar [3.00, 2.00]`, `line [100, 100]`},
		},
		"names that look the same": {
			[]spender{{"Contoso (EU)", "3", "EUR", "1", "100"}, {"Contoso [EU]", "3", "EUR", "1", "100"}, {"Contoso EU", "3", "EUR", "1", "100"}},
			[]string{`x-axis ["Contoso EU, 3.00 %", "Contoso EU 2, 3.00 %", "Contoso EU 3, 3.00 %"]`, `y-axis "%" 0 --> 100`, `bar [3.00, 3.00, 3.00]`, `line [100, 100, 100]`},
		},
		"scripts with marks": {
			[]spender{{"हिन्दी", "3", "INR", "1", "100"}, {"日本", "2", "JPY", "1", "100"}},
			[]string{`x-axis ["हिन्दी, 3.00 %", "日本, 2.00 %"]`, `y-axis "%" 0 --> 100`, `bar [3.00, 2.00]`, `line [100, 100]`},
		},
		"nothing to compare": {[]spender{{"A", "3", "EUR", "1", ""}, {"B", "0", "EUR", "0", "100"}, {"C", "1", "EUR", "1", "100"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			verdict := evaluate(t, SpendRules{MaxUSDTotalCost: number(t, "1000")}, test.spenders...)
			var got []string
			if _, chart, ok := strings.Cut(verdict.Markdown(), "    title \"Budget used, in percent; the line is the limit\"\n"); ok {
				chart, _, _ = strings.Cut(chart, "\n```")
				for line := range strings.Lines(chart) {
					got = append(got, strings.TrimSpace(line))
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A customer's name links nowhere.
func TestMarkdown_noLinks(t *testing.T) {
	t.Parallel()
	verdict := evaluate(t, SpendRules{MaxUSDTotalCost: number(t, "1000")}, spender{"www.example.com", "3", "EUR", "1", "1"})
	table, _, _ := strings.Cut(verdict.Markdown(), "```")
	if strings.Contains(table, "www.") {
		t.Errorf("Markdown makes a link of this:\n%s", table)
	}
}
