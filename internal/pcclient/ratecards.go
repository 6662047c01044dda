package pcclient

import (
	"context"
	"net/url"
)

// AzureRateCard has the prices of Azure for MS-AZR-0145P subscriptions
// (https://learn.microsoft.com/partner-center/developer/azure-rate-card-resources).
type AzureRateCard struct {
	Locale        *string          `json:"locale"`
	Currency      *string          `json:"currency"`
	IsTaxIncluded *bool            `json:"isTaxIncluded"`
	Meters        []AzureMeter     `json:"meters"`
	OfferTerms    []AzureOfferTerm `json:"offerTerms"`
}

// AzureMeter is the price of one meter. The rates are by the quantity from which
// they hold, as a text.
type AzureMeter struct {
	ID               *string            `json:"id"`
	Name             *string            `json:"name"`
	Category         *string            `json:"category"`
	Subcategory      *string            `json:"subcategory"`
	Region           *string            `json:"region"`
	Unit             *string            `json:"unit"`
	IncludedQuantity *Decimal           `json:"includedQuantity"`
	EffectiveDate    *Time              `json:"effectiveDate"`
	Tags             []string           `json:"tags"`
	Rates            map[string]Decimal `json:"rates"`
}

// AzureOfferTerm is a discount, and the meters that it does not hold for.
type AzureOfferTerm struct {
	Name             *string  `json:"name"`
	Discount         *Decimal `json:"discount"`
	ExcludedMeterIDs []string `json:"excludedMeterIds"`
	EffectiveDate    *Time    `json:"effectiveDate"`
}

// AzureRateCard reads the prices of a region in a currency; the API's own choice
// of either if it is empty. Partner shared services have prices of their own
// (https://learn.microsoft.com/partner-center/developer/get-prices-for-microsoft-azure).
func (c *Client) AzureRateCard(ctx context.Context, shared bool, currency, region string) (*AzureRateCard, error) {
	card := "azure"
	if shared {
		card = "azure-shared"
	}
	query := url.Values{}
	if currency != "" {
		query.Set("currency", currency)
	}
	if region != "" {
		query.Set("region", region)
	}
	return object[AzureRateCard](ctx, c, route("ratecards", card).with(query))
}
