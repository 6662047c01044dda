package pcclient

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
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

// AzureMeter is the price of one meter.
type AzureMeter struct {
	ID               *string    `json:"id"`
	Name             *string    `json:"name"`
	Category         *string    `json:"category"`
	Subcategory      *string    `json:"subcategory"`
	Region           *string    `json:"region"`
	Unit             *string    `json:"unit"`
	IncludedQuantity *Decimal   `json:"includedQuantity"`
	EffectiveDate    *Time      `json:"effectiveDate"`
	Tags             []*string  `json:"tags"`
	Rates            AzureRates `json:"rates"`
}

// AzureRate is a price that holds from a quantity on.
type AzureRate struct{ From, Price Decimal }

// AzureRates are the prices of a meter by quantity, the smallest first.
type AzureRates []AzureRate

// UnmarshalJSONFrom reads the object that the API writes, with the quantities as
// its keys.
func (r *AzureRates) UnmarshalJSONFrom(decoder *jsontext.Decoder) error {
	var byQuantity map[string]Decimal
	if err := json.UnmarshalDecode(decoder, &byQuantity); err != nil {
		return err
	}
	*r = make(AzureRates, 0, len(byQuantity))
	for text, price := range byQuantity {
		from, err := ParseDecimal(text)
		if err != nil {
			return fmt.Errorf("has a quantity that cannot be read: %w", err)
		}
		*r = append(*r, AzureRate{from, price})
	}
	slices.SortFunc(*r, func(a, b AzureRate) int { return cmp.Or(a.From.Cmp(b.From.Decimal), a.Price.Cmp(b.Price.Decimal)) })
	return nil
}

// AzureOfferTerm is a discount, and the meters that it does not hold for.
type AzureOfferTerm struct {
	Name             *string   `json:"name"`
	Discount         *Decimal  `json:"discount"`
	ExcludedMeterIDs []*string `json:"excludedMeterIds"`
	EffectiveDate    *Time     `json:"effectiveDate"`
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
