package gate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// maxClockSkew is how far a figure may be dated ahead of the clock. A later date
// is no date.
const maxClockSkew = 24 * time.Hour

var hundred = decimal.NewFromInt(100)

// Evaluate applies the rules. It finds the same in the same order every time.
func Evaluate(spend Spend, rules Rules, now time.Time) *Verdict {
	e := &evaluation{Verdict: Verdict{rules: rules, spend: &spend, customers: mergeRecords(spend.Records)}}
	e.totals = totalByCurrency(e.customers)
	e.oldest, e.newest = spend.modified(now)
	e.complete()
	e.customerFound()
	e.notEmpty()
	e.usdKnown()
	e.currencyLimited()
	e.hasBudget()
	e.oneBudget()
	e.dataAge(now)
	e.percentUsed()
	e.usdTotalCost()
	e.totalCost()
	e.customerUSDTotalCost()
	slices.SortStableFunc(e.violations, compareFindings)
	slices.SortStableFunc(e.warnings, compareFindings)
	return &e.Verdict
}

// evaluation is a verdict in the making.
type evaluation struct{ Verdict }

func (e *evaluation) violate(f Finding) { e.violations = append(e.violations, f) }

func (e *evaluation) warn(f Finding) { e.warnings = append(e.warnings, f) }

// violateUnless makes a violation a warning where that is allowed.
func (e *evaluation) violateUnless(allowed bool, f Finding) {
	if allowed {
		e.warn(f)
	} else {
		e.violate(f)
	}
}

// general is a finding about all customers.
func general(rule, format string, arguments ...any) Finding {
	return Finding{Rule: rule, text: func() string { return fmt.Sprintf(format, arguments...) }}
}

// finding is a finding about one customer.
func (c *customer) finding(rule string, text func() string) Finding {
	return Finding{Rule: rule, CustomerID: c.id, CustomerName: c.name, customer: c, text: text}
}

func (f Finding) withAmounts(actual, limit *decimal.Decimal, currency string) Finding {
	f.Actual, f.Limit, f.Currency = actual, limit, currency
	return f
}

// complete: a list that is shorter than the API says does not cover everybody.
func (e *evaluation) complete() {
	listed, total := e.spend.Listed, e.spend.Total
	if total == nil || int64(listed) >= *total {
		return
	}
	finding := general("complete", "Partner Center lists %d of %s", listed, countOf(int(*total), "customer"))
	e.violateUnless(e.rules.AllowIncomplete, finding.withAmounts(new(decimal.NewFromInt(int64(listed))), new(decimal.NewFromInt(*total)), ""))
}

// customerFound: a customer that is not listed may have spent anything.
func (e *evaluation) customerFound() {
	for _, id := range e.spend.Missing {
		finding := general("customer_found", "customer %s is not listed", id)
		finding.CustomerID = id
		e.violateUnless(e.rules.AllowMissing, finding)
	}
}

// notEmpty: a selection without any customer is a filter gone wrong.
func (e *evaluation) notEmpty() {
	if len(e.customers) == 0 {
		e.violateUnless(e.rules.AllowEmpty, general("not_empty", "no customer is selected"))
	}
}

// usdKnown: a limit in USD says nothing about an unknown figure.
func (e *evaluation) usdKnown() {
	if e.rules.MaxUSDTotalCost == nil && e.rules.MaxCustomerUSDTotalCost == nil {
		return
	}
	for _, c := range e.customers {
		if c.usdCost == nil {
			e.violate(c.finding("usd_known", func() string { return "the cost in USD is not known" }))
		}
	}
}

