package emulator

import (
	"encoding/json"
	"net/http"
)

// usageRoutes are the reads of what the current billing period has cost.
func (e *Emulator) usageRoutes() []route {
	return []route{
		{path: "/v1/usagesummary", userOnly: true, handle: e.usageSummary},
		{path: "/v1/customers/usagerecords", userOnly: true, handle: e.customerUsageRecords},
		{path: "/v1/customers/{customer}/subscriptions/{subscription}/meterusagerecords", userOnly: true, handle: e.meterUsageRecords},
	}
}

// money is what usage records and summaries say about a cost. Of code and
// locale each has one: Azure plan customers have the code, legacy ones the
// locale.
type money struct {
	TotalCost      json.Number  `json:"totalCost"`
	CurrencyLocale string       `json:"currencyLocale,omitempty"`
	CurrencyCode   string       `json:"currencyCode,omitempty"`
	USDTotalCost   *json.Number `json:"usdTotalCost,omitempty"`
}

// resource names what a record is about, and names it twice: id and name are
// the older keys.
type resource struct {
	ResourceID   string `json:"resourceId"`
	ID           string `json:"id"`
	ResourceName string `json:"resourceName"`
	Name         string `json:"name"`
}

func newResource(id, name string) resource {
	return resource{ResourceID: id, ID: id, ResourceName: name, Name: name}
}

type customerUsageRecord struct {
	Budget spendingBudget `json:"budget"`
	// CustomerSpendingBudget repeats the budget for legacy customers.
	CustomerSpendingBudget *spendingBudget `json:"customerSpendingBudget,omitempty"`
	PercentUsed            json.Number     `json:"percentUsed"`
	IsUpgraded             bool            `json:"isUpgraded"`
	resource
	money
	LastModifiedDate string     `json:"lastModifiedDate"`
	Attributes       attributes `json:"attributes"`
}

// spendingBudget without an amount is no budget; one of 0 is a budget.
type spendingBudget struct {
	Amount     *json.Number `json:"amount,omitempty"`
	Attributes attributes   `json:"attributes"`
}

func (e *Emulator) customerUsageRecords(r *http.Request) (answer, error) {
	return collect(e, r, "/customers/usagerecords", func() []customerUsageRecord {
		records := make([]customerUsageRecord, len(e.partner.customers))
		for i, c := range e.partner.customers {
			records[i] = newCustomerUsageRecord(c)
		}
		return records
	})
}

func newCustomerUsageRecord(c customer) customerUsageRecord {
	budget := spendingBudget{Attributes: attributes{"SpendingBudget"}}
	if c.hasBudget() {
		budget.Amount = &c.budget
	}
	record := customerUsageRecord{
		Budget:           budget,
		PercentUsed:      percent(c.cost, c.budget),
		IsUpgraded:       !c.legacy(),
		resource:         newResource(c.resourceID(c.id), c.name),
		money:            c.money(c.cost),
		LastModifiedDate: timestamp(c.lastModified),
		Attributes:       attributes{"CustomerMonthlyUsageRecord"},
	}
	if c.legacy() {
		record.CustomerSpendingBudget = &budget
	}
	return record
}

type meterUsageRecord struct {
	SubscriptionID string      `json:"subscriptionId"`
	MeterID        string      `json:"meterId"`
	MeterName      string      `json:"meterName"`
	Category       string      `json:"category"`
	Subcategory    string      `json:"subcategory"`
	QuantityUsed   json.Number `json:"quantityUsed"`
	Unit           string      `json:"unit"`
	money
	LastModifiedDate string     `json:"lastModifiedDate"`
	Attributes       attributes `json:"attributes"`
}

type subscriptionUsageRecord struct {
	Status  string `json:"status"`
	OfferID string `json:"offerId"`
	resource
	money
	LastModifiedDate string     `json:"lastModifiedDate"`
	Attributes       attributes `json:"attributes"`
}

func (e *Emulator) meterUsageRecords(r *http.Request) (answer, error) {
	c, err := e.partner.customer(r.PathValue("customer"))
	if err != nil {
		return answer{}, err
	}
	subscription, err := c.subscription(r.PathValue("subscription"))
	if err != nil {
		return answer{}, err
	}
	// The documented answer for a legacy subscription is that of the route
	// which lists a customer's subscriptions, down to its self link.
	if c.legacy() {
		return collect(e, r, "/customers/"+c.id+"/subscriptions/usagerecords/", func() []subscriptionUsageRecord {
			return []subscriptionUsageRecord{newLegacyUsageRecord(c)}
		})
	}
	return collect(e, r, "/customers/"+c.id+"/subscriptions/"+subscription+"/meterusagerecords", func() []meterUsageRecord {
		meters := c.usedMeters()
		records := make([]meterUsageRecord, len(meters))
		for i, m := range meters {
			records[i] = newMeterUsageRecord(c, m)
		}
		return records
	})
}

func newLegacyUsageRecord(c customer) subscriptionUsageRecord {
	return subscriptionUsageRecord{
		Status:           "active",
		OfferID:          "MS-AZR-0145P",
		resource:         newResource(c.resourceID(c.subscriptionID), "Microsoft Azure"),
		money:            c.money(c.cost),
		LastModifiedDate: timestamp(c.lastModified),
		Attributes:       attributes{"SubscriptionMonthlyUsageRecord"},
	}
}

func newMeterUsageRecord(c customer, m meter) meterUsageRecord {
	return meterUsageRecord{
		SubscriptionID:   c.subscriptionID,
		MeterID:          m.id,
		MeterName:        m.name,
		Category:         m.category,
		Subcategory:      m.subcategory,
		QuantityUsed:     m.quantity,
		Unit:             m.unit,
		money:            c.money(m.cost),
		LastModifiedDate: timestamp(c.lastModified),
		Attributes:       attributes{"MeterUsageRecord"},
	}
}

type partnerUsageSummary struct {
	CustomersOverBudget                 int `json:"customersOverBudget"`
	CustomersTrendingOver               int `json:"customersTrendingOver"`
	CustomersWithUsageBasedSubscription int `json:"customersWithUsageBasedSubscription"`
	resource
	BillingStartDate string `json:"billingStartDate"`
	BillingEndDate   string `json:"billingEndDate"`
	money
	LastModifiedDate string     `json:"lastModifiedDate"`
	Links            links      `json:"links"`
	Attributes       attributes `json:"attributes"`
}

// usageSummary counts legacy customers only: the API leaves out those with an
// Azure plan. How it totals several currencies is not documented; here those
// other than the partner's own are left out, since adding them means nothing.
func (e *Emulator) usageSummary(*http.Request) (answer, error) {
	start, end := billingPeriod(e.partner.asOf)
	summary := partnerUsageSummary{
		resource:         newResource(TenantID, e.partner.name),
		BillingStartDate: timestamp(start),
		BillingEndDate:   timestamp(end),
		Links:            links{Self: linkTo("/usagesummary")},
		Attributes:       attributes{"PartnerUsageSummary"},
	}
	costs := []json.Number{}
	latest := start
	for _, c := range e.partner.customers {
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
		if c.currency == e.partner.currency {
			costs = append(costs, c.cost)
		}
		if c.lastModified.After(latest) {
			latest = c.lastModified
		}
	}
	summary.money = money{TotalCost: sum(costs...), CurrencyLocale: e.partner.locale}
	summary.LastModifiedDate = timestamp(latest)
	return apiAnswer(http.StatusOK, summary), nil
}
