package datasources

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/seed-12616aef/terraform-provider-partnercenter/internal/pcclient"
)

func newAzureRateCard() datasource.DataSource {
	return &source[azureRateCard]{
		name:   "azure_rate_card",
		schema: azureRateCardSchema,
		read:   readAzureRateCard,
	}
}

type azureRateCard struct {
	Currency   *string  `tfsdk:"currency"`
	Region     *string  `tfsdk:"region"`
	Shared     *bool    `tfsdk:"shared"`
	MeterIDs   []string `tfsdk:"meter_ids"`
	Categories []string `tfsdk:"categories"`

	CurrencyCode  *string     `tfsdk:"currency_code"`
	Locale        *string     `tfsdk:"locale"`
	IsTaxIncluded *bool       `tfsdk:"is_tax_included"`
	Meters        []meter     `tfsdk:"meters"`
	OfferTerms    []offerTerm `tfsdk:"offer_terms"`
}

type meter struct {
	MeterID          *string           `tfsdk:"meter_id"`
	MeterName        *string           `tfsdk:"meter_name"`
	Category         *string           `tfsdk:"category"`
	Subcategory      *string           `tfsdk:"subcategory"`
	Region           *string           `tfsdk:"region"`
	Unit             *string           `tfsdk:"unit"`
	IncludedQuantity *pcclient.Decimal `tfsdk:"included_quantity"`
	EffectiveDate    *string           `tfsdk:"effective_date"`
	Tags             []*string         `tfsdk:"tags"`
	Rates            []rate            `tfsdk:"rates"`
}

type rate struct {
	FromQuantity *pcclient.Decimal `tfsdk:"from_quantity"`
	Rate         *pcclient.Decimal `tfsdk:"rate"`
}

type offerTerm struct {
	Name             *string           `tfsdk:"name"`
	Discount         *pcclient.Decimal `tfsdk:"discount"`
	ExcludedMeterIDs []*string         `tfsdk:"excluded_meter_ids"`
	EffectiveDate    *string           `tfsdk:"effective_date"`
}

func azureRateCardSchema() schema.Schema {
	code := func(pattern, example, description string) schema.Attribute {
		return schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: description,
			Validators:          []validator.String{stringvalidator.RegexMatches(regexp.MustCompile(pattern), "must be a code such as "+example)},
		}
	}
	return schema.Schema{
		MarkdownDescription: "The prices of Azure meters for legacy (MS-AZR-0145P) subscriptions. Prices for Azure plans are not included. " +
			"The rate card is large, and Partner Center may take up to two minutes to return it.\n\n" +
			"The route works with a sign-in as a user (App+User). " +
			"See [Get prices for Microsoft Azure](https://learn.microsoft.com/partner-center/developer/get-prices-for-microsoft-azure).",
		Attributes: attributes{
			"currency":        code(`^[A-Za-z]{3}$`, "EUR", "The ISO 4217 code of the currency of the prices. The API defaults to USD, for shared services to the currency of the partner's market."),
			"region":          code(`^[A-Za-z]{2}$`, "DE", "The ISO 3166 code of the country or region that the prices apply to. The API defaults to US, for shared services to the partner's country or region."),
			"shared":          option("Whether to read the prices of partner shared services. Defaults to `false`."),
			"meter_ids":       filterArgument("Returns only the meters with these ids, case-insensitive. An id that the API does not list is an error."),
			"categories":      filterArgument("Returns only meters of these categories, such as `Storage`, case-insensitive."),
			"currency_code":   text("The ISO 4217 code of the currency of all rates. Null if the API returns none."),
			"locale":          text("The locale of the texts, such as `en-US`. Null if the API returns none."),
			"is_tax_included": boolean("Whether the rates include tax. Microsoft documents that they never do."),
			"meters": rows("The meters, by `meter_id`, after the filters.", attributes{
				"meter_id":          text("The id of the meter, a GUID in lower case."),
				"meter_name":        text("The name of the meter. Null if the API returns none."),
				"category":          text("The category of the meter. Null if the API returns none."),
				"subcategory":       text("The subcategory of the meter. Null if the API returns none."),
				"region":            text("The Azure region of the meter, such as `AU East`. Null if the API returns none."),
				"unit":              text("The unit that a rate applies to. Null if the API returns none."),
				"included_quantity": number("The quantity that is free of charge, in `unit`. Null if the API returns none."),
				"effective_date":    text("When the rates take effect, an RFC 3339 time. Null if the API returns none."),
				"tags":              texts("The tags of the meter. Empty if the API returns none. An element is null where the API has null."),
				"rates": rows("The rates, by `from_quantity`.", attributes{
					"from_quantity": number("The quantity from which the rate applies, in `unit`, exactly."),
					"rate":          number("The price of one `unit`, in `currency_code`, exactly."),
				}),
			}),
			"offer_terms": rows("The discounts, in the order of the API.", attributes{
				"name":               text("The name of the term. Null if the API returns none."),
				"discount":           number("The discount as a fraction, such as 0.1 for 10 %. Null if the API returns none."),
				"excluded_meter_ids": texts("The ids of the meters that the discount does not apply to. Empty if the API returns none. An element is null where the API has null."),
				"effective_date":     text("When the term takes effect, an RFC 3339 time, in UTC if the API returns no offset. Null if the API returns none."),
			}),
		},
	}
}

