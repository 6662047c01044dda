package pcclient

import (
	"context"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

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
// two, and the only ones in some responses.
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

// value is the text, or an empty one for nil.
func value(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// first returns the first text that there is, without the white space around it,
// which would make another of it.
func first(texts ...*string) *string {
	for _, text := range texts {
		trimmed := strings.TrimSpace(value(text))
		switch trimmed {
		case "":
		case *text:
			return text
		default:
			return new(trimmed)
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

// BudgetAmount is the amount, or nil without a budget.
func (b *SpendingBudget) BudgetAmount() *Decimal {
	if b == nil {
		return nil
	}
	return smallest(b.Amount, b.UsageSpendingBudget, b.Ammount)
}

// smallest is the budget that counts if twins differ, which Microsoft does not
// document: a gate that compares with it does not pass for the wrong one
// (https://learn.microsoft.com/partner-center/developer/customer-usage-resources).
func smallest(budgets ...*Decimal) *Decimal {
	var least *Decimal
	for _, budget := range budgets {
		if budget != nil && (least == nil || budget.LessThan(least.Decimal)) {
			least = budget
		}
	}
	return least
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
	return smallest(r.Budget.BudgetAmount(), r.CustomerBudget.BudgetAmount())
}

// CustomerUsageRecords lists the usage of all customers
// (https://learn.microsoft.com/partner-center/developer/get-a-customer-s-usage-records).
func (c *Client) CustomerUsageRecords() *Pager[CustomerUsageRecord] {
	return newPager[CustomerUsageRecord](c, route("customers", "usagerecords"))
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
	return newUsagePager[MeterUsageRecord](c, route("customers", customerID, "subscriptions", subscriptionID, "meterusagerecords")).All(ctx)
}

// SubscriptionUsageRecord is what one subscription, or one Azure plan, has used in
// the current billing period
// (https://learn.microsoft.com/partner-center/developer/subscription-usage-resources).
type SubscriptionUsageRecord struct {
	Identity
	Cost
	Status          *string `json:"status"`
	OfferID         *string `json:"offerId"`
	PartnerOnRecord *string `json:"partnerOnRecord"` // an MPN id
}

// SubscriptionUsageRecords lists the usage of a customer by subscription
// (https://learn.microsoft.com/partner-center/developer/get-a-customer-subscription-s-usage-records).
func (c *Client) SubscriptionUsageRecords(ctx context.Context, customerID string) (*Collection[SubscriptionUsageRecord], error) {
	return newUsagePager[SubscriptionUsageRecord](c, route("customers", customerID, "subscriptions", "usagerecords")).All(ctx)
}

// ResourceUsageRecord is what one Azure resource has used in the current billing
// period
// (https://learn.microsoft.com/partner-center/developer/resource-usage-resources).
type ResourceUsageRecord struct {
	Cost
	SubscriptionID    *string `json:"subscriptionId"` // the plan's
	ResourceURI       *string `json:"resourceUri"`
	ResourceType      *string `json:"resourceType"`
	ResourceName      *string `json:"resourceName"`
	Name              *string `json:"name"`
	ResourceGroupName *string `json:"resourceGroupName"`
	EntitlementID     *string `json:"entitlementId"` // the Azure subscription's
	EntitlementName   *string `json:"entitlementName"`
}

// armID finds the Azure subscription and the resource group in a resource's id.
var armID = regexp.MustCompile(`(?i)^\s*/?subscriptions/([^/]+)(?:/resourceGroups/([^/]+))?`)

// Entitlement is the id of the Azure subscription, as the record or the resource's
// URI has it.
func (r *ResourceUsageRecord) Entitlement() *string {
	return first(r.EntitlementID, r.inURI(1))
}

// ResourceGroup is the name of the resource group, likewise.
func (r *ResourceUsageRecord) ResourceGroup() *string {
	return first(r.ResourceGroupName, r.inURI(2))
}

// noGroup matches the id of a resource that is in no resource group, such as a
// reservation.
var noGroup = regexp.MustCompile(`(?i)^\s*/?(?:subscriptions/[^/]+/)?providers/`)

// IsInNoResourceGroup reports whether the record says that. One that says nothing
// may be in any.
func (r *ResourceUsageRecord) IsInNoResourceGroup() bool {
	return r.ResourceGroup() == nil && noGroup.MatchString(value(r.ResourceURI))
}

func (r *ResourceUsageRecord) inURI(part int) *string {
	match := armID.FindStringSubmatch(value(r.ResourceURI))
	if match == nil {
		return nil
	}
	return &match[part]
}

// Resource is the name of the resource.
func (r *ResourceUsageRecord) Resource() *string { return first(r.ResourceName, r.Name) }

// SubscriptionResourceUsage lists the usage of an Azure plan by resource
// (https://learn.microsoft.com/partner-center/developer/get-a-customer-subscription-resource-usage-records).
func (c *Client) SubscriptionResourceUsage(ctx context.Context, customerID, subscriptionID string) (*Collection[ResourceUsageRecord], error) {
	return newUsagePager[ResourceUsageRecord](c, route("customers", customerID, "subscriptions", subscriptionID, "resourceusagerecords")).All(ctx)
}

// Period is a billing period. For an Azure plan it is a calendar month in UTC,
// whose end is the start of the next one; for MS-AZR-0145P it is the partner's
// billing cycle in Pacific time, whose end is its last day.
type Period struct {
	BillingStartDate *Time `json:"billingStartDate"`
	BillingEndDate   *Time `json:"billingEndDate"`
}

// UsageSummary is the usage of all customers of the partner together, without
// those on an Azure plan
// (https://learn.microsoft.com/partner-center/developer/get-a-partner-usage-summary).
type UsageSummary struct {
	Identity
	Cost
	Period
	CustomersOverBudget                 *Integer  `json:"customersOverBudget"`
	CustomersTrendingOver               *Integer  `json:"customersTrendingOver"`
	CustomersWithUsageBasedSubscription *Integer  `json:"customersWithUsageBasedSubscription"`
	EmailsToNotify                      []*string `json:"emailsToNotify"`
}

// UsageSummary reads the summary of the partner.
func (c *Client) UsageSummary(ctx context.Context) (*UsageSummary, error) {
	return object[UsageSummary](ctx, c, route("usagesummary"))
}

// CustomerUsageSummary is the usage of a customer
// (https://learn.microsoft.com/partner-center/developer/get-a-customer-usage-summary).
type CustomerUsageSummary struct {
	Identity
	Cost
	Period
	Budget         *SpendingBudget `json:"budget"`
	CustomerBudget *SpendingBudget `json:"customerSpendingBudget"` // an older twin
	SpendingBudget *Decimal        `json:"spendingBudget"`         // a still older one
}

// BudgetAmount is the customer's budget, or nil without one.
func (s *CustomerUsageSummary) BudgetAmount() *Decimal {
	return smallest(s.Budget.BudgetAmount(), s.CustomerBudget.BudgetAmount(), s.SpendingBudget)
}

func (s *CustomerUsageSummary) about() *string { return s.OwnerID() }

// CustomerUsageSummary reads the summary of a customer. It is nil if the customer
// has no usage.
func (c *Client) CustomerUsageSummary(ctx context.Context, customerID string) (*CustomerUsageSummary, error) {
	return usageObject[CustomerUsageSummary](ctx, c, route("customers", customerID, "usagesummary").about(customerID))
}

// CustomerUsageBudget reads the budget of a customer
// (https://learn.microsoft.com/partner-center/developer/get-a-customer-s-usage-spending-budget).
func (c *Client) CustomerUsageBudget(ctx context.Context, customerID string) (*SpendingBudget, error) {
	budget, err := object[usageBudget](ctx, c, route("customers", customerID, "usagebudget"))
	if err != nil {
		return nil, err
	}
	return &budget.SpendingBudget, nil
}

// usageBudget is a budget as a response of its own.
type usageBudget struct {
	SpendingBudget
	Others map[string]jsontext.Value `json:",embed"`
}

// check takes a response without an amount for no budget only if it is a budget's:
// an object of other things, such as the code of an error, is not.
func (b *usageBudget) check() error {
	_, isError := b.Others["code"]
	_, isResource := b.Others["attributes"]
	if b.BudgetAmount() == nil && len(b.Others) > 0 && (isError || !isResource) {
		return errNothingRead
	}
	return nil
}

// SubscriptionUsageSummary is the usage of a subscription or Azure plan
// (https://learn.microsoft.com/partner-center/developer/get-a-customer-subscription-usage-summary).
type SubscriptionUsageSummary struct {
	Identity
	Cost
	Period
}

// about is not known of an MS-AZR-0145P subscription, which has an id of Azure's own
// beside that of Partner Center.
func (s *SubscriptionUsageSummary) about() *string {
	if value(s.CurrencyCode) == "" {
		return nil
	}
	return s.OwnerID()
}

// SubscriptionUsageSummary reads the summary of a subscription. It is nil if the
// subscription has no usage.
func (c *Client) SubscriptionUsageSummary(ctx context.Context, customerID, subscriptionID string) (*SubscriptionUsageSummary, error) {
	return usageObject[SubscriptionUsageSummary](ctx, c, route("customers", customerID, "subscriptions", subscriptionID, "usagesummary").about(subscriptionID))
}
