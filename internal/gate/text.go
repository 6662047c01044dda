package gate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/currency"
)

// maxNamed is how many findings a summary names before it counts the rest.
const maxNamed = 5

// Summary is the verdict in one line. It names the worst customers, and one
// finding of every rule that failed before a second one of any.
func (v *Verdict) Summary() string {
	findings := v.violations
	if len(findings) == 0 {
		findings = v.warnings
	}
	findings, rules := oneOfEachRuleFirst(findings)
	var line strings.Builder
	switch v.Status() {
	case "failed":
		line.WriteString("Spend gate failed")
	case "warned":
		line.WriteString("Spend gate passed with warnings")
	default:
		fmt.Fprintf(&line, "Spend gate passed for %s", countOf(len(v.customers), "customer"))
	}
	separator := ": "
	named := min(len(findings), max(rules, maxNamed))
	for _, finding := range findings[:named] {
		line.WriteString(separator + finding.Message())
		separator = "; "
	}
	if more := len(findings) - named; more > 0 {
		fmt.Fprintf(&line, "; and %d more", more)
	}
	if v.withoutBudget > 0 {
		fmt.Fprintf(&line, " (%s without a budget)", countOf(v.withoutBudget, "customer"))
	}
	return line.String()
}

// oneOfEachRuleFirst moves the first finding of each rule to the front. It returns
// the number of rules, too.
func oneOfEachRuleFirst(findings []Finding) (ordered []Finding, rules int) {
	var rest []Finding
	seen := map[string]bool{}
	for _, finding := range findings {
		if seen[finding.Rule] {
			rest = append(rest, finding)
			continue
		}
		seen[finding.Rule] = true
		ordered = append(ordered, finding)
	}
	return slices.Concat(ordered, rest), len(ordered)
}

func countOf(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// percent writes a limit in percent. One from a division, such as 200 / 3, has
// more digits than anybody reads.
func percent(limit *decimal.Decimal) string { return limit.Round(4).String() + " %" }

// moneyPair writes two different amounts so that they look different: where
// rounded they would not, the first keeps all of its digits.
func moneyPair(amount, other decimal.Decimal, code string) (text, otherText string) {
	text, otherText = money(amount, code), money(other, code)
	if text == otherText && !amount.Equal(other) {
		text = allDigits(amount, code)
	}
	return text, otherText
}

// money writes an amount with the decimals of its currency. An amount in an
// unknown currency keeps its digits.
func money(amount decimal.Decimal, code string) string {
	if text, err := currency.Format(amount, code); err == nil {
		return text
	}
	return allDigits(amount, code)
}

func allDigits(amount decimal.Decimal, code string) string {
	return strings.TrimSpace(amount.String() + " " + code)
}

// breakLogCommands puts a space into what GitHub Actions ("::set-env::") and Azure
// Pipelines ("##vso[") obey where they find it in a log. Customers choose their own
// names.
func breakLogCommands(text string) string {
	var safe strings.Builder
	var previous rune
	for _, r := range text {
		if r == previous && (r == ':' || r == '#') {
			safe.WriteByte(' ')
		}
		safe.WriteRune(r)
		previous = r
	}
	return safe.String()
}
