package emulator

import (
	"encoding/json"
	"net/http"
)

// summaryRoutes are the totals of the current billing period, and the budgets.
func summaryRoutes() []route {
	return []route{
		{path: "/v1/usagesummary", userOnly: true, handle: (*snapshot).usageSummary},
		{path: "/v1/customers/{customer}/usagesummary", userOnly: true, handle: (*snapshot).customerUsageSummary},
		{path: "/v1/customers/{customer}/subscriptions/{subscription}/usagesummary", userOnly: true, handle: (*snapshot).subscriptionUsageSummary},
		{path: "/v1/customers/{customer}/usagebudget", handle: (*snapshot).usageBudget},
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
func (s *snapshot) usageSummary(*http.Request) (response, error) {
	start, end := billingPeriod(s.asOf)
	summary := partnerUsageSummary{
		resource:   newResource(TenantID, s.name),
		period:     period{timestamp(start), timestamp(end)},
		Links:      links{Self: linkTo("/usagesummary")},
		Attributes: attributes{"PartnerUsageSummary"},
	}
	costs := []json.Number{}
	latest := start
	for _, c := range s.customers {
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
		if c.currency == s.currency {
			costs = append(costs, c.cost)
		}
		if c.lastModified.After(latest) {
			latest = c.lastModified
		}
	}
	summary.money = money{TotalCost: sum(costs...), CurrencyLocale: s.locale}
	summary.LastModifiedDate = timestamp(latest)
	return apiResponse(http.StatusOK, summary), nil
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
func (s *snapshot) newUsageSummary(c customer, cost json.Number) usageSummary {
	summary := usageSummary{
		money:            c.money(cost),
		LastModifiedDate: timestamp(c.lastModified),
	}
	start, end := planPeriod(c.lastModified)
	if c.legacy() {
		start, end = billingPeriod(c.lastModified)
		summary.USDTotalCost = nil
	}
	summary.period = period{timestamp(start), timestamp(end)}
	return summary
}

// customerUsageSummary has only the new keys for id and name with a plan, and
// only the old ones with a legacy subscription; and only there it has links.
func (s *snapshot) customerUsageSummary(r *http.Request) (response, error) {
	c, err := s.customer(r.PathValue("customer"))
	if err != nil {
		return response{}, err
	}
	if c.idle() {
		return response{}, errNoUsage()
	}
	summary := s.newUsageSummary(c, c.cost)
	summary.Budget = new(newSpendingBudget(c))
	summary.Attributes = attributes{"CustomerUsageSummary"}
	if c.legacy() {
		summary.ID, summary.Name = c.resourceID(c.id), c.name
		summary.Links = &links{Self: linkTo("/customers/" + c.id + "/usagesummary")}
	} else {
		summary.ResourceID, summary.ResourceName = c.id, c.name
	}
	return apiResponse(http.StatusOK, summary), nil
}

// subscriptionUsageSummary has only the new keys for id and name with a plan,
// and both with a legacy subscription.
func (s *snapshot) subscriptionUsageSummary(r *http.Request) (response, error) {
	a, err := s.azure(r)
	if err != nil {
		return response{}, err
	}
	if a.idle() {
		return response{}, errNoUsage()
	}
	summary := s.newUsageSummary(a.customer, a.cost)
	summary.ResourceID, summary.ResourceName = a.resourceID(a.id), a.name
	if a.legacy() {
		summary.ID, summary.Name = summary.ResourceID, summary.ResourceName
	}
	summary.Links = &links{Self: linkTo(a.path() + "/usagesummary")}
	summary.Attributes = attributes{"SubscriptionUsageSummary"}
	return apiResponse(http.StatusOK, summary), nil
}

// errNoUsage is an error of the API where one would expect zeros.
func errNoUsage() error {
	return &apiError{
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
func (s *snapshot) usageBudget(r *http.Request) (response, error) {
	c, err := s.customer(r.PathValue("customer"))
	if err != nil {
		return response{}, err
	}
	budget := newSpendingBudget(c)
	return apiResponse(http.StatusOK, usageBudget{
		Amount:              budget.Amount,
		UsageSpendingBudget: budget.Amount,
		Links:               links{Self: linkTo("/v1/customers/" + c.id + "/usagebudget")},
		Attributes:          budget.Attributes,
	}), nil
}
