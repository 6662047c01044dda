package emulator

import (
	"encoding/json"
	"net/http"
)

// summaryRoutes are the totals of the current billing period, and the budgets.
func summaryRoutes() []route {
	return []route{
		{path: "/v1/usagesummary", userOnly: true, handle: (*books).usageSummary},
		{path: "/v1/customers/{customer}/usagesummary", userOnly: true, handle: (*books).customerUsageSummary},
		{path: "/v1/customers/{customer}/subscriptions/{subscription}/usagesummary", userOnly: true, handle: (*books).subscriptionUsageSummary},
		{path: "/v1/customers/{customer}/usagebudget", handle: (*books).usageBudget},
	}
}

type partnerUsageSummary struct {
	CustomersOverBudget                 int `json:"customersOverBudget"`
	CustomersTrendingOver               int `json:"customersTrendingOver"`
	CustomersWithUsageBasedSubscription int `json:"customersWithUsageBasedSubscription"`
	resource
	period
	money
	LastModifiedDate string     `json:"lastModifiedDate"`
	Links            links      `json:"links"`
	Attributes       attributes `json:"attributes"`
}

type period struct {
	BillingStartDate string `json:"billingStartDate"`
	BillingEndDate   string `json:"billingEndDate"`
}

// usageSummary counts legacy customers only: the API leaves out those with an
// Azure plan. How it totals several currencies is not documented; here those
// other than the partner's own are left out, since adding them means nothing.
func (b *books) usageSummary(*http.Request) (answer, error) {
	start, end := billingPeriod(b.asOf)
	summary := partnerUsageSummary{
		resource:   newResource(TenantID, b.name),
		period:     period{timestamp(start), timestamp(end)},
		Links:      links{Self: linkTo("/usagesummary")},
		Attributes: attributes{"PartnerUsageSummary"},
	}
	costs := []json.Number{}
	latest := start
	for _, c := range b.customers {
		if !c.legacy() {
			continue
		}
		summary.CustomersWithUsageBasedSubscription++
		switch {
		case c.overBudget():
			summary.CustomersOverBudget++
		case c.nearBudget():
			summary.CustomersTrendingOver++
		}
		if c.currency == b.currency {
			costs = append(costs, c.cost)
		}
		if c.lastModified.After(latest) {
			latest = c.lastModified
		}
	}
	summary.money = money{TotalCost: sum(costs...), CurrencyLocale: b.locale}
	summary.LastModifiedDate = timestamp(latest)
	return apiAnswer(http.StatusOK, summary), nil
}

// usageSummary is the summary of a customer or a subscription. Which of the
// keys for id and name it has, depends.
type usageSummary struct {
	Budget       *spendingBudget `json:"budget,omitempty"`
	ResourceID   string          `json:"resourceId,omitempty"`
	ID           string          `json:"id,omitempty"`
	ResourceName string          `json:"resourceName,omitempty"`
	Name         string          `json:"name,omitempty"`
	period
	money
	LastModifiedDate string     `json:"lastModifiedDate"`
	Links            *links     `json:"links,omitempty"`
	Attributes       attributes `json:"attributes"`
}

// newUsageSummary fills in what a plan's and a legacy subscription's summary
// have in different ways: the period, and the US dollars, which legacy ones
// lack.
func (b *books) newUsageSummary(c customer, cost json.Number) usageSummary {
	summary := usageSummary{
		money:            c.money(cost),
		LastModifiedDate: timestamp(c.lastModified),
	}
	start, end := planPeriod(b.asOf)
	if c.legacy() {
		start, end = billingPeriod(b.asOf)
		summary.USDTotalCost = nil
	}
	summary.period = period{timestamp(start), timestamp(end)}
	return summary
}

// customerUsageSummary has only the new keys for id and name with a plan, and
// only the old ones with a legacy subscription; and only there it has links.
func (b *books) customerUsageSummary(r *http.Request) (answer, error) {
	c, err := b.customer(r.PathValue("customer"))
	if err != nil {
		return answer{}, err
	}
	if c.idle() {
		return answer{}, noUsage()
	}
	summary := b.newUsageSummary(c, c.cost)
	summary.Budget = new(newSpendingBudget(c))
	summary.Attributes = attributes{"CustomerUsageSummary"}
	if c.legacy() {
		summary.ID, summary.Name = c.resourceID(c.id), c.name
		summary.Links = &links{Self: linkTo("/customers/" + c.id + "/usagesummary")}
	} else {
		summary.ResourceID, summary.ResourceName = c.id, c.name
	}
	return apiAnswer(http.StatusOK, summary), nil
}

// subscriptionUsageSummary has only the new keys for id and name with a plan,
// and both with a legacy subscription.
func (b *books) subscriptionUsageSummary(r *http.Request) (answer, error) {
	a, err := b.azure(r)
	if err != nil {
		return answer{}, err
	}
	if a.idle() {
		return answer{}, noUsage()
	}
	summary := b.newUsageSummary(a.customer, a.cost)
	summary.ResourceID, summary.ResourceName = a.resourceID(a.id), a.name
	if a.legacy() {
		summary.ID, summary.Name = summary.ResourceID, summary.ResourceName
	}
	summary.Links = &links{Self: linkTo(a.path() + "/usagesummary")}
	summary.Attributes = attributes{"SubscriptionUsageSummary"}
	return apiAnswer(http.StatusOK, summary), nil
}

// noUsage is an error of the API where one would expect zeros.
func noUsage() error {
	return &refusal{
		status:      http.StatusNotFound,
		code:        codeNoUsage,
		description: "Customer does not have usage data.",
	}
}

type usageBudget struct {
	Amount *json.Number `json:"amount,omitempty"`
	// UsageSpendingBudget repeats the amount.
	UsageSpendingBudget *json.Number `json:"usageSpendingBudget,omitempty"`
	Links               links        `json:"links"`
	Attributes          attributes   `json:"attributes"`
}

// usageBudget has the version in its self link, unlike the other routes.
func (b *books) usageBudget(r *http.Request) (answer, error) {
	c, err := b.customer(r.PathValue("customer"))
	if err != nil {
		return answer{}, err
	}
	budget := newSpendingBudget(c)
	return apiAnswer(http.StatusOK, usageBudget{
		Amount:              budget.Amount,
		UsageSpendingBudget: budget.Amount,
		Links:               links{Self: linkTo("/v1/customers/" + c.id + "/usagebudget")},
		Attributes:          budget.Attributes,
	}), nil
}
