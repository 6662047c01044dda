package emulator

import (
	"encoding/json"
	"net/http"
)

// usageRoutes are the lists of what the current billing period has cost, by
// customer, by subscription and by meter.
func usageRoutes() []route {
	return []route{
		{path: "/v1/customers/usagerecords", userOnly: true, handle: (*snapshot).customerUsageRecords},
		{path: "/v1/customers/{customer}/subscriptions/usagerecords", userOnly: true, handle: (*snapshot).subscriptionUsageRecords},
		{path: "/v1/customers/{customer}/subscriptions/{subscription}/meterusagerecords", userOnly: true, handle: (*snapshot).meterUsageRecords},
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

func (s *snapshot) customerUsageRecords(r *http.Request) (response, error) {
	return collect(s, r, s.usagePagination("/customers/usagerecords"), func() []customerUsageRecord {
		records := make([]customerUsageRecord, len(s.customers))
		for i, c := range s.customers {
			records[i] = newCustomerUsageRecord(c)
		}
		return records
	})
}

func newSpendingBudget(c customer) spendingBudget {
	budget := spendingBudget{Attributes: attributes{"SpendingBudget"}}
	if c.hasBudget() {
		budget.Amount = &c.budget
	}
	return budget
}

func newCustomerUsageRecord(c customer) customerUsageRecord {
	budget := newSpendingBudget(c)
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
	Status string `json:"status"`
	// PartnerOnRecord is known for plans only.
	PartnerOnRecord string `json:"partnerOnRecord,omitempty"`
	OfferID         string `json:"offerId"`
	resource
	money
	LastModifiedDate string     `json:"lastModifiedDate"`
	Attributes       attributes `json:"attributes"`
}

func (s *snapshot) subscriptionUsageRecords(r *http.Request) (response, error) {
	c, err := s.customer(r.PathValue("customer"))
	if err != nil {
		return response{}, err
	}
	return collect(s, r, s.usagePagination(c.usageRecordsPath()), func() []subscriptionUsageRecord {
		all := c.azures()
		records := make([]subscriptionUsageRecord, len(all))
		for i, a := range all {
			records[i] = newSubscriptionUsageRecord(a)
		}
		return records
	})
}

// usageRecordsPath ends in a slash for legacy customers, as documented.
func (c customer) usageRecordsPath() string {
	path := "/customers/" + c.id + "/subscriptions/usagerecords"
	if c.legacy() {
		path += "/"
	}
	return path
}

func (s *snapshot) meterUsageRecords(r *http.Request) (response, error) {
	a, err := s.azure(r)
	if err != nil {
		return response{}, err
	}
	// The documented answer for a legacy subscription is of the records and
	// has the self link of the route which lists a customer's subscriptions.
	if a.legacy() {
		return collect(s, r, s.usagePagination(a.usageRecordsPath()), func() []subscriptionUsageRecord {
			return []subscriptionUsageRecord{newSubscriptionUsageRecord(a)}
		})
	}
	return collect(s, r, s.usagePagination(a.path()+"/meterusagerecords"), func() []meterUsageRecord {
		meters := a.usedMeters()
		records := make([]meterUsageRecord, len(meters))
		for i, m := range meters {
			records[i] = newMeterUsageRecord(a, m)
		}
		return records
	})
}

func newSubscriptionUsageRecord(a azure) subscriptionUsageRecord {
	record := subscriptionUsageRecord{
		Status:           a.status,
		OfferID:          a.offerID(),
		resource:         newResource(a.resourceID(a.id), a.name),
		money:            a.money(a.cost),
		LastModifiedDate: timestamp(a.lastModified),
		Attributes:       attributes{"SubscriptionMonthlyUsageRecord"},
	}
	if !a.legacy() {
		record.PartnerOnRecord = PartnerMPNID
	}
	return record
}

func newMeterUsageRecord(a azure, m meter) meterUsageRecord {
	return meterUsageRecord{
		SubscriptionID:   a.id,
		MeterID:          m.id,
		MeterName:        m.name,
		Category:         m.category,
		Subcategory:      m.subcategory,
		QuantityUsed:     m.quantity,
		Unit:             m.unit,
		money:            a.money(m.cost),
		LastModifiedDate: timestamp(a.lastModified),
		Attributes:       attributes{"MeterUsageRecord"},
	}
}
