package gate

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

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
			[]string{`x-axis ["A", "B"]`, `y-axis "%" 0 --> 101`, `bar [101.00, 100.50]`},
		},
		"within the budget": {
			[]spender{{"A", "3", "EUR", "1", "100"}},
			[]string{`x-axis ["A"]`, `y-axis "%" 0 --> 100`, `bar [3.00]`},
		},
		"a refund has used nothing": {
			[]spender{{"A", "3", "EUR", "1", "100"}, {"B", "-3", "EUR", "1", "100"}},
			[]string{`x-axis ["A"]`, `y-axis "%" 0 --> 100`, `bar [3.00]`},
		},
		"names that look the same": {
			[]spender{{"Contoso (EU)", "3", "EUR", "1", "100"}, {"Contoso [EU]", "2", "EUR", "1", "100"}, {"Contoso EU", "1.5", "EUR", "1", "100"}, {"Contoso EU 2", "1", "EUR", "1", "100"}},
			[]string{`x-axis ["Contoso EU", "Contoso EU 2", "Contoso EU 3", "Contoso EU 2 2"]`, `y-axis "%" 0 --> 100`, `bar [3.00, 2.00, 1.50, 1.00]`},
		},
		"scripts with marks": {
			[]spender{{"हिन्दी", "3", "INR", "1", "100"}},
			[]string{`x-axis ["हिन्दी"]`, `y-axis "%" 0 --> 100`, `bar [3.00]`},
		},
		"nothing to draw": {[]spender{{"A", "3", "EUR", "1", ""}, {"B", "0", "EUR", "0", "100"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			verdict := Evaluate(spendOf(t, test.spenders...), Rules{MaxUSDTotalCost: number(t, "1000")}, now)
			var got []string
			if _, chart, ok := strings.Cut(verdict.Markdown(), "    title \"Budget used, in percent\"\n"); ok {
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
	verdict := Evaluate(spendOf(t, spender{"www.example.com", "3", "EUR", "1", "1"}), Rules{MaxUSDTotalCost: number(t, "1000")}, now)
	table, _, _ := strings.Cut(verdict.Markdown(), "```")
	if strings.Contains(table, "www.") {
		t.Errorf("Markdown makes a link of this:\n%s", table)
	}
}
