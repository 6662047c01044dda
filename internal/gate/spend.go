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

// SpendList is how complete the list of the customers is that a spend gate evaluates.
type SpendList struct {
	Missing []string // ids of customers that were asked for and are not listed
	Listed  int      // records that the API listed
	Total   *int64   // records that there are; nil if the API does not say
}

// SpendRules are the limits of a spend gate. A limit that is nil does not apply.
type SpendRules struct {
	MaxPercentUsed          *decimal.Decimal
	WarnPercentUsed         *decimal.Decimal
	MaxForecastPercentUsed  *decimal.Decimal
	WarnForecastPercentUsed *decimal.Decimal
	MaxUSDTotalCost         *decimal.Decimal
	MaxTotalCost            map[string]decimal.Decimal // by currency
	MaxCustomerTotalCost    map[string]decimal.Decimal // by currency
	MaxCustomerUSDTotalCost *decimal.Decimal
	RequireBudget           *bool // nil is true wherever a share of the budget is limited
	MaxDataAge              *time.Duration
	AllowMissing            bool
	AllowEmpty              bool
	AllowIncomplete         bool

	// Budgets are in place of those in the records, by the id of the customer, and in
	// the currency of its costs.
	Budgets map[string]decimal.Decimal

	// Exceptions are each for one customer.
	Exceptions []Exception

	// MaxFindings is how many violations, and how many warnings, are listed. The
	// counts and the verdict are always those of all.
	MaxFindings int
}

func (r *SpendRules) shares() *bounds {
	return &bounds{"max_percent_used", r.MaxPercentUsed, "warn_percent_used", r.WarnPercentUsed}
}

func (r *SpendRules) forecastShares() *bounds {
	return &bounds{"max_forecast_percent_used", r.MaxForecastPercentUsed, "warn_forecast_percent_used", r.WarnForecastPercentUsed}
}

// NeedPeriods reports whether a rule is about a forecast, for which the records
// need their periods.
func (r *SpendRules) NeedPeriods() bool { return r.forecastShares().areSet() }

// limitsShares reports whether a rule compares costs with budgets.
func (r *SpendRules) limitsShares() bool { return r.shares().areSet() || r.forecastShares().areSet() }

// requiresBudget reports whether a customer without a budget is a violation.
func (r *SpendRules) requiresBudget() bool {
	if r.RequireBudget != nil {
		return *r.RequireBudget
	}
	return r.limitsShares()
}

// SpendEvaluation applies the rules of a spend gate to one customer after the other, and
// keeps none but those that the verdict tells of.
type SpendEvaluation struct {
	*evaluation

	rules         *SpendRules
	unusedBudgets map[string]decimal.Decimal // of rules.Budgets
	usdTotal      decimal.Decimal            // of the costs that are known
	usdUnknown    bool                       // the cost of somebody with an exception is not known

	withoutBudget   int
	withoutCurrency ranking[*subject] // customers with a cost whose currency is not known
}

// BeginSpend begins an evaluation without any customer.
func BeginSpend(rules SpendRules, now time.Time) *SpendEvaluation {
	return &SpendEvaluation{
		evaluation: begin(spendGate, rules.exceptions(), rules.MaxFindings, now),
		rules:      &rules, unusedBudgets: maps.Clone(rules.Budgets),
		withoutCurrency: ranking[*subject]{n: maxNamed, compare: worstFirst},
	}
}

// Add applies the rules to a customer, of whom these are all records. A record without
// an id is a customer of its own.
func (e *SpendEvaluation) Add(customer ...Record) {
	c := newSubject(spendGate, customer)
	if own, ok := e.rules.Budgets[c.id]; ok {
		c.budget, c.conflict = new(own), len(c.costs) > 1
		delete(e.unusedBudgets, c.id)
	}
	e.add(c)
	e.usdKnown(c)
	e.noteUnknownCurrency(c)
	e.hasBudget(c)
	e.oneBudget(c)
	e.percentUsed(c)
	e.forecastPercentUsed(c)
	e.customerTotalCost(c)
	e.customerUSDTotalCost(c)
	e.rank(c)
}

