package emulator

import (
	"encoding/json"
	"strings"
	"time"
)

// Customers of the sample partner that stand for a case.
const (
	// MeteredCustomerID is the customer whose Azure plan used 30 meters, and
	// MeteredPlanID is that plan.
	MeteredCustomerID = "6a78bc81-09e8-486f-a388-61ea2d959e23"
	MeteredPlanID     = "87bbb368-e17a-4ded-90fb-edcd370d6146"

	// IdleCustomerID is the customer whose Azure plan used nothing, and
	// IdlePlanID is that plan.
	IdleCustomerID = "5eeee57e-cacc-4375-ada5-a2268d8dd08a"
	IdlePlanID     = "c2e09e0e-30e8-4217-9c1a-27a2152b5671"

	// LegacyCustomerID is a customer with a legacy Azure subscription, and
	// LegacySubscriptionID is that subscription.
	LegacyCustomerID     = "b225db66-0212-4eae-88fe-93cdbf1d1466"
	LegacySubscriptionID = "74b8f932-73c0-4e10-b14c-80bb959a194d"

	// OverBudgetCustomerID is a customer far over the budget.
	OverBudgetCustomerID = "75b67085-fa6e-44ad-b945-8d1904ae1c52"

	// UnbudgetedCustomerID is a customer without a budget.
	UnbudgetedCustomerID = "6a2d9ae9-cbee-49ce-a9a1-5492e15521a2"

	// TwoPlansCustomerID is a customer with two Azure plans, FirstPlanID and
	// SecondPlanID, the second of them suspended.
	TwoPlansCustomerID = "6513270e-269e-4d37-b2a7-4de452e6b438"
	FirstPlanID        = "d23f0824-128b-4f33-8c5c-7fd0a6a3a450"
	SecondPlanID       = "9531985d-5d9d-49f8-9818-e811892f902b"
)

const (
	// MeteredCustomerName is the name of MeteredCustomerID.
	MeteredCustomerName = "Nordhavn Marine ApS"
	// MeteredCustomerDomain is the domain of MeteredCustomerID.
	MeteredCustomerDomain = "nordhavnmarineaps.onmicrosoft.com"
)

// profile is a customer but for its ids and dates.
type profile struct {
	name     string
	currency string
	// locale marks a legacy customer.
	locale string
	cost   json.Number
	// budget is empty where there is none.
	budget json.Number
}

const (
	idleCustomer    = "Little Owl Nurseries Ltd"
	legacyCustomer  = "Brasserie Quatre Vents SARL"
	meteredCustomer = MeteredCustomerName
	overBudget      = "Tidewater Analytics LLC"
	twoPlans        = "Maple Ridge Clinics Inc"
	twoLegacy       = "Studio Zwei Linden GmbH"
	unbudgeted      = "Polder Data BV"
)

// profiles are 20 customers with an Azure plan and 5 legacy ones: under, near
// and over their budgets, with a budget of 0 and with none, with a refund and
// with no usage.
func profiles() []profile {
	return []profile{
		{"Birch & Bark Furniture AB", "SEK", "", "120568.2999999995904716", "150000"},
		{"Fjord Logistics AS", "NOK", "", "28641.77300000000129143", "20000"},
		{legacyCustomer, "EUR", "fr-FR", "412.861172", "500"},
		{"Harrow Lane Books Ltd", "GBP", "", "27.23292827625710931604", "97"},
		{"Alpine Dairy AG", "CHF", "", "1874.405600000000021446", "2500"},
		{twoPlans, "USD", "", "9312.551843750001204", "10000"},
		{"Kawabe Precision KK", "JPY", "", "1845023.44170000000153", "2000000"},
		{twoLegacy, "EUR", "de-DE", "1042.190045", ""},
		{overBudget, "USD", "", "60284.14999999999795236", "10000"},
		{meteredCustomer, "EUR", "", "3045.11968855241510377", "6000"},
		{idleCustomer, "GBP", "", "0", "100"},
		{"Skogsbyn Energi AB", "SEK", "", "48211.03400000000107323", ""},
		{"Valle Verde Foods SL", "EUR", "", "758.9124999999999943157", "1200"},
		{"Fjellro Hotell AS", "NOK", "nb-NO", "5230.447208", "5000"},
		{"Copper Kettle Brewing Co", "USD", "", "-184.2750000000000341", "400"},
		{"Oakmere Legal LLP", "GBP", "", "615.0999999999999943157", "0"},
		{"Lumen Park Schools", "USD", "", "2207.480000000000018189", "5000"},
		{"Rhine Valley Optics GmbH", "EUR", "", "4416.02739999999994325", "5000"},
		{"Sakuragi Travel KK", "JPY", "", "96218.75", ""},
		{"Hotel Edelgrat AG", "CHF", "", "310.2250000000000227374", "900"},
		{"Moulin & Fils SAS", "EUR", "fr-FR", "89.5", "250"},
		{"Granvik Shipping AS", "NOK", "", "15877.91999999999916326", "40000"},
		{"Lindqvist Tandvård AB", "SEK", "", "3904.6630000000000109139", "10000"},
		{unbudgeted, "EUR", "", "1290.340000000000003411", ""},
		{"Donauufer Verlag GmbH", "EUR", "de-AT", "154.077916", "600"},
	}
}

// sampleCustomers are the customers of the profiles, one each.
func sampleCustomers(asOf time.Time) []customer {
	all := profiles()
	customers := make([]customer, len(all))
	for i, p := range all {
		c := customer{
			id:             namedGUID("customer/" + p.name),
			name:           p.name,
			domain:         domain(p.name),
			subscriptionID: namedGUID("subscription/" + p.name),
			currency:       p.currency,
			locale:         p.locale,
			cost:           p.cost,
			budget:         p.budget,
			lastModified:   reported(asOf, i),
		}
		switch p.name {
		case meteredCustomer:
			c.id, c.subscriptionID, c.metered = MeteredCustomerID, MeteredPlanID, true
		case idleCustomer:
			c.id, c.subscriptionID = IdleCustomerID, IdlePlanID
		case legacyCustomer:
			c.id, c.subscriptionID = LegacyCustomerID, LegacySubscriptionID
		case twoPlans:
			c.id, c.subscriptionID, c.secondID = TwoPlansCustomerID, FirstPlanID, SecondPlanID
		case twoLegacy:
			c.secondID = namedGUID("second subscription/" + p.name)
		case overBudget:
			c.id = OverBudgetCustomerID
		case unbudgeted:
			c.id = UnbudgetedCustomerID
		}
		customers[i] = c
	}
	return customers
}

// domain is a customer's first domain, which Entra makes of the name.
func domain(name string) string {
	return strings.Map(func(letter rune) rune {
		switch {
		case letter >= 'a' && letter <= 'z', letter >= '0' && letter <= '9':
			return letter
		case letter == 'å':
			return 'a'
		default:
			return -1
		}
	}, strings.ToLower(name)) + ".onmicrosoft.com"
}
