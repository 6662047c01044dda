package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// Customer is what is known of a customer's spend. What is not known is nil, or
// empty.
type Customer struct {
	ID           string
	Name         string
	Currency     string // ISO 4217
	Cost         *decimal.Decimal
	USDCost      *decimal.Decimal
	Budget       *decimal.Decimal // nil without one
	LastModified *time.Time
}

// Spend is what a gate looks at.
type Spend struct {
	Customers []Customer // those that are selected
	Missing   []string   // the ids of those that were asked for and are not listed
	Listed    int        // all customers that the API listed
	Total     *int64     // and how many there are, if it says so
}

// Rules are the limits of a gate. A limit that is nil does not hold.
type Rules struct {
	MaxPercentUsed          *decimal.Decimal
	WarnPercentUsed         *decimal.Decimal
	MaxUSDTotalCost         *decimal.Decimal
	MaxTotalCost            map[string]decimal.Decimal // by currency
	MaxCustomerUSDTotalCost *decimal.Decimal
	RequireBudget           *bool // nil is true wherever a share of the budget is limited
	MaxDataAge              *time.Duration
	AllowMissing            bool
	AllowEmpty              bool
	AllowIncomplete         bool
}

// Finding is what a rule found: a violation, or a warning.
type Finding struct {
	Rule         string
	CustomerID   string // empty for what is about all of them
	CustomerName string
	Message      string
	Actual       *decimal.Decimal
	Limit        *decimal.Decimal
	Currency     string

	customer *Customer // nil for what is about all of them, and for who is not listed
}

// Verdict is what a gate comes to.
type Verdict struct {
	Violations []Finding
	Warnings   []Finding
	Customers  int         // that were looked at
	Worst      []*Customer // those of them that a report lists, worst first
	// WithoutBudget are those that a share of the budget says nothing about.
	WithoutBudget int
}

// Status is "failed", "warned" or "passed".
func (v *Verdict) Status() string {
	switch {
	case len(v.Violations) > 0:
		return "failed"
	case len(v.Warnings) > 0:
		return "warned"
	}
	return "passed"
}

// Passed reports whether nothing is violated.
func (v *Verdict) Passed() bool { return len(v.Violations) == 0 }

// Messages are those of the violations, then those of the warnings.
func (v *Verdict) Messages() []string {
	messages := []string{}
	for _, finding := range slices.Concat(v.Violations, v.Warnings) {
		messages = append(messages, finding.Message)
	}
	return messages
}

// named is how many findings a summary tells before it counts.
const named = 5

// Summary is the verdict in a line, worst first.
func (v *Verdict) Summary() string {
	findings := v.Violations
	if len(findings) == 0 {
		findings = v.Warnings
	}
	var line strings.Builder
	switch v.Status() {
	case "failed":
		line.WriteString("Spend gate failed")
	case "warned":
		line.WriteString("Spend gate passed with warnings")
	default:
		fmt.Fprintf(&line, "Spend gate passed for %s", customers(v.Customers))
	}
	for i, finding := range findings[:min(len(findings), named)] {
		line.WriteString(map[bool]string{true: ": ", false: "; "}[i == 0])
		line.WriteString(finding.Message)
	}
	if more := len(findings) - named; more > 0 {
		fmt.Fprintf(&line, "; and %d more", more)
	}
	if v.WithoutBudget > 0 {
		fmt.Fprintf(&line, " (%s without a budget)", customers(v.WithoutBudget))
	}
	return line.String()
}

func customers(n int) string {
	if n == 1 {
		return "1 customer"
	}
	return fmt.Sprintf("%d customers", n)
}

// worst are the customers that are worst off, up to n of them, in order. Sorting
// all of them takes longer than everything else that a gate does.
func worst(customers []*Customer, n int) []*Customer {
	var list []*Customer
	for _, c := range customers {
		if len(list) == n && worstFirst(list[n-1], c) <= 0 {
			continue
		}
		place, _ := slices.BinarySearchFunc(list, c, worstFirst)
		list = slices.Insert(list, place, c)
		list = list[:min(len(list), n)]
	}
	return list
}

// worstFirst orders customers by the share of their budget that is used, then by
// their cost in USD, then by name and id. Those of whom something is not known
// come first: they may be anything.
func worstFirst(a, b *Customer) int {
	if order := compareShares(a, b); order != 0 {
		return order
	}
	return cmp.Or(
		compareKnown(a.USDCost, b.USDCost),
		cmp.Compare(a.Name, b.Name),
		cmp.Compare(a.ID, b.ID),
	)
}

// compareShares compares cost ÷ budget without dividing, so that it is exact and
// a budget of 0 is no trouble. Customers without a budget come last.
func compareShares(a, b *Customer) int {
	switch {
	case a.Budget == nil || b.Budget == nil:
		return boolean(a.Budget == nil) - boolean(b.Budget == nil)
	case a.Cost == nil || b.Cost == nil:
		return boolean(b.Cost == nil) - boolean(a.Cost == nil)
	case a.Budget.IsZero() || b.Budget.IsZero():
		aOver, bOver := a.Budget.IsZero() && a.Cost.IsPositive(), b.Budget.IsZero() && b.Cost.IsPositive()
		if aOver || bOver {
			return boolean(bOver) - boolean(aOver)
		}
		// Nothing of nothing is no share.
		return boolean(a.Budget.IsZero()) - boolean(b.Budget.IsZero())
	}
	return b.Cost.Mul(*a.Budget).Cmp(a.Cost.Mul(*b.Budget))
}

func compareKnown(a, b *decimal.Decimal) int {
	if a == nil || b == nil {
		return boolean(b == nil) - boolean(a == nil)
	}
	return b.Cmp(*a)
}

func boolean(is bool) int {
	if is {
		return 1
	}
	return 0
}
