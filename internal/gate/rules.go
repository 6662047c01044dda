package gate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/shopspring/decimal"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/currency"
)

// unknownCurrency stands for costs whose currency cannot be told.
const unknownCurrency = "unknown"

var hundred = decimal.NewFromInt(100)

// Evaluate applies the rules. The order of what it finds is the same every time.
func Evaluate(spend Spend, rules Rules, now time.Time) *Verdict {
	e := &evaluation{Rules: rules, spend: spend, customers: make([]*Customer, len(spend.Customers))}
	for i := range spend.Customers {
		e.customers[i] = &spend.Customers[i]
	}
	e.complete()
	e.customerFound()
	e.notEmpty()
	e.usdKnown()
	e.currencyLimited()
	e.hasBudget()
	e.dataAge(now)
	e.percentUsed()
	e.usdTotalCost()
	e.totalCost()
	e.customerUSDTotalCost()
	slices.SortStableFunc(e.violations, compareFindings)
	slices.SortStableFunc(e.warnings, compareFindings)
	return &Verdict{e.violations, e.warnings, len(e.customers), worst(e.customers, reported), e.withoutBudget}
}

// compareFindings puts first what is about all of them, then who is not listed,
// then the customers that are worst off.
func compareFindings(a, b Finding) int {
	if a.customer != nil && b.customer != nil {
		return worstFirst(a.customer, b.customer)
	}
	rank := func(f Finding) int { return boolean(f.CustomerID != "") + 2*boolean(f.customer != nil) }
	return cmp.Compare(rank(a), rank(b))
}

// evaluation is a gate at work.
type evaluation struct {
	Rules
	spend         Spend
	customers     []*Customer
	violations    []Finding
	warnings      []Finding
	withoutBudget int
}

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

// complete: a list that is shorter than the API says covers not everybody.
func (e *evaluation) complete() {
	total := e.spend.Total
	if total == nil || int64(e.spend.Listed) >= *total {
		return
	}
	actual, limit := decimal.NewFromInt(int64(e.spend.Listed)), decimal.NewFromInt(*total)
	e.violateUnless(e.AllowIncomplete, Finding{
		Rule: "complete", Actual: &actual, Limit: &limit,
		Message: fmt.Sprintf("Partner Center lists %d of %s", e.spend.Listed, customers(int(*total))),
	})
}

// customerFound: a customer that is not listed may have spent anything.
func (e *evaluation) customerFound() {
	for _, id := range e.spend.Missing {
		e.violateUnless(e.AllowMissing, Finding{
			Rule: "customer_found", CustomerID: id,
			Message: fmt.Sprintf("customer %s is not listed", id),
		})
	}
}

// notEmpty: nobody at all is a filter gone wrong.
func (e *evaluation) notEmpty() {
	if len(e.customers) == 0 {
		e.violateUnless(e.AllowEmpty, Finding{Rule: "not_empty", Message: "no customer is selected"})
	}
}

// usdKnown: a limit in USD holds for nobody whose figure is not known.
func (e *evaluation) usdKnown() {
	if e.MaxUSDTotalCost == nil && e.MaxCustomerUSDTotalCost == nil {
		return
	}
	for _, c := range e.customers {
		if c.USDCost == nil {
			e.violate(c.finding("usd_known", c.who()+": the cost in USD is not known"))
		}
	}
}

// currencyLimited: a currency without a limit is not limited.
func (e *evaluation) currencyLimited() {
	if e.MaxTotalCost == nil {
		return
	}
	for _, code := range e.currencies() {
		_, limited := e.MaxTotalCost[code]
		total, known := e.total(code)
		if limited && code != unknownCurrency || known && total.IsZero() {
			continue
		}
		finding := Finding{Rule: "currency_limited", Message: "there are costs in " + code + ", and max_total_cost has no limit for it"}
		if code == unknownCurrency {
			finding.Message = "there are costs whose currency is not known: " + e.whoSpends(code)
		} else {
			finding.Currency = code
		}
		if known {
			finding.Actual = &total
		}
		e.violate(finding)
	}
}

// hasBudget: a share of no budget is no share.
func (e *evaluation) hasBudget() {
	limited := e.MaxPercentUsed != nil || e.WarnPercentUsed != nil
	required := limited
	if e.RequireBudget != nil {
		required = *e.RequireBudget
	}
	for _, c := range e.customers {
		if c.Budget != nil {
			continue
		}
		if required {
			e.violate(c.finding("has_budget", c.who()+": no budget"))
		} else if limited {
			e.withoutBudget++
		}
	}
}

// dataAge: figures that are not kept up to date say nothing of today.
func (e *evaluation) dataAge(now time.Time) {
	if e.MaxDataAge == nil || len(e.customers) == 0 {
		return
	}
	var newest *time.Time
	for _, c := range e.customers {
		if c.LastModified != nil && (newest == nil || c.LastModified.After(*newest)) {
			newest = c.LastModified
		}
	}
	if newest == nil {
		e.violate(Finding{Rule: "data_age_known", Message: "no figure says how old it is"})
		return
	}
	if age := now.Sub(*newest); age > *e.MaxDataAge {
		actual, limit := hours(age), hours(*e.MaxDataAge)
		e.violate(Finding{
			Rule: "max_data_age", Actual: &actual, Limit: &limit,
			Message: fmt.Sprintf("the newest figure is %s hours old, more than %s", actual.StringFixed(1), limit),
		})
	}
}

func hours(d time.Duration) decimal.Decimal {
	return decimal.NewFromInt(int64(d)).DivRound(decimal.NewFromInt(int64(time.Hour)), 4)
}