// currencyLimited: a currency without a limit is not limited, and a refund does
// not make up for what somebody else spent.
func (e *evaluation) currencyLimited() {
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
func (e *evaluation) spendersWithoutCurrency() string {
	spenders := slices.DeleteFunc(slices.Clone(e.customers), func(c *customer) bool {
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
func (e *evaluation) hasBudget() {
	for _, c := range e.customers {
		switch {
		case c.budget != nil || c.conflict:
		case e.rules.requiresBudget():
			e.violate(c.finding("has_budget", func() string { return "no budget" }))
		case e.rules.limitsShares():
			e.withoutBudget++
		}
	}
}

// oneBudget: if two budgets differ, it is not known which one applies.
func (e *evaluation) oneBudget() {
	if !e.rules.limitsShares() && !e.rules.requiresBudget() {
		return
	}
	for _, c := range e.customers {
		if c.conflict {
			e.violate(c.finding("one_budget", func() string { return "several records name different budgets" }))
		}
	}
}

// dataAge: outdated figures say nothing about today.
func (e *evaluation) dataAge(now time.Time) {
	limit := e.rules.MaxDataAge
	if limit == nil || len(e.customers) == 0 {
		return
	}
	if e.newest == nil {
		e.violate(general("data_age_known", "no figure says how old it is"))
		return
	}
	if age := now.Sub(*e.newest); age > *limit {
		actual, allowed := hours(age, 4), hours(*limit, 4)
		finding := general("max_data_age", "the newest figure is %s hours old, limit %s", hours(age, 1).StringFixed(1), hoursText(*limit))
		e.violate(finding.withAmounts(&actual, &allowed, ""))
	}
}

// modified is when the oldest and the newest figure were brought up to date, or
// nil if no figure says so.
func (s *Spend) modified(now time.Time) (oldest, newest *time.Time) {
	for i := range s.Records {
		modified := s.Records[i].LastModified
		if modified == nil || modified.Sub(now) > maxClockSkew {
			continue
		}
		if oldest == nil || modified.Before(*oldest) {
			oldest = modified
		}
		if newest == nil || modified.After(*newest) {
			newest = modified
		}
	}
	return oldest, newest
}

func hours(d time.Duration, decimals int32) decimal.Decimal {
	return decimal.NewFromInt(int64(d)).DivRound(decimal.NewFromInt(int64(time.Hour)), decimals)
}

func hoursText(d time.Duration) string {
	if d == time.Hour {
		return "1 hour"
	}
	return hours(d, 4).String() + " hours"
}

func (e *evaluation) percentUsed() {
	for _, c := range e.customers {
		budgeted := c.budgeted()
		if budgeted == nil {
			continue
		}
		rule, limit, report := "max_percent_used", e.rules.MaxPercentUsed, e.violate
		if limit == nil || budgeted.amount != nil && !c.isOver(limit) {
			rule, limit, report = "warn_percent_used", e.rules.WarnPercentUsed, e.warn
		}
		switch {
		case limit == nil:
		case budgeted.amount == nil:
			report(c.finding(rule, func() string { return "the cost is not known" }))
		case c.isOver(limit):
			finding := c.finding(rule, func() string { return c.exceedsShare(limit) })
			report(finding.withAmounts(c.percentUsed(4), limit, budgeted.currency))
		}
	}
}

// exceedsShare says how much of the budget is used. Where the rounded figures would
// look as if the limit were kept, the cost has all of its digits.
func (c *customer) exceedsShare(limit *decimal.Decimal) string {
	spent := c.budgeted()
	amount, budget := moneyPair(*spent.amount, *c.budget, spent.currency)
	share := c.percentUsed(2)
	if share == nil {
		return fmt.Sprintf("%s of %s, limit %s", amount, budget, percent(limit))
	}
	if share.LessThanOrEqual(*limit) {
		amount = allDigits(*spent.amount, spent.currency)
	}
	return fmt.Sprintf("%s of %s (%s %%), limit %s", amount, budget, share.StringFixed(2), percent(limit))
}

// exceeds says by how much a limit is exceeded.
func exceeds(actual, limit decimal.Decimal, currency string) string {
	amount, most := moneyPair(actual, limit, currency)
	return amount + ", limit " + most
}

func (e *evaluation) usdTotalCost() {
	limit := e.rules.MaxUSDTotalCost
	if limit == nil {
		return
	}
	total := decimal.Zero
	for _, c := range e.customers {
		if c.usdCost != nil { // Otherwise it is a violation by itself.
			total = total.Add(*c.usdCost)
		}
	}
	if total.GreaterThan(*limit) {
		finding := general("max_usd_total_cost", "all together: %s", exceeds(total, *limit, "USD"))
		e.violate(finding.withAmounts(&total, limit, "USD"))
	}
}

func (e *evaluation) totalCost() {
	for _, total := range e.totals {
		limit, limited := e.rules.MaxTotalCost[total.currency]
		switch {
		case !limited:
		case total.amount == nil:
			e.violate(general("max_total_cost", "all together in %s: a cost is not known, limit %s", total.currency, money(limit, total.currency)).
				withAmounts(nil, &limit, total.currency))
		case total.amount.GreaterThan(limit):
			e.violate(general("max_total_cost", "all together: %s", exceeds(*total.amount, limit, total.currency)).
				withAmounts(total.amount, &limit, total.currency))
		}
	}
}

func (e *evaluation) customerUSDTotalCost() {
	limit := e.rules.MaxCustomerUSDTotalCost
	for _, c := range e.customers {
		if limit == nil || c.usdCost == nil || c.usdCost.LessThanOrEqual(*limit) {
			continue
		}
		finding := c.finding("max_customer_usd_total_cost", func() string { return exceeds(*c.usdCost, *limit, "USD") })
		e.violate(finding.withAmounts(c.usdCost, limit, "USD"))
	}
}

// totalByCurrency adds up the costs of all customers by currency, in order.
func totalByCurrency(customers []*customer) []cost {
	totals := map[string]*cost{}
	for _, c := range customers {
		for _, part := range c.costs {
			if totals[part.currency] == nil {
				totals[part.currency] = &cost{currency: part.currency, amount: &decimal.Zero}
			}
			totals[part.currency].add(part)
		}
	}
	list := make([]cost, 0, len(totals))
	for _, code := range slices.Sorted(maps.Keys(totals)) {
		list = append(list, *totals[code])
	}
	return list
}
