package emulator

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
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
	// invoices are of past months, and do not change with the spend; nor do past,
	// the customers with what they had spent at first, which past usage is made of.
	invoices []invoice
	past     []customer
}

// samplePartner is that of every emulator without generated customers: a partner
// does not change.
var samplePartner = sync.OnceValue(func() partner { return newPartner(Options{}) })

// newPartner returns the sample partner, or one with generated customers if
// the options ask for any.
func newPartner(options Options) partner {
	p := partner{
		name:     "Harbourline Cloud Partners",
		currency: "EUR",
		locale:   "fr-FR",
		asOf:     time.Date(2026, time.November, 20, 6, 0, 0, 0, time.UTC),
	}
	if options.Customers > 0 {
		p.customers = generatedCustomers(p.asOf, options.Customers)
		limitOverBudget(p.customers, options.OverBudget)
	} else {
		p.customers = sampleCustomers(p.asOf)
	}
	p.positions = make(map[string]int, len(p.customers))
	for i, c := range p.customers {
		p.positions[c.id] = i
	}
	p.invoices = pastInvoices(p)
	p.past = p.customers
	return p
}

// customer finds a customer by an id in any case. The API does not tell a
// customer of another partner from one that does not exist.
func (p partner) customer(id string) (customer, error) {
	id = strings.ToLower(id)
	if !isGUID(id) {
		return customer{}, &apiError{
			status:      http.StatusBadRequest,
			code:        codeInvalidCustomerID,
			description: "The customer id is not a valid identifier.",
		}
	}
	position, ok := p.positions[id]
	if !ok {
		return customer{}, &apiError{
			status:      http.StatusForbidden,
			code:        codeNoRelationship,
			description: "The caller has no relationship with the account.",
		}
	}
	return p.customers[position], nil
}

// customer is a customer with its Azure: a plan, or a legacy subscription of
// the offer MS-AZR-0145P. A few have two of them.
type customer struct {
	id             string
	name           string
	domain         string
	subscriptionID string
	// secondID is that of the other plan or subscription, empty where there is
	// none.
	secondID string
	currency string
	// locale is set for legacy customers only.
	locale string
	cost   json.Number
	// budget is empty where there is none.
	budget       json.Number
	lastModified time.Time
	// metered marks the customer with many meters and resources.
	metered bool
}

func (c customer) legacy() bool { return c.locale != "" }

func (c customer) hasBudget() bool { return c.budget != "" }

func (c customer) overBudget() bool {
	return c.hasBudget() && compare(c.cost, c.budget) > 0
}

// idle customers have not used anything in the billing period.
func (c customer) idle() bool { return compare(c.cost, "0") == 0 }

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

// azure is one of a customer's plans or legacy subscriptions.
type azure struct {
	customer
	id     string
	name   string
	status string
	// cost is this one's part of the customer's.
	cost json.Number
}

// azures are the customer's plans or legacy subscriptions; their costs add up
// to the customer's.
func (c customer) azures() []azure {
	name := "Azure plan"
	if c.legacy() {
		name = "Microsoft Azure"
	}
	first := azure{customer: c, id: c.subscriptionID, name: name, status: "active", cost: c.cost}
	if c.secondID == "" {
		return []azure{first}
	}
	second := azure{customer: c, id: c.secondID, name: name, status: "suspended", cost: product(c.cost, "0.125")}
	first.cost = product(c.cost, "0.875")
	return []azure{first, second}
}

// azure finds the plan or legacy subscription that the path of a request
// names, by ids in any case.
func (p partner) azure(r *http.Request) (azure, error) {
	c, err := p.customer(r.PathValue("customer"))
	if err != nil {
		return azure{}, err
	}
	id := r.PathValue("subscription")
	for _, a := range c.azures() {
		if strings.EqualFold(id, a.id) {
			return a, nil
		}
	}
	for _, l := range c.licences() {
		if strings.EqualFold(id, l.id) {
			return azure{}, &apiError{
				status:      http.StatusBadRequest,
				code:        codeNoAzureSubscription,
				description: "The subscription is not a valid Azure subscription.",
			}
		}
	}
	return azure{}, &apiError{
		status:      http.StatusNotFound,
		code:        codeUnknownSubscription,
		description: "The subscription was not found under this customer.",
	}
}

// path is that of the plan or subscription in links.
func (a azure) path() string {
	return "/customers/" + a.customer.id + "/subscriptions/" + a.id
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
