package emulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// rateCardRoutes are the prices of legacy Azure. Whether the API takes
// application-only tokens here is not documented; the emulator does not.
func rateCardRoutes() []route {
	return []route{
		{path: "/v1/ratecards/azure", userOnly: true, handle: (*snapshot).azureRateCard},
		{path: "/v1/ratecards/azure-shared", userOnly: true, handle: (*snapshot).azureSharedRateCard},
	}
}

type rateCard struct {
	Locale        string          `json:"locale"`
	Currency      string          `json:"currency"`
	IsTaxIncluded bool            `json:"isTaxIncluded"`
	Meters        []rateCardMeter `json:"meters"`
	OfferTerms    []offerTerm     `json:"offerTerms"`
	Attributes    attributes      `json:"attributes"`
}

// rateCardMeter has rates by the quantity from which each applies. As the keys
// of an object these do not come in the order of numbers.
type rateCardMeter struct {
	ID               string                 `json:"id"`
	Name             string                 `json:"name"`
	Rates            map[string]json.Number `json:"rates"`
	Tags             []string               `json:"tags"`
	Category         string                 `json:"category"`
	Subcategory      string                 `json:"subcategory"`
	Region           string                 `json:"region"`
	Unit             string                 `json:"unit"`
	IncludedQuantity json.Number            `json:"includedQuantity"`
	EffectiveDate    string                 `json:"effectiveDate"`
}

// offerTerm has a date without an offset, unlike the meters.
type offerTerm struct {
	Name             string      `json:"name"`
	Discount         json.Number `json:"discount"`
	ExcludedMeterIDs []string    `json:"excludedMeterIds"`
	EffectiveDate    string      `json:"effectiveDate"`
}

// rateCardMeters are ten meters in four regions each, with rates in US dollars.
func rateCardMeters() []rateCardMeter {
	regions := []struct {
		name  string
		price json.Number
	}{{"EU West", "1"}, {"EU North", "0.96"}, {"US East", "0.9"}, {"JA East", "1.185"}}
	meters := []rateCardMeter{}
	for _, m := range []rateCardMeter{
		{Name: "Compute Hours", Category: "Virtual Machines", Subcategory: "Standard_D2s_v3 VM", Unit: "Hours", Rates: flat("0.1122")},
		{Name: "Premium Storage - Page Blob/P10 (Units)", Category: "Storage", Subcategory: "Locally Redundant", Unit: "1 Month", Rates: flat("21.68")},
		{
			Name: "Standard IO - Block Blob (GB)", Category: "Storage", Subcategory: "Block Blob", Unit: "1 GB/Month",
			Rates: map[string]json.Number{"0": "0.0196", "1024": "0.0189", "51200": "0.018816", "512000": "0.0180320000000000001"},
		},
		{
			Name: "Data Transfer Out (GB)", Category: "Networking", Subcategory: "Bandwidth", Unit: "1 GB",
			Rates:            map[string]json.Number{"0": "0", "5": "0.087", "10240": "0.083", "51200": "0.07", "153600": "0.05"},
			IncludedQuantity: "5.0",
		},
		{Name: "vCore", Category: "SQL Database", Subcategory: "Single General Purpose - Compute Gen5", Unit: "1 Hour", Rates: flat("0.252095")},
		{Name: "Operations", Category: "Key Vault", Subcategory: "", Unit: "10,000", Rates: flat("0.03")},
		{
			Name: "Standard_B2s Low Priority Hours", Category: "Virtual Machines", Subcategory: "Standard_B2s VM", Unit: "Hours", Rates: flat("0.00936"),
			Tags: []string{"Low Priority", "Preview"},
		},
		{Name: "Standard Static IP Address Hours", Category: "Networking", Subcategory: "Public IP Addresses", Unit: "Hours", Rates: flat("0.005")},
		{Name: "Unlimited Data - 1 Gbps", Category: "Networking", Subcategory: "ExpressRoute", Unit: "Connections", Rates: flat("7395.0")},
		{Name: "Protected Instances", Category: "Backup", Subcategory: "", Unit: "1 Month", Rates: map[string]json.Number{"0": "5", "0.5": "10"}},
	} {
		for i, region := range regions {
			priced := m
			priced.ID = namedGUID("meter/" + m.Name + "/" + region.name)
			priced.Region = region.name
			priced.Rates = scaledRates(m.Rates, region.price)
			if i > 0 || m.Tags == nil {
				priced.Tags = []string{}
			}
			if m.IncludedQuantity == "" {
				priced.IncludedQuantity = "0.0"
			}
			priced.EffectiveDate = fmt.Sprintf("2026-%02d-01T00:00:00Z", 1+i)
			meters = append(meters, priced)
		}
	}
	return meters
}

