package pcclient

import "context"

// Cost is what every record and summary of usage says about money. The figures
// are estimates in the customer's billing currency, about a day old.
type Cost struct {
	TotalCost        *Decimal `json:"totalCost"`
	USDTotalCost     *Decimal `json:"usdTotalCost"`
	CurrencyCode     *string  `json:"currencyCode"`   // Azure plan only
	CurrencyLocale   *string  `json:"currencyLocale"` // MS-AZR-0145P only: a culture such as fr-FR
	LastModifiedDate *Time    `json:"lastModifiedDate"`
}

// Identity says whose a record is. ID and Name are older twins of the other
// two, and the only ones in some answers.
type Identity struct {
	ResourceID   *string `json:"resourceId"`
	ResourceName *string `json:"resourceName"`
	ID           *string `json:"id"`
	Name         *string `json:"name"`
}

// OwnerID is the id of whoever the record is about.
func (i *Identity) OwnerID() *string { return first(i.ResourceID, i.ID) }

// Owner is the name of whoever the record is about.
func (i *Identity) Owner() *string { return first(i.ResourceName, i.Name) }

// first returns the first text that there is.
func first(texts ...*string) *string {
	for _, text := range texts {
		if text != nil && *text != "" {
			return text
		}
	}
	return nil
}

// SpendingBudget is a monthly budget in the customer's billing currency. Without
// an amount there is none.
type SpendingBudget struct {
	Amount              *Decimal `json:"amount"`
	UsageSpendingBudget *Decimal `json:"usageSpendingBudget"` // an older twin
	Ammount             *Decimal `json:"ammount"`             // as one of Microsoft's samples spells it
}

// CustomerUsageRecord is what one customer has used in the current billing
// period
// (https://learn.microsoft.com/partner-center/developer/customer-usage-resources).
type CustomerUsageRecord struct {
	Identity
	Cost
	Budget         *SpendingBudget `json:"budget"`
	CustomerBudget *SpendingBudget `json:"customerSpendingBudget"` // an older twin
	PercentUsed    *Decimal        `json:"percentUsed"`            // 0 without a budget
	IsUpgraded     *bool           `json:"isUpgraded"`             // true for an Azure plan
}

// BudgetAmount is the customer's budget, or nil without one.
func (r *CustomerUsageRecord) BudgetAmount() *Decimal {
	for _, b := range []*SpendingBudget{r.Budget, r.CustomerBudget} {
		if b == nil {
			continue
		}
		for _, amount := range []*Decimal{b.Amount, b.UsageSpendingBudget, b.Ammount} {
			if amount != nil {
				return amount
			}
		}
	}
	return nil
}

// CustomerUsageRecords lists the usage of all customers
// (https://learn.microsoft.com/partner-center/developer/get-a-customer-s-usage-records).
func (c *Client) CustomerUsageRecords(ctx context.Context) (*Collection[CustomerUsageRecord], error) {
	return collect[CustomerUsageRecord](ctx, c, route("customers", "usagerecords"))
}

// MeterUsageRecord is what a subscription has used of one meter in the current
// billing period
// (https://learn.microsoft.com/partner-center/developer/meter-usage-resources).
// An MS-AZR-0145P subscription is answered with one record of the whole
// subscription, which has the fields of the last group instead.
type MeterUsageRecord struct {
	Attributes struct {
		ObjectType *string `json:"objectType"`
	} `json:"attributes"`
	Cost

	SubscriptionID *string  `json:"subscriptionId"`
	MeterID        *string  `json:"meterId"`
	MeterName      *string  `json:"meterName"`
	Category       *string  `json:"category"`
	Subcategory    *string  `json:"subcategory"`
	QuantityUsed   *Decimal `json:"quantityUsed"`
	Unit           *string  `json:"unit"`

	Identity
	Status  *string `json:"status"`
	OfferID *string `json:"offerId"`
}

// Subscription is the id of the subscription or plan.
func (r *MeterUsageRecord) Subscription() *string { return first(r.SubscriptionID, r.OwnerID()) }

// SubscriptionMeterUsage lists the usage of a subscription by meter
// (https://learn.microsoft.com/partner-center/developer/get-a-customer-subscription-meter-usage-records).
// For an Azure plan the subscription's id is the plan's.
func (c *Client) SubscriptionMeterUsage(ctx context.Context, customerID, subscriptionID string) (*Collection[MeterUsageRecord], error) {
	return collectUsage[MeterUsageRecord](ctx, c, route("customers", customerID, "subscriptions", subscriptionID, "meterusagerecords"))
}

// UsageSummary is the usage of all customers of the partner together, without
// those on an Azure plan
// (https://learn.microsoft.com/partner-center/developer/get-a-partner-usage-summary).
type UsageSummary struct {
	Identity
	Cost
	BillingStartDate                    *Time    `json:"billingStartDate"`
	BillingEndDate                      *Time    `json:"billingEndDate"`
	CustomersOverBudget                 *int64   `json:"customersOverBudget"`
	CustomersTrendingOver               *int64   `json:"customersTrendingOver"`
	CustomersWithUsageBasedSubscription *int64   `json:"customersWithUsageBasedSubscription"`
	EmailsToNotify                      []string `json:"emailsToNotify"`
}

// UsageSummary reads the summary of the partner.
func (c *Client) UsageSummary(ctx context.Context) (*UsageSummary, error) {
	return object[UsageSummary](ctx, c, route("usagesummary"))
}
