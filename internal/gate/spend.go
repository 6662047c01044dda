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

// EvaluateSpend applies the rules. It finds the same in the same order every time.
func EvaluateSpend(spend Spend, rules SpendRules, now time.Time) *Verdict {
	e := &spendEvaluation{
		evaluation: begin(spendGate, rules.withBudgets(spend.Records), rules.exceptions(), rules.MaxFindings, now),
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
	e.forecastPercentUsed()
	e.usdTotalCost()
	e.totalCost()
	e.customerTotalCost()
	e.customerUSDTotalCost()
	e.about = countOf(len(e.subjects), "customer")
	e.limits, e.state = rules.texts(), rules.state
	e.chart = percentChart("Budget used, in percent", rules.MaxPercentUsed)
	return e.end()
}

// withBudgets are the records with budgets of one's own.
func (r *SpendRules) withBudgets(records []Record) []Record {
	if len(r.Budgets) == 0 {
		return records
	}
	records = slices.Clone(records)
	for i := range records {
		if budget, ok := r.Budgets[records[i].SubjectID]; ok {
			records[i].Budget = new(budget)
		}
	}
	return records
}

// exceptions are those for one customer. One without a customer would be for all.
func (r *SpendRules) exceptions() []Exception {
	return slices.DeleteFunc(slices.Clone(r.Exceptions), func(e Exception) bool { return e.SubjectID == "" })
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

// customerFound: a customer that is not listed may have spent anything, and a
// budget for nobody may be meant for somebody.
func (e *spendEvaluation) customerFound() {
	for _, id := range e.spend.Missing {
		finding := general("customer_found", "customer %s is not listed", id)
		finding.SubjectID = id
		e.violateUnless(e.rules.AllowMissing, finding)
	}
	e.counts = append(e.counts, count{len(e.spend.Missing), "not listed"})
	if len(e.rules.Budgets) == 0 {
		return
	}
	left := maps.Clone(e.rules.Budgets)
	for _, c := range e.subjects {
		delete(left, c.id)
	}
	for _, id := range e.spend.Missing { // It has its finding.
		delete(left, id)
	}
	for _, id := range slices.Sorted(maps.Keys(left)) {
		finding := general("customer_found", "customer %s has a budget in budgets, and is not among the customers that are checked", id)
		finding.SubjectID = id
		e.violateUnless(e.rules.AllowMissing, finding)
	}
	e.counts = append(e.counts, count{len(left), "with a budget but not checked"})
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
		finding := general("currency_limited", "%s", total.unlimited("max_total_cost"))
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
	e.counts = slices.Insert(e.counts, 0, count{without, "without a budget"})
	if without > 0 && e.rules.limitsShares() && !e.rules.requiresBudget() {
		e.summaryNotes = append(e.summaryNotes, countOf(without, "customer")+" without a budget")
	}
}

// oneBudget: if two budgets differ, it is not known which one applies. A budget of
// one's own is an amount without a currency, and so is for costs in one.
func (e *spendEvaluation) oneBudget() {
	if !e.rules.limitsShares() && !e.rules.requiresBudget() {
		return
	}
	for _, c := range e.subjects {
		_, own := e.rules.Budgets[c.id]
		switch {
		case c.conflict && own:
			e.violate(c.finding("one_budget", func() string { return "its costs are in several currencies, and budgets has one amount" }))
		case c.conflict:
			e.violate(c.finding("one_budget", func() string { return "several records name different budgets" }))
		case own && c.costs[0].currency == "" && c.costs[0].isSpent && e.rules.limitsShares():
			e.violate(c.finding("currency_limited", func() string {
				return "the currency of its cost is not known, and so neither that of its budget in budgets"
			}).
				withAmounts(c.costs[0].amount, nil, ""))
		}
	}
}

// percentUsed: what a customer has spent is compared with its budget.
func (e *spendEvaluation) percentUsed() {
	shares := e.rules.shares()
	if !shares.areSet() {
		return
	}
	for _, c := range e.subjects {
		if budgeted := c.budgeted(); budgeted != nil {
			e.compareShare(c, whole(budgeted.amount), shares, false)
		}
	}
}

// forecastPercentUsed: what a customer will have spent at the end of the period is
// compared with its budget.
func (e *spendEvaluation) forecastPercentUsed() {
	shares := e.rules.forecastShares()
	if !shares.areSet() {
		return
	}
	for _, c := range e.subjects {
		budgeted := c.budgeted()
		if budgeted == nil {
			continue
		}
		if budgeted.amount == nil {
			e.compareShare(c, nil, shares, true)
			continue
		}
		forecast, basis := c.forecast(e.now)
		if basis == ofNothing {
			e.violate(c.finding("forecast_known", func() string { return "there is no forecast: " + c.withoutForecast(e.now) }))
			continue
		}
		if basis == ofCost {
			e.warn(c.finding("forecast_known", func() string {
				return "there is no forecast on the first day of a period, or right after its end: the cost itself is compared"
			}))
		}
		e.compareShare(c, forecast, shares, true)
	}
}

// compareShare compares the share of the budget that a cost or a forecast uses with
// limits.
func (e *spendEvaluation) compareShare(c *subject, figure *fraction, limits *bounds, isForecast bool) {
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

func (e *spendEvaluation) usdTotalCost() {
	limit := e.rules.MaxUSDTotalCost
	if limit == nil {
		return
	}
	sum, known := decimal.Zero, true
	for _, c := range e.subjects {
		if c.usdCost != nil {
			sum = sum.Add(*c.usdCost)
			continue
		}
		if exception := e.exceptions.of(c.id); exception != nil && !exception.ended {
			known = false // It is excepted, and the others are not.
		}
	}
	var total *decimal.Decimal
	if known {
		total = &sum
	}
	e.compareAmount(measured{rule: "max_usd_total_cost", what: "all together", actual: total, limit: *limit, currency: "USD"})
}

func (e *spendEvaluation) totalCost() {
	for _, total := range e.totals {
		if limit, limited := e.rules.MaxTotalCost[total.currency]; limited {
			e.compareAmount(measured{rule: "max_total_cost", what: "all together", actual: total.amount, limit: limit, currency: total.currency})
		}
	}
}

// customerTotalCost: each customer has limits in its own currencies.
func (e *spendEvaluation) customerTotalCost() {
	limits := e.rules.MaxCustomerTotalCost
	if limits == nil {
		return
	}
	for _, c := range e.subjects {
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
}

// unlimited says that a limit does not know the currency of a cost.
func (c *cost) unlimited(rule string) string {
	if c.currency == "" {
		return "the currency of a cost is not known"
	}
	return "there are costs in " + c.currency + ", and " + rule + " has no limit for it"
}

func (e *spendEvaluation) customerUSDTotalCost() {
	limit := e.rules.MaxCustomerUSDTotalCost
	if limit == nil {
		return
	}
	for _, c := range e.subjects {
		if c.usdCost != nil { // Otherwise it is a violation by itself.
			e.compareAmount(measured{rule: "max_customer_usd_total_cost", subject: c, actual: c.usdCost, limit: *limit, currency: "USD"})
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
