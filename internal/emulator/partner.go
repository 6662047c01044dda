package emulator

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// partner is the partner that signs in, and what its customers have spent.
type partner struct {
	name     string
	currency string
	locale   string
	// asOf is the instant at which everything is looked at. All dates are
	// derived from it.
	asOf      time.Time
	customers []customer
	positions map[string]int
}

// newPartner returns the believable partner, or for a count above 0 one with
// that many generated customers.
func newPartner(count int) partner {
	p := partner{
		name:     "Harbourline Cloud Partners",
		currency: "EUR",
		locale:   "fr-FR",
		asOf:     time.Date(2026, time.November, 20, 6, 0, 0, 0, time.UTC),
	}
	if count > 0 {
		p.customers = generatedCustomers(p.asOf, count)
	} else {
		p.customers = believableCustomers(p.asOf)
	}
	p.positions = make(map[string]int, len(p.customers))
	for i, c := range p.customers {
		p.positions[c.id] = i
	}
	return p
}

// customer finds a customer by an id in any case. The API does not tell a
// customer of another partner from one that does not exist.
func (p partner) customer(id string) (customer, error) {
	id = strings.ToLower(id)
	if !isGUID(id) {
		return customer{}, &refusal{
			status:      http.StatusBadRequest,
			code:        codeInvalidCustomerID,
			description: "The customer id is not a valid identifier.",
		}
	}
	position, ok := p.positions[id]
	if !ok {
		return customer{}, &refusal{
			status:      http.StatusForbidden,
			code:        codeNoRelationship,
			description: "The caller has no relationship with the account.",
		}
	}
	return p.customers[position], nil
}

// customer is a customer with its one subscription: an Azure plan, or a legacy
// subscription of the offer MS-AZR-0145P.
type customer struct {
	id             string
	name           string
	subscriptionID string
	currency       string
	// locale is set for legacy customers only.
	locale string
	cost   json.Number
	// budget is empty where there is none.
	budget       json.Number
	lastModified time.Time
	// meters are set where they are not the usual handful.
	meters []meter
}

func (c customer) legacy() bool { return c.locale != "" }

func (c customer) hasBudget() bool { return c.budget != "" }

func (c customer) overBudget() bool {
	return c.hasBudget() && compare(c.cost, c.budget) > 0
}

// nearBudget is from 80 percent on, where Partner Center shows a warning.
func (c customer) nearBudget() bool {
	return c.hasBudget() && !c.overBudget() && compare(percent(c.cost, c.budget), "80") >= 0
}

// resourceID writes an id the way the API does: in capitals for legacy
// customers.
func (c customer) resourceID(id string) string {
	if c.legacy() {
		return strings.ToUpper(id)
	}
	return id
}

// money says a cost in the customer's currency. The API fills in a US dollar
// figure of 0 for legacy customers, whatever they spent.
func (c customer) money(cost json.Number) money {
	usd := json.Number("0")
	if c.legacy() {
		return money{TotalCost: cost, CurrencyLocale: c.locale, USDTotalCost: &usd}
	}
	usd = product(cost, usdRate(c.currency))
	return money{TotalCost: cost, CurrencyCode: c.currency, USDTotalCost: &usd}
}

// subscription finds the customer's subscription by an id in any case.
func (c customer) subscription(id string) (string, error) {
	if !strings.EqualFold(id, c.subscriptionID) {
		return "", &refusal{
			status:      http.StatusNotFound,
			code:        codeUnknownSubscription,
			description: "The subscription was not found under this customer.",
		}
	}
	return c.subscriptionID, nil
}

// usdRate is the price of one unit of a currency in US dollars.
func usdRate(currency string) json.Number {
	switch currency {
	case "CHF":
		return "1.2418"
	case "EUR":
		return "1.1582"
	case "GBP":
		return "1.3127"
	case "JPY":
		return "0.0064"
	case "NOK":
		return "0.0984"
	case "SEK":
		return "0.1043"
	default:
		return "1"
	}
}
