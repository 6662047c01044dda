package gate

import (
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

// FuzzEvaluate holds the verdict on two customers against fractions, and their
// names within the report.
func FuzzEvaluate(f *testing.F) {
	for _, seed := range []struct{ name, cost, budget, percent, usd, usdLimit string }{
		{"Modern Azure Customer SE", "120.5682999999995904716", "20", "100", "12.39999999999999985235", "1000"},
		{"exactly", "20", "20", "100", "10", "20"},
		{"a digit more", "20.00000000000000000001", "20", "100", "10", "20.00000000000000000001"},
		{"no budget for anything", "0.01", "0", "100", "0", "0"},
		{"a refund", "-5", "0", "0", "-5", "0"},
		{"no budget", "1", "", "100", "1", "100"},
		{"nothing known", "", "", "100", "", "100"},
		{"a|b\n`c` <img src=x> [l](http://x) **B** @all \u202e\"]; end www.example.com", "99", "1", "100", "1", "100"},
		{"::error::x ##vso[task.setvariable variable=code]0 ##[x :::: ###", "99", "1", "100", "1", "100"},
		{"```\n\n# x\r\n| y |\u2028\x00\xff", "1e30", "1e-30", "1e30", "1e30", "1e30"},
	} {
		f.Add(seed.name, seed.cost, seed.budget, seed.percent, seed.usd, seed.usdLimit, "100000", "", "1000000", int64(1_296_000_000_000_000), false)
	}
	f.Add("a forecast, exactly", "50", "1", "1000000", "1", "100", "100", "100", "100", int64(1_296_000_000_000_000), false)
	f.Add("a nanosecond before", "50", "100", "100", "1", "100", "100", "", "50", int64(1_295_999_999_999_999), false)
	f.Add("the first day", "100", "100", "100", "1", "100", "100", "", "100", int64(86_399_999_999_999), false)
	f.Add("a day", "100", "100", "100", "1", "100", "100", "", "100", int64(86_400_000_000_000), false)
	f.Add("excepted", "100", "1", "100", "1", "1", "100", "", "1", int64(86_400_000_000_000), true)
	f.Fuzz(func(t *testing.T, name, cost, budget, percent, usd, usdLimit, forecast, ownBudget, customerLimit string, elapsed int64, excepted bool) {
		rules := SpendRules{MaxPercentUsed: anyDecimal(percent), MaxForecastPercentUsed: anyDecimal(forecast), MaxUSDTotalCost: anyDecimal(usdLimit), MaxFindings: 100}
		limit := anyDecimal(customerLimit)
		if rules.MaxPercentUsed == nil || rules.MaxUSDTotalCost == nil || rules.MaxForecastPercentUsed == nil || limit == nil {
			t.Skip("a rule that is off is no rule")
		}
		rules.MaxCustomerTotalCost = map[string]decimal.Decimal{"EUR": *limit}
		if own := anyDecimal(ownBudget); own != nil {
			rules.Budgets = map[string]decimal.Decimal{"1": *own}
		}
		november := MonthOf(now)
		if excepted {
			rules.Exceptions = []Exception{{SubjectID: "1", Until: november.End.Add(1), Reason: name}, {SubjectID: "2", Until: november.End, Reason: name}}
		}
		date := november.Start.Add(time.Duration(uint64(elapsed) % uint64(30*24*time.Hour))) //nolint:gosec // Any is welcome.
		spender := Record{SubjectID: "1", SubjectName: name, Currency: "EUR", Cost: anyDecimal(cost), USDCost: anyDecimal(usd), Budget: anyDecimal(budget), LastModified: &date, Period: &november}
		other := Record{SubjectID: "2", SubjectName: "Other", Currency: "EUR", Cost: &one, USDCost: &one, Budget: &one, LastModified: &november.End, Period: &november}
		verdict := evaluateSpend(spend{SpendList{Listed: 2}, []Record{spender, other}}, rules, november.End)

		want := (excepted || keeps(spender, rules)) && keeps(other, rules) && keepTogether(rules, spender, other)
		if verdict.Passed() != want {
			t.Errorf("passed is %t, want %t: %v", verdict.Passed(), want, verdict.Messages())
		}
		again := evaluateSpend(spend{SpendList{Listed: 2}, []Record{other, spender}}, rules, november.End)
		if diff := cmp.Diff(verdict.Messages(), again.Messages()); diff != "" {
			t.Errorf("the order matters:\n%s", diff)
		}
		nothing := Record{SubjectID: "1", SubjectName: name, Currency: "EUR", Cost: &decimal.Zero, USDCost: &decimal.Zero, Budget: spender.Budget}
		split := evaluateSpend(spend{SpendList{Listed: 3}, []Record{nothing, other, spender}}, rules, november.End)
		if diff := cmp.Diff(verdict.Messages(), split.Messages()); diff != "" {
			t.Errorf("a second record without a cost makes a difference:\n%s", diff)
		}
		checkLines(t, verdict)
	})
}

// anyDecimal is nil for what is no number of a length that the client passes.
func anyDecimal(text string) *decimal.Decimal {
	d, err := decimal.NewFromString(text)
	if err != nil || len(text) > 150 || d.Exponent() > 150 || d.Exponent() < -150 {
		return nil
	}
	return &d
}

// keeps tells in fractions whether a customer keeps within its limits.
func keeps(c Record, rules SpendRules) bool {
	budget := c.Budget
	if own, ok := rules.Budgets[c.SubjectID]; ok {
		budget = &own
	}
	if c.Cost == nil || budget == nil {
		return false
	}
	cost, limit := c.Cost.Rat(), rules.MaxCustomerTotalCost[c.Currency]
	if cost.Cmp(limit.Rat()) > 0 {
		return false
	}
	share := func(percent *decimal.Decimal) *big.Rat {
		part := new(big.Rat).Mul(percent.Rat(), budget.Rat())
		return part.Quo(part, big.NewRat(100, 1))
	}
	forecast := cost
	if elapsed := c.LastModified.Sub(c.Period.Start); elapsed >= 24*time.Hour && cost.Sign() > 0 {
		forecast = new(big.Rat).Mul(cost, big.NewRat(int64(c.Period.End.Sub(c.Period.Start)), int64(elapsed)))
	}
	return cost.Cmp(share(rules.MaxPercentUsed)) <= 0 && forecast.Cmp(share(rules.MaxForecastPercentUsed)) <= 0
}

// keepTogether tells in fractions whether customers keep within the limit in USD.
func keepTogether(rules SpendRules, all ...Record) bool {
	total := new(big.Rat)
	for _, c := range all {
		if c.USDCost == nil {
			return false
		}
		total.Add(total, c.USDCost.Rat())
	}
	return total.Cmp(rules.MaxUSDTotalCost.Rat()) <= 0
}

// checkLines checks that no name makes a line, a column or a tag.
func checkLines(t *testing.T, verdict *Verdict) {
	t.Helper()
	for _, message := range append(verdict.Messages(), verdict.Summary()) {
		if strings.ContainsAny(message, "\n\r\u2028\u2029\u202e\x00\x1b") {
			t.Errorf("not a line: %q", message)
		}
		if strings.Contains(message, "##") || strings.Contains(message, "::") {
			t.Errorf("a command of a log: %q", message)
		}
	}
	report := verdict.Markdown()
	table, chart, _ := strings.Cut(report, "```mermaid\n")
	rows := 0
	for line := range strings.Lines(table) {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		rows++
		if columns := strings.Count(line, "|") - 1; columns != 5 {
			t.Errorf("a row of %d columns: %q", columns, line)
		}
		if cells := strings.ReplaceAll(line, "<!-- -->", ""); strings.ContainsAny(cells, "<>`[]\\") {
			t.Errorf("a cell that is not plain: %q", line)
		}
	}
	if want := 2 + verdict.SubjectCount(); rows != want {
		t.Errorf("the table has %d lines, want %d:\n%s", rows, want, report)
	}
	if lines := slices.Collect(strings.Lines(chart)); len(lines) != 0 && len(lines) != 7 && len(lines) != 8 {
		t.Errorf("the chart has %d lines, want 7 or 8:\n%s", len(lines), chart)
	}
}