// Verdict ends the evaluation with the rules about all customers. It finds the same in
// the same order every time.
func (e *SpendEvaluation) Verdict(list SpendList) *Verdict {
	e.complete(list)
	e.customerFound(list.Missing)
	e.notEmpty()
	e.currencyLimited()
	e.dataAge(e.rules.MaxDataAge)
	e.usdTotalCost()
	e.totalCost()
	e.about = countOf(e.subjectCount, "customer")
	e.limits, e.state = e.rules.texts(), e.rules.state
	e.chart = percentChart("Budget used, in percent", e.rules.MaxPercentUsed)
	return e.end()
}

// exceptions are those for one customer. One without a customer would be for all.
func (r *SpendRules) exceptions() []Exception {
	return slices.DeleteFunc(slices.Clone(r.Exceptions), func(e Exception) bool { return e.SubjectID == "" })
}

// complete: a list that is shorter than the API says does not cover everybody.
func (e *SpendEvaluation) complete(list SpendList) {
	if list.Total == nil || int64(list.Listed) >= *list.Total {
		return
	}
	finding := general("complete", "Partner Center lists %d of %s", list.Listed, countOf(int(*list.Total), "customer"))
	e.violateUnless(e.rules.AllowIncomplete, finding.withAmounts(new(decimal.NewFromInt(int64(list.Listed))), new(decimal.NewFromInt(*list.Total)), ""))
}

// customerFound: a customer that is not listed may have spent anything, and a
// budget for nobody may be meant for somebody.
func (e *SpendEvaluation) customerFound(missing []string) {
	for _, id := range missing {
		finding := general("customer_found", "customer %s is not listed", id)
		finding.SubjectID = id
		e.violateUnless(e.rules.AllowMissing, finding)
		delete(e.unusedBudgets, id) // It has its finding.
	}
	for _, id := range slices.Sorted(maps.Keys(e.unusedBudgets)) {
		finding := general("customer_found", "customer %s has a budget in budgets, and is not among the customers that are checked", id)
		finding.SubjectID = id
		e.violateUnless(e.rules.AllowMissing, finding)
	}
	e.counts = []count{
		{e.withoutBudget, "without a budget"},
		{len(missing), "not listed"},
		{len(e.unusedBudgets), "with a budget but not checked"},
	}
	if e.withoutBudget > 0 && e.rules.limitsShares() && !e.rules.requiresBudget() {
		e.summaryNotes = append(e.summaryNotes, countOf(e.withoutBudget, "customer")+" without a budget")
	}
}

// notEmpty: a selection without any customer is a filter gone wrong.
func (e *SpendEvaluation) notEmpty() {
	if e.subjectCount == 0 {
		e.violateUnless(e.rules.AllowEmpty, general("not_empty", "no customer is selected"))
	}
}

// usdKnown: a limit in USD says nothing about an unknown figure.
func (e *SpendEvaluation) usdKnown(c *subject) {
	if e.rules.MaxUSDTotalCost == nil && e.rules.MaxCustomerUSDTotalCost == nil {
		return
	}
	if c.usdCost == nil {
		e.violate(c.finding("usd_known", func() string { return "the cost in USD is not known" }))
		e.usdUnknown = e.usdUnknown || e.exceptions.has(c.id) // It is excepted, and the others are not.
		return
	}
	e.usdTotal = e.usdTotal.Add(*c.usdCost)
}

// currencyLimited: a currency without a limit is not limited, and a refund does
// not make up for what somebody else spent.
func (e *SpendEvaluation) currencyLimited() {
	if e.rules.MaxTotalCost == nil {
		return
	}
	for _, total := range e.totals.inOrder() {
		_, limited := e.rules.MaxTotalCost[total.currency]
		if limited || !total.isSpent {
			continue
		}
		finding := general("currency_limited", "%s", total.unlimited("max_total_cost"))
		if total.currency == "" {
			finding = general("currency_limited", "there are costs whose currency is not known: %s", e.namesWithoutCurrency())
		}
		e.violate(finding.withAmounts(total.amount, nil, total.currency))
	}
}

