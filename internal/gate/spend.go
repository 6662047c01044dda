package gate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

var spendGate = &kind{title: "Spend gate", noun: "customer", all: "all customers", budget: "budget"}

// Spend is what a spend gate evaluates.
type Spend struct {
	Records []Record // of the selected customers
	Missing []string // ids of customers that were asked for and are not listed
	Listed  int      // records that the API listed
	Total   *int64   // records that the API says there are; nil if it does not say
}

// SpendRules are the limits of a spend gate. A limit that is nil does not apply.
type SpendRules struct {
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
	Exceptions              []Exception // each for one customer

	// MaxFindings is how many violations, and how many warnings, are listed. The
	// counts and the verdict are always those of all.
	MaxFindings int
}

// limitsShares reports whether a rule compares costs with budgets.
func (r *SpendRules) limitsShares() bool { return r.MaxPercentUsed != nil || r.WarnPercentUsed != nil }

// requiresBudget reports whether a customer without a budget is a violation.
func (r *SpendRules) requiresBudget() bool {
	if r.RequireBudget != nil {
		return *r.RequireBudget
	}
	return r.limitsShares()
}

// EvaluateSpend applies the rules. It finds the same in the same order every time.
func EvaluateSpend(spend Spend, rules SpendRules, now time.Time) *Verdict {
	e := &spendEvaluation{
		evaluation: begin(spendGate, spend.Records, rules.Exceptions, rules.MaxFindings, now),
		spend:      &spend, rules: &rules,
	}
	e.complete()
	e.customerFound()
	e.notEmpty()
	e.usdKnown()
	e.currencyLimited()
	e.hasBudget()
	e.oneBudget()
	e.dataAge(rules.MaxDataAge)
	e.percentUsed()
	e.usdTotalCost()
	e.totalCost()
	e.customerUSDTotalCost()
	e.counts = append(e.counts, count{len(spend.Missing), "not listed"})
	e.about = countOf(len(e.subjects), "customer")
	e.limits, e.state = rules.texts(), rules.state
	e.chart = percentChart("Budget used, in percent", rules.MaxPercentUsed)
	return e.end()
}

// spendEvaluation is the verdict of a spend gate in the making.
type spendEvaluation struct {
	*evaluation

	spend *Spend
	rules *SpendRules
}

// complete: a list that is shorter than the API says does not cover everybody.
func (e *spendEvaluation) complete() {
	listed, total := e.spend.Listed, e.spend.Total
	if total == nil || int64(listed) >= *total {
		return
	}
	finding := general("complete", "Partner Center lists %d of %s", listed, countOf(int(*total), "customer"))
	e.violateUnless(e.rules.AllowIncomplete, finding.withAmounts(new(decimal.NewFromInt(int64(listed))), new(decimal.NewFromInt(*total)), ""))
}

// customerFound: a customer that is not listed may have spent anything.
func (e *spendEvaluation) customerFound() {
	for _, id := range e.spend.Missing {
		finding := general("customer_found", "customer %s is not listed", id)
		finding.SubjectID = id
		e.violateUnless(e.rules.AllowMissing, finding)
	}
}

// notEmpty: a selection without any customer is a filter gone wrong.
func (e *spendEvaluation) notEmpty() {
	if len(e.subjects) == 0 {
		e.violateUnless(e.rules.AllowEmpty, general("not_empty", "no customer is selected"))
	}
}

// usdKnown: a limit in USD says nothing about an unknown figure.
func (e *spendEvaluation) usdKnown() {
	if e.rules.MaxUSDTotalCost == nil && e.rules.MaxCustomerUSDTotalCost == nil {
		return
	}
	for _, c := range e.subjects {
		if c.usdCost == nil {
			e.violate(c.finding("usd_known", func() string { return "the cost in USD is not known" }))
		}
	}
}

// currencyLimited: a currency without a limit is not limited, and a refund does
// not make up for what somebody else spent.
func (e *spendEvaluation) currencyLimited() {
	if e.rules.MaxTotalCost == nil {
		return
	}
	for _, total := range e.totals {
		_, limited := e.rules.MaxTotalCost[total.currency]
		if limited || !total.isSpent {
			continue
		}
		finding := general("currency_limited", "there are costs in %s, and max_total_cost has no limit for it", total.currency)
		if total.currency == "" {
			finding = general("currency_limited", "there are costs whose currency is not known: %s", e.spendersWithoutCurrency())
		}
		e.violate(finding.withAmounts(total.amount, nil, total.currency))
	}
}

// spendersWithoutCurrency names the worst of those whose currency is not known.
func (e *spendEvaluation) spendersWithoutCurrency() string {
	spenders := slices.DeleteFunc(slices.Clone(e.subjects), func(c *subject) bool {
		return !slices.ContainsFunc(c.costs, func(part cost) bool { return part.currency == "" && part.isSpent })
	})
	var names []string
	for _, c := range worst(spenders, maxNamed) {
		names = append(names, c.displayName())
	}
	if more := len(spenders) - maxNamed; more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
}