func readAzureRateCard(ctx context.Context, api *pcclient.Client, m *azureRateCard) error {
	card, err := api.AzureRateCard(ctx, deref(m.Shared, false), deref(m.Currency, ""), deref(m.Region, ""))
	if err != nil {
		return err
	}
	if absent := missingIDs(m.MeterIDs, pointers(card.Meters), func(meter *pcclient.AzureMeter) *string { return meter.ID }); len(absent) > 0 {
		return &argumentError{"meter_ids", "Meter not listed", fmt.Sprintf("The rate card has no meter %s.", strings.Join(absent, ", "))}
	}
	m.CurrencyCode, m.Locale, m.IsTaxIncluded = normalizeCurrency(card.Currency), card.Locale, new(deref(card.IsTaxIncluded, false))
	wanted, inCategories := matchesNull(matchesAny(m.MeterIDs)), matchesNull(matchesAny(m.Categories))
	meters := filter(pointers(card.Meters), func(meter *pcclient.AzureMeter) bool { return wanted(meter.ID) && inCategories(meter.Category) })
	sortRecords(meters, func(a, b *pcclient.AzureMeter) int { return compareTexts(normalizeGUID(a.ID), normalizeGUID(b.ID)) })
	m.Meters = mapRows(meters, newMeter)
	m.OfferTerms = mapRows(pointers(card.OfferTerms), newOfferTerm)
	return nil
}

func newMeter(m *pcclient.AzureMeter) meter {
	return meter{
		MeterID:          normalizeGUID(m.ID),
		MeterName:        m.Name,
		Category:         m.Category,
		Subcategory:      m.Subcategory,
		Region:           m.Region,
		Unit:             m.Unit,
		IncludedQuantity: m.IncludedQuantity,
		EffectiveDate:    formatTime(m.EffectiveDate),
		Tags:             append([]*string{}, m.Tags...),
		Rates:            newRates(m.Rates),
	}
}

func newRates(prices pcclient.AzureRates) []rate {
	rates := make([]rate, len(prices))
	for i := range prices {
		rates[i] = rate{&prices[i].From, &prices[i].Price}
	}
	return rates
}

func newOfferTerm(t *pcclient.AzureOfferTerm) offerTerm {
	return offerTerm{
		Name:             t.Name,
		Discount:         t.Discount,
		ExcludedMeterIDs: mapRows(t.ExcludedMeterIDs, normalizeGUID),
		EffectiveDate:    formatTime(t.EffectiveDate),
	}
}