// noteUnknownCurrency notes a customer with a cost whose currency is not known.
func (e *SpendEvaluation) noteUnknownCurrency(c *subject) {
	if slices.ContainsFunc(c.costs, func(part cost) bool { return part.currency == "" && part.isSpent }) {
		e.withoutCurrency.add(c)
	}
}

// namesWithoutCurrency names the worst of those customers.
func (e *SpendEvaluation) namesWithoutCurrency() string {
	var names []string
	for _, c := range e.withoutCurrency.first {
		names = append(names, c.displayName())
	}
	if more := e.withoutCurrency.count - len(names); more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
}

// hasBudget: without a budget, a limited share of it says nothing.
func (e *SpendEvaluation) hasBudget(c *subject) {
	if c.budget != nil || c.conflict {
		return
	}
	e.withoutBudget++
	if e.rules.requiresBudget() {
		e.violate(c.finding("has_budget", func() string { return "no budget" }))
	}
}

// oneBudget: if two budgets differ, it is not known which one applies. A budget of
// one's own is an amount without a currency, and so is for costs in one.
func (e *SpendEvaluation) oneBudget(c *subject) {
	if !e.rules.limitsShares() && !e.rules.requiresBudget() {
		return
	}
	_, own := e.rules.Budgets[c.id]
	switch {
	case c.conflict && own:
		e.violate(c.finding("one_budget", func() string { return "its costs are in several currencies, and budgets has one amount" }))
	case c.conflict:
		e.violate(c.finding("one_budget", func() string { return "several records name different budgets" }))
	case own && c.costs[0].currency == "" && c.costs[0].isSpent && e.rules.limitsShares():
		e.violate(c.finding("currency_limited", func() string {
			return "the currency of its cost is not known, and so neither that of its budget in budgets"
		}).withAmounts(c.costs[0].amount, nil, ""))
	}
}

// percentUsed: what a customer has spent is compared with its budget.
func (e *SpendEvaluation) percentUsed(c *subject) {
	shares := e.rules.shares()
	if budgeted := c.budgeted(); budgeted != nil && shares.areSet() {
		e.compareShare(c, whole(budgeted.amount), shares, false)
	}
}

// forecastPercentUsed: what a customer will have spent at the end of the period is
// compared with its budget.
func (e *SpendEvaluation) forecastPercentUsed(c *subject) {
	shares, budgeted := e.rules.forecastShares(), c.budgeted()
	if budgeted == nil || !shares.areSet() {
		return
	}
	if budgeted.amount == nil {
		e.compareShare(c, nil, shares, true)
		return
	}
	forecast, basis := c.forecast(e.now)
	if basis == ofNothing {
		e.violate(c.finding("forecast_known", func() string { return "there is no forecast: " + c.withoutForecast(e.now) }))
		return
	}
	if basis == ofCost {
		e.warn(c.finding("forecast_known", func() string {
			return "there is no forecast on the first day of a period, or right after its end: the cost itself is compared"
		}))
	}
	e.compareShare(c, forecast, shares, true)
}

// compareShare compares the share of the budget that a cost or a forecast uses with
// limits.
func (e *SpendEvaluation) compareShare(c *subject, figure *fraction, limits *bounds, isForecast bool) {
	if figure == nil {
		e.compare(nil, limits, func(rule string, limit *decimal.Decimal) Finding {
			return c.finding(rule, func() string { return "the cost is not known" })
		})
		return
	}
	share := c.share(figure)
	e.compare(&share, limits, func(rule string, limit *decimal.Decimal) Finding {
		used, figure := new(share), new(*figure) // Only what is found is kept.
		finding := c.finding(rule, func() string {
			text := c.exceedsShare(figure.amount(), used, limit)
			if isForecast {
				return "forecast " + text
			}
			return text
		})
		finding.figures = func() string {
			text := "limit " + percent(limit)
			if share := used.rounded(2); isForecast && share != nil { // The table has no column for it.
				return groupDigits(share.StringFixed(2)) + " %, " + text
			}
			return text
		}
		finding.share = used
		return finding.withAmounts(nil, limit, c.budgeted().currency)
	})
}

