package gate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

var azureSubscriptionGate = &kind{title: "Azure subscription gate", noun: "resource group", all: "the Azure subscription", budget: "limit"}

// What is beside the resource groups.
const (
	ungrouped = "resources in no resource group"
	unlocated = "resources whose resource group is not known"
)

// AzureSubscription is what a gate for one Azure subscription evaluates. A resource
// group is told by its name alone, whatever its case.
type AzureSubscription struct {
	Name     string
	Selected []string // only these resource groups; nil is all, and what is in none
	Missing  []string // those of them without usage
	HasUsage bool     // in any resource group

	Grouped   []Record // of resources in the resource groups that are checked
	Ungrouped []Record // of resources in no resource group
	Unlocated []Record // of resources that do not say whether they are in one
}

// AzureSubscriptionRules are the limits of a gate for one Azure subscription, in one
// currency. A limit that is nil does not apply.
type AzureSubscriptionRules struct {
	Currency                  string // ISO 4217
	MaxTotalCost              *decimal.Decimal
	WarnTotalCost             *decimal.Decimal
	MaxForecastTotalCost      *decimal.Decimal
	WarnForecastTotalCost     *decimal.Decimal
	MaxResourceGroupTotalCost map[string]decimal.Decimal // by name
	MaxUSDTotalCost           *decimal.Decimal
	MaxDataAge                *time.Duration
	AllowMissing              bool
	Exceptions                []Exception
	MaxFindings               int // as in SpendRules
}

// AzureSubscriptionVerdict is a verdict with the figures that were compared. One
// that is not known is nil.
type AzureSubscriptionVerdict struct {
	*Verdict

	TotalCost    *decimal.Decimal
	USDTotalCost *decimal.Decimal
	ForecastCost *decimal.Decimal
}

// EvaluateAzureSubscription applies the rules. It finds the same in the same order
// every time.
func EvaluateAzureSubscription(subscription AzureSubscription, rules AzureSubscriptionRules, now time.Time) *AzureSubscriptionVerdict {
	e := &azureSubscriptionEvaluation{
		evaluation:   begin(azureSubscriptionGate, rules.Exceptions, rules.MaxFindings, now),
		subscription: &subscription, rules: &rules, groupLimits: rules.resourceGroupLimits(),
	}
	e.about = subscription.text()
	for _, records := range byResourceGroup(subscription.records()) {
		group := newSubject(azureSubscriptionGate, records)
		e.add(group)
		e.limitGroup(group)
		e.groups = append(e.groups, group)
	}
	e.hasUsage()
	e.resourceGroupFound()
	e.currency()
	e.usdTotalCost()
	e.dataAge(rules.MaxDataAge)
	e.totalCost()
	e.forecast()
	e.resourceGroupTotalCost()
	for _, group := range e.groups {
		e.rank(group)
	}
	e.limits, e.state, e.chart = rules.texts(), stateOfGroup, rules.chart()
	e.verdict.Verdict = e.end()
	return &e.verdict
}

// azureSubscriptionEvaluation is the verdict in the making.
type azureSubscriptionEvaluation struct {
	*evaluation

	subscription *AzureSubscription
	rules        *AzureSubscriptionRules
	groupLimits  map[string]groupLimit // by the id of the resource group
	groups       []*subject
	verdict      AzureSubscriptionVerdict
}

type groupLimit struct {
	name   string
	amount decimal.Decimal
}