// hasBudget: without a budget, a limited share of it says nothing.
func (e *spendEvaluation) hasBudget() {
	without := 0
	for _, c := range e.subjects {
		if c.budget != nil || c.conflict {
			continue
		}
		without++
		if e.rules.requiresBudget() {
			e.violate(c.finding("has_budget", func() string { return "no budget" }))
		}
	}
	e.counts = append(e.counts, count{without, "without a budget"})
	if without > 0 && e.rules.limitsShares() && !e.rules.requiresBudget() {
		e.summaryNotes = append(e.summaryNotes, countOf(without, "customer")+" without a budget")
	}
}

// oneBudget: if two budgets differ, it is not known which one applies.
func (e *spendEvaluation) oneBudget() {
	if !e.rules.limitsShares() && !e.rules.requiresBudget() {
		return
	}
	for _, c := range e.subjects {
		if c.conflict {
			e.violate(c.finding("one_budget", func() string { return "several records name different budgets" }))
		}
	}
}

// percentUsed: what a customer has spent is compared with its budget.
func (e *spendEvaluation) percentUsed() {
	shares := bounds{"max_percent_used", e.rules.MaxPercentUsed, "warn_percent_used", e.rules.WarnPercentUsed}
	if !shares.areSet() {
		return
	}
	for _, c := range e.subjects {
		budgeted := c.budgeted()
		if budgeted == nil {
			continue
		}
		used := c.share(whole(budgeted.amount))
		e.compare(used, &shares, func(rule string, limit *decimal.Decimal) Finding {
			if used == nil {
				return c.finding(rule, func() string { return "the cost is not known" })
			}
			finding := c.finding(rule, func() string { return c.exceedsShare(*budgeted.amount, used, limit) })
			finding.figures = func() string { return "limit " + percent(limit) } // The share has a column of its own.
			return finding.withAmounts(used.rounded(4), limit, budgeted.currency)
		})
	}
}

func (e *spendEvaluation) usdTotalCost() {
	limit := e.rules.MaxUSDTotalCost
	if limit == nil {
		return
	}
	total := decimal.Zero
	for _, c := range e.subjects {
		if c.usdCost != nil { // Otherwise it is a violation by itself.
			total = total.Add(*c.usdCost)
		}
	}
	e.compareAmount(measured{rule: "max_usd_total_cost", what: "all together", actual: &total, limit: limit, currency: "USD"})
}

func (e *spendEvaluation) totalCost() {
	for _, total := range e.totals {
		if limit, limited := e.rules.MaxTotalCost[total.currency]; limited {
			e.compareAmount(measured{rule: "max_total_cost", what: "all together", actual: total.amount, limit: &limit, currency: total.currency})
		}
	}
}

func (e *spendEvaluation) customerUSDTotalCost() {
	limit := e.rules.MaxCustomerUSDTotalCost
	if limit == nil {
		return
	}
	for _, c := range e.subjects {
		if c.usdCost != nil { // Otherwise it is a violation by itself.
			e.compareAmount(measured{rule: "max_customer_usd_total_cost", subject: c, actual: c.usdCost, limit: limit, currency: "USD"})
		}
	}
}

// texts are the rules in words.
func (r *SpendRules) texts() []string {
	var texts []string
	if r.MaxPercentUsed != nil {
		texts = append(texts, percent(r.MaxPercentUsed)+" of each budget")
	}
	if r.WarnPercentUsed != nil {
		texts = append(texts, "a warning above "+percent(r.WarnPercentUsed)+" of each budget")
	}
	for _, code := range slices.Sorted(maps.Keys(r.MaxTotalCost)) {
		texts = append(texts, groupDigits(money(r.MaxTotalCost[code], code))+" all together")
	}
	if r.MaxUSDTotalCost != nil {
		texts = append(texts, groupDigits(money(*r.MaxUSDTotalCost, "USD"))+" all together")
	}
	if r.MaxCustomerUSDTotalCost != nil {
		texts = append(texts, groupDigits(money(*r.MaxCustomerUSDTotalCost, "USD"))+" per customer")
	}
	if r.requiresBudget() {
		texts = append(texts, "a budget for each customer")
	}
	if r.MaxDataAge != nil {
		texts = append(texts, "figures at most "+hoursText(*r.MaxDataAge)+" old")
	}
	return texts
}

// state says of a customer without findings which limits it keeps. Within limits is
// only who has a limit.
func (r *SpendRules) state(c *subject) string {
	var parts []string
	switch {
	case r.limitsShares() && c.budgeted() != nil, r.MaxCustomerUSDTotalCost != nil:
		parts = append(parts, "within limits")
	case r.requiresBudget():
		parts = append(parts, "has a budget")
	}
	if r.limitsShares() && c.budget == nil {
		parts = append(parts, "no budget")
	}
	if len(parts) == 0 {
		return "no limit of its own"
	}
	return strings.Join(parts, ", ")
}
