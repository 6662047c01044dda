package pcclient

import (
	"context"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json"
)

// Customer is a customer of the partner. Delegated access and custom domains are
// there only where a single one is asked for
// (https://learn.microsoft.com/partner-center/developer/customer-resources).
type Customer struct {
	ID             *string `json:"id"`
	CompanyProfile struct {
		TenantID    *string `json:"tenantId"`
		Domain      *string `json:"domain"`
		CompanyName *string `json:"companyName"`
	} `json:"companyProfile"`
	RelationshipToPartner *string   `json:"relationshipToPartner"`
	AllowDelegatedAccess  *bool     `json:"allowDelegatedAccess"`
	CustomDomains         []*string `json:"customDomains"`
}

// Customers lists the customers whose company name begins with a prefix; all of
// them if it is empty
// (https://learn.microsoft.com/partner-center/developer/get-a-list-of-customers).
func (c *Client) Customers(ctx context.Context, namePrefix string) (*Collection[Customer], error) {
	return c.customers(ctx, "CompanyName", namePrefix)
}

// CustomersByDomain lists the customers whose domain begins with a prefix
// (https://learn.microsoft.com/partner-center/developer/get-a-customer-by-name).
func (c *Client) CustomersByDomain(ctx context.Context, prefix string) (*Collection[Customer], error) {
	return c.customers(ctx, "Domain", prefix)
}

func (c *Client) customers(ctx context.Context, field, prefix string) (*Collection[Customer], error) {
	query := url.Values{"size": {"500"}} // The most that the API gives.
	if prefix != "" {
		filter, err := json.Marshal(struct {
			Field    string `json:"Field"`
			Value    string `json:"Value"`
			Operator string `json:"Operator"`
		}{field, prefix, "starts_with"})
		if err != nil {
			return nil, err
		}
		query.Set("filter", string(filter))
	}
	pager := newPager[Customer](c, route("customers").with(query))
	pager.endsWithError = true
	return pager.All(ctx)
}

// Customer reads one customer
// (https://learn.microsoft.com/partner-center/developer/get-a-customer-by-id).
func (c *Client) Customer(ctx context.Context, customerID string) (*Customer, error) {
	return object[Customer](ctx, c, route("customers", customerID).about(customerID))
}

func (c *Customer) about() *string { return first(c.ID) }

// SubscriptionKind is what tells of a subscription whether it is an Azure plan.
type SubscriptionKind struct {
	ID          *string `json:"id"`
	OfferID     *string `json:"offerId"`
	ProductType struct {
		ID *string `json:"id"`
	} `json:"productType"`
}

// Subscription is a subscription of a customer
// (https://learn.microsoft.com/partner-center/developer/subscription-resources).
type Subscription struct {
	SubscriptionKind
	FriendlyName       *string  `json:"friendlyName"`
	OfferName          *string  `json:"offerName"`
	Status             *string  `json:"status"`
	BillingType        *string  `json:"billingType"`
	BillingCycle       *string  `json:"billingCycle"`
	Quantity           *Integer `json:"quantity"`
	UnitType           *string  `json:"unitType"`
	CreationDate       *Time    `json:"creationDate"`
	EffectiveStartDate *Time    `json:"effectiveStartDate"`
	CommitmentEndDate  *Time    `json:"commitmentEndDate"`
	OrderID            *string  `json:"orderId"`
	PartnerID          *string  `json:"partnerId"` // an MPN id
}

// azurePlan is the product of all offers of Azure plans, which are written
// product:sku:availability.
const azurePlan = "DZH318Z0BPS6"

// IsAzurePlan reports whether this is an Azure plan, which holds Azure
// subscriptions.
func (s *SubscriptionKind) IsAzurePlan() bool {
	if s.OfferID == nil || s.ProductType.ID == nil {
		return false
	}
	product, _, _ := strings.Cut(*s.OfferID, ":")
	return strings.EqualFold(product, azurePlan) && strings.EqualFold(*s.ProductType.ID, "Azure")
}

// MayBeAzurePlan reports whether nothing says that this is no Azure plan.
func (s *SubscriptionKind) MayBeAzurePlan() bool {
	product, _, _ := strings.Cut(value(s.OfferID), ":")
	kind := value(s.ProductType.ID)
	return (product == "" || strings.EqualFold(product, azurePlan)) && (kind == "" || strings.EqualFold(kind, "Azure"))
}

// IsAzureLegacy reports whether this is one Azure subscription of the older offer.
func (s *SubscriptionKind) IsAzureLegacy() bool {
	return s.OfferID != nil && strings.EqualFold(*s.OfferID, "MS-AZR-0145P")
}

// Subscriptions lists the subscriptions of a customer
// (https://learn.microsoft.com/partner-center/developer/get-all-of-a-customer-s-subscriptions).
func (c *Client) Subscriptions(ctx context.Context, customerID string) (*Collection[Subscription], error) {
	return newPager[Subscription](c, route("customers", customerID, "subscriptions")).All(ctx)
}

// SubscriptionKinds lists the same, and reads no more than it needs: what is odd in
// another field is no reason to fail.
func (c *Client) SubscriptionKinds(ctx context.Context, customerID string) (*Collection[SubscriptionKind], error) {
	return newPager[SubscriptionKind](c, route("customers", customerID, "subscriptions")).All(ctx)
}

// AzureEntitlement is an Azure subscription of an Azure plan
// (https://learn.microsoft.com/partner-center/developer/get-a-list-of-azure-entitlements-for-subscription).
type AzureEntitlement struct {
	ID             *string `json:"id"`
	FriendlyName   *string `json:"friendlyName"`
	Status         *string `json:"status"`
	SubscriptionID *string `json:"subscriptionId"` // the plan's
}

// AzureEntitlements lists the Azure subscriptions of an Azure plan.
func (c *Client) AzureEntitlements(ctx context.Context, customerID, planID string) (*Collection[AzureEntitlement], error) {
	return newPager[AzureEntitlement](c, route("customers", customerID, "subscriptions", planID, "azureEntitlements")).All(ctx)
}