// percentUsed compares cost × 100 with limit × budget, which is exact, and needs
// no share of a budget of 0.
func (e *evaluation) percentUsed() {
	above := func(c *Customer, limit *decimal.Decimal) bool {
		return c.Cost.Mul(hundred).GreaterThan(limit.Mul(*c.Budget))
	}
	for _, c := range e.customers {
		rule, limit, report := "max_percent_used", e.MaxPercentUsed, e.violate
		if limit == nil || c.Budget != nil && c.Cost != nil && !above(c, limit) {
			rule, limit, report = "warn_percent_used", e.WarnPercentUsed, e.warn
		}
		switch {
		case limit == nil || c.Budget == nil:
		case c.Cost == nil:
			report(c.finding(rule, c.who()+": the cost is not known"))
		case above(c, limit):
			finding := c.finding(rule, c.who()+": "+c.spent())
			finding.Actual, finding.Limit, finding.Currency = c.percent(), limit, c.Currency
			report(finding)
		}
	}
}

func (e *evaluation) usdTotalCost() {
	if e.MaxUSDTotalCost == nil {
		return
	}
	total := decimal.Zero
	for _, c := range e.customers {
		if c.USDCost != nil {
			total = total.Add(*c.USDCost)
		}
	}
	if total.GreaterThan(*e.MaxUSDTotalCost) {
		e.violate(Finding{
			Rule: "max_usd_total_cost", Actual: &total, Limit: e.MaxUSDTotalCost, Currency: "USD",
			Message: "all together: " + moneyOf(total, *e.MaxUSDTotalCost, "USD"),
		})
	}
}

func (e *evaluation) totalCost() {
	for _, code := range slices.Sorted(maps.Keys(e.MaxTotalCost)) {
		limit := e.MaxTotalCost[code]
		total, known := e.total(code)
		switch {
		case !known:
			e.violate(Finding{Rule: "max_total_cost", Limit: &limit, Currency: code, Message: "all together in " + code + ": a cost is not known"})
		case total.GreaterThan(limit):
			e.violate(Finding{
				Rule: "max_total_cost", Actual: &total, Limit: &limit, Currency: code,
				Message: "all together: " + moneyOf(total, limit, code),
			})
		}
	}
}

func (e *evaluation) customerUSDTotalCost() {
	limit := e.MaxCustomerUSDTotalCost
	for _, c := range e.customers {
		if limit == nil || c.USDCost == nil || c.USDCost.LessThanOrEqual(*limit) {
			continue
		}
		finding := c.finding("max_customer_usd_total_cost", c.who()+": "+moneyOf(*c.USDCost, *limit, "USD"))
		finding.Actual, finding.Limit, finding.Currency = c.USDCost, limit, "USD"
		e.violate(finding)
	}
}

// currencies are those that there are costs in, in order.
func (e *evaluation) currencies() []string {
	codes := map[string]bool{}
	for _, c := range e.customers {
		codes[cmp.Or(c.Currency, unknownCurrency)] = true
	}
	return slices.Sorted(maps.Keys(codes))
}

// total is the sum of the costs in a currency, if all of them are known.
func (e *evaluation) total(code string) (total decimal.Decimal, known bool) {
	for _, c := range e.customers {
		if cmp.Or(c.Currency, unknownCurrency) != code {
			continue
		}
		if c.Cost == nil {
			return decimal.Zero, false
		}
		total = total.Add(*c.Cost)
	}
	return total, true
}

func (e *evaluation) whoSpends(code string) string {
	spenders := slices.DeleteFunc(slices.Clone(e.customers), func(c *Customer) bool { return cmp.Or(c.Currency, unknownCurrency) != code })
	var names []string
	for _, c := range worst(spenders, named) {
		names = append(names, c.who())
	}
	if more := len(spenders) - named; more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
}

func (c *Customer) finding(rule, message string) Finding {
	return Finding{Rule: rule, CustomerID: c.ID, CustomerName: c.Name, Message: message, customer: c}
}

// who is the customer's name on one line, or the id of one without a name.
func (c *Customer) who() string { return cmp.Or(oneLine(c.Name), c.ID, "a customer without a name") }

// oneLine is a text without line breaks, or anything else that is not seen but
// changes what is.
func oneLine(text string) string {
	seen := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(seen), " ")
}

// spent is what is used of the budget.
func (c *Customer) spent() string {
	text := moneyOf(*c.Cost, *c.Budget, c.Currency)
	if percent := c.percent(); percent != nil {
		text += " (" + percent.StringFixed(2) + " %)"
	}
	return text
}

// percent is the share of the budget that is used, to four decimals, half away
// from zero. A budget of 0 has no shares.
func (c *Customer) percent() *decimal.Decimal {
	if c.Budget == nil || c.Budget.IsZero() || c.Cost == nil {
		return nil
	}
	percent := c.Cost.Mul(hundred).DivRound(*c.Budget, 4)
	return &percent
}

// moneyOf writes an amount and its limit for people. If they would look the same
// it keeps the digits of the amount.
func moneyOf(amount, limit decimal.Decimal, code string) string {
	text, of := money(amount, code), money(limit, code)
	if text == of && !amount.Equal(limit) {
		text = strings.TrimSpace(amount.String() + " " + code)
	}
	return text + " of " + of
}

// money writes an amount for people. One in a currency that is not known keeps
// its digits.
func money(amount decimal.Decimal, code string) string {
	if text, err := currency.Format(amount, code); err == nil {
		return text
	}
	return strings.TrimSpace(amount.String() + " " + code)
}