func (e *SpendEvaluation) usdTotalCost() {
	if e.rules.MaxUSDTotalCost == nil {
		return
	}
	total := &e.usdTotal
	if e.usdUnknown {
		total = nil
	}
	e.compareAmount(measured{rule: "max_usd_total_cost", what: "all together", actual: total, limit: *e.rules.MaxUSDTotalCost, currency: "USD"})
}

func (e *SpendEvaluation) totalCost() {
	for _, total := range e.totals.inOrder() {
		if limit, limited := e.rules.MaxTotalCost[total.currency]; limited {
			e.compareAmount(measured{rule: "max_total_cost", what: "all together", actual: total.amount, limit: limit, currency: total.currency})
		}
	}
}

// customerTotalCost: each customer has limits in its own currencies.
func (e *SpendEvaluation) customerTotalCost(c *subject) {
	limits := e.rules.MaxCustomerTotalCost
	if limits == nil {
		return
	}
	for i := range c.costs {
		part := &c.costs[i]
		limit, limited := limits[part.currency]
		switch {
		case limited:
			e.compareAmount(measured{rule: "max_customer_total_cost", subject: c, actual: part.amount, limit: limit, currency: part.currency})
		case part.isSpent:
			e.violate(c.finding("currency_limited", func() string { return part.unlimited("max_customer_total_cost") }).
				withAmounts(part.amount, nil, part.currency))
		}
	}
}

// unlimited says that a limit does not know the currency of a cost.
func (c *cost) unlimited(rule string) string {
	if c.currency == "" {
		return "the currency of a cost is not known"
	}
	return "there are costs in " + c.currency + ", and " + rule + " has no limit for it"
}

func (e *SpendEvaluation) customerUSDTotalCost(c *subject) {
	limit := e.rules.MaxCustomerUSDTotalCost
	if limit != nil && c.usdCost != nil { // If it is not known, that is a violation by itself.
		e.compareAmount(measured{rule: "max_customer_usd_total_cost", subject: c, actual: c.usdCost, limit: *limit, currency: "USD"})
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
	if r.MaxForecastPercentUsed != nil {
		texts = append(texts, "a forecast of "+percent(r.MaxForecastPercentUsed)+" of each budget")
	}
	if r.WarnForecastPercentUsed != nil {
		texts = append(texts, "a warning above a forecast of "+percent(r.WarnForecastPercentUsed)+" of each budget")
	}
	for _, code := range slices.Sorted(maps.Keys(r.MaxTotalCost)) {
		texts = append(texts, groupDigits(money(r.MaxTotalCost[code], code))+" all together")
	}
	if r.MaxUSDTotalCost != nil {
		texts = append(texts, groupDigits(money(*r.MaxUSDTotalCost, "USD"))+" all together")
	}
	for _, code := range slices.Sorted(maps.Keys(r.MaxCustomerTotalCost)) {
		texts = append(texts, groupDigits(money(r.MaxCustomerTotalCost[code], code))+" per customer")
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
	case r.limitsShares() && c.budgeted() != nil, r.MaxCustomerUSDTotalCost != nil, slices.ContainsFunc(c.costs, r.limitsCustomer):
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

// limitsCustomer reports whether a customer's cost in a currency has a limit.
func (r *SpendRules) limitsCustomer(part cost) bool {
	_, limited := r.MaxCustomerTotalCost[part.currency]
	return limited
}
