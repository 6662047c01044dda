package gate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/currency"
)

// maxNamed is how many findings a summary names before it counts the rest.
const maxNamed = 5

// Summary is the verdict in one line. It names the worst customers, and one
// finding of every rule that failed before a second one of any.
func (v *Verdict) Summary() string {
	findings := &v.violations
	if v.Passed() {
		findings = &v.warnings
	}
	named := findings.named()
	var line strings.Builder
	line.WriteString(v.kind.title + " " + v.outcome())
	if v.Status() == "passed" {
		line.WriteString(" for " + breakLogCommands(v.about))
	}
	separator := ": "
	for _, finding := range named {
		line.WriteString(separator + finding.message())
		separator = "; "
	}
	if more := findings.count - len(named); more > 0 {
		fmt.Fprintf(&line, "; and %d more", more)
	}
	notes := v.summaryNotes
	if n := v.exceptedCount(); n > 0 {
		notes = append(notes, countOf(n, v.kind.noun)+" excepted")
	}
	all := v.exceptions[""]
	told := slices.ContainsFunc(named, func(f *Finding) bool { return f.exception == all })
	if all != nil && !all.ended && !told {
		notes = append(notes, all.text())
	}
	if len(notes) > 0 {
		fmt.Fprintf(&line, " (%s)", breakLogCommands(strings.Join(notes, ", ")))
	}
	return line.String()
}

// outcome is the status in words.
func (v *Verdict) outcome() string {
	if v.Status() == "warned" {
		return "passed with warnings"
	}
	return v.Status()
}

// exceedsShare says how much of the budget a cost or a forecast uses. Where the
// rounded figures would look as if the limit were kept, it has all of its digits.
func (s *subject) exceedsShare(amount decimal.Decimal, used *fraction, limit *decimal.Decimal) string {
	code := s.budgeted().currency
	text, budget := moneyPair(amount, *s.budget, code)
	share := used.rounded(2)
	if share == nil {
		return fmt.Sprintf("%s of %s, limit %s", text, budget, percent(limit))
	}
	if share.LessThanOrEqual(*limit) {
		text, budget = allDigits(amount, code), exactMoney(*s.budget, code)
	}
	return fmt.Sprintf("%s of %s (%s %%), limit %s", text, budget, share.StringFixed(2), percent(limit))
}

// exceeds says by how much a limit is exceeded.
func exceeds(actual, limit decimal.Decimal, currency string) string {
	amount, most := moneyPair(actual, limit, currency)
	return amount + ", limit " + most
}

func hoursText(d time.Duration) string {
	if d == time.Hour {
		return "1 hour"
	}
	return hours(d, 4).String() + " hours"
}

// instant writes a time, which is a date where it is the beginning of a day.
func instant(at time.Time) string {
	at = at.UTC()
	if at.Equal(at.Truncate(24 * time.Hour)) {
		return at.Format(time.DateOnly)
	}
	return at.Format(time.RFC3339Nano)
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
// rounded they would not, they keep their digits.
func moneyPair(amount, other decimal.Decimal, code string) (text, otherText string) {
	text, otherText = money(amount, code), money(other, code)
	if text == otherText && !amount.Equal(other) {
		return allDigits(amount, code), exactMoney(other, code)
	}
	return text, otherText
}

// exactMoney writes an amount as [money] does, unless that would round it.
func exactMoney(amount decimal.Decimal, code string) string {
	text := money(amount, code)
	if rounded, err := decimal.NewFromString(strings.TrimSuffix(text, " "+code)); err == nil && rounded.Equal(amount) {
		return text
	}
	return allDigits(amount, code)
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