// flat is one rate for any quantity.
func flat(rate json.Number) map[string]json.Number {
	return map[string]json.Number{"0": rate}
}

func scaledRates(rates map[string]json.Number, factor json.Number) map[string]json.Number {
	scaled := make(map[string]json.Number, len(rates))
	for from, rate := range rates {
		scaled[from] = product(rate, factor)
	}
	return scaled
}

// azureRateCard is in US dollars, or in the currency of the locale that the
// request is in.
func (*snapshot) azureRateCard(r *http.Request) (response, error) {
	language, country, _ := strings.Cut(r.Header.Get("X-Locale"), "-")
	if language == "" {
		language, country = "en", "US"
	}
	currency := "USD"
	if local, known := currencyOf()[strings.ToUpper(country)]; known && parameter(r, "region") == "" {
		currency = local
	}
	card, err := newRateCard(r, language, currency, "1")
	if err != nil {
		return response{}, err
	}
	excluded := []string{card.Meters[0].ID, card.Meters[32].ID}
	card.OfferTerms = append(card.OfferTerms, offerTerm{"Overage discount", "0.15", excluded, "2014-01-01T00:00:00"})
	return apiResponse(http.StatusOK, card), nil
}

// azureSharedRateCard is in the partner's currency.
func (s *snapshot) azureSharedRateCard(r *http.Request) (response, error) {
	card, err := newRateCard(r, "en", s.currency, "0.85")
	if err != nil {
		return response{}, err
	}
	return apiResponse(http.StatusOK, card), nil
}

// newRateCard is a card in the currency of the request, or else in the given
// one. The region is checked and makes no difference.
func newRateCard(r *http.Request, language, currency string, factor json.Number) (rateCard, error) {
	if asked := parameter(r, "currency"); asked != "" {
		currency = strings.ToUpper(asked)
	}
	rate, known := unitsPerDollar()[currency]
	if !known {
		return rateCard{}, invalidInput("The currency is not supported.")
	}
	if region := parameter(r, "region"); region != "" && len(region) != 2 {
		return rateCard{}, invalidInput("The region is not a country code of two letters.")
	}
	meters := rateCardMeters()
	for i := range meters {
		meters[i].Rates = scaledRates(meters[i].Rates, product(rate, factor))
	}
	return rateCard{
		Locale:     language,
		Currency:   currency,
		Meters:     meters,
		OfferTerms: []offerTerm{},
		Attributes: attributes{"AzureRateCard"},
	}, nil
}

// unitsPerDollar is what a US dollar costs.
func unitsPerDollar() map[string]json.Number {
	return map[string]json.Number{
		"CHF": "0.8053",
		"DKK": "6.4471",
		"EUR": "0.8634",
		"GBP": "0.7618",
		"JPY": "156.25",
		"NOK": "10.1626",
		"SEK": "9.5877",
		"USD": "1",
	}
}

// currencyOf is the currency of a country.
func currencyOf() map[string]string {
	return map[string]string{
		"AT": "EUR",
		"CH": "CHF",
		"DE": "EUR",
		"DK": "DKK",
		"ES": "EUR",
		"FR": "EUR",
		"GB": "GBP",
		"JP": "JPY",
		"NL": "EUR",
		"NO": "NOK",
		"SE": "SEK",
		"US": "USD",
	}
}
