package gate

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Record is what one usage record says of a customer's spend. What is not known
// is nil, or empty.
type Record struct {
	CustomerID   string
	CustomerName string
	Currency     string // ISO 4217
	Cost         *decimal.Decimal
	USDCost      *decimal.Decimal
	Budget       *decimal.Decimal // in Currency; nil without one
	LastModified *time.Time
}

// Spend is what a gate evaluates.
type Spend struct {
	Records []Record // of the selected customers
	Missing []string // ids of customers that were asked for and are not listed
	Listed  int      // records that the API listed
	Total   *int64   // records that the API says there are; nil if it does not say
}

// Rules are the limits of a gate. A limit that is nil does not apply.
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

	// MaxFindings is how many violations, and how many warnings, are listed. The
	// counts and the verdict are always those of all.
	MaxFindings int
}

// limitsShares reports whether a rule compares costs with budgets.
func (r *Rules) limitsShares() bool { return r.MaxPercentUsed != nil || r.WarnPercentUsed != nil }

// requiresBudget reports whether a customer without a budget is a violation.
func (r *Rules) requiresBudget() bool {
	if r.RequireBudget != nil {
		return *r.RequireBudget
	}
	return r.limitsShares()
}

// Finding is what a rule found: a violation, or a warning.
type Finding struct {
	Rule         string
	CustomerID   string // empty if it is about all customers
	CustomerName string
	Actual       *decimal.Decimal
	Limit        *decimal.Decimal
	Currency     string

	customer *customer // nil if it is about all customers, or about one that is not listed
	text     func() string
}

// Message says in one line what was found.
func (f *Finding) Message() string {
	if f.customer != nil {
		return breakLogCommands(f.customer.displayName() + ": " + f.text())
	}
	return breakLogCommands(f.text())
}

// Verdict is the result of a gate.
type Verdict struct {
	rules         Rules
	spend         *Spend
	customers     []*customer
	totals        []cost
	violations    []Finding
	warnings      []Finding
	oldest        *time.Time // of the figures
	newest        *time.Time
	withoutBudget int
}

// Status is "failed", "warned" or "passed".
func (v *Verdict) Status() string {
	switch {
	case len(v.violations) > 0:
		return "failed"
	case len(v.warnings) > 0:
		return "warned"
	}
	return "passed"
}

// Passed reports whether there is no violation, whatever the warnings.
func (v *Verdict) Passed() bool { return len(v.violations) == 0 }

// CustomerCount is the number of customers that were evaluated.
func (v *Verdict) CustomerCount() int { return len(v.customers) }

// ViolationCount is the number of all violations.
func (v *Verdict) ViolationCount() int { return len(v.violations) }

// WarningCount is the number of all warnings.
func (v *Verdict) WarningCount() int { return len(v.warnings) }

// Violations are the worst violations, up to MaxFindings of them.
func (v *Verdict) Violations() []Finding { return v.listed(v.violations) }

// Warnings are the worst warnings, up to MaxFindings of them.
func (v *Verdict) Warnings() []Finding { return v.listed(v.warnings) }

func (v *Verdict) listed(findings []Finding) []Finding {
	return findings[:min(len(findings), v.rules.MaxFindings)]
}

// Messages are those of the listed violations, then those of the listed warnings.
func (v *Verdict) Messages() []string {
	messages := []string{}
	for _, finding := range slices.Concat(v.Violations(), v.Warnings()) {
		messages = append(messages, finding.Message())
	}
	return messages
}

// compareFindings orders findings: those about all customers, then customers that
// are not listed, then customers worst first.
func compareFindings(a, b Finding) int {
	if a.customer != nil && b.customer != nil {
		return worstFirst(a.customer, b.customer)
	}
	rank := func(f Finding) int { return toInt(f.CustomerID != "") + 2*toInt(f.customer != nil) }
	return cmp.Compare(rank(a), rank(b))
}

func toInt(is bool) int {
	if is {
		return 1
	}
	return 0
}