// groupID is what names have in common that differ only in case.
func groupID(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// records are all records, by resource group. What does not say where it is may be
// in one of those that are selected; but a refund, which may be of another, takes
// nothing away from them.
func (s *AzureSubscription) records() []Record {
	records := slices.Concat(s.Grouped, s.Ungrouped, s.Unlocated)
	for i := range records {
		record := &records[i]
		switch grouped := len(s.Grouped); {
		case i < grouped:
			record.SubjectID = groupID(record.SubjectName)
		case i < grouped+len(s.Ungrouped):
			record.Rest = ungrouped
		default:
			record.Rest = unlocated
			if s.Selected != nil && record.Cost != nil && record.Cost.IsNegative() {
				record.Cost, record.USDCost = nil, nil
			}
		}
	}
	return records
}

// byResourceGroup are the records of each resource group, and of each rest, in the order
// in which they come first.
func byResourceGroup(records []Record) [][]Record {
	type key struct{ id, rest string }
	positions := map[key]int{}
	var groups [][]Record
	for _, record := range records {
		group := key{record.SubjectID, record.Rest}
		position, known := positions[group]
		if !known {
			position = len(groups)
			positions[group] = position
			groups = append(groups, nil)
		}
		groups[position] = append(groups[position], record)
	}
	return groups
}

// text says what is checked.
func (s *AzureSubscription) text() string {
	name := cmp.Or(oneLine(s.Name), "the Azure subscription")
	if s.Selected == nil {
		return name
	}
	names := map[string]bool{}
	for _, selected := range s.Selected {
		names[groupID(selected)] = true
	}
	return countOf(len(names), "resource group") + " of " + name
}

// resourceGroupLimits are the limits by the id of the resource group, the lowest if
// there are several for one.
func (r *AzureSubscriptionRules) resourceGroupLimits() map[string]groupLimit {
	limits := map[string]groupLimit{}
	for name, amount := range r.MaxResourceGroupTotalCost {
		id := groupID(name)
		if known, twice := limits[id]; !twice || amount.LessThan(known.amount) {
			limits[id] = groupLimit{name, amount}
		}
	}
	return limits
}

// limitGroup makes the limit of a resource group what the report compares its cost
// with.
func (e *azureSubscriptionEvaluation) limitGroup(group *subject) {
	limit, limited := e.groupLimits[group.id]
	if group.rest != "" || !limited {
		return
	}
	group.budget = &limit.amount
	own := group.costIn(e.rules.Currency)
	others := slices.DeleteFunc(group.costs, func(c cost) bool { return c.currency == own.currency })
	group.costs = append([]cost{own}, others...)
}

// costIn is the cost in a currency, which may be nothing.
func (s *subject) costIn(currency string) cost { return costIn(s.costs, currency) }

func costIn(costs []cost, currency string) cost {
	for _, c := range costs {
		if c.currency == currency {
			return c
		}
	}
	return cost{currency: currency, amount: &decimal.Zero}
}

// hasUsage: a new Azure subscription has none.
func (e *azureSubscriptionEvaluation) hasUsage() {
	if !e.subscription.HasUsage {
		e.warn(general("has_usage", "%s has no usage in this billing period", cmp.Or(oneLine(e.subscription.Name), "the Azure subscription")))
	}
}

// resourceGroupFound: a resource group that was asked for, and has no usage, may be
// misspelt. So may one that has a limit.
func (e *azureSubscriptionEvaluation) resourceGroupFound() {
	found := map[string]bool{}
	for _, group := range e.groups {
		found[group.id] = true
	}
	missing := func(name string, format string, arguments ...any) Finding {
		finding := general("resource_group_found", format, arguments...)
		finding.SubjectID, finding.SubjectName = groupID(name), name
		return finding
	}
	for _, name := range e.subscription.Missing {
		found[groupID(name)] = true
		e.violateUnless(e.rules.AllowMissing, missing(name, "the resource group %s has no usage", oneLine(name)))
	}
	for _, id := range slices.Sorted(maps.Keys(e.groupLimits)) {
		name := e.groupLimits[id].name
		switch {
		case found[id]:
		case e.subscription.selects(id):
			e.warn(missing(name, "the resource group %s has a limit, and no usage", oneLine(name)))
		default:
			e.warn(missing(name, "the resource group %s has a limit, and is not checked: it is not in resource_group_names", oneLine(name)))
		}
	}
}

// selects reports whether a resource group is checked.
func (s *AzureSubscription) selects(id string) bool {
	return s.Selected == nil || slices.ContainsFunc(s.Selected, func(name string) bool { return groupID(name) == id })
}

// currency: a cost in another currency is within no limit, and a refund does not
// make up for it.
func (e *azureSubscriptionEvaluation) currency() {
	for _, group := range e.groups {
		for _, part := range group.costs {
			if part.currency == e.rules.Currency || !part.isSpent {
				continue
			}
			finding := group.finding("currency", func() string { return part.text() + ", and the limits are in " + e.rules.Currency })
			e.violate(finding.withAmounts(part.amount, nil, part.currency))
		}
	}
}

// text says what is known of a cost.
func (c *cost) text() string {
	switch {
	case c.amount == nil && c.currency == "":
		return "a cost that is not known"
	case c.amount == nil:
		return "a cost in " + c.currency + " that is not known"
	case c.currency == "":
		return c.amount.String() + " in a currency that is not known"
	}
	return money(*c.amount, c.currency)
}

// usdTotalCost: a limit in USD says nothing about an unknown figure.
func (e *azureSubscriptionEvaluation) usdTotalCost() {
	total, limit := decimal.Zero, e.rules.MaxUSDTotalCost
	e.verdict.USDTotalCost = &total
	for _, group := range e.groups {
		if group.usdCost != nil {
			total = total.Add(*group.usdCost)
			continue
		}
		e.verdict.USDTotalCost = nil
		if limit != nil {
			e.violate(group.finding("usd_known", func() string { return "the cost in USD is not known" }))
		}
	}
	if limit != nil {
		e.compareAmount(measured{rule: "max_usd_total_cost", what: e.about, actual: &total, limit: *limit, currency: "USD"})
	}
}

// totalCost: what all has cost so far. It is told only if nothing is missing from
// it, and compared in any case.
func (e *azureSubscriptionEvaluation) totalCost() {
	totals := e.totals.inOrder()
	total := costIn(totals, e.rules.Currency)
	foreign := slices.ContainsFunc(totals, func(c cost) bool { return c.currency != total.currency && c.isSpent })
	if !foreign {
		e.verdict.TotalCost = total.amount
	}
	limits := bounds{"max_total_cost", e.rules.MaxTotalCost, "warn_total_cost", e.rules.WarnTotalCost}
	e.compare(whole(total.amount), &limits, measured{what: e.about, actual: total.amount, currency: total.currency}.finding)
}

// forecast: what all comes to at the end of the calendar month, as of the newest
// figure. A resource that is gone grows no more, so that they are not forecast one
// by one.
func (e *azureSubscriptionEvaluation) forecast() {
	total := costIn(e.totals.inOrder(), e.rules.Currency)
	limits := bounds{"max_forecast_total_cost", e.rules.MaxForecastTotalCost, "warn_forecast_total_cost", e.rules.WarnForecastTotalCost}
	if undated := e.undated(); len(undated) > 0 {
		for _, group := range undated {
			if limits.areSet() {
				e.violate(group.finding("forecast_known", func() string { return "there is no forecast of a cost without a date" }))
			}
		}
		return
	}
	var month *Period
	if e.newest != nil {
		month = new(MonthOf(*e.newest))
	}
	forecast, of := forecastOf(total.amount, e.newest, month, e.now)
	var amount *decimal.Decimal
	if forecast != nil {
		amount = new(forecast.amount())
	}
	what := "the forecast for " + e.about
	switch {
	case of == ofPeriod && month != nil && e.verdict.TotalCost != nil:
		e.verdict.ForecastCost = amount
	case of == ofCost && limits.areSet():
		what = e.about
		e.warn(general("forecast_known", "%s: there is no forecast in the first day of a month, and the cost itself is compared", e.about))
	}
	e.compare(forecast, &limits, measured{what: what, actual: amount, currency: total.currency}.finding)
}

// undated are the resource groups with a cost that does not say of when it is.
func (e *azureSubscriptionEvaluation) undated() []*subject {
	return slices.DeleteFunc(slices.Clone(e.groups), func(group *subject) bool {
		return !slices.ContainsFunc(group.records, func(record Record) bool {
			return !isDate(record.LastModified, e.now) && (record.Cost == nil || !record.Cost.IsZero())
		})
	})
}

// resourceGroupTotalCost: a cost that may be of any resource group keeps no limit of
// one.
func (e *azureSubscriptionEvaluation) resourceGroupTotalCost() {
	const rule = "max_resource_group_total_cost"
	for _, group := range e.groups {
		limit, limited := e.groupLimits[group.id]
		switch {
		case group.rest == "" && limited:
			spent := group.costIn(e.rules.Currency)
			e.compareAmount(measured{rule: rule, subject: group, actual: spent.amount, limit: limit.amount, currency: spent.currency})
		case len(e.groupLimits) > 0 && group.rest == unlocated && group.isSpent():
			e.violate(group.finding(rule, func() string { return "each of them may be in a resource group with a limit" }))
		}
	}
}

func (s *subject) isSpent() bool {
	return slices.ContainsFunc(s.costs, func(c cost) bool { return c.isSpent })
}

// texts are the rules in words.
func (r *AzureSubscriptionRules) texts() []string {
	var texts []string
	add := func(limit *decimal.Decimal, format, currency string) {
		if limit != nil {
			texts = append(texts, fmt.Sprintf(format, groupDigits(money(*limit, currency))))
		}
	}
	add(r.MaxTotalCost, "%s all together", r.Currency)
	add(r.WarnTotalCost, "a warning above %s all together", r.Currency)
	add(r.MaxForecastTotalCost, "a forecast of %s", r.Currency)
	add(r.WarnForecastTotalCost, "a warning above a forecast of %s", r.Currency)
	add(r.MaxUSDTotalCost, "%s all together", "USD")
	if n := len(r.MaxResourceGroupTotalCost); n > 0 {
		texts = append(texts, "those of "+countOf(n, "resource group"))
	}
	if r.MaxDataAge != nil {
		texts = append(texts, "figures at most "+hoursText(*r.MaxDataAge)+" old")
	}
	return texts
}

// stateOfGroup says of a resource group without findings whether it has a limit.
func stateOfGroup(group *subject) string {
	if group.budget == nil {
		return "no limit of its own"
	}
	return "within limits"
}

// chart draws how much of their limits resource groups have used, or else what they
// have cost.
func (r *AzureSubscriptionRules) chart() chart {
	if len(r.MaxResourceGroupTotalCost) > 0 {
		return percentChart("Limit used, in percent", nil)
	}
	return chart{title: "Cost so far, in " + r.Currency, unit: r.Currency, bar: func(group *subject) *decimal.Decimal {
		cost := group.costIn(r.Currency).amount
		if cost == nil {
			return nil
		}
		return new(cost.Round(2))
	}}
}
